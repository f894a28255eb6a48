//! Reading a package that comes in chunks, without IO.

mod feed;
mod resync;

use crate::checks::Checks;
use crate::delimiter::{At, Delimiter, Line, Sought, Window};
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Misuse};
use crate::frame;
use crate::head::Head;
use crate::head::scan::{HeadScan, Scanned, Seen};
use crate::opener::{Opened, Opener};
use crate::reader::{Framing, Setup};
use crate::rule::Rule;
use bytes::Bytes;
use feed::Feed;
use resync::{Failed, Start};
use std::ops::Range;

/// What a [`Decoder`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Something was read.
    Event(Event),
    /// All that was fed is read: [`push`](Decoder::push) more, or [`finish`](Decoder::finish).
    NeedInput,
    /// The whole input was read, close delimiter included.
    Done,
}

/// What was read.
///
/// Every part is a `Head`, any number of `Body`, and an `End`; or, where the caller asks to go on after
/// a part that could not be read, a `Lost` in place of what is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Head(Head<Bytes>),
    /// The next octets of the part's body: a slice of what was fed, except where a chunk's border
    /// had to be bridged. How a body is cut into these depends on the chunks.
    Body(Bytes),
    /// The part is whole.
    End,
    /// After [`resync`](Decoder::resync): these octets are lost, from a part's head up to the
    /// delimiter line where the reading goes on.
    Lost(Range<u64>),
}

/// Reads a package or feed document that comes in chunks of any size.
///
/// It does no IO: octets go in, steps come out. Beyond what was fed and not drained it holds no
/// more than a head or a delimiter line. After an error every step gives the same error, until
/// [`resync`](Self::resync).
///
/// ```
/// use multipart_package::{Event, Reader, Step};
///
/// let mut decoder = Reader::from_content_type(b"multipart/mixed; boundary=b")?.decoder();
/// let mut bodies = Vec::new();
/// for chunk in [&b"--b\r\n\r\nhel"[..], b"lo\r\n-", b"-b--\r\n"] {
///     decoder.push(chunk.into());
///     while let Step::Event(event) = decoder.step()? {
///         if let Event::Body(octets) = event {
///             bodies.extend_from_slice(&octets);
///         }
///     }
/// }
/// decoder.finish();
/// assert_eq!(decoder.step()?, Step::Done);
/// assert_eq!(bodies, b"hello");
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug)]
pub struct Decoder {
    setup: Setup,
    feed: Feed,
    number: u64,
    part: OpenPart,
    /// The first hyphen of the delimiter line last read, or the start of an implied first part.
    opened_at: u64,
    is_closed: bool,
    state: State,
}

/// What is known of the part being read.
#[derive(Debug, Clone, Copy)]
struct OpenPart {
    /// Where its head begins.
    start: u64,
    seen: Seen,
    body_offset: u64,
    body_octets: u64,
    /// Whether the body is empty so far, or ends in a line feed.
    ends_line: bool,
}

#[derive(Debug)]
enum State {
    Opening(Opener),
    /// Looking for the first delimiter line of a range.
    Seek(Range<u64>),
    Preamble,
    Head(HeadScan),
    /// At a body's first octet.
    BodyStart,
    Body,
    /// In a body framed by its length, with so many octets to come.
    LengthBody(u64),
    /// Behind a body framed by its length.
    LengthEnd,
    /// The body is whole; the delimiter line that ended it, or none at the end of the input.
    End(Option<Line>, u64),
    Epilogue(u64),
    /// Looking for the delimiter line behind a part that could not be read, from its head or from
    /// within its body.
    Resync(Start),
    /// The delimiter line behind such a part, which is read.
    Lost(Line, u64),
    Done,
    Failed(Error, Failed),
}

/// What one turn of the machine gave: a step for the caller, or another turn.
pub(crate) type Turn = Result<Option<Step>, Error>;

impl Decoder {
    pub(crate) fn new(setup: Setup) -> Self {
        let state = State::Opening(Opener::new(setup.opening, &setup.checks));
        let part = OpenPart {
            start: 0,
            seen: HeadScan::new().seen(),
            body_offset: 0,
            body_octets: 0,
            ends_line: true,
        };
        let feed = Feed::default();
        Self { setup, feed, number: 0, part, opened_at: 0, is_closed: false, state }
    }

