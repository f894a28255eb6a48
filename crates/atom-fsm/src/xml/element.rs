//! An ordered tree, for XHTML and for elements of other vocabularies.

use super::name::{Attribute, Name};
use super::needed::Needed;
use super::shared::Shared;
use crate::into_owned::{IntoOwned, into_owned};
use std::borrow::Cow;
use std::fmt;

/// An element: a name, attributes, and nodes in document order.
///
/// It also keeps the prefixes that are declared around it and that its texts or attribute values
/// seem to use, such as in `type="xs:string"`. A writer declares them again.
///
/// Two elements are equal when their names, attributes and nodes are equal. Prefixes do not count.
///
/// ```
/// use atom_fsm::xml::Element;
///
/// let element = Element::parse("<x:a xmlns:x='urn:x' b='1'>text<x:c/></x:a>")?;
/// assert!(element.name().is("urn:x", "a"));
/// assert_eq!(element.attribute("", "b"), Some("1"));
/// assert_eq!(element.text(), "text");
/// assert_eq!(element.to_string(), r#"<x:a xmlns:x="urn:x" b="1">text<x:c/></x:a>"#);
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Element<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) attributes: Vec<Attribute<'a>>,
    pub(crate) nodes: Vec<Node<'a>>,
    /// Prefixes and namespaces to declare on the element, since its content may need them.
    pub(crate) needed: Vec<(Cow<'a, str>, Shared<'a>)>,
}

/// A node in an [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Node<'a> {
    /// An element.
    Element(Element<'a>),
    /// Text. References are replaced, and CDATA sections are joined with the text around them.
    Text(Cow<'a, str>),
    /// A comment.
    Comment(Cow<'a, str>),
    /// A processing instruction: its target and its data.
    Instruction(Cow<'a, str>, Cow<'a, str>),
}

impl<'a> Element<'a> {
    /// Returns an empty element.
    #[must_use]
    pub fn new(name: Name<'a>) -> Self {
        Self { name, attributes: Vec::new(), nodes: Vec::new(), needed: Vec::new() }
    }

    /// Adds an attribute, in place of one of the same name.
    #[must_use]
    pub fn with_attribute(mut self, attribute: Attribute<'a>) -> Self {
        self.attributes.retain(|other| other.name != attribute.name);
        self.attributes.push(attribute);
        self
    }

    /// Appends text, joined with the text that is at the end.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        match self.nodes.last_mut() {
            _ if text.is_empty() => {}
            Some(Node::Text(last)) => last.to_mut().push_str(&text),
            _ => self.nodes.push(Node::Text(text)),
        }
        self
    }

    /// Appends an element.
    #[must_use]
    pub fn with_child(mut self, child: Element<'a>) -> Self {
        self.nodes.push(Node::Element(child));
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &Name<'a> {
        &self.name
    }

    /// The attributes in document order, without namespace declarations.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    /// The value of an attribute. Most attributes have no namespace: it is the empty text.
    #[must_use]
    pub fn attribute(&self, namespace: &str, local: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name.is(namespace, local));
        found.map(Attribute::value)
    }

    /// The nodes, in document order.
    #[must_use]
    pub fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// Iterates over the child elements, in document order.
    pub fn children(&self) -> impl Iterator<Item = &Element<'a>> + Clone + fmt::Debug {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) | Node::Instruction(..) => None,
        })
    }

    /// The first child element of a name.
    #[must_use]
    pub fn child(&self, namespace: &str, local: &str) -> Option<&Element<'a>> {
        self.children().find(|child| child.name.is(namespace, local))
    }

    /// The texts directly in the element, joined. It is borrowed if there is one at most.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        let mut pieces = self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(&**text),
            Node::Element(_) | Node::Comment(_) | Node::Instruction(..) => None,
        });
        let first = pieces.next().unwrap_or_default();
        match pieces.next() {
            None => Cow::Borrowed(first),
            Some(second) => Cow::Owned([first, second].into_iter().chain(pieces).collect()),
        }
    }

    /// Adds the declarations that are needed around the element, unless there is a nearer one of the prefix.
    pub(crate) fn need(&mut self, around: Vec<(Cow<'a, str>, Shared<'a>)>) {
        let mut needed = Needed::default();
        for (prefix, namespace) in std::mem::take(&mut self.needed).into_iter().chain(around) {
            needed.add(prefix, namespace);
        }
        self.needed = needed.into_sorted();
    }
}

/// Prefixes do not count.
impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.attributes == other.attributes && self.nodes == other.nodes
    }
}

impl Eq for Element<'_> {}

into_owned!(Element { name, attributes, nodes, needed });

into_owned!(
    enum Node {
        Element(element),
        Text(text),
        Comment(text),
        Instruction(target, data),
    }
);

impl IntoOwned for (Cow<'_, str>, Shared<'_>) {
    type Owned = (Cow<'static, str>, Shared<'static>);

    fn into_owned(self) -> Self::Owned {
        (IntoOwned::into_owned(self.0), self.1.into_owned())
    }
}
