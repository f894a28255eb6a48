//! The usual link to a memento, read in one pass.
//!
//! The pass reads a link only if the reader of elements reads it alike and has nothing to report. For any
//! other link it gives nothing, and the reader of elements reads it from its start.

use crate::link_field::{Link, plain_reference};
use crate::memento::datetime::{MementoDatetime, Weekday};
use crate::memento::timemap_link::{TimeMapLink, digits, role};
use std::ops::Range;

/// A link to a memento in which there is nothing to report: where its parts are, and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Usual {
    /// White space and line breaks before it.
    pub(super) space: usize,
    target: Range<usize>,
    rel: Range<usize>,
    /// Where the comma after it is.
    pub(super) end: usize,
    roles: u16,
    datetime: MementoDatetime,
    uri_datetime: Option<MementoDatetime>,
}

impl Usual {
    /// Reads `<...>; rel="... memento"; datetime="..."` and the comma after it, at the start of octets.
    pub(super) fn read(octets: &[u8]) -> Option<Self> {
        let space = octets.iter().take_while(|octet| octet.is_ascii_whitespace()).count();
        let start = space + octets[space..].strip_prefix(b"<").map(|_| 1)?;
        let target = start..start + plain_reference(&octets[start..])?.len;
        let at = after(octets, target.end, b">")?;
        let at = after(octets, separated(octets, at)?, b"rel=\"")?;
        let rel = at..at + octets[at..].iter().position(|octet| *octet == b'"')?;
        let mut roles = 0;
        for word in octets[rel.clone()].split(|octet| *octet == b' ') {
            roles |= role(word)?;
        }
        let at = after(octets, separated(octets, rel.end + 1)?, b"datetime=\"")?;
        let date = octets.get(at..at + MementoDatetime::LEN)?;
        let end = after(octets, at + MementoDatetime::LEN, b"\"")?;
        let (datetime, weekday) = MementoDatetime::read(date)?;
        let uri_datetime = digits(&octets[target.clone()]);
        let is_usual = octets.get(end) == Some(&b',')
            && weekday == Weekday::Right
            && roles & TimeMapLink::MEMENTO != 0
            && uri_datetime.is_none_or(|stated| stated == datetime);
        is_usual.then_some(Self { space, target, rel, end, roles, datetime, uri_datetime })
    }

    /// The link, of the octets that it was read from.
    pub(super) fn link<'a>(&self, octets: &'a [u8]) -> TimeMapLink<'a> {
        // Both are ASCII, and within the octets.
        let text = |range: &Range<usize>| {
            octets.get(range.clone()).and_then(|text| std::str::from_utf8(text).ok())
        };
        let parameters = octets.get(self.target.end + 1..self.end).unwrap_or_default();
        let link = Link::new(text(&self.target).unwrap_or_default(), parameters);
        let link = link.with_rel(text(&self.rel).unwrap_or_default());
        TimeMapLink::usual(link, self.roles, self.datetime, self.uri_datetime)
    }
}

/// The index after a text at an index.
fn after(octets: &[u8], at: usize, text: &[u8]) -> Option<usize> {
    octets.get(at..)?.strip_prefix(text).map(|_| at + text.len())
}

/// The index after a semicolon and a space.
fn separated(octets: &[u8], at: usize) -> Option<usize> {
    let at = after(octets, at, b";")?;
    Some(after(octets, at, b" ").unwrap_or(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memento::elements::Elements;
    use crate::memento::reading::Reading;
    use crate::reader::Reader;
    use crate::reporting::Tolerance;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_usual_link_is_one_that_the_reader_of_elements_reads_alike_and_without_a_report(
            space in "(|\n|\r\n )", open in "(<|<|<|<<|)",
            target in "(http://a\\.example/20000620180259/x|/20000620180300id_/,;x|//a/%41|\\[|é|x)",
            close in "(>; |>;|>|> ; )", rel in "(rel|rel|REL|rev)=\"(first |last |next |prev  |memento |Memento )?memento\"",
            between in "(; |;|; ; |;\n)", name in "(datetime|datetime|from)",
            date in "(Tue, 20 Jun 2000 18:02:59 GMT|Mon, 20 Jun 2000 18:02:59 GMT|Tue, 20 Jun 2000 18:02:60 GMT|never)",
            end in "(\"|\" |\"; x)", comma in "(,|,|, <b>|)",
        ) {
            let document = format!("{space}{open}{target}{close}{rel}{between}{name}=\"{date}{end}{comma}");
            let octets = document.as_bytes();
            if let Some(usual) = Usual::read(octets) {
                let end = Elements::default().end(octets);
                prop_assert_eq!(end, Some(usual.end));
                let mut reading = Reading::new(Reader::new().tolerance(Tolerance::STRICT));
                let link = reading.element(&octets[usual.space..usual.end], 0).unwrap();
                prop_assert!(reading.diagnostics.is_empty() && reading.more().is_none());
                prop_assert_eq!(usual.link(octets), link);
            }
        }
    }

    #[test]
    fn the_links_of_web_archives_are_usual() {
        let read = |document: &str| Usual::read(document.as_bytes()).is_some();
        let date = "datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\"";
        let uri = "https://archive.example/web/20000620180259/http://a.example:80/?b=c,d";
        for rel in ["memento", "first memento", "first last memento", "prev memento"] {
            let is_usual = rel != "prev memento";
            assert_eq!(read(&format!("\n<{uri}>; rel=\"{rel}\"; {date},")), is_usual, "{rel}");
        }
        assert!(read(&format!("<{uri}>;rel=\"memento\";{date},\n<b>")));
        assert!(!read(&format!("<{uri}>; rel=\"memento\"; {date}")), "it may go on");
        assert!(!read(&format!("<{uri}>; rel=\"memento\"; {date}; x,")));
    }
}
