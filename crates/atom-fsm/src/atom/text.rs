//! Text constructs (RFC 4287 section 3.1).

use super::accessors::common;
use super::common_attributes::Common;
use super::text_element;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::rule::Rule;
use crate::xml::{Element, Name, Node, XmlReader, XmlWriter, is_blank, tree};
use std::borrow::Cow;

/// A text for people: plain text, HTML or XHTML (RFC 4287 section 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    common: Common<'a>,
    /// The type attribute as it stood.
    type_: Option<Cow<'a, str>>,
    value: Value<'a>,
}

/// The type of a text construct (RFC 4287 section 3.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextType {
    /// Plain text.
    Text,
    /// HTML, as text.
    Html,
    /// XHTML, as a tree.
    Xhtml,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value<'a> {
    Text(Cow<'a, str>),
    Html(Cow<'a, str>),
    Xhtml(Box<Element<'a>>),
}

impl<'a> Text<'a> {
    /// Plain text.
    pub fn plain(text: impl Into<Cow<'a, str>>) -> Self {
        Self { common: Common::default(), type_: None, value: Value::Text(text.into()) }
    }

    /// HTML: the markup as text, such as `"a <b>bold</b> word &amp; more"`.
    pub fn html(markup: impl Into<Cow<'a, str>>) -> Self {
        let type_ = Some(Cow::Borrowed("html"));
        Self { common: Common::default(), type_, value: Value::Html(markup.into()) }
    }

    /// XHTML: the content of a `div` element, which is not itself part of the text.
    ///
    /// # Errors
    /// [`Rule::XhtmlDiv`] when the element is not a `div` of XHTML.
    pub fn xhtml(div: Element<'a>) -> Result<Self, Error> {
        if !div.name().is(namespace::XHTML, "div") {
            return Err(Error::built(Rule::XhtmlDiv, div.name().local(), div.name().namespace()));
        }
        let type_ = Some(Cow::Borrowed("xhtml"));
        Ok(Self { common: Common::default(), type_, value: Value::Xhtml(Box::new(div)) })
    }

    /// The type of the text.
    #[must_use]
    pub fn type_(&self) -> TextType {
        match self.value {
            Value::Text(_) => TextType::Text,
            Value::Html(_) => TextType::Html,
            Value::Xhtml(_) => TextType::Xhtml,
        }
    }

    /// The plain text, the markup of HTML, or the text of XHTML without its markup.
    #[must_use]
    pub fn value(&self) -> Cow<'_, str> {
        match &self.value {
            Value::Text(text) | Value::Html(text) => Cow::Borrowed(text),
            Value::Xhtml(div) => {
                let mut text = String::new();
                gather(div, &mut text);
                Cow::Owned(text)
            }
        }
    }

    /// The `div` of XHTML.
    #[must_use]
    pub fn div(&self) -> Option<&Element<'a>> {
        match &self.value {
            Value::Xhtml(div) => Some(div),
            Value::Text(_) | Value::Html(_) => None,
        }
    }

    common!(common);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let mut type_ = None;
        let common = Common::read(reader, &mut [("type", &mut type_)])?;
        let value = match type_.as_deref() {
            None | Some("text") => text_element::text(reader)?.map(Value::Text),
            Some("html") => text_element::text(reader)?.map(Value::Html),
            Some("xhtml") => {
                let div = only_div(tree::read(reader)?);
                if div.is_none() {
                    reader.violation_at(Rule::XhtmlDiv, tag)?;
                }
                div.map(|div| Value::Xhtml(Box::new(div)))
            }
            Some(_) => {
                reader.violation_at(Rule::TextType, tag)?;
                None
            }
        };
        Ok(value.map(|value| Self { common, type_, value }))
    }

    pub(crate) fn write(&self, name: &Name<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        writer.start(name)?;
        writer.plain("type", self.type_.as_deref())?;
        self.common.write(writer, &["type"])?;
        match &self.value {
            Value::Text(text) | Value::Html(text) => writer.text(text)?,
            Value::Xhtml(div) => tree::write(div, writer)?,
        }
        writer.end();
        Ok(())
    }
}

into_owned!(Text { common, type_, value });

into_owned!(
    enum Value {
        Text(text),
        Html(text),
        Xhtml(div),
    }
);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text<'static> {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

/// Writes a text construct, if there is one.
pub(crate) fn write_text(
    text: Option<&Text<'_>>,
    name: &Name<'_>,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    text.map_or(Ok(()), |text| text.write(name, writer))
}

/// Returns the only child of an element, if it is a `div` of XHTML with nothing but white space and
/// comments beside it.
pub(crate) fn only_div(element: Element<'_>) -> Option<Element<'_>> {
    let mut only = None;
    for node in element.nodes {
        match node {
            Node::Element(child) if only.is_none() && child.name.is(namespace::XHTML, "div") => {
                only = Some(child);
            }
            Node::Text(text) if is_blank(&text) => {}
            Node::Comment(_) => {}
            Node::Element(_) | Node::Text(_) | Node::Instruction(..) => return None,
        }
    }
    let mut div = only?;
    for (prefix, namespace) in element.needed {
        div.need(prefix, namespace);
    }
    Some(div)
}

fn gather(element: &Element<'_>, text: &mut String) {
    for node in &element.nodes {
        match node {
            Node::Element(child) => gather(child, text),
            Node::Text(more) => text.push_str(more),
            Node::Comment(_) | Node::Instruction(..) => {}
        }
    }
}
