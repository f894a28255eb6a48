//! The metadata of a feed, which the source of an entry has too (RFC 4287 sections 4.1.1 and
//! 4.2.11).

use super::category::Category;
use super::children::{child_elements, other, several, single, which};
use super::common_attributes::Common;
use super::date::Date;
use super::generator::Generator;
use super::link::{Link, alternates_differ};
use super::name;
use super::person::{Person, write_people};
use super::text::{Text, write_text};
use super::text_element::TextElement;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, XmlReader, XmlWriter, tree};

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

impl<'a> Metadata<'a> {
    /// Reads the attributes of the last start tag.
    pub(crate) fn begin(reader: &mut XmlReader<'a>) -> Result<Self, Error> {
        let common = Common::read(reader, &mut [])?;
        Ok(Self { common, ..Self::default() })
    }

    /// Reads the child at the last start tag.
    pub(crate) fn child(&mut self, reader: &mut XmlReader<'a>) -> Result<(), Error> {
        let rest = &mut self.extensions;
        match which(reader, namespace::ATOM, Child::NAMES)? {
            Some(Child::Author) => several(&mut self.authors, rest, reader, Person::read),
            Some(Child::Category) => several(&mut self.categories, rest, reader, Category::read),
            Some(Child::Contributor) => several(&mut self.contributors, rest, reader, Person::read),
            Some(Child::Generator) => single(&mut self.generator, rest, reader, Generator::read),
            Some(Child::Icon) => single(&mut self.icon, rest, reader, TextElement::read_iri),
            Some(Child::Id) => single(&mut self.id, rest, reader, TextElement::read_id),
            Some(Child::Link) => several(&mut self.links, rest, reader, Link::read),
            Some(Child::Logo) => single(&mut self.logo, rest, reader, TextElement::read_iri),
            Some(Child::Rights) => single(&mut self.rights, rest, reader, Text::read),
            Some(Child::Subtitle) => single(&mut self.subtitle, rest, reader, Text::read),
            Some(Child::Title) => single(&mut self.title, rest, reader, Text::read),
            Some(Child::Updated) => single(&mut self.updated, rest, reader, Date::read),
            None => other(rest, reader, namespace::ATOM),
        }
    }

    /// Checks what a feed must have and a source need not have (RFC 4287 section 4.1.1).
    pub(crate) fn check_feed(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(self.id.is_some(), Rule::FeedId)?;
        report.require(self.title.is_some(), Rule::FeedTitle)?;
        report.require(self.updated.is_some(), Rule::FeedUpdated)?;
        report.require(self.links.iter().any(|link| link.has_rel("self")), Rule::FeedSelf)
    }

    pub(crate) fn check_links(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(alternates_differ(&self.links), Rule::AlternateRepeated)
    }

    /// Writes the children.
    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        if let Some(id) = &self.id {
            id.write(&name::ID, writer, TextElement::check_id)?;
        }
        write_text(self.title.as_ref(), &name::TITLE, writer)?;
        write_text(self.subtitle.as_ref(), &name::SUBTITLE, writer)?;
        if let Some(updated) = &self.updated {
            updated.write(&name::UPDATED, writer)?;
        }
        write_people(&self.authors, &name::AUTHOR, writer)?;
        write_people(&self.contributors, &name::CONTRIBUTOR, writer)?;
        for link in &self.links {
            link.write(writer)?;
        }
        for category in &self.categories {
            category.write(writer)?;
        }
        if let Some(generator) = &self.generator {
            generator.write(writer)?;
        }
        if let Some(icon) = &self.icon {
            icon.write(&name::ICON, writer, TextElement::check_iri)?;
        }
        if let Some(logo) = &self.logo {
            logo.write(&name::LOGO, writer, TextElement::check_iri)?;
        }
        write_text(self.rights.as_ref(), &name::RIGHTS, writer)?;
        tree::write_others(&self.extensions, namespace::ATOM, &[], writer)
    }
}
