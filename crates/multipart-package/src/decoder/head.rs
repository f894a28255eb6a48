//! Reading a part's head, and looking ahead at its body.

use super::machine::Decoder;
use super::state::{OpenPart, State};
use super::step::Turn;
use crate::delimiter::BodyAhead;
use crate::error::Error;
use crate::head::scan::{HeadScan, Scanned};
use crate::head::summary::HeadSummary;
use crate::part_checks;
use crate::reader::{Framing, ReadConfig};

impl Decoder {
    /// Reads a head that is plain and whole, and looks ahead at its body.
    #[inline]
    pub(super) fn head(&mut self) -> Result<Turn, Error> {
        let window = self.feed.window();
        let ReadConfig { delimiter, framing, report, .. } = &self.config;
        part_checks::check_part(self.number, window.base, report)?;
        let (summary, fields) = match HeadScan::plain_head(window, report) {
            Ok(read) => read,
            Err(scan) => return self.unusual_head(scan),
        };
        let body_start = fields + 2;
        self.state = match framing {
            Framing::Delimiter => match delimiter.look_ahead(&window.octets[body_start..]) {
                BodyAhead::Ends(line) => State::WholeBody(line),
                BodyAhead::Settled(0) => State::BodyStart,
                BodyAhead::Settled(octets) => State::SettledBody(octets),
            },
            Framing::Length => {
                let body_offset = window.offset(body_start);
                State::LengthBody(part_checks::framing_length(summary, body_offset, report)?)
            }
        };
        self.begin(summary, fields, body_start);
        Ok(Turn::Head)
    }

    #[cold]
    fn unusual_head(&mut self, scan: HeadScan) -> Result<Turn, Error> {
        (self.scan, self.state) = (scan, State::HeadRest);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let window = self.feed.window();
        let scanned = self.scan.advance_after_plain_lines(window, Some(delimiter), report)?;
        self.scanned(scanned)
    }

    /// Continues with a head that is not plain, or was not whole.
    pub(super) fn head_rest(&mut self) -> Result<Turn, Error> {
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let scanned = self.scan.advance(self.feed.window(), Some(delimiter), report)?;
        self.scanned(scanned)
    }

    fn scanned(&mut self, scanned: Scanned) -> Result<Turn, Error> {
        let window = self.feed.window();
        let ReadConfig { framing, report, .. } = &mut self.config;
        let summary = self.scan.summary();
        let (fields, body_start) = match scanned {
            Scanned::Incomplete if window.last => {
                let len = window.octets.len();
                part_checks::check_cut(window.base, window.offset(len), report)?;
                self.feed.skip(len);
                (self.state, self.is_cut) = (State::Done, true);
                return Ok(Turn::Again);
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
        self.begin(summary, fields, body_start);
        Ok(Turn::Head)
    }

    /// Begins a part whose fields are so many octets, and whose body begins there.
    #[inline]
    fn begin(&mut self, summary: HeadSummary, fields: usize, body_start: usize) {
        let start = self.feed.base();
        self.feed.take(fields);
        self.feed.skip(body_start - fields);
        let body_offset = self.feed.base();
        self.part = OpenPart { start, summary, body_offset, body_octets: 0, ends_line: true };
        self.number = self.number.saturating_add(1);
    }
}
