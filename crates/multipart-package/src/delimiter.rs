//! Finding delimiter lines.
//!
//! A delimiter line begins at the start of the input, at the start of a body, or after a LF. A CR
//! before that LF belongs to the delimiter (RFC 2046 section 5.1.1). The functions here look at one
//! window of the input, and report it if the window ends too early to decide.

use crate::error::Error;
use crate::grammar::{DelimiterRest, LineEnd, delimiter_rest, is_space};
use crate::limits::Limit;
use crate::needle::Needle;
use crate::report::Report;
use crate::rule::Rule;
use nom::Offset;

/// A window of the input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'a> {
    pub(crate) octets: &'a [u8],
    /// Where the window begins in the whole input.
    pub(crate) base: u64,
    /// Whether the input ends with the window.
    pub(crate) last: bool,
}

impl Window<'_> {
    pub(crate) fn offset(&self, at: usize) -> u64 {
        self.base.saturating_add(at as u64)
    }

    /// How many octets precede a delimiter line that was refused, and the line break before it.
    #[cold]
    fn before_refused(&self, error: &Error) -> usize {
        let dash = usize::try_from(error.offset() - self.base).unwrap_or(usize::MAX);
        break_start(self.octets, dash.saturating_sub(1))
    }
}

/// A delimiter line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DelimiterLine {
    /// Where the line break before it begins, which belongs to the delimiter.
    pub(crate) break_start: usize,
    /// Where its first hyphen is.
    pub(crate) dash: usize,
    /// Where the line after it begins.
    pub(crate) end: usize,
    /// Whether it is the close delimiter line.
    pub(crate) close: bool,
    /// Whether the line break before it is a LF without a CR.
    bare_break: bool,
    line_end: LineEnd,
}

impl DelimiterLine {
    /// Whether CR LF precedes it.
    pub(crate) fn follows_cr_lf(self) -> bool {
        self.dash - self.break_start == 2
    }

    /// The same line, where the CR before it belongs to the body.
    pub(crate) fn without_cr(self) -> Self {
        Self { break_start: self.break_start + 1, bare_break: true, ..self }
    }

    /// The same line, whose end was checked already.
    pub(crate) fn with_checked_end(self) -> Self {
        Self { line_end: LineEnd::CrLf, ..self }
    }

    /// Reports or refuses its line ends; `base` is where its window begins.
    #[inline]
    pub(crate) fn check(self, base: u64, report: &mut Report) -> Result<(), Error> {
        if self.bare_break {
            report.violation(Rule::BareLineFeed, base + self.break_start as u64, b"\n")?;
        }
        match self.line_end {
            LineEnd::CrLf | LineEnd::Input => Ok(()),
            LineEnd::BareLf => {
                report.violation(Rule::BareLineFeed, base + self.end as u64 - 1, b"\n")
            }
            LineEnd::InputAfterCr => {
                report.violation(Rule::CloseLineEnd, base + self.end as u64 - 1, b"\r")
            }
        }
    }
}

/// Whether a delimiter line begins at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineMatch {
    Line(DelimiterLine),
    /// The line begins with the delimiter, but is no delimiter line.
    Prefix,
    /// No delimiter line begins there.
    Other,
    /// The window ends too early to tell.
    Incomplete,
}

/// A line that begins with the delimiter, but is no delimiter line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrefixLine {
    /// Where the line break before it begins.
    pub(crate) break_start: usize,
    /// Where its first hyphen is.
    pub(crate) dash: usize,
}

impl PrefixLine {
    /// At the start of a window.
    pub(crate) const AT_START: Self = Self { break_start: 0, dash: 0 };
}

/// What a search for a delimiter line found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineSearch {
    Line(DelimiterLine),
    /// No line so far. One may begin at this place, but the window ends too early to tell.
    Incomplete(usize),
    /// No line up to the end of the input.
    None,
}

/// What a search for a line that begins with the delimiter found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StartSearch {
    Line(DelimiterLine),
    /// A line that begins with the delimiter, but is no delimiter line.
    Prefix(PrefixLine),
    /// No line so far. One may begin at this place, but the window ends too early to tell.
    Incomplete(usize),
    /// No line up to the end of the input.
    None,
}

/// What a look ahead from a body's first octet found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyAhead {
    /// The usual delimiter line ends the body.
    Ends(DelimiterLine),
    /// So many octets certainly are body, and what follows them was not decided.
    Settled(usize),
}

/// A boundary, prepared for searching.
#[derive(Debug, Clone)]
pub(crate) struct Delimiter {
    needle: Needle,
}

