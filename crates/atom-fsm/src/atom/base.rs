//! Resolution of IRI references against `xml:base` (RFC 4287 section 2, XML Base).

use super::common_attributes::Common;
use super::iri::is_iri;
use iri_string::format::ToDedicatedString;
use iri_string::types::{IriAbsoluteStr, IriReferenceStr, IriStr};

/// The base that the IRI references in an element are resolved against (RFC 4287 section 2, XML
/// Base): the document's URI, changed by each `xml:base` from the root down to the element.
///
/// ```
/// use atom_fsm::atom::{Base, Entry};
///
/// let entry = Entry::parse(
///     "<entry xmlns='http://www.w3.org/2005/Atom' xml:base='2026/'><id>urn:x:1</id><title/>
///      <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>
///      <link href='1.html'/></entry>",
/// )?;
/// let base = Base::new("http://example.org/feed.atom").within(entry.common());
/// let uri = base.resolve(entry.links()[0].href().unwrap_or_default());
/// assert_eq!(uri.as_deref(), Some("http://example.org/2026/1.html"));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
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

    /// Resolves a reference (RFC 3986 section 5). `None` when it is not an IRI reference, or when
    /// it is relative and the base is not absolute.
    #[must_use]
    pub fn resolve(&self, reference: &str) -> Option<String> {
        let reference = IriReferenceStr::new(reference).ok()?;
        if let Ok(iri) = reference.to_iri() {
            return Some(iri.as_str().to_owned());
        }
        let base = IriStr::new(self.0.as_deref()?).ok()?;
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
            (&innermost, "urn:x:y", Some("urn:x:y")),
            (&innermost, "http://[", None),
            (&Base::new("/relative"), "x", None),
            (&Base::new("/relative"), "http://example.org/", Some("http://example.org/")),
        ] {
            assert_eq!(base.resolve(reference).as_deref(), expected, "{reference}");
        }
    }
}
