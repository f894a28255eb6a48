//! The machine that turns chunks into steps.

use super::feed::Feed;
use super::state::{OpenPart, ResyncPoint, State};
use super::step::{Event, Step, Turn};
use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, LineSearch, Window};
use crate::error::{Error, Misuse};
use crate::head::Head;
use crate::head::scan::{HeadScan, Scanned};
use crate::opening_probe::{DetectedOpening, OpeningProbe};
use crate::part_checks;
use crate::preamble::Preamble;
use crate::reader::{Framing, ReadConfig, Reader};
use crate::report::Report;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use bytes::Bytes;
use std::ops::Range;

/// Reads a package or feed document that comes in chunks of any size.
///
/// It does no IO: the caller [pushes](Self::push) octets and takes [steps](Self::step). It holds
/// the octets that you pushed and that it has not read yet. When it [needs input](Step::NeedInput),
/// these are at most one incomplete head or delimiter line. After an error, every step gives that
/// error again, until [`resync`](Self::resync) succeeds.
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
    pub(super) config: ReadConfig,
    pub(super) feed: Feed,
    pub(super) number: u64,
    pub(super) part: OpenPart,
    /// Where the first hyphen of the last delimiter line is, or where an implied first part begins.
    opened_at: u64,
    is_closed: bool,
    /// Whether the input ended without the close delimiter, and this is tolerated.
    is_cut: bool,
    /// What is known of the preamble, if there is one.
    preamble: Preamble,
    pub(super) state: State,
}

impl Reader {
    /// Reads a package or feed document that comes in chunks.
    #[must_use]
    pub fn decoder(&self) -> Decoder {
        Decoder::new(self.config())
    }
}

impl Decoder {
    pub(crate) fn new(config: ReadConfig) -> Self {
        let probe = OpeningProbe::new(config.opening, &config.delimiter, &config.report);
        let state = State::Opening(Box::new(probe));
        let part = OpenPart {
            start: 0,
            summary: HeadScan::new().summary(),
            body_offset: 0,
            body_octets: 0,
            ends_line: true,
        };
        let feed = Feed::default();
        Self {
            config,
            feed,
            number: 0,
            part,
            opened_at: 0,
            is_closed: false,
            is_cut: false,
            preamble: Preamble::default(),
            state,
        }
    }

    /// A decoder that begins at a part's start.
    pub(crate) fn at(config: ReadConfig, offset: u64, number: u64) -> Self {
        let state = State::Head(HeadScan::new());
        Self { feed: Feed::at(offset), number, state, ..Self::new(config) }
    }

    /// A decoder that begins at the first delimiter line whose first hyphen is in a range.
    ///
    /// Its chunks begin two octets before the range. It is done at once if the range has no such
    /// line.
    pub(crate) fn within(config: ReadConfig, range: Range<u64>) -> Self {
        let feed = Feed::at(range.start.saturating_sub(2));
        Self { feed, state: State::Seek(range), ..Self::new(config) }
    }

    /// Where the first hyphen of the last delimiter line is, and whether that line closes the
    /// package.
    ///
    /// There is none within a part, nor before the first delimiter line unless it is implied.
    pub(crate) fn last_delimiter(&self) -> Option<(u64, bool)> {
        let is_between = matches!(self.state, State::Head(_) | State::Epilogue(_));
        is_between.then_some((self.opened_at, self.is_closed))
    }

