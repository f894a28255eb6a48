//! Resolution of IRI references against `xml:base` (RFC 4287 section 2, XML Base).

use super::common_attributes::Common;
use super::iri::is_iri;
use crate::namespace;
use crate::xml::{Element, SPACE};
use iri_string::format::ToDedicatedString;
use iri_string::types::{IriAbsoluteStr, IriReferenceStr, IriStr};

/// The base that the IRI references in an element are resolved against (RFC 4287 section 2, XML
/// Base): the document's URI, changed by each `xml:base` from the root down to the element.
///
/// ```
/// use atom_fsm::atom::{Base, Entry};
///
/// let entry = Entry::parse(
///     "<entry xmlns='http://www.w3.org/2005/Atom' xml:base='2026/'><id>urn:example:1</id><title>A</title>
///      <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>
///      <link href='1.html'/></entry>",
/// )?;
/// let base = Base::new("http://example.org/feed.atom").within(entry.common());
/// let uri = base.resolve(entry.links()[0].href().unwrap_or_default());
/// assert_eq!(uri.as_deref(), Some("http://example.org/2026/1.html"));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
///
/// An element that contains an IRI reference as its text, such as the icon of a feed, may have an
/// `xml:base` too: `base.within(feed.common())`, and then
/// [`within`](Self::within) what [`Feed::icon_common`](super::Feed::icon_common) returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(Option<String>);

impl Base {
    /// Returns the base of a document with this URI. If the URI is not absolute, only absolute
    /// references can be resolved.
    #[must_use]
    pub fn new(document: &str) -> Self {
        Self(is_iri(document).then(|| document.to_owned()))
    }

    /// Returns the base within an element that has these attributes.
    #[must_use]
    pub fn within(&self, common: &Common<'_>) -> Self {
        match common.base() {
            Some(base) => Self(self.resolve(base)),
            None => self.clone(),
        }
    }

    /// Returns the base within an element of XHTML or of another vocabulary.
    #[must_use]
    pub fn within_element(&self, element: &Element<'_>) -> Self {
        match element.attribute(namespace::XML, "base") {
            Some(base) => Self(self.resolve(base.trim_matches(SPACE))),
            None => self.clone(),
        }
    }

    /// Resolves a reference (RFC 3986 section 5). `None` when it is not an IRI reference, or when
    /// it is relative and the base is not absolute.
    #[must_use]
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let reference = IriReferenceStr::new(reference).ok()?;
        // The base has no part in the resolution of a reference with a scheme, whose dot segments
        // are removed all the same.
        let base = if reference.to_iri().is_ok() { "a:" } else { self.0.as_deref()? };
        let base = IriStr::new(base).ok()?;
        let base: &IriAbsoluteStr = base.to_absolute();
        Some(reference.resolve_against(base).to_dedicated_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_5_references_resolve_against_each_base_on_the_way_down() {
        let document = Base::new("http://example.org/a/feed");
        let inner = document.within(&Common::default().with_base("b/"));
        let innermost = inner.within(&Common::default().with_base("../c/d?e#f"));
        for (base, reference, expected) in [
            (&document, "x", Some("http://example.org/a/x")),
            (&inner, "x", Some("http://example.org/a/b/x")),
            (&innermost, "x", Some("http://example.org/a/c/x")),
            (&innermost, "", Some("http://example.org/a/c/d?e")),
            (&innermost, "#g", Some("http://example.org/a/c/d?e#g")),
            (&innermost, "urn:example:y", Some("urn:example:y")),
            (&innermost, "http://a/b/../c/./d?e/../f#g", Some("http://a/c/d?e/../f#g")),
            (&Base::new(""), "http://a/../b/..", Some("http://a/")),
            (&innermost, "http://[", None),
            (&Base::new("/relative"), "x", None),
            (&Base::new("/relative"), "http://example.org/", Some("http://example.org/")),
        ] {
            assert_eq!(base.resolve(reference).as_deref(), expected, "{reference}");
        }
    }
}
