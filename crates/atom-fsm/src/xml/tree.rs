//! The reader and the writer of trees.

use super::chars;
use super::element::{Element, Node};
use super::name::Name;
use super::needed::Needed;
use super::reader::{Token, XmlReader};
use super::writer::XmlWriter;
use crate::compact_vec;
use crate::correction::Correction;
use crate::error::Error;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::settings::Settings;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

impl<'a> Element<'a> {
    /// Reads a document and returns its root element. Comments and instructions outside the root
    /// are left out.
    ///
    /// # Errors
    /// When the document is not well-formed, is not namespace-well-formed, has a document type
    /// declaration, or exceeds the default [`Limits`](crate::Limits).
    pub fn parse(source: &'a str) -> Result<Element<'a>, Error> {
        let mut reader = XmlReader::new(source, Settings::default(), &[])?;
        reader.next_start()?;
        let root = read(&mut reader)?;
        while reader.next()? != Token::Eof {}
        Ok(root)
    }

    /// Appends the element to `out`, as a document without an XML declaration. On an error, `out`
    /// is left as it was.
    ///
    /// # Errors
    /// When a text contains a character that no document may contain, when an attribute without a
    /// namespace is named `xmlns`, when a comment contains `--` or ends in a hyphen, or when an
    /// instruction contains `?>` or has no valid name.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let mut writer = XmlWriter::new(out, Settings::default());
        let written = write(self, &mut writer);
        writer.finish(written).map(drop)
    }
}

/// Writes the element as [`Element::write`] does; fails where that fails.
impl fmt::Display for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Vec::new();
        self.write(&mut out).map_err(|_| fmt::Error)?;
        f.write_str(&String::from_utf8_lossy(&out))
    }
}

/// Reads the element at the last start tag, up to its end.
pub(crate) fn read<'a>(reader: &mut XmlReader<'a>) -> Result<Element<'a>, Error> {
    read_children(reader, |_| Ok(()))
}

/// Reads the element at the last start tag, up to its end, and calls `each` at the start tag of each
/// child.
pub(crate) fn read_children<'a>(
    reader: &mut XmlReader<'a>,
    mut each: impl FnMut(&mut XmlReader<'a>) -> Result<(), Error>,
) -> Result<Element<'a>, Error> {
    let mut tree = Tree { open: Open::new(reader), around: Vec::new() };
    tree.open(reader);
    loop {
        // Many elements contain a text only.
        let token = match reader.leaf() {
            Some(leaf) => {
                tree.need(&leaf.text, reader);
                tree.text(reader.end_leaf(leaf));
                Token::End
            }
            None => reader.next()?,
        };
        match token {
            Token::Start => {
                if tree.around.is_empty() {
                    each(reader)?;
                }
                tree.around.push(std::mem::replace(&mut tree.open, Open::new(reader)));
                tree.open(reader);
            }
            Token::End => match tree.around.pop() {
                Some(parent) => {
                    let child = std::mem::replace(&mut tree.open, parent).close();
                    compact_vec::push(&mut tree.open.element.nodes, Node::Element(child));
                }
                None => return Ok(tree.open.close()),
            },
            Token::Text(text) => {
                tree.need(&text, reader);
                tree.text(text);
            }
            Token::Comment(text) => {
                reader.count_kept()?;
                compact_vec::push(&mut tree.open.element.nodes, Node::Comment(text));
            }
            Token::Instruction(target, data) => {
                reader.count_kept()?;
                let node = Node::Instruction(Cow::Borrowed(target), data);
                compact_vec::push(&mut tree.open.element.nodes, node);
            }
            // The reader returns the end of a document only where no element is open.
            Token::Eof => return Ok(tree.open.close()),
        }
    }
}

/// What has been read of a tree: the innermost open element, and those around it.
struct Tree<'a> {
    open: Open<'a>,
    around: Vec<Open<'a>>,
}

/// An element that is open, with the declarations that it needs.
struct Open<'a> {
    element: Element<'a>,
    needed: Needed<'a>,
}

impl<'a> Open<'a> {
    /// The element at the last start tag.
    fn new(reader: &XmlReader<'a>) -> Self {
        Self { element: Element::new(reader.name().clone()), needed: Needed::default() }
    }

    fn close(mut self) -> Element<'a> {
        self.element.needed = self.needed.into_sorted();
        self.element
    }
}

impl<'a> Tree<'a> {
    fn open(&mut self, reader: &mut XmlReader<'a>) {
        let attributes: Vec<_> = reader.take_attributes().collect();
        for attribute in &attributes {
            self.need(&attribute.value, reader);
        }
        self.open.element.attributes = attributes;
    }

    /// Keeps a text. An empty CDATA section is none.
    fn text(&mut self, text: Cow<'a, str>) {
        if !text.is_empty() {
            compact_vec::push(&mut self.open.element.nodes, Node::Text(text));
        }
    }

