//! Where each piece of markup begins and ends. Nothing is checked within it.

use super::doctype;
use crate::rule::Rule;
use memchr::{memchr, memchr3, memmem};
use quick_xml::events::Event;

/// The byte order mark.
pub(crate) const MARK: char = '\u{FEFF}';

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

/// The markup of a document. quick-xml finds it, except for texts and for tags that end: most of a
/// document is one or the other, and where they end is found here by one search.
#[derive(Debug)]
pub(super) struct Markup<'a> {
    source: &'a str,
    inner: quick_xml::Reader<&'a [u8]>,
    /// Where `inner` began in the source.
    began: usize,
}

impl<'a> Markup<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { source, inner: inner(source), began: 0 }
    }

    /// The piece that begins at an offset, and the offset of its end.
    ///
    /// A fault is the rule that the rest of the document violates: [`Rule::Incomplete`] if more octets
    /// could complete the piece.
    pub(super) fn piece(&mut self, start: usize) -> Result<(Kind, usize), Rule> {
        match self.source.as_bytes().get(start..).unwrap_or_default() {
            [] => return Ok((Kind::Eof, start)),
            rest @ [b'<', next, ..] if !matches!(next, b'!' | b'?') => {
                let (kind, length) = tag(rest).ok_or(Rule::Incomplete)?;
                return Ok((kind, start + length));
            }
            [b'<', ..] => {}
            text => return Ok((Kind::Text, start + text_end(text))),
        }
        if self.at() != start {
            self.begin(start);
        }
        let kind = match self.inner.read_event() {
            Ok(Event::CData(_)) => Kind::Cdata,
            Ok(Event::Comment(_)) => Kind::Comment,
            Ok(Event::PI(_)) => return self.closed(Kind::Instruction, start, b"?>"),
            Ok(Event::Decl(_)) => Kind::Declaration,
            // There is none of these at `<!` or `<?`.
            Ok(
                Event::Start(_)
                | Event::Empty(_)
                | Event::End(_)
                | Event::Text(_)
                | Event::GeneralRef(_)
                | Event::Eof,
            ) => return Err(Rule::Markup),
            Ok(Event::DocType(_)) => return Ok((Kind::Doctype, self.source.len())),
            Err(error) => return self.fault(&error, start),
        };
        Ok((kind, self.at()))
    }

    /// A piece that ends at its first closing octets: quick-xml takes `<?>` for an instruction.
    fn closed(&self, kind: Kind, start: usize, close: &[u8]) -> Result<(Kind, usize), Rule> {
        let inside = self.source.as_bytes().get(start + 2..).unwrap_or_default();
        let end = memmem::find(inside, close).ok_or(Rule::Incomplete)?;
        Ok((kind, start + 2 + end + close.len()))
    }

    #[cold]
    fn fault(&self, error: &quick_xml::Error, start: usize) -> Result<(Kind, usize), Rule> {
        let rest = self.source.get(start..).unwrap_or_default();
        let may_become = |open: &str| rest.starts_with(open) || open.starts_with(rest);
        match error {
            _ if doctype::after_doctype(rest).is_some() => Ok((Kind::Doctype, self.source.len())),
            _ if rest.starts_with("<?") => self.closed(Kind::Instruction, start, b"?>"),
            quick_xml::Error::Syntax(_)
                if !rest.starts_with("<!") || may_become("<!--") || may_become("<![CDATA[") =>
            {
                Err(Rule::Incomplete)
            }
            _ => Err(Rule::Markup),
        }
    }

    fn at(&self) -> usize {
        let position = usize::try_from(self.inner.buffer_position()).unwrap_or(usize::MAX);
        self.source.len().min(self.began.saturating_add(position))
    }

    fn begin(&mut self, start: usize) {
        self.inner = inner(self.source.get(start..).unwrap_or_default());
        self.began = start;
    }
}

fn inner(source: &str) -> quick_xml::Reader<&[u8]> {
    let mut inner = quick_xml::Reader::from_str(source);
    let config = inner.config_mut();
    // All of this is checked by the reader above, which knows the places.
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    config.check_comments = false;
    config.trim_markup_names_in_closing_tags = false;
    inner
}

/// Most texts are a line break between two tags.
fn text_end(octets: &[u8]) -> usize {
    if octets.get(1) == Some(&b'<') { 1 } else { memchr(b'<', octets).unwrap_or(octets.len()) }
}

/// A tag, and its length, if it ends.
fn tag(octets: &[u8]) -> Option<(Kind, usize)> {
    if octets.get(1) == Some(&b'/') {
        return Some((Kind::End, 2 + memchr(b'>', octets.get(2..)?)? + 1));
    }
    let end = tag_end(octets, 1)?;
    let is_empty = octets.get(end - 2) == Some(&b'/');
    Some((if is_empty { Kind::Empty } else { Kind::Start }, end))
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
    use crate::xml::chars;
    use proptest::prelude::*;

    /// The piece that begins at an offset, and the offset of its end.
    ///
    /// A fault is the rule that the rest of the document violates: [`Rule::Incomplete`] if more octets
    /// could complete the piece.
    fn piece(source: &str, start: usize) -> Result<(Kind, usize), Rule> {
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

    type Pieces = (Vec<(Kind, usize)>, Option<Rule>);

    /// The pieces of a document, and the fault that ends them.
    fn pieces(mut piece: impl FnMut(usize) -> Result<(Kind, usize), Rule>) -> Pieces {
        let (mut pieces, mut at) = (Vec::new(), 0);
        loop {
            match piece(at) {
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

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        /// The slow twin is the grammar's own search, piece by piece.
        #[test]
        fn xml_2_4_the_pieces_are_those_of_the_grammar(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<a>", "</a>", "<a b='>'>", "<a b=\"'\"/>", "<!--", "-->", "-", "<![CDATA[", "]]>",
                    "<?", "?>", "<?xml", " ", "'", "\"", "&amp;", "&", "é", "<", ">", "/", "a", "<!", "]",
                    "\u{FEFF}", "<!DOCTYPE",
                ]),
                0..12,
            )
        ) {
            let source = parts.concat();
            let mut markup = Markup::new(&source);
            let found = pieces(|at| markup.piece(at));
            prop_assert_eq!(found, pieces(|at| piece(&source, at)), "{}", source);
            // quick-xml, which is not asked for start tags, finds their ends where they are found here.
            for (at, _) in source.match_indices('<') {
                let rest = &source[at..];
                let is_start = !["</", "<!", "<?"].iter().any(|other| rest.starts_with(other));
                if let Some((kind, length)) = tag(rest.as_bytes()).filter(|_| is_start) {
                    let mut theirs = inner(rest);
                    let event = theirs.read_event();
                    prop_assert_eq!(matches!(event, Ok(Event::Empty(_))), kind == Kind::Empty);
                    prop_assert_eq!(matches!(event, Ok(Event::Start(_))), kind == Kind::Start);
                    prop_assert_eq!(theirs.buffer_position(), length as u64, "{}", rest);
                }
            }
        }
    }

    #[test]
    fn what_more_octets_could_complete_is_incomplete() {
        for cut in [
            "<", "<a", "<a b='", "<!", "<!-", "<!--", "<!-- -", "<![CDA", "<?", "<?a ?", "</",
            "</a",
        ] {
            assert_eq!(Markup::new(cut).piece(0), Err(Rule::Incomplete), "{cut}");
        }
        for wrong in ["<!a", "<!>", "<!D", "<![cdata["] {
            assert_eq!(Markup::new(wrong).piece(0), Err(Rule::Markup), "{wrong}");
        }
    }
}
