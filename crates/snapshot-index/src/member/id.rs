//! The member `id`: an opaque name, usually `started` in the form of RFC 3339.

use super::time::Millis;
use crate::rule::Rule;

/// The rules that an `id` violates, in the order in which they are reported.
#[inline]
pub(crate) fn violated_rules(id: &str, started: Millis) -> impl Iterator<Item = Rule> {
    let rules = if id.is_empty() {
        [Some(Rule::IdEmpty), None]
    } else if started.is_expressed_by(id) {
        [None, None]
    } else {
        [Some(Rule::IdNotStarted), is_hazard(id).then_some(Rule::IdHazard)]
    };
    rules.into_iter().flatten()
}

/// Whether a text is unfit for a file's name. No RFC 3339 form of a time is.
fn is_hazard(id: &str) -> bool {
    id == "." || id == ".." || id.contains(|c: char| matches!(c, '/' | '\\') || c.is_control())
}
