//! Reading a part's body, up to its delimiter line.

use super::machine::Decoder;
use super::state::{OpenPart, State};
use super::step::Turn;
use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, LineSearch, StartSearch, Window};
use crate::error::Error;
use crate::part_checks;
use crate::reader::ReadConfig;
use crate::report::Report;
use crate::rule::Rule;

impl Decoder {
    /// Gives a body whose end was seen already.
    #[inline]
    pub(super) fn whole_body(&mut self, line: DelimiterLine) -> Result<Turn, Error> {
        let octets = line.break_start as u64;
        part_checks::check_body(octets, self.part.body_offset, &self.config.report)?;
        self.state = State::WholeEnd(line);
        self.part.body_octets = octets;
        self.feed.take(line.break_start);
        self.feed.skip(line.end - line.break_start);
        Ok(if octets > 0 { Turn::Body } else { Turn::Again })
    }

    /// Gives the octets of a body that were looked at already, unless the input ends with them.
    pub(super) fn settled(&mut self, octets: usize) -> Result<Turn, Error> {
        self.state = State::Body;
        if octets == 0 || self.feed.window().last {
            return Ok(Turn::Again);
        }
        self.give_body(octets, 0)
    }

    /// Gives octets as body, and skips what follows them.
    #[inline]
    fn give_body(&mut self, octets: usize, behind: usize) -> Result<Turn, Error> {
        let body_octets = self.part.body_octets + octets as u64;
        self.part.body_octets = body_octets;
        part_checks::check_body(body_octets, self.part.body_offset, &self.config.report)?;
        self.feed.take(octets);
        self.feed.skip(behind);
        Ok(if octets > 0 { Turn::Body } else { Turn::Again })
    }

    #[inline]
    pub(super) fn body_start(&mut self) -> Result<Turn, Error> {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        match delimiter.at(window, 0, report)? {
            LineMatch::Line(line) => {
                self.state = State::End(Some(line), window.base);
                self.feed.skip(line.end);
                Ok(Turn::Again)
            }
            LineMatch::Incomplete => self.more(),
            found => {
                if found == LineMatch::Prefix {
                    part_checks::prefix_in_body(window.base, delimiter, report)?;
                }
                self.state = State::Body;
                Ok(Turn::Again)
            }
        }
    }

    #[inline]
    pub(super) fn body(&mut self) -> Result<Turn, Error> {
        let window = self.feed.window();
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let OpenPart { body_offset, body_octets, .. } = self.part;
        let search = delimiter.find_behind(window, 0, report, |before| {
            part_checks::check_body(body_octets + before as u64, body_offset, report)
        });
        let (len, behind) = match search? {
            StartSearch::Line(line) if self.part.summary.lone_line_feeds => {
                let (octets, base) = (body_octets + line.break_start as u64, window.base);
                part_checks::check_body(octets, body_offset, report)?;
                let summary = self.part.summary;
                let line = part_checks::settle_line_break(line, octets, base, summary, report)?;
                self.state = State::End(Some(line), base);
                (line.break_start, line.end - line.break_start)
            }
            StartSearch::Line(line) => {
                self.state = State::End(Some(line), window.base);
                (line.break_start, line.end - line.break_start)
            }
            StartSearch::Prefix(line) => {
                let before = body_octets + line.break_start as u64;
                part_checks::check_body(before, body_offset, report)?;
                part_checks::prefix_in_body(window.offset(line.dash), delimiter, report)?;
                (line.dash, 0)
            }
            StartSearch::Incomplete(0) => return self.more(),
            StartSearch::Incomplete(settled) => (settled, 0),
            StartSearch::None => {
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
        self.give_body(len, behind)
    }

    pub(super) fn length_body(&mut self, left: u64) -> Result<Turn, Error> {
        let window = self.feed.window();
        if left == 0 {
            self.state = State::LengthEnd;
            return Ok(Turn::End);
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
        self.feed.take(here);
        Ok(Turn::Body)
    }

    pub(super) fn length_end(&mut self) -> Result<Turn, Error> {
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
        Ok(Turn::Again)
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
