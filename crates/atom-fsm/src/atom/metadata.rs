//! The metadata of a feed, which the source of an entry has too (RFC 4287 sections 4.1.1 and
//! 4.2.11).

use super::category::Category;
use super::children::{Put, child_elements, keep, several, single, which};
use super::common_attributes::Common;
use super::date::Date;
use super::generator::Generator;
use super::link::{Alternates, Link, check_alternates};
use super::misc::Misc;
use super::name;
use super::person::Person;
use super::publishing::{self, Occurred, Parent, is_there};
use super::text::{Text, write_text, write_title};
use super::text_element::TextElement;
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, XmlReader, XmlWriter};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Metadata<'a> {
    pub(crate) common: Common<'a>,
    pub(crate) id: Option<TextElement<'a>>,
    pub(crate) title: Option<Text<'a>>,
    pub(crate) subtitle: Option<Text<'a>>,
    pub(crate) updated: Option<Date<'a>>,
    pub(crate) authors: Vec<Person<'a>>,
    pub(crate) contributors: Vec<Person<'a>>,
    pub(crate) links: Vec<Link<'a>>,
    pub(crate) categories: Vec<Category<'a>>,
    pub(crate) generator: Option<Generator<'a>>,
    pub(crate) icon: Option<TextElement<'a>>,
    pub(crate) logo: Option<TextElement<'a>>,
    pub(crate) rights: Option<Text<'a>>,
    pub(crate) extensions: Vec<Element<'a>>,
}

into_owned!(private Metadata {
    common,
    id,
    title,
    subtitle,
    updated,
    authors,
    contributors,
    links,
    categories,
    generator,
    icon,
    logo,
    rights,
    extensions,
});

child_elements! {
    Child {
        Link = "link",
        Author = "author",
        Category = "category",
        Contributor = "contributor",
        Generator = "generator",
        Icon = "icon",
        Id = "id",
        Logo = "logo",
        Rights = "rights",
        Subtitle = "subtitle",
        Title = "title",
        Updated = "updated",
    }
}

/// A part of the metadata: a child element, with its number where there may be several. Parts are
/// written in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    Id,
    Title,
    Subtitle,
    Updated,
    Author(usize),
    Contributor(usize),
    Link(usize),
    Category(usize),
    Generator,
    Icon,
    Logo,
    Rights,
    Extension(usize),
}

impl<'a> Metadata<'a> {
    /// Reads the attributes of the last start tag.
    pub(crate) fn begin(reader: &mut XmlReader<'a>) -> Result<Self, Error> {
        let common = Common::read(reader, &mut [])?;
        Ok(Self { common, ..Self::default() })
    }

    /// Reads the child at the last start tag, and returns which part of the metadata it is.
    pub(crate) fn child(&mut self, reader: &mut XmlReader<'a>) -> Result<Part, Error> {
        let child = which(reader, namespace::ATOM, Child::NAMES)?;
        self.read_part(child, reader)
    }

    /// Reads the child at the last start tag of a feed or source of which `around` was read before.
    pub(crate) fn child_beside(
        &mut self,
        around: &Metadata<'_>,
        reader: &mut XmlReader<'a>,
    ) -> Result<Part, Error> {
        let child = which(reader, namespace::ATOM, Child::NAMES)?;
        if child.is_some_and(|child| around.has_single(child)) {
            reader.violation_at(Rule::ElementRepeated, reader.tag())?;
            return keep(&mut self.extensions, reader).map(Part::Extension);
        }
        self.read_part(child, reader)
    }

    /// Whether a child that may be there once is there.
    fn has_single(&self, child: Child) -> bool {
        match child {
            Child::Generator => self.generator.is_some(),
            Child::Icon => self.icon.is_some(),
            Child::Id => self.id.is_some(),
            Child::Logo => self.logo.is_some(),
            Child::Rights => self.rights.is_some(),
            Child::Subtitle => self.subtitle.is_some(),
            Child::Title => self.title.is_some(),
            Child::Updated => self.updated.is_some(),
            Child::Author | Child::Category | Child::Contributor | Child::Link => false,
        }
    }

    /// The parts of which there is one at most, and that are there.
    pub(crate) fn single_parts(&self) -> impl Iterator<Item = Part> {
        let single = [
            Part::Id,
            Part::Title,
            Part::Subtitle,
            Part::Updated,
            Part::Generator,
            Part::Icon,
            Part::Logo,
            Part::Rights,
        ];
        single.into_iter().filter(|part| self.local(*part).is_some())
    }

