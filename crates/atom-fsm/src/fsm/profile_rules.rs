//! What makes an entry a service entry or a reference, and which breaches are held.

use super::profile::Profile;
use crate::atom::{Content, Entry, Link};
use crate::error::Error;
use crate::rule::{Level, Rule};
use crate::tolerance::Tolerance;

/// The rules of either kind of entry that an entry breaks.
pub(super) fn breaches(entry: &Entry<'_>, expected: Profile) -> Vec<Rule> {
    let mut broken = Vec::new();
    match Profile::of(entry.links()) {
        Ok(profile) if profile == expected => {}
        Ok(_) => broken.push(Rule::ProfileUnknown),
        Err(rule) => broken.push(rule),
    }
    let alternate = entry.link("alternate").and_then(Link::href);
    if alternate.is_none() {
        broken.push(Rule::ServiceUri);
    }
    let source = entry.content().and_then(Content::src);
    if source.is_some() && source != alternate {
        broken.push(Rule::SourceDiffers);
    }
    broken
}

/// Refuses by the first rule that the tolerance does not hold.
pub(super) fn admit(
    broken: &[Rule],
    tolerance: Tolerance,
    path: &str,
    id: Option<&str>,
) -> Result<(), Error> {
    let is_held = |rule: &&Rule| rule.level() != Level::Fatal && tolerance.tolerates(**rule);
    match broken.iter().find(|rule| !is_held(rule)) {
        Some(rule) => Err(Error::built(*rule, path, id.unwrap_or_default())),
        None => Ok(()),
    }
}
