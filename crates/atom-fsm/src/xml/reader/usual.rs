//! The fast paths: tags and texts that are written as most are. Whatever is not, `next` reads piece by
//! piece, which is the slow twin of all that is here.

use super::XmlReader;
use crate::error::Error;
use crate::xml::chars;
use crate::xml::text;
use memchr::memchr;
use std::borrow::Cow;
use std::ops::Range;

/// What is between the start tag and the end tag of an element without markup in it.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    pub(crate) text: Cow<'a, str>,
    span: Range<usize>,
    end_tag: Range<usize>,
}

impl<'a> XmlReader<'a> {
    /// Whether the fast paths may be tried: what is repaired is looked at piece by piece.
    pub(super) fn may_be_usual(&self) -> bool {
        #[cfg(test)]
        if self.is_slow {
            return false;
        }
        self.pending.is_none() && !self.repairs()
    }

    /// Skips white space up to a tag, where an element contains elements only: most texts there are line
    /// breaks. Any other text is read by [`next`](Self::next).
    pub(crate) fn skip_blank(&mut self) {
        if self.is_empty || self.pending.is_some() || self.open.is_empty() {
            return;
        }
        let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
        let blank = rest.iter().take_while(|octet| chars::is_space(**octet)).count();
        if matches!(rest.get(blank..), Some([b'<', next, ..]) if !matches!(next, b'!' | b'?')) {
            self.at += blank;
        }
    }

    /// Reads the start tag at the offset; `None` if it is written as few are.
    pub(super) fn usual_start(&mut self) -> Result<Option<()>, Error> {
        let start = self.at;
        let Some(inside) = self.source.get(start + 1..) else { return Ok(None) };
        let most = self.limits().attributes;
        let Some((length, is_empty)) = self.raw.read_usual(inside, start + 1, most) else {
            return Ok(None);
        };
        let span = start..start + 1 + length;
        self.piece = span.clone();
        self.at = span.end;
        self.may_start(&span)?;
        self.resolve_tag(span.start + 1)?;
        self.opened(is_empty);
        Ok(Some(()))
    }

    /// Reads the end tag at the offset; `None` if it is written as few are, or is not that of the open
    /// element.
    pub(super) fn usual_end(&mut self) -> Option<()> {
        let end_tag = self.end_tag_at(self.at)?;
        self.end_at(end_tag);
        Some(())
    }

    /// The text of the element at the last start tag, if its end tag is behind it. Nothing has been read
    /// before [`end_leaf`](Self::end_leaf).
    pub(crate) fn leaf(&self) -> Option<Leaf<'a>> {
        if self.is_empty || !self.may_be_usual() {
            return None;
        }
        let rest = self.source.as_bytes().get(self.at..)?;
        let span = self.at..self.at + memchr(b'<', rest)?;
        let end_tag = self.end_tag_at(span.end)?;
        let text = text::content(self.source.get(span.clone())?).ok()?;
        Some(Leaf { text, span, end_tag })
    }

    /// Goes on behind the end tag of an element without markup, and returns its text.
    pub(crate) fn end_leaf(&mut self, leaf: Leaf<'a>) -> Cow<'a, str> {
        if !leaf.span.is_empty() {
            self.text = leaf.span;
        }
        self.end_at(leaf.end_tag);
        leaf.text
    }

    /// The usual end tag of the innermost open element, if it is at this offset.
    fn end_tag_at(&self, at: usize) -> Option<Range<usize>> {
        let name = self.open.last()?.name.as_bytes();
        let behind = self.source.as_bytes().get(at..)?.strip_prefix(b"</")?.strip_prefix(name)?;
        behind.starts_with(b">").then(|| at..at + name.len() + "</>".len())
    }

    fn end_at(&mut self, end_tag: Range<usize>) {
        self.at = end_tag.end;
        self.piece = end_tag;
        self.close();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use crate::limits::Limits;
    use crate::reporting::Tolerance;
    use crate::settings::Settings;
    use crate::xml::reader::Token;
    use crate::xml::tree;
    use proptest::prelude::*;

    const PARTS: &[&str] = &[
        "<a>",
        "</a>",
        "<a",
        "</a",
        ">",
        "/>",
        " ",
        "\n",
        "<x:b",
        "</x:b>",
        "<é>",
        "</é>",
        "</a >",
        " b='c'",
        " x:b=\"&amp;\"",
        " xmlns:x='urn:x'",
        " xmlns='urn:y'",
        " b = ''",
        " b='<'",
        " b='>'",
        " b=''b=''",
        " xmlns:x=''",
        "text",
        "&lt;",
        "&",
        "]]>",
        "<![CDATA[a]]>",
        "<!-- -->",
        "<?a?>",
        "\u{FFFE}",
        "\r",
        "<",
        "<a b='",
        "<a/ >",
        "<x:b/>",
        "x:",
        ":",
        "é",
    ];

    fn reader(source: &str, limits: Limits, is_slow: bool) -> XmlReader<'_> {
        let settings = Settings { limits, tolerance: Tolerance::ALL, ..Settings::default() };
        let mut reader = XmlReader::new(source, settings, &[]).unwrap();
        reader.is_slow = is_slow;
        reader
    }

    /// All that a reader says of a document, up to its end or to the error.
    fn read(source: &str, limits: Limits, is_slow: bool) -> (Vec<String>, String) {
        let mut reader = reader(source, limits, is_slow);
        let mut read = Vec::new();
        loop {
            match reader.next() {
                Ok(Token::Eof) => return (read, format!("{:?}", reader.diagnostics)),
                Ok(token) => read.push(format!(
                    "{token:?} {:?} {:?} {:?} {:?} {} {}",
                    reader.name,
                    reader.attributes,
                    reader.tag,
                    reader.text,
                    reader.offset(),
                    reader.depth(),
                )),
                Err(error) => return (read, format!("{error:?} {:?}", reader.diagnostics)),
            }
        }
    }

    fn tree(source: &str, is_slow: bool) -> String {
        let mut reader = reader(source, Limits::default(), is_slow);
        let read = reader.next_start().and_then(|()| tree::read(&mut reader));
        format!("{read:?} {:?} {}", reader.diagnostics, reader.offset())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8192))]

        /// The slow twin reads piece by piece.
        #[test]
        fn what_is_written_as_most_is_reads_as_anything_else(
            parts in prop::collection::vec(prop::sample::select(PARTS), 0..16),
            few in 1..5_u64,
        ) {
            for source in [parts.concat(), format!("<a xmlns:x='urn:x'>{}</a>", parts.concat())] {
                let few = Limits::default().depth(few).attributes(few).namespaces(few).elements(few);
                for limits in [Limits::default(), few] {
                    let usual = read(&source, limits, false);
                    prop_assert_eq!(usual, read(&source, limits, true), "{}", source);
                }
                prop_assert_eq!(tree(&source, false), tree(&source, true), "{}", source);
            }
        }
    }

    #[test]
    fn most_tags_and_texts_are_usual() {
        let mut reader = reader("<a b='c'>text &amp; text</a>", Limits::default(), false);
        assert!(reader.usual_start().unwrap().is_some());
        let leaf = reader.leaf().unwrap();
        assert_eq!(reader.end_leaf(leaf), "text & text");
        assert!(reader.is_exhausted());
    }
}
