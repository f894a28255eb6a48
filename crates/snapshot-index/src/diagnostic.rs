//! Breaches that were tolerated, and where they stand.

use crate::place::Place;
use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A breach that was reported instead of refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    rule: Rule,
    place: Place,
    start: u64,
    end: u64,
}

impl Diagnostic {
    pub(crate) fn new(rule: Rule, place: Place, span: Range<u64>) -> Self {
        Self { rule, place, start: span.start, end: span.end }
    }

    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The part of the index concerned.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The octets concerned, from the start of the whole input; of the document as
    /// [`to_vec`](crate::SnapshotIndexRef::to_vec) lays it out, for an index that keeps no input.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.start..self.end
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, start, end } = self;
        let (sentence, section) = (rule.sentence(), rule.section());
        write!(f, "{rule} at octets {start}..{end} ({place}): {sentence} ({section})")
    }
}

/// What was reported, capped by [`Limits::diagnostics`](crate::Limits).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    omitted: u64,
}

impl Diagnostics {
    pub(crate) fn new(kept: Vec<Diagnostic>, omitted: u64) -> Self {
        Self { kept, omitted }
    }

    /// Those kept, in the order in which they were found.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_tells_a_person_what_and_where() {
        let found = Diagnostic::new(Rule::UrisEmpty, Place::Uris, 8..10);
        assert_eq!(
            found.to_string(),
            "uris-empty at octets 8..10 (uris): a snapshot has at least one package \
             (draft-kiessling-web-eventsourcing-00 section 3.1)"
        );
        let diagnostics = Diagnostics::new(vec![found; 3], 1);
        assert_eq!((&diagnostics).into_iter().count(), 3);
        assert_eq!((diagnostics.len(), diagnostics.omitted()), (3, 1));
    }
}
