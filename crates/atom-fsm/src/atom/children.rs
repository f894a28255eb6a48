//! Reading the children of an element that holds elements.

use crate::error::Error;
use crate::grow;
use crate::namespace;
use crate::rule::Rule;
use crate::xml::{Element, Pull, Token, is_blank, tree};

/// Gives each child's start tag to `each`, which reads up to the child's end, until the parent
/// ends. Text that is not white space is reported, and left out.
pub(crate) fn children<'a>(
    pull: &mut Pull<'a>,
    mut each: impl FnMut(&mut Pull<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        match pull.next()? {
            Token::Start => each(pull)?,
            Token::Text(text) if !is_blank(&text) => {
                pull.breach_at(Rule::StrayText, pull.text())?;
            }
            Token::Text(_) | Token::Comment(_) | Token::Instruction(..) => {}
            Token::End | Token::Eof => return Ok(()),
        }
    }
}

/// Which of a vocabulary's elements the start tag read last is, if any of these. A name in
/// another case is reported, and taken for the one it resembles.
pub(crate) fn which<'a>(
    pull: &mut Pull<'a>,
    namespace: &str,
    known: &[&'static str],
) -> Result<Option<&'static str>, Error> {
    if !namespace::same(&pull.name().namespace, namespace) {
        return Ok(None);
    }
    let local = &*pull.name().local;
    let first = local.bytes().next();
    let is_it = |known: &&&str| known.bytes().next() == first && **known == local;
    if let Some(found) = known.iter().find(is_it) {
        return Ok(Some(found));
    }
    let Some(meant) = known.iter().find(|known| known.eq_ignore_ascii_case(local)) else {
        return Ok(None);
    };
    pull.breach_at(Rule::ElementNameCase, pull.tag())?;
    Ok(Some(meant))
}

/// Reads an element; nothing when its breach was reported and it is to be kept as a tree.
type Read<'a, T> = fn(&mut Pull<'a>) -> Result<Option<T>, Error>;

/// Reads an element that may stand once; one that stands again, or cannot be understood, is kept
/// as a tree.
pub(crate) fn single<'a, T>(
    slot: &mut Option<T>,
    rest: &mut Vec<Element<'a>>,
    pull: &mut Pull<'a>,
    read: Read<'a, T>,
) -> Result<(), Error> {
    if slot.is_some() {
        pull.breach_at(Rule::ElementRepeated, pull.tag())?;
        grow::push(rest, tree::read(pull)?);
        return Ok(());
    }
    let mark = pull.mark();
    *slot = read(pull)?;
    if slot.is_none() {
        pull.reread(&mark)?;
        grow::push(rest, tree::read(pull)?);
    }
    Ok(())
}

/// Reads an element that may stand often; one that cannot be understood is kept as a tree.
pub(crate) fn several<'a, T>(
    list: &mut Vec<T>,
    rest: &mut Vec<Element<'a>>,
    pull: &mut Pull<'a>,
    read: Read<'a, T>,
) -> Result<(), Error> {
    let mark = pull.mark();
    if let Some(read) = read(pull)? {
        grow::push(list, read);
    } else {
        pull.reread(&mark)?;
        grow::push(rest, tree::read(pull)?);
    }
    Ok(())
}

/// Keeps an element as a tree. One of the vocabulary itself does not belong here.
pub(crate) fn other<'a>(
    rest: &mut Vec<Element<'a>>,
    pull: &mut Pull<'a>,
    vocabulary: &str,
) -> Result<(), Error> {
    if namespace::same(&pull.name().namespace, vocabulary) {
        pull.breach_at(Rule::ElementUnexpected, pull.tag())?;
    }
    grow::push(rest, tree::read(pull)?);
    Ok(())
}
