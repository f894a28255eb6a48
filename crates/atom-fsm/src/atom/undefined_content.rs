//! The content of links and categories, which Atom leaves undefined (RFC 4287 section 6.3,
//! `undefinedContent`).

use crate::error::Error;
use crate::into_owned::into_owned;
use crate::namespace;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Element, Mark, Name, Node, Token, XmlReader, XmlWriter, tree};

/// The content of an element that is nearly always empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UndefinedContent<'a>(Option<Box<Element<'a>>>);

into_owned!(private UndefinedContent { 0 });

impl<'a> UndefinedContent<'a> {
    pub(crate) fn nodes(&self) -> &[Node<'a>] {
        self.0.as_ref().map_or(&[], |element| element.nodes())
    }

    /// Reads up to the end of the element that `mark` marks, which is at the last start tag.
    pub(crate) fn read(reader: &mut XmlReader<'a>, mark: &Mark) -> Result<Self, Error> {
        if reader.next()? == Token::End {
            return Ok(Self::default());
        }
        reader.reread(mark)?;
        let mut element = tree::read_children(reader, |reader| {
            let is_atom = namespace::same(&reader.name().namespace, namespace::ATOM);
            match is_atom {
                true => reader.violation_at(Rule::ElementUnexpected, reader.tag()),
                false => Ok(()),
            }
        })?;
        element.attributes.clear();
        element.name = Name::known("", "", "content");
        Ok(Self(Some(Box::new(element))))
    }

    /// RFC 4287 section 6.3: the elements of the content are not Atom's.
    pub(crate) fn check(&self, report: &mut dyn Report) -> Result<(), Error> {
        let is_atom = |node: &Node<'_>| match node {
            Node::Element(child) => namespace::same(&child.name().namespace, namespace::ATOM),
            Node::Text(_) | Node::Comment(_) | Node::Instruction(..) => false,
        };
        self.nodes()
            .iter()
            .filter(|node| is_atom(node))
            .try_for_each(|_| report.violation(Rule::ElementUnexpected))
    }

    pub(crate) fn start(&self, name: &Name<'_>, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        let needed = self.0.as_ref().map_or(&[][..], |element| &element.needed);
        writer.start_needing(name, needed)
    }

    pub(crate) fn end(&self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        if let Some(element) = &self.0 {
            tree::write_nodes(element, writer)?;
        }
        writer.end();
        Ok(())
    }
}