    /// Whether the input ended without the close delimiter, and this is tolerated.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(crate) fn is_framed_by_length(&self) -> bool {
        matches!(self.config.framing, Framing::Length)
    }

    /// Where the input ends, once the reading has reached its end.
    pub(crate) fn input_end(&self) -> Option<u64> {
        let window = self.feed.window();
        (window.last && window.octets.is_empty()).then_some(window.base)
    }

    pub(crate) fn delimiter(&self) -> &Delimiter {
        &self.config.delimiter
    }

    /// Where the next part begins and which number it has, if a head comes next.
    pub(crate) fn at_part(&self) -> Option<(&ReadConfig, (u64, u64))> {
        let start = match self.state {
            State::Head(_) => self.feed.base(),
            State::LengthEnd => self.start_ahead()?,
            _ => return None,
        };
        Some((&self.config, (start, self.number)))
    }

    /// Where the next part begins, if the delimiter line before it was pushed and is not yet read.
    fn start_ahead(&self) -> Option<u64> {
        let (window, empty_body) = (self.feed.window(), self.part.body_octets == 0);
        let ReadConfig { delimiter, report, .. } = &self.config;
        match delimiter.follows(window, empty_body, report) {
            Ok(LineMatch::Line(line)) if !line.close => {
                line.check(window.base, &mut report.clone()).ok()?;
                Some(window.offset(line.end))
            }
            _ => None,
        }
    }

    /// Pushes the next octets. The decoder keeps them until [`step`](Self::step) has read them.
    ///
    /// If octets are pushed after [`finish`](Self::finish), the next `step` returns
    /// [`Misuse::InputAfterEnd`].
    pub fn push(&mut self, chunk: Bytes) {
        if chunk.is_empty() {
            return;
        }
        if self.feed.has_ended() && !matches!(self.state, State::Failed(..)) {
            let error = Error::misuse(Misuse::InputAfterEnd, self.feed.base());
            self.state = State::Failed(error, ResyncPoint::Nowhere);
        }
        self.feed.push(chunk);
    }

    /// Tells the decoder that the input is complete: no more octets will be pushed.
    pub fn finish(&mut self) {
        self.feed.end();
    }

    /// How many octets of the whole input were read so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.feed.base()
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.config.report.diagnostics
    }

    /// Reads up to the next event, or until more octets are needed.
    ///
    /// # Errors
    /// A violation of a [`Rule`] that is not tolerated, a limit that the input exceeds, or
    /// [`Misuse::InputAfterEnd`].
    #[inline]
    pub fn step(&mut self) -> Result<Step, Error> {
        loop {
            if let Some(step) = self.advance()? {
                return Ok(step);
            }
        }
    }

    /// Takes one turn.
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

    /// Asks for another turn if there are more octets, and for input otherwise.
    pub(super) fn more(&mut self) -> Turn {
        Ok(if self.feed.extend() { None } else { Some(Step::NeedInput) })
    }

    fn opening(&mut self) -> Turn {
        let State::Opening(probe) = &mut self.state else { return Ok(None) };
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        match probe.advance(self.feed.window(), delimiter, report)? {
            DetectedOpening::Incomplete => return self.more(),
            DetectedOpening::Implied => self.state = State::Head(HeadScan::new()),
            DetectedOpening::Preamble => {
                let preamble = Preamble::begin(self.feed.window(), delimiter, report)?;
                (self.preamble, self.state) = (preamble, State::Preamble);
            }
            DetectedOpening::Line(line) => self.open(line)?,
            DetectedOpening::OwnDashes(line) => {
                delimiter.take_own_dashes();
                self.open(line)?;
            }
        }
        Ok(None)
    }

    fn preamble(&mut self) -> Turn {
        let (preamble, window) = (&mut self.preamble, self.feed.window());
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let search = delimiter.find_behind(window, 0, report, |before| {
            part_checks::check_preamble(window.offset(before), report)
        });
        match search? {
            LineSearch::Line(line) => {
                preamble.end(line, window, delimiter, report)?;
                self.open(line)?;
                Ok(None)
            }
            LineSearch::Prefix(line) => {
                preamble.prefix(line, window, delimiter, report)?;
                preamble.skip(&window.octets[..line.dash], window.base);
                self.feed.skip(line.dash);
                Ok(None)
            }
            LineSearch::Incomplete(settled) => {
                part_checks::check_preamble(window.offset(settled), report)?;
                preamble.skip(&window.octets[..settled], window.base);
                self.feed.skip(settled);
                self.more()
            }
            LineSearch::None => {
                let end = window.offset(window.octets.len());
                part_checks::check_preamble(end, report)?;
                preamble.skip(window.octets, window.base);
                Err(preamble.opening_missing(end, delimiter))
            }
        }
    }

    /// Continues after a delimiter line that is still in the view.
    fn open(&mut self, line: DelimiterLine) -> Result<(), Error> {
        let base = self.feed.base();
        line.check(base, &mut self.config.report)?;
        self.feed.skip(line.end);
        self.continue_after(line, base);
        Ok(())
    }

    /// Looks for the first delimiter line of a range.
    fn seek(&mut self, range: &Range<u64>) -> Turn {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let end = range.end.saturating_sub(window.base);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        match delimiter.find_before(window, end, report)? {
            LineSearch::Line(line) if window.offset(line.dash) >= range.start => self.open(line)?,
            LineSearch::Line(line) => self.feed.skip(line.dash),
            LineSearch::Incomplete(settled) if window.offset(settled) >= range.end => {
                self.state = State::Done;
            }
            LineSearch::Incomplete(settled) => {
                self.feed.skip(settled);
                return self.more();
            }
            LineSearch::Prefix(line) => self.feed.skip(line.dash),
            LineSearch::None => {
                // The input's end may have cut a delimiter line of the range: it counts as read.
                if delimiter.may_grow_before(window, end, report)? {
                    self.feed.skip(window.octets.len());
                }
                self.state = State::Done;
            }
        }
        Ok(None)
    }

    /// Continues after a delimiter line of a window that began at `base`.
    pub(super) fn continue_after(&mut self, line: DelimiterLine, base: u64) {
        (self.opened_at, self.is_closed) = (base + line.dash as u64, line.close);
        let epilogue = State::Epilogue(self.feed.base());
        self.state = if line.close { epilogue } else { State::Head(HeadScan::new()) };
    }

    #[inline]
    fn head(&mut self) -> Turn {
        let State::Head(scan) = &mut self.state else { return Ok(None) };
        let window = self.feed.window();
        let ReadConfig { delimiter, framing, report, .. } = &mut self.config;
        part_checks::check_part(self.number, window.base, report)?;
        let offset = window.base;
        let scanned = scan.advance(window, Some(delimiter), report)?;
        let summary = scan.summary();
        let (fields, body_start) = match scanned {
            Scanned::Incomplete if window.last => {
                let len = window.octets.len();
                part_checks::check_cut(window.base, window.offset(len), report)?;
                self.feed.skip(len);
                (self.state, self.is_cut) = (State::Done, true);
                return Ok(None);
            }
            Scanned::Incomplete => return self.more(),
            Scanned::Blank { fields, end } => {
                self.state = match framing {
                    Framing::Delimiter => State::BodyStart,
                    Framing::Length => {
                        let body_offset = window.offset(end);
                        State::LengthBody(part_checks::framing_length(
                            summary,
                            body_offset,
                            report,
                        )?)
                    }
                };
                (fields, end)
            }
            Scanned::Delimiter(line) => {
                self.state = State::End(Some(line.with_checked_end()), window.base);
                (line.break_start, line.end)
            }
        };
        let block = self.feed.take(fields);
        self.feed.skip(body_start - fields);
        self.part = OpenPart {
            start: offset,
            summary,
            body_offset: self.feed.base(),
            body_octets: 0,
            ends_line: true,
        };
        self.number = self.number.saturating_add(1);
        Ok(Some(Step::Event(Event::Head(Head::new(block, offset, summary)))))
    }

    #[inline]
    fn body_start(&mut self) -> Turn {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        match delimiter.at(window, 0, report)? {
            LineMatch::Line(line) => {
                self.state = State::End(Some(line), window.base);
                self.feed.skip(line.end);
                Ok(None)
            }
            LineMatch::Incomplete => self.more(),
            found => {
                if found == LineMatch::Prefix {
                    part_checks::prefix_in_body(window.base, delimiter, report)?;
                }
                self.state = State::Body;
                Ok(None)
            }
        }
    }

    #[inline]
    fn body(&mut self) -> Turn {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let OpenPart { body_offset, body_octets, .. } = self.part;
        let search = delimiter.find_behind(window, 0, report, |before| {
            part_checks::check_body(body_octets + before as u64, body_offset, report)
        });
        let (len, behind) = match search? {
            LineSearch::Line(line) if self.part.summary.lone_line_feeds => {
                let (octets, base) = (body_octets + line.break_start as u64, window.base);
                part_checks::check_body(octets, body_offset, report)?;
                let summary = self.part.summary;
                let line = part_checks::settle_line_break(line, octets, base, summary, report)?;
                self.state = State::End(Some(line), base);
                (line.break_start, line.end - line.break_start)
            }
            LineSearch::Line(line) => {
                self.state = State::End(Some(line), window.base);
                (line.break_start, line.end - line.break_start)
            }
            LineSearch::Prefix(line) => {
                let before = body_octets + line.break_start as u64;
                part_checks::check_body(before, body_offset, report)?;
                part_checks::prefix_in_body(window.offset(line.dash), delimiter, report)?;
                (line.dash, 0)
            }
            LineSearch::Incomplete(0) => return self.more(),
            LineSearch::Incomplete(settled) => (settled, 0),
            LineSearch::None => {
                let len = window.octets.len();
                self.state = State::End(None, window.offset(len));
                let body = if report.tolerance.tolerates(Rule::CloseMissing) {
                    len
                } else {
                    settled_body(window, body_octets == 0, delimiter, report)?
                };
                part_checks::check_body(body_octets + len as u64, body_offset, report)?;
                (body, len - body)
            }
        };
        self.part.body_octets = body_octets + len as u64;
        part_checks::check_body(self.part.body_octets, body_offset, report)?;
        let body = self.feed.take(len);
        self.feed.skip(behind);
        Ok((len > 0).then_some(Step::Event(Event::Body(body))))
    }

    fn length_body(&mut self, left: u64) -> Turn {
        let window = self.feed.window();
        if left == 0 {
            self.state = State::LengthEnd;
            return Ok(Some(Step::Event(Event::End)));
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
        let (empty_body, base) = (self.part.body_octets == 0, window.base);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        match delimiter.follows(window, empty_body, report)? {
            LineMatch::Incomplete => return self.more(),
            LineMatch::Line(line) => self.open(line)?,
            _ if window.last && delimiter.is_cut(window, empty_body, report)? => {
                let len = window.octets.len();
                part_checks::check_cut(base, window.offset(len), report)?;
                self.feed.skip(len);
                (self.state, self.is_cut) = (State::Done, true);
            }
            LineMatch::Prefix | LineMatch::Other => {
                return Err(Error::violation(Rule::LengthFraming, base, b""));
            }
        }
        Ok(None)
    }

    /// Checks a complete body, and ends its part.
    #[inline]
    fn end(&mut self, line: Option<DelimiterLine>, base: u64) -> Turn {
        let report = &mut self.config.report;
        match line {
            Some(line) => line.check(base, report)?,
            None => report.violation_in(Rule::CloseMissing, base..base)?,
        }
        part_checks::check_length(self.part.summary, self.part.body_octets, report)?;
        match line {
            Some(line) => self.continue_after(line, base),
            None => (self.state, self.is_cut) = (State::Done, true),
        }
        Ok(Some(Step::Event(Event::End)))
    }

    fn epilogue(&mut self, start: u64) -> Turn {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let (len, end) = (window.octets.len(), window.offset(window.octets.len()));
        let at_start = window.base == start;
        if at_start && !window.last && delimiter.dash_boundary().starts_with(window.octets) {
            return self.more();
        }
        let (octets, base) = (window.octets, window.base);
        let last = part_checks::prefixes_in_epilogue(octets, base, start, delimiter, report)?;
        part_checks::check_epilogue(end - start, start, report)?;
        if window.last {
            part_checks::report_epilogue(end - start, start, report)?;
            self.feed.skip(len);
            self.state = State::Done;
            return Ok(None);
        }
        // What may become a line that begins with the delimiter is looked at again.
        let settled = delimiter.unsettled(octets).max(last.unwrap_or(0));
        self.feed.skip(settled);
        self.more()
    }
}

/// How much of a body's last window certainly is body, if the end of the input cuts the body short.
///
/// Octets that may be the beginning of a delimiter line are not given as body.
#[cold]
fn settled_body(
    window: Window<'_>,
    at_start: bool,
    delimiter: &Delimiter,
    report: &Report,
) -> Result<usize, Error> {
    let open = Window { last: false, ..window };
    if at_start && delimiter.at(open, 0, report)? == LineMatch::Incomplete {
        return Ok(0);
    }
    Ok(match delimiter.find(open, report)? {
        LineSearch::Incomplete(settled) => settled,
        _ => window.octets.len(),
    })
}
