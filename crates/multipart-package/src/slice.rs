//! Reading a package that is in memory.

use crate::delimiter::{
    BodyAhead, Delimiter, DelimiterLine, LineMatch, LineSearch, PrefixLine, StartSearch, Window,
};
use crate::error::{Error, ErrorKind, Misuse};
use crate::head::Head;
use crate::head::scan::{HeadScan, HeadSummary, Length, Scanned};
use crate::opening_probe::{DetectedOpening, OpeningProbe};
use crate::part_checks;
use crate::preamble::Preamble;
use crate::reader::{Framing, ReadConfig, Reader};
use crate::report::Report;
use crate::reporting::Diagnostics;
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

    /// The part's number, counted from 0.
    ///
    /// In a range ([`Split`](crate::Split)), the first part of the range has the number 0. After
    /// [`resume_parts`](Reader::resume_parts), the count continues where the checkpoint was made.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The octets of the head, the blank line and the body, as offsets from the start of the input.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.head.offset()..self.body_offset + self.body.len() as u64
    }
}

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
    config: ReadConfig,
    input: &'a [u8],
    at: usize,
    number: u64,
    next: Next,
    /// Where the first hyphen of the last delimiter line is, or the input's start if the opening is
    /// implied.
    opened_at: usize,
    /// Where the body ends by its length. A resync does not search before that.
    framed: Option<usize>,
    /// What is wrong after the part that was given last, whose length framed it.
    pending: Option<Error>,
    failure: Option<Failure>,
}

/// What cannot be read.
#[derive(Debug)]
struct Failure {
    error: Error,
    /// Where the part begins, if a part failed.
    start: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Next {
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
    fn window(&self, from: usize) -> Window<'a> {
        Window { octets: &self.input[from..], base: from as u64, last: true }
    }

    /// Resumes after a part that cannot be read.
    ///
    /// It skips to the next delimiter line and returns the octets that are lost: from the start of
    /// the part's head up to the first hyphen of that delimiter line.
    ///
    /// A violation in a delimiter line belongs to the part that the line ends. Violations in the
    /// octets that are skipped, and in the delimiter line after them, are not reported.
    ///
    /// Under [`Framing::Length`], a part is given before the reader looks at what follows it. If no
    /// delimiter line follows ([`Rule::LengthFraming`]), the part's length may be wrong, although
    /// the part was given; the octets from the end of its body on are lost. A length that is too
    /// large therefore hides later parts, and after one that is too small, or after a refused
    /// head, the reading may resume at a delimiter line within the part's own body.
    ///
    /// A lost part is counted: the next part has the number after it.
    ///
    /// # Errors
    /// - The same error again, if a limit was exceeded, or if the error does not belong to one part
    ///   (such as a missing opening).
    /// - [`Rule::CloseMissing`] if no delimiter line follows, even if this rule is tolerated.
    /// - [`Limit::BodyOctets`](crate::Limit::BodyOctets) if more octets are lost than a body may
    ///   have, or [`Limit::PaddingOctets`](crate::Limit::PaddingOctets).
    /// - [`Misuse::NothingToResync`] if nothing failed.
    pub fn resync(&mut self) -> Result<Range<u64>, Error> {
        let Some(Failure { error, start }) = &self.failure else {
            return Err(Error::misuse(Misuse::NothingToResync, self.at as u64));
        };
        // No delimiter line follows a part that ends with the input.
        let ends_input = error.kind() == ErrorKind::Rule(Rule::CloseMissing);
        let (Some(start), ErrorKind::Rule(_), false) = (*start, error.kind(), ends_input) else {
            return Err(error.clone());
        };
        self.failure = None;
        self.skip_part(start).inspect_err(|error| {
            self.failure = Some(Failure { error: error.clone(), start: None });
        })
    }

