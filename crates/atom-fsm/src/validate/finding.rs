//! What a validation found.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::limits::Limit;
use crate::place::Position;
use crate::rule::Rule;
use std::fmt;
use std::ops::Range;

/// A violation of a rule, or a limit that is exceeded, and its place.
///
/// `Display` is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(Found);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// What was reported.
    Reported(Diagnostic),
    /// What ended the reading or the writing.
    Refused(Error),
}

impl Finding {
    pub(super) fn of_diagnostic(diagnostic: &Diagnostic) -> Self {
        Self(Found::Reported(diagnostic.clone()))
    }

    pub(super) fn of_error(error: Error) -> Self {
        Self(Found::Refused(error.without_partial()))
    }

    pub(super) fn built(rule: Rule, path: &str) -> Self {
        Self(Found::Reported(Diagnostic::built(rule, path)))
    }

    /// The rule that is violated; `None` when a limit is exceeded.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        match &self.0 {
            Found::Reported(diagnostic) => Some(diagnostic.rule()),
            Found::Refused(error) => error.rule(),
        }
    }

    /// The limit that is exceeded; `None` when a rule is violated.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        match &self.0 {
            Found::Reported(_) => None,
            Found::Refused(error) => match error.kind() {
                ErrorKind::Rule(_) => None,
                ErrorKind::Limit(limit) => Some(limit),
            },
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
        match &self.0 {
            Found::Reported(diagnostic) => diagnostic.position(),
            Found::Refused(error) => error.position(),
        }
    }

    /// The octets in the document, as offsets from its start; `None` for a value. It is empty where
    /// only the beginning is known.
    #[must_use]
    pub fn span(&self) -> Option<Range<u64>> {
        match &self.0 {
            Found::Reported(diagnostic) => diagnostic.span(),
            Found::Refused(error) => error.position().map(|at| at.offset..at.offset),
        }
    }

    /// Its place among the findings in a document: what ended the reading is behind what is at its place.
    pub(super) fn order(&self) -> Option<(u64, u64)> {
        let span = self.span()?;
        let end = match &self.0 {
            Found::Reported(_) => span.end,
            Found::Refused(_) => u64::MAX,
        };
        Some((span.start, end))
    }

    /// Where it is in the value, such as `/feed/entry[3]/link[1]`; `None` for a document.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match &self.0 {
            Found::Reported(diagnostic) => diagnostic.path(),
            Found::Refused(error) => error.path(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Found::Reported(diagnostic) => diagnostic.fmt(f),
            Found::Refused(error) => error.fmt(f),
        }
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
