//! One violation that was tolerated, and its place in the input.

use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A violation that was reported instead of refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    rule: Rule,
    start: u64,
    end: u64,
}

impl Diagnostic {
    pub(crate) fn new(rule: Rule, span: Range<u64>) -> Self {
        Self { rule, start: span.start, end: span.end }
    }

    /// The rule that was violated.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The octets that violate it, as offsets from the start of the whole input.
    ///
    /// For a [`ContentType`](crate::ContentType) that was read on its own, the offsets count from
    /// the start of its value.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.start..self.end
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, start, end } = self;
        let (sentence, section) = (rule.sentence(), rule.section());
        write!(f, "{rule} at octets {start}..{end}: {sentence} ({section})")
    }
}
