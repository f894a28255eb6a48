//! The feed element (RFC 4287 section 4.1.1).

use super::accessors::{comments, common, extensions, list, metadata, single, value};
use super::entry::{Entry, Standing};
use super::link::Alternates;
use super::metadata::{Metadata, Part};
use super::misc::{Misc, Unwritten};
use super::name;
use super::publishing::{self, Parent};
use super::revisions::Revisions;
use super::{Category, Date, Generator, Link, Person, Text, children};
use crate::correction::Correction;
use crate::error::Error;
use crate::ext::rules::FeedExtensions;
use crate::into_owned::{IntoOwned, into_owned};
use crate::namespace;
use crate::report::Report;
use crate::root::{Root, sealed};
use crate::rule::Rule;
use crate::xml::{Element, Name, Node, XmlReader, XmlWriter, tree};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A feed: its metadata and its entries (RFC 4287 section 4.1.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed<'a> {
    metadata: Metadata<'a>,
    entries: Vec<Entry<'a>>,
    late: LateParts,
    misc: Misc<'a, Child>,
}

/// A child of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Part(Part),
    /// The entry with this number.
    Entry(usize),
}

/// Where a child of a feed is written: behind so many entries, and there by its rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    entries: usize,
    rank: Rank,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Early(Part),
    /// With its number among the late parts.
    Late(usize),
    Entry,
}

/// The metadata that is after entries, and how many entries are before each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct LateParts(Vec<(Part, usize)>);

impl IntoOwned for LateParts {
    type Owned = Self;

    fn into_owned(self) -> Self {
        self
    }
}

into_owned!(Feed { metadata, entries, late, misc });

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
    comments!(misc);

    /// Reads the attributes of the last start tag.
    pub(super) fn begin(reader: &mut XmlReader<'a>) -> Result<Self, Error> {
        Ok(Self { metadata: Metadata::begin(reader)?, ..Self::default() })
    }

    pub(super) fn metadata(&self) -> &Metadata<'a> {
        &self.metadata
    }

    /// The local names of its children that are no entries.
    pub(crate) fn local_names(&self) -> impl Iterator<Item = &str> {
        self.metadata.parts().filter_map(|part| self.metadata.local(part))
    }

    pub(super) fn into_metadata(self) -> Metadata<'a> {
        self.metadata
    }

    /// Adds a part of the metadata that was read behind the others, and returns which it is here.
    pub(super) fn append(&mut self, part: Part, later: Metadata<'a>) -> Part {
        let part = self.metadata.append(part, later);
        self.misc.before(Child::Part(part));
        part
    }

    /// Adds a comment or an instruction that was read behind the metadata so far.
    pub(super) fn keep(&mut self, node: Node<'a>) {
        self.misc.keep(node);
    }

    /// Reads a child that is not an entry. RFC 4287 section 4.1.1: it is before the entries, unless it
    /// is a tombstone, which stands for an entry (RFC 6721 section 3).
    fn read_metadata(&mut self, reader: &mut XmlReader<'a>) -> Result<Part, Error> {
        let before = self.entries.len();
        if before > 0 && !is_tombstone(reader.name()) {
            reader.violation_at(Rule::MetadataOrder, reader.tag())?;
        }
        let part = self.metadata.child(reader)?;
        if before > 0 {
            self.late.0.push((part, before));
        }
        Ok(part)
    }

    /// The parts of the metadata, each with its place.
    fn parts_in_order(&self, writer: &mut XmlWriter<'_>) -> Vec<(Part, Place)> {
        let most = self.entries.len();
        let mut late: Vec<_> =
            self.late.0.iter().map(|&(part, place)| (part, place.min(most))).collect();
        late.retain(|(part, place)| {
            let is_violation = *place > 0 && !self.is_tombstone(*part);
            !is_violation || !writer.corrects(Correction::MetadataOrder, Rule::MetadataOrder)
        });
        let is_late: HashSet<_> = late.iter().map(|(part, _)| *part).collect();
        let early = self.metadata.parts().filter(|part| !is_late.contains(part));
        let early = early.map(|part| (part, Place { entries: 0, rank: Rank::Early(part) }));
        let late = late
            .iter()
            .enumerate()
            .map(|(number, &(part, entries))| (part, Place { entries, rank: Rank::Late(number) }));
        early.chain(late).collect()
    }

    /// What stands between the children, in the order in which these are written.
    fn unwritten(&self, parts: &[(Part, Place)]) -> Unwritten<'_, 'a, Place> {
        let is_late = |(_, place): &&(Part, Place)| matches!(place.rank, Rank::Late(_));
        let late: HashMap<_, _> = parts.iter().filter(is_late).copied().collect();
        self.misc.unwritten_by(|child| match child {
            Child::Entry(entries) => Place { entries, rank: Rank::Entry },
            Child::Part(part) => {
                let early = Place { entries: 0, rank: Rank::Early(part) };
                late.get(&part).copied().unwrap_or(early)
            }
        })
    }

    fn is_tombstone(&self, part: Part) -> bool {
        match part {
            Part::Extension(at) => {
                self.extensions().get(at).is_some_and(|extension| is_tombstone(extension.name()))
            }
            _ => false,
        }
    }

    fn write_part(
        &self,
        part: Part,
        place: Place,
        alternates: &mut Alternates,
        writer: &mut XmlWriter<'_>,
    ) -> Result<(), Error> {
        writer.require(place.entries == 0 || self.is_tombstone(part), Rule::MetadataOrder)?;
        self.metadata.write_part(part, alternates, writer)
    }

    /// RFC 4287 section 4.1.1: a feed needs an author only if an entry has none of its own.
    fn check_author(&self, report: &mut dyn Report) -> Result<(), Error> {
        let has = !self.authors().is_empty() || self.entries.iter().all(Entry::has_author);
        report.require(has, Rule::FeedAuthor)
    }

    fn check_extensions(&self, report: &mut dyn Report) -> Result<(), Error> {
        self.known_extensions().check(self.links().iter().map(Link::relation), report)
    }

    /// What must be known of the extensions.
    pub(crate) fn known_extensions(&self) -> FeedExtensions {
        let mut known = FeedExtensions::default();
        for extension in self.extensions() {
            known.add(extension);
        }
        known
    }
}