    /// Skips from a part's start to the next delimiter line, and returns the octets before it.
    fn skip_part(&mut self, start: usize) -> Result<Range<u64>, Error> {
        let from = self.framed.take().unwrap_or(start);
        let window = self.window(from);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let is_line_start = from == 0 || self.input[..from].ends_with(b"\n");
        let at = if is_line_start { delimiter.at(window, 0, report)? } else { LineMatch::Other };
        let line = match at {
            LineMatch::Line(line) => line,
            LineMatch::Prefix | LineMatch::Other | LineMatch::Incomplete => {
                match delimiter.find_line_behind(window, report, |before| {
                    part_checks::check_body(
                        window.offset(before) - start as u64,
                        start as u64,
                        report,
                    )
                })? {
                    LineSearch::Line(line) => line,
                    LineSearch::Incomplete(_) | LineSearch::None => {
                        let end = self.input.len() as u64;
                        part_checks::check_body(end - start as u64, start as u64, report)?;
                        return Err(Error::violation(Rule::CloseMissing, end, b""));
                    }
                }
            }
        };
        let lost = start as u64..window.offset(line.dash);
        part_checks::check_body(lost.end - lost.start, lost.start, report)?;
        self.continue_after(line, from);
        Ok(lost)
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

    fn open(&mut self) -> Result<(), Error> {
        let window = self.window(0);
        let ReadConfig { opening, delimiter, report, .. } = &mut self.config;
        let mut probe = OpeningProbe::new(*opening, delimiter, report);
        let line = match probe.advance(window, delimiter, report)? {
            DetectedOpening::Implied => {
                self.next = Next::Part;
                return Ok(());
            }
            DetectedOpening::Line(line) => line,
            DetectedOpening::OwnDashes(line) => {
                delimiter.take_own_dashes();
                line
            }
            DetectedOpening::Incomplete | DetectedOpening::Preamble => {
                skip_preamble(window, delimiter, report)?
            }
        };
        line.check(0, report)?;
        self.continue_after(line, 0);
        Ok(())
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

    /// Reads a body framed by its length, or one that is not sound or that no usual line ends.
    #[inline(never)]
    fn unusual_body(
        &mut self,
        at: usize,
        summary: &HeadSummary,
        ahead: BodyAhead,
    ) -> Result<&'a [u8], Error> {
        self.framed = None;
        match (self.config.framing, ahead) {
            (Framing::Length, _) => self.body_of_length(at, *summary),
            (Framing::Delimiter, BodyAhead::Ends(line)) => self.end_body(line, at, summary),
            (Framing::Delimiter, BodyAhead::Settled(octets)) => {
                self.body_to_delimiter(at, summary, octets)
            }
        }
    }

    /// Reads a part whose head is not plain.
    #[cold]
    fn unusual_part(&mut self, scan: HeadScan) -> Result<Part<'a>, Option<Error>> {
        self.framed = None;
        let window = self.window(self.at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let (summary, fields, body_start, line) =
            unusual_head(scan, window, delimiter, report)?.ok_or(None)?;
        let body_at = self.at + body_start;
        let body = match line {
            Some(line) => {
                self.continue_after(line, self.at);
                part_checks::check_length(summary, 0, &mut self.config.report)?;
                &[]
            }
            None => self.unusual_body(body_at, &summary, BodyAhead::Settled(0))?,
        };
        let head = Head::new(&window.octets[..fields], window.base, summary);
        let part = Part { head, body, body_offset: body_at as u64, number: self.number };
        self.number = self.number.saturating_add(1);
        Ok(part)
    }

    /// Reads a body whose first octets are known to be body.
    fn body_to_delimiter(
        &mut self,
        at: usize,
        summary: &HeadSummary,
        settled: usize,
    ) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let at_start = match settled {
            0 => delimiter.at(window, 0, report)?,
            _ => LineMatch::Other,
        };
        let found = match at_start {
            LineMatch::Line(line) => StartSearch::Line(line),
            LineMatch::Prefix => StartSearch::Prefix(PrefixLine::AT_START),
            LineMatch::Other | LineMatch::Incomplete => {
                delimiter.find_behind(window, settled, report, |before| {
                    part_checks::check_body(before as u64, window.base, report)
                })?
            }
        };
        match found {
            StartSearch::Line(line) if !summary.lone_line_feeds => self.end_body(line, at, summary),
            found => self.end_unusual_body(found, at, summary),
        }
    }

