//! What makes two URIs the same version, and where they are.

use crate::reference::{normal, to_uri};
use iri_string::types::UriStr;

/// The origin of a URI (RFC 6454 section 4): its scheme and host in lower case, and its port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Origin {
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) port: String,
}

impl Origin {
    /// The origin of a URI. There is none if it has no authority.
    pub(super) fn of(uri: &str) -> Option<Self> {
        Parts::of(uri).map(|parts| parts.origin)
    }
}

/// A URI that is taken apart as far as a history needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) origin: Origin,
    pub(super) has_userinfo: bool,
    /// What is the same for URIs that differ only in their scheme.
    pub(super) without_scheme: String,
}

impl Parts {
    /// The parts of the normal form of a URI, without its fragment. There are none if it has no
    /// authority.
    pub(super) fn of(uri: &str) -> Option<Self> {
        let key = key(uri);
        let uri = UriStr::new(&key).ok()?;
        let authority = uri.authority_components()?;
        let port = authority.port().unwrap_or_default().to_owned();
        Some(Self {
            has_userinfo: authority.userinfo().is_some(),
            without_scheme: key.split_once(':')?.1.to_owned(),
            origin: Origin {
                scheme: uri.scheme_str().to_owned(),
                host: authority.host().to_owned(),
                port,
            },
        })
    }
}

/// The form that is the same for all spellings of a URI: in normal form (RFC 3986 sections 6.2.2 and
/// 6.2.3), without its fragment.
pub(super) fn key(uri: &str) -> String {
    without_fragment(&normal(&to_uri(uri))).to_owned()
}

/// A URI without its fragment.
pub(super) fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(before, _)| before)
}

/// Whether a scheme is one that a version can be asked for by.
pub(super) fn is_http(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_6_2_3_all_spellings_of_a_uri_have_the_same_key() {
        for spellings in [
            &[
                "http://e.example",
                "HTTP://E.Example:80/",
                "http://e.example:/#x",
                "http://e.example/a/..",
            ][..],
            &["https://e.example:443/a?b", "https://e.example/%61?b#c", "https://e.example/./a?b"],
            &["http://e.example/caf\u{e9}", "http://e.example/caf%c3%a9"],
            &["urn:x:Y", "URN:x:Y#z"],
        ] {
            for spelling in spellings {
                assert_eq!(key(spelling), key(spellings[0]), "{spelling}");
            }
        }
        for (one, other) in [
            ("http://e.example/", "https://e.example/"),
            ("http://e.example:443/", "http://e.example/"),
            ("http://e.example/a", "http://e.example/a/"),
            ("http://e.example/?", "http://e.example/"),
            ("http://a@e.example/", "http://e.example/"),
        ] {
            assert_ne!(key(one), key(other), "{one}");
        }
    }
}
