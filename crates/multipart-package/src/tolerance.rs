//! Which breaches are reported instead of refused.

use crate::rule::{Level, Rule};

/// The set of [`Level::Must`] rules whose breach is reported as a diagnostic instead of refused.
///
/// ```
/// use multipart_package::{Rule, Tolerance};
///
/// let tolerance = Tolerance::STRICT.with(Rule::BareLineFeed);
/// assert!(tolerance.tolerates(Rule::BareLineFeed));
/// assert!(!tolerance.tolerates(Rule::CloseMissing));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tolerance(u64);

impl Tolerance {
    /// Every breach of a [`Level::Must`] rule is refused.
    pub const STRICT: Self = Self(0);

    /// The default: what the drafts' own examples and common peers need.
    pub const DRAFTS: Self = Self::STRICT
        .with(Rule::ParameterUnquoted)
        .with(Rule::BareLineFeed)
        .with(Rule::FieldFold)
        .with(Rule::ContentLengthSyntax)
        .with(Rule::ContentLengthRepeated)
        .with(Rule::ContentLengthDiffers)
        .with(Rule::ContentDispositionSyntax)
        .with(Rule::ContentLocationSyntax)
        .with(Rule::ContentIdSyntax)
        .with(Rule::EntityTagSyntax)
        .with(Rule::EventTypeSyntax)
        .with(Rule::LastModifiedSyntax)
        .with(Rule::LastModifiedObsolete)
        .with(Rule::LastModifiedWeekday)
        .with(Rule::FieldRepeated);

    /// Every breach of a [`Level::Must`] rule is reported; even a missing close delimiter.
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
            assert_eq!(Tolerance::ALL.with(rule), Tolerance::ALL, "{rule} is in already");
        }
    }

    #[test]
    fn a_missing_close_delimiter_is_tolerated_by_all_alone() {
        assert!(!Tolerance::default().tolerates(Rule::CloseMissing));
        assert!(Tolerance::ALL.tolerates(Rule::CloseMissing));
    }
}
