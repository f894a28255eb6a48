//! Reading a package that is in memory.

use crate::checks::Checks;
use crate::delimiter::{At, Delimiter, Line, Sought, Window};
use crate::diagnostic::Diagnostics;
use crate::error::{Error, ErrorKind, Misuse};
use crate::frame;
use crate::head::Head;
use crate::head::scan::{HeadScan, Scanned, Seen, plain_head};
use crate::opener::{Opened, Opener};
use crate::reader::{Framing, Setup};
use crate::rule::Rule;
use std::ops::Range;

/// One body part of a package or feed document: an entity or an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    head: Head<&'a [u8]>,
    body: &'a [u8],
    body_offset: u64,
    number: u64,
}

impl<'a> Part<'a> {
    /// The part's head.
    #[must_use]
    pub fn head(&self) -> Head<&'a [u8]> {
        self.head
    }

    /// The part's body, without the line break that belongs to the delimiter.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The part's number: from 0, counted from where the reading began. In a range
    /// ([`Split`](crate::Split)) that is the range's first part.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The octets of head, blank line and body in the input.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.head.offset()..self.body_offset + self.body.len() as u64
    }
}

/// The parts of a package that is in memory, in order.
///
/// Nothing is copied or allocated per part; a memory-mapped file serves as well as a `Vec`. After
/// an error the iterator gives nothing more, until [`resync`](Self::resync): only a run that ends
/// without one has seen the whole package, close delimiter included.
#[derive(Debug)]
pub struct Parts<'a> {
    setup: Setup,
    input: &'a [u8],
    at: usize,
    number: u64,
    next: Next,
    /// Where the delimiter line's first hyphen stands behind which the next part begins; the
    /// input's start where the opening is implied.
    opened_at: usize,
    /// Where a body ends by its length: what a length has framed is not searched for delimiter
    /// lines.
    framed: Option<usize>,
    failure: Option<Failure>,
}

