//! Reading and writing trees.

use super::chars;
use super::element::{Element, Node};
use super::name::Name;
use super::pull::{Pull, Token};
use super::scope::Scope;
use super::writer::XmlWriter;
use crate::error::Error;
use crate::grow;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::settings::Settings;
use std::borrow::Cow;

/// Reads a whole document to its root's tree.
pub(crate) fn document(source: &str) -> Result<Element<'_>, Error> {
    let mut pull = Pull::new(source, Settings::default(), &[])?;
    while pull.next()? != Token::Start {}
    let root = read(&mut pull)?;
    while pull.next()? != Token::Eof {}
    Ok(root)
}

/// Reads the element whose start tag was read last, up to its end.
pub(crate) fn read<'a>(pull: &mut Pull<'a>) -> Result<Element<'a>, Error> {
    let mut needed = Vec::new();
    let mut element = open(pull, &mut needed);
    let mut around: Vec<Element<'a>> = Vec::new();
    loop {
        match pull.next()? {
            Token::Start => {
                let child = open(pull, &mut needed);
                around.push(std::mem::replace(&mut element, child));
            }
            Token::End => match around.pop() {
                Some(mut parent) => {
                    std::mem::swap(&mut parent, &mut element);
                    grow::push(&mut element.nodes, Node::Element(parent));
                }
                None => {
                    element.needed = needed;
                    return Ok(element);
                }
            },
            // An empty CDATA section is no text.
            Token::Text(text) if text.is_empty() => {}
            Token::Text(text) => {
                need(&text, pull.scope(), &mut needed);
                grow::push(&mut element.nodes, Node::Text(text));
            }
            Token::Comment(text) => element.nodes.push(Node::Comment(text)),
            Token::Instruction(target, data) => {
                element.nodes.push(Node::Instruction(Cow::Borrowed(target), data));
            }
            // The reader tells the end of a document only where no element is open.
            Token::Eof => return Ok(element),
        }
    }
}

fn open<'a>(pull: &mut Pull<'a>, needed: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Element<'a> {
    let mut element = Element::new(pull.name().clone());
    element.attributes = pull.take_attributes().collect();
    for attribute in &element.attributes {
        need(&attribute.value, pull.scope(), needed);
    }
    element
}

/// Notes the declarations that a text may refer to: those of prefixes that begin one of its words.
/// The innermost of several for one prefix loses to the first: a writer can declare only one there.
fn need<'a>(text: &str, scope: &Scope<'a>, needed: &mut Vec<(Cow<'a, str>, Cow<'a, str>)>) {
    if memchr::memchr(b':', text.as_bytes()).is_none() {
        return;
    }
    for binding in scope.since(0) {
        let prefix = &binding.prefix;
        if prefix.is_empty() || needed.iter().any(|(known, _)| known == prefix) {
            continue;
        }
        let is_word = |(at, _)| {
            let before = text[..at].chars().next_back();
            before.is_none_or(|before: char| !chars::is_ncname(before.encode_utf8(&mut [0; 4])))
                && text[at + prefix.len()..].starts_with(':')
        };
        if text.match_indices(&**prefix).any(is_word) {
            if let Some(namespace) = scope.namespace(prefix) {
                let namespace = Cow::Owned(namespace.to_owned());
                needed.push((prefix.clone(), namespace));
            }
        }
    }
}

/// Writes an element and all in it.
pub(crate) fn write(element: &Element<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
    writer.start_needing(&element.name, &element.needed)?;
    for attribute in &element.attributes {
        writer.attribute(&attribute.name, &attribute.value)?;
    }
    write_nodes(element, writer)?;
    writer.end();
    Ok(())
}

/// Writes what stands in an element.
pub(crate) fn write_nodes(element: &Element<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
    for node in &element.nodes {
        match node {
            Node::Element(child) => write(child, writer)?,
            Node::Text(text) => writer.text(text)?,
            Node::Comment(text) => {
                if text.contains("--") || text.ends_with('-') {
                    return Err(writer.refusal(Rule::Comment, text));
                }
                writer.raw(&["<!--", text, "-->"])?;
            }
            Node::Instruction(target, data) => {
                let is_name = chars::is_ncname(target) && !target.eq_ignore_ascii_case("xml");
                if !is_name || data.contains("?>") {
                    return Err(writer.refusal(Rule::Instruction, target));
                }
                writer.raw(&["<?", target, " ", data, "?>"])?;
            }
        }
    }
    Ok(())
}

/// Writes the elements that a vocabulary does not know. One of its own, or one of Atom's that it
/// takes in, would be refused by the strict reader where it stands.
pub(crate) fn write_others(
    elements: &[Element<'_>],
    vocabulary: &str,
    taken_in: &[&str],
    writer: &mut XmlWriter<'_>,
) -> Result<(), Error> {
    for element in elements {
        let Name { namespace, local, .. } = &element.name;
        let is_taken_in = || taken_in.iter().any(|name| name.eq_ignore_ascii_case(local));
        let is = |other| namespace::same(namespace, other);
        if is(vocabulary) || is(namespace::ATOM) && is_taken_in() {
            writer.breach(Rule::ElementUnexpected)?;
        }
        write(element, writer)?;
    }
    Ok(())
}