    /// Keeps the declarations of the prefixes that a text may refer to, each at the element that
    /// declares it, or at the root of the tree if it is declared around that.
    fn need(&mut self, text: &str, reader: &XmlReader<'a>) {
        let mut start = 0;
        for colon in memchr::memchr_iter(b':', text.as_bytes()) {
            let before = text[start..colon].rsplit(|found| !chars::is_name_char(found)).next();
            let prefix = before.unwrap_or_default();
            let prefix = prefix.trim_start_matches(|found| !chars::is_name_start(found));
            start = colon + 1;
            if prefix.is_empty() {
                continue;
            }
            let Some((depth, prefix, namespace)) = reader.declaration_of(prefix) else { continue };
            let outside = reader.depth() - self.around.len();
            let owner = self.around.get_mut(depth.saturating_sub(outside));
            owner.unwrap_or(&mut self.open).needed.add(prefix, namespace);
        }
    }
}

/// Writes an element and all in it.
pub(crate) fn write(element: &Element<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
    write_checked(element, writer, |_| Ok(()))
}

/// Writes an element and all in it. `check` is called where violations have the element's path.
pub(crate) fn write_checked<'w>(
    element: &Element<'_>,
    writer: &mut XmlWriter<'w>,
    check: impl FnOnce(&mut XmlWriter<'w>) -> Result<(), Error>,
) -> Result<(), Error> {
    if element.name.is_unbound()
        && writer.corrects(Correction::UnboundNames, Rule::PrefixUndeclared)
    {
        return Ok(());
    }
    writer.start_needing(&element.name, &element.needed)?;
    check(writer)?;
    for attribute in &element.attributes {
        writer.attribute(&attribute.name, &attribute.value)?;
    }
    write_nodes(element, writer)?;
    writer.end();
    Ok(())
}

/// Writes the nodes of an element.
pub(crate) fn write_nodes(element: &Element<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
    element.nodes.iter().try_for_each(|node| write_node(node, writer))
}

/// Writes a node.
pub(crate) fn write_node(node: &Node<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
    match node {
        Node::Element(child) => write(child, writer),
        Node::Text(text) => writer.text(text),
        Node::Comment(text) => {
            if text.contains("--") || text.ends_with('-') {
                return Err(writer.refusal(Rule::Comment, text));
            }
            writer.raw(&["<!--", text, "-->"])
        }
        Node::Instruction(target, data) => {
            let is_name = chars::is_ncname(target) && !target.eq_ignore_ascii_case("xml");
            if !is_name || data.contains("?>") {
                return Err(writer.refusal(Rule::Instruction, target));
            }
            writer.raw(&["<?", target, " ", data, "?>"])
        }
    }
}

/// Writes the elements that a vocabulary does not know. An element of the vocabulary itself, or one
/// of the elements of Atom in `taken_in`, is a violation: a strict reader would refuse it there.
/// `before` writes what stands before the element with a number.
pub(crate) fn write_others(
    elements: &[Element<'_>],
    vocabulary: &str,
    taken_in: &[&str],
    writer: &mut XmlWriter<'_>,
    mut before: impl FnMut(usize, &mut XmlWriter<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    for (at, element) in elements.iter().enumerate() {
        before(at, writer)?;
        let Name { namespace, local, .. } = &element.name;
        let is_taken_in = || taken_in.iter().any(|name| name.eq_ignore_ascii_case(local));
        let is = |other| namespace::same(namespace, other);
        if is(vocabulary) || is(namespace::ATOM) && is_taken_in() {
            write_unexpected(element, Rule::ElementUnexpected, writer)?;
        } else {
            write(element, writer)?;
        }
    }
    Ok(())
}

/// Writes an element that violates a rule by being where it is, or leaves it out.
pub(crate) fn write_unexpected(
    element: &Element<'_>,
    rule: Rule,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    if writer.corrects(Correction::UnexpectedElements, rule) {
        return Ok(());
    }
    writer.violation(rule)?;
    write(element, writer)
}

/// Declares the prefixes of these elements on the element just begun, so that they need no
/// declarations of their own: those of their names, and those that several of them need for their
/// content.
pub(crate) fn declare_prefixes<'e, 'a: 'e>(
    elements: impl IntoIterator<Item = &'e Element<'a>>,
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    let mut needed_once = HashSet::new();
    for element in elements {
        let name = element.name();
        if !name.prefix().is_empty() && !name.namespace().is_empty() {
            writer.declare_here(name.prefix(), name.namespace())?;
        }
        for (prefix, namespace) in &element.needed {
            if !needed_once.insert((&**prefix, &**namespace)) {
                writer.declare_here(prefix, namespace)?;
            }
        }
    }
    Ok(())
}
