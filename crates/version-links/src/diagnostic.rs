//! One violation that was tolerated, and its place.

use crate::place::Place;
use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A violation that was reported instead of refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    rule: Rule,
    place: Place,
}

impl Diagnostic {
    pub(crate) fn new(rule: Rule, field: usize, span: Range<u64>) -> Self {
        Self { rule, place: Place::octets(field, span) }
    }

    /// The rule that was violated.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The index of the Link field, counted from 0. It is 0 for a value that was read on its own.
    #[must_use]
    pub fn field(&self) -> usize {
        self.place.field
    }

    /// The octets that violate the rule, as offsets from the start of the field's value.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.place.span()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place } = self;
        let (sentence, section) = (rule.sentence(), rule.section());
        write!(f, "{rule} {place}: {sentence} ({section})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_names_the_rule_and_the_place() {
        let diagnostic = Diagnostic::new(Rule::RelMissing, 2, 3..9);
        assert_eq!(
            diagnostic.to_string(),
            "rel-missing at octets 3..9 of field 2: a link has a rel parameter \
             (RFC 8288 section 3.3)"
        );
    }
}
