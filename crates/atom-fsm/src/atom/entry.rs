//! The entry element (RFC 4287 section 4.1.2).

use super::accessors::{comments, common, extensions, list, single, value};
use super::children::{Put, child_elements, children, several, single, which};
use super::link::{Alternates, check_alternates};
use super::misc::Misc;
use super::name;
use super::publishing::{self, Occurred, Parent, is_there};
use super::text::{write_text, write_title};
use super::text_element::TextElement;
use super::{Category, Common, Content, Date, Link, Person, Source, Text};
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::root::{Root, sealed};
use crate::rule::Rule;
use crate::settings::Stage;
use crate::xml::{Element, XmlReader, XmlWriter, tree};
use std::borrow::Cow;

/// An entry of a feed, or an entry document (RFC 4287 section 4.1.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    common: Common<'a>,
    id: Option<TextElement<'a>>,
    title: Option<Text<'a>>,
    updated: Option<Date<'a>>,
    published: Option<Date<'a>>,
    authors: Vec<Person<'a>>,
    contributors: Vec<Person<'a>>,
    links: Vec<Link<'a>>,
    categories: Vec<Category<'a>>,
    summary: Option<Text<'a>>,
    content: Option<Content<'a>>,
    rights: Option<Text<'a>>,
    /// Rare, and large.
    source: Option<Box<Source<'a>>>,
    extensions: Vec<Element<'a>>,
    misc: Misc<'a, Part>,
}

into_owned!(Entry {
    common,
    id,
    title,
    updated,
    published,
    authors,
    contributors,
    links,
    categories,
    summary,
    content,
    rights,
    source,
    extensions,
    misc,
});

/// A child of an entry, with its number where there may be several. They are written in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Id,
    Title,
    Updated,
    Published,
    Author(usize),
    Contributor(usize),
    Link(usize),
    Category(usize),
    Summary,
    Content,
    Rights,
    Source,
    Extension(usize),
}

/// Whether an entry is in a feed, whose authors it inherits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Alone,
    InFeed,
    /// In a feed, behind an entry with the same id and updated date.
    Repeated,
}

child_elements! {
    Child {
        Link = "link",
        Id = "id",
        Title = "title",
        Updated = "updated",
        Published = "published",
        Author = "author",
        Category = "category",
        Content = "content",
        Contributor = "contributor",
        Rights = "rights",
        Source = "source",
        Summary = "summary",
    }
}

