//! Finding delimiter lines.
//!
//! A delimiter line begins at the start of the input, of a body, or after a LF; a CR before that
//! LF belongs to the delimiter (RFC 2046 section 5.1.1). The functions here look at one window of
//! the input and say so when the window ends before they can tell.

use crate::boundary::Boundary;
use crate::checks::Checks;
use crate::error::Error;
use crate::grammar::{DelimiterRest, LineEnd, delimiter_rest, is_space};
use crate::limits::Limit;
use crate::rule::Rule;
use memchr::memmem::Finder;
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

    /// How many octets stand before a delimiter line, and its line break, that was refused.
    #[cold]
    fn before_refused(&self, error: &Error) -> usize {
        let dash = usize::try_from(error.offset() - self.base).unwrap_or(usize::MAX);
        break_start(self.octets, dash.saturating_sub(1))
    }
}

/// A delimiter line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    /// Where the line break before it begins, which belongs to it.
    pub(crate) break_start: usize,
    /// Where its first hyphen stands.
    pub(crate) dash: usize,
    /// Where the line after it begins.
    pub(crate) end: usize,
    pub(crate) close: bool,
    /// Whether the line break before it is a LF without a CR.
    bare_break: bool,
    /// Whether it ends in a LF without a CR.
    bare_end: bool,
}

impl Line {
    /// The same line, its end already checked.
    pub(crate) fn settled(self) -> Self {
        Self { bare_end: false, ..self }
    }

    /// Reports or refuses bare line feeds; `base` is where its window begins.
    #[inline]
    pub(crate) fn check(self, base: u64, checks: &mut Checks) -> Result<(), Error> {
        if self.bare_break {
            checks.breach(Rule::BareLineFeed, base + self.break_start as u64, b"\n")?;
        }
        if self.bare_end {
            checks.breach(Rule::BareLineFeed, base + self.end as u64 - 1, b"\n")?;
        }
        Ok(())
    }
}

/// What a look at one place gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Line(Line),
    /// No delimiter line begins there.
    Other,
    /// The window ends too early to tell.
    Incomplete,
}

/// What a search gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sought {
    Line(Line),
    /// None so far; one may begin at this place, where the window ends too early to tell.
    Incomplete(usize),
    /// None, and the input is at its end.
    None,
}

/// A boundary made ready for the search.
#[derive(Debug, Clone)]
pub(crate) struct Delimiter {
    /// LF, two hyphens, the boundary.
    finder: Finder<'static>,
}

impl Delimiter {
    pub(crate) fn new(boundary: &Boundary) -> Self {
        let needle = [b"\n--", boundary.as_bytes()].concat();
        Self { finder: Finder::new(&needle).into_owned() }
    }

    /// LF, two hyphens, the boundary.
    pub(crate) fn needle(&self) -> &[u8] {
        self.finder.needle()
    }

    /// Two hyphens and the boundary.
    pub(crate) fn dash_boundary(&self) -> &[u8] {
        &self.needle()[1..]
    }

    /// Where the needle stands next.
    #[inline]
    pub(crate) fn find_needle(&self, octets: &[u8]) -> Option<usize> {
        self.finder.find(octets)
    }

    /// Whether a delimiter line begins at `start`, which is a line's start.
    #[inline]
    pub(crate) fn at(
        &self,
        window: Window<'_>,
        start: usize,
        checks: &Checks,
    ) -> Result<At, Error> {
        let octets = &window.octets[start..];
        if octets.first().is_some_and(|&first| first != b'-') {
            return Ok(At::Other);
        }
        match octets.strip_prefix(self.dash_boundary()) {
            Some(rest) => self.rest(window, start, rest, checks),
            None if !window.last && self.dash_boundary().starts_with(octets) => Ok(At::Incomplete),
            None => Ok(At::Other),
        }
    }

    /// Whether a delimiter line, and the line break before it, begin at the window's start.
    ///
    /// Behind an empty body the line break before it may be the blank line's.
    pub(crate) fn follows(
        &self,
        window: Window<'_>,
        empty_body: bool,
        checks: &Checks,
    ) -> Result<At, Error> {
        if empty_body {
            let at = self.at(window, 0, checks)?;
            if at != At::Other {
                return Ok(at);
            }
        }
        let line_break = match window.octets {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [] | [b'\r'] if !window.last => return Ok(At::Incomplete),
            _ => return Ok(At::Other),
        };
        Ok(match self.at(window, line_break, checks)? {
            At::Line(line) => {
                At::Line(Line { break_start: 0, bare_break: line_break == 1, ..line })
            }
            other => other,
        })
    }

    /// The next delimiter line that begins after a LF in the window.
    #[inline]
    pub(crate) fn find(&self, window: Window<'_>, checks: &Checks) -> Result<Sought, Error> {
        self.find_before(window, usize::MAX, checks)
    }

    /// The same, behind a stretch that is bounded itself: where padding is beyond its limit, the
    /// octets before that line are checked first, as they are where they came in chunks.
    #[inline]
    pub(crate) fn find_behind(
        &self,
        window: Window<'_>,
        checks: &Checks,
        check: impl FnOnce(usize) -> Result<(), Error>,
    ) -> Result<Sought, Error> {
        self.find(window, checks).or_else(|error| {
            check(window.before_refused(&error))?;
            Err(error)
        })
    }

