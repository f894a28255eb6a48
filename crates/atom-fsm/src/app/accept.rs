//! The accept element (RFC 5023 section 8.3.4).

use super::{media_range, name};
use crate::atom::text_element::TextElement;
use crate::atom::{Common, is_media_type};
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{SPACE, XmlReader, XmlWriter};
use std::borrow::Cow;

/// A media range that a collection accepts. An empty one means that the collection accepts nothing
/// (RFC 5023 section 8.3.4).
///
/// ```
/// use atom_fsm::app::Accept;
///
/// let accept = Accept::new("application/atom+xml;type=entry");
/// assert!(accept.accepts("application/atom+xml; type=\"ENTRY\""));
/// assert!(!accept.accepts("application/atom+xml;type=feed"));
/// assert!(Accept::new("image/*").accepts("image/png"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept<'a>(TextElement<'a>);

into_owned!(Accept { 0 });

impl<'a> Accept<'a> {
    /// Returns an accept element with this media range.
    pub fn new(range: impl Into<Cow<'a, str>>) -> Self {
        Self(TextElement::from(range.into()))
    }

    /// The media range as it is written.
    #[must_use]
    pub fn range(&self) -> &str {
        &self.0.text
    }

    /// The attributes that every element may have.
    #[must_use]
    pub fn common(&self) -> &Common<'a> {
        &self.0.common
    }

    /// The media ranges: an element should contain one, but the drafts of AtomPub allowed a list with
    /// commas, and servers still send it. Reported as [`Rule::AcceptSyntax`].
    ///
    /// ```
    /// use atom_fsm::app::Accept;
    ///
    /// let accept = Accept::new("image/png, image/gif;a=\"b,c\"");
    /// assert!(accept.ranges().eq(["image/png", "image/gif;a=\"b,c\""]));
    /// assert!(accept.accepts("image/png"));
    /// ```
    pub fn ranges(&self) -> impl Iterator<Item = &str> {
        media_range::listed(self.range())
    }

    /// Whether a range includes a media type. The media type must have each parameter of the
    /// range except `q`; the comparison ignores case and quotes. `application/atom=xml;type=entry`,
    /// a slip in the FSM draft's example, is taken for Atom entries.
    #[must_use]
    pub fn accepts(&self, media_type: &str) -> bool {
        self.ranges().any(|range| media_range::media_range_includes(range, media_type))
    }

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let accept = TextElement::read(reader)?.map(Self);
        if let Some(accept) = &accept {
            accept.check(&mut reader.at_tag(tag))?;
        }
        Ok(accept)
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        let range = self.range().trim_matches(SPACE);
        let is_one = is_media_type(range) && self.ranges().nth(1).is_none();
        report.require(range.is_empty() || is_one, Rule::AcceptSyntax)
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.0.write(&name::ACCEPT, writer, |element, report| Self(element.clone()).check(report))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc5023_8_3_4_ranges_hold_types_whatever_their_spelling() {
        for (range, media_type, expected) in [
            ("application/atom+xml;type=entry", "application/atom+xml;type=entry", true),
            ("application/atom+xml;type=entry", "Application/Atom+XML; Type=\"ENTRY\"", true),
            (
                "application/atom+xml;type=entry",
                "application/atom+xml;charset=utf-8;type=entry",
                true,
            ),
            ("application/atom+xml;type=entry", "application/atom+xml", false),
            ("application/atom+xml", "application/atom+xml;type=feed", true),
            ("application/atom=xml;type=entry", "application/atom+xml;type=entry", true),
            ("application/atom=xml;type=entry", "application/xml", false),
            ("*/*", "image/png", true),
            ("image/*;q=0.5", "image/png", true),
            ("image/*", "video/mpeg", false),
            ("", "image/png", false),
            ("image", "image/png", false),
            ("image/gif,image/png", "image/png", true),
            ("image/gif, ,\n image/png ,", "image/png", true),
            ("image/gif,image/png", "image/jpeg", false),
        ] {
            assert_eq!(Accept::new(range).accepts(media_type), expected, "{range} {media_type}");
        }
    }
}