    /// The local name of a part, if it is there.
    pub(crate) fn local(&self, part: Part) -> Option<&str> {
        let (local, is_there) = match part {
            Part::Id => ("id", self.id.is_some()),
            Part::Title => ("title", self.title.is_some()),
            Part::Subtitle => ("subtitle", self.subtitle.is_some()),
            Part::Updated => ("updated", self.updated.is_some()),
            Part::Author(at) => ("author", at < self.authors.len()),
            Part::Contributor(at) => ("contributor", at < self.contributors.len()),
            Part::Link(at) => ("link", at < self.links.len()),
            Part::Category(at) => ("category", at < self.categories.len()),
            Part::Generator => ("generator", self.generator.is_some()),
            Part::Icon => ("icon", self.icon.is_some()),
            Part::Logo => ("logo", self.logo.is_some()),
            Part::Rights => ("rights", self.rights.is_some()),
            Part::Extension(at) => return self.extensions.get(at).map(|it| it.name().local()),
        };
        is_there.then_some(local)
    }

    /// Adds the part that was read [beside](Self::child_beside) it, and returns which part it is here.
    pub(crate) fn append(&mut self, part: Part, mut later: Self) -> Part {
        self.id = self.id.take().or(later.id);
        self.title = self.title.take().or(later.title);
        self.subtitle = self.subtitle.take().or(later.subtitle);
        self.updated = self.updated.take().or(later.updated);
        self.authors.append(&mut later.authors);
        self.contributors.append(&mut later.contributors);
        self.links.append(&mut later.links);
        self.categories.append(&mut later.categories);
        self.generator = self.generator.take().or(later.generator);
        self.icon = self.icon.take().or(later.icon);
        self.logo = self.logo.take().or(later.logo);
        self.rights = self.rights.take().or(later.rights);
        self.extensions.append(&mut later.extensions);
        match part {
            Part::Author(_) => Part::Author(self.authors.len().saturating_sub(1)),
            Part::Contributor(_) => Part::Contributor(self.contributors.len().saturating_sub(1)),
            Part::Link(_) => Part::Link(self.links.len().saturating_sub(1)),
            Part::Category(_) => Part::Category(self.categories.len().saturating_sub(1)),
            Part::Extension(_) => Part::Extension(self.extensions.len().saturating_sub(1)),
            Part::Id
            | Part::Title
            | Part::Subtitle
            | Part::Updated
            | Part::Generator
            | Part::Icon
            | Part::Logo
            | Part::Rights => part,
        }
    }

    fn read_part(
        &mut self,
        child: Option<Child>,
        reader: &mut XmlReader<'a>,
    ) -> Result<Part, Error> {
        let rest = &mut self.extensions;
        let (put, own): (Put, fn(usize) -> Part) = match child {
            Some(Child::Author) => {
                (several(&mut self.authors, rest, reader, Person::read)?, Part::Author)
            }
            Some(Child::Category) => {
                (several(&mut self.categories, rest, reader, Category::read)?, Part::Category)
            }
            Some(Child::Contributor) => {
                (several(&mut self.contributors, rest, reader, Person::read)?, Part::Contributor)
            }
            Some(Child::Generator) => {
                (single(&mut self.generator, rest, reader, Generator::read)?, |_| Part::Generator)
            }
            Some(Child::Icon) => {
                (single(&mut self.icon, rest, reader, TextElement::read_iri)?, |_| Part::Icon)
            }
            Some(Child::Id) => {
                (single(&mut self.id, rest, reader, TextElement::read_id)?, |_| Part::Id)
            }
            Some(Child::Link) => (several(&mut self.links, rest, reader, Link::read)?, Part::Link),
            Some(Child::Logo) => {
                (single(&mut self.logo, rest, reader, TextElement::read_iri)?, |_| Part::Logo)
            }
            Some(Child::Rights) => {
                (single(&mut self.rights, rest, reader, Text::read)?, |_| Part::Rights)
            }
            Some(Child::Subtitle) => {
                (single(&mut self.subtitle, rest, reader, Text::read)?, |_| Part::Subtitle)
            }
            Some(Child::Title) => {
                (single(&mut self.title, rest, reader, Text::read_title)?, |_| Part::Title)
            }
            Some(Child::Updated) => {
                (single(&mut self.updated, rest, reader, Date::read)?, |_| Part::Updated)
            }
            None => {
                let occurred = &mut Occurred::default();
                let at = publishing::other(rest, reader, Parent::Feed, occurred)?;
                return Ok(Part::Extension(at));
            }
        };
        Ok(put.child(own, Part::Extension))
    }

