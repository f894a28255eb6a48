//! Reading the children of an element that holds elements.

use crate::compact_vec;
use crate::error::Error;
use crate::namespace;
use crate::rule::Rule;
use crate::xml::{Element, Token, XmlReader, is_blank, tree};

/// Calls `each` at the start tag of each child, until the parent ends; `each` reads up to the
/// child's end. Text that is not white space is reported and left out.
pub(crate) fn children<'a>(
    reader: &mut XmlReader<'a>,
    mut each: impl FnMut(&mut XmlReader<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        reader.skip_blank();
        match reader.next()? {
            Token::Start => each(reader)?,
            Token::Text(text) if !is_blank(&text) => {
                reader.violation_at(Rule::StrayText, reader.text())?;
            }
            Token::Text(_) | Token::Comment(_) | Token::Instruction(..) => {}
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

/// Reads an element. `None` means that its violation was reported and that it is kept as a tree.
type Read<'a, T> = fn(&mut XmlReader<'a>) -> Result<Option<T>, Error>;

/// Reads an element that may occur once. If it occurs again or cannot be understood, it is kept as
/// a tree.
pub(crate) fn single<'a, T>(
    slot: &mut Option<T>,
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
    read: Read<'a, T>,
) -> Result<(), Error> {
    if slot.is_some() {
        reader.violation_at(Rule::ElementRepeated, reader.tag())?;
        return keep(rest, reader);
    }
    let mark = reader.mark();
    *slot = read(reader)?;
    if slot.is_none() {
        reader.reread(&mark)?;
        keep(rest, reader)?;
    }
    Ok(())
}

/// Reads an element that may occur often. If it cannot be understood, it is kept as a tree.
pub(crate) fn several<'a, T>(
    list: &mut Vec<T>,
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
    read: Read<'a, T>,
) -> Result<(), Error> {
    let mark = reader.mark();
    if let Some(read) = read(reader)? {
        compact_vec::push(list, read);
    } else {
        reader.reread(&mark)?;
        keep(rest, reader)?;
    }
    Ok(())
}

/// Whether a list of elements has one of this name, whatever its case.
pub(crate) fn holds(rest: &[Element<'_>], namespace: &str, local: &str) -> bool {
    rest.iter().any(|element| {
        let name = element.name();
        namespace::same(&name.namespace, namespace) && name.local.eq_ignore_ascii_case(local)
    })
}

/// Keeps the element at the last start tag as a tree.
pub(crate) fn keep<'a>(
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
) -> Result<(), Error> {
    compact_vec::push(rest, tree::read(reader)?);
    Ok(())
}

/// Keeps an element as a tree. An element of the vocabulary itself is reported as unexpected.
pub(crate) fn other<'a>(
    rest: &mut Vec<Element<'a>>,
    reader: &mut XmlReader<'a>,
    vocabulary: &str,
) -> Result<(), Error> {
    if namespace::same(&reader.name().namespace, vocabulary) {
        reader.violation_at(Rule::ElementUnexpected, reader.tag())?;
    }
    keep(rest, reader)
}
