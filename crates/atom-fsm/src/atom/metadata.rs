//! What a feed says of itself, and an entry's source of the feed that it came from.

use super::category::Category;
use super::children::{other, several, single, which};
use super::common::Common;
use super::date::Date;
use super::generator::Generator;
use super::link::{Link, alternates_differ};
use super::person::Person;
use super::text::Text;
use super::text_element::TextElement;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, Name, XmlReader, XmlWriter, tree};

/// The names of Atom's elements, as a writer wants them.
pub(crate) mod name {
    use super::{Name, namespace::ATOM};

    macro_rules! names {
        ($($constant:ident = $local:literal;)*) => {
            $(pub(crate) const $constant: Name<'static> = Name::known(ATOM, "", $local);)*
        };
    }

    names! {
        AUTHOR = "author";
        CONTRIBUTOR = "contributor";
        ENTRY = "entry";
        FEED = "feed";
        ICON = "icon";
        ID = "id";
        LOGO = "logo";
        PUBLISHED = "published";
        RIGHTS = "rights";
        SOURCE = "source";
        SUBTITLE = "subtitle";
        SUMMARY = "summary";
        TITLE = "title";
        UPDATED = "updated";
    }
}

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

const CHILDREN: &[&str] = &[
    "link",
    "author",
    "category",
    "contributor",
    "generator",
    "icon",
    "id",
    "logo",
    "rights",
    "subtitle",
    "title",
    "updated",
];

impl<'a> Metadata<'a> {
    /// Reads the attributes of the start tag read last.
    pub(crate) fn begin(reader: &mut XmlReader<'a>) -> Result<Self, Error> {
        let common = Common::read(reader, |_, value| Some(value))?;
        Ok(Self { common, ..Self::default() })
    }

    /// Reads the child whose start tag was read last.
    pub(crate) fn child(&mut self, reader: &mut XmlReader<'a>) -> Result<(), Error> {
        let rest = &mut self.extensions;
        match which(reader, namespace::ATOM, CHILDREN)? {
            Some("author") => several(&mut self.authors, rest, reader, Person::read),
            Some("category") => several(&mut self.categories, rest, reader, Category::read),
            Some("contributor") => several(&mut self.contributors, rest, reader, Person::read),
            Some("generator") => single(&mut self.generator, rest, reader, Generator::read),
            Some("icon") => single(&mut self.icon, rest, reader, TextElement::read_iri),
            Some("id") => single(&mut self.id, rest, reader, TextElement::read_id),
            Some("link") => several(&mut self.links, rest, reader, Link::read),
            Some("logo") => single(&mut self.logo, rest, reader, TextElement::read_iri),
            Some("rights") => single(&mut self.rights, rest, reader, Text::read),
            Some("subtitle") => single(&mut self.subtitle, rest, reader, Text::read),
            Some("title") => single(&mut self.title, rest, reader, Text::read),
            Some(_) => single(&mut self.updated, rest, reader, Date::read),
            None => other(rest, reader, namespace::ATOM),
        }
    }

    /// What a feed must have and its source need not (RFC 4287 section 4.1.1).
    pub(crate) fn check_feed(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(self.id.is_some(), Rule::FeedId)?;
        report.require(self.title.is_some(), Rule::FeedTitle)?;
        report.require(self.updated.is_some(), Rule::FeedUpdated)?;
        report.require(self.links.iter().any(|link| link.has_rel("self")), Rule::FeedSelf)
    }

    pub(crate) fn check_links(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(alternates_differ(&self.links), Rule::AlternateRepeated)
    }

    /// Writes the children, but for the markup of other vocabularies.
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

pub(crate) fn write_text(
    text: Option<&Text<'_>>,
    name: &Name<'_>,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    text.map_or(Ok(()), |text| text.write(name, writer))
}

pub(crate) fn write_people(
    people: &[Person<'_>],
    name: &Name<'_>,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    people.iter().try_for_each(|person| person.write(name, writer))
}

/// Declares the prefixes of extensions on the element just begun, so that not each of them need.
pub(crate) fn declare_extensions<'e, 'a: 'e>(
    extensions: impl IntoIterator<Item = &'e Element<'a>>,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    for extension in extensions {
        let name = extension.name();
        if !name.prefix().is_empty() && !name.namespace().is_empty() {
            writer.declare_here(name.prefix(), name.namespace())?;
        }
    }
    Ok(())
}
