//! Person constructs (RFC 4287 section 3.2).

use super::accessors::{comments, common};
use super::children::{child_elements, children, single, which};
use super::common_attributes::Common;
use super::misc::Misc;
use super::publishing::{self, Occurred, Parent, is_there};
use super::text_element::TextElement;
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, Name, XmlReader, XmlWriter};
use std::borrow::Cow;

static NAME: Name<'static> = Name::known(namespace::ATOM, "", "name");
static URI: Name<'static> = Name::known(namespace::ATOM, "", "uri");
static EMAIL: Name<'static> = Name::known(namespace::ATOM, "", "email");

/// An author or contributor (RFC 4287 section 3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person<'a> {
    common: Common<'a>,
    name: Option<TextElement<'a>>,
    uri: Option<TextElement<'a>>,
    email: Option<TextElement<'a>>,
    extensions: Vec<Element<'a>>,
    misc: Misc<'a, Part>,
}

/// A child of a person, with its number where there may be several, in the order of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Name,
    Uri,
    Email,
    Extension(usize),
}

child_elements! {
    Child {
        Name = "name",
        Uri = "uri",
        Email = "email",
    }
}

impl<'a> Person<'a> {
    /// Returns a person with this name.
    pub fn new(name: impl Into<Cow<'a, str>>) -> Self {
        let name = Some(TextElement::from(name.into()));
        Self { name, ..Self::nobody(Common::default()) }
    }

    fn nobody(common: Common<'a>) -> Self {
        Self {
            common,
            name: None,
            uri: None,
            email: None,
            extensions: Vec::new(),
            misc: Misc::default(),
        }
    }

    /// The name; `None` only where that violation was tolerated.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|element| &*element.text)
    }

    /// The IRI reference of a page about the person.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_ref().map(|element| &*element.text)
    }

    /// The email address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_ref().map(|element| &*element.text)
    }

    /// The attributes that the element of the name has.
    #[must_use]
    pub fn name_common(&self) -> Option<&Common<'a>> {
        self.name.as_ref().map(|element| &element.common)
    }

    /// The attributes that the element of the IRI reference has, its own `xml:base` among them.
    #[must_use]
    pub fn uri_common(&self) -> Option<&Common<'a>> {
        self.uri.as_ref().map(|element| &element.common)
    }

    /// The attributes that the element of the email address has.
    #[must_use]
    pub fn email_common(&self) -> Option<&Common<'a>> {
        self.email.as_ref().map(|element| &element.common)
    }

    /// The child elements of other vocabularies, in document order.
    #[must_use]
    pub fn extensions(&self) -> &[Element<'a>] {
        &self.extensions
    }

    /// Gives [`extensions`](Self::extensions) to change.
    pub fn extensions_mut(&mut self) -> &mut Vec<Element<'a>> {
        &mut self.extensions
    }

    /// Sets the IRI reference.
    #[must_use]
    pub fn with_uri(mut self, uri: impl Into<Cow<'a, str>>) -> Self {
        self.uri = Some(TextElement::from(uri.into()));
        self
    }

    /// Sets the email address.
    #[must_use]
    pub fn with_email(mut self, email: impl Into<Cow<'a, str>>) -> Self {
        self.email = Some(TextElement::from(email.into()));
        self
    }

    common!(common);
    comments!(misc);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let mut person = Self::nobody(Common::read(reader, &mut [])?);
        let Self { name, uri, email, extensions, misc, .. } = &mut person;
        children(reader, misc, |reader| {
            let (put, own) = match which(reader, namespace::ATOM, Child::NAMES)? {
                Some(Child::Name) => {
                    (single(name, extensions, reader, TextElement::read_name)?, Part::Name)
                }
                Some(Child::Uri) => {
                    (single(uri, extensions, reader, TextElement::read_iri)?, Part::Uri)
                }
                Some(Child::Email) => {
                    (single(email, extensions, reader, TextElement::read_email)?, Part::Email)
                }
                None => {
                    let occurred = &mut Occurred::default();
                    let at = publishing::other(extensions, reader, Parent::Person, occurred)?;
                    return Ok(Part::Extension(at));
                }
            };
            Ok(put.child(|_| own, Part::Extension))
        })?;
        person.check(&mut reader.at_tag(tag))?;
        Ok(Some(person))
    }

    fn has_name(&self, report: &dyn Report) -> bool {
        self.name.is_some() || is_there(&self.extensions, "name", report)
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        let has_name = self.has_name(report);
        report.require_or(has_name, Rule::PersonName, Correction::MissingNames)
    }

    pub(crate) fn write(&self, name: &Name<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(name)?;
        self.check(writer)?;
        self.common.write(writer, &[])?;
        let mut unwritten = self.misc.unwritten();
        unwritten.before(Part::Name, writer)?;
        if let Some(element) = &self.name {
            element.write(&NAME, writer, TextElement::check_name)?;
        } else if !self.has_name(writer) && writer.mends(Correction::MissingNames) {
            writer.start(&NAME)?;
            writer.end();
        }
        unwritten.before(Part::Uri, writer)?;
        if let Some(element) = &self.uri {
            element.write(&URI, writer, TextElement::check_iri)?;
        }
        unwritten.before(Part::Email, writer)?;
        if let Some(element) = &self.email {
            element.write(&EMAIL, writer, TextElement::check_email)?;
        }
        publishing::write_others(&self.extensions, Parent::Person, writer, |at, writer| {
            unwritten.before(Part::Extension(at), writer)
        })?;
        unwritten.end(writer)?;
        writer.end();
        Ok(())
    }
}

into_owned!(Person { common, name, uri, email, extensions, misc });