/// What could not be read.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// Where the part began, if it was a part.
    start: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Next {
    Opening,
    Part,
    Epilogue,
    Nothing,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(setup: Setup, input: &'a [u8]) -> Self {
        let next = Next::Opening;
        Self { setup, input, at: 0, number: 0, next, opened_at: 0, framed: None, failure: None }
    }

    /// Goes on at a part's start.
    pub(crate) fn at(setup: Setup, input: &'a [u8], at: usize, number: u64) -> Self {
        Self { at, number, next: Next::Part, ..Self::new(setup, input) }
    }

    /// Where the part begins that comes next, and its number.
    pub(crate) fn at_part(&self) -> Option<(&Setup, (u64, u64))> {
        matches!(self.next, Next::Part).then_some((&self.setup, (self.at as u64, self.number)))
    }

    /// The breaches that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.setup.checks.diagnostics
    }

    /// Reads the opening; whether a part or the close delimiter follows, which it always does.
    pub(crate) fn begin(&mut self) -> Result<bool, Error> {
        self.open().map(|()| true)
    }

    /// Where the delimiter line's first hyphen stands behind which the next part begins.
    pub(crate) fn opened_at(&self) -> u64 {
        self.opened_at as u64
    }

    /// Whether the close delimiter was read.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.next, Next::Epilogue)
    }

    pub(crate) fn is_framed_by_length(&self) -> bool {
        matches!(self.setup.framing, Framing::Length)
    }

    pub(crate) fn input(&self) -> &'a [u8] {
        self.input
    }

    /// What a search for delimiter lines needs.
    pub(crate) fn search(&self) -> (&Delimiter, &Checks) {
        (&self.setup.delimiter, &self.setup.checks)
    }

    pub(crate) fn checks_mut(&mut self) -> &mut Checks {
        &mut self.setup.checks
    }

    /// All octets from a place on.
    fn window(&self, from: usize) -> Window<'a> {
        Window { octets: &self.input[from..], base: from as u64, last: true }
    }

    /// Goes on after a part that could not be read: at the next delimiter line behind its start;
    /// where lengths frame the bodies, at the next one behind the octets that its length has
    /// claimed, right or wrong: a length that reaches into the parts behind loses those as well.
    /// Gives the octets that are lost, from the part's head up to that
    /// delimiter line.
    ///
    /// The lost part counts: the next one has the number after its.
    ///
    /// # Errors
    /// The error again where it was a limit or no part's, [`Rule::CloseMissing`] where no delimiter
    /// line follows, a limit that the lost octets exceed, and [`Misuse::NothingToResync`] where
    /// nothing failed.
    pub fn resync(&mut self) -> Result<Range<u64>, Error> {
        let Some(Failure { error, start }) = &self.failure else {
            return Err(Error::misuse(Misuse::NothingToResync, self.at as u64));
        };
        // A part that ends with the input has no delimiter line behind it.
        let ends_input = error.kind() == ErrorKind::Rule(Rule::CloseMissing);
        let (Some(start), ErrorKind::Rule(_), false) = (*start, error.kind(), ends_input) else {
            return Err(error.clone());
        };
        self.failure = None;
        self.skip_part(start).inspect_err(|error| {
            self.failure = Some(Failure { error: error.clone(), start: None });
        })
    }

    /// Goes on behind the next delimiter line from a part's start on; gives the octets before it.
    fn skip_part(&mut self, start: usize) -> Result<Range<u64>, Error> {
        let from = self.framed.take().unwrap_or(start);
        let window = self.window(from);
        let Setup { delimiter, checks, .. } = &mut self.setup;
        let is_line_start = from == start || self.input[..from].ends_with(b"\n");
        let at = if is_line_start { delimiter.at(window, 0, checks)? } else { At::Other };
        let line = match at {
            At::Line(line) => line,
            At::Other | At::Incomplete => match delimiter.find_behind(window, checks, |before| {
                frame::check_body(window.offset(before) - start as u64, start as u64, checks)
            })? {
                Sought::Line(line) => line,
                Sought::Incomplete(_) | Sought::None => {
                    let end = self.input.len() as u64;
                    frame::check_body(end - start as u64, start as u64, checks)?;
                    return Err(Error::rule(Rule::CloseMissing, end, b""));
                }
            },
        };
        let lost = start as u64..window.offset(line.dash);
        frame::check_body(lost.end - lost.start, lost.start, checks)?;
        self.pass(line, from);
        self.number = self.number.saturating_add(1);
        Ok(lost)
    }

    pub(crate) fn step(&mut self) -> Result<Option<Part<'a>>, Error> {
        if let Next::Opening = self.next {
            self.open()?;
        }
        match self.next {
            Next::Part => {
                let start = self.at;
                self.framed = None;
                self.part().map(Some).inspect_err(|error| {
                    self.failure = Some(Failure { error: error.clone(), start: Some(start) });
                })
            }
            Next::Epilogue => {
                let rest = self.window(self.at);
                frame::report_epilogue(
                    rest.octets.len() as u64,
                    rest.base,
                    &mut self.setup.checks,
                )?;
                Ok(None)
            }
            Next::Opening | Next::Nothing => Ok(None),
        }
    }

    fn open(&mut self) -> Result<(), Error> {
        let window = self.window(0);
        let Setup { opening, delimiter, checks, .. } = &mut self.setup;
        let line = match Opener::new(*opening, checks).advance(window, delimiter, checks)? {
            Opened::Implied => {
                self.next = Next::Part;
                return Ok(());
            }
            Opened::Line(line) => line,
            Opened::Incomplete | Opened::Preamble => {
                match delimiter.find_behind(window, checks, |before| {
                    frame::check_preamble(before as u64, checks)
                })? {
                    Sought::Line(line) => {
                        frame::report_preamble(line.break_start as u64, checks)?;
                        line
                    }
                    Sought::Incomplete(_) | Sought::None => {
                        let end = window.octets.len() as u64;
                        frame::check_preamble(end, checks)?;
                        return Err(Error::rule(Rule::OpeningMissing, end, b""));
                    }
                }
            }
        };
        line.check(0, checks)?;
        self.pass(line, 0);
        Ok(())
    }

    /// Goes on behind a delimiter line of the window that begins at `base`.
    pub(crate) fn pass(&mut self, line: Line, base: usize) {
        self.at = base + line.end;
        self.opened_at = base + line.dash;
        self.next = if line.close { Next::Epilogue } else { Next::Part };
    }

    #[inline]
    fn part(&mut self) -> Result<Part<'a>, Error> {
        let window = self.window(self.at);
        let Setup { delimiter, framing, checks, .. } = &mut self.setup;
        frame::check_part(self.number, window.base, checks)?;
        let (seen, fields, body_start, line) = match plain_head(window, checks) {
            Some((seen, fields)) => (seen, fields, fields + 2, None),
            None => head(window, delimiter, checks)?,
        };
        let body_at = self.at + body_start;
        let body = match (line, framing) {
            (Some(line), _) => {
                self.pass(line, self.at);
                frame::check_length(seen, 0, &mut self.setup.checks)?;
                &[]
            }
            (None, Framing::Delimiter) => self.body_to_delimiter(body_at, seen)?,
            (None, Framing::Length) => self.body_of_length(body_at, seen)?,
        };
        let head = Head::new(&window.octets[..fields], window.base, seen);
        let part = Part { head, body, body_offset: body_at as u64, number: self.number };
        self.number = self.number.saturating_add(1);
        Ok(part)
    }

    #[inline]
    fn body_to_delimiter(&mut self, at: usize, seen: Seen) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let Setup { delimiter, checks, .. } = &mut self.setup;
        let line = match delimiter.at(window, 0, checks)? {
            At::Line(line) => Some(line),
            At::Other | At::Incomplete => match delimiter.find_behind(window, checks, |before| {
                frame::check_body(before as u64, window.base, checks)
            })? {
                Sought::Line(line) => Some(line),
                Sought::Incomplete(_) | Sought::None => None,
            },
        };
        let len = line.map_or(window.octets.len(), |line| line.break_start);
        frame::check_body(len as u64, window.base, checks)?;
        match line {
            Some(line) => line.check(window.base, checks)?,
            None => checks.report(Rule::CloseMissing, end_of(window))?,
        }
        frame::check_length(seen, len as u64, checks)?;
        match line {
            Some(line) => self.pass(line, at),
            None => self.next = Next::Nothing,
        }
        Ok(&window.octets[..len])
    }

    fn body_of_length(&mut self, at: usize, seen: Seen) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let length = frame::framing_length(seen, window.base, &self.setup.checks)?;
        let body = usize::try_from(length).ok().and_then(|length| window.octets.get(..length));
        self.framed = Some(at + body.map_or(window.octets.len(), <[u8]>::len));
        let Some(body) = body else {
            let here = window.octets.len() as u64;
            return Err(Error::incomplete(self.input.len() as u64, length - here));
        };
        let behind = self.window(at + body.len());
        let Setup { delimiter, checks, .. } = &mut self.setup;
        match delimiter.follows(behind, body.is_empty(), checks)? {
            At::Line(line) => {
                line.check(behind.base, checks)?;
                self.pass(line, at + body.len());
            }
            At::Other | At::Incomplete if behind.octets.is_empty() => {
                checks.report(Rule::CloseMissing, end_of(behind))?;
                self.next = Next::Nothing;
            }
            At::Other | At::Incomplete => {
                return Err(Error::rule(Rule::LengthFraming, behind.base, b""));
            }
        }
        Ok(body)
    }
}

/// Walks over a head; gives what was seen, where the fields and the head end, and the delimiter
/// line that ends it early.
fn head(
    window: Window<'_>,
    delimiter: &Delimiter,
    checks: &mut Checks,
) -> Result<(Seen, usize, usize, Option<Line>), Error> {
    let mut scan = HeadScan::new();
    match scan.advance(window, Some(delimiter), checks)? {
        Scanned::Blank { fields, end } => Ok((scan.seen(), fields, end, None)),
        Scanned::Delimiter(line) => {
            Ok((scan.seen(), line.break_start, line.break_start, Some(line)))
        }
        Scanned::Incomplete => {
            Err(Error::rule(Rule::HeadIncomplete, window.offset(window.octets.len()), b""))
        }
    }
}

/// The empty span at the end of the input.
fn end_of(window: Window<'_>) -> Range<u64> {
    let end = window.offset(window.octets.len());
    end..end
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.step() {
            Ok(Some(part)) => Some(Ok(part)),
            Ok(None) => {
                self.next = Next::Nothing;
                None
            }
            Err(error) => {
                let all = || Failure { error: error.clone(), start: None };
                self.failure.get_or_insert_with(all);
                self.next = Next::Nothing;
                Some(Err(error))
            }
        }
    }
}
