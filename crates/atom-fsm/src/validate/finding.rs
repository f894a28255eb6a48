//! What a validation found.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::limits::Limit;
use crate::place::{Place, Position};
use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A violation of a rule, or a limit that is exceeded, and its place.
///
/// `Display` is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    kind: ErrorKind,
    place: Place,
    octets: u64,
    text: String,
}

impl Finding {
    pub(super) fn of_diagnostic(diagnostic: &Diagnostic) -> Self {
        let place = match (diagnostic.position(), diagnostic.path()) {
            (Some(position), _) => Place::Read(position),
            (None, path) => Place::Built(path.unwrap_or_default().into()),
        };
        let octets = diagnostic.span().map_or(0, |span| span.end - span.start);
        let kind = ErrorKind::Rule(diagnostic.rule());
        Self { kind, place, octets, text: diagnostic.to_string() }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        let place = match (error.position(), error.path()) {
            (Some(position), _) => Place::Read(position),
            (None, path) => Place::Built(path.unwrap_or_default().into()),
        };
        Self { kind: error.kind(), place, octets: 0, text: error.to_string() }
    }

    pub(super) fn built(rule: Rule, path: &str) -> Self {
        Self::of_diagnostic(&Diagnostic::built(rule, path))
    }

    /// The rule that is violated; `None` when a limit is exceeded.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        match self.kind {
            ErrorKind::Rule(rule) => Some(rule),
            ErrorKind::Limit(_) => None,
        }
    }

    /// The limit that is exceeded; `None` when a rule is violated.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        match self.kind {
            ErrorKind::Rule(_) => None,
            ErrorKind::Limit(limit) => Some(limit),
        }
    }

    /// How severe it is. A limit that is exceeded is [`Level::Fatal`].
    #[must_use]
    pub fn level(&self) -> Level {
        self.rule().map_or(Level::Fatal, Rule::level)
    }

    /// Where it begins in the document; `None` for a value.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.place.position()
    }

    /// The octets in the document, as offsets from its start; `None` for a value. It is empty where
    /// only the beginning is known.
    #[must_use]
    pub fn span(&self) -> Option<Range<u64>> {
        self.position().map(|position| position.offset..position.offset + self.octets)
    }

    /// Where it is in the value, such as `/feed/entry[3]/link[1]`; `None` for a document.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.place.path()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The result of a validation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validation {
    pub(super) findings: Vec<Finding>,
    pub(super) omitted: u64,
    pub(super) is_repaired: bool,
}

impl Validation {
    /// What was found: in a document in the order of the places, in a value in the order in which it
    /// would be written.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many violations were counted but not kept, because of
    /// [`Limits::diagnostics`](crate::Limits::diagnostics).
    #[must_use]
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    /// Whether a strict reader accepts the document, or a strict writer the value: no finding is
    /// [`Level::Fatal`] or [`Level::Must`], nothing was omitted, and nothing had to be repaired.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let is_advice = |finding: &Finding| finding.level() == Level::Advice;
        self.findings.iter().all(is_advice) && self.omitted == 0 && !self.is_repaired
    }

    /// Whether the document had to be repaired: see [`Validator::repair`](super::Validator::repair).
    #[must_use]
    pub fn is_repaired(&self) -> bool {
        self.is_repaired
    }
}