impl Delimiter {
    /// The delimiter of a boundary's octets, none of which is a LF.
    pub(crate) fn new(boundary: &[u8]) -> Self {
        Self { needle: Needle::new(boundary) }
    }

    /// The delimiter of a sender that counts the two hyphens as a part of the boundary, if the
    /// boundary begins with them.
    pub(crate) fn with_own_dashes(&self) -> Option<Self> {
        let boundary = self.dash_boundary().strip_prefix(b"----")?;
        (!boundary.is_empty()).then(|| Self::new(boundary))
    }

    /// From here on, the two hyphens count as a part of the boundary.
    pub(crate) fn take_own_dashes(&mut self) {
        if let Some(own) = self.with_own_dashes() {
            *self = own;
        }
    }

    /// LF, two hyphens, the boundary.
    pub(crate) fn needle(&self) -> &[u8] {
        self.needle.octets()
    }

    /// Two hyphens and the boundary.
    pub(crate) fn dash_boundary(&self) -> &[u8] {
        &self.needle()[1..]
    }

    /// Where the needle occurs first.
    #[inline]
    pub(crate) fn find_needle(&self, octets: &[u8]) -> Option<usize> {
        self.needle.find(octets)
    }

    /// Whether a delimiter line begins at `start`, which is the start of a line.
    #[inline]
    pub(crate) fn at(
        &self,
        window: Window<'_>,
        start: usize,
        report: &Report,
    ) -> Result<LineMatch, Error> {
        let octets = &window.octets[start..];
        if octets.first().is_some_and(|&first| first != b'-') {
            return Ok(LineMatch::Other);
        }
        match octets.strip_prefix(self.dash_boundary()) {
            Some(rest) => self.rest(window, start, rest, report),
            None if !window.last && self.dash_boundary().starts_with(octets) => {
                Ok(LineMatch::Incomplete)
            }
            None => Ok(LineMatch::Other),
        }
    }

    /// Whether a delimiter line, and the line break before it, begin at the window's start.
    ///
    /// After an empty body, the line break before it may be that of the blank line.
    pub(crate) fn follows(
        &self,
        window: Window<'_>,
        empty_body: bool,
        report: &Report,
    ) -> Result<LineMatch, Error> {
        if empty_body {
            let at = self.at(window, 0, report)?;
            if at != LineMatch::Other {
                return Ok(at);
            }
        }
        let line_break = match window.octets {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [] | [b'\r'] if !window.last => return Ok(LineMatch::Incomplete),
            _ => return Ok(LineMatch::Other),
        };
        Ok(match self.at(window, line_break, report)? {
            LineMatch::Line(line) => LineMatch::Line(DelimiterLine {
                break_start: 0,
                bare_break: line_break == 1,
                ..line
            }),
            other => other,
        })
    }

    /// Whether the end of the input, with which the window ends, may cut the line break and the
    /// delimiter line that belong at the window's start.
    #[cold]
    pub(crate) fn is_cut(
        &self,
        window: Window<'_>,
        empty_body: bool,
        report: &Report,
    ) -> Result<bool, Error> {
        let open = Window { last: false, ..window };
        Ok(self.follows(open, empty_body, report)? == LineMatch::Incomplete)
    }

    /// Looks for the end of a body, and reads the line there if it is the usual one: with CR LF at both
    /// ends, without padding, not the close delimiter line.
    #[inline(always)]
    pub(crate) fn look_ahead(&self, body: &[u8]) -> BodyAhead {
        // A delimiter line may begin at once.
        if let [] | [b'-', ..] = body {
            return BodyAhead::Settled(0);
        }
        let Some(line_feed) = self.find_needle(body) else {
            return BodyAhead::Settled(self.unsettled(body));
        };
        let end = line_feed + self.needle().len() + 2;
        let before = line_feed.checked_sub(1).filter(|&cr| body.get(cr) == Some(&b'\r'));
        match (before, body.get(end - 2..end)) {
            (Some(break_start), Some(b"\r\n")) => BodyAhead::Ends(DelimiterLine {
                break_start,
                dash: line_feed + 1,
                end,
                close: false,
                bare_break: false,
                line_end: LineEnd::CrLf,
            }),
            (before, _) => BodyAhead::Settled(before.unwrap_or(line_feed)),
        }
    }

    /// The next delimiter line that begins after a LF in the window.
    #[inline]
    pub(crate) fn find(&self, window: Window<'_>, report: &Report) -> Result<LineSearch, Error> {
        self.find_before(window, usize::MAX, report)
    }

