//! Detecting how an input begins.

use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, Window};
use crate::error::{Error, ErrorKind};
use crate::head::scan::{HeadScan, Scanned};
use crate::limits::{Limit, Limits};
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
    Preamble(FirstBlock),
}

/// What the first block of a preamble is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum FirstBlock {
    /// It looks like the head of a part.
    Head,
    #[default]
    Other,
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
        let summary = self.scan.summary();
        let is_head = match &scanned {
            Ok(Scanned::Incomplete) if !window.last => return Ok(DetectedOpening::Incomplete),
            Ok(Scanned::Blank { .. }) => summary.describes_entity(),
            // The reader finds the same error in the head, and can resume behind a violation.
            Err(error) => summary.describes_entity() || self.exceeds_in_head(error, window),
            Ok(Scanned::Incomplete | Scanned::Delimiter(_)) => false,
        };
        if is_head && self.opening == Opening::Auto {
            return Ok(DetectedOpening::Implied);
        }
        if !summary.looks_like_head() {
            return Ok(DetectedOpening::Preamble(FirstBlock::Other));
        }
        let line = window.octets.split_inclusive(|&octet| octet == b'\n').next();
        report.violation(Rule::PreambleLooksLikeHead, window.base, line.unwrap_or_default())?;
        Ok(DetectedOpening::Preamble(FirstBlock::Head))
    }

    /// Whether a head may exceed a limit before it could be told from a preamble.
    fn exceeds_in_head(&self, error: &Error, window: Window<'_>) -> bool {
        use Limit::{FieldOctets, Fields, HeadOctets};
        matches!(error.kind(), ErrorKind::Limit(Fields | FieldOctets | HeadOctets))
            && self.scan.may_be_in_head(window, &self.scan_report)
    }

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