impl sealed::Root for Feed<'_> {}

impl<'a> Root<'a> for Feed<'a> {
    type Owned = Feed<'static>;

    fn own(self) -> Feed<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        reader.name().is(namespace::ATOM, "feed")
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        let tag = reader.tag();
        let feed = read.insert(Self::begin(reader)?);
        let mut revisions = Revisions::default();
        let mut misc = Misc::default();
        let children = children::children(reader, &mut misc, |reader| {
            let tag = reader.tag();
            if !children::is(reader, namespace::ATOM, "entry")? {
                return feed.read_metadata(reader).map(Child::Part);
            }
            let entry = Entry::read(reader, Standing::InFeed)?;
            if let Some((id, updated)) = entry.revision() {
                if revisions.is_repeated(id.clone(), updated.clone()) {
                    reader.violation_at(Rule::EntryRepeated, tag)?;
                }
            }
            feed.entries.push(entry);
            Ok(Child::Entry(feed.entries.len() - 1))
        });
        feed.misc = misc;
        children?;
        let report = &mut reader.at_tag(tag);
        feed.metadata.check_feed(report)?;
        feed.metadata.check_links(report)?;
        feed.check_author(report)?;
        feed.check_extensions(report)
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.write_open(writer, &[])?;
        writer.end();
        Ok(())
    }
}

impl<'a> Feed<'a> {
    /// Writes all of the feed but its end tag. The namespaces are declared on its start tag.
    pub(crate) fn write_open(
        &self,
        writer: &mut XmlWriter<'_>,
        namespaces: &[(String, String)],
    ) -> Result<(), Error> {
        writer.start(&name::FEED)?;
        for (prefix, namespace) in namespaces {
            writer.declare_as_asked(prefix, namespace)?;
        }
        self.metadata.check_feed(writer)?;
        self.metadata.check_links(writer)?;
        self.check_author(writer)?;
        self.check_extensions(writer)?;
        tree::declare_prefixes(self.extensions(), writer)?;
        tree::declare_prefixes(self.entries.iter().flat_map(Entry::extensions), writer)?;
        self.metadata.common.write(writer, &[])?;
        let parts = self.parts_in_order(writer);
        let mut unwritten = self.unwritten(&parts);
        let mut parts = parts.into_iter().peekable();
        let mut alternates = Alternates::default();
        let mut revisions = Revisions::default();
        for (at, entry) in self.entries.iter().enumerate() {
            while let Some((part, place)) = parts.next_if(|(_, place)| place.entries <= at) {
                unwritten.before(place, writer)?;
                self.write_part(part, place, &mut alternates, writer)?;
            }
            unwritten.before(Place { entries: at, rank: Rank::Entry }, writer)?;
            let is_repeated = entry.revision().is_some_and(|(id, updated)| {
                revisions.is_repeated(Cow::Borrowed(id), Cow::Borrowed(updated))
            });
            let standing = if is_repeated { Standing::Repeated } else { Standing::InFeed };
            entry.write(writer, standing)?;
        }
        for (part, place) in parts {
            unwritten.before(place, writer)?;
            self.write_part(part, place, &mut alternates, writer)?;
        }
        unwritten.end(writer)
    }
}

/// Writes a child of a feed that is no entry. `is_late` says whether it is behind an entry.
pub(crate) fn write_feed_extension(
    extension: &Element<'_>,
    is_late: bool,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    writer.require(!is_late || is_tombstone(extension.name()), Rule::MetadataOrder)?;
    publishing::write_one(extension, Parent::Feed, writer)
}

pub(super) fn is_tombstone(name: &Name<'_>) -> bool {
    name.is(namespace::TOMBSTONES, "deleted-entry")
}
