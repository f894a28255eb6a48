//! What a reader keeps of a preamble, which it discards.

use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, PrefixLine, Window};
use crate::error::Error;
use crate::opening_probe::FirstBlock;
use crate::part_checks;
use crate::report::Report;
use crate::rule::Rule;

/// What is known of a preamble so far.
#[derive(Debug, Default)]
pub(crate) struct Preamble {
    first_block: FirstBlock,
    /// Where the first line is that begins with the delimiter, but is no delimiter line.
    prefix: Option<u64>,
    /// The first line that looks like a delimiter line.
    alike: Option<Alike>,
    /// Whether the octets that are skipped next are within a line.
    is_within_line: bool,
}

/// A line that looks like a delimiter line, as another boundary would have it.
#[derive(Debug)]
struct Alike {
    at: u64,
    /// Its first octets.
    line: Vec<u8>,
    /// Whether more of it may follow.
    is_open: bool,
}

impl Alike {
    /// One more octet than an error shows.
    const MOST: usize = 25;

    /// Appends octets of the line, and returns how many of these belong to it.
    fn extend(&mut self, octets: &[u8]) -> usize {
        let end = memchr::memchr(b'\n', octets);
        let line = &octets[..end.unwrap_or(octets.len())];
        let room = Self::MOST - self.line.len();
        self.line.extend_from_slice(&line[..room.min(line.len())]);
        self.is_open = end.is_none() && self.line.len() < Self::MOST;
        line.len()
    }

    /// The line, if it is more than two hyphens.
    fn line(&self) -> Option<&[u8]> {
        let line = self.line.trim_ascii_end();
        (line.len() > 2).then_some(line)
    }
}

impl Preamble {
    /// Begins in a window that begins with the preamble.
    pub(crate) fn begin(
        first_block: FirstBlock,
        window: Window<'_>,
        delimiter: &Delimiter,
        report: &mut Report,
    ) -> Result<Self, Error> {
        let mut preamble = Self { first_block, ..Self::default() };
        if delimiter.at(window, 0, report)? == LineMatch::Prefix {
            preamble.prefix(PrefixLine::AT_START, window, delimiter, report)?;
        }
        Ok(preamble)
    }

    /// Reports a line that begins with the delimiter.
    pub(crate) fn prefix(
        &mut self,
        line: PrefixLine,
        window: Window<'_>,
        delimiter: &Delimiter,
        report: &mut Report,
    ) -> Result<(), Error> {
        part_checks::check_preamble(window.offset(line.break_start), report)?;
        let dash = window.offset(line.dash);
        self.prefix.get_or_insert(dash);
        report.violation(Rule::DelimiterPrefixOutside, dash, delimiter.dash_boundary())
    }

    /// Looks at octets that are skipped, for the first line that looks like a delimiter line.
    ///
    /// They come in stretches, none of which ends between a line break and two hyphens.
    pub(crate) fn skip(&mut self, octets: &[u8], base: u64) {
        let mut at = 0;
        let is_within_line = std::mem::replace(&mut self.is_within_line, !octets.ends_with(b"\n"));
        let mut dashes = (!is_within_line && octets.starts_with(b"--")).then_some(0);
        loop {
            if let Some(alike) = &mut self.alike {
                if alike.is_open {
                    at += alike.extend(&octets[at..]);
                }
                if alike.is_open || alike.line().is_some() {
                    return;
                }
            }
            let next = || memchr::memmem::find(&octets[at..], b"\n--").map(|found| at + found + 1);
            let Some(start) = dashes.take().or_else(next) else { return };
            at = start;
            let alike = Alike { at: base + start as u64, line: Vec::new(), is_open: true };
            self.alike = Some(alike);
        }
    }

    /// The error at the end of an input that has no delimiter line.
    pub(crate) fn opening_missing(&self, end: u64, delimiter: &Delimiter) -> Error {
        let alike = self.alike.as_ref().and_then(|alike| Some((alike.at, alike.line()?)));
        Error::opening_missing(end, delimiter.dash_boundary(), alike)
    }

    /// Reports the preamble when a delimiter line of the window ends it.
    pub(crate) fn end(
        &self,
        line: DelimiterLine,
        window: Window<'_>,
        delimiter: &Delimiter,
        report: &mut Report,
    ) -> Result<(), Error> {
        let octets = window.offset(line.break_start);
        part_checks::check_preamble(octets, report)?;
        if octets > 0 {
            report.violation_in(Rule::PreambleNotEmpty, 0..octets)?;
        }
        if !line.close {
            return Ok(());
        }
        // No part follows: the parts are most likely in the preamble.
        if let Some(dash) = self.prefix {
            let rule = Rule::PreambleDelimiterPrefix;
            report.violation(rule, dash, delimiter.dash_boundary())?;
        }
        match self.first_block {
            FirstBlock::Head => report.violation_in(Rule::PreambleHead, 0..octets),
            FirstBlock::Other => Ok(()),
        }
    }
}
