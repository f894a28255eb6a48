//! The content element (RFC 4287 section 4.1.3).

use super::accessors::common;
use super::common_attributes::{Common, without_space};
use super::iri::check_reference;
use super::markup;
use super::media_type::is_media_type;
use super::text::{check_div, only_div};
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

static NAME: Name<'static> = Name::known(namespace::ATOM, "", "content");

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
    /// The content element itself, of which only the nodes and the needed prefixes matter: content
    /// of another XML vocabulary, or content with elements where its type or `src` allows none.
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
        let content = Element::new(NAME.clone()).with_child(root);
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

    /// Sets the IRI reference of the content, which is out of line then.
    #[must_use]
    pub fn with_src(mut self, src: impl Into<Cow<'a, str>>) -> Self {
        self.src = Some(src.into());
        self
    }

    /// The text, the markup of HTML, or the base64 in the element; empty for a tree. Content with
    /// `src` should have none.
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

    /// The content as HTML: plain text is escaped, HTML is as it is, and XHTML is what is in its
    /// `div`: no namespaces are declared, and an empty element has an end tag, unless HTML knows none
    /// for it. `None` for other content.
    ///
    /// It is as safe as its source: what comes from elsewhere must pass through a sanitiser before a
    /// page shows it, such as `ammonia::clean`.
    ///
    /// ```
    /// use atom_fsm::atom::Entry;
    ///
    /// let entry = Entry::parse(
    ///     "<entry xmlns='http://www.w3.org/2005/Atom'><content type='xhtml'>\
    ///      <x:div xmlns:x='http://www.w3.org/1999/xhtml'>a<x:br/><x:p/></x:div></content></entry>",
    /// )?;
    /// assert_eq!(entry.content().unwrap().to_html().unwrap(), "a<br><p></p>");
    /// # Ok::<(), atom_fsm::Error>(())
    /// ```
    #[must_use]
    pub fn to_html(&self) -> Option<Cow<'_, str>> {
        let mut html = String::new();
        match (self.kind(), &self.body) {
            (ContentKind::Html, Body::Text(markup)) => return Some(Cow::Borrowed(markup)),
            (ContentKind::Text, Body::Text(text)) => markup::escape(text, &mut html),
            (ContentKind::Xhtml, Body::Div(element))
            | (ContentKind::Text | ContentKind::Html | ContentKind::Xhtml, Body::Xml(element)) => {
                markup::to_html(element.nodes(), &mut html);
            }
            _ => return None,
        }
        Some(Cow::Owned(html))
    }

    /// The content without markup, as [`Text::to_plain`](super::Text::to_plain) gives it. `None` for
    /// content that is neither text, HTML nor XHTML.
    #[must_use]
    pub fn to_plain(&self) -> Option<Cow<'_, str>> {
        match (self.kind(), &self.body) {
            (ContentKind::Text, Body::Text(text)) => Some(Cow::Borrowed(text)),
            (ContentKind::Html, Body::Text(markup)) => {
                Some(Cow::Owned(markup::plain_of_html(markup)))
            }
            (ContentKind::Xhtml, Body::Div(element))
            | (ContentKind::Text | ContentKind::Html | ContentKind::Xhtml, Body::Xml(element)) => {
                Some(Cow::Owned(markup::plain_of_nodes(element.nodes())))
            }
            _ => None,
        }
    }

    /// The `div` of XHTML.
    #[must_use]
    pub fn div(&self) -> Option<&Element<'a>> {
        match &self.body {
            Body::Div(div) => Some(div),
            Body::Text(_) | Body::Xml(_) => None,
        }
    }

    /// The nodes of content of another XML vocabulary, in document order, or those of content that
    /// is not as its type says, where that violation was tolerated: XHTML without a single `div`
    /// ([`Rule::XhtmlDiv`]), or elements in text, HTML, base64 or content with `src`
    /// ([`Rule::TextMarkup`], [`Rule::ContentSource`]).
    #[must_use]
    pub fn nodes(&self) -> &[Node<'a>] {
        match &self.body {
            Body::Xml(content) => content.nodes(),
            Body::Text(_) | Body::Div(_) => &[],
        }
    }

    common!(common);

    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let (tag, mark) = (reader.tag(), reader.mark());
        let (mut type_, mut src) = (None, None);
        let common = Common::read(reader, &mut [("type", &mut type_), ("src", &mut src)])?;
        without_space(reader, &mut src)?;
        let expected = if src.is_some() { ContentKind::OutOfLine } else { kind(type_.as_deref()) };
        let body = match expected {
            ContentKind::Xhtml => match only_div(tree::read(reader)?) {
                Ok(div) => Body::Div(div),
                Err(element) => Body::markup(element),
            },
            ContentKind::Xml => Body::markup(Box::new(tree::read(reader)?)),
            _ => match text_element::text(reader)? {
                Some(text) => Body::Text(text),
                None => {
                    reader.reread(&mark)?;
                    Body::markup(Box::new(tree::read(reader)?))
                }
            },
        };
        let content = Self { common, type_, src, body };
        content.check(&mut reader.at_tag(tag))?;
        Ok(Some(content))
    }

    /// Whether a person who reads the entry cannot see the content (RFC 4287 section 4.1.2).
    pub(super) fn is_hidden(&self) -> bool {
        match self.kind() {
            ContentKind::OutOfLine => true,
            ContentKind::Base64 => self.has_valid_type(),
            _ => false,
        }
    }

    /// Whether the type is that of a construct, or a media type that is not composite.
    fn has_valid_type(&self) -> bool {
        let type_ = self.type_().unwrap_or("text");
        let is = |kind: &str| {
            type_.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind))
        };
        matches!(type_, "text" | "html" | "xhtml")
            || is_media_type(type_) && !is("multipart/") && !is("message/")
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        if let Some(src) = self.src() {
            check_reference(src, report)?;
            report.require(self.type_().is_some(), Rule::ContentSourceType)?;
            let is_construct = matches!(self.type_(), Some("text" | "html" | "xhtml"));
            let is_empty = matches!(&self.body, Body::Text(text) if is_blank(text));
            report.require(is_empty && !is_construct, Rule::ContentSource)?;
        }
        if !self.has_valid_type() {
            return report.violation(Rule::ContentType);
        }
        match (self.kind(), &self.body) {
            (ContentKind::OutOfLine, _) => Ok(()),
            (ContentKind::Xml, Body::Xml(content)) => {
                report.require(has_root(self.type_(), content), Rule::ContentRoot)
            }
            (ContentKind::Xhtml, Body::Div(div)) => check_div(div, report),
            (ContentKind::Xhtml, Body::Xml(_)) => report.violation(Rule::XhtmlDiv),
            (ContentKind::Xml | ContentKind::Xhtml, _) | (_, Body::Div(_)) => {
                report.violation(Rule::ContentType)
            }
            (_, Body::Xml(_)) => report.violation(Rule::TextMarkup),
            (ContentKind::Base64, Body::Text(text)) => {
                report.require(decode(text).is_some(), Rule::ContentBase64)
            }
            (_, Body::Text(_)) => Ok(()),
        }
    }

    pub(crate) fn write(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        let needed = match &self.body {
            Body::Xml(content) => &content.needed[..],
            Body::Text(_) | Body::Div(_) => &[],
        };
        writer.start_needing(&NAME, needed)?;
        self.check(writer)?;
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

impl<'a> Body<'a> {
    fn markup(mut content: Box<Element<'a>>) -> Self {
        content.attributes.clear();
        content.name = NAME.clone();
        Self::Xml(content)
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
    match type_ {
        None | Some("text") => return ContentKind::Text,
        Some("html") => return ContentKind::Html,
        Some("xhtml") => return ContentKind::Xhtml,
        Some(_) => {}
    }
    match &*essence(type_) {
        essence if is_xml(essence) => ContentKind::Xml,
        // An XML media type (RFC 7303 section 9.5), but no XML.
        "application/xml-dtd" => ContentKind::OtherText,
        essence if essence.starts_with("text/") || !essence.contains('/') => ContentKind::OtherText,
        _ => ContentKind::Base64,
    }
}

/// A media type in lower case, without its parameters.
fn essence(type_: Option<&str>) -> String {
    type_.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The XML media types whose content may have any number of elements (RFC 7303 sections 9.2 and 9.4).
const ENTITIES: [&str; 2] =
    ["application/xml-external-parsed-entity", "text/xml-external-parsed-entity"];

/// RFC 7303 section 9: the XML media types whose content is well-formed.
fn is_xml(essence: &str) -> bool {
    essence.ends_with("+xml") || essence.ends_with("/xml") || ENTITIES.contains(&essence)
}

/// Whether the content is one element, as a document of its type has one root, and the right one where
/// the type is that of XHTML (RFC 4287 section 4.1.3.3). A parsed entity may have any number.
fn has_root(type_: Option<&str>, content: &Element<'_>) -> bool {
    let essence = essence(type_);
    if ENTITIES.contains(&&*essence) {
        return true;
    }
    let has_text = content.nodes().iter().any(|node| match node {
        Node::Text(text) => !is_blank(text),
        Node::Element(_) | Node::Comment(_) | Node::Instruction(..) => false,
    });
    let mut children = content.children();
    match (children.next(), children.next()) {
        (Some(root), None) if !has_text => {
            essence != "application/xhtml+xml" || root.name.is(namespace::XHTML, "html")
        }
        _ => false,
    }
}

/// RFC 4287 section 4.1.3.3: white space within base64 does not count.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split(SPACE).collect();
    STANDARD.decode(text).ok()
}
