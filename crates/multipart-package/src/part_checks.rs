//! The checks at the start and the end of a part that all readers share.

use crate::delimiter::{Delimiter, DelimiterLine};
use crate::error::Error;
use crate::head::summary::{HeadSummary, Length};
use crate::limits::Limit;
use crate::report::Report;
use crate::rule::Rule;

/// Reports a line of a body that begins with the delimiter, at this offset.
#[cold]
pub(crate) fn prefix_in_body(
    dash: u64,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<(), Error> {
    report.violation(Rule::DelimiterPrefix, dash, delimiter.dash_boundary())
}

/// Refuses a preamble above its limit.
pub(crate) fn check_preamble(octets: u64, report: &Report) -> Result<(), Error> {
    let most = report.limits.preamble_octets;
    report.at_most(Limit::PreambleOctets, most, octets, most)
}

/// Refuses a part whose number, counted from 0, is above the limit on parts.
#[inline]
pub(crate) fn check_part(number: u64, offset: u64, report: &Report) -> Result<(), Error> {
    report.at_most(Limit::Parts, report.limits.parts, number.saturating_add(1), offset)
}

/// The length that frames a body.
///
/// An error about a length above the limit is at the Content-Length, because the input may not have
/// that many octets.
pub(crate) fn framing_length(
    summary: HeadSummary,
    body_offset: u64,
    report: &Report,
) -> Result<u64, Error> {
    match summary.length {
        Length::Octets(octets) => {
            let (most, stated_at) = (report.limits.body_octets, summary.length_span.0);
            report.at_most(Limit::BodyOctets, most, octets, stated_at)?;
            Ok(octets)
        }
        Length::Absent | Length::Unreadable => {
            Err(Error::violation(Rule::LengthMissing, body_offset, b""))
        }
    }
}

/// Reports or refuses the end of the input where a head, a delimiter line or more is missing.
///
/// What is left from `start` on belongs to no part.
#[cold]
pub(crate) fn check_cut(start: u64, end: u64, report: &mut Report) -> Result<(), Error> {
    let rule = Rule::CloseMissing;
    if !report.tolerance.tolerates(rule) {
        return Err(Error::violation(rule, end, b""));
    }
    report.violation_in(rule, start..end)
}

/// Refuses a body above its limit.
#[inline]
pub(crate) fn check_body(octets: u64, body_offset: u64, report: &Report) -> Result<(), Error> {
    let most = report.limits.body_octets;
    report.at_most(Limit::BodyOctets, most, octets, body_offset.saturating_add(most))
}

/// Decides whether the CR before a delimiter line belongs to the body, where the lines of the head
/// end with LF alone.
///
/// Without that CR, the body has so many octets. The CR belongs to the line break, unless the length
/// that the head states counts it.
#[cold]
pub(crate) fn settle_line_break(
    line: DelimiterLine,
    octets: u64,
    base: u64,
    summary: HeadSummary,
    report: &mut Report,
) -> Result<DelimiterLine, Error> {
    if !line.follows_cr_lf() {
        return Ok(line);
    }
    report.violation(Rule::LineBreakAmbiguous, base + line.break_start as u64, b"\r")?;
    let is_counted = summary.length == Length::Octets(octets.saturating_add(1));
    Ok(if is_counted { line.without_cr() } else { line })
}

/// Compares a body with the length that its head states.
#[inline]
pub(crate) fn check_length(
    summary: HeadSummary,
    octets: u64,
    report: &mut Report,
) -> Result<(), Error> {
    match summary.length {
        Length::Octets(stated) if stated != octets => {
            let (start, end) = summary.length_span;
            report.violation_in(Rule::ContentLengthDiffers, start..end)
        }
        _ => Ok(()),
    }
}

/// Reports the lines of an epilogue that begin with the delimiter, as far as its limit reaches.
///
/// `octets` are at `base` and are those of the epilogue that begins at `start`.
pub(crate) fn prefixes_in_epilogue(
    octets: &[u8],
    base: u64,
    start: u64,
    delimiter: &Delimiter,
    report: &mut Report,
) -> Result<Option<usize>, Error> {
    let reach = start.saturating_add(report.limits.epilogue_octets).saturating_sub(base);
    let reach = usize::try_from(reach).unwrap_or(usize::MAX).min(octets.len());
    let mut last = None;
    for dash in delimiter.line_starts(&octets[..reach], base == start) {
        let (rule, at) = (Rule::DelimiterPrefixOutside, base + dash as u64);
        report.violation(rule, at, delimiter.dash_boundary())?;
        last = Some(dash);
    }
    Ok(last)
}

/// Refuses an epilogue above its limit.
pub(crate) fn check_epilogue(octets: u64, start: u64, report: &Report) -> Result<(), Error> {
    let most = report.limits.epilogue_octets;
    report.at_most(Limit::EpilogueOctets, most, octets, start.saturating_add(most))
}

/// Reports an epilogue at the end of the input.
pub(crate) fn report_epilogue(octets: u64, start: u64, report: &mut Report) -> Result<(), Error> {
    check_epilogue(octets, start, report)?;
    if octets > 0 {
        report.violation_in(Rule::EpilogueNotEmpty, start..start + octets)
    } else {
        Ok(())
    }
}
