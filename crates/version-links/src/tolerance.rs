//! Which breaches are reported instead of refused.

use crate::rule::{Level, Rule};

/// The set of [`Level::Must`] rules whose breach is reported as a diagnostic instead of refused.
///
/// ```
/// use version_links::{Rule, Tolerance};
///
/// let tolerance = Tolerance::STRICT.with(Rule::AnchorBrackets);
/// assert!(tolerance.tolerates(Rule::AnchorBrackets));
/// assert!(!tolerance.tolerates(Rule::RelMissing));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tolerance(u64);

impl Tolerance {
    /// RFC 8288 section 3: every breach of a [`Level::Must`] rule is refused.
    pub const STRICT: Self = Self(0);

    /// The default: all that RFC 8288 appendix B reads, the draft's `anchor=<...>`, and folds.
    ///
    /// [`Rule::FieldControl`] alone stays refused: control characters come from no honest peer.
    pub const DRAFTS: Self = Self::ALL.without(Rule::FieldControl);

    /// Every breach of a [`Level::Must`] rule is reported.
    pub const ALL: Self = {
        let mut set = Self::STRICT;
        let mut index = 0;
        while index < Rule::ALL.len() {
            set = set.with(Rule::ALL[index]);
            index += 1;
        }
        set
    };

    /// Puts a rule in; no effect unless its level is [`Level::Must`].
    #[must_use]
    pub const fn with(self, rule: Rule) -> Self {
        match rule.level() {
            Level::Must => Self(self.0 | 1 << rule as u32),
            Level::Fatal | Level::Advice => self,
        }
    }

    /// Takes a rule out; no effect unless its level is [`Level::Must`].
    #[must_use]
    pub const fn without(self, rule: Rule) -> Self {
        Self(self.0 & !(1 << rule as u32))
    }

    /// Whether a breach of the rule is reported instead of refused.
    ///
    /// Always true for [`Level::Advice`], never for [`Level::Fatal`].
    #[must_use]
    pub const fn tolerates(self, rule: Rule) -> bool {
        match rule.level() {
            Level::Fatal => false,
            Level::Must => self.0 & 1 << rule as u32 != 0,
            Level::Advice => true,
        }
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::DRAFTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tolerance_holds_a_fatal_rule_and_every_tolerance_holds_advice() {
        for &rule in Rule::ALL {
            let level = rule.level();
            assert_eq!(Tolerance::ALL.tolerates(rule), level != Level::Fatal, "{rule}");
            assert_eq!(Tolerance::STRICT.tolerates(rule), level == Level::Advice, "{rule}");
            assert_eq!(Tolerance::STRICT.with(rule).tolerates(rule), level != Level::Fatal);
            assert_eq!(Tolerance::ALL.without(rule).tolerates(rule), level == Level::Advice);
        }
    }

    #[test]
    fn control_characters_are_tolerated_by_all_alone() {
        assert!(!Tolerance::default().tolerates(Rule::FieldControl));
        assert!(Tolerance::ALL.tolerates(Rule::FieldControl));
    }
}
