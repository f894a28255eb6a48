//! Reads a TimeMap that arrives in pieces.

use crate::error::Error;
use crate::memento::elements::{Elements, trimmed, unwrap_lines};
use crate::memento::reading::Reading;
use crate::memento::timemap_link::TimeMapLink;
use crate::memento::usual::Usual;
use crate::reader::Reader;
use crate::reporting::Diagnostics;

impl Reader {
    /// Reads a TimeMap that arrives in pieces.
    #[must_use]
    pub fn timemap_reader(self) -> TimeMapReader {
        TimeMapReader {
            reading: Reading::new(self),
            buffer: Vec::new(),
            dropped: 0,
            start: 0,
            scanned: 0,
            elements: Elements::default(),
            state: State::Open,
        }
    }
}

/// Reads a TimeMap that arrives in pieces, in constant memory: it holds one link, and what of the last
/// piece was not read yet.
///
/// Octets go in by [`push`](Self::push), links come out of [`step`](Self::step). They are the same as
/// those of [`TimeMap`](crate::TimeMap), wherever the pieces end.
///
/// ```
/// use version_links::{TimeMapReader, TimeMapStep};
///
/// let mut reader = TimeMapReader::new();
/// for piece in [&b"<http://archive.example/1>;rel=\"me"[..], b"mento\";datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\""] {
///     reader.push(piece);
///     while let TimeMapStep::Link(link) = reader.step()? {
///         println!("{}", link.target());
///     }
/// }
/// reader.finish();
/// assert!(matches!(reader.step()?, TimeMapStep::Link(link) if link.is_memento()));
/// assert!(matches!(reader.step()?, TimeMapStep::Done));
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TimeMapReader {
    reading: Reading,
    buffer: Vec<u8>,
    /// How many octets before the buffer are no longer held.
    dropped: u64,
    /// Where the element begins in the buffer.
    start: usize,
    /// Up to where the end of the element was looked for.
    scanned: usize,
    elements: Elements,
    state: State,
}

/// What a [`TimeMapReader`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeMapStep<'r> {
    /// The next link.
    Link(TimeMapLink<'r>),
    /// All links were read that are complete: push the next octets, or finish.
    NeedInput,
    /// The document was read to its end, or a limit was exceeded.
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// No more octets come.
    Finished,
    /// At the end, or after a limit was exceeded.
    Ended,
}

impl TimeMapReader {
    /// A reader with the settings of [`Reader::new`].
    #[must_use]
    pub fn new() -> Self {
        Reader::new().timemap_reader()
    }

    /// Takes the next octets of the document. Octets after [`finish`](Self::finish) or after an
    /// exceeded limit are ignored.
    pub fn push(&mut self, octets: &[u8]) {
        if self.state != State::Open {
            return;
        }
        // What was read is dropped when it is half of the buffer, so that each octet moves once or so.
        if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.dropped += self.start as u64;
            self.scanned -= self.start;
            self.start = 0;
        }
        self.buffer.extend_from_slice(octets);
    }

    /// Says that the document has ended. Its last link is then complete.
    pub fn finish(&mut self) {
        if self.state == State::Open {
            self.state = State::Finished;
        }
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.reading.diagnostics
    }

    /// Reads the next link.
    ///
    /// # Errors
    /// The rule that the next link violates, if it is not tolerated: the next step reads the link
    /// after it. Or [`Limit::LinkOctets`](crate::Limit::LinkOctets) for a link that is too long: no
    /// further link is read.
    pub fn step(&mut self) -> Result<TimeMapStep<'_>, Error> {
        if let Some(read) = self.reading.more() {
            return read.map(TimeMapStep::Link);
        }
        if let Some((usual, start)) = self.usual() {
            return Ok(TimeMapStep::Link(usual.link(&self.buffer[start..])));
        }
        let (offset, start, end) = match self.element() {
            Found::Element { start, end } => (self.dropped + start as u64, start, end),
            Found::TooLong => {
                self.state = State::Ended;
                self.buffer = Vec::new();
                return Err(self.reading.too_long(self.dropped + self.start as u64));
            }
            Found::Nothing if self.state == State::Open => return Ok(TimeMapStep::NeedInput),
            Found::Nothing => {
                self.state = State::Ended;
                return Ok(TimeMapStep::Done);
            }
        };
        let element = self.buffer.get_mut(start..end).unwrap_or_default();
        unwrap_lines(element);
        self.reading.element(element, offset).map(TimeMapStep::Link)
    }

    /// Reads the next link if it is a usual one, and goes behind it. Its octets are those from the
    /// index on.
    fn usual(&mut self) -> Option<(Usual, usize)> {
        // Not in the middle of an element, and not after a limit was exceeded.
        let start = self.start;
        if self.scanned != start || self.state == State::Ended {
            return None;
        }
        let usual = Usual::read(self.buffer.get(start..)?)?;
        if usual.end as u64 > self.reading.most() {
            return None;
        }
        self.start += usual.end + 1;
        self.scanned = self.start;
        Some((usual, start))
    }

    /// Finds the next element that is not empty, and goes behind it.
    fn element(&mut self) -> Found {
        loop {
            if self.state == State::Ended {
                return Found::Nothing;
            }
            let found = self.elements.end(&self.buffer[self.scanned..]);
            let end = found.map_or(self.buffer.len(), |found| self.scanned + found);
            if (end - self.start) as u64 > self.reading.most() {
                return Found::TooLong;
            }
            let start = self.start;
            match (found, self.state) {
                (Some(_), _) => (self.start, self.scanned) = (end + 1, end + 1),
                (None, State::Open) => {
                    self.scanned = end;
                    return Found::Nothing;
                }
                (None, _) => (self.start, self.scanned, self.state) = (end, end, State::Ended),
            }
            let octets = &self.buffer[start..end];
            let element = trimmed(octets);
            if !element.is_empty() {
                let start = end - octets.trim_ascii_start().len();
                return Found::Element { start, end: start + element.len() };
            }
            if found.is_some() {
                self.reading.empty(self.dropped + end as u64);
            }
        }
    }
}

impl Default for TimeMapReader {
    fn default() -> Self {
        Self::new()
    }
}

/// What was found in the buffer.
enum Found {
    Element { start: usize, end: usize },
    TooLong,
    Nothing,
}