    /// Goes on at a part's start.
    pub(crate) fn at(setup: Setup, offset: u64, number: u64) -> Self {
        let state = State::Head(HeadScan::new());
        Self { feed: Feed::at(offset), number, state, ..Self::new(setup) }
    }

    /// Begins at the first delimiter line whose first hyphen lies in a range, fed from two octets
    /// before it on; done where there is none.
    pub(crate) fn within(setup: Setup, range: Range<u64>) -> Self {
        let feed = Feed::at(range.start.saturating_sub(2));
        Self { feed, state: State::Seek(range), ..Self::new(setup) }
    }

    /// The first hyphen of the delimiter line last read, and whether it closes; none before the
    /// first one, unless it is implied, and none within a part.
    pub(crate) fn passed(&self) -> Option<(u64, bool)> {
        let is_between = matches!(self.state, State::Head(_) | State::Epilogue(_));
        is_between.then_some((self.opened_at, self.is_closed))
    }

    pub(crate) fn is_framed_by_length(&self) -> bool {
        matches!(self.setup.framing, Framing::Length)
    }

    /// Where the input ends, where the reading has come to it.
    pub(crate) fn input_end(&self) -> Option<u64> {
        let window = self.feed.window();
        (window.last && window.octets.is_empty()).then_some(window.base)
    }

    pub(crate) fn delimiter(&self) -> &Delimiter {
        &self.setup.delimiter
    }

    /// Where the part begins whose head comes next, and its number.
    pub(crate) fn at_part(&self) -> Option<(&Setup, (u64, u64))> {
        let at = (self.feed.base(), self.number);
        matches!(self.state, State::Head(_)).then_some((&self.setup, at))
    }

    /// Feeds the next octets. They are kept until [`step`](Self::step) has drained them.
    pub fn push(&mut self, chunk: Bytes) {
        if chunk.is_empty() {
            return;
        }
        if self.feed.has_ended() && !matches!(self.state, State::Failed(..)) {
            let error = Error::misuse(Misuse::InputAfterEnd, self.feed.base());
            self.state = State::Failed(error, Failed::All);
        }
        self.feed.push(chunk);
    }

    /// Says that no more octets will come.
    pub fn finish(&mut self) {
        self.feed.end();
    }

