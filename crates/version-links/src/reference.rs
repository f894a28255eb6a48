//! URI references, resolved and compared (RFC 3986 sections 5 and 6).

mod components;
mod crossing;
mod dots;
mod normal;

use components::Components;
pub use crossing::Crossing;
use dots::{Segments, Slash, keep_from_authority, push_without_dots, without_dots};
use iri_string::convert::MappedToUri;
use iri_string::types::{IriReferenceStr, IriStr};
pub(crate) use normal::normal;
use std::borrow::Cow;

/// The URI that references are resolved against, if it is absolute.
///
/// The time of a resolution is linear in the lengths of the reference and of this URI.
#[derive(Debug, Clone)]
pub(crate) struct Base(Option<Absolute>);

/// An absolute URI without its fragment, split where a reference can go on.
#[derive(Debug, Clone)]
struct Absolute {
    uri: String,
    scheme_end: usize,
    authority_end: usize,
    path_end: usize,
    has_authority: bool,
    /// The path without dot segments and without its last segment.
    directory: String,
    /// What precedes the segment after the directory.
    slash: Slash,
}

impl Base {
    pub(crate) fn new(uri: &str) -> Self {
        Self(IriStr::new(uri).ok().map(|uri| Absolute::new(uri.as_str())))
    }

    /// Resolves a reference. There is no result if it is no reference, or if it is relative and the
    /// base is not absolute.
    pub(crate) fn resolve(&self, reference: &str) -> Option<String> {
        #[cfg(test)]
        RESOLVED.set(RESOLVED.get() + reference.len());
        let parts = Components::of(reference);
        if !parts.is_evidently_valid() {
            IriReferenceStr::new(reference).ok()?;
        }
        if parts.scheme.is_some() {
            return Some(without_dots(reference));
        }
        self.0.as_ref().map(|base| base.resolve(reference, &parts))
    }

    /// The base itself without its fragment, if it is absolute.
    pub(crate) fn uri(&self) -> Option<&str> {
        self.0.as_ref().map(|base| &*base.uri)
    }
}

