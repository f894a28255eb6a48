//! The preset of [`Tolerance`] that is this crate's own.

use crate::reporting::Tolerance;
use crate::rule::Rule;

impl Tolerance {
    /// The default: tolerates all that RFC 8288 appendix B reads, the versioning draft's
    /// `anchor=<...>`, and folds.
    ///
    /// Of the [`Must`](crate::Level::Must) rules, two are not tolerated: [`Rule::FieldControl`],
    /// because no honest sender writes control characters, and [`Rule::MemberRepeated`], because
    /// JSON readers differ in which of two members counts.
    ///
    /// ```
    /// use version_links::{Rule, Tolerance};
    ///
    /// let tolerance = Tolerance::STRICT.with(Rule::AnchorBrackets);
    /// assert!(tolerance.tolerates(Rule::AnchorBrackets));
    /// assert!(!tolerance.tolerates(Rule::RelMissing));
    /// ```
    pub const DRAFTS: Self = Self::ALL.without(Rule::FieldControl).without(Rule::MemberRepeated);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_tolerated_by_all_alone() {
        assert!(!Tolerance::default().tolerates(Rule::FieldControl));
        assert!(Tolerance::ALL.tolerates(Rule::FieldControl));
    }
}
