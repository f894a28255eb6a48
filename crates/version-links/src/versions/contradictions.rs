//! Links that contradict each other.

use crate::reference::normal;
use crate::relation::Relation;
use crate::versions::finding::Finding;
use crate::versions::version_links::VersionLinks;
use std::collections::HashSet;

impl VersionLinks {
    pub(super) fn contradictions(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let context = normal(&self.context);
        let latest: HashSet<_> =
            self.of(Relation::LATEST_VERSION).map(|link| normal(&link.uri)).collect();
        if latest.len() > 1 {
            found.push(Finding::SeveralLatest);
        }
        let before: HashSet<_> =
            self.predecessor_versions().map(|link| normal(&link.uri)).collect();
        let after = || self.successor_versions().map(|link| (normal(&link.uri), &link.uri));
        if before.contains(&context) {
            found.push(Finding::Itself(Relation::PREDECESSOR_VERSION));
        }
        if after().any(|(uri, _)| uri == context) {
            found.push(Finding::Itself(Relation::SUCCESSOR_VERSION));
        }
        let both = after().filter(|(uri, _)| before.contains(uri));
        found.extend(both.map(|(_, uri)| Finding::BeforeAndAfter(uri.clone())));
        let latest = self.latest_version().filter(|latest| before.contains(&normal(&latest.uri)));
        found.extend(latest.map(|latest| Finding::LatestBefore(latest.uri.clone())));
        found
    }
}
