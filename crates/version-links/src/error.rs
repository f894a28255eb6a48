//! Why a link could not be read or written, and where.

use crate::limits::{Limit, Limits};
use crate::place::{Place, Position};
use crate::reporting::Excerpt;
use crate::rule::Rule;
use std::fmt;

/// Why a link could not be read or written.
///
/// It has the size of one machine word. [`kind`](Error::kind) is for programs, `Display` for
/// people.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Detail>);

/// What kind of thing was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A rule was violated, and the tolerance does not contain it. A reader refuses this link
    /// alone, and continues with the next one.
    Rule(Rule),
    /// There is more of something than the limit allows. A reader stops: it reads no further link,
    /// also not of later fields. A writer writes nothing.
    Limit(Limit),
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    task: Task,
    place: Place,
    /// What the limit allows.
    number: u64,
    found: Excerpt,
}

/// What was being done: it decides whose limit the message names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Reading,
    /// A link is made.
    Building,
    /// Links are written to fields.
    Writing,
    /// A linkset is written.
    Linkset,
}

impl Error {
    /// A violated rule at an offset, with the octets that violate it, or none.
    #[cold]
    pub(crate) fn violation(rule: Rule, field: usize, offset: u64, found: &[u8]) -> Self {
        let (kind, place) = (ErrorKind::Rule(rule), Place::offset(field, offset));
        let found = Excerpt::new(found);
        Self(Box::new(Detail { kind, task: Task::Reading, place, number: 0, found }))
    }

    /// A limit that is exceeded at an offset.
    #[cold]
    pub(crate) fn limit(limit: Limit, limits: &Limits, field: usize, offset: u64) -> Self {
        let (kind, number) = (ErrorKind::Limit(limit), limit.of(limits));
        let (task, place) = (Task::Reading, Place::offset(field, offset));
        Self(Box::new(Detail { kind, task, place, number, found: Excerpt::default() }))
    }

    /// Links that do not fit into the fields that may be written.
    #[cold]
    pub(crate) fn unfit(limit: Limit, limits: &Limits, field: usize) -> Self {
        Self::limit(limit, limits, field, 0).in_writing()
    }

    /// The same error, made while a link was made.
    #[cold]
    pub(crate) fn in_building(mut self) -> Self {
        self.0.task = Task::Building;
        self
    }

    /// The same error, made while links were written to fields.
    #[cold]
    pub(crate) fn in_writing(mut self) -> Self {
        self.0.task = Task::Writing;
        self
    }

    /// The same error, made while a linkset was written.
    #[cold]
    pub(crate) fn in_linkset(mut self) -> Self {
        self.0.task = Task::Linkset;
        self
    }

    /// The same error in a document in which the value begins at an offset.
    #[cold]
    pub(crate) fn moved(mut self, by: u64) -> Self {
        self.0.place = self.0.place.moved(by);
        self
    }

    /// The same error, in a document where its offset has this position.
    #[cold]
    pub(crate) fn in_document(mut self, position: Position) -> Self {
        self.0.place = self.0.place.in_document(position);
        self
    }

    /// What kind of thing was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The rule that was violated, if the error is about a rule.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        match self.0.kind {
            ErrorKind::Rule(rule) => Some(rule),
            ErrorKind::Limit(_) => None,
        }
    }

    /// The index of the Link field, counted from 0. It is 0 for a value that was read on its own,
    /// and for a document.
    #[must_use]
    pub fn field(&self) -> usize {
        self.0.place.field()
    }

    /// Where the error is, in octets from the start of the field's value or of the document.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.place.start
    }

    /// The line that [`offset`](Self::offset) is in, counted from 1. A field value is one line.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.0.place.position().line
    }

    /// The column of [`offset`](Self::offset) in its line, in octets counted from 1.
    #[must_use]
    pub fn column(&self) -> u64 {
        self.0.place.position().column
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}: {self})", self.0.kind)
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, task, place, number, found } = self;
        match kind {
            ErrorKind::Rule(rule) => {
                let (sentence, section) = (rule.sentence(), rule.section());
                write!(f, "rule {rule} is violated {place}: {sentence} ({section})")?;
            }
            ErrorKind::Limit(limit) => {
                let (owner, advice) = match task {
                    Task::Reading => ("Limits", "raise the limit if the sender is trusted"),
                    Task::Building => (
                        "LinkBuilder::limits, Limits",
                        "raise the limit if the receiver accepts more",
                    ),
                    Task::Linkset => (
                        "LinksetWriter::limits, Limits",
                        "raise the limit if the receiver accepts more",
                    ),
                    Task::Writing => ("LinkFields", "raise the limit, or set LinkFields::linkset"),
                };
                write!(f, "more than {number} {} {place} ", limit.counted())?;
                write!(f, "({owner}::{limit}); {advice}")?;
            }
        }
        write!(f, "{found}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_and_can_cross_threads() {
        fn crosses<T: std::error::Error + Send + Sync + 'static>() {}
        crosses::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn an_error_tells_a_person_what_where_and_what_to_do() {
        let error =
            Error::violation(Rule::TargetBrackets, 2, 17, b"https://example.org/\xff; rel=next");
        assert_eq!(
            error.to_string(),
            "rule target-brackets is violated at octet 17 of field 2: a link begins with its target \
             between < and > (RFC 8288 section 3); found \"https://example.org/\\xff; r\"..."
        );
        let error = Error::limit(Limit::Links, &Limits::default(), 0, 9);
        assert_eq!(
            error.to_string(),
            "more than 1024 links at octet 9 of field 0 (Limits::links); \
             raise the limit if the sender is trusted"
        );
        let error = Error::unfit(Limit::Fields, &Limits::default().fields(8), 8);
        assert_eq!(
            error.to_string(),
            "more than 8 Link fields in a message at octet 0 of field 8 (LinkFields::fields); \
             raise the limit, or set LinkFields::linkset"
        );
    }

    #[test]
    fn an_error_in_a_document_tells_the_line_and_the_column() {
        let error = Error::violation(Rule::RelMissing, 0, 17, b"");
        assert_eq!((error.line(), error.column()), (1, 18));
        let error = error.in_document(Position { line: 2, column: 5 });
        assert_eq!((error.field(), error.offset()), (0, 17));
        assert_eq!((error.line(), error.column()), (2, 5));
        assert_eq!(
            error.to_string(),
            "rule rel-missing is violated at line 2, column 5 (octet 17): \
             a link has a rel parameter (RFC 8288 section 3.3)"
        );
    }

    #[test]
    fn an_error_names_the_rule_that_was_violated_if_it_is_about_one() {
        let error = Error::violation(Rule::RelMissing, 0, 0, b"");
        assert_eq!(error.rule(), Some(Rule::RelMissing));
        assert_eq!(Error::limit(Limit::Links, &Limits::default(), 0, 0).rule(), None);
        assert_eq!(Error::unfit(Limit::Links, &Limits::default(), 0).rule(), None);
    }
}
