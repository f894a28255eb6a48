//! The parts of a package that is in memory, one by one.

use super::part::Part;
use crate::delimiter::{BodyAhead, Delimiter, DelimiterLine, Window};
use crate::error::Error;
use crate::head::Head;
use crate::head::scan::HeadScan;
use crate::head::summary::{HeadSummary, Length};
use crate::part_checks;
use crate::reader::{Framing, ReadConfig, Reader};
use crate::report::Report;
use crate::reporting::Diagnostics;

/// The parts of a package that is in memory, in order.
///
/// The iterator copies and allocates nothing per part. The input can be a `Vec` or a memory-mapped
/// file.
///
/// After an error the iterator ends, until [`resync`](Self::resync) succeeds. If it ends without an
/// error, the whole package was read, including the close delimiter unless its absence is
/// tolerated.
#[derive(Debug)]
pub struct Parts<'a> {
    pub(super) config: ReadConfig,
    pub(super) input: &'a [u8],
    pub(super) at: usize,
    pub(super) number: u64,
    pub(super) next: Next,
    /// Where the first hyphen of the last delimiter line is, or the input's start if the opening is
    /// implied.
    opened_at: usize,
    /// Where the body ends by its length. A resync does not search before that.
    pub(super) framed: Option<usize>,
    /// What is wrong after the part that was given last, whose length framed it.
    pub(super) pending: Option<Error>,
    pub(super) failure: Option<Failure>,
}

/// What cannot be read.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    /// Where the part begins, if a part failed.
    pub(super) start: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Next {
    Opening,
    Part,
    /// What follows a body framed by its length is not a delimiter line.
    NoDelimiter,
    Epilogue,
    Nothing,
}

impl Reader {
    /// Reads a whole package or feed document that is in memory.
    #[must_use]
    pub fn parts<'a>(&self, input: &'a [u8]) -> Parts<'a> {
        Parts::new(self.config(), input)
    }
}

impl<'a> Parts<'a> {
    pub(crate) fn new(config: ReadConfig, input: &'a [u8]) -> Self {
        Self {
            config,
            input,
            at: 0,
            number: 0,
            next: Next::Opening,
            opened_at: 0,
            framed: None,
            pending: None,
            failure: None,
        }
    }

    /// The parts from a part's start on.
    pub(crate) fn at(config: ReadConfig, input: &'a [u8], at: usize, number: u64) -> Self {
        Self { at, number, next: Next::Part, ..Self::new(config, input) }
    }

    /// Where the next part begins and which number it has, if a part comes next.
    pub(crate) fn at_part(&self) -> Option<(&ReadConfig, (u64, u64))> {
        matches!(self.next, Next::Part).then_some((&self.config, (self.at as u64, self.number)))
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.config.report.diagnostics
    }

    /// Reads the opening. Returns true, because a part or the close delimiter always follows.
    pub(crate) fn begin(&mut self) -> Result<bool, Error> {
        self.open().map(|()| true)
    }

    /// Where the first hyphen of the last delimiter line is.
    pub(crate) fn opened_at(&self) -> u64 {
        self.opened_at as u64
    }

    /// Whether the close delimiter was read.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.next, Next::Epilogue)
    }

    pub(crate) fn is_framed_by_length(&self) -> bool {
        matches!(self.config.framing, Framing::Length)
    }

    pub(crate) fn input(&self) -> &'a [u8] {
        self.input
    }

    /// The delimiter and the limits, to search for delimiter lines.
    pub(crate) fn search(&self) -> (&Delimiter, &Report) {
        (&self.config.delimiter, &self.config.report)
    }

    pub(crate) fn report_mut(&mut self) -> &mut Report {
        &mut self.config.report
    }

    /// All octets from an offset on.
    pub(super) fn window(&self, from: usize) -> Window<'a> {
        Window { octets: &self.input[from..], base: from as u64, last: true }
    }

    #[inline]
    pub(crate) fn step(&mut self) -> Result<Option<Part<'a>>, Error> {
        if let Next::Opening = self.next {
            self.open()?;
        }
        let Next::Part = self.next else { return self.end() };
        let start = self.at;
        self.part().map(Some).or_else(|error| self.no_part(error, start))
    }

    /// What comes where no part comes.
    #[cold]
    fn end(&mut self) -> Result<Option<Part<'a>>, Error> {
        match self.next {
            Next::NoDelimiter => match self.pending.take() {
                Some(error) => {
                    self.failure = Some(Failure { error: error.clone(), start: Some(self.at) });
                    Err(error)
                }
                None => Ok(None),
            },
            Next::Epilogue => {
                let rest = self.window(self.at);
                let ReadConfig { delimiter, report, .. } = &mut self.config;
                let (octets, base) = (rest.octets, rest.base);
                part_checks::prefixes_in_epilogue(octets, base, base, delimiter, report)?;
                part_checks::report_epilogue(
                    rest.octets.len() as u64,
                    rest.base,
                    &mut self.config.report,
                )?;
                Ok(None)
            }
            Next::Opening | Next::Part | Next::Nothing => Ok(None),
        }
    }

    /// Continues after a delimiter line of the window that begins at `base`.
    pub(crate) fn continue_after(&mut self, line: DelimiterLine, base: usize) {
        self.at = base + line.end;
        self.opened_at = base + line.dash;
        self.next = if line.close { Next::Epilogue } else { Next::Part };
    }

    /// What comes instead of a part: an error, or the end of the input where that is tolerated.
    #[cold]
    fn no_part(&mut self, error: Option<Error>, start: usize) -> Result<Option<Part<'a>>, Error> {
        let Some(error) = error else {
            self.next = Next::Nothing;
            return Ok(None);
        };
        self.number = self.number.saturating_add(1);
        self.failure = Some(Failure { error: error.clone(), start: Some(start) });
        Err(error)
    }

    /// Reads a part. There is no error if the input ends within the head, and this is tolerated.
    ///
    /// This is the fast path: a plain head, a body, and the usual delimiter line.
    fn part(&mut self) -> Result<Part<'a>, Option<Error>> {
        let window = self.window(self.at);
        let ReadConfig { delimiter, framing, report, .. } = &self.config;
        part_checks::check_part(self.number, window.base, report)?;
        let (summary, fields) = match HeadScan::plain_head(window, report) {
            Ok(read) => read,
            Err(scan) => return self.unusual_part(scan),
        };
        let body_start = fields + 2;
        let behind = &window.octets[body_start..];
        let ahead = match framing {
            Framing::Delimiter => delimiter.look_ahead(behind),
            Framing::Length => BodyAhead::Settled(0),
        };
        let body = match ahead {
            BodyAhead::Ends(line) if self.is_sound(&summary, line) => {
                self.continue_after(line, self.at + body_start);
                &behind[..line.break_start]
            }
            ahead => self.unusual_body(self.at + body_start, &summary, ahead)?,
        };
        let head = Head::new(&window.octets[..fields], window.base, summary);
        let body_offset = window.offset(body_start);
        let part = Part { head, body, body_offset, number: self.number };
        self.number = self.number.saturating_add(1);
        Ok(part)
    }

    /// Whether a body that ends at this line has the stated length, and is within its limit.
    #[inline]
    fn is_sound(&self, summary: &HeadSummary, line: DelimiterLine) -> bool {
        let octets = line.break_start as u64;
        let is_as_stated = match summary.length {
            Length::Octets(stated) => stated == octets,
            Length::Absent | Length::Unreadable => true,
        };
        is_as_stated && octets <= self.config.report.limits.body_octets
    }
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
