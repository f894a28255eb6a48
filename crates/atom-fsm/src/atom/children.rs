//! Reading the children of an element that holds elements.

use super::misc::{self, Misc};
use crate::compact_vec;
use crate::error::Error;
use crate::namespace;
use crate::rule::Rule;
use crate::xml::{Element, Token, XmlReader, is_blank, tree};

/// Calls `each` at the start tag of each child, until the parent ends; `each` reads up to the
/// child's end, and returns which child it is. Text that is not white space is reported and left out.
pub(crate) fn children<'a, P: Copy>(
    reader: &mut XmlReader<'a>,
    misc: &mut Misc<'a, P>,
    mut each: impl FnMut(&mut XmlReader<'a>) -> Result<P, Error>,
) -> Result<(), Error> {
    loop {
        reader.skip_blank();
        match reader.next()? {
            Token::Start => {
                let child = each(reader)?;
                misc.before(child);
            }
            Token::Text(text) if !is_blank(&text) => {
                reader.violation_at(Rule::StrayText, reader.text())?;
            }
            Token::Text(_) => {}
            token @ (Token::Comment(_) | Token::Instruction(..)) => {
                if let Some(node) = misc::node(token, reader)? {
                    misc.keep(node);
                }
            }
            Token::End | Token::Eof => return Ok(()),
        }
    }
}

/// Declares an enum of the child elements that an element may have: a variant for each, and
/// `const NAMES: &[(&str, Self)]`, its local names, for [`which`]. A `match` on the enum that
/// misses a variant does not compile.
macro_rules! child_elements {
    ($name:ident { $($variant:ident = $local:literal,)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum $name { $($variant,)* }

        impl $name {
            const NAMES: &'static [(&'static str, Self)] = &[$(($local, Self::$variant),)*];
        }
    };
}

pub(crate) use child_elements;

/// Which of a vocabulary's elements the last start tag is, if it is one of these. A name in
/// another case is reported, and taken for the one that it resembles.
pub(crate) fn which<T: Copy>(
    reader: &mut XmlReader<'_>,
    namespace: &str,
    known: &[(&'static str, T)],
) -> Result<Option<T>, Error> {
    if !namespace::same(&reader.name().namespace, namespace) {
        return Ok(None);
    }
    let local = &*reader.name().local;
    let first = local.bytes().next();
    let is_it = |known: &&(&str, T)| known.0.bytes().next() == first && known.0 == local;
    if let Some((_, found)) = known.iter().find(is_it) {
        return Ok(Some(*found));
    }
    let Some((_, meant)) = known.iter().find(|(known, _)| known.eq_ignore_ascii_case(local)) else {
        return Ok(None);
    };
    reader.violation_at(Rule::ElementNameCase, reader.tag())?;
    Ok(Some(*meant))
}

/// Whether the last start tag is an element of this name, as [`which`] compares names.
pub(crate) fn is(
    reader: &mut XmlReader<'_>,
    namespace: &str,
    local: &'static str,
) -> Result<bool, Error> {
    which(reader, namespace, &[(local, ())]).map(|found| found.is_some())
}

/// Where a child was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// In the slot or, with this number, the list of its name.
    Own(usize),
    /// With this number among the extensions.
    Extension(usize),
}

impl Put {
    /// Which child of its parent it is.
    pub(crate) fn child<P>(
        self,
        own: impl FnOnce(usize) -> P,
        extension: impl FnOnce(usize) -> P,
    ) -> P {
        match self {
            Self::Own(at) => own(at),
            Self::Extension(at) => extension(at),
        }
    }
}

/// Reads an element. `None` means that its violation was reported and that it is kept as a tree.
type Read<'a, T> = fn(&mut XmlReader<'a>) -> Result<Option<T>, Error>;

/// Reads an element that may occur once. If it occurs again or cannot be understood, it is kept as
/// a tree.
pub(crate) fn single<'a, T>(
    slot: &mut Option<T>,
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
    read: Read<'a, T>,
) -> Result<Put, Error> {
    if slot.is_some() {
        reader.violation_at(Rule::ElementRepeated, reader.tag())?;
        return keep(rest, reader).map(Put::Extension);
    }
    let mark = reader.mark();
    *slot = read(reader)?;
    if slot.is_some() {
        return Ok(Put::Own(0));
    }
    reader.reread(&mark)?;
    keep(rest, reader).map(Put::Extension)
}

/// Reads an element that may occur often. If it cannot be understood, it is kept as a tree.
pub(crate) fn several<'a, T>(
    list: &mut Vec<T>,
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
    read: Read<'a, T>,
) -> Result<Put, Error> {
    let mark = reader.mark();
    if let Some(read) = read(reader)? {
        compact_vec::push(list, read);
        return Ok(Put::Own(list.len() - 1));
    }
    reader.reread(&mark)?;
    keep(rest, reader).map(Put::Extension)
}

/// Whether a list of elements has one of this name, whatever its case.
pub(crate) fn holds(rest: &[Element<'_>], namespace: &str, local: &str) -> bool {
    rest.iter().any(|element| {
        let name = element.name();
        namespace::same(&name.namespace, namespace) && name.local.eq_ignore_ascii_case(local)
    })
}

/// Keeps the element at the last start tag as a tree, and returns its number.
pub(crate) fn keep<'a>(
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
) -> Result<usize, Error> {
    compact_vec::push(rest, tree::read(reader)?);
    Ok(rest.len() - 1)
}

/// Keeps an element as a tree, and returns its number. An element of the vocabulary itself is
/// reported as unexpected.
pub(crate) fn other<'a>(
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
    vocabulary: &str,
) -> Result<usize, Error> {
    if namespace::same(&reader.name().namespace, vocabulary) {
        reader.violation_at(Rule::ElementUnexpected, reader.tag())?;
    }
    keep(rest, reader)
}
