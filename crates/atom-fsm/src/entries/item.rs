//! What a feed contains, one after the other, behind its metadata.

use super::metadata::FeedMetadata;
use crate::atom::{Base, Entry, Person, is_iri};
use crate::into_owned::{IntoOwned, into_owned};
use crate::reporting::Tolerance;
use crate::settings::Stage;
use crate::xml::Element;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// What a feed contains behind its metadata, in document order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "one item is given at a time, and moved once")]
pub enum FeedItem<'a> {
    /// An entry.
    Entry(FeedEntry<'a>),
    /// A tombstone (RFC 6721), or an element of another vocabulary that is after an entry or another
    /// item. One that is before all items is among the extensions of the feed.
    Extension(Element<'a>),
    /// A part of the metadata of the feed behind an entry or another item.
    Metadata(FeedMetadata<'a>),
    /// A comment behind an entry or another item, unless
    /// [`Reader::comments`](crate::Reader::comments) leaves it out. One that is before all items is among
    /// the [`comments`](crate::atom::Feed::comments) of the feed.
    Comment(Cow<'a, str>),
    /// A processing instruction in such a place: its target and its data.
    Instruction(Cow<'a, str>, Cow<'a, str>),
}

impl<'a> FeedItem<'a> {
    /// The entry, if it is one.
    #[must_use]
    pub fn into_entry(self) -> Option<FeedEntry<'a>> {
        match self {
            Self::Entry(entry) => Some(entry),
            Self::Extension(_) | Self::Metadata(_) | Self::Comment(_) | Self::Instruction(..) => {
                None
            }
        }
    }

    /// Copies what the item still borrows, so that it can outlive its source.
    #[must_use]
    pub fn into_owned(self) -> FeedItem<'static> {
        IntoOwned::into_owned(self)
    }
}

into_owned!(
    enum FeedItem {
        Entry(entry),
        Extension(element),
        Metadata(metadata),
        Comment(text),
        Instruction(target, data),
    }
);

/// An entry of a feed, with its own octets and with what is in scope around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry<'a> {
    pub(crate) entry: Entry<'a>,
    pub(crate) source: Cow<'a, str>,
    pub(crate) start: u64,
    pub(crate) around: Arc<Surroundings>,
    pub(crate) violated: Tolerance,
    pub(crate) stage: Stage,
    /// The base that the URI of the document gives.
    pub(crate) document: Option<Arc<str>>,
    pub(crate) is_repaired: bool,
}

/// What is in scope around the entries of a feed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    pub(crate) namespaces: Vec<(Box<str>, Box<str>)>,
    pub(crate) base: Option<Box<str>>,
    pub(crate) lang: Option<Box<str>>,
    pub(crate) authors: Vec<Person<'static>>,
}

impl<'a> FeedEntry<'a> {
    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &Entry<'a> {
        &self.entry
    }

    /// The entry, to be changed. What is around it is lost.
    #[must_use]
    pub fn into_entry(self) -> Entry<'a> {
        self.entry
    }

    /// The octets of the entry in the document, from the `<` of its start tag to the `>` of its end tag.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where these octets are in the document, as offsets from its start.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.start..self.start + self.source.len() as u64
    }

    /// The namespaces that are declared around the entry, or supplied by
    /// [`Reader::namespace`](crate::Reader::namespace): each with its prefix, which is empty for the
    /// default namespace.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.around.namespaces.iter().map(|(prefix, namespace)| (&**prefix, &**namespace))
    }

    /// The `xml:base` of the feed, as it is written there.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.around.base.as_deref()
    }

    /// Sets the URI of the document that the entry was read from, against which relative references in
    /// it are resolved. A feed that the entry is passed on to declares it as `xml:base`, with that of the
    /// feed that it was read from.
    #[must_use]
    pub fn with_document_uri(mut self, uri: &str) -> Self {
        let base = Base::new(uri);
        self.document = base.resolve(self.base().unwrap_or_default()).map(Into::into);
        self
    }

    /// The base of the entry, if it is known.
    pub(crate) fn base_iri(&self) -> Option<&str> {
        self.document.as_deref().or_else(|| self.base().filter(|base| is_iri(base)))
    }

    /// The `xml:lang` of the feed.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.around.lang.as_deref()
    }

    /// The authors of the feed, which are those of an entry without an author of its own or of its
    /// source (RFC 4287 section 4.2.1): those that the feed names before its
    /// first entry.
    #[must_use]
    pub fn inherited_authors(&self) -> &[Person<'static>] {
        &self.around.authors
    }

    /// Whether [`Reader::repair`](crate::Reader::repair) repaired anything in the entry.
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.is_repaired
    }
}

into_owned!(FeedEntry { entry, source, start, around, violated, stage, document, is_repaired });
