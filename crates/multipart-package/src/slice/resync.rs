//! Resuming after a part that cannot be read.

use super::parts::{Failure, Parts};
use crate::delimiter::{LineMatch, LineSearch};
use crate::error::{Error, ErrorKind, Misuse};
use crate::part_checks;
use crate::reader::ReadConfig;
use crate::rule::Rule;
use std::ops::Range;

impl Parts<'_> {
    /// Resumes after a part that cannot be read.
    ///
    /// It skips to the next delimiter line and returns the octets that are lost: from the start of
    /// the part's head up to the first hyphen of that delimiter line.
    ///
    /// A violation in a delimiter line belongs to the part that the line ends. Violations in the
    /// octets that are skipped, and in the delimiter line after them, are not reported.
    ///
    /// Under [`Framing::Length`](crate::Framing::Length), a part is given before the reader looks at
    /// what follows it. If no delimiter line follows ([`Rule::LengthFraming`]), the part's length may
    /// be wrong, although the part was given; the octets from the end of its body on are lost. A
    /// length that is too large therefore hides later parts, and after one that is too small, or
    /// after a refused head, the reading may resume at a delimiter line within the part's own body.
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
}