    /// Ends a body in which other lines begin with the delimiter, or whose line break is to be
    /// settled, or that ends with the input.
    #[cold]
    fn end_unusual_body(
        &mut self,
        found: StartSearch,
        at: usize,
        summary: &HeadSummary,
    ) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let line = match found {
            StartSearch::Line(line) => Some(line),
            StartSearch::Prefix(first) => line_after_prefixes(first, window, delimiter, report)?,
            StartSearch::Incomplete(_) | StartSearch::None => None,
        };
        let Some(mut line) = line else {
            let octets = window.octets.len() as u64;
            part_checks::check_body(octets, window.base, report)?;
            report.violation_in(Rule::CloseMissing, end_of(window))?;
            part_checks::check_length(*summary, octets, report)?;
            self.next = Next::Nothing;
            return Ok(window.octets);
        };
        if summary.lone_line_feeds {
            let (octets, base) = (line.break_start as u64, window.base);
            part_checks::check_body(octets, base, report)?;
            line = part_checks::settle_line_break(line, octets, base, *summary, report)?;
        }
        self.end_body(line, at, summary)
    }

    /// Ends a body at the delimiter line after it.
    fn end_body(
        &mut self,
        line: DelimiterLine,
        at: usize,
        summary: &HeadSummary,
    ) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let report = &mut self.config.report;
        let octets = line.break_start as u64;
        part_checks::check_body(octets, window.base, report)?;
        line.check(window.base, report)?;
        part_checks::check_length(*summary, octets, report)?;
        self.continue_after(line, at);
        Ok(&window.octets[..line.break_start])
    }

    fn body_of_length(&mut self, at: usize, summary: HeadSummary) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let length = part_checks::framing_length(summary, window.base, &self.config.report)?;
        let body = usize::try_from(length).ok().and_then(|length| window.octets.get(..length));
        self.framed = Some(at + body.map_or(window.octets.len(), <[u8]>::len));
        let Some(body) = body else {
            let here = window.octets.len() as u64;
            return Err(Error::incomplete(self.input.len() as u64, length - here));
        };
        // The part is complete, whatever follows it: the next step gives the error.
        if let Err(error) = self.delimiter_after(at + body.len(), body.is_empty()) {
            (self.at, self.next, self.pending) = (at + body.len(), Next::NoDelimiter, Some(error));
        }
        Ok(body)
    }

    /// Reads the delimiter line after a body that its length frames.
    fn delimiter_after(&mut self, at: usize, empty_body: bool) -> Result<(), Error> {
        let window = self.window(at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        if let LineMatch::Line(line) = delimiter.follows(window, empty_body, report)? {
            line.check(window.base, report)?;
            self.continue_after(line, at);
        } else if delimiter.is_cut(window, empty_body, report)? {
            let end = window.offset(window.octets.len());
            part_checks::check_cut(window.base, end, report)?;
            self.next = Next::Nothing;
        } else {
            return Err(Error::violation(Rule::LengthFraming, window.base, b""));
        }
        Ok(())
    }
}

/// What a head states, where its fields and where the head ends, and the delimiter line that ends it
/// early, if there is one.
type ReadHead = (HeadSummary, usize, usize, Option<DelimiterLine>);

/// The delimiter line that ends a body in which other lines begin with the delimiter.
#[cold]
fn line_after_prefixes(
    first: PrefixLine,
    window: Window<'_>,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<Option<DelimiterLine>, Error> {
    let mut prefix = first;
    loop {
        part_checks::check_body(prefix.break_start as u64, window.base, report)?;
        part_checks::prefix_in_body(window.offset(prefix.dash), delimiter, report)?;
        match delimiter.find_behind(window, prefix.dash, report, |before| {
            part_checks::check_body(before as u64, window.base, report)
        })? {
            StartSearch::Line(line) => return Ok(Some(line)),
            StartSearch::Prefix(next) => prefix = next,
            StartSearch::Incomplete(_) | StartSearch::None => return Ok(None),
        }
    }
}

/// Skips a preamble, and returns the delimiter line that ends it.
fn skip_preamble(
    window: Window<'_>,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<DelimiterLine, Error> {
    let mut preamble = Preamble::begin(window, delimiter, report)?;
    let mut from = 0;
    loop {
        match delimiter.find_behind(window, from, report, |before| {
            part_checks::check_preamble(before as u64, report)
        })? {
            StartSearch::Line(line) => {
                preamble.end(line, window, delimiter, report)?;
                return Ok(line);
            }
            StartSearch::Prefix(line) => {
                preamble.prefix(line, window, delimiter, report)?;
                from = line.dash;
            }
            StartSearch::Incomplete(_) | StartSearch::None => {
                let end = window.octets.len() as u64;
                part_checks::check_preamble(end, report)?;
                preamble.skip(window.octets, window.base);
                return Err(preamble.opening_missing(end, delimiter));
            }
        }
    }
}

/// Reads the rest of a head whose plain lines were read already.
///
/// Returns nothing if the input ends within the head, and this is tolerated.
#[cold]
fn unusual_head(
    mut scan: HeadScan,
    window: Window<'_>,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<Option<ReadHead>, Error> {
    Ok(match scan.advance_after_plain_lines(window, Some(delimiter), report)? {
        Scanned::Blank { fields, end } => Some((scan.summary(), fields, end, None)),
        Scanned::Delimiter(line) => {
            Some((scan.summary(), line.break_start, line.break_start, Some(line)))
        }
        Scanned::Incomplete => {
            part_checks::check_cut(window.base, window.offset(window.octets.len()), report)?;
            None
        }
    })
}

/// The empty range at the end of the input.
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
