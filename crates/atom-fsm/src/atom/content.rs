//! The content element (RFC 4287 section 4.1.3).

use super::accessors::common;
use super::common_attributes::Common;
use super::iri::is_reference;
use super::media_type::is_media_type;
use super::text::only_div;
use super::text_element;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, Name, Node, SPACE, XmlReader, XmlWriter, is_blank, tree};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

const NAME: Name<'static> = Name::known(namespace::ATOM, "", "content");

/// The content of an entry, or a reference to it (RFC 4287 section 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content<'a> {
    common: Common<'a>,
    type_: Option<Cow<'a, str>>,
    src: Option<Cow<'a, str>>,
    body: Body<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body<'a> {
    /// Plain text, HTML, text of another media type, or base64; empty if the content is out of
    /// line.
    Text(Cow<'a, str>),
    Div(Box<Element<'a>>),
    /// The content element itself, of which only the nodes and the needed prefixes matter.
    Xml(Box<Element<'a>>),
}

/// How content is represented, which its type decides (RFC 4287 section 4.1.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentKind {
    /// Plain text.
    Text,
    /// HTML, as text.
    Html,
    /// XHTML, as a tree.
    Xhtml,
    /// Another XML vocabulary, as nodes.
    Xml,
    /// Text of another media type.
    OtherText,
    /// Octets, in base64.
    Base64,
    /// The content is not in the entry: `src` refers to it.
    OutOfLine,
}

impl<'a> Content<'a> {
    /// Plain text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(None, None, Body::Text(text.into()))
    }

    /// HTML: the markup as text.
    pub fn html(markup: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Some("html".into()), None, Body::Text(markup.into()))
    }

    /// XHTML: a `div` element.
    ///
    /// # Errors
    /// [`Rule::XhtmlDiv`] when the element is not a `div` of XHTML.
    pub fn xhtml(div: Element<'a>) -> Result<Self, Error> {
        if !div.name().is(namespace::XHTML, "div") {
            return Err(Error::built(Rule::XhtmlDiv, div.name().local(), div.name().namespace()));
        }
        Ok(Self::new(Some("xhtml".into()), None, Body::Div(Box::new(div))))
    }

    /// An element of another XML vocabulary, with its media type. The media type must end in `+xml`
    /// or `/xml`: the writer refuses any other.
    pub fn xml(type_: impl Into<Cow<'a, str>>, root: Element<'a>) -> Self {
        let content = Element::new(NAME).with_child(root);
        Self::new(Some(type_.into()), None, Body::Xml(Box::new(content)))
    }

    /// Text of a media type that begins with `text/`, or the base64 of octets of any other media
    /// type.
    pub fn other(type_: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Self {
        Self::new(Some(type_.into()), None, Body::Text(text.into()))
    }

    /// Octets of a media type that is neither text nor XML. They are encoded in base64.
    pub fn octets(type_: impl Into<Cow<'a, str>>, octets: &[u8]) -> Self {
        Self::other(type_, STANDARD.encode(octets))
    }

    /// Content at an IRI reference. Its media type may be unknown.
    pub fn out_of_line(src: impl Into<Cow<'a, str>>, type_: Option<Cow<'a, str>>) -> Self {
        Self::new(type_, Some(src.into()), Body::Text("".into()))
    }

    fn new(type_: Option<Cow<'a, str>>, src: Option<Cow<'a, str>>, body: Body<'a>) -> Self {
        Self { common: Common::default(), type_, src, body }
    }

    /// How the content is represented.
    #[must_use]
    pub fn kind(&self) -> ContentKind {
        if self.src.is_some() {
            return ContentKind::OutOfLine;
        }
        kind(self.type_.as_deref())
    }

    /// The type attribute: `text`, `html`, `xhtml` or a media type.
    #[must_use]
    pub fn type_(&self) -> Option<&str> {
        self.type_.as_deref()
    }

    /// The IRI reference of the content, if it is out of line.
    #[must_use]
    pub fn src(&self) -> Option<&str> {
        self.src.as_deref()
    }

    /// The text, the markup of HTML, or the base64 in the element; empty for a tree.
    #[must_use]
    pub fn value(&self) -> &str {
        match &self.body {
            Body::Text(text) => text,
            Body::Div(_) | Body::Xml(_) => "",
        }
    }

    /// The octets that the base64 encodes. `None` for other content, and for base64 that cannot be
    /// decoded.
    #[must_use]
    pub fn to_octets(&self) -> Option<Vec<u8>> {
        let is_base64 = self.kind() == ContentKind::Base64;
        is_base64.then(|| decode(self.value())).flatten()
    }

    /// The `div` of XHTML.
    #[must_use]
    pub fn div(&self) -> Option<&Element<'a>> {
        match &self.body {
            Body::Div(div) => Some(div),
            Body::Text(_) | Body::Xml(_) => None,
        }
    }

    /// The nodes of content of another XML vocabulary, in document order.
    #[must_use]
    pub fn nodes(&self) -> &[Node<'a>] {
        match &self.body {
            Body::Xml(content) => content.nodes(),
            Body::Text(_) | Body::Div(_) => &[],
        }
    }

    common!(common);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let (mut type_, mut src) = (None, None);
        let common = Common::read(reader, &mut [("type", &mut type_), ("src", &mut src)])?;
        let expected = if src.is_some() { ContentKind::OtherText } else { kind(type_.as_deref()) };
        let body = match expected {
            ContentKind::Xhtml => {
                let div = only_div(tree::read(reader)?);
                if div.is_none() {
                    reader.violation_at(Rule::XhtmlDiv, tag.clone())?;
                }
                div.map(|div| Body::Div(Box::new(div)))
            }
            ContentKind::Xml => Some(Body::Xml(Box::new(tree::read(reader)?))),
            _ => text_element::text(reader)?.map(Body::Text),
        };
        let Some(body) = body else { return Ok(None) };
        let content = Self { common, type_, src, body };
        if content.src.is_some() && !is_blank(content.value()) {
            // The element is kept as a tree, so that neither the text nor the reference is lost.
            reader.violation_at(Rule::ContentSource, tag)?;
            return Ok(None);
        }
        content.check(&mut reader.at_tag(tag))?;
        Ok(Some(content))
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        let type_ = self.type_();
        let is_construct = matches!(type_, None | Some("text" | "html" | "xhtml"));
        if let Some(src) = self.src() {
            report.require(is_reference(src), Rule::IriSyntax)?;
            report.require(type_.is_some(), Rule::ContentSourceType)?;
            report.require(type_.is_none() || !is_construct, Rule::ContentSource)?;
        }
        if !is_construct {
            let is_single = type_.is_some_and(|type_| {
                let is = |kind: &str| {
                    type_.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind))
                };
                is_media_type(type_) && !is("multipart/") && !is("message/")
            });
            report.require(is_single, Rule::ContentType)?;
        }
        if self.kind() == ContentKind::Base64 {
            report.require(decode(self.value()).is_some(), Rule::ContentBase64)?;
        }
        Ok(())
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        let needed = match &self.body {
            Body::Xml(content) => &content.needed[..],
            Body::Text(_) | Body::Div(_) => &[],
        };
        writer.start_needing(&NAME, needed)?;
        self.check(writer)?;
        let fits = match self.kind() {
            ContentKind::Xml => matches!(self.body, Body::Xml(_)),
            ContentKind::Xhtml => matches!(self.body, Body::Div(_)),
            _ => matches!(self.body, Body::Text(_)),
        };
        writer.require(fits, Rule::ContentType)?;
        writer.plain("type", self.type_())?;
        writer.plain("src", self.src())?;
        self.common.write(writer, &["type", "src"])?;
        match &self.body {
            Body::Text(text) => writer.text(text)?,
            Body::Div(div) => tree::write(div, writer)?,
            Body::Xml(content) => tree::write_nodes(content, writer)?,
        }
        writer.end();
        Ok(())
    }
}

into_owned!(Content { common, type_, src, body });

into_owned!(
    enum Body {
        Text(text),
        Div(div),
        Xml(content),
    }
);

fn kind(type_: Option<&str>) -> ContentKind {
    let Some(type_) = type_ else { return ContentKind::Text };
    let essence = type_.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match (type_, &*essence) {
        ("text", _) => ContentKind::Text,
        ("html", _) => ContentKind::Html,
        ("xhtml", _) => ContentKind::Xhtml,
        (_, essence) if essence.ends_with("+xml") || essence.ends_with("/xml") => ContentKind::Xml,
        (_, essence) if essence.starts_with("text/") || !essence.contains('/') => {
            ContentKind::OtherText
        }
        _ => ContentKind::Base64,
    }
}

/// RFC 4287 section 4.1.3.3: white space within base64 does not count.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split(SPACE).collect();
    STANDARD.decode(text).ok()
}
