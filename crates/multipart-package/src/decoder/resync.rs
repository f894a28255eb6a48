//! Resuming after a part that cannot be read.

use super::machine::Decoder;
use super::state::{ResyncPoint, SearchStart, State};
use super::step::Turn;
use crate::delimiter::{DelimiterLine, LineMatch, LineSearch};
use crate::error::{Error, ErrorKind, Misuse};
use crate::part_checks;
use crate::reader::ReadConfig;
use crate::rule::Rule;

impl Decoder {
    /// Resumes after a part that cannot be read.
    ///
    /// The next [`step`](Decoder::step) skips to the next delimiter line, and gives
    /// [`Event::Lost`](crate::Event::Lost) with the octets of that part. It may need more input for
    /// this. Do not use the events that were given for the part before the error.
    ///
    /// If no delimiter line follows, `step` returns [`Rule::CloseMissing`], even if this rule is
    /// tolerated. If more octets are lost than a body may have, it returns
    /// [`Limit::BodyOctets`](crate::Limit::BodyOctets).
    ///
    /// A violation in a delimiter line belongs to the part that the line ends. Violations in the
    /// octets that are skipped, and in the delimiter line after them, are not reported.
    ///
    /// Under [`Framing::Length`](crate::Framing::Length), a part ends before the decoder looks at
    /// what follows it. If no delimiter line follows ([`Rule::LengthFraming`]), the part's length
    /// may be wrong, although its [`Event::End`](crate::Event::End) was given; the octets from the end
    /// of its body on are lost. A length that is too large therefore hides later parts, and after one
    /// that is too small, or after a refused head, the decoder may resume at a delimiter line within
    /// the part's own body.
    ///
    /// A lost part is counted: the next part has the number after it.
    ///
    /// # Errors
    /// - The same error again, if a limit was exceeded, or if the error does not belong to one part
    ///   (such as a missing opening), or if no delimiter line ends the part.
    /// - [`Misuse::NothingToResync`] if nothing failed.
    pub fn resync(&mut self) -> Result<(), Error> {
        let (State::Failed(point), Some(error)) = (self.state, &self.failure) else {
            return Err(Error::misuse(Misuse::NothingToResync, self.feed.base()));
        };
        self.state = match point {
            ResyncPoint::Ahead(from) => State::Resync(from),
            ResyncPoint::Behind(line, base) => State::Lost(line, base),
            ResyncPoint::Nowhere => return Err(error.clone()),
        };
        self.failure = None;
        Ok(())
    }

    /// Keeps an error, and where the reading can resume after it.
    #[cold]
    pub(super) fn fail(&mut self, error: &Error) {
        let is_limit = matches!(error.kind(), ErrorKind::Limit(_) | ErrorKind::Misuse(_));
        let point = match self.state {
            State::Failed(..) => return,
            // No delimiter line follows a part that ends with the input.
            _ if is_limit || error.rule() == Some(Rule::CloseMissing) => ResyncPoint::Nowhere,
            State::Head | State::HeadRest => {
                self.part.start = self.feed.base();
                self.number = self.number.saturating_add(1);
                ResyncPoint::Ahead(SearchStart::LineStart)
            }
            State::BodyStart => ResyncPoint::Ahead(SearchStart::LineStart),
            State::Body | State::LengthBody(_) => ResyncPoint::Ahead(SearchStart::Within),
            State::LengthEnd => {
                // The part itself was given.
                self.part.start = self.feed.base();
                let ends_line = self.part.ends_line;
                let from = if ends_line { SearchStart::LineStart } else { SearchStart::Within };
                ResyncPoint::Ahead(from)
            }
            State::WholeEnd(line) => ResyncPoint::Behind(line, self.window_of(line)),
            State::End(Some(line), base) => ResyncPoint::Behind(line, base),
            _ => ResyncPoint::Nowhere,
        };
        (self.state, self.failure) = (State::Failed(point), Some(error.clone()));
    }

    /// Looks for the delimiter line after a part that cannot be read.
    pub(super) fn search(&mut self, from: SearchStart) -> Result<Turn, Error> {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        if let SearchStart::LineStart = from {
            match delimiter.at(window, 0, report)? {
                LineMatch::Line(line) => {
                    let base = window.base;
                    return self.lose(line, base);
                }
                LineMatch::Incomplete => return self.more(),
                LineMatch::Prefix | LineMatch::Other => {}
            }
        }
        let start = self.part.start;
        let search = delimiter.find_line_behind(window, report, |before| {
            part_checks::check_body(window.offset(before) - start, start, report)
        });
        match search? {
            LineSearch::Line(line) => {
                let base = window.base;
                self.lose(line, base)
            }
            LineSearch::Incomplete(settled) => {
                part_checks::check_body(window.offset(settled) - start, start, report)?;
                self.state = State::Resync(SearchStart::Within);
                self.feed.skip(settled);
                self.more()
            }
            LineSearch::None => {
                let end = window.offset(window.octets.len());
                part_checks::check_body(end - start, start, report)?;
                Err(Error::violation(Rule::CloseMissing, end, b""))
            }
        }
    }

    /// Ends a lost part at a delimiter line that is still in the view.
    fn lose(&mut self, line: DelimiterLine, base: u64) -> Result<Turn, Error> {
        self.feed.skip(line.end);
        self.lost(line, base)
    }

    /// Reports the lost octets, and continues after the delimiter line that ends them.
    pub(super) fn lost(&mut self, line: DelimiterLine, base: u64) -> Result<Turn, Error> {
        let lost = self.part.start..base + line.dash as u64;
        part_checks::check_body(lost.end - lost.start, lost.start, &self.config.report)?;
        self.continue_after(line, base);
        Ok(Turn::Lost(lost))
    }
}
