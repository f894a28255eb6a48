//! Metadata of a feed that stands behind an entry or another item.

use crate::atom::{Feed, LatePart};
use crate::into_owned::into_owned;
use std::ops::Range;

/// A part of the metadata of a feed, such as a title or a link, that stands behind an entry or another item.
///
/// RFC 4287 section 4.1.1 wants it before the entries ([`Rule::MetadataOrder`](crate::Rule::MetadataOrder)).
/// It is not in the feed that a reader of entries returns: who has written that metadata, with a
/// [`FeedWriter`](crate::FeedWriter), writes this part in its place, and who has read it adds this part to it.
///
/// ```
/// use atom_fsm::{FeedItem, Reader};
///
/// let source = "<feed xmlns='http://www.w3.org/2005/Atom'><entry/><title>A</title></feed>";
/// let mut entries = Reader::new().entries(source);
/// let mut late = Vec::new();
/// for item in entries.by_ref() {
///     if let FeedItem::Metadata(part) = item? {
///         late.push(part);
///     }
/// }
/// let mut feed = entries.feed().clone();
/// assert!(feed.title().is_none());
/// for part in late {
///     part.add_to(&mut feed);
/// }
/// assert_eq!(feed.title().unwrap().value(), "A");
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedMetadata<'a> {
    pub(crate) part: LatePart<'a>,
    pub(super) start: u64,
    pub(super) octets: u64,
}

impl<'a> FeedMetadata<'a> {
    /// The part, as a feed that has nothing else.
    #[must_use]
    pub fn feed(&self) -> &Feed<'a> {
        self.part.feed()
    }

    /// Adds the part to the metadata of a feed, behind the others. What a feed has once stays as it is if it
    /// is there.
    pub fn add_to(self, feed: &mut Feed<'a>) {
        self.part.add_to(feed);
    }

    /// Where the part is in the document, as offsets in octets from its start.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.start..self.start + self.octets
    }
}

into_owned!(FeedMetadata { part, start, octets });
