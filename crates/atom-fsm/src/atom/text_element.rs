//! Elements that contain text only: ids, names, IRIs, dates.

use super::common_attributes::{Common, trim};
use super::email;
use super::id;
use super::iri::check_reference;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Name, Token, XmlReader, XmlWriter, is_blank};
use std::borrow::Cow;

/// An element that contains text only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextElement<'a> {
    pub(crate) common: Common<'a>,
    pub(crate) text: Cow<'a, str>,
}

into_owned!(private TextElement { common, text });

impl<'a> From<Cow<'a, str>> for TextElement<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self { common: Common::default(), text }
    }
}

impl<'a> TextElement<'a> {
    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let common = Common::read(reader, &mut [])?;
        let text = text(reader)?;
        if text.is_none() {
            reader.violation_at(Rule::TextMarkup, tag)?;
        }
        Ok(text.map(|text| Self { common, text }))
    }

    /// Reads an element without the white space around its text (RFC 4287 sections 2 and 3.3).
    pub(crate) fn read_value(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let Some(mut element) = Self::read(reader)? else { return Ok(None) };
        if trim(&mut element.text) {
            reader.violation_at(Rule::ValueSpace, tag)?;
        }
        Ok(Some(element))
    }

    pub(crate) fn read_iri(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        Self::read_checked(reader, Self::check_iri)
    }

    pub(crate) fn read_id(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        Self::read_checked(reader, Self::check_id)
    }

    pub(crate) fn read_name(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let element = Self::read(reader)?;
        if let Some(element) = &element {
            element.check_name(&mut reader.at_tag(tag))?;
        }
        Ok(element)
    }

    pub(crate) fn read_email(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        Self::read_checked(reader, Self::check_email)
    }

    fn read_checked(
        reader: &mut XmlReader<'a>,
        check: fn(&Self, &mut dyn Report) -> Result<(), Error>,
    ) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let element = Self::read_value(reader)?;
        if let Some(element) = &element {
            check(element, &mut reader.at_tag(tag))?;
        }
        Ok(element)
    }

    pub(crate) fn check_name(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(!is_blank(&self.text), Rule::NameEmpty)
    }

    pub(crate) fn check_iri(&self, report: &mut dyn Report) -> Result<(), Error> {
        check_reference(&self.text, report)
    }

    pub(crate) fn check_id(&self, report: &mut dyn Report) -> Result<(), Error> {
        id::check(&self.text, report)
    }

    pub(crate) fn check_email(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(email::is_address(&self.text), Rule::PersonEmail)
    }

    pub(crate) fn write(
        &self,
        name: &Name<'_>,
        writer: &mut XmlWriter<'_>,
        check: fn(&Self, &mut dyn Report) -> Result<(), Error>,
    ) -> Result<(), Error> {
        writer.start(name)?;
        check(self, writer)?;
        self.common.write(writer, &[])?;
        writer.text(&self.text)?;
        writer.end();
        Ok(())
    }
}

/// Reads the text of the element at the last start tag, up to its end. `None` when it contains
/// elements: then the reader is at the start tag of the first.
pub(crate) fn text<'a>(reader: &mut XmlReader<'a>) -> Result<Option<Cow<'a, str>>, Error> {
    if let Some(leaf) = reader.leaf() {
        return Ok(Some(reader.end_leaf(leaf)));
    }
    let mut text = Cow::Borrowed("");
    loop {
        match reader.next()? {
            Token::Text(more) if text.is_empty() => text = more,
            Token::Text(more) => text.to_mut().push_str(&more),
            Token::Comment(_) | Token::Instruction(..) => {}
            Token::End | Token::Eof => return Ok(Some(text)),
            Token::Start => return Ok(None),
        }
    }
}
