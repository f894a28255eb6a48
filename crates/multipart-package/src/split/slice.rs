//! Reading a range of a package that is in memory.

use super::{Progress, State, Summary};
use crate::delimiter::{Sought, Window};
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Misuse};
use crate::reader::Reader;
use crate::slice::{Part, Parts};
use std::ops::Range;

/// The parts of a package that belong to a range of its octets: those whose delimiter line's first
/// hyphen lies in it, and an implied first part if the range begins at 0. Every part of a package
/// thus belongs to exactly one of the ranges that it is cut into, wherever the cuts are.
///
/// A part is read to its end, wherever that is. Once all are read, [`summary`](Self::summary) tells
/// what was seen; only [`Summary::join`] of all ranges tells that the package is whole.
///
/// The delimiter lines must tell where a body ends: with
/// [`Framing::Length`](crate::Framing::Length) the reading is refused.
///
/// ```
/// use multipart_package::{Reader, Summary};
///
/// let package = b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n\r\n3\r\n--b--\r\n";
/// let reader = Reader::from_content_type(b"multipart/mixed; boundary=b")?;
/// let (mut bodies, mut summaries) = (Vec::new(), Vec::new());
/// for range in [0..12, 12..25, 25..package.len() as u64] {
///     let mut split = reader.split(package, range);
///     for part in split.by_ref() {
///         bodies.push(part?.body());
///     }
///     summaries.push(split.summary()?);
/// }
/// assert_eq!(bodies, [b"1", b"2", b"3"]);
/// assert_eq!(Summary::join(summaries, package.len() as u64)?, 3);
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug)]
pub struct Split<'a> {
    parts: Parts<'a>,
    progress: Progress,
}

impl Reader {
    /// Reads the parts that belong to a range of a package which is in memory, or mapped.
    ///
    /// The range is cut to the input.
    #[must_use]
    pub fn split<'a>(&self, input: &'a [u8], range: Range<u64>) -> Split<'a> {
        Split::new(self.parts(input), range, input.len() as u64)
    }
}

impl<'a> Split<'a> {
    fn new(parts: Parts<'a>, range: Range<u64>, octets: u64) -> Self {
        let end = range.end.min(octets);
        let range = range.start.min(end)..end;
        let progress = Progress::new(parts.search().0, range);
        Self { parts, progress }
    }

    /// The breaches that were tolerated so far. Those of a delimiter line between two ranges are told
    /// by both: it ends the one and opens the other.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.parts.diagnostics()
    }

    /// What the range held.
    ///
    /// # Errors
    /// The error that ended the reading, and [`Misuse::RangeUnread`] before its end.
    pub fn summary(&self) -> Result<Summary, Error> {
        self.progress.summary()
    }

    fn step(&mut self) -> Result<Option<Part<'a>>, Error> {
        if let State::Start = self.progress.state {
            if self.parts.is_framed_by_length() {
                return Err(Error::misuse(Misuse::RangeOfLengths, self.progress.range.start));
            }
            let begun = match self.progress.range {
                Range { start, end } if start == end => false,
                Range { start: 0, .. } => self.parts.begin()?,
                _ => self.seek()?,
            };
            self.progress.state = if begun { State::Within } else { State::Done };
        }
        let State::Within = self.progress.state else { return Ok(None) };
        let opened_at = self.parts.opened_at();
        if !self.progress.opens(opened_at) {
            return Ok(None);
        }
        let part = self.parts.step()?;
        match part {
            Some(_) => self.progress.parts += 1,
            None => {
                self.progress.close = self.parts.is_closed().then_some(opened_at);
                self.progress.ends(self.parts.input().len() as u64);
            }
        }
        Ok(part)
    }

    /// Looks for the first delimiter line of a range that does not begin with the input.
    fn seek(&mut self) -> Result<bool, Error> {
        let (delimiter, checks) = self.parts.search();
        // A delimiter line whose first hyphen is the range's first octet has its line break before.
        let mut from = at(self.progress.range.start).saturating_sub(2);
        let reach = at(self.progress.range.end).saturating_add(delimiter.needle().len());
        let reach = reach.saturating_add(checks.limits.padding_octets).saturating_add(8);
        let input = self.parts.input();
        let seen = input.get(..reach).unwrap_or(input);
        loop {
            let octets = seen.get(from..).unwrap_or_default();
            let last = seen.len() == input.len();
            let window = Window { octets, base: from as u64, last };
            let bound = at(self.progress.range.end).saturating_sub(from);
            let Sought::Line(line) = delimiter.find_before(window, bound, checks)? else {
                if last && delimiter.may_grow_before(window, bound, checks)? {
                    self.progress.ends(input.len() as u64);
                }
                return Ok(false);
            };
            let dash = window.offset(line.dash);
            if dash >= self.progress.range.start {
                line.check(window.base, self.parts.checks_mut())?;
                self.parts.pass(line, from);
                return Ok(true);
            }
            from += line.dash;
        }
    }
}

fn at(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

impl<'a> Iterator for Split<'a> {
    type Item = Result<Part<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let State::Done | State::Failed(_) = self.progress.state {
            return None;
        }
        self.step().transpose().inspect(|part| {
            if let Err(error) = part {
                self.progress.state = State::Failed(error.clone());
            }
        })
    }
}

impl std::iter::FusedIterator for Split<'_> {}
