//! What is contradictory or unusual about a history.

use crate::relation::Relation;

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
