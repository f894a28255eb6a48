//! What stands in links and categories, to which Atom gives no meaning (RFC 4287 section 6.3).

use crate::error::Error;
use crate::own::own;
use crate::xml::{Element, Mark, Name, Node, Pull, Token, XmlWriter, tree};

/// The nodes of an element that is empty as a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Undefined<'a>(Option<Box<Element<'a>>>);

own!(private Undefined { 0 });

impl<'a> Undefined<'a> {
    pub(crate) fn nodes(&self) -> &[Node<'a>] {
        self.0.as_ref().map_or(&[], |element| element.nodes())
    }

    /// Reads up to the end of the element that `mark` marks, whose start tag was read last.
    pub(crate) fn read(pull: &mut Pull<'a>, mark: &Mark) -> Result<Self, Error> {
        if pull.next()? == Token::End {
            return Ok(Self::default());
        }
        pull.reread(mark)?;
        let mut element = tree::read(pull)?;
        element.attributes.clear();
        Ok(Self(Some(Box::new(element))))
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
