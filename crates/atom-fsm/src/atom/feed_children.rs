//! The children of a feed, one by one (RFC 4287 section 4.1.1).

use super::children;
use super::entry::{Entry, Standing};
use super::feed::{Feed, is_tombstone};
use super::late_part::LatePart;
use super::link::Link;
use super::metadata::{Metadata, Part};
use super::person::Person;
use super::revisions::SomeRevisions;
use crate::error::Error;
use crate::ext::rules::FeedExtensions;
use crate::into_owned::IntoOwned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, Node, Remembered, XmlReader};

/// A child of a feed.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one child is read at a time, and moved once")]
pub(crate) enum FeedChild<'a> {
    Entry(Entry<'a>),
    /// A tombstone, or an element of another vocabulary behind an entry or another such item.
    Extension(Element<'a>),
    /// A part of the metadata, or a comment or an instruction before the entries.
    Metadata(FeedPart<'a>),
}

/// What is kept of a feed beside its entries.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one part is read at a time, and moved once")]
pub(crate) enum FeedPart<'a> {
    /// A part of the metadata.
    Metadata(Part, Metadata<'a>),
    /// A comment or an instruction.
    Misc(Node<'a>),
}

impl FeedPart<'_> {
    pub(crate) fn into_owned(self) -> FeedPart<'static> {
        match self {
            Self::Metadata(part, metadata) => {
                FeedPart::Metadata(part, IntoOwned::into_owned(metadata))
            }
            Self::Misc(node) => FeedPart::Misc(IntoOwned::into_owned(node)),
        }
    }
}

/// What must be known of the children that were read.
#[derive(Debug)]
pub(crate) struct FeedChildren {
    root: Remembered,
    /// Whether a child was read that is not kept.
    has_item: bool,
    has_entry: bool,
    is_author_missing: bool,
    revisions: SomeRevisions,
    extensions: FeedExtensions,
    /// The whole metadata, once some of it was late: the feed of its reader has only what was early.
    all: Option<Box<Metadata<'static>>>,
}

impl FeedChildren {
    /// Reads the start tag of a feed, which is the last one.
    pub(crate) fn begin<'a>(reader: &mut XmlReader<'a>) -> Result<(Self, Feed<'a>), Error> {
        let children = Self {
            root: reader.remember(reader.tag()),
            has_item: false,
            has_entry: false,
            is_author_missing: false,
            revisions: SomeRevisions::default(),
            extensions: FeedExtensions::default(),
            all: None,
        };
        Ok((children, Feed::begin(reader)?))
    }

    /// Reads the child at the last start tag. `feed` has the metadata that was read before, but
    /// for what was late.
    pub(crate) fn read<'a>(
        &mut self,
        feed: &Feed<'_>,
        reader: &mut XmlReader<'a>,
    ) -> Result<FeedChild<'a>, Error> {
        let tag = reader.tag();
        if children::is(reader, namespace::ATOM, "entry")? {
            let entry = Entry::read(reader, Standing::InFeed)?;
            if self.revisions.contain(&entry) {
                reader.violation_at(Rule::EntryRepeated, tag)?;
            }
            self.revisions.add(&entry, reader.settings().limits.revision_octets);
            self.has_item = true;
            self.has_entry = true;
            self.is_author_missing |= !entry.has_author();
            return Ok(FeedChild::Entry(entry));
        }
        let stands_for_entry = is_tombstone(reader.name());
        if self.has_entry && !stands_for_entry {
            reader.violation_at(Rule::MetadataOrder, tag)?;
        }
        let is_foreign = !namespace::same(&reader.name().namespace, namespace::ATOM);
        let is_given = is_foreign && (self.has_item || stands_for_entry);
        self.has_item |= is_given;
        let mut part = Metadata::default();
        let kind = part.child_beside(self.metadata(feed), reader)?;
        for extension in &part.extensions {
            self.extensions.add(extension);
        }
        match (kind, part.extensions.pop()) {
            (Part::Extension(_), Some(extension)) if is_given => {
                Ok(FeedChild::Extension(extension))
            }
            (kind, extension) => {
                part.extensions.extend(extension);
                Ok(FeedChild::Metadata(FeedPart::Metadata(kind, part)))
            }
        }
    }

    /// Whether a child was read that is not kept: what is read behind it is late.
    pub(crate) fn has_item(&self) -> bool {
        self.has_item
    }

    /// Remembers a part of the metadata that is not added to the feed, because it is late.
    pub(crate) fn late<'a>(
        &mut self,
        feed: &Feed<'_>,
        part: Part,
        metadata: Metadata<'a>,
    ) -> LatePart<'a> {
        let early = || Box::new(IntoOwned::into_owned(feed.metadata().clone()));
        let all = self.all.get_or_insert_with(early);
        all.append(part, IntoOwned::into_owned(metadata.clone()));
        LatePart::new(part, metadata)
    }

    /// The authors so far of a feed, late ones among them.
    pub(crate) fn authors<'m>(&'m self, feed: &'m Feed<'_>) -> &'m [Person<'m>] {
        &self.metadata(feed).authors
    }

    /// The metadata so far of a feed, with what was late.
    fn metadata<'m>(&'m self, feed: &'m Feed<'_>) -> &'m Metadata<'m> {
        self.all.as_deref().unwrap_or(feed.metadata())
    }

    /// Adds a part to a feed.
    pub(crate) fn add<'a>(feed: &mut Feed<'a>, part: FeedPart<'a>) {
        match part {
            FeedPart::Metadata(part, metadata) => {
                feed.append(part, metadata);
            }
            FeedPart::Misc(node) => feed.keep(node),
        }
    }

    /// Checks the feed at its end.
    pub(crate) fn end(&self, feed: &Feed<'_>, reader: &mut XmlReader<'_>) -> Result<(), Error> {
        let report = &mut reader.at_remembered(&self.root);
        let metadata = self.metadata(feed);
        metadata.check_feed(report)?;
        metadata.check_links(report)?;
        let has_author = !metadata.authors.is_empty() || !self.is_author_missing;
        report.require(has_author, Rule::FeedAuthor)?;
        self.extensions.check(metadata.links.iter().map(Link::relation), report)
    }
}
