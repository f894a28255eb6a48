//! URI references, resolved and compared (RFC 3986 sections 5 and 6).

use iri_string::convert::MappedToUri;
use iri_string::types::{IriReferenceStr, IriStr, IriString};

/// The URI that references are resolved against, if it is absolute.
#[derive(Debug)]
pub(crate) struct Base(Option<IriString>);

impl Base {
    pub(crate) fn new(uri: &str) -> Self {
        Self(IriString::try_from(uri).ok())
    }

    /// Resolves a reference. There is no result if it is no reference, or if it is relative and the
    /// base is not absolute.
    pub(crate) fn resolve(&self, reference: &str) -> Option<String> {
        let reference = IriReferenceStr::new(reference).ok()?;
        if let Ok(iri) = reference.to_iri() {
            return Some(iri.as_str().to_owned());
        }
        Some(reference.resolve_against(self.0.as_ref()?.to_absolute()).to_string())
    }
}

/// The normal form of a URI: two URIs whose differences have no meaning in any scheme share it
/// (RFC 3986 section 6.2.2).
pub(crate) fn normal(uri: &str) -> String {
    IriStr::new(uri).map_or_else(|_| uri.to_owned(), |iri| iri.normalize().to_string())
}

/// The URI reference of an IRI reference (RFC 3987 section 3.1).
pub(crate) fn to_uri(reference: &str) -> String {
    let mapped = IriReferenceStr::new(reference).map(|iri| MappedToUri::from(iri).to_string());
    mapped.unwrap_or_else(|_| reference.to_owned())
}

/// The authority of a URI, in lower case.
pub(crate) fn authority(uri: &str) -> Option<String> {
    let authority = IriStr::new(uri).ok()?.authority_str()?;
    Some(authority.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_5_4_references_are_resolved() {
        let base = Base::new("http://a/b/c/d;p?q#f");
        for (reference, expected) in [
            ("", Some("http://a/b/c/d;p?q")),
            ("g", Some("http://a/b/c/g")),
            ("?y", Some("http://a/b/c/d;p?y")),
            ("../../../g", Some("http://a/g")),
            ("//g", Some("http://g")),
            ("g:h", Some("g:h")),
            ("a b", None),
        ] {
            assert_eq!(base.resolve(reference).as_deref(), expected, "{reference}");
        }
        let relative = Base::new("/b/c");
        assert_eq!(relative.resolve("d"), None);
        assert_eq!(relative.resolve("http://a/").as_deref(), Some("http://a/"));
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
    fn rfc3987_3_1_an_iri_is_mapped_to_a_uri() {
        assert_eq!(to_uri("/caf\u{e9}?x=%41"), "/caf%C3%A9?x=%41");
        assert_eq!(to_uri("a b"), "a b");
    }
}
