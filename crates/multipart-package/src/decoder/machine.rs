//! The machine that turns chunks into steps.

use super::feed::Feed;
use super::state::{OpenPart, ResyncPoint, State};
use super::step::{Event, Step, Turn};
use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, LineSearch, StartSearch};
use crate::error::{Error, Misuse};
use crate::head::Head;
use crate::head::scan::HeadScan;
use crate::opening_probe::{DetectedOpening, OpeningProbe};
use crate::part_checks;
use crate::preamble::Preamble;
use crate::reader::{Framing, ReadConfig, Reader};
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use bytes::Bytes;
use std::ops::Range;

/// Reads a package or feed document that comes in chunks of any size.
///
/// It does no IO: the caller [pushes](Self::push) octets and takes [steps](Self::step), or steps that
/// [borrow](Self::step_borrowed) what was pushed. It holds
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
    pub(super) is_cut: bool,
    /// What is known of the preamble, if there is one.
    preamble: Preamble,
    /// The probe of the opening, once it began and until it is done.
    probe: Option<Box<OpeningProbe>>,
    /// The scan of a head that began and is not complete.
    pub(super) scan: HeadScan,
    /// The error, after a failure.
    pub(super) failure: Option<Error>,
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
            probe: None,
            scan: HeadScan::new(),
            failure: None,
            state: State::Opening,
        }
    }

    /// A decoder that begins at a part's start.
    pub(crate) fn at(config: ReadConfig, offset: u64, number: u64) -> Self {
        Self { feed: Feed::at(offset), number, state: State::Head, ..Self::new(config) }
    }

    /// A decoder that begins at the first delimiter line whose first hyphen is in a range.
    ///
    /// Its chunks begin two octets before the range. It is done at once if the range has no such
    /// line.
    pub(crate) fn within(config: ReadConfig, range: Range<u64>) -> Self {
        let feed = Feed::at(range.start.saturating_sub(2));
        Self { feed, state: State::Seek(range.start, range.end), ..Self::new(config) }
    }

    /// Where the first hyphen of the last delimiter line is, and whether that line closes the
    /// package.
    ///
    /// There is none within a part, nor before the first delimiter line unless it is implied.
    pub(crate) fn last_delimiter(&self) -> Option<(u64, bool)> {
        let is_between = matches!(self.state, State::Head | State::HeadRest | State::Epilogue(_));
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
            State::Head | State::HeadRest => self.feed.base(),
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
            self.failure = Some(Error::misuse(Misuse::InputAfterEnd, self.feed.base()));
            self.state = State::Failed(ResyncPoint::Nowhere);
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
        let turn = self.next_turn()?;
        Ok(self.give(turn))
    }

    /// Does what [`step`](Self::step) does, and lends the octets instead of giving them.
    ///
    /// The events are the same, and the two methods may be called in turn. A lent event lives until
    /// the next call. It costs less than one that owns its octets, which counts references to the
    /// chunk: this shows where parts are small.
    ///
    /// ```
    /// use multipart_package::{Event, Reader, Step};
    ///
    /// let mut decoder = Reader::from_content_type(b"multipart/mixed; boundary=b")?.decoder();
    /// decoder.push((&b"--b\r\n\r\nhello\r\n--b--\r\n"[..]).into());
    /// decoder.finish();
    /// let mut bodies = Vec::new();
    /// while let Step::Event(event) = decoder.step_borrowed()? {
    ///     if let Event::Body(octets) = event {
    ///         bodies.extend_from_slice(octets);
    ///     }
    /// }
    /// assert_eq!(bodies, b"hello");
    /// # Ok::<(), multipart_package::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`step`](Self::step).
    #[inline]
    pub fn step_borrowed(&mut self) -> Result<Step<&[u8]>, Error> {
        let turn = self.next_turn()?;
        Ok(self.lend(turn))
    }

    /// What a turn gives that is not [`Turn::Again`].
    #[inline]
    pub(crate) fn give(&mut self, turn: Turn) -> Step {
        match turn {
            Turn::Head => {
                let OpenPart { start, summary, .. } = self.part;
                Step::Event(Event::Head(Head::new(self.feed.give_taken(), start, summary)))
            }
            Turn::Body => Step::Event(Event::Body(self.feed.give_taken())),
            Turn::End => Step::Event(Event::End),
            Turn::Lost(lost) => Step::Event(Event::Lost(lost)),
            Turn::NeedInput | Turn::Again => Step::NeedInput,
            Turn::Done => Step::Done,
        }
    }

    /// What a turn lends that is not [`Turn::Again`].
    #[inline]
    pub(crate) fn lend(&self, turn: Turn) -> Step<&[u8]> {
        match turn {
            Turn::Head => {
                let OpenPart { start, summary, .. } = self.part;
                Step::Event(Event::Head(Head::new(self.feed.taken(), start, summary)))
            }
            Turn::Body => Step::Event(Event::Body(self.feed.taken())),
            Turn::End => Step::Event(Event::End),
            Turn::Lost(lost) => Step::Event(Event::Lost(lost)),
            Turn::NeedInput | Turn::Again => Step::NeedInput,
            Turn::Done => Step::Done,
        }
    }

    /// Takes turns up to one that gives something.
    #[inline]
    fn next_turn(&mut self) -> Result<Turn, Error> {
        loop {
            match self.advance() {
                Ok(Turn::Again) => {}
                turn => return turn,
            }
        }
    }

    /// Takes one turn.
    #[inline]
    pub(crate) fn advance(&mut self) -> Result<Turn, Error> {
        self.turn().inspect_err(|error| self.fail(error))
    }

    fn turn(&mut self) -> Result<Turn, Error> {
        self.feed.settle();
        match self.state {
            State::Head => self.head(),
            State::WholeBody(line) => self.whole_body(line),
            State::WholeEnd(line) => self.end(Some(line), self.window_of(line)),
            State::End(line, base) => self.end(line, base),
            State::Opening => self.opening(),
            State::Seek(start, end) => self.seek(start, end),
            State::Preamble => self.preamble(),
            State::HeadRest => self.head_rest(),
            State::BodyStart => self.body_start(),
            State::Body => self.body(),
            State::SettledBody(octets) => self.settled(octets),
            State::LengthBody(left) => self.length_body(left),
            State::LengthEnd => self.length_end(),
            State::Epilogue(start) => self.epilogue(start),
            State::Done => Ok(Turn::Done),
            State::Resync(from) => self.search(from),
            State::Lost(line, base) => self.lost(line, base),
            State::Failed(_) => match &self.failure {
                Some(error) => Err(error.clone()),
                None => Ok(Turn::Done),
            },
        }
    }

    /// Where the window began in which this delimiter line was read just now.
    pub(super) fn window_of(&self, line: DelimiterLine) -> u64 {
        self.feed.base() - line.end as u64
    }

    /// Asks for another turn if there are more octets, and for input otherwise.
    pub(super) fn more(&mut self) -> Result<Turn, Error> {
        Ok(if self.feed.extend() { Turn::Again } else { Turn::NeedInput })
    }

    fn opening(&mut self) -> Result<Turn, Error> {
        let ReadConfig { opening, delimiter, report, .. } = &self.config;
        let new = || Box::new(OpeningProbe::new(*opening, delimiter, report));
        let probe = self.probe.get_or_insert_with(new);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let detected = probe.advance(self.feed.window(), delimiter, report)?;
        if let DetectedOpening::Incomplete = detected {
            return self.more();
        }
        self.probe = None;
        match detected {
            DetectedOpening::Incomplete | DetectedOpening::Implied => self.state = State::Head,
            DetectedOpening::Preamble(first) => {
                let preamble = Preamble::begin(first, self.feed.window(), delimiter, report)?;
                (self.preamble, self.state) = (preamble, State::Preamble);
            }
            DetectedOpening::Line(line) => self.open(line)?,
            DetectedOpening::OwnDashes(line) => {
                delimiter.take_own_dashes();
                self.open(line)?;
            }
        }
        Ok(Turn::Again)
    }

    fn preamble(&mut self) -> Result<Turn, Error> {
        let (preamble, window) = (&mut self.preamble, self.feed.window());
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let search = delimiter.find_behind(window, 0, report, |before| {
            part_checks::check_preamble(window.offset(before), report)
        });
        match search? {
            StartSearch::Line(line) => {
                preamble.end(line, window, delimiter, report)?;
                self.open(line)?;
                Ok(Turn::Again)
            }
            StartSearch::Prefix(line) => {
                preamble.prefix(line, window, delimiter, report)?;
                preamble.skip(&window.octets[..line.dash], window.base);
                self.feed.skip(line.dash);
                Ok(Turn::Again)
            }
            StartSearch::Incomplete(settled) => {
                part_checks::check_preamble(window.offset(settled), report)?;
                preamble.skip(&window.octets[..settled], window.base);
                self.feed.skip(settled);
                self.more()
            }
            StartSearch::None => {
                let end = window.offset(window.octets.len());
                part_checks::check_preamble(end, report)?;
                preamble.skip(window.octets, window.base);
                Err(preamble.opening_missing(end, delimiter))
            }
        }
    }

    /// Continues after a delimiter line that is still in the view.
    pub(super) fn open(&mut self, line: DelimiterLine) -> Result<(), Error> {
        let base = self.feed.base();
        line.check(base, &mut self.config.report)?;
        self.feed.skip(line.end);
        self.continue_after(line, base);
        Ok(())
    }

    /// Looks for the first delimiter line of a range.
    fn seek(&mut self, start: u64, end: u64) -> Result<Turn, Error> {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let before = usize::try_from(end.saturating_sub(window.base)).unwrap_or(usize::MAX);
        match delimiter.find_before(window, before, report)? {
            LineSearch::Line(line) if window.offset(line.dash) >= start => self.open(line)?,
            LineSearch::Line(line) => self.feed.skip(line.dash),
            LineSearch::Incomplete(settled) if window.offset(settled) >= end => {
                self.state = State::Done;
            }
            LineSearch::Incomplete(settled) => {
                self.feed.skip(settled);
                return self.more();
            }
            LineSearch::None => {
                // The input's end may have cut a delimiter line of the range: it counts as read.
                if delimiter.may_grow_before(window, before, report)? {
                    self.feed.skip(window.octets.len());
                }
                self.state = State::Done;
            }
        }
        Ok(Turn::Again)
    }

    /// Continues after a delimiter line of a window that began at `base`.
    pub(super) fn continue_after(&mut self, line: DelimiterLine, base: u64) {
        (self.opened_at, self.is_closed) = (base + line.dash as u64, line.close);
        let epilogue = State::Epilogue(self.feed.base());
        self.state = if line.close { epilogue } else { State::Head };
    }

    /// Checks a complete body, and ends its part.
    #[inline]
    fn end(&mut self, line: Option<DelimiterLine>, base: u64) -> Result<Turn, Error> {
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
        Ok(Turn::End)
    }

    fn epilogue(&mut self, start: u64) -> Result<Turn, Error> {
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
            return Ok(Turn::Again);
        }
        // What may become a line that begins with the delimiter is looked at again.
        let settled = delimiter.unsettled(octets).max(last.unwrap_or(0));
        self.feed.skip(settled);
        self.more()
    }
}
