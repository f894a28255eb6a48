//! Detecting how an input begins.

use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, Window};
use crate::error::Error;
use crate::head::scan::{HeadScan, Scanned};
use crate::limits::Limits;
use crate::reader::Opening;
use crate::report::Report;
use crate::reporting::Tolerance;
use crate::rule::Rule;

/// Looks at the beginning of an input. It can stop at any octet and continue when there are more.
#[derive(Debug)]
pub(crate) struct OpeningProbe {
    opening: Opening,
    scan: HeadScan,
    scan_report: Report,
    /// The delimiter of a sender that counts the two hyphens as a part of the boundary.
    own_dashes: Option<Box<Delimiter>>,
}

/// How an input begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DetectedOpening {
    /// The window ends too early to tell.
    Incomplete,
    /// With a delimiter line.
    Line(DelimiterLine),
    /// With a delimiter line whose two hyphens belong to the boundary.
    OwnDashes(DelimiterLine),
    /// With the first part's head.
    Implied,
    /// With a preamble.
    Preamble,
}

impl OpeningProbe {
    pub(crate) fn new(opening: Opening, delimiter: &Delimiter, report: &Report) -> Self {
        // The probe only asks whether this is a head. Reading the head reports its violations.
        let limits = match opening {
            Opening::Auto => report.limits,
            // Here the answer only serves a piece of advice, which is not worth much memory.
            Opening::Delimiter | Opening::Implied => modest(report.limits),
        };
        let scan_report = Report::new(Tolerance::ALL, limits.diagnostics(0));
        let tolerates = report.tolerance.tolerates(Rule::DelimiterDashes);
        let own_dashes = if tolerates { delimiter.with_own_dashes() } else { None };
        let own_dashes = own_dashes.map(Box::new);
        Self { opening, scan: HeadScan::new(), scan_report, own_dashes }
    }

    /// Looks at a window that begins where the input begins and has more octets each time.
    pub(crate) fn advance(
        &mut self,
        window: Window<'_>,
        delimiter: &Delimiter,
        report: &mut Report,
    ) -> Result<DetectedOpening, Error> {
        if window.last && window.octets.is_empty() {
            return Err(Error::opening_missing(window.base, delimiter.dash_boundary(), None));
        }
        match delimiter.at(window, 0, report)? {
            LineMatch::Line(line) => return Ok(DetectedOpening::Line(line)),
            LineMatch::Incomplete => return Ok(DetectedOpening::Incomplete),
            _ if self.own_dashes.is_some() => match self.own_line(window, report)? {
                LineMatch::Line(line) => return Ok(DetectedOpening::OwnDashes(line)),
                LineMatch::Incomplete => return Ok(DetectedOpening::Incomplete),
                _ if self.opening == Opening::Implied => return Ok(DetectedOpening::Implied),
                _ => {}
            },
            LineMatch::Prefix | LineMatch::Other if self.opening == Opening::Implied => {
                return Ok(DetectedOpening::Implied);
            }
            LineMatch::Prefix | LineMatch::Other => {}
        }
        let scanned = self.scan.advance(window, Some(delimiter), &mut self.scan_report);
        let describes_entity = self.scan.summary().describes_entity();
        let auto = self.opening == Opening::Auto;
        match scanned {
            Ok(Scanned::Incomplete) if !window.last => return Ok(DetectedOpening::Incomplete),
            // The reader finds the same error in it, and can resume behind it.
            Ok(Scanned::Blank { .. }) | Err(_) if describes_entity && auto => {
                return Ok(DetectedOpening::Implied);
            }
            _ => {}
        }
        if describes_entity {
            let line = window.octets.split_inclusive(|&octet| octet == b'\n').next();
            report.violation(Rule::PreambleLooksLikeHead, window.base, line.unwrap_or_default())?;
        }
        Ok(DetectedOpening::Preamble)
    }
}

impl OpeningProbe {
    /// Whether a delimiter line of such a sender begins the input, or is behind its first line break.
    fn own_line(&self, window: Window<'_>, report: &mut Report) -> Result<LineMatch, Error> {
        let Some(delimiter) = &self.own_dashes else { return Ok(LineMatch::Other) };
        let start = match window.octets {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [b'\r'] if !window.last => return Ok(LineMatch::Incomplete),
            _ => 0,
        };
        let found = delimiter.at(window, start, report)?;
        if let LineMatch::Line(line) = found {
            let (rule, at) = (Rule::DelimiterDashes, window.offset(line.dash));
            report.violation(rule, at, delimiter.dash_boundary())?;
        }
        Ok(found)
    }
}

/// These limits, but with a head that is at most as large as by default.
fn modest(limits: Limits) -> Limits {
    let default = Limits::default();
    limits
        .head_octets(limits.head_octets.min(default.head_octets))
        .field_octets(limits.field_octets.min(default.field_octets))
        .fields(limits.fields.min(default.fields))
}