    /// How many octets of the whole input are read.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.feed.base()
    }

    /// The breaches that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.setup.checks.diagnostics
    }

    /// Goes on to the next event.
    ///
    /// # Errors
    /// A broken [`Rule`] that the tolerance does not hold, or a limit exceeded.
    #[inline]
    pub fn step(&mut self) -> Result<Step, Error> {
        loop {
            if let Some(step) = self.advance()? {
                return Ok(step);
            }
        }
    }

    /// One turn; no step where another turn is due.
    #[inline]
    pub(crate) fn advance(&mut self) -> Turn {
        self.turn().inspect_err(|error| self.fail(error.clone()))
    }

    fn turn(&mut self) -> Turn {
        match &self.state {
            State::Opening(_) => self.opening(),
            State::Seek(range) => {
                let range = range.clone();
                self.seek(&range)
            }
            State::Preamble => self.preamble(),
            State::Head(_) => self.head(),
            State::BodyStart => self.body_start(),
            State::Body => self.body(),
            State::LengthBody(left) => self.length_body(*left),
            State::LengthEnd => self.length_end(),
            State::End(line, base) => self.end(*line, *base),
            State::Epilogue(start) => self.epilogue(*start),
            State::Done => Ok(Some(Step::Done)),
            State::Resync(from) => self.search(*from),
            State::Lost(line, base) => {
                let (line, base) = (*line, *base);
                self.lost(line, base)
            }
            State::Failed(error, _) => Err(error.clone()),
        }
    }

    /// Another turn where more was fed; a word to the caller otherwise.
    fn more(&mut self) -> Turn {
        Ok(if self.feed.extend() { None } else { Some(Step::NeedInput) })
    }

    fn opening(&mut self) -> Turn {
        let State::Opening(opener) = &mut self.state else { return Ok(None) };
        let Setup { delimiter, checks, .. } = &mut self.setup;
        match opener.advance(self.feed.window(), delimiter, checks)? {
            Opened::Incomplete => return self.more(),
            Opened::Implied => self.state = State::Head(HeadScan::new()),
            Opened::Preamble => self.state = State::Preamble,
            Opened::Line(line) => self.open(line)?,
        }
        Ok(None)
    }

    fn preamble(&mut self) -> Turn {
        let window = self.feed.window();
        let Setup { delimiter, checks, .. } = &mut self.setup;
        let sought = delimiter.find_behind(window, checks, |before| {
            frame::check_preamble(window.offset(before), checks)
        });
        match sought? {
            Sought::Line(line) => {
                frame::report_preamble(window.offset(line.break_start), checks)?;
                self.open(line)?;
                Ok(None)
            }
            Sought::Incomplete(settled) => {
                frame::check_preamble(window.offset(settled), checks)?;
                self.feed.skip(settled);
                self.more()
            }
            Sought::None => {
                let end = window.offset(window.octets.len());
                frame::check_preamble(end, checks)?;
                Err(Error::rule(Rule::OpeningMissing, end, b""))
            }
        }
    }

    /// Goes on behind the first delimiter line.
    fn open(&mut self, line: Line) -> Result<(), Error> {
        let base = self.feed.base();
        line.check(base, &mut self.setup.checks)?;
        self.feed.skip(line.end);
        self.pass(line, base);
        Ok(())
    }

    /// Looks for the first delimiter line of a range.
    fn seek(&mut self, range: &Range<u64>) -> Turn {
        let window = self.feed.window();
        let Setup { delimiter, checks, .. } = &mut self.setup;
        let bound = range.end.saturating_sub(window.base);
        let bound = usize::try_from(bound).unwrap_or(usize::MAX);
        match delimiter.find_before(window, bound, checks)? {
            Sought::Line(line) if window.offset(line.dash) >= range.start => self.open(line)?,
            Sought::Line(line) => self.feed.skip(line.dash),
            Sought::Incomplete(settled) if window.offset(settled) >= range.end => {
                self.state = State::Done;
            }
            Sought::Incomplete(settled) => {
                self.feed.skip(settled);
                return self.more();
            }
            Sought::None => {
                // Where a line of the range may have been cut, the input's end counts.
                if delimiter.may_grow_before(window, bound, checks)? {
                    self.feed.skip(window.octets.len());
                }
                self.state = State::Done;
            }
        }
        Ok(None)
    }

    /// Notes a delimiter line of a window that began at `base`.
    fn pass(&mut self, line: Line, base: u64) {
        (self.opened_at, self.is_closed) = (base + line.dash as u64, line.close);
        let epilogue = State::Epilogue(self.feed.base());
        self.state = if line.close { epilogue } else { State::Head(HeadScan::new()) };
    }

    #[inline]
    fn head(&mut self) -> Turn {
        let State::Head(scan) = &mut self.state else { return Ok(None) };
        let window = self.feed.window();
        let Setup { delimiter, framing, checks, .. } = &mut self.setup;
        frame::check_part(self.number, window.base, checks)?;
        let offset = window.base;
        let scanned = scan.advance(window, Some(delimiter), checks)?;
        let seen = scan.seen();
        let (fields, body_start) = match scanned {
            Scanned::Incomplete if window.last => {
                let end = window.offset(window.octets.len());
                return Err(Error::rule(Rule::HeadIncomplete, end, b""));
            }
            Scanned::Incomplete => return self.more(),
            Scanned::Blank { fields, end } => {
                self.state = match framing {
                    Framing::Delimiter => State::BodyStart,
                    Framing::Length => {
                        let body_offset = window.offset(end);
                        State::LengthBody(frame::framing_length(seen, body_offset, checks)?)
                    }
                };
                (fields, end)
            }
            Scanned::Delimiter(line) => {
                self.state = State::End(Some(line.settled()), window.base);
                (line.break_start, line.end)
            }
        };
        let block = self.feed.take(fields);
        self.feed.skip(body_start - fields);
        self.part = OpenPart {
            start: offset,
            seen,
            body_offset: self.feed.base(),
            body_octets: 0,
            ends_line: true,
        };
        self.number = self.number.saturating_add(1);
        Ok(Some(Step::Event(Event::Head(Head::new(block, offset, seen)))))
    }

    #[inline]
    fn body_start(&mut self) -> Turn {
        let window = self.feed.window();
        let Setup { delimiter, checks, .. } = &mut self.setup;
        match delimiter.at(window, 0, checks)? {
            At::Line(line) => {
                self.state = State::End(Some(line), window.base);
                self.feed.skip(line.end);
                Ok(None)
            }
            At::Incomplete => self.more(),
            At::Other => {
                self.state = State::Body;
                Ok(None)
            }
        }
    }

    #[inline]
    fn body(&mut self) -> Turn {
        let window = self.feed.window();
        let Setup { delimiter, checks, .. } = &mut self.setup;
        let OpenPart { body_offset, body_octets, .. } = self.part;
        let sought = delimiter.find_behind(window, checks, |before| {
            frame::check_body(body_octets + before as u64, body_offset, checks)
        });
        let (len, behind) = match sought? {
            Sought::Line(line) => {
                self.state = State::End(Some(line), window.base);
                (line.break_start, line.end - line.break_start)
            }
            Sought::Incomplete(0) => return self.more(),
            Sought::Incomplete(settled) => (settled, 0),
            Sought::None => {
                let len = window.octets.len();
                self.state = State::End(None, window.offset(len));
                let body = if checks.tolerance.tolerates(Rule::CloseMissing) {
                    len
                } else {
                    settled_body(window, body_octets == 0, delimiter, checks)?
                };
                frame::check_body(body_octets + len as u64, body_offset, checks)?;
                (body, len - body)
            }
        };
        self.part.body_octets = body_octets + len as u64;
        frame::check_body(self.part.body_octets, body_offset, checks)?;
        let body = self.feed.take(len);
        self.feed.skip(behind);
        Ok((len > 0).then_some(Step::Event(Event::Body(body))))
    }

    fn length_body(&mut self, left: u64) -> Turn {
        let window = self.feed.window();
        if left == 0 {
            self.state = State::LengthEnd;
            return Ok(None);
        }
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(window.octets.len());
        if here == 0 {
            if window.last {
                return Err(Error::incomplete(window.base, left));
            }
            return self.more();
        }
        self.state = State::LengthBody(left - here as u64);
        self.part.ends_line = window.octets.get(here - 1) == Some(&b'\n');
        self.part.body_octets += here as u64;
        Ok(Some(Step::Event(Event::Body(self.feed.take(here)))))
    }

    fn length_end(&mut self) -> Turn {
        let window = self.feed.window();
        let Setup { delimiter, checks, .. } = &mut self.setup;
        match delimiter.follows(window, self.part.body_octets == 0, checks)? {
            At::Incomplete => return self.more(),
            At::Line(line) => {
                self.state = State::End(Some(line), window.base);
                self.feed.skip(line.end);
            }
            At::Other if window.octets.is_empty() => self.state = State::End(None, window.base),
            At::Other => return Err(Error::rule(Rule::LengthFraming, window.base, b"")),
        }
        Ok(None)
    }

    /// Checks a body that is whole, and ends its part.
    #[inline]
    fn end(&mut self, line: Option<Line>, base: u64) -> Turn {
        let checks = &mut self.setup.checks;
        match line {
            Some(line) => line.check(base, checks)?,
            None => checks.report(Rule::CloseMissing, base..base)?,
        }
        frame::check_length(self.part.seen, self.part.body_octets, checks)?;
        match line {
            Some(line) => self.pass(line, base),
            None => self.state = State::Done,
        }
        Ok(Some(Step::Event(Event::End)))
    }

    fn epilogue(&mut self, start: u64) -> Turn {
        let window = self.feed.window();
        let checks = &mut self.setup.checks;
        let (len, end) = (window.octets.len(), window.offset(window.octets.len()));
        frame::check_epilogue(end - start, start, checks)?;
        if window.last {
            frame::report_epilogue(end - start, start, checks)?;
            self.feed.skip(len);
            self.state = State::Done;
            return Ok(None);
        }
        self.feed.skip(len);
        self.more()
    }
}

/// How much of the last window of a body is body for certain, where the input was cut: what may be
/// the beginning of a delimiter line is not given away as body.
#[cold]
fn settled_body(
    window: Window<'_>,
    at_start: bool,
    delimiter: &Delimiter,
    checks: &Checks,
) -> Result<usize, Error> {
    let open = Window { last: false, ..window };
    if at_start && delimiter.at(open, 0, checks)? == At::Incomplete {
        return Ok(0);
    }
    Ok(match delimiter.find(open, checks)? {
        Sought::Incomplete(settled) => settled,
        Sought::Line(_) | Sought::None => window.octets.len(),
    })
}
