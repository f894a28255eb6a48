//! An ordered tree for markup that is not Atom's, and for XHTML.

use super::name::{Attribute, Name};
use super::shared::Shared;
use crate::into_owned::{IntoOwned, into_owned};
use std::borrow::Cow;
use std::fmt;

/// An element: a name, attributes, and what stands in it, in order.
///
/// It also keeps the prefixes that were declared around it and that its text or attribute values
/// seem to use, as in `type="xs:string"`: a writer declares them again.
///
/// Two elements are equal when names (whatever their prefixes), attributes and nodes are.
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
    /// Prefixes and namespaces to be declared on it, since its content may need them.
    pub(crate) needed: Vec<(Cow<'a, str>, Shared<'a>)>,
}

/// What stands in an [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Node<'a> {
    /// An element.
    Element(Element<'a>),
    /// Text: references replaced, CDATA sections joined with what surrounds them.
    Text(Cow<'a, str>),
    /// A comment.
    Comment(Cow<'a, str>),
    /// A processing instruction: its target, and its data.
    Instruction(Cow<'a, str>, Cow<'a, str>),
}

impl<'a> Element<'a> {
    /// An empty element.
    #[must_use]
    pub fn new(name: Name<'a>) -> Self {
        Self { name, attributes: Vec::new(), nodes: Vec::new(), needed: Vec::new() }
    }

    /// With one more attribute; one of the same name is replaced.
    #[must_use]
    pub fn with_attribute(mut self, attribute: Attribute<'a>) -> Self {
        self.attributes.retain(|other| other.name != attribute.name);
        self.attributes.push(attribute);
        self
    }

    /// With more text at the end, joined with the text that stands there.
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

    /// With one more element at the end.
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

    /// The attributes, in order, without namespace declarations.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    /// The value of an attribute; most have no namespace, which is the empty one.
    #[must_use]
    pub fn attribute(&self, namespace: &str, local: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name.is(namespace, local));
        found.map(Attribute::value)
    }

    /// What stands in it, in order.
    #[must_use]
    pub fn nodes(&self) -> &[Node<'a>] {
        &self.nodes
    }

    /// The elements in it, in order.
    pub fn children(&self) -> impl Iterator<Item = &Element<'a>> + Clone + fmt::Debug {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Comment(_) | Node::Instruction(..) => None,
        })
    }

    /// The first element in it of a name.
    #[must_use]
    pub fn child(&self, namespace: &str, local: &str) -> Option<&Element<'a>> {
        self.children().find(|child| child.name.is(namespace, local))
    }

    /// The text directly in it, joined; borrowed when it is one piece.
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

    /// Notes a declaration, unless there is a nearer one. In the order of prefixes, so that what is
    /// written is written the same when read again.
    pub(crate) fn need(&mut self, prefix: Cow<'a, str>, namespace: Shared<'a>) {
        if let Err(at) = self.needed.binary_search_by(|(known, _)| known.cmp(&prefix)) {
            self.needed.insert(at, (prefix, namespace));
        }
    }
}

/// Equal whatever the prefixes.
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
