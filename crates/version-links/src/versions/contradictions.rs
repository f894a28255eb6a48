//! Links that contradict each other.

use crate::reference::normal;
use crate::relation::Relation;
use crate::versions::finding::Finding;
use crate::versions::version_link::VersionLink;
use crate::versions::version_links::VersionLinks;
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

impl VersionLinks {
    pub(super) fn contradictions(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let context = normal(&self.context);
        let latest = targets(self.latest_versions());
        if latest.len() > 1 {
            found.push(Finding::SeveralLatest);
        }
        let before = targets(self.predecessor_versions());
        let after = targets(self.successor_versions());
        let contains =
            |targets: &[(Cow<'_, str>, &str)], uri: &str| targets.iter().any(|it| it.0 == uri);
        if contains(&before, &context) {
            found.push(Finding::Itself(Relation::PREDECESSOR_VERSION));
        }
        if contains(&after, &context) {
            found.push(Finding::Itself(Relation::SUCCESSOR_VERSION));
        }
        let is_before: HashSet<_> = before.iter().map(|(uri, _)| uri).collect();
        let both = after.iter().filter(|(uri, _)| is_before.contains(uri));
        found.extend(both.map(|&(_, uri)| Finding::BeforeAndAfter(uri.to_owned())));
        if let Some((latest, uri)) = latest.first() {
            if is_before.contains(latest) {
                found.push(Finding::LatestBefore((*uri).to_owned()));
            }
            let other = || after.iter().find(|(uri, _)| *uri != context);
            if *latest == context {
                let successor = other().map(|&(_, uri)| uri.to_owned());
                found.extend(successor.map(Finding::LatestBeforeSuccessor));
            }
        }
        found
    }
}

/// The normal forms of the targets, each once, with the first spelling that is resolved. What the
/// relation types of one link have in common is looked at once.
fn targets<'v>(links: impl Iterator<Item = &'v VersionLink>) -> Vec<(Cow<'v, str>, &'v str)> {
    let (mut seen, mut targets, mut last) = (HashSet::new(), Vec::new(), None);
    for link in links {
        let is_last = |last: &&VersionLink| Arc::ptr_eq(&last.target, &link.target);
        if last.replace(link).as_ref().is_some_and(is_last) {
            continue;
        }
        let normal = normal(link.uri());
        if seen.insert(normal.clone()) {
            targets.push((normal, link.uri()));
        }
    }
    targets
}
