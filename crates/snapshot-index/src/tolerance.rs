//! The preset of tolerated rules that the drafts call for.

use crate::reporting::Tolerance;
use crate::rule::Rule;

impl Tolerance {
    /// The default: tolerates every [`Must`](crate::Level::Must) rule about the items of `uris`.
    ///
    /// Reading then does not check these rules. [`check`](crate::SnapshotIndexRef::check) reports
    /// their violations, except those that need a base URI. A [`Resolver`](crate::Resolver) refuses
    /// an item that is no URI reference, and reports items that name the index or resolve to the
    /// same resource.
    ///
    /// ```
    /// use snapshot_index::{Rule, Tolerance};
    ///
    /// let tolerance = Tolerance::DRAFTS.without(Rule::UriRepeated);
    /// assert!(tolerance.tolerates(Rule::UriSyntax));
    /// assert!(!tolerance.tolerates(Rule::UriRepeated));
    /// assert!(!tolerance.tolerates(Rule::CompletedBeforeStarted));
    /// ```
    pub const DRAFTS: Self = Self::STRICT
        .with(Rule::UriSyntax)
        .with(Rule::UriSameDocument)
        .with(Rule::UriRepeated)
        .with(Rule::UriResolvedRepeated);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_the_wrong_order_are_tolerated_by_all_alone() {
        assert!(!Tolerance::default().tolerates(Rule::CompletedBeforeStarted));
        assert!(Tolerance::ALL.tolerates(Rule::CompletedBeforeStarted));
    }
}
