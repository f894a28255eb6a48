//! The rules that a bundle and its entries violate, whatever they convert to.

use super::profile::Profile;
use super::{profile_rules, service_entry};
use crate::atom::{Entry, Feed, Link};
use crate::rule::Rule;

/// Whether a link names a profile of FSM, known or not.
pub(crate) fn is_declared(links: &[Link<'_>]) -> bool {
    links.iter().any(|link| link.has_rel("profile") && link.href().is_some_and(Profile::is_of_fsm))
}

/// The rules that a feed violates as a bundle (section 2.2), without its entries.
pub(crate) fn bundle_violations(feed: &Feed<'_>) -> Vec<Rule> {
    let mut violations = Vec::new();
    match Profile::of(feed.links()) {
        Ok(Profile::Bundle) => {}
        Ok(Profile::ServiceEntry) => violations.push(Rule::ProfileUnknown),
        Err(rule) => violations.push(rule),
    }
    if feed.link("service").and_then(Link::href).is_none() {
        violations.push(Rule::ServiceDocument);
    }
    violations
}

/// The rules that an entry violates as what its profile names (sections 2.1 and 2.2.1).
pub(crate) fn entry_violations(entry: &Entry<'_>) -> Vec<Rule> {
    match Profile::of(entry.links()) {
        Ok(Profile::Bundle) => profile_rules::violations(entry, Profile::Bundle),
        Ok(Profile::ServiceEntry) | Err(_) => service_entry::violations(entry),
    }
}
