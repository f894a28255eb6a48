//! Writing a feed entry by entry.

mod inheritance;
mod plan;
mod planning;

use crate::atom::{
    Entry, Feed, Person, SomeRevisions, Standing, WrittenParts, write_feed_extension,
};
use crate::entries::{FeedEntry, FeedItem, FeedMetadata};
use crate::error::Error;
use crate::ext::rules::FeedExtensions;
use crate::report::Report;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use crate::writer::Writer;
use crate::xml::{Element, Node, PausedWriter, RootChild, XmlWriter, tree};
use inheritance::Inheritance;
use plan::Plan;
use std::borrow::Cow;

/// Writes a feed entry by entry, in the memory of one entry: from values, or as an
/// [`EntryReader`](crate::EntryReader) gave them.
///
/// [`Writer::feed`] begins it. Each method appends to `out`, which the caller may empty between two
/// calls. On an error, `out` is left as it was. From then on each call returns that error, so that no feed
/// that lacks an entry is finished by mistake, until [`skip`](Self::skip) says that the writer is to go on
/// without what it refused.
///
/// Metadata that a reader finds behind an entry is an item too ([`FeedItem::Metadata`]). It is written in its
/// place, where [`Rule::MetadataOrder`] is tolerated, and refused otherwise: the feed was begun without it.
///
/// What is written is read by a strict [`Reader`](crate::Reader) under the same tolerance.
/// [`Rule::EntryRepeated`] is reported among as many entries as
/// [`Limits::revision_octets`](crate::Limits#structfield.revision_octets) allows.
///
/// ```
/// use atom_fsm::atom::{Content, Entry};
/// use atom_fsm::{FeedItem, PassedOn, Reader, Tolerance, Writer};
///
/// let source = "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>A</title>\
///     <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
///     <entry><!-- kept --><id>urn:example:2</id><title>B</title>\
///     <updated>2026-01-01T00:00:00Z</updated><content>c</content></entry></feed>";
///
/// // Adds an entry to a feed without a change of the others.
/// let new = Entry::new()
///     .with_id("urn:example:3")
///     .with_title("C")
///     .with_updated(atom_fsm::atom::Date::new("2026-01-02T00:00:00Z"))
///     .with_content(Content::text("d"));
/// let (mut out, mut added) = (Vec::new(), None);
/// let mut entries = Reader::new().entries(source);
/// while let Some(item) = entries.next() {
///     let item = item?;
///     if added.is_none() {
///         let (mut writer, _) = Writer::new().feed(entries.feed(), &mut out)?;
///         writer.entry(&new, &mut out)?;
///         added = Some(writer);
///     }
///     if let (Some(writer), FeedItem::Entry(entry)) = (&mut added, item) {
///         let (how, _) = writer.pass_on(&entry, &mut out)?;
///         assert_eq!(how, PassedOn::Copied);
///     }
/// }
/// if let Some(writer) = added {
///     writer.finish(&mut out)?;
/// }
/// assert!(String::from_utf8_lossy(&out).contains("<entry><!-- kept --><id>urn:example:2</id>"));
/// let feed = Reader::new().tolerance(Tolerance::STRICT).read::<atom_fsm::atom::Feed<'_>>(&out)?;
/// assert_eq!(feed.document().entries().len(), 2);
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a feed is not complete before it is finished"]
pub struct FeedWriter {
    paused: PausedWriter,
    base: Option<Box<str>>,
    lang: Option<Box<str>>,
    authors: Vec<Person<'static>>,
    inheritance: Inheritance,
    /// What is written of the metadata.
    parts: WrittenParts,
    has_entry: bool,
    /// Whether the feed has a late author, or the lack of one was reported.
    needs_no_author: bool,
    /// The tombstones that were written, eight octets of each.
    extensions: FeedExtensions,
    revisions: SomeRevisions,
    /// Why the last call was refused, until it is skipped.
    refused: Option<Error>,
}

/// How an entry was passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PassedOn {
    /// Its octets are those that were read. A signature of the entry still holds.
    Copied,
    /// Its octets are those that were read, with what its new place lacks: namespace declarations,
    /// `xml:base` and `xml:lang` in its start tag, and inherited authors in a `source` at its end.
    Completed,
    /// It was written from its value: it was repaired, violates a rule that the writer does not
    /// tolerate or mends, or needs another change than an addition.
    Written,
}

