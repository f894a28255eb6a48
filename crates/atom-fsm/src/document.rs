//! Documents of any kind.

use crate::app::{Categories, Collection, Service};
use crate::atom::{Entry, Feed};
use crate::error::Error;
use crate::ext::Tombstone;
use crate::into_owned::{IntoOwned, into_owned};
use crate::root::{Root, sealed};
use crate::xml::{XmlReader, XmlWriter};

/// A document of any kind that this crate knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "one document is read at a time, and moved once")]
pub enum Document<'a> {
    /// An Atom feed.
    Feed(Feed<'a>),
    /// An Atom entry.
    Entry(Entry<'a>),
    /// An AtomPub service document.
    Service(Service<'a>),
    /// An AtomPub category document.
    Categories(Categories<'a>),
    /// An AtomPub collection as a document, as Feed Service Management sends it.
    Collection(Collection<'a>),
    /// A deleted entry document (RFC 6721 section 4).
    Tombstone(Tombstone<'a>),
}

impl<'a> Document<'a> {
    /// Reads a document with the default [`Reader`](crate::Reader), without its diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    /// The media type of the document, for a Content-Type field (RFC 5023 sections 12 and 16, RFC 6721
    /// section 4). None is registered for a collection as a document: it is XML.
    ///
    /// ```
    /// use atom_fsm::{Document, ext::Tombstone};
    ///
    /// let deleted = Tombstone::new("urn:example:1", "2026-01-01T00:00:00Z");
    /// assert_eq!(Document::from(deleted).media_type(), "application/atomdeleted+xml");
    /// ```
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        match self {
            Self::Feed(_) => "application/atom+xml;type=feed",
            Self::Entry(_) => "application/atom+xml;type=entry",
            Self::Service(_) => "application/atomsvc+xml",
            Self::Categories(_) => "application/atomcat+xml",
            Self::Collection(_) => "application/xml",
            Self::Tombstone(_) => "application/atomdeleted+xml",
        }
    }

    /// Copies what the document still borrows, so that it can outlive its source.
    #[must_use]
    pub fn into_owned(self) -> Document<'static> {
        IntoOwned::into_owned(self)
    }
}

/// Implements the conversion from the type of each kind.
macro_rules! from {
    ($($type:ident),*) => {
        $(impl<'a> From<$type<'a>> for Document<'a> {
            fn from(document: $type<'a>) -> Self {
                Self::$type(document)
            }
        })*
    };
}

from!(Feed, Entry, Service, Categories, Collection, Tombstone);

into_owned!(
    enum Document {
        Feed(feed),
        Entry(entry),
        Service(service),
        Categories(categories),
        Collection(collection),
        Tombstone(tombstone),
    }
);

impl sealed::Root for Document<'_> {}

impl<'a> Root<'a> for Document<'a> {
    type Owned = Document<'static>;

    fn own(self) -> Document<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        Feed::is_root(reader)
            || Entry::is_root(reader)
            || Service::is_root(reader)
            || Categories::is_root(reader)
            || Collection::is_root(reader)
            || Tombstone::is_root(reader)
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        fn read_as<'a, T: Root<'a>>(
            reader: &mut XmlReader<'a>,
            read: &mut Option<Document<'a>>,
            kind: fn(T) -> Document<'a>,
        ) -> Result<(), Error> {
            let mut root = None;
            let outcome = T::read_root(reader, &mut root);
            *read = root.map(kind);
            outcome
        }
        if Feed::is_root(reader) {
            read_as(reader, read, Self::Feed)
        } else if Entry::is_root(reader) {
            read_as(reader, read, Self::Entry)
        } else if Service::is_root(reader) {
            read_as(reader, read, Self::Service)
        } else if Categories::is_root(reader) {
            read_as(reader, read, Self::Categories)
        } else if Tombstone::is_root(reader) {
            read_as(reader, read, Self::Tombstone)
        } else {
            read_as(reader, read, Self::Collection)
        }
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        match self {
            Self::Feed(feed) => feed.write_root(writer),
            Self::Entry(entry) => entry.write_root(writer),
            Self::Service(service) => service.write_root(writer),
            Self::Categories(categories) => categories.write_root(writer),
            Self::Collection(collection) => collection.write_root(writer),
            Self::Tombstone(tombstone) => tombstone.write_root(writer),
        }
    }
}
