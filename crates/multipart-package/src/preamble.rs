//! What a reader keeps of a preamble, which it discards.

use crate::delimiter::{Delimiter, DelimiterLine, LineMatch, PrefixLine, Window};
use crate::error::Error;
use crate::part_checks;
use crate::report::Report;
use crate::rule::Rule;

/// What is known of a preamble so far.
#[derive(Debug, Default)]
pub(crate) struct Preamble {
    /// Where the first line is that begins with the delimiter, but is no delimiter line.
    prefix: Option<u64>,
}

impl Preamble {
    /// Begins in a window that begins with the preamble.
    pub(crate) fn begin(
        window: Window<'_>,
        delimiter: &Delimiter,
        report: &mut Report,
    ) -> Result<Self, Error> {
        let mut preamble = Self::default();
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
        match self.prefix {
            // The parts are most likely in the preamble.
            Some(dash) if line.close => {
                let rule = Rule::PreambleDelimiterPrefix;
                report.violation(rule, dash, delimiter.dash_boundary())
            }
            _ => Ok(()),
        }
    }
}