    /// The next line from `from` on that begins with the delimiter. The limit on the preceding
    /// octets is checked before the limit on padding.
    ///
    /// The limits are thus met in the same order as if the octets came in chunks.
    #[inline]
    pub(crate) fn find_behind(
        &self,
        window: Window<'_>,
        from: usize,
        report: &Report,
        check: impl FnOnce(usize) -> Result<(), Error>,
    ) -> Result<StartSearch, Error> {
        self.next_line(window, from, usize::MAX, report).or_else(|error| {
            check(window.before_refused(&error))?;
            Err(error)
        })
    }

    /// The next delimiter line, with the limits checked in the same order.
    pub(crate) fn find_line_behind(
        &self,
        window: Window<'_>,
        report: &Report,
        check: impl FnOnce(usize) -> Result<(), Error>,
    ) -> Result<LineSearch, Error> {
        self.find(window, report).or_else(|error| {
            check(window.before_refused(&error))?;
            Err(error)
        })
    }

    /// Where lines begin with the delimiter, whatever follows it.
    pub(crate) fn line_starts(
        &self,
        octets: &[u8],
        at_line_start: bool,
    ) -> impl Iterator<Item = usize> {
        let first = (at_line_start && octets.starts_with(self.dash_boundary())).then_some(0);
        first.into_iter().chain(self.needle.find_all(octets).map(|line_feed| line_feed + 1))
    }

    /// The next delimiter line, if its first hyphen is before `end` in the window.
    pub(crate) fn find_before(
        &self,
        window: Window<'_>,
        end: usize,
        report: &Report,
    ) -> Result<LineSearch, Error> {
        let mut from = 0;
        loop {
            match self.next_line(window, from, end, report)? {
                StartSearch::Prefix(prefix) => from = prefix.dash,
                StartSearch::Line(line) => return Ok(LineSearch::Line(line)),
                StartSearch::Incomplete(settled) => return Ok(LineSearch::Incomplete(settled)),
                StartSearch::None => return Ok(LineSearch::None),
            }
        }
    }

    /// The next line from `from` on that begins with the delimiter, if its first hyphen is before
    /// `end` in the window.
    #[inline(always)]
    fn next_line(
        &self,
        window: Window<'_>,
        from: usize,
        end: usize,
        report: &Report,
    ) -> Result<StartSearch, Error> {
        let mut from = from;
        while let Some(found) = self.find_needle(&window.octets[from..]) {
            let (line_feed, dash) = (from + found, from + found + 1);
            if dash >= end {
                return Ok(StartSearch::None);
            }
            let rest = &window.octets[line_feed + self.needle().len()..];
            let break_start = break_start(window.octets, line_feed);
            match self.rest(window, dash, rest, report)? {
                LineMatch::Line(line) => {
                    let bare_break = break_start == line_feed;
                    return Ok(StartSearch::Line(DelimiterLine {
                        break_start,
                        bare_break,
                        ..line
                    }));
                }
                LineMatch::Incomplete => return Ok(StartSearch::Incomplete(break_start)),
                LineMatch::Prefix => {
                    return Ok(StartSearch::Prefix(PrefixLine { break_start, dash }));
                }
                LineMatch::Other => from = dash,
            }
        }
        if window.last {
            return Ok(StartSearch::None);
        }
        Ok(StartSearch::Incomplete(self.unsettled(window.octets)))
    }

    /// Whether a delimiter line could begin before `end` in the window if more octets followed.
    #[cold]
    pub(crate) fn may_grow_before(
        &self,
        window: Window<'_>,
        end: usize,
        report: &Report,
    ) -> Result<bool, Error> {
        let open = Window { last: false, ..window };
        let search = self.find_before(open, end, report)?;
        Ok(matches!(search, LineSearch::Incomplete(settled) if settled < end))
    }

    /// Whether octets end with a delimiter line that is not a close delimiter line.
    pub(crate) fn ends(&self, octets: Option<&[u8]>) -> bool {
        let line = octets.and_then(|octets| octets.strip_suffix(b"\n")).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let len = line.iter().rposition(|&octet| !is_space(octet)).map_or(0, |last| last + 1);
        let before = line[..len].strip_suffix(self.dash_boundary());
        before.is_some_and(|before| before.is_empty() || before.ends_with(b"\n"))
    }

    /// Where the longest tail begins that may become a line break and a delimiter.
    pub(crate) fn unsettled(&self, octets: &[u8]) -> usize {
        let reach = octets.len().saturating_sub(self.needle().len());
        match memchr::memrchr(b'\n', &octets[reach..]) {
            // The boundary contains no LF, so only the last LF can begin a match.
            Some(at) if self.needle().starts_with(&octets[reach + at..]) => {
                break_start(octets, reach + at)
            }
            _ if octets.last() == Some(&b'\r') => octets.len() - 1,
            _ => octets.len(),
        }
    }

