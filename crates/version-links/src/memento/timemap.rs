//! The links of a TimeMap that is in memory.

use crate::error::Error;
use crate::memento::elements::{Elements, is_wrapped, trimmed, unwrap_lines};
use crate::memento::reading::Reading;
use crate::memento::timemap_link::TimeMapLink;
use crate::memento::usual::Usual;
use crate::reader::Reader;
use crate::reporting::Diagnostics;

impl Reader {
    /// Reads the links of a TimeMap that is in memory.
    pub fn timemap(self, document: &[u8]) -> TimeMap<'_> {
        TimeMap { document, at: 0, state: State::Open, reading: Reading::new(self) }
    }
}

/// The links of a TimeMap (RFC 7089 section 5, media type `application/link-format`), in order.
///
/// A link that cannot be read is an error in its place, and its neighbours are read. Offsets count
/// from the start of the document. Unlike a Link field, a TimeMap may have line breaks between links
/// and between the parts of a link, and any number of links. [`TimeMapReader`] reads the same from a
/// document that arrives in pieces.
///
/// ```
/// use version_links::TimeMap;
///
/// let document = b"<http://a.example/>;rel=\"original\",\n\
///     <http://archive.example/timemap/1>;rel=\"self\";from=\"Tue, 20 Jun 2000 18:02:59 GMT\",\n\
///     <http://archive.example/2000/>;rel=\"memento\";datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\"";
/// let links = TimeMap::new(document).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(links.iter().filter(|link| link.is_memento()).count(), 1);
/// assert_eq!(links[1].from(), links[2].datetime());
/// # Ok::<(), version_links::Error>(())
/// ```
///
/// [`TimeMapReader`]: crate::TimeMapReader
#[derive(Debug, Clone)]
#[must_use]
pub struct TimeMap<'a> {
    document: &'a [u8],
    at: usize,
    state: State,
    reading: Reading,
}

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// At the end, or after a limit was exceeded.
    Ended,
}

impl<'a> TimeMap<'a> {
    /// Reads a TimeMap with the settings of [`Reader::new`].
    pub fn new(document: &'a [u8]) -> Self {
        Reader::new().timemap(document)
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.reading.diagnostics
    }

    fn element(&mut self, element: &'a [u8], offset: u64) -> Result<TimeMapLink<'a>, Error> {
        if !is_wrapped(element) {
            return self.reading.element(element, offset);
        }
        let mut line = element.to_vec();
        unwrap_lines(&mut line);
        self.reading.element(&line, offset).map(TimeMapLink::into_owned)
    }
}

impl<'a> Iterator for TimeMap<'a> {
    type Item = Result<TimeMapLink<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(read) = self.reading.more() {
            return Some(read);
        }
        while self.state == State::Open {
            let start = self.at;
            let rest = self.document.get(start..).unwrap_or_default();
            let most = usize::try_from(self.reading.most()).unwrap_or(usize::MAX);
            if let Some(usual) = Usual::read(rest).filter(|usual| usual.end <= most) {
                self.at += usual.end + 1;
                return Some(Ok(usual.link(rest)));
            }
            // One octet more than a link may have, beside the comma.
            let within = rest.get(..most.saturating_add(2)).unwrap_or(rest);
            let end = Elements::default().end(within);
            if end.map_or(within.len(), |end| end) > most {
                self.state = State::Ended;
                return Some(Err(self.reading.too_long(start as u64)));
            }
            let octets = match end {
                Some(end) => {
                    self.at += end + 1;
                    &rest[..end]
                }
                None => {
                    self.state = State::Ended;
                    rest
                }
            };
            let element = trimmed(octets);
            let leading = octets.len() - octets.trim_ascii_start().len();
            match (element, end) {
                ([], Some(end)) => self.reading.empty((start + end) as u64),
                ([], None) => {}
                _ => return Some(self.element(element, (start + leading) as u64)),
            }
        }
        None
    }
}

impl std::iter::FusedIterator for TimeMap<'_> {}