impl<'a> Entry<'a> {
    /// Returns an empty entry. As [`Stored`](crate::Stage::Stored) it cannot be written before it
    /// has an id, a title, an updated date, an author of its own or in its feed, and content or an
    /// alternate link.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads an entry document with the default [`Reader`](crate::Reader), without its
    /// diagnostics.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    value!("The id: an IRI that never changes.", id, id_common, with_id, set_id, id);
    single!("The title.", Text<'a>, title, with_title, set_title, title);
    single!(
        "When it was last changed significantly.",
        Date<'a>,
        updated,
        with_updated,
        set_updated,
        updated
    );
    single!(
        "When it was first published or created.",
        Date<'a>,
        published,
        with_published,
        set_published,
        published
    );
    list!("The authors.", Person<'a>, authors, authors_mut, with_author, authors);
    list!(
        "The contributors.",
        Person<'a>,
        contributors,
        contributors_mut,
        with_contributor,
        contributors
    );
    list!("The links.", Link<'a>, links, links_mut, with_link, links);

    /// The first link of a relation, compared as [`Link::has_rel`] compares.
    #[must_use]
    pub fn link(&self, relation: &str) -> Option<&Link<'a>> {
        self.links().iter().find(|link| link.has_rel(relation))
    }

    /// The first link of a relation in any case, such as `Alternate`: see
    /// [`Link::has_rel_ignoring_case`].
    #[must_use]
    pub fn link_ignoring_case(&self, relation: &str) -> Option<&Link<'a>> {
        self.links().iter().find(|link| link.has_rel_ignoring_case(relation))
    }

    list!("The categories.", Category<'a>, categories, categories_mut, with_category, categories);
    single!("The summary.", Text<'a>, summary, with_summary, set_summary, summary);
    single!(
        "The content, or a link to it.",
        Content<'a>,
        content,
        with_content,
        set_content,
        content
    );
    single!(
        "The rights: who may do what with it.",
        Text<'a>,
        rights,
        with_rights,
        set_rights,
        rights
    );

    /// The metadata of the feed that the entry was copied from.
    #[must_use]
    pub fn source(&self) -> Option<&Source<'a>> {
        self.source.as_deref()
    }

    /// Sets [`source`](Self::source).
    #[must_use]
    pub fn with_source(mut self, source: Source<'a>) -> Self {
        self.set_source(Some(source));
        self
    }

    /// Sets or removes [`source`](Self::source).
    pub fn set_source(&mut self, source: Option<Source<'a>>) {
        self.source = source.map(Box::new);
    }

    extensions!(extensions);
    common!(common);
    comments!(misc);

    /// The id and the text of the updated date, by which entries of one feed differ.
    pub(crate) fn revision(&self) -> Option<(&Cow<'a, str>, &Cow<'a, str>)> {
        Some((&self.id.as_ref()?.text, &self.updated.as_ref()?.0.text))
    }

    /// Whether the entry or its source has an author.
    pub(crate) fn has_author(&self) -> bool {
        let source = self.source.as_ref();
        !self.authors.is_empty() || source.is_some_and(|source| !source.authors().is_empty())
    }

    /// Reads the entry at the last start tag.
    pub(crate) fn read(reader: &mut XmlReader<'a>, standing: Standing) -> Result<Self, Error> {
        let mut entry = Self::default();
        entry.fill(reader, standing)?;
        Ok(entry)
    }

    /// Reads the entry at the last start tag to an empty one.
    fn fill(&mut self, reader: &mut XmlReader<'a>, standing: Standing) -> Result<(), Error> {
        let tag = reader.tag();
        self.common = Common::read(reader, &mut [])?;
        let mut occurred = Occurred::default();
        let mut misc = Misc::default();
        let read = children(reader, &mut misc, |reader| self.child(reader, &mut occurred));
        self.misc = misc;
        read?;
        let stage = reader.settings().stage;
        self.check(standing, stage, &mut reader.at_tag(tag))
    }

    fn child(
        &mut self,
        reader: &mut XmlReader<'a>,
        occurred: &mut Occurred,
    ) -> Result<Part, Error> {
        let rest = &mut self.extensions;
        let (put, own): (Put, fn(usize) -> Part) =
            match which(reader, namespace::ATOM, Child::NAMES)? {
                Some(Child::Author) => {
                    (several(&mut self.authors, rest, reader, Person::read)?, Part::Author)
                }
                Some(Child::Category) => {
                    (several(&mut self.categories, rest, reader, Category::read)?, Part::Category)
                }
                Some(Child::Content) => {
                    (single(&mut self.content, rest, reader, Content::read)?, |_| Part::Content)
                }
                Some(Child::Contributor) => (
                    several(&mut self.contributors, rest, reader, Person::read)?,
                    Part::Contributor,
                ),
                Some(Child::Id) => {
                    (single(&mut self.id, rest, reader, TextElement::read_id)?, |_| Part::Id)
                }
                Some(Child::Link) => {
                    (several(&mut self.links, rest, reader, Link::read)?, Part::Link)
                }
                Some(Child::Published) => {
                    (single(&mut self.published, rest, reader, Date::read)?, |_| Part::Published)
                }
                Some(Child::Rights) => {
                    (single(&mut self.rights, rest, reader, Text::read)?, |_| Part::Rights)
                }
                Some(Child::Source) => {
                    let put = single(&mut self.source, rest, reader, |reader| {
                        Source::read(reader).map(|source| source.map(Box::new))
                    })?;
                    (put, |_| Part::Source)
                }
                Some(Child::Summary) => {
                    (single(&mut self.summary, rest, reader, Text::read)?, |_| Part::Summary)
                }
                Some(Child::Title) => {
                    (single(&mut self.title, rest, reader, Text::read_title)?, |_| Part::Title)
                }
                Some(Child::Updated) => {
                    (single(&mut self.updated, rest, reader, Date::read)?, |_| Part::Updated)
                }
                None => {
                    let at = publishing::other(rest, reader, Parent::Entry, occurred)?;
                    return Ok(Part::Extension(at));
                }
            };
        Ok(put.child(own, Part::Extension))
    }

    fn check(
        &self,
        standing: Standing,
        stage: Stage,
        report: &mut dyn Report,
    ) -> Result<(), Error> {
        let has_title = self.title.is_some();
        report.require_or(has_title, Rule::EntryTitle, Correction::MissingTitles)?;
        if stage == Stage::Stored {
            let is_kept = |local, report: &dyn Report| is_there(&self.extensions, local, report);
            let has_id = self.id.is_some() || is_kept("id", report);
            report.require(has_id, Rule::EntryId)?;
            let has_updated = self.updated.is_some() || is_kept("updated", report);
            report.require(has_updated, Rule::EntryUpdated)?;
            let inherits = standing != Standing::Alone;
            report.require(inherits || self.has_author(), Rule::EntryAuthor)?;
        }
        let has_alternate = self.link("alternate").is_some();
        report.require(self.content.is_some() || has_alternate, Rule::EntryAlternate)?;
        let is_hidden = self.content.as_ref().is_some_and(Content::is_hidden);
        report.require(!is_hidden || self.summary.is_some(), Rule::EntrySummary)?;
        check_alternates(&self.links, report)?;
        report.require(standing != Standing::Repeated, Rule::EntryRepeated)
    }

    pub(crate) fn write(
        &self,
        writer: &mut XmlWriter<'_>,
        standing: Standing,
    ) -> Result<(), Error> {
        writer.start(&name::ENTRY)?;
        self.check(standing, writer.stage(), writer)?;
        if standing == Standing::Alone {
            tree::declare_prefixes(&self.extensions, writer)?;
        }
        self.common.write(writer, &[])?;
        self.write_children(writer)?;
        writer.end();
        Ok(())
    }

    /// Writes the children and what stands between them, in the order of their parts.
    fn write_children(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        let mut unwritten = self.misc.unwritten();
        unwritten.before(Part::Id, writer)?;
        if let Some(id) = &self.id {
            id.write(&name::ID, writer, TextElement::check_id)?;
        }
        unwritten.before(Part::Title, writer)?;
        write_title(self.title.as_ref(), writer)?;
        unwritten.before(Part::Updated, writer)?;
        if let Some(updated) = &self.updated {
            updated.write(&name::UPDATED, writer)?;
        }
        unwritten.before(Part::Published, writer)?;
        if let Some(published) = &self.published {
            published.write(&name::PUBLISHED, writer)?;
        }
        for (at, author) in self.authors.iter().enumerate() {
            unwritten.before(Part::Author(at), writer)?;
            author.write(&name::AUTHOR, writer)?;
        }
        for (at, contributor) in self.contributors.iter().enumerate() {
            unwritten.before(Part::Contributor(at), writer)?;
            contributor.write(&name::CONTRIBUTOR, writer)?;
        }
        let mut alternates = Alternates::default();
        for (at, link) in self.links.iter().enumerate() {
            unwritten.before(Part::Link(at), writer)?;
            alternates.write(link, writer)?;
        }
        for (at, category) in self.categories.iter().enumerate() {
            unwritten.before(Part::Category(at), writer)?;
            category.write(writer)?;
        }
        unwritten.before(Part::Summary, writer)?;
        write_text(self.summary.as_ref(), &name::SUMMARY, writer)?;
        unwritten.before(Part::Content, writer)?;
        if let Some(content) = &self.content {
            content.write(writer)?;
        }
        unwritten.before(Part::Rights, writer)?;
        write_text(self.rights.as_ref(), &name::RIGHTS, writer)?;
        unwritten.before(Part::Source, writer)?;
        if let Some(source) = &self.source {
            source.write(writer)?;
        }
        publishing::write_others(&self.extensions, Parent::Entry, writer, |at, writer| {
            unwritten.before(Part::Extension(at), writer)
        })?;
        unwritten.end(writer)
    }
}

impl sealed::Root for Entry<'_> {}

impl<'a> Root<'a> for Entry<'a> {
    type Owned = Entry<'static>;

    fn own(self) -> Entry<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        reader.name().is(namespace::ATOM, "entry")
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        read.insert(Self::default()).fill(reader, Standing::Alone)
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.write(writer, Standing::Alone)
    }
}
