//! The generator element (RFC 4287 section 4.2.4).

use super::common_attributes::{Common, without_space};
use super::iri::check_reference;
use super::text_element;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Name, XmlReader, XmlWriter};
use std::borrow::Cow;

static NAME: Name<'static> = Name::known(namespace::ATOM, "", "generator");

/// The program that generated a feed (RFC 4287 section 4.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generator<'a> {
    common: Common<'a>,
    uri: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
    name: Cow<'a, str>,
}

impl<'a> Generator<'a> {
    /// Returns a generator with this name.
    pub fn new(name: impl Into<Cow<'a, str>>) -> Self {
        Self { common: Common::default(), uri: None, version: None, name: name.into() }
    }

    /// The name of the program.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The IRI reference of a page about the program.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The attributes that every element may have.
    #[must_use]
    pub fn common(&self) -> &Common<'a> {
        &self.common
    }

    /// Sets the IRI reference.
    #[must_use]
    pub fn with_uri(mut self, uri: impl Into<Cow<'a, str>>) -> Self {
        self.uri = Some(uri.into());
        self
    }

    /// Sets the version.
    #[must_use]
    pub fn with_version(mut self, version: impl Into<Cow<'a, str>>) -> Self {
        self.version = Some(version.into());
        self
    }

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let (mut uri, mut version) = (None, None);
        let common = Common::read(reader, &mut [("uri", &mut uri), ("version", &mut version)])?;
        without_space(reader, &mut uri)?;
        let Some(name) = text_element::text(reader)? else {
            reader.violation_at(Rule::TextMarkup, tag)?;
            return Ok(None);
        };
        let generator = Self { common, uri, version, name };
        generator.check(&mut reader.at_tag(tag))?;
        Ok(Some(generator))
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        match self.uri() {
            Some(uri) => check_reference(uri, report),
            None => Ok(()),
        }
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(&NAME)?;
        self.check(writer)?;
        writer.plain("uri", self.uri())?;
        writer.plain("version", self.version())?;
        self.common.write(writer, &["uri", "version"])?;
        writer.text(&self.name)?;
        writer.end();
        Ok(())
    }
}

into_owned!(Generator { common, uri, version, name });
