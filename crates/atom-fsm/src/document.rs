//! Documents of any kind.

use crate::app::{Categories, Collection, Service};
use crate::atom::{Entry, Feed};
use crate::error::Error;
use crate::own::Own;
use crate::root::{Root, sealed};
use crate::xml::{Pull, XmlWriter};

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
    /// An AtomPub collection on its own, as Feed Service Management sends them.
    Collection(Collection<'a>),
}

impl<'a> Document<'a> {
    /// Reads a document with the default [`Reader`](crate::Reader), whose diagnostics are left out.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(|(document, _)| document)
    }

    /// The same document, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Document<'static> {
        match self {
            Self::Feed(feed) => Document::Feed(feed.own()),
            Self::Entry(entry) => Document::Entry(entry.own()),
            Self::Service(service) => Document::Service(service.own()),
            Self::Categories(categories) => Document::Categories(categories.own()),
            Self::Collection(collection) => Document::Collection(collection.own()),
        }
    }
}

impl sealed::Root for Document<'_> {}

impl<'a> Root<'a> for Document<'a> {
    fn is_root(pull: &Pull<'a>) -> bool {
        Feed::is_root(pull)
            || Entry::is_root(pull)
            || Service::is_root(pull)
            || Categories::is_root(pull)
            || Collection::is_root(pull)
    }

    fn read_root(pull: &mut Pull<'a>) -> Result<Self, Error> {
        if Feed::is_root(pull) {
            Feed::read_root(pull).map(Self::Feed)
        } else if Entry::is_root(pull) {
            Entry::read_root(pull).map(Self::Entry)
        } else if Service::is_root(pull) {
            Service::read_root(pull).map(Self::Service)
        } else if Categories::is_root(pull) {
            Categories::read_root(pull).map(Self::Categories)
        } else {
            Collection::read_root(pull).map(Self::Collection)
        }
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        match self {
            Self::Feed(feed) => feed.write_root(writer),
            Self::Entry(entry) => entry.write_root(writer),
            Self::Service(service) => service.write_root(writer),
            Self::Categories(categories) => categories.write_root(writer),
            Self::Collection(collection) => collection.write_root(writer),
        }
    }
}
