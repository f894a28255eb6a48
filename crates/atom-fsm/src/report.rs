//! The one role of whoever collects violations: a reader knows the position, a writer the path.

use crate::correction::Correction;
use crate::error::Error;
use crate::rule::Rule;

/// Refuses a violation, or reports it.
pub(crate) trait Report {
    fn violation(&mut self, rule: Rule) -> Result<(), Error>;

    /// Whether a violation is mended in what is written. If so, that is reported. A reader mends
    /// nothing.
    fn corrects(&mut self, _correction: Correction, _rule: Rule) -> bool {
        false
    }

    /// Whether violations of the rules of a correction are mended.
    fn will_correct(&self, _correction: Correction) -> bool {
        false
    }

    /// Requires what a correction mends.
    fn require_or(&mut self, holds: bool, rule: Rule, correction: Correction) -> Result<(), Error> {
        if holds || self.corrects(correction, rule) { Ok(()) } else { self.violation(rule) }
    }

    fn require(&mut self, holds: bool, rule: Rule) -> Result<(), Error> {
        if holds { Ok(()) } else { self.violation(rule) }
    }
}
