//! What a breach of a rule is told to.

use crate::error::Error;
use crate::rule::Rule;

/// Refuses a breach, or takes note of it: a reader knows the position, a writer the path.
pub(crate) trait Report {
    fn violation(&mut self, rule: Rule) -> Result<(), Error>;

    fn require(&mut self, holds: bool, rule: Rule) -> Result<(), Error> {
        if holds { Ok(()) } else { self.violation(rule) }
    }
}
