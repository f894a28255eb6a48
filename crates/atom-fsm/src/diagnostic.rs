//! A violation that was reported, and its place.

use crate::correction::Correction;
use crate::place::{Place, Position};
use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A violation that was reported instead of refused.
///
/// A [`Reader`](crate::Reader) reports it with a [`position`](Self::position) in the document, and a
/// [`Writer`](crate::Writer) with a [`path`](Self::path) in the value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    rule: Rule,
    place: Place,
    octets: u64,
    correction: Option<Correction>,
}

impl Diagnostic {
    #[cold]
    pub(crate) fn read(rule: Rule, position: Position, octets: u64) -> Self {
        Self { rule, place: Place::Read(position), octets, correction: None }
    }

    #[cold]
    pub(crate) fn built(rule: Rule, path: &str) -> Self {
        Self { rule, place: Place::Built(path.into()), octets: 0, correction: None }
    }

    /// Adds the correction that mended the violation.
    #[cold]
    pub(crate) fn with_correction(mut self, correction: Correction) -> Self {
        self.correction = Some(correction);
        self
    }

    /// The correction that mended the violation in what was written; `None` where nothing was
    /// mended.
    #[must_use]
    pub fn correction(&self) -> Option<Correction> {
        self.correction
    }

    /// The rule that is violated.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Where the violation begins in the document that was read: at a tag, in most cases. `None`
    /// for a value that was checked.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.place.position()
    }

    /// The octets of the violation, as offsets from the start of the input. `None` for a value that
    /// was checked.
    #[must_use]
    pub fn span(&self) -> Option<Range<u64>> {
        self.position().map(|position| position.offset..position.offset + self.octets)
    }

    /// Where the violation is in the value that was checked, such as `/feed/entry[3]/link[1]`.
    /// `None` for a document that was read.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.place.path()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, place, .. } = self;
        write!(f, "{rule} {place}: {} ({})", rule.sentence(), rule.section())?;
        match self.correction {
            Some(correction) => write!(f, "; mended by Correction::{correction:?}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_has_a_position_when_read_and_a_path_when_built() {
        let read = Diagnostic::read(Rule::LinkHref, Position { offset: 17, line: 2, column: 5 }, 7);
        assert_eq!((read.span(), read.path()), (Some(17..24), None));
        assert_eq!(
            read.to_string(),
            "link-href at line 2, column 5 (octet 17): a link has an href \
             (RFC 4287 section 4.2.7.1)"
        );
        let built = Diagnostic::built(Rule::LinkHref, "/feed/link[1]");
        assert_eq!((built.position(), built.span()), (None, None));
        assert_eq!(built.path(), Some("/feed/link[1]"));
        assert_eq!(
            built.to_string(),
            "link-href at /feed/link[1]: a link has an href (RFC 4287 section 4.2.7.1)"
        );
    }
}
