//! The URIs of requests.

use crate::error::Error;
use crate::rule::Rule;
use http::Uri;
use iri_string::types::IriStr;

/// The URI that is requested for an IRI: an international host is in its ASCII form (RFC 3987 section 3.1,
/// RFC 5891), whether or not it is percent-encoded; anything else that is not ASCII is percent-encoded as
/// UTF-8, and the fragment is left out.
pub(super) fn request_uri(iri: &str) -> Result<Uri, Error> {
    let refused = || Error::head(Rule::IriSyntax, iri);
    let iri = IriStr::new(iri).map_err(|_| refused())?;
    let host = iri.authority_components().map_or("", |authority| authority.host());
    let uri = if host.is_ascii() && !host.contains('%') {
        iri.encode_to_uri().to_string()
    } else {
        let ascii = ascii_host(host).ok_or_else(refused)?;
        let authority = iri.authority_str().unwrap_or_default();
        let user = authority.rfind('@').map_or(0, |at| at + 1);
        // Before the authority there are a scheme, which has no slash, and two slashes.
        let begin = iri.as_str().find("//").map_or(0, |at| at + 2) + user;
        let (before, rest) = iri.as_str().split_at_checked(begin).ok_or_else(refused)?;
        let behind = rest.strip_prefix(host).ok_or_else(refused)?;
        let iri = format!("{before}{ascii}{behind}");
        IriStr::new(&iri).map_err(|_| refused())?.encode_to_uri().to_string()
    };
    let uri = uri.split('#').next().unwrap_or_default();
    let uri: Uri = uri.parse().map_err(|_| refused())?;
    if uri.scheme().is_some() && uri.authority().is_some() { Ok(uri) } else { Err(refused()) }
}

/// The ASCII form of a host. `None` if it is not one of the domain name system.
fn ascii_host(host: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(host.len());
    let mut rest = host.as_bytes();
    while let Some((&octet, behind)) = rest.split_first() {
        rest = behind;
        if octet == b'%' {
            let (digits, behind) = rest.split_at_checked(2)?;
            octets.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = behind;
        } else {
            octets.push(octet);
        }
    }
    let ascii = idna::domain_to_ascii(std::str::from_utf8(&octets).ok()?).ok()?;
    // What was percent-encoded may be no host at all.
    let is_host = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_');
    (!ascii.is_empty() && ascii.bytes().all(is_host)).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3987_3_1_an_iri_becomes_a_uri() {
        let made = |iri: &str| request_uri(iri).map(|uri| uri.to_string()).ok();
        for (iri, expected) in [
            ("http://a/\u{e9}?\u{e9}=1#\u{e9}", Some("http://a/%C3%A9?%C3%A9=1")),
            ("http://a/%C3%A9", Some("http://a/%C3%A9")),
            ("http://a", Some("http://a/")),
            // RFC 5891: the host is that of the domain name system.
            (
                "http://b\u{fc}cher.example:81/\u{e9}",
                Some("http://xn--bcher-kva.example:81/%C3%A9"),
            ),
            ("http://b%C3%BCcher.example/", Some("http://xn--bcher-kva.example/")),
            ("http://B\u{dc}CHER.example/", Some("http://xn--bcher-kva.example/")),
            ("http://u%C3%BC@a.example/", Some("http://u%C3%BC@a.example/")),
            ("http://[::1]:8080/", Some("http://[::1]:8080/")),
            ("http://a%2Fb/", None),
            ("http://%FF/", None),
            ("http://%C3%BC%40evil/", None),
            ("/a", None),
            ("\u{e9}", None),
            ("urn:a:b", None),
            ("http://a/ b", None),
            ("http://a/\r\nb", None),
            ("", None),
        ] {
            assert_eq!(made(iri).as_deref(), expected, "{iri}");
        }
    }
}
