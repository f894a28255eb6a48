//! The feed element (RFC 4287 section 4.1.1).

use super::accessors::{common, extensions, list, metadata, single, value};
use super::entry::{Entry, Standing};
use super::metadata::Metadata;
use super::name;
use super::{Category, Date, Generator, Link, Person, Text, children};
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::root::{Root, sealed};
use crate::rule::Rule;
use crate::xml::{XmlReader, XmlWriter, tree};

/// A feed: its metadata and its entries (RFC 4287 section 4.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed<'a> {
    metadata: Metadata<'a>,
    entries: Vec<Entry<'a>>,
}

into_owned!(Feed { metadata, entries });

impl<'a> Feed<'a> {
    /// Returns an empty feed. It cannot be written before it has an id, a title, an updated date,
    /// and an author unless each of its entries has one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a feed document with the default [`Reader`](crate::Reader), without its
    /// diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    list!("The entries, in document order.", Entry<'a>, entries, entries_mut, with_entry, entries);
    metadata!(metadata);

    /// RFC 4287 section 4.1.1: a feed needs an author only if an entry has none of its own.
    fn check_author(&self, report: &mut dyn Report) -> Result<(), Error> {
        let has = !self.authors().is_empty() || self.entries.iter().all(Entry::has_author);
        report.require(has, Rule::FeedAuthor)
    }
}

impl sealed::Root for Feed<'_> {}

impl<'a> Root<'a> for Feed<'a> {
    fn is_root(reader: &XmlReader<'a>) -> bool {
        reader.name().is(namespace::ATOM, "feed")
    }

    fn read_root(reader: &mut XmlReader<'a>) -> Result<Self, Error> {
        let tag = reader.tag();
        let mut feed = Self { metadata: Metadata::begin(reader)?, entries: Vec::new() };
        children::children(reader, |reader| {
            if children::is(reader, namespace::ATOM, "entry")? {
                feed.entries.push(Entry::read(reader, Standing::InFeed)?);
                return Ok(());
            }
            feed.metadata.child(reader)
        })?;
        let report = &mut reader.at_tag(tag);
        feed.metadata.check_feed(report)?;
        feed.metadata.check_links(report)?;
        feed.check_author(report)?;
        Ok(feed)
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&name::FEED)?;
        self.metadata.check_feed(writer)?;
        self.metadata.check_links(writer)?;
        self.check_author(writer)?;
        tree::declare_prefixes(self.extensions(), writer)?;
        tree::declare_prefixes(self.entries.iter().flat_map(Entry::extensions), writer)?;
        self.metadata.common.write(writer, &[])?;
        self.metadata.write(writer)?;
        self.entries.iter().try_for_each(|entry| entry.write(writer, Standing::InFeed))?;
        writer.end();
        Ok(())
    }
}
