//! Reading one package in ranges: on many cores, or hosts that share the file.

use crate::delimiter::{Sought, Window};
use crate::diagnostic::Diagnostics;
use crate::error::{Error, Misuse};
use crate::reader::Reader;
use crate::rule::Rule;
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
    range: Range<u64>,
    state: State,
    count: u64,
    first: Option<u64>,
    close: Option<u64>,
}

#[derive(Debug)]
enum State {
    /// Before the first delimiter line.
    Start,
    /// Behind a delimiter line of the range.
    Within,
    Done,
    Failed(Error),
}

/// What a range held, to be [`joined`](Self::join) with those of the others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Summary {
    start: u64,
    end: u64,
    parts: u64,
    first: Option<u64>,
    close: Option<u64>,
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
        Self { parts, range, state: State::Start, count: 0, first: None, close: None }
    }

    /// The breaches that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.parts.diagnostics()
    }

    /// What the range held.
    ///
    /// # Errors
    /// The error that ended the reading, and [`Misuse::RangeUnread`] before its end.
    pub fn summary(&self) -> Result<Summary, Error> {
        match &self.state {
            State::Failed(error) => Err(error.clone()),
            State::Start | State::Within => {
                Err(Error::misuse(Misuse::RangeUnread, self.range.start))
            }
            State::Done => Ok(Summary {
                start: self.range.start,
                end: self.range.end,
                parts: self.count,
                first: self.first,
                close: self.close,
            }),
        }
    }

    fn step(&mut self) -> Result<Option<Part<'a>>, Error> {
        if let State::Start = self.state {
            if self.parts.is_framed_by_length() {
                return Err(Error::misuse(Misuse::RangeOfLengths, self.range.start));
            }
            let begun = match self.range {
                _ if self.parts.input().is_empty() => self.parts.begin()?,
                Range { start, end } if start == end => false,
                Range { start: 0, .. } => self.parts.begin()?,
                _ => self.seek()?,
            };
            self.state = if begun { State::Within } else { State::Done };
        }
        let State::Within = self.state else { return Ok(None) };
        let opened_at = self.parts.opened_at();
        if opened_at >= self.range.end {
            self.state = State::Done;
            return Ok(None);
        }
        self.first.get_or_insert(opened_at);
        let part = self.parts.step()?;
        match part {
            Some(_) => self.count += 1,
            None => {
                self.close = self.parts.is_closed().then_some(opened_at);
                self.state = State::Done;
            }
        }
        Ok(part)
    }

    /// Looks for the first delimiter line of a range that does not begin with the input.
    fn seek(&mut self) -> Result<bool, Error> {
        let (delimiter, checks) = self.parts.search();
        // A delimiter line whose first hyphen is the range's first octet has its line break before.
        let mut from = at(self.range.start).saturating_sub(2);
        let reach = at(self.range.end).saturating_add(delimiter.needle().len());
        let reach = reach.saturating_add(checks.limits.padding_octets).saturating_add(8);
        let input = self.parts.input();
        let seen = input.get(..reach).unwrap_or(input);
        loop {
            let octets = seen.get(from..).unwrap_or_default();
            let last = seen.len() == input.len();
            let window = Window { octets, base: from as u64, last };
            let Sought::Line(line) = delimiter.find(window, checks)? else { return Ok(false) };
            let dash = window.offset(line.dash);
            if dash >= self.range.end {
                return Ok(false);
            }
            if dash >= self.range.start {
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
        if let State::Done | State::Failed(_) = self.state {
            return None;
        }
        self.step().transpose().inspect(|part| {
            if let Err(error) = part {
                self.state = State::Failed(error.clone());
            }
        })
    }
}

impl std::iter::FusedIterator for Split<'_> {}

impl Summary {
    /// How many parts the range held.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.parts
    }

    /// The octets of the range.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.start..self.end
    }

    /// Joins the summaries of all ranges of an input of so many octets, in any order: the package
    /// is whole, and every part was given exactly once. Gives how many parts it has.
    ///
    /// # Errors
    /// [`Misuse::RangesApart`] when the ranges do not cover the input, each octet once;
    /// [`Rule::CloseMissing`] when none holds the close delimiter;
    /// [`Rule::DelimiterAfterClose`] when another delimiter line stands behind it.
    pub fn join(summaries: impl IntoIterator<Item = Self>, octets: u64) -> Result<u64, Error> {
        let mut summaries: Vec<_> = summaries.into_iter().collect();
        // An empty range holds nothing, wherever it lies.
        summaries.retain(|summary| summary.start < summary.end || octets == 0);
        summaries.sort_by_key(|summary| summary.start);
        let (mut end, mut parts, mut close) = (0, 0, None);
        for summary in &summaries {
            if summary.start != end {
                return Err(Error::misuse(Misuse::RangesApart, end));
            }
            if let (Some(_), Some(first)) = (close, summary.first) {
                return Err(Error::rule(Rule::DelimiterAfterClose, first, b""));
            }
            end = summary.end;
            parts += summary.parts;
            close = close.or(summary.close);
        }
        if end != octets {
            return Err(Error::misuse(Misuse::RangesApart, end));
        }
        match close {
            Some(_) => Ok(parts),
            None => Err(Error::rule(Rule::CloseMissing, octets, b"")),
        }
    }
}
