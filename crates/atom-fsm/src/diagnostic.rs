//! Breaches that were tolerated, and where they stand.

use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// Where something stands in a document that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    pub(crate) offset: u64,
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl Position {
    /// Octets from the start of the input, a byte order mark included.
    #[must_use]
    pub fn offset(self) -> u64 {
        self.offset
    }

    /// The line, from 1; lines end in a line feed.
    #[must_use]
    pub fn line(self) -> u64 {
        self.line
    }

    /// The column, from 1, in characters.
    #[must_use]
    pub fn column(self) -> u64 {
        self.column
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {} (octet {})", self.line, self.column, self.offset)
    }
}

/// A breach that was reported instead of refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    rule: Rule,
    position: Position,
    octets: u64,
}

impl Diagnostic {
    pub(crate) fn new(rule: Rule, position: Position, octets: u64) -> Self {
        Self { rule, position, octets }
    }

    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Where what breaks it begins: a tag, most often.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The octets concerned, from the start of the input.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.position.offset..self.position.offset + self.octets
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, position, .. } = self;
        write!(f, "{rule} at {position}: {} ({})", rule.sentence(), rule.section())
    }
}

/// What a reader has reported, capped by [`Limits::diagnostics`](crate::Limits).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    omitted: u64,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.kept.push(diagnostic);
    }

    pub(crate) fn omit(&mut self) {
        self.omitted = self.omitted.saturating_add(1);
    }

    /// Those kept, in the order they were found.
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