    /// Reads what follows `--boundary`, which begins at `start`.
    #[inline(always)]
    fn rest(
        &self,
        window: Window<'_>,
        start: usize,
        rest: &[u8],
        report: &Report,
    ) -> Result<LineMatch, Error> {
        // The usual line, without padding.
        if rest.starts_with(b"\r\n") {
            let end = window.octets.offset(rest) + 2;
            return Ok(LineMatch::Line(DelimiterLine {
                break_start: start,
                dash: start,
                end,
                close: false,
                bare_break: false,
                line_end: LineEnd::CrLf,
            }));
        }
        self.unusual_rest(window, start, rest, report)
    }

    /// Reads a line that is padded, closes, ends with a bare LF, or is not a delimiter line.
    fn unusual_rest(
        &self,
        window: Window<'_>,
        start: usize,
        rest: &[u8],
        report: &Report,
    ) -> Result<LineMatch, Error> {
        let most = usize::try_from(report.limits.padding_octets).unwrap_or(usize::MAX);
        let padded = rest.strip_prefix(b"--").unwrap_or(rest);
        // This comes first, so that the limit is met wherever the window ends.
        if padded.iter().take_while(|&&octet| is_space(octet)).nth(most).is_some() {
            return Err(Error::limit(Limit::PaddingOctets, &report.limits, window.offset(start)));
        }
        let line = |end, close, line_end| {
            let (break_start, dash) = (start, start);
            let line = DelimiterLine { break_start, dash, end, close, bare_break: false, line_end };
            LineMatch::Line(line)
        };
        Ok(match delimiter_rest(rest) {
            Ok((after, DelimiterRest { close, line_end })) => {
                line(window.octets.offset(after), close, line_end)
            }
            Err(nom::Err::Incomplete(_)) if !window.last => LineMatch::Incomplete,
            Err(nom::Err::Incomplete(_)) if rest.starts_with(b"--") => {
                let (padding, line_end) = match padded.strip_suffix(b"\r") {
                    Some(padding) => (padding, LineEnd::InputAfterCr),
                    None => (padded, LineEnd::Input),
                };
                let closes = padding.iter().copied().all(is_space);
                let end = window.octets.len();
                if closes { line(end, true, line_end) } else { LineMatch::Other }
            }
            // The end of the input cuts this line: it may have been a delimiter line.
            Err(nom::Err::Incomplete(_)) => LineMatch::Other,
            Err(_) => LineMatch::Prefix,
        })
    }
}

/// Where the line break begins that ends with the LF at `line_feed`.
fn break_start(octets: &[u8], line_feed: usize) -> usize {
    let cr = line_feed > 0 && octets[line_feed - 1] == b'\r';
    line_feed - usize::from(cr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Tolerance};

    fn find(octets: &[u8], last: bool) -> Result<(usize, usize, bool), usize> {
        let delimiter = Delimiter::new(b"b");
        let report = Report::new(Tolerance::DRAFTS, Limits::default());
        match delimiter.find(Window { octets, base: 0, last }, &report).unwrap() {
            LineSearch::Line(DelimiterLine { break_start, end, close, .. }) => {
                Ok((break_start, end, close))
            }
            LineSearch::Incomplete(at) => Err(at),
            LineSearch::None => Err(usize::MAX),
        }
    }

    #[test]
    fn rfc2046_5_1_1_the_line_break_before_a_delimiter_belongs_to_it() {
        assert_eq!(find(b"x\r\n--b\r\ny", false), Ok((1, 8, false)));
        assert_eq!(find(b"x\n--b--\r\n", false), Ok((1, 9, true)));
        assert_eq!(find(b"x\r\r\n--b--", true), Ok((2, 9, true)));
        assert_eq!(find(b"\n--bX\n--b-\r\n--b- -\r\n--b\rX\r\n--b\r\n", true), Ok((25, 32, false)));
    }

    #[test]
    fn what_may_grow_into_a_delimiter_is_held_and_nothing_else() {
        for (octets, settled) in [
            (&b"xyz"[..], 3),
            (b"xyz\r", 3),
            (b"xyz\r\n", 3),
            (b"xyz\n-", 3),
            (b"xyz\r\n--b", 3),
            (b"xyz\r\n--b--  ", 3),
            (b"xyz\r\n--b\r", 3),
            (b"xyz\r\n--c", 8),
            (b"xyz\n\r", 4),
        ] {
            assert_eq!(find(octets, false), Err(settled), "{}", octets.escape_ascii());
            let close = octets.ends_with(b"--  ");
            assert_eq!(find(octets, true), if close { Ok((3, 12, true)) } else { Err(usize::MAX) });
        }
    }
}
