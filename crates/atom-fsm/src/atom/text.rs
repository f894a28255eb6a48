//! Text constructs (RFC 4287 section 3.1).

use super::accessors::common;
use super::common_attributes::Common;
use super::markup;
use super::name;
use super::text_element;
use crate::correction::Correction;
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, Name, Node, XmlReader, XmlWriter, is_blank, tree};
use std::borrow::Cow;

static DIV: Name<'static> = Name::known(namespace::XHTML, "", "div");

/// A text for people: plain text, HTML or XHTML (RFC 4287 section 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a> {
    common: Common<'a>,
    /// The type attribute as it stood.
    type_: Option<Cow<'a, str>>,
    value: Value<'a>,
}

/// The type of a text construct (RFC 4287 section 3.1.1). Another type, which violates
/// [`Rule::TextType`], counts as the one that it means: `text/html` as HTML, `application/xhtml+xml`
/// as XHTML, and any other as plain text.
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
    /// The element of the construct itself, of which only the nodes and the needed prefixes matter:
    /// XHTML without a single `div`, or a text that contains elements.
    Markup(Box<Element<'a>>),
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
            Value::Markup(_) => meant(self.type_.as_deref()),
        }
    }

    /// The type attribute as it is written.
    #[must_use]
    pub fn type_attribute(&self) -> Option<&str> {
        self.type_.as_deref()
    }

    /// The plain text, the markup of HTML, or the text of XHTML without its markup.
    #[must_use]
    pub fn value(&self) -> Cow<'_, str> {
        match &self.value {
            Value::Text(text) | Value::Html(text) => Cow::Borrowed(text),
            Value::Xhtml(element) | Value::Markup(element) => {
                let mut text = String::new();
                gather(element, &mut text);
                Cow::Owned(text)
            }
        }
    }

    /// The text as HTML: plain text is escaped, HTML is as it is, and XHTML is what is in its `div`,
    /// as [HTML writes it](super::Content::to_html).
    ///
    /// It is as safe as its source: what comes from elsewhere must pass through a sanitiser before a
    /// page shows it, such as `ammonia::clean`.
    ///
    /// ```
    /// use atom_fsm::atom::Text;
    ///
    /// assert_eq!(Text::plain("1 < 2").to_html(), "1 &lt; 2");
    /// assert_eq!(Text::html("<b>1</b>").to_html(), "<b>1</b>");
    /// ```
    #[must_use]
    pub fn to_html(&self) -> Cow<'_, str> {
        let mut html = String::new();
        match &self.value {
            Value::Html(markup) => return Cow::Borrowed(markup),
            Value::Text(text) => markup::escape(text, &mut html),
            Value::Xhtml(element) | Value::Markup(element) => {
                markup::to_html(element.nodes(), &mut html);
            }
        }
        Cow::Owned(html)
    }

    /// The text without markup: plain text is as it is, and of HTML and XHTML it is what a person
    /// reads, with blocks on lines of their own, and without scripts and styles.
    ///
    /// ```
    /// use atom_fsm::atom::Text;
    ///
    /// let text = Text::html("<p>caf&eacute; &amp; <b>bar</b></p><script>1</script><p>open</p>");
    /// assert_eq!(text.to_plain(), "café & bar\nopen");
    /// ```
    #[must_use]
    pub fn to_plain(&self) -> Cow<'_, str> {
        match &self.value {
            Value::Text(text) => Cow::Borrowed(text),
            Value::Html(markup) => Cow::Owned(markup::plain_of_html(markup)),
            Value::Xhtml(element) | Value::Markup(element) => {
                Cow::Owned(markup::plain_of_nodes(element.nodes()))
            }
        }
    }

    /// The `div` of XHTML.
    #[must_use]
    pub fn div(&self) -> Option<&Element<'a>> {
        match &self.value {
            Value::Xhtml(div) => Some(div),
            Value::Text(_) | Value::Html(_) | Value::Markup(_) => None,
        }
    }

    /// The nodes of a text that is not as its type says, where that violation was tolerated: of
    /// XHTML without a single `div` ([`Rule::XhtmlDiv`]), or of plain text or HTML that contains
    /// elements ([`Rule::TextMarkup`]). Empty for any other text.
    #[must_use]
    pub fn nodes(&self) -> &[Node<'a>] {
        match &self.value {
            Value::Markup(element) => element.nodes(),
            Value::Text(_) | Value::Html(_) | Value::Xhtml(_) => &[],
        }
    }

    common!(common);

    /// Reads a text construct; the result is never `None`.
    pub(crate) fn read(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let (tag, mark) = (reader.tag(), reader.mark());
        let mut type_ = None;
        let common = Common::read(reader, &mut [("type", &mut type_)])?;
        let meant = meant(type_.as_deref());
        let value = if meant == TextType::Xhtml {
            Self::divided(tree::read(reader)?)
        } else {
            match text_element::text(reader)? {
                Some(text) if meant == TextType::Html => Value::Html(text),
                Some(text) => Value::Text(text),
                None => {
                    reader.reread(&mark)?;
                    Value::markup(Box::new(tree::read(reader)?))
                }
            }
        };
        let text = Self { common, type_, value };
        text.check(&mut reader.at_tag(tag))?;
        Ok(Some(text))
    }

    /// Reads a title, which should not be empty.
    pub(crate) fn read_title(reader: &mut XmlReader<'a>) -> Result<Option<Self>, Error> {
        let tag = reader.tag();
        let title = Self::read(reader)?;
        if let Some(title) = &title {
            title.check_title(&mut reader.at_tag(tag))?;
        }
        Ok(title)
    }

    /// The value of an element that should contain a `div`.
    fn divided(element: Element<'a>) -> Value<'a> {
        match only_div(element) {
            Ok(div) => Value::Xhtml(div),
            Err(element) => Value::markup(element),
        }
    }

    fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        match self.violated() {
            Some(rule) => report.require_or(false, rule, Correction::TextTypes),
            None => self.div().map_or(Ok(()), |div| check_div(div, report)),
        }
    }

    fn violated(&self) -> Option<Rule> {
        if !matches!(self.type_.as_deref(), None | Some("text" | "html" | "xhtml")) {
            return Some(Rule::TextType);
        }
        match (&self.value, self.type_()) {
            (Value::Markup(_), TextType::Xhtml) => Some(Rule::XhtmlDiv),
            (Value::Markup(_), _) => Some(Rule::TextMarkup),
            _ => None,
        }
    }

    fn check_title(&self, report: &mut dyn Report) -> Result<(), Error> {
        let is_empty = match &self.value {
            Value::Text(text) | Value::Html(text) => is_blank(text),
            // A picture is something to show.
            Value::Xhtml(element) | Value::Markup(element) => {
                element.children().next().is_none() && is_blank(&element.text())
            }
        };
        report.require(!is_empty, Rule::TitleEmpty)
    }

    pub(crate) fn write(&self, name: &Name<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.begin(name, writer)?;
        self.finish(writer)
    }

    fn begin(&self, name: &Name<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        match &self.value {
            Value::Markup(element) => writer.start_needing(name, &element.needed)?,
            Value::Text(_) | Value::Html(_) | Value::Xhtml(_) => writer.start(name)?,
        }
        self.check(writer)
    }

    fn finish(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        let is_mended = writer.mends(Correction::TextTypes) && self.violated().is_some();
        let type_ = match &self.value {
            _ if !is_mended => self.type_.as_deref(),
            Value::Text(_) => None,
            Value::Html(_) => Some("html"),
            Value::Xhtml(_) | Value::Markup(_) => Some("xhtml"),
        };
        writer.plain("type", type_)?;
        self.common.write(writer, &["type"])?;
        match &self.value {
            Value::Text(text) | Value::Html(text) => writer.text(text)?,
            Value::Xhtml(div) => tree::write(div, writer)?,
            Value::Markup(element) if is_mended => {
                writer.start(&DIV)?;
                tree::write_nodes(element, writer)?;
                writer.end();
            }
            Value::Markup(element) => tree::write_nodes(element, writer)?,
        }
        writer.end();
        Ok(())
    }
}

