//! Where each piece of markup begins and ends. Nothing is checked within it.

use super::chars;
use super::doctype;
use crate::rule::Rule;
use memchr::{memchr, memchr3, memmem};

/// What a piece of a document is, as its first octets show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Start,
    Empty,
    End,
    Text,
    Cdata,
    Comment,
    Instruction,
    Declaration,
    Doctype,
    Eof,
}

/// The piece that begins at an offset, and the offset of its end.
///
/// A fault is the rule that the rest of the document violates: [`Rule::Incomplete`] if more octets
/// could complete the piece.
pub(super) fn piece(source: &str, start: usize) -> Result<(Kind, usize), Rule> {
    let octets = source.as_bytes();
    let rest = octets.get(start..).unwrap_or_default();
    match rest {
        [] => Ok((Kind::Eof, start)),
        [b'<', b'/', ..] => until(rest, 2, b">").map(|end| (Kind::End, start + end)),
        [b'<', b'?', ..] => {
            let end = until(rest, 2, b"?>")?;
            let is_declaration = rest.starts_with(b"<?xml")
                && rest.get(5).is_some_and(|&octet| octet == b'?' || chars::is_space(octet));
            let kind = if is_declaration { Kind::Declaration } else { Kind::Instruction };
            Ok((kind, start + end))
        }
        [b'<', b'!', ..] => {
            let (kind, end) = marked(rest, source.get(start..).unwrap_or_default())?;
            Ok((kind, start + end))
        }
        [b'<', ..] => {
            let end = tag_end(rest, 1).ok_or(Rule::Incomplete)?;
            let is_empty = rest.get(end - 2) == Some(&b'/');
            Ok((if is_empty { Kind::Empty } else { Kind::Start }, start + end))
        }
        _ => Ok((Kind::Text, memchr(b'<', rest).map_or(octets.len(), |found| start + found))),
    }
}

/// Markup that begins with `<!`.
fn marked(octets: &[u8], text: &str) -> Result<(Kind, usize), Rule> {
    const COMMENT: &[u8] = b"<!--";
    const CDATA: &[u8] = b"<![CDATA[";
    if octets.starts_with(COMMENT) {
        until(octets, COMMENT.len(), b"-->").map(|end| (Kind::Comment, end))
    } else if octets.starts_with(CDATA) {
        until(octets, CDATA.len(), b"]]>").map(|end| (Kind::Cdata, end))
    } else if doctype::after_doctype(text).is_some() {
        Ok((Kind::Doctype, octets.len()))
    } else if COMMENT.starts_with(octets) || CDATA.starts_with(octets) {
        Err(Rule::Incomplete)
    } else {
        Err(Rule::Markup)
    }
}

fn until(octets: &[u8], from: usize, end: &[u8]) -> Result<usize, Rule> {
    let inside = octets.get(from..).unwrap_or_default();
    let found = match *end {
        [only] => memchr(only, inside),
        _ => memmem::find(inside, end),
    };
    found.map(|found| from + found + end.len()).ok_or(Rule::Incomplete)
}

/// The end of a start tag: behind the first `>` that is not in quotes.
pub(super) fn tag_end(octets: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memchr3(b'>', b'"', b'\'', octets.get(at..)?)?;
        let quote = match octets.get(found)? {
            b'>' => return Some(found + 1),
            quote => *quote,
        };
        at = found + 2 + memchr(quote, octets.get(found + 1..)?)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::events::Event;

    /// The pieces of a document, and what ends them if it is a fault.
    fn pieces(source: &str) -> (Vec<(Kind, usize)>, Option<Rule>) {
        let (mut pieces, mut at) = (Vec::new(), 0);
        loop {
            match piece(source, at) {
                Ok((Kind::Eof | Kind::Doctype, _)) => return (pieces, None),
                Ok((kind, end)) => {
                    assert!(end > at);
                    at = end;
                    pieces.push((kind, end));
                }
                Err(rule) => return (pieces, Some(rule)),
            }
        }
    }

    /// The same by quick-xml, which splits text at references.
    fn by_quick_xml(source: &str) -> (Vec<(Kind, usize)>, bool) {
        let mut reader = quick_xml::Reader::from_str(source);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        config.check_comments = false;
        config.trim_markup_names_in_closing_tags = false;
        let mut pieces = Vec::<(Kind, usize)>::new();
        loop {
            let kind = match reader.read_event() {
                Ok(Event::Start(_)) => Kind::Start,
                Ok(Event::Empty(_)) => Kind::Empty,
                Ok(Event::End(_)) => Kind::End,
                Ok(Event::Text(_) | Event::GeneralRef(_)) => Kind::Text,
                Ok(Event::CData(_)) => Kind::Cdata,
                Ok(Event::Comment(_)) => Kind::Comment,
                Ok(Event::PI(_)) => Kind::Instruction,
                Ok(Event::Decl(_)) => Kind::Declaration,
                Ok(Event::DocType(_) | Event::Eof) => return (pieces, false),
                Err(_) => return (pieces, true),
            };
            let end = usize::try_from(reader.buffer_position()).unwrap();
            match pieces.last_mut() {
                Some((Kind::Text, last)) if kind == Kind::Text => *last = end,
                _ => pieces.push((kind, end)),
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_pieces_are_those_of_quick_xml(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "<a>", "</a>", "<a b='>'>", "<a b=\"'\"/>", "<!--", "-->", "-", "<![CDATA[", "]]>",
                    "<?", "?>", "<?xml", " ", "'", "\"", "&amp;", "é", "<", ">", "/", "a", "<!", "]",
                ]),
                0..12,
            )
        ) {
            let source = pieces.concat();
            // Neither is well-formed, wherever it ends: what has no name, and an end tag with quotes.
            let has_quotes = |tag: &str| tag.split('>').next().unwrap().contains(['"', '\'']);
            prop_assume!(!source.contains("<?>") && !source.split("</").skip(1).any(has_quotes));
            let (ours, fault) = super::tests::pieces(&source);
            let (theirs, is_fault) = by_quick_xml(&source);
            prop_assert_eq!((ours, fault.is_some()), (theirs, is_fault), "{}", source);
        }
    }

    #[test]
    fn what_more_octets_could_complete_is_incomplete() {
        for cut in [
            "<", "<a", "<a b='", "<!", "<!-", "<!--", "<!-- -", "<![CDA", "<?", "<?a ?", "</",
            "</a",
        ] {
            assert_eq!(piece(cut, 0), Err(Rule::Incomplete), "{cut}");
        }
        for wrong in ["<!a", "<!>", "<!D", "<![cdata["] {
            assert_eq!(piece(wrong, 0), Err(Rule::Markup), "{wrong}");
        }
    }
}
