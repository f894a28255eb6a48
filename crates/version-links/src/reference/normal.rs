//! The normal form of a URI (RFC 3986 sections 6.2.2 and 6.2.3).

use super::components::Components;
use super::dots::{may_contain_dots, without_dots};
use iri_string::types::IriStr;
use std::borrow::Cow;

/// The normal form of a URI: two URIs that differ only in what has no meaning have the same one.
///
/// Without meaning are the case of the scheme and the host, needless percent-encoding, and dot
/// segments (RFC 3986 section 6.2.2); in a scheme that has a default port, that port, and the slash
/// of an empty path (section 6.2.3). What is no URI is its own normal form. The time is linear.
pub(crate) fn normal(uri: &str) -> Cow<'_, str> {
    if is_evidently_normal(uri) {
        return Cow::Borrowed(uri);
    }
    if IriStr::new(uri).is_err() {
        return Cow::Borrowed(uri);
    }
    let uri = without_dots(uri);
    // Without dot segments, this is linear too.
    let normal = IriStr::new(&uri).map_or_else(|_| uri.clone(), |iri| iri.normalize().to_string());
    Cow::Owned(without_default_port(normal))
}

/// The port that a scheme's URIs have unless they state one.
pub(super) fn default_port(scheme: &str) -> Option<&'static str> {
    const DEFAULTS: [(&str, &str); 5] =
        [("http", "80"), ("https", "443"), ("ws", "80"), ("wss", "443"), ("ftp", "21")];
    let found = DEFAULTS.iter().find(|(found, _)| scheme.eq_ignore_ascii_case(found));
    found.map(|&(_, port)| port)
}

/// Leaves out the port if it is the default one, and puts the slash in the place of an empty path.
fn without_default_port(uri: String) -> String {
    let parts = Components::of(&uri);
    let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else { return uri };
    let Some(default) = default_port(scheme) else { return uri };
    let port = parts.host_and_port().and_then(|(_, port)| port);
    let cut = if port.is_some_and(|port| is_port(port, default)) {
        port.map_or(0, |port| port.len() + ":".len())
    } else {
        0
    };
    if cut == 0 && !parts.path.is_empty() {
        return uri;
    }
    let end = scheme.len() + "://".len() + authority.len();
    let slash = if parts.path.is_empty() { "/" } else { "" };
    [&uri[..end - cut], slash, &uri[end..]].concat()
}

/// Whether a port is the one with this number. Leading zeros have no meaning.
fn is_port(port: &str, number: &str) -> bool {
    port.trim_start_matches('0') == number
}

/// Whether a glance tells that a URI is in normal form: it has no authority with a port, nothing is
/// percent-encoded, and so on.
fn is_evidently_normal(uri: &str) -> bool {
    let octets = uri.as_bytes();
    let Some(colon) = memchr::memchr(b':', octets) else { return true };
    let Some(rest) = uri[colon + 1..].strip_prefix("//") else { return false };
    let Some(slash) = memchr::memchr(b'/', rest.as_bytes()) else { return false };
    let (authority, path) = rest.split_at(slash);
    octets[..colon].iter().all(u8::is_ascii_lowercase)
        && authority.bytes().all(|octet| {
            octet.is_ascii_lowercase() || octet.is_ascii_digit() || matches!(octet, b'.' | b'-')
        })
        && path.bytes().all(is_plain)
        && !may_contain_dots(path)
}

/// Whether an octet, wherever it stands after the authority, is in normal form.
fn is_plain(octet: u8) -> bool {
    octet.is_ascii_graphic()
        && !matches!(octet, b'%' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As iri-string finds it, with the default port taken out before.
    fn normal_slowly(uri: &str) -> String {
        let Ok(iri) = IriStr::new(uri) else { return uri.to_owned() };
        without_default_port(iri.normalize().to_string())
    }

    #[test]
    fn rfc3986_6_2_2_case_dots_and_needless_encoding_are_without_meaning() {
        let expected = normal("http://example.net/~a/b");
        for uri in ["HTTP://EXAMPLE.net/~a/b", "http://example.net/%7ea/./c/../b"] {
            assert_eq!(normal(uri), expected, "{uri}");
        }
        assert_ne!(normal("http://example.net/~A/b"), expected);
        assert_eq!(normal("no uri"), "no uri");
    }

    #[test]
    fn rfc3986_6_2_3_the_default_port_and_an_empty_path_are_without_meaning() {
        for (uri, expected) in [
            ("http://a:80/b", "http://a/b"),
            ("http://a:080/b", "http://a/b"),
            ("http://a:/b", "http://a/b"),
            ("HTTP://A:80", "http://a/"),
            ("http://a?b", "http://a/?b"),
            ("https://u@[::1]:443/b#c", "https://u@[::1]/b#c"),
            ("http://a:443/b", "http://a:443/b"),
            ("https://a:80/b", "https://a:80/b"),
            ("coap://a:80", "coap://a:80"),
            ("urn:a:80", "urn:a:80"),
        ] {
            assert_eq!(normal(uri), expected, "{uri}");
        }
    }

    #[test]
    fn what_is_in_normal_form_is_borrowed() {
        let uri = "http://example.net/system/v/84345634/1?a=b:c#d";
        assert!(matches!(normal(uri), Cow::Borrowed(found) if found == uri));
    }

    proptest! {
        #[test]
        fn rfc3986_6_2_2_the_normal_form_is_the_one_found_slowly(
            uri in "(http|HTTPS|urn|a)://?[a-cB.]{0,4}(:(80|443|8)?)?(/[a./:]{0,3}|/\\.\\.|/%(2e|41|e9|C3%a9)|%2F){0,6}(\\?[a%2e/.]{0,6})?(#[a.]{0,2})?"
        ) {
            prop_assert_eq!(normal(&uri), normal_slowly(&uri));
            let normal = normal(&uri).into_owned();
            prop_assert_eq!(super::normal(&normal), &*normal);
        }
    }
}
