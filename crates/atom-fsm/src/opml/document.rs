//! The document.

use super::check::check;
use super::folder::{Folder, Item};
use super::outline::{Outline, is, outlines};
use crate::atom::{Link, Text};
use crate::error::Error;
use crate::into_owned::into_owned;
use crate::root::{Root, sealed};
use crate::xml::{Attribute, Element, Name, Node, SPACE, Token, XmlReader, XmlWriter, tree};
use std::borrow::Cow;

const fn name(local: &'static str) -> Name<'static> {
    Name::known("", "", local)
}

/// A list of feeds (OPML 2.0).
///
/// It holds the elements that it was read from, so that what has no accessor is written again. Names of
/// elements and attributes are compared in any case, since readers of feeds meet them so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opml<'a>(Element<'a>);

into_owned!(Opml { 0 });

impl<'a> Opml<'a> {
    /// Reads a document with the default [`Reader`](crate::Reader), without its diagnostics. A reader
    /// that [repairs](crate::Reader::repair) takes what is not well-formed, such as a bare `&` in a
    /// URL.
    ///
    /// # Errors
    /// Those of [`Reader::read`](crate::Reader::read).
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        crate::Reader::new().read(source).map(crate::Reading::into_document)
    }

    /// The version, such as `2.0`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        super::outline::attribute(&self.0, "version")
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> Option<Cow<'_, str>> {
        self.head("title")
    }

    /// The text of an element of the head, such as `ownerName` or `dateCreated`.
    #[must_use]
    pub fn head(&self, local: &str) -> Option<Cow<'_, str>> {
        let head = self.0.children().find(|child| is(child, "head"))?;
        head.children().find(|child| is(child, local)).map(Element::text)
    }

    /// The outlines of the body, in document order.
    pub fn outlines(&self) -> impl Iterator<Item = Outline<'_, 'a>> {
        self.0.children().filter(|child| is(child, "body")).flat_map(outlines)
    }

    /// The element, with what has no accessor.
    #[must_use]
    pub fn as_element(&self) -> &Element<'a> {
        &self.0
    }

    /// The list as a folder of services and references to bundles. Links to pages and texts alone,
    /// which are no feeds, are not in it.
    #[must_use]
    pub fn to_folder(&self) -> Folder {
        let title = self.title().map(|title| title.trim_matches(SPACE).to_owned());
        Folder::of(title.unwrap_or_default(), self.outlines())
    }

    /// The document that lists what is in a folder. The page of a service is its `htmlUrl` if it is of http or
    /// https, since readers open that with a click; [`unwritten_pages`](Self::unwritten_pages) are the others.
    #[must_use]
    pub fn from_folder(folder: &Folder) -> Opml<'static> {
        let title = Element::new(name("title")).with_text(folder.title().to_owned());
        let body = folder
            .items()
            .iter()
            .fold(Element::new(name("body")), |body, item| body.with_child(outline(item)));
        let root =
            Element::new(name("opml")).with_attribute(Attribute::new(name("version"), "2.0"));
        Opml(root.with_child(Element::new(name("head")).with_child(title)).with_child(body))
    }

    /// The pages of services in a folder and in those within it that [`from_folder`](Self::from_folder) leaves
    /// out, in document order: references that are relative, or of another scheme than http and https.
    pub fn unwritten_pages(folder: &Folder) -> impl Iterator<Item = &str> {
        let pages = folder.services().filter_map(|it| it.as_entry().link("related")?.href());
        pages.filter(|page| !is_of_web(page))
    }
}

/// Whether a reference has the scheme http or https (RFC 3986 section 3.1).
fn is_of_web(reference: &str) -> bool {
    let scheme = reference.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it))
}

fn outline(item: &Item) -> Element<'static> {
    let with = |element: Element<'static>, local, value: &str| {
        element.with_attribute(Attribute::new(name(local), value.to_owned()))
    };
    let begun = with(Element::new(name("outline")), "text", &item.title());
    match item {
        Item::Folder(folder) => {
            folder.items().iter().fold(begun, |element, item| element.with_child(outline(item)))
        }
        Item::Reference(reference) => with(with(begun, "type", "include"), "url", reference.uri()),
        Item::Service(service) => {
            let entry = service.as_entry();
            let feed = with(with(begun, "type", "rss"), "xmlUrl", service.uri());
            let page = entry.link("related").and_then(Link::href).filter(|it| is_of_web(it));
            let feed =
                page.map_or_else(|| feed.clone(), |page| with(feed.clone(), "htmlUrl", page));
            match entry.summary().map(Text::to_plain).filter(|text| !text.is_empty()) {
                Some(summary) => with(feed, "description", &summary),
                None => feed,
            }
        }
    }
}

impl sealed::Root for Opml<'_> {}

impl<'a> Root<'a> for Opml<'a> {
    type Owned = Opml<'static>;

    fn own(self) -> Opml<'static> {
        self.into_owned()
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        let name = reader.name();
        name.namespace().is_empty() && name.local().eq_ignore_ascii_case("opml")
    }

    /// Reads the tree, and notes where each element begins, for the reports.
    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        let mut open = vec![(begin(reader), reader.tag())];
        loop {
            match reader.next()? {
                Token::Start => open.push((begin(reader), reader.tag())),
                Token::End => {
                    let Some((element, tag)) = open.pop() else { return Ok(()) };
                    check(&element, &mut reader.at_tag(tag))?;
                    match open.last_mut() {
                        Some((parent, _)) => parent.nodes.push(Node::Element(element)),
                        None => {
                            *read = Some(Self(element));
                            return Ok(());
                        }
                    }
                }
                Token::Text(text) => push(&mut open, reader, Node::Text(text))?,
                Token::Comment(text) => push(&mut open, reader, Node::Comment(text))?,
                Token::Instruction(target, data) => {
                    push(&mut open, reader, Node::Instruction(Cow::Borrowed(target), data))?;
                }
                Token::Eof => return Ok(()),
            }
        }
    }

    fn write_root(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        write(&self.0, writer)
    }
}

fn begin<'a>(reader: &mut XmlReader<'a>) -> Element<'a> {
    let mut element = Element::new(reader.name().clone());
    element.attributes = reader.take_attributes().collect();
    element
}

fn push<'a, T>(
    open: &mut [(Element<'a>, T)],
    reader: &mut XmlReader<'a>,
    node: Node<'a>,
) -> Result<(), Error> {
    match node {
        // An empty CDATA section is no text.
        Node::Text(text) if text.is_empty() => return Ok(()),
        Node::Text(_) | Node::Element(_) => {}
        Node::Comment(_) | Node::Instruction(..) => reader.count_kept()?,
    }
    if let Some((element, _)) = open.last_mut() {
        element.nodes.push(node);
    }
    Ok(())
}

/// Writes an element that is checked, and those within it.
fn write(element: &Element<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
    if !is(element, "opml") && !is(element, "body") && !is(element, "outline") {
        return tree::write(element, writer);
    }
    writer.start(&element.name)?;
    check(element, writer)?;
    for attribute in &element.attributes {
        writer.attribute(&attribute.name, &attribute.value)?;
    }
    for node in &element.nodes {
        match node {
            Node::Element(child) => write(child, writer)?,
            _ => tree::write_node(node, writer)?,
        }
    }
    writer.end();
    Ok(())
}
