//! Violations that were reported, and where they are.

use crate::place::Place;
use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A violation that was reported instead of refused.
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

    /// The rule that was violated.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The part of the index that violates the rule.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The octets of that part, counted from the start of the whole input.
    ///
    /// A [`SnapshotIndexRef`](crate::SnapshotIndexRef) from a [`Reader`](crate::Reader) keeps its
    /// input; a [`SnapshotIndex`](crate::SnapshotIndex) and an index read through serde do not. For
    /// these, [`check`](crate::SnapshotIndexRef::check) and resolving count in the document that
    /// [`to_vec`](crate::SnapshotIndexRef::to_vec) would write if no rule were violated, and so do
    /// the diagnostics of an index read through serde. Diagnostics that a `Reader` gave always
    /// count in its input.
    #[must_use]
    pub fn span(&self) -> Range<u64> {
        self.start..self.end
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, start, end } = self;
        let (sentence, section) = (rule.sentence(), rule.section());
        write!(f, "{rule} at octets {start}..{end} in {place}: {sentence} ({section})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reporting::Diagnostics;

    #[test]
    fn a_diagnostic_tells_a_person_what_and_where() {
        let found = Diagnostic::new(Rule::UrisEmpty, Place::Uris, 8..10);
        assert_eq!(
            found.to_string(),
            "uris-empty at octets 8..10 in uris: a snapshot has at least one package \
             (draft-kiessling-web-eventsourcing-00 section 3.1)"
        );
        let mut diagnostics = Diagnostics::default();
        (0..4).for_each(|_| diagnostics.push(3, || found));
        assert_eq!((&diagnostics).into_iter().count(), 3);
        assert_eq!((diagnostics.len(), diagnostics.omitted()), (3, 1));
    }
}