impl Writer {
    /// Begins a feed: writes its metadata and the entries that it has, and returns the writer of more
    /// entries, with the diagnostics of what was written.
    ///
    /// # Errors
    /// Those of [`Writer::write`].
    pub fn feed(
        &self,
        feed: &Feed<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(FeedWriter, Diagnostics), Error> {
        let mut writer = XmlWriter::new(out, self.settings);
        self.begin(&mut writer);
        let written = feed.write_open(&mut writer, &self.namespaces);
        let parts = WrittenParts::of(feed, &writer);
        let (mut paused, diagnostics) = writer.pause(written);
        let diagnostics = diagnostics?;
        paused.count(RootChild::Entry, feed.entries().len());
        for local in feed.local_names() {
            paused.count(RootChild::Named(local.into()), 1);
        }
        let common = feed.common();
        let mut revisions = SomeRevisions::default();
        for entry in feed.entries() {
            revisions.add(entry, self.settings.limits.revision_octets);
        }
        let writer = FeedWriter {
            paused,
            parts,
            base: common.base().map(Into::into),
            lang: common.lang().map(Into::into),
            authors: feed.authors().iter().map(|author| author.clone().into_owned()).collect(),
            inheritance: Inheritance::default(),
            extensions: feed.known_extensions(),
            revisions,
            refused: None,
            has_entry: !feed.entries().is_empty(),
            needs_no_author: !feed.entries().iter().all(Entry::has_author),
        };
        Ok((writer, diagnostics))
    }
}

impl FeedWriter {
    /// Writes an entry from its value, and reports each violation that was tolerated or mended.
    ///
    /// # Errors
    /// When the entry violates a rule that is not tolerated; [`Rule::FeedAuthor`] when neither the entry
    /// nor the feed has an author.
    pub fn entry(&mut self, entry: &Entry<'_>, out: &mut Vec<u8>) -> Result<Diagnostics, Error> {
        self.unless_refused(|this| {
            let lacks_author = this.lacks_author(entry.has_author());
            let standing = this.standing(entry);
            let diagnostics = this.write(out, |writer| {
                if lacks_author {
                    writer.violation_in_root(Rule::FeedAuthor)?;
                }
                entry.write(writer, standing)
            })?;
            this.written(entry, lacks_author);
            Ok(diagnostics)
        })
    }

