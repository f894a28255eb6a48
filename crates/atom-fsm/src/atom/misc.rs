//! The comments and instructions between the children of an element (XML 1.0 section 2.8, `Misc`).

use crate::error::Error;
use crate::into_owned::IntoOwned;
use crate::settings::Comments;
use crate::xml::{Node, Token, XmlReader, XmlWriter, tree};
use std::borrow::Cow;

/// The comments and instructions between the children of an element, each with the child that it
/// stands before. `P` names a child; its order is the one in which the children are written.
///
/// It takes one machine word of memory if there are none.
#[derive(Debug, Clone)]
pub(crate) struct Misc<'a, P>(Option<Box<Kept<'a, P>>>);

#[derive(Debug, Clone)]
struct Kept<'a, P> {
    nodes: Vec<(Place<P>, Node<'a>)>,
}

/// Where a comment or an instruction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place<P> {
    Before(P),
    /// Behind all children.
    End,
}

impl<P> Default for Misc<'_, P> {
    fn default() -> Self {
        Self(None)
    }
}

/// Comments and instructions do not count: they say nothing about the element.
impl<P> PartialEq for Misc<'_, P> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<P> Eq for Misc<'_, P> {}

impl<P: 'static> IntoOwned for Misc<'_, P> {
    type Owned = Misc<'static, P>;

    fn into_owned(self) -> Self::Owned {
        let owned = |(place, node)| (place, IntoOwned::into_owned(node));
        Misc(
            self.0
                .map(|kept| Box::new(Kept { nodes: kept.nodes.into_iter().map(owned).collect() })),
        )
    }
}

/// The comment or the instruction that was just read, unless the reader leaves it out.
pub(crate) fn node<'a>(
    token: Token<'a>,
    reader: &mut XmlReader<'a>,
) -> Result<Option<Node<'a>>, Error> {
    let node = match token {
        _ if reader.settings().comments == Comments::Omitted => return Ok(None),
        Token::Comment(text) => Node::Comment(text),
        Token::Instruction(target, data) => Node::Instruction(Cow::Borrowed(target), data),
        Token::Start | Token::End | Token::Text(_) | Token::Eof => return Ok(None),
    };
    reader.count_kept()?;
    Ok(Some(node))
}

impl<'a, P> Misc<'a, P> {
    /// Keeps a comment or an instruction, behind all children so far.
    pub(crate) fn keep(&mut self, node: Node<'a>) {
        let kept = self.0.get_or_insert_with(|| Box::new(Kept { nodes: Vec::new() }));
        kept.nodes.push((Place::End, node));
    }

    /// Says which child was read: what was kept since the last one stands before it.
    pub(crate) fn before(&mut self, child: P)
    where
        P: Copy,
    {
        let Some(kept) = &mut self.0 else { return };
        for (place, _) in kept.nodes.iter_mut().rev() {
            match place {
                Place::End => *place = Place::Before(child),
                Place::Before(_) => break,
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    /// The comments and instructions, in document order.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node<'a>> {
        self.0.iter().flat_map(|kept| &kept.nodes).map(|(_, node)| node)
    }

    /// What there is to write, where children are written in their order.
    pub(crate) fn unwritten(&self) -> Unwritten<'_, 'a, P>
    where
        P: Ord + Copy,
    {
        self.unwritten_by(|child| child)
    }

    /// The same, where children are written in another order: that of what `key` makes of each.
    pub(crate) fn unwritten_by<K: Ord + Copy>(&self, key: impl Fn(P) -> K) -> Unwritten<'_, 'a, K>
    where
        P: Copy,
    {
        let nodes = self.0.iter().flat_map(|kept| &kept.nodes);
        let mut nodes: Vec<_> = nodes
            .map(|(place, node)| match *place {
                Place::Before(child) => (Place::Before(key(child)), node),
                Place::End => (Place::End, node),
            })
            .collect();
        nodes.sort_by_key(|(place, _)| *place);
        Unwritten { nodes: nodes.into_iter() }
    }
}

/// The comments and instructions that are not written yet.
#[derive(Debug)]
pub(crate) struct Unwritten<'m, 'a, K> {
    nodes: std::vec::IntoIter<(Place<K>, &'m Node<'a>)>,
}

impl<K: Ord + Copy> Unwritten<'_, '_, K> {
    /// Writes those that stand before a child, and before children that are no longer there.
    pub(crate) fn before(&mut self, child: K, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        while let Some((place, node)) = self.nodes.as_slice().first() {
            if *place > Place::Before(child) {
                break;
            }
            tree::write_node(node, writer)?;
            self.nodes.next();
        }
        Ok(())
    }

    /// Writes the others, behind all children.
    pub(crate) fn end(self, writer: &mut XmlWriter<'_>) -> Result<(), Error> {
        self.nodes.map(|(_, node)| node).try_for_each(|node| tree::write_node(node, writer))
    }
}
