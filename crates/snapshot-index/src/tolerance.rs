//! The preset of tolerated rules that the drafts call for.

use crate::reporting::Tolerance;
use crate::rule::Rule;

impl Tolerance {
    /// The default: tolerates every rule about a single item of `uris`.
    ///
    /// Reading then needs no table and no grammar. It does not report violations of these rules
    /// either: [`check`](crate::SnapshotIndexRef::check) and a [`Resolver`](crate::Resolver) do.
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
