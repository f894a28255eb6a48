//! Where the parts of a feed end of which each can be read without the next: its head up to the root's
//! start tag, each child of the root, and the root's end tag.
//!
//! The markup is told apart as `xml::markup` does, which the tests compare; here it may come in any
//! pieces, and no octet is looked at twice.

use crate::xml::{after_doctype, doctype_end};
use memchr::{memchr, memchr3, memmem};

const COMMENT: &[u8] = b"<!--";
const CDATA: &[u8] = b"<![CDATA[";
const DOCTYPE: &[u8] = b"<!doctype";
/// The octets that are read of markup which is wrong at its start: more than an error shows.
const SHOWN: usize = 32;

/// The search for the end of a part.
#[derive(Debug, Default)]
pub(super) struct Segments {
    /// How many elements are open.
    depth: u64,
    is_root_read: bool,
    /// The octets of the part that were searched.
    searched: usize,
    /// The markup that was found and has not ended.
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    start: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unknown,
    /// With the quote that is open.
    Start(Option<u8>),
    End,
    Instruction,
    Comment,
    Cdata,
    /// With the number of octets from which on it is looked at again.
    Doctype(usize),
    /// No markup: what is wrong is at its start.
    Wrong,
}

impl Segments {
    /// A search that begins at a child of the root.
    pub(super) fn in_root() -> Self {
        Self { depth: 1, is_root_read: true, ..Self::default() }
    }

    /// A search that begins behind the root: all of it is one part.
    pub(super) fn behind_root() -> Self {
        Self { is_root_read: true, ..Self::default() }
    }

    /// The octets of the part at the start of `octets`, if all of it is there. Until then it is called
    /// again with more octets behind these, however many: the part is the same. `is_all` says that no more
    /// octets come, or that no more matter.
    pub(super) fn next(&mut self, octets: &[u8], is_all: bool) -> Option<usize> {
        if self.is_root_read && self.depth == 0 {
            return None;
        }
        loop {
            let mut open = match self.open {
                Some(open) => open,
                None => {
                    let rest = octets.get(self.searched..).unwrap_or_default();
                    let Some(found) = memchr(b'<', rest) else {
                        self.searched = octets.len();
                        return None;
                    };
                    let start = self.searched + found;
                    self.searched = start + 1;
                    Open { start, kind: Kind::Unknown }
                }
            };
            let markup = octets.get(open.start..).unwrap_or_default();
            if open.kind == Kind::Unknown {
                open.kind = kind(markup).unwrap_or(Kind::Unknown);
            }
            let end = self.end(&mut open, octets, is_all);
            self.open = end.is_none().then_some(open);
            let end = end?;
            self.searched = end;
            let is_empty = octets.get(end.wrapping_sub(2)) == Some(&b'/');
            if self.ends_part(open.kind, is_empty) {
                self.searched = 0;
                return Some(end);
            }
        }
    }

    /// Whether a part ends with markup of a kind.
    fn ends_part(&mut self, kind: Kind, is_empty: bool) -> bool {
        match kind {
            Kind::Start(_) => {
                let is_root = !std::mem::replace(&mut self.is_root_read, true);
                self.depth += u64::from(!is_empty);
                is_root || is_empty && self.depth <= 1
            }
            Kind::End => {
                self.is_root_read = true;
                self.depth = self.depth.saturating_sub(1);
                self.depth <= 1
            }
            Kind::Instruction | Kind::Comment => self.is_root_read && self.depth == 1,
            Kind::Wrong => true,
            Kind::Cdata | Kind::Doctype(_) | Kind::Unknown => false,
        }
    }

    /// The end of markup, if it is there.
    fn end(&mut self, open: &mut Open, octets: &[u8], is_all: bool) -> Option<usize> {
        match &mut open.kind {
            Kind::Unknown => None,
            Kind::Start(quote) => loop {
                let rest = octets.get(self.searched..).unwrap_or_default();
                let found = match *quote {
                    Some(quote) => memchr(quote, rest),
                    None => memchr3(b'>', b'"', b'\'', rest),
                };
                let Some(found) = found else {
                    self.searched = octets.len();
                    return None;
                };
                self.searched += found + 1;
                match (*quote, rest.get(found)) {
                    (None, Some(b'>')) => return Some(self.searched),
                    (None, opened) => *quote = opened.copied(),
                    (Some(_), _) => *quote = None,
                }
            },
            Kind::End => self.until(octets, open.start + 2, b">"),
            Kind::Instruction => self.until(octets, open.start + 2, b"?>"),
            Kind::Comment => self.until(octets, open.start + COMMENT.len(), b"-->"),
            Kind::Cdata => self.until(octets, open.start + CDATA.len(), b"]]>"),
            Kind::Doctype(from) => {
                // Behind the root's start tag it is refused at its start.
                if self.is_root_read {
                    return shown(open.start, octets, is_all);
                }
                let markup = octets.get(open.start..).unwrap_or_default();
                if markup.len() < *from && !is_all {
                    return None;
                }
                *from = markup.len().saturating_mul(2);
                let text = crate::encoding::text(markup).0;
                doctype_end(text).map(|end| open.start + end)
            }
            Kind::Wrong => shown(open.start, octets, is_all),
        }
    }

    fn until(&mut self, octets: &[u8], from: usize, end: &[u8]) -> Option<usize> {
        let from = from.max(self.searched);
        let found = memmem::find(octets.get(from..)?, end);
        if found.is_none() {
            // All of the end but its last octet may be there.
            self.searched = from.max((octets.len() + 1).saturating_sub(end.len()));
        }
        found.map(|found| from + found + end.len())
    }
}

/// The end of what is read of markup that is wrong at its start, if it is there.
fn shown(start: usize, octets: &[u8], is_all: bool) -> Option<usize> {
    let end = start + SHOWN;
    (is_all || octets.len() >= end).then_some(end.min(octets.len()))
}

/// What markup is, if there are octets enough to tell.
fn kind(markup: &[u8]) -> Option<Kind> {
    match markup {
        [] | [_] => None,
        [_, b'/', ..] => Some(Kind::End),
        [_, b'?', ..] => Some(Kind::Instruction),
        [_, b'!', ..] => {
            let is_doctype = || {
                let open = markup.get(..DOCTYPE.len()).and_then(|it| std::str::from_utf8(it).ok());
                open.is_some_and(|open| after_doctype(open).is_some())
            };
            let may_be_doctype = || {
                markup.len() < DOCTYPE.len()
                    && markup.eq_ignore_ascii_case(DOCTYPE.get(..markup.len()).unwrap_or_default())
            };
            if markup.starts_with(COMMENT) {
                Some(Kind::Comment)
            } else if markup.starts_with(CDATA) {
                Some(Kind::Cdata)
            } else if is_doctype() {
                Some(Kind::Doctype(0))
            } else if COMMENT.starts_with(markup) || CDATA.starts_with(markup) || may_be_doctype() {
                None
            } else {
                Some(Kind::Wrong)
            }
        }
        _ => Some(Kind::Start(None)),
    }
}
