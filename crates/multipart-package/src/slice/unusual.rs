//! Reading what the fast path leaves: heads that are not plain, bodies that are framed by their length,
//! and bodies that no usual delimiter line ends.

use super::part::Part;
use super::parts::{Next, Parts};
use crate::delimiter::{
    BodyAhead, Delimiter, DelimiterLine, LineMatch, PrefixLine, StartSearch, Window,
};
use crate::error::Error;
use crate::head::Head;
use crate::head::scan::{HeadScan, Scanned};
use crate::head::summary::HeadSummary;
use crate::part_checks;
use crate::reader::{Framing, ReadConfig};
use crate::report::Report;
use crate::rule::Rule;
use std::ops::Range;

impl<'a> Parts<'a> {
    /// Reads a body framed by its length, or one that is not sound or that no usual line ends.
    #[inline(never)]
    pub(super) fn unusual_body(
        &mut self,
        at: usize,
        summary: &HeadSummary,
        ahead: BodyAhead,
    ) -> Result<&'a [u8], Error> {
        self.framed = None;
        match (self.config.framing, ahead) {
            (Framing::Length, _) => self.body_of_length(at, *summary),
            (Framing::Delimiter, BodyAhead::Ends(line)) => self.end_body(line, at, summary),
            (Framing::Delimiter, BodyAhead::Settled(octets)) => {
                self.body_to_delimiter(at, summary, octets)
            }
        }
    }

    /// Reads a part whose head is not plain.
    #[cold]
    pub(super) fn unusual_part(&mut self, scan: HeadScan) -> Result<Part<'a>, Option<Error>> {
        self.framed = None;
        let window = self.window(self.at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let (summary, fields, body_start, line) =
            unusual_head(scan, window, delimiter, report)?.ok_or(None)?;
        let body_at = self.at + body_start;
        let body = match line {
            Some(line) => {
                self.continue_after(line, self.at);
                part_checks::check_length(summary, 0, &mut self.config.report)?;
                &[]
            }
            None => self.unusual_body(body_at, &summary, BodyAhead::Settled(0))?,
        };
        let head = Head::new(&window.octets[..fields], window.base, summary);
        let part = Part { head, body, body_offset: body_at as u64, number: self.number };
        self.number = self.number.saturating_add(1);
        Ok(part)
    }

    /// Reads a body whose first octets are known to be body.
    fn body_to_delimiter(
        &mut self,
        at: usize,
        summary: &HeadSummary,
        settled: usize,
    ) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let at_start = match settled {
            0 => delimiter.at(window, 0, report)?,
            _ => LineMatch::Other,
        };
        let found = match at_start {
            LineMatch::Line(line) => StartSearch::Line(line),
            LineMatch::Prefix => StartSearch::Prefix(PrefixLine::AT_START),
            LineMatch::Other | LineMatch::Incomplete => {
                delimiter.find_behind(window, settled, report, |before| {
                    part_checks::check_body(before as u64, window.base, report)
                })?
            }
        };
        match found {
            StartSearch::Line(line) if !summary.lone_line_feeds => self.end_body(line, at, summary),
            found => self.end_unusual_body(found, at, summary),
        }
    }

    /// Ends a body in which other lines begin with the delimiter, or whose line break is to be
    /// settled, or that ends with the input.
    #[cold]
    fn end_unusual_body(
        &mut self,
        found: StartSearch,
        at: usize,
        summary: &HeadSummary,
    ) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        let line = match found {
            StartSearch::Line(line) => Some(line),
            StartSearch::Prefix(first) => line_after_prefixes(first, window, delimiter, report)?,
            StartSearch::Incomplete(_) | StartSearch::None => None,
        };
        let Some(mut line) = line else {
            let octets = window.octets.len() as u64;
            part_checks::check_body(octets, window.base, report)?;
            report.violation_in(Rule::CloseMissing, end_of(window))?;
            part_checks::check_length(*summary, octets, report)?;
            self.next = Next::Nothing;
            return Ok(window.octets);
        };
        if summary.lone_line_feeds {
            let (octets, base) = (line.break_start as u64, window.base);
            part_checks::check_body(octets, base, report)?;
            line = part_checks::settle_line_break(line, octets, base, *summary, report)?;
        }
        self.end_body(line, at, summary)
    }

    /// Ends a body at the delimiter line after it.
    fn end_body(
        &mut self,
        line: DelimiterLine,
        at: usize,
        summary: &HeadSummary,
    ) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let report = &mut self.config.report;
        let octets = line.break_start as u64;
        part_checks::check_body(octets, window.base, report)?;
        line.check(window.base, report)?;
        part_checks::check_length(*summary, octets, report)?;
        self.continue_after(line, at);
        Ok(&window.octets[..line.break_start])
    }

    fn body_of_length(&mut self, at: usize, summary: HeadSummary) -> Result<&'a [u8], Error> {
        let window = self.window(at);
        let length = part_checks::framing_length(summary, window.base, &self.config.report)?;
        let body = usize::try_from(length).ok().and_then(|length| window.octets.get(..length));
        self.framed = Some(at + body.map_or(window.octets.len(), <[u8]>::len));
        let Some(body) = body else {
            let here = window.octets.len() as u64;
            return Err(Error::incomplete(self.input.len() as u64, length - here));
        };
        // The part is complete, whatever follows it: the next step gives the error.
        if let Err(error) = self.delimiter_after(at + body.len(), body.is_empty()) {
            (self.at, self.next, self.pending) = (at + body.len(), Next::NoDelimiter, Some(error));
        }
        Ok(body)
    }

    /// Reads the delimiter line after a body that its length frames.
    fn delimiter_after(&mut self, at: usize, empty_body: bool) -> Result<(), Error> {
        let window = self.window(at);
        let ReadConfig { delimiter, report, .. } = &mut self.config;
        if let LineMatch::Line(line) = delimiter.follows(window, empty_body, report)? {
            line.check(window.base, report)?;
            self.continue_after(line, at);
        } else if delimiter.is_cut(window, empty_body, report)? {
            let end = window.offset(window.octets.len());
            part_checks::check_cut(window.base, end, report)?;
            self.next = Next::Nothing;
        } else {
            return Err(Error::violation(Rule::LengthFraming, window.base, b""));
        }
        Ok(())
    }
}