    /// The next one, where its first hyphen stands before a place in the window; none where it stands
    /// behind.
    #[inline(always)]
    pub(crate) fn find_before(
        &self,
        window: Window<'_>,
        bound: usize,
        checks: &Checks,
    ) -> Result<Sought, Error> {
        let mut searched = 0;
        while let Some(found) = self.finder.find(&window.octets[searched..]) {
            let line_feed = searched + found;
            if line_feed + 1 >= bound {
                return Ok(Sought::None);
            }
            let rest = &window.octets[line_feed + self.needle().len()..];
            let break_start = break_start(window.octets, line_feed);
            match self.rest(window, line_feed + 1, rest, checks)? {
                At::Line(line) => {
                    let bare_break = break_start == line_feed;
                    return Ok(Sought::Line(Line { break_start, bare_break, ..line }));
                }
                At::Incomplete => return Ok(Sought::Incomplete(break_start)),
                At::Other => searched = line_feed + 1,
            }
        }
        if window.last {
            return Ok(Sought::None);
        }
        Ok(Sought::Incomplete(self.unsettled(window.octets)))
    }

    /// Whether a delimiter line might begin before a place in the window, were there more octets.
    #[cold]
    pub(crate) fn may_grow_before(
        &self,
        window: Window<'_>,
        bound: usize,
        checks: &Checks,
    ) -> Result<bool, Error> {
        let open = Window { last: false, ..window };
        let sought = self.find_before(open, bound, checks)?;
        Ok(matches!(sought, Sought::Incomplete(settled) if settled < bound))
    }

    /// Whether octets end in a delimiter line that does not close.
    pub(crate) fn ends(&self, octets: Option<&[u8]>) -> bool {
        let line = octets.and_then(|octets| octets.strip_suffix(b"\n")).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let len = line.iter().rposition(|&octet| !is_space(octet)).map_or(0, |last| last + 1);
        let before = line[..len].strip_suffix(self.dash_boundary());
        before.is_some_and(|before| before.is_empty() || before.ends_with(b"\n"))
    }

    /// Where the longest tail begins that may grow into a line break and a delimiter.
    fn unsettled(&self, octets: &[u8]) -> usize {
        let reach = octets.len().saturating_sub(self.needle().len());
        match memchr::memrchr(b'\n', &octets[reach..]) {
            // The boundary holds no LF, so only the last one can begin a match.
            Some(at) if self.needle().starts_with(&octets[reach + at..]) => {
                break_start(octets, reach + at)
            }
            _ if octets.last() == Some(&b'\r') => octets.len() - 1,
            _ => octets.len(),
        }
    }

    /// Reads on behind `--boundary`, which begins at `start`.
    #[inline(always)]
    fn rest(
        &self,
        window: Window<'_>,
        start: usize,
        rest: &[u8],
        checks: &Checks,
    ) -> Result<At, Error> {
        // The usual line, without padding.
        if rest.starts_with(b"\r\n") {
            let end = window.octets.offset(rest) + 2;
            return Ok(At::Line(Line {
                break_start: start,
                dash: start,
                end,
                close: false,
                bare_break: false,
                bare_end: false,
            }));
        }
        self.unusual_rest(window, start, rest, checks)
    }

    /// The same for what is padded, closes, ends in a bare LF or is no delimiter line.
    fn unusual_rest(
        &self,
        window: Window<'_>,
        start: usize,
        rest: &[u8],
        checks: &Checks,
    ) -> Result<At, Error> {
        let bound = checks.limits.padding_octets;
        let padded = rest.strip_prefix(b"--").unwrap_or(rest);
        // Looked at first, so that a limit is met alike wherever the window ends.
        if padded.iter().take_while(|&&octet| is_space(octet)).nth(bound).is_some() {
            return Err(Error::limit(Limit::PaddingOctets, &checks.limits, window.offset(start)));
        }
        Ok(match delimiter_rest(rest) {
            Ok((after, DelimiterRest { close, line_end })) => {
                let (end, bare_end) = (window.octets.offset(after), line_end == LineEnd::BareLf);
                At::Line(Line {
                    break_start: start,
                    dash: start,
                    end,
                    close,
                    bare_break: false,
                    bare_end,
                })
            }
            Err(nom::Err::Incomplete(_)) if !window.last => At::Incomplete,
            Err(nom::Err::Incomplete(_))
                if rest.starts_with(b"--") && padded.iter().copied().all(is_space) =>
            {
                let end = window.octets.len();
                At::Line(Line {
                    break_start: start,
                    dash: start,
                    end,
                    close: true,
                    bare_break: false,
                    bare_end: false,
                })
            }
            Err(_) => At::Other,
        })
    }
}

/// Where the line break begins that ends in the LF at `line_feed`.
fn break_start(octets: &[u8], line_feed: usize) -> usize {
    let cr = line_feed > 0 && octets[line_feed - 1] == b'\r';
    line_feed - usize::from(cr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Tolerance};

    fn find(octets: &[u8], last: bool) -> Result<(usize, usize, bool), usize> {
        let delimiter = Delimiter::new(&"b".parse().unwrap());
        let checks = Checks::new(Tolerance::DRAFTS, Limits::default());
        match delimiter.find(Window { octets, base: 0, last }, &checks).unwrap() {
            Sought::Line(Line { break_start, end, close, .. }) => Ok((break_start, end, close)),
            Sought::Incomplete(at) => Err(at),
            Sought::None => Err(usize::MAX),
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
