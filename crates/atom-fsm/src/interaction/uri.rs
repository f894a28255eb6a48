//! The URIs of requests.

use crate::error::Error;
use crate::rule::Rule;
use http::Uri;
use iri_string::types::IriStr;

/// The URI that is requested for an IRI: what is not ASCII is percent-encoded as UTF-8 (RFC 3987
/// section 3.1), and the fragment is left out.
pub(super) fn request_uri(iri: &str) -> Result<Uri, Error> {
    let refused = || Error::head(Rule::IriSyntax, iri);
    let uri = IriStr::new(iri).map_err(|_| refused())?.encode_to_uri().to_string();
    let uri = uri.split('#').next().unwrap_or_default();
    let uri: Uri = uri.parse().map_err(|_| refused())?;
    if uri.scheme().is_some() && uri.authority().is_some() { Ok(uri) } else { Err(refused()) }
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