    /// Writes an entry as it was read: its octets, as far as its new place allows it. What was tolerated
    /// when it was read must be tolerated here, and is reported again.
    ///
    /// # Errors
    /// Those of [`entry`](Self::entry), and [`Rule::EntryBase`] when this feed has an `xml:base` and that
    /// of the entry is not known: see [`FeedEntry::with_document_uri`]. The same holds when the entry inherits an
    /// author with a relative reference, and has an `xml:base` of its own.
    /// [`Limit::InheritedOctets`](crate::Limit::InheritedOctets) when it inherits more than the limit allows.
    pub fn pass_on(
        &mut self,
        entry: &FeedEntry<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(PassedOn, Diagnostics), Error> {
        self.unless_refused(|this| this.pass(entry, out))
    }

    fn pass(
        &mut self,
        entry: &FeedEntry<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(PassedOn, Diagnostics), Error> {
        let plan = self.plan(entry)?;
        let standing = self.standing(&entry.entry);
        let has_author = entry.entry.has_author() || !entry.inherited_authors().is_empty();
        let lacks_author = self.lacks_author(has_author);
        let diagnostics = self.write(out, |writer| {
            if lacks_author {
                writer.violation_in_root(Rule::FeedAuthor)?;
            }
            match &plan {
                Plan::Copy { at, attributes, inside } => {
                    for &rule in entry.violated_rules() {
                        writer.violation_in_copy(rule)?;
                    }
                    if standing == Standing::Repeated {
                        writer.violation_in_copy(Rule::EntryRepeated)?;
                    }
                    writer.copy(&entry.source, *at, attributes, inside)
                }
                Plan::Write(entry) => entry.write(writer, standing),
            }
        })?;
        self.written(&entry.entry, lacks_author);
        let how = match plan {
            Plan::Write(_) => PassedOn::Written,
            Plan::Copy { attributes, inside, .. } if attributes.is_empty() && inside.is_empty() => {
                PassedOn::Copied
            }
            Plan::Copy { .. } => PassedOn::Completed,
        };
        Ok((how, diagnostics))
    }

    /// Writes a tombstone, or another element that is no entry, among the entries.
    ///
    /// # Errors
    /// [`Rule::MetadataOrder`] for an element that is no tombstone behind an entry,
    /// [`Rule::TombstoneRepeated`] for a tombstone that was written before,
    /// [`Rule::ElementUnexpected`] for one of Atom's, and when it contains what no document may contain.
    pub fn extension(
        &mut self,
        extension: &Element<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Diagnostics, Error> {
        self.unless_refused(|this| {
            let is_late = this.has_entry;
            let is_repeated = this.extensions.add(extension);
            let written = this.write(out, |writer| {
                if is_repeated {
                    writer.violation_in_root(Rule::TombstoneRepeated)?;
                }
                write_feed_extension(extension, is_late, writer)
            });
            if written.is_err() && !is_repeated {
                this.extensions.remove(extension);
            }
            let diagnostics = written?;
            this.paused.count(RootChild::Named(extension.name().local().into()), 1);
            Ok(diagnostics)
        })
    }

    /// Writes metadata that a reader found behind an entry or another item, in this place.
    ///
    /// # Errors
    /// [`Rule::MetadataOrder`] behind an entry, [`Rule::ElementRepeated`] for what a feed has once and has
    /// already, [`Rule::AlternateRepeated`] for an alternate link with the type and the language of another,
    /// and when it violates a rule of its own. [`Correction::MetadataOrder`](crate::Correction::MetadataOrder)
    /// mends nothing here: what is before the entries is written.
    pub fn metadata(
        &mut self,
        metadata: &FeedMetadata<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Diagnostics, Error> {
        self.unless_refused(|this| {
            let is_late = this.has_entry;
            let limits = this.paused.settings().limits;
            let mut parts = std::mem::take(&mut this.parts);
            let written = this.write(out, |writer| {
                writer.require(!is_late, Rule::MetadataOrder)?;
                parts.write(&metadata.part, &limits, writer)
            });
            this.parts = parts;
            let diagnostics = written?;
            let authors = metadata.feed().authors();
            this.needs_no_author |= !authors.is_empty();
            if !is_late {
                // Entries that are passed on inherit them. Those of a feed whose late authors are behind
                // an entry inherit the same as before, here as where they were read.
                this.authors.extend(authors.iter().map(|author| author.clone().into_owned()));
                this.inheritance.clear();
            }
            this.paused.count(RootChild::Named(metadata.part.local().into()), 1);
            Ok(diagnostics)
        })
    }

    /// Passes on an entry, or writes another item, as an [`EntryReader`](crate::EntryReader) gave it.
    ///
    /// # Errors
    /// Those of [`pass_on`](Self::pass_on), [`extension`](Self::extension) and [`metadata`](Self::metadata);
    /// for a comment or an instruction those of [`Element::write`].
    pub fn item(&mut self, item: &FeedItem<'_>, out: &mut Vec<u8>) -> Result<Diagnostics, Error> {
        match item {
            FeedItem::Entry(entry) => self.pass_on(entry, out).map(|(_, diagnostics)| diagnostics),
            FeedItem::Extension(extension) => self.extension(extension, out),
            FeedItem::Metadata(metadata) => self.metadata(metadata, out),
            FeedItem::Comment(text) => self.node(&Node::Comment(Cow::Borrowed(text)), out),
            FeedItem::Instruction(target, data) => {
                let (target, data) = (Cow::Borrowed(&**target), Cow::Borrowed(&**data));
                self.node(&Node::Instruction(target, data), out)
            }
        }
    }

    fn node(&mut self, node: &Node<'_>, out: &mut Vec<u8>) -> Result<Diagnostics, Error> {
        self.unless_refused(|this| this.write(out, |writer| tree::write_node(node, writer)))
    }

    /// Goes on after an error, without the entry or the other item that was refused. Returns the error;
    /// `None` when there was none.
    ///
    /// ```
    /// use atom_fsm::atom::{Content, Date, Entry, Feed, Person};
    /// use atom_fsm::{Rule, Writer};
    ///
    /// let feed = Feed::new()
    ///     .with_id("urn:example:1")
    ///     .with_title("A")
    ///     .with_updated(Date::new("2026-01-01T00:00:00Z"))
    ///     .with_author(Person::new("B"));
    /// let without_id = Entry::new().with_title("C").with_content(Content::text("d"));
    ///
    /// let mut out = Vec::new();
    /// let (mut writer, _) = Writer::new().feed(&feed, &mut out)?;
    /// let begun = out.len();
    /// assert!(writer.entry(&without_id, &mut out).is_err());
    /// assert_eq!(out.len(), begun, "nothing of it is written");
    /// let error = writer.skip().unwrap();
    /// assert_eq!(error.rule(), Some(Rule::EntryId));
    /// writer.finish(&mut out)?;
    /// # Ok::<(), atom_fsm::Error>(())
    /// ```
    pub fn skip(&mut self) -> Option<Error> {
        self.refused.take()
    }

    /// Ends the feed.
    ///
    /// # Errors
    /// The error of an earlier call, unless it was [skipped](Self::skip): the feed is not complete, and is
    /// left without its end tag.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<(), Error> {
        if let Some(error) = self.refused {
            return Err(error);
        }
        out.extend_from_slice(b"</");
        out.extend_from_slice(self.paused.root().as_bytes());
        out.push(b'>');
        Ok(())
    }

    /// Makes a call, unless an earlier one was refused, and remembers whether it is.
    fn unless_refused<T>(
        &mut self,
        call: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        call(self).inspect_err(|error| self.refused = Some(error.clone()))
    }

    fn write(
        &mut self,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut XmlWriter<'_>) -> Result<(), Error>,
    ) -> Result<Diagnostics, Error> {
        let mut writer = XmlWriter::resume(out, std::mem::take(&mut self.paused));
        let written = write(&mut writer);
        let (paused, diagnostics) = writer.pause(written);
        self.paused = paused;
        diagnostics
    }

    /// Whether the feed lacks an author, which is reported once (RFC 4287 section 4.1.1).
    fn lacks_author(&self, has_author: bool) -> bool {
        !has_author && self.authors.is_empty() && !self.needs_no_author
    }

    fn standing(&self, entry: &Entry<'_>) -> Standing {
        if self.revisions.contain(entry) { Standing::Repeated } else { Standing::InFeed }
    }

    fn written(&mut self, entry: &Entry<'_>, lacks_author: bool) {
        self.revisions.add(entry, self.paused.settings().limits.revision_octets);
        self.paused.count(RootChild::Entry, 1);
        self.has_entry = true;
        self.needs_no_author |= lacks_author;
    }
}
