//! What is contradictory or unusual about a history.

use crate::relation::Relation;
use std::fmt;

/// Something contradictory or unusual about a history. Versions are named by their URIs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistoryFinding<'h> {
    /// A version is its own predecessor or successor, as this relation type says.
    Itself(&'h str, Relation<'static>),
    /// Each of these versions comes before and after each other one.
    Circle(Vec<&'h str>),
    /// Redirects lead in a circle, so that there is no version behind these URIs.
    RedirectCircle(Vec<&'h str>),
    /// The versions do not agree on which one is the latest.
    SeveralLatest(Vec<&'h str>),
    /// The latest version has successors.
    LatestHasSuccessor {
        /// The latest version.
        latest: &'h str,
        /// Its first successor.
        successor: &'h str,
    },
    /// One of two versions says that it comes directly before or after the other. The other one names
    /// other neighbours on that side, and not this one.
    NotReturned {
        /// The earlier version.
        before: &'h str,
        /// The later version.
        after: &'h str,
        /// The one that says so.
        stated_by: &'h str,
    },
    /// A version names these URIs as if they were several versions, and they differ only in their
    /// scheme.
    Mirrors(Vec<&'h str>),
}

impl fmt::Display for HistoryFinding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Itself(uri, relation) => write!(f, "{uri:?} is its own {relation}"),
            Self::Circle(uris) => {
                write!(f, "each of these versions comes before and after each other one: {uris:?}")
            }
            Self::RedirectCircle(uris) => write!(f, "redirects lead in a circle: {uris:?}"),
            Self::SeveralLatest(uris) => {
                write!(f, "the versions do not agree on which one is the latest: {uris:?}")
            }
            Self::LatestHasSuccessor { latest, successor } => {
                write!(f, "the latest version, {latest:?}, has the successor {successor:?}")
            }
            Self::NotReturned { before, after, stated_by } => write!(
                f,
                "{before:?} comes directly before {after:?}, says {stated_by:?}; the other one names \
                 other neighbours"
            ),
            Self::Mirrors(uris) => write!(f, "these URIs differ only in their scheme: {uris:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_is_a_sentence() {
        for (finding, expected) in [
            (
                HistoryFinding::Itself("u:a", Relation::SUCCESSOR_VERSION),
                "\"u:a\" is its own successor-version",
            ),
            (
                HistoryFinding::Circle(vec!["u:a", "u:b"]),
                "each of these versions comes before and after each other one: [\"u:a\", \"u:b\"]",
            ),
            (HistoryFinding::RedirectCircle(vec!["u:a"]), "redirects lead in a circle: [\"u:a\"]"),
            (
                HistoryFinding::SeveralLatest(vec!["u:a"]),
                "the versions do not agree on which one is the latest: [\"u:a\"]",
            ),
            (
                HistoryFinding::LatestHasSuccessor { latest: "u:a", successor: "u:b" },
                "the latest version, \"u:a\", has the successor \"u:b\"",
            ),
            (
                HistoryFinding::NotReturned { before: "u:a", after: "u:b", stated_by: "u:a" },
                "\"u:a\" comes directly before \"u:b\", says \"u:a\"; the other one names other \
                 neighbours",
            ),
            (
                HistoryFinding::Mirrors(vec!["u:a"]),
                "these URIs differ only in their scheme: [\"u:a\"]",
            ),
        ] {
            assert_eq!(finding.to_string(), expected);
        }
    }
}