#[cfg(test)]
thread_local! {
    static RESOLVED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// How many octets of references this thread has resolved.
#[cfg(test)]
pub(crate) fn octets_resolved() -> usize {
    RESOLVED.get()
}

impl Absolute {
    fn new(uri: &str) -> Self {
        let parts = Components::of(uri);
        let scheme_end = parts.scheme.map_or(0, |scheme| scheme.len() + ":".len());
        let authority_len = parts.authority.map_or(0, |authority| "//".len() + authority.len());
        let authority_end = scheme_end + authority_len;
        let path_end = authority_end + parts.path.len();
        let end = path_end + parts.query.map_or(0, |query| "?".len() + query.len());
        let has_authority = parts.authority.is_some();
        let mut directory = String::new();
        let slash = if has_authority && parts.path.is_empty() {
            Slash::Present
        } else {
            Segments::new(&mut directory, 0, Slash::Absent).push_directory(parts.path)
        };
        let uri = uri[..end].to_owned();
        Self { uri, scheme_end, authority_end, path_end, has_authority, directory, slash }
    }

    /// RFC 3986 section 5.2.2, for a reference without a scheme.
    fn resolve(&self, reference: &str, parts: &Components<'_>) -> String {
        let mut out = String::with_capacity(self.uri.len() + reference.len());
        let behind = match (parts.authority, parts.path) {
            (Some(authority), path) => {
                out.push_str(&self.uri[..self.scheme_end]);
                out.push_str("//");
                out.push_str(authority);
                push_without_dots(&mut out, path, true);
                "//".len() + authority.len() + path.len()
            }
            (None, "") if parts.query.is_some() => {
                out.push_str(&self.uri[..self.path_end]);
                0
            }
            (None, "") => {
                out.push_str(&self.uri);
                0
            }
            (None, path) if path.starts_with('/') => {
                out.push_str(&self.uri[..self.authority_end]);
                push_without_dots(&mut out, path, self.has_authority);
                path.len()
            }
            (None, path) => {
                out.push_str(&self.uri[..self.authority_end]);
                let start = out.len();
                out.push_str(&self.directory);
                Segments::new(&mut out, start, self.slash).push_path(path);
                keep_from_authority(&mut out, start, self.has_authority);
                path.len()
            }
        };
        out.push_str(&reference[behind..]);
        out
    }
}

/// The URI reference of an IRI reference (RFC 3987 section 3.1).
pub(crate) fn to_uri(reference: &str) -> Cow<'_, str> {
    if reference.is_ascii() {
        return Cow::Borrowed(reference);
    }
    match IriReferenceStr::new(reference) {
        Ok(iri) => Cow::Owned(MappedToUri::from(iri).to_string()),
        Err(_) => Cow::Borrowed(reference),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iri_string::types::IriString;
    use proptest::prelude::*;

    /// `Base::resolve`, as iri-string does it, whose time is quadratic in the number of dot segments.
    fn resolved_slowly(base: &str, reference: &str) -> Option<String> {
        let reference = IriReferenceStr::new(reference).ok()?;
        let base = IriString::try_from(base).ok()?;
        Some(reference.resolve_against(base.to_absolute()).to_string())
    }

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
            ("http://a/./b/../c", Some("http://a/c")),
            ("a b", None),
        ] {
            assert_eq!(base.resolve(reference).as_deref(), expected, "{reference}");
        }
        let relative = Base::new("/b/c");
        assert_eq!(relative.resolve("d"), None);
        assert_eq!(relative.resolve("http://a/").as_deref(), Some("http://a/"));
    }

    /// 120 KiB that took iri-string seconds.
    #[test]
    fn rfc3986_5_2_4_many_dot_segments_are_resolved_at_once() {
        let reference = "a/".repeat(30_000) + &"../".repeat(29_999) + "b";
        let base = Base::new("http://a/b/c");
        assert_eq!(base.resolve(&reference).as_deref(), Some("http://a/b/a/b"));
        let uri = format!("http://a/{reference}");
        assert_eq!(base.resolve(&uri).as_deref(), Some("http://a/a/b"));
        assert_eq!(normal(&uri), "http://a/a/b");
        assert_eq!(Base::new(&uri).resolve("c").as_deref(), Some("http://a/a/c"));
    }

    #[test]
    fn rfc3987_3_1_an_iri_is_mapped_to_a_uri() {
        assert_eq!(to_uri("/caf\u{e9}?x=%41"), "/caf%C3%A9?x=%41");
        assert_eq!(to_uri("a b"), "a b");
    }

    /// Pieces of paths in any order.
    const SEGMENTS: &str = "(/|\\.|\\.\\.|\\./|\\.\\./|a|a/|b:|%2e|%2E\\.|é|@){0,8}";

    /// A text of each of two patterns, with a path between them.
    fn around(before: &'static str, after: &'static str) -> impl Strategy<Value = String> {
        (before, SEGMENTS, after).prop_map(|(before, path, after)| format!("{before}{path}{after}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn rfc3986_4_1_what_is_evidently_valid_is_valid(
            reference in "([a-z1:]{0,3})?(//[a-z.-]{0,3}(:[0-9a]{0,2})?)?[-/a:@?%2~'=\\[ é|^,;]{0,6}(#[a-z#?/]{0,3})?"
        ) {
            if Components::of(&reference).is_evidently_valid() {
                prop_assert!(IriReferenceStr::new(&reference).is_ok(), "{}", reference);
            }
        }

        #[test]
        fn rfc3986_5_2_a_reference_is_resolved_as_it_is_slowly(
            base in around("(http|urn):(//[a-c]{0,2}(:8)?)?", "(\\?q)?(#f)?"),
            reference in around("((http:)?//[a-c]?|a:)?", "(\\?r?)?(#g?)?"),
        ) {
            if IriStr::new(&base).is_ok() {
                let expected = resolved_slowly(&base, &reference);
                prop_assert_eq!(Base::new(&base).resolve(&reference), expected);
            }
        }
    }
}
