//! The preset that is this crate's own; the others are the same in every crate.

use crate::reporting::Tolerance;

impl Tolerance {
    /// The default: whatever can be read is read, and each violation is reported. Many published
    /// feeds violate some of these rules, and so do the draft's own examples.
    ///
    /// ```
    /// use atom_fsm::{Rule, Tolerance};
    ///
    /// let tolerance = Tolerance::DRAFTS.without(Rule::EntryId);
    /// assert!(tolerance.tolerates(Rule::EntryAuthor));
    /// assert!(!tolerance.tolerates(Rule::EntryId));
    /// ```
    pub const DRAFTS: Self = Self::ALL;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_tolerates_all_that_can_be_tolerated() {
        assert_eq!(Tolerance::default(), Tolerance::ALL);
    }
}