    /// Checks a source (RFC 4287 section 4.2.11): it should have what a feed must have, if it says at all
    /// which feed it is, and is not there for the author alone.
    pub(crate) fn check_source(&self, report: &mut dyn Report) -> Result<(), Error> {
        self.check_links(report)?;
        let has = [
            self.id.is_some() || is_there(&self.extensions, "id", report),
            self.title.is_some() || is_there(&self.extensions, "title", report),
            self.updated.is_some() || is_there(&self.extensions, "updated", report),
        ];
        report.require(has == [true; 3] || has == [false; 3], Rule::SourceMetadata)
    }

    /// Checks what a feed must have and a source need not have (RFC 4287 section 4.1.1).
    pub(crate) fn check_feed(&self, report: &mut dyn Report) -> Result<(), Error> {
        let is_kept = |local, report: &dyn Report| is_there(&self.extensions, local, report);
        let has_id = self.id.is_some() || is_kept("id", report);
        report.require(has_id, Rule::FeedId)?;
        report.require_or(self.title.is_some(), Rule::FeedTitle, Correction::MissingTitles)?;
        let has_updated = self.updated.is_some() || is_kept("updated", report);
        report.require(has_updated, Rule::FeedUpdated)?;
        report.require(self.links.iter().any(|link| link.has_rel("self")), Rule::FeedSelf)
    }

    pub(crate) fn check_links(&self, report: &mut dyn Report) -> Result<(), Error> {
        check_alternates(&self.links, report)
    }

    /// The parts in the order in which they are written.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part> {
        [Part::Id, Part::Title, Part::Subtitle, Part::Updated]
            .into_iter()
            .chain((0..self.authors.len()).map(Part::Author))
            .chain((0..self.contributors.len()).map(Part::Contributor))
            .chain((0..self.links.len()).map(Part::Link))
            .chain((0..self.categories.len()).map(Part::Category))
            .chain([Part::Generator, Part::Icon, Part::Logo, Part::Rights])
            .chain((0..self.extensions.len()).map(Part::Extension))
    }

    /// Writes a part, if it is there.
    pub(crate) fn write_part(
        &self,
        part: Part,
        alternates: &mut Alternates,
        writer: &mut XmlWriter<'_>,
    ) -> Result<(), Error> {
        fn written<T>(
            part: Option<&T>,
            write: impl FnOnce(&T) -> Result<(), Error>,
        ) -> Result<(), Error> {
            part.map_or(Ok(()), write)
        }
        match part {
            Part::Id => {
                written(self.id.as_ref(), |id| id.write(&name::ID, writer, TextElement::check_id))
            }
            Part::Title => write_title(self.title.as_ref(), writer),
            Part::Subtitle => write_text(self.subtitle.as_ref(), &name::SUBTITLE, writer),
            Part::Updated => {
                written(self.updated.as_ref(), |date| date.write(&name::UPDATED, writer))
            }
            Part::Author(at) => {
                written(self.authors.get(at), |person| person.write(&name::AUTHOR, writer))
            }
            Part::Contributor(at) => written(self.contributors.get(at), |person| {
                person.write(&name::CONTRIBUTOR, writer)
            }),
            Part::Link(at) => written(self.links.get(at), |link| alternates.write(link, writer)),
            Part::Category(at) => written(self.categories.get(at), |it| it.write(writer)),
            Part::Generator => written(self.generator.as_ref(), |it| it.write(writer)),
            Part::Icon => written(self.icon.as_ref(), |icon| {
                icon.write(&name::ICON, writer, TextElement::check_iri)
            }),
            Part::Logo => written(self.logo.as_ref(), |logo| {
                logo.write(&name::LOGO, writer, TextElement::check_iri)
            }),
            Part::Rights => write_text(self.rights.as_ref(), &name::RIGHTS, writer),
            Part::Extension(at) => written(self.extensions.get(at), |extension| {
                publishing::write_one(extension, Parent::Feed, writer)
            }),
        }
    }

    /// Writes the children of a source, which need not have a title, and what stands between them.
    pub(crate) fn write(
        &self,
        misc: &Misc<'_, Part>,
        writer: &mut XmlWriter<'_>,
    ) -> Result<(), Error> {
        let mut alternates = Alternates::default();
        let mut unwritten = misc.unwritten();
        let has_title = self.title.is_some();
        for part in self.parts().filter(|part| has_title || *part != Part::Title) {
            unwritten.before(part, writer)?;
            self.write_part(part, &mut alternates, writer)?;
        }
        unwritten.end(writer)
    }
}