/// What a head states, where its fields and where the head ends, and the delimiter line that ends it
/// early, if there is one.
type ReadHead = (HeadSummary, usize, usize, Option<DelimiterLine>);

/// The delimiter line that ends a body in which other lines begin with the delimiter.
#[cold]
fn line_after_prefixes(
    first: PrefixLine,
    window: Window<'_>,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<Option<DelimiterLine>, Error> {
    let mut prefix = first;
    loop {
        part_checks::check_body(prefix.break_start as u64, window.base, report)?;
        part_checks::prefix_in_body(window.offset(prefix.dash), delimiter, report)?;
        match delimiter.find_behind(window, prefix.dash, report, |before| {
            part_checks::check_body(before as u64, window.base, report)
        })? {
            StartSearch::Line(line) => return Ok(Some(line)),
            StartSearch::Prefix(next) => prefix = next,
            StartSearch::Incomplete(_) | StartSearch::None => return Ok(None),
        }
    }
}

/// Reads the rest of a head whose plain lines were read already.
///
/// Returns nothing if the input ends within the head, and this is tolerated.
#[cold]
fn unusual_head(
    mut scan: HeadScan,
    window: Window<'_>,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<Option<ReadHead>, Error> {
    Ok(match scan.advance_after_plain_lines(window, Some(delimiter), report)? {
        Scanned::Blank { fields, end } => Some((scan.summary(), fields, end, None)),
        Scanned::Delimiter(line) => {
            Some((scan.summary(), line.break_start, line.break_start, Some(line)))
        }
        Scanned::Incomplete => {
            part_checks::check_cut(window.base, window.offset(window.octets.len()), report)?;
            None
        }
    })
}

/// The empty range at the end of the input.
fn end_of(window: Window<'_>) -> Range<u64> {
    let end = window.offset(window.octets.len());
    end..end
}
