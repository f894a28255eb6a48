//! Breaches that were tolerated, and where they stand.

use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A breach that was reported instead of refused.
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

    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The octets concerned, from the start of the whole input.
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

/// What a reader has reported so far, capped by [`Limits::diagnostics`](crate::Limits).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    omitted: u64,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic, cap: usize) {
        if self.kept.len() < cap {
            self.kept.push(diagnostic);
        } else {
            self.omitted += 1;
        }
    }

    /// Those kept, in the order in which they were found: that of the input, except that what only a
    /// body's end can tell of its head, or a head's end of its fields, comes when it is known.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.kept
    }

    /// Iterates over those kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.kept.iter()
    }

    /// How many are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether nothing was reported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.omitted == 0
    }

    /// How many more there were than the limit lets keep.
    #[must_use]
    pub fn omitted(&self) -> u64 {
        self.omitted
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
