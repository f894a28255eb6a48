//! One violation that was tolerated, and its place.

use crate::place::{Place, Position};
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

    /// The same diagnostic, in a document where its octets start at this position.
    pub(crate) fn in_document(self, position: Position) -> Self {
        Self { place: self.place.in_document(position), ..self }
    }

    /// The rule that was violated.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The index of the Link field, counted from 0. It is 0 for a value that was read on its own,
    /// and for a document.
    #[must_use]
    pub fn field(&self) -> usize {
        self.place.field()
    }

    /// The octets that violate the rule, as offsets from the start of the field's value or of the
    /// document.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.place.span()
    }

    /// The line that the octets start in, counted from 1. A field value is one line.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.place.position().line
    }

    /// The column in that line, in octets counted from 1.
    #[must_use]
    pub fn column(&self) -> u64 {
        self.place.position().column
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
        let diagnostic = diagnostic.in_document(Position { line: 2, column: 1 });
        assert_eq!((diagnostic.span(), diagnostic.line(), diagnostic.column()), (3..9, 2, 1));
        assert_eq!(
            diagnostic.to_string(),
            "rel-missing at line 2, column 1 (octets 3..9): a link has a rel parameter \
             (RFC 8288 section 3.3)"
        );
    }
}
