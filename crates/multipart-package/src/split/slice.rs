//! Reading a range of a package that is in memory.

use super::progress::{Progress, State};
use super::summary::Summary;
use crate::delimiter::{LineSearch, Window};
use crate::error::{Error, Misuse};
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::slice::{Part, Parts};
use std::ops::Range;

/// The parts of a package that belong to a range of its octets.
///
/// A part belongs to the range that contains the first hyphen of its delimiter line. A first part
/// whose opening is implied belongs to the range that begins at 0. However a package is cut into
/// ranges, each part thus belongs to exactly one of them.
///
/// A part is read to its end, even if that is after the range. Once all parts are read,
/// [`summary`](Self::summary) says what the range contained. Only [`Summary::join`] of all ranges
/// shows that the package is complete. A range after the close delimiter may give parts, or an
/// error, from octets that a single reading skips: it cannot know of a close delimiter in an earlier
/// range. Use no part before `join` succeeded.
///
/// It requires [`Framing::Delimiter`](crate::Framing::Delimiter), because only delimiter lines can
/// be found from the middle of a package. Under [`Framing::Length`](crate::Framing::Length) the
/// first `next` returns [`Misuse::RangeOfLengths`]. After an error a `Split` ends, until
/// [`resync`](Self::resync) succeeds.
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
    /// Reads the parts that belong to a range of a package that is in memory.
    ///
    /// A range that reaches beyond the end of the input is cut there.
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

    /// The violations that were tolerated so far.
    ///
    /// Violations in a delimiter line between two ranges are reported by both: that line ends the
    /// last part of the one and begins the first part of the other.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.parts.diagnostics()
    }

    /// What the range contained.
    ///
    /// # Errors
    /// The error that ended the reading, or [`Misuse::RangeUnread`] before all parts are read.
    pub fn summary(&self) -> Result<Summary, Error> {
        self.progress.summary()
    }

    /// Resumes after a part that cannot be read, as [`Parts::resync`] does.
    ///
    /// The lost part counts as a part of the range. The delimiter line after it may be after the
    /// range, which then has no more parts.
    ///
    /// # Errors
    /// Those of [`Parts::resync`], and the same error again if it does not belong to a part.
    pub fn resync(&mut self) -> Result<Range<u64>, Error> {
        let lost = self.parts.resync();
        let lost = self.progress.resumes(lost).inspect_err(|error| {
            if let State::Failed(failed) = &mut self.progress.state {
                *failed = error.clone();
            }
        })?;
        self.progress.parts += 1;
        Ok(lost)
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
                self.progress.is_cut = !self.parts.is_closed();
                self.progress.ends(self.parts.input().len() as u64);
            }
        }
        Ok(part)
    }

    /// Looks for the first delimiter line of a range that does not begin at 0.
    fn seek(&mut self) -> Result<bool, Error> {
        let (delimiter, report) = self.parts.search();
        // The line break of a delimiter line at the very start of the range precedes the range.
        let mut from = at(self.progress.range.start).saturating_sub(2);
        let reach = at(self.progress.range.end).saturating_add(delimiter.needle().len());
        let reach = reach.saturating_add(at(report.limits.padding_octets)).saturating_add(8);
        let input = self.parts.input();
        let searched = input.get(..reach).unwrap_or(input);
        loop {
            let octets = searched.get(from..).unwrap_or_default();
            let last = searched.len() == input.len();
            let window = Window { octets, base: from as u64, last };
            let end = at(self.progress.range.end).saturating_sub(from);
            let LineSearch::Line(line) = delimiter.find_before(window, end, report)? else {
                if last && delimiter.may_grow_before(window, end, report)? {
                    self.progress.ends(input.len() as u64);
                }
                return Ok(false);
            };
            let dash = window.offset(line.dash);
            if dash >= self.progress.range.start {
                line.check(window.base, self.parts.report_mut())?;
                self.parts.continue_after(line, from);
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
