//! The rules that a service entry and a bundle reference have in common.

use super::profile::Profile;
use crate::atom::{Content, Entry, Link};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;

/// Returns the rules of both kinds of entry that an entry violates.
pub(super) fn violations(entry: &Entry<'_>, expected: Profile) -> Vec<Rule> {
    let mut violations = Vec::new();
    match Profile::of(entry.links()) {
        Ok(profile) if profile == expected => {}
        Ok(_) => violations.push(Rule::ProfileUnknown),
        Err(rule) => violations.push(rule),
    }
    let alternate = entry.link("alternate").and_then(Link::href);
    if alternate.is_none() {
        violations.push(Rule::ServiceUri);
    }
    let source = entry.content().and_then(Content::src);
    if source.is_some() && source != alternate {
        violations.push(Rule::SourceDiffers);
    }
    violations
}

/// Refuses the first violation that is not tolerated, and reports all others.
pub(super) fn admit(
    violations: &[Rule],
    tolerance: Tolerance,
    path: &str,
    id: Option<&str>,
) -> Result<Diagnostics, Error> {
    let mut diagnostics = Diagnostics::default();
    for &rule in violations {
        if !tolerance.tolerates(rule) {
            return Err(Error::built(rule, path, id.unwrap_or_default()));
        }
        diagnostics.push(u64::MAX, || Diagnostic::built(rule, path));
    }
    Ok(diagnostics)
}
