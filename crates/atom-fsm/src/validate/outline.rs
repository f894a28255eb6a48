//! Where the feed and its entries are.

use crate::atom::{Entry, Feed};
use crate::error::Error;
use crate::place::Position;
use crate::root::{Root, sealed};
use crate::xml::{Token, XmlReader, XmlWriter};
use std::ops::Range;

/// A feed or an entry of which only the places matter: the start tag of the root, and that of each entry in
/// it, as offsets in octets from the start of the document.
///
/// They are as many as the elements that the reader's limits allow, and need no diagnostics.
#[derive(Debug)]
pub(crate) struct Outline {
    tags: Vec<Range<u64>>,
}

impl Outline {
    /// The start tag of the root, and those of the entries.
    pub(super) fn tags(&self) -> &[Range<u64>] {
        &self.tags
    }
}

/// Where the last start tag is in the document.
fn tag(reader: &XmlReader<'_>) -> Range<u64> {
    let tag = reader.tag();
    reader.in_document(tag.start)..reader.in_document(tag.end)
}

impl sealed::Root for Outline {}

impl<'a> Root<'a> for Outline {
    type Owned = Self;

    fn own(self) -> Self {
        self
    }

    fn is_root(reader: &XmlReader<'a>) -> bool {
        Feed::is_root(reader) || Entry::is_root(reader)
    }

    fn read_root(reader: &mut XmlReader<'a>, read: &mut Option<Self>) -> Result<(), Error> {
        let outline = read.insert(Self { tags: vec![tag(reader)] });
        let depth = reader.depth();
        loop {
            match reader.next()? {
                Token::Start => {
                    // As the reader of a feed, which takes a name in another case for the name.
                    let name = reader.name();
                    let is_entry = reader.depth() == depth + 1
                        && name.local().eq_ignore_ascii_case("entry")
                        && name.namespace() == crate::namespace::ATOM;
                    if is_entry {
                        outline.tags.push(tag(reader));
                    }
                }
                Token::End if reader.depth() < depth => return Ok(()),
                Token::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn write_root(&self, _: &mut XmlWriter<'_>) -> Result<(), Error> {
        Ok(())
    }
}

/// Counts the lines and columns of places in a document, each from the one before it.
#[derive(Debug)]
pub(super) struct Places<'a> {
    octets: &'a [u8],
    last: Position,
}

impl<'a> Places<'a> {
    pub(super) fn of(octets: &'a [u8]) -> Self {
        // A byte order mark is in no column.
        let offset = if octets.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
        Self { octets, last: Position { offset, line: 1, column: 1 } }
    }

    /// The position at an offset that is not before the last one.
    pub(super) fn next(&mut self, offset: u64) -> Position {
        let octet = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        let between = self.octets.get(octet(self.last.offset)..octet(offset)).unwrap_or_default();
        let is_character = |octet: &&u8| **octet & 0xC0 != 0x80;
        let characters = |octets: &[u8]| octets.iter().filter(is_character).count() as u64;
        let line = self.last.line + memchr::memchr_iter(b'\n', between).count() as u64;
        let column = match memchr::memrchr(b'\n', between) {
            Some(end) => 1 + characters(between.get(end + 1..).unwrap_or_default()),
            None => self.last.column + characters(between),
        };
        self.last = Position { offset, line, column };
        self.last
    }
}
