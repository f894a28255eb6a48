//! Deleted entries (RFC 6721).

use super::extension::Extension;
use super::parts;
use super::rules;
use super::value::{attribute, element_value, plain};
use crate::atom::{Date, Entry, Feed, Link, Person, Source, Text};
use crate::error::Error;
use crate::namespace;
use crate::root::{Root, sealed};
use crate::xml::{Element, Name, XmlReader, XmlWriter, tree};
use std::borrow::Cow;

static BY: Name<'static> = Name::known(namespace::TOMBSTONES, "at", "by");
static COMMENT: Name<'static> = Name::known(namespace::TOMBSTONES, "at", "comment");

element_value! {
    /// Says that an entry was deleted: an element of a feed, or a document of its own, a deleted
    /// entry document, whose media type is `application/atomdeleted+xml` (RFC 6721 sections 3 and 4).
    ///
    /// ```
    /// use atom_fsm::{atom::Feed, ext::Tombstone, Reader, Writer};
    ///
    /// let tombstone = Tombstone::new("urn:example:1", "2026-01-01T00:00:00Z");
    /// let mut feed = Feed::new();
    /// feed.add_extension(&tombstone);
    /// assert_eq!(feed.tombstones().next().unwrap().reference(), Some("urn:example:1"));
    ///
    /// let document = Writer::new().to_vec(&tombstone)?;
    /// let reading = Reader::new().read::<Tombstone<'_>>(&document)?;
    /// assert_eq!(reading.document(), &tombstone);
    /// # Ok::<(), atom_fsm::Error>(())
    /// ```
    Tombstone, namespace::TOMBSTONES, "at", "deleted-entry"
}

impl<'a> Tombstone<'a> {
    /// Returns the element for an entry with this id, which was deleted at this time.
    #[must_use]
    pub fn new(reference: impl Into<Cow<'a, str>>, when: impl Into<Cow<'a, str>>) -> Self {
        let element = Element::new(Self::name());
        Self(element.with_attribute(plain("ref", reference)).with_attribute(plain("when", when)))
    }

    /// Reads a deleted entry document with the default [`Reader`](crate::Reader), without its
    /// diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    /// The id of the entry; `None` only where that violation was tolerated.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        attribute(&self.0, "ref")
    }

    /// When the entry was deleted; `None` only where that violation was tolerated.
    #[must_use]
    pub fn when(&self) -> Option<Date<'_>> {
        attribute(&self.0, "when").map(Date::new)
    }

    /// Who deleted the entry.
    #[must_use]
    pub fn by(&self) -> Option<Person<'static>> {
        parts::person(self.0.child(namespace::TOMBSTONES, "by")?)
    }

    /// A text about the deletion.
    #[must_use]
    pub fn comment(&self) -> Option<Text<'static>> {
        parts::text(self.0.child(namespace::TOMBSTONES, "comment")?)
    }

    /// The links, in document order.
    #[must_use]
    pub fn links(&self) -> Vec<Link<'static>> {
        let links = self.0.children().filter(|child| child.name().is(namespace::ATOM, "link"));
        links.filter_map(parts::link).collect()
    }

    /// The metadata of the feed that the entry was in.
    #[must_use]
    pub fn source(&self) -> Option<Source<'static>> {
        parts::source(self.0.child(namespace::ATOM, "source")?)
    }

    /// Sets who deleted the entry.
    ///
    /// # Errors
    /// When the person contains what no document may contain, such as a control character.
    pub fn with_by(self, person: &Person<'_>) -> Result<Self, Error> {
        Ok(self.with_only(parts::of_person(person, &BY)?))
    }

    /// Sets the text about the deletion.
    ///
    /// # Errors
    /// When the text contains what no document may contain, such as a control character.
    pub fn with_comment(self, comment: &Text<'_>) -> Result<Self, Error> {
        Ok(self.with_only(parts::of_text(comment, &COMMENT)?))
    }

    /// Adds a link.
    ///
    /// # Errors
    /// When the link contains what no document may contain, such as a control character.
    pub fn with_link(self, link: &Link<'_>) -> Result<Self, Error> {
        Ok(Self(self.0.with_child(parts::of_link(link)?)))
    }

    /// Sets the metadata of the feed that the entry was in.
    ///
    /// # Errors
    /// When the source contains what no document may contain, such as a control character.
    pub fn with_source(self, source: &Source<'_>) -> Result<Self, Error> {
        Ok(self.with_only(parts::of_source(source)?))
    }

    fn with_only(mut self, child: Element<'static>) -> Self {
        self.0.nodes.retain(|node| {
            !matches!(node, crate::xml::Node::Element(other) if other.name() == child.name())
        });
        Self(self.0.with_child(child))
    }

    /// Whether this deletes an entry: it has the entry's id, and the entry was not updated later
    /// (RFC 6721 section 3). An entry without a date that can be compared is deleted.
    #[must_use]
    pub fn deletes(&self, entry: &Entry<'_>) -> bool {
        if self.reference().is_none() || self.reference() != entry.id() {
            return false;
        }
        let when = self.when().and_then(|when| when.to_datetime());
        match (when, entry.updated().and_then(Date::to_datetime)) {
            (Some(when), Some(updated)) => updated <= when,
            _ => true,
        }
    }
}

impl<'a> Feed<'a> {
    /// Iterates over the deleted entries, in document order (RFC 6721 section 3).
    pub fn tombstones(&self) -> impl Iterator<Item = Tombstone<'a>> {
        self.typed_extensions().filter_map(Result::ok)
    }
}

impl sealed::Root for Tombstone<'_> {}

impl<'a> Root<'a> for Tombstone<'a> {
    type Owned = Tombstone<'static>;

    fn own(self) -> Tombstone<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        reader.name().is(Self::NAMESPACE, Self::LOCAL)
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        let tag = reader.tag();
        let element = tree::read(reader)?;
        rules::check(&element, &mut reader.at_tag(tag))?;
        *read = Some(Self(element));
        Ok(())
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        tree::write_checked(&self.0, writer, |writer| rules::check(&self.0, writer))
    }
}
