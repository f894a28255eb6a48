//! The one role of whoever collects violations: a reader knows the position, a writer the path.

use crate::error::Error;
use crate::rule::Rule;

/// Refuses a violation, or reports it.
pub(crate) trait Report {
    fn violation(&mut self, rule: Rule) -> Result<(), Error>;

    fn require(&mut self, holds: bool, rule: Rule) -> Result<(), Error> {
        if holds { Ok(()) } else { self.violation(rule) }
    }
}