impl<'a> Value<'a> {
    fn markup(mut element: Box<Element<'a>>) -> Self {
        element.attributes.clear();
        element.name = DIV.clone();
        Self::Markup(element)
    }
}

/// The type that a type attribute means.
fn meant(type_: Option<&str>) -> TextType {
    match type_ {
        None | Some("text") => return TextType::Text,
        Some("html") => return TextType::Html,
        Some("xhtml") => return TextType::Xhtml,
        Some(_) => {}
    }
    let essence = type_.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is = |known: &str| essence.eq_ignore_ascii_case(known);
    if is("html") || is("text/html") {
        TextType::Html
    } else if is("xhtml") || is("application/xhtml+xml") {
        TextType::Xhtml
    } else {
        TextType::Text
    }
}

into_owned!(Text { common, type_, value });

into_owned!(
    enum Value {
        Text(text),
        Html(text),
        Xhtml(div),
        Markup(element),
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

/// Writes a title, if there is one.
pub(crate) fn write_title(
    title: Option<&Text<'_>>,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    let Some(title) = title else {
        if writer.mends(Correction::MissingTitles) {
            writer.start(&name::TITLE)?;
            writer.end();
        }
        return Ok(());
    };
    title.begin(&name::TITLE, writer)?;
    title.check_title(writer)?;
    title.finish(writer)
}

/// Returns the only child of an element, if it is a `div` of XHTML with nothing but white space,
/// comments and instructions beside it; otherwise the element.
pub(crate) fn only_div(mut element: Element<'_>) -> Result<Box<Element<'_>>, Box<Element<'_>>> {
    let mut divs = 0;
    let is_div_alone = element.nodes.iter().all(|node| match node {
        Node::Element(child) => {
            divs += 1;
            child.name.is(namespace::XHTML, "div")
        }
        Node::Text(text) => is_blank(text),
        Node::Comment(_) | Node::Instruction(..) => true,
    });
    if !is_div_alone || divs != 1 {
        return Err(Box::new(element));
    }
    let only = std::mem::take(&mut element.nodes).into_iter().find_map(|node| match node {
        Node::Element(child) => Some(child),
        Node::Text(_) | Node::Comment(_) | Node::Instruction(..) => None,
    });
    let Some(mut div) = only else { return Err(Box::new(element)) };
    if !element.needed.is_empty() {
        div.need(element.needed);
    }
    Ok(Box::new(div))
}

/// RFC 4287 section 3.1.1.3: what is in a `div` should be what may be in one. Of an element that has no
/// namespace, or that of Atom or AtomPub, this is certain: a default namespace was taken back or forgotten.
pub(super) fn check_div(div: &Element<'_>, report: &mut dyn Report) -> Result<(), Error> {
    report.require(div.children().all(may_be_in_div), Rule::XhtmlElement)
}

fn may_be_in_div(element: &Element<'_>) -> bool {
    let name = &element.name;
    let is = |namespace| namespace::same(&name.namespace, namespace);
    // Under repair, a prefix that is declared nowhere was reported.
    let is_foreign = name.namespace.is_empty() && !name.is_unbound()
        || is(namespace::ATOM)
        || is(namespace::APP);
    !is_foreign && element.children().all(may_be_in_div)
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
