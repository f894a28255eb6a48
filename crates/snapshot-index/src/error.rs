//! Why an index was refused, and where.

use crate::limits::{Limit, Limits};
use crate::place::Place;
use crate::reporting::Excerpt;
use crate::rule::Rule;
use std::fmt;
use std::io;
use std::ops::Range;

/// Why an index, or a [`Progress`](crate::Progress), was refused.
///
/// [`kind`](Error::kind) is for programs, `Display` for people. An error is one machine word.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Detail>);

/// The kind of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A rule was violated that is not tolerated.
    Rule(Rule),
    /// A limit was exceeded.
    Limit(Limit),
    /// A [`Progress`](crate::Progress) does not fit the index, the package or the saved record.
    Progress(Mismatch),
    /// The writer failed.
    Io(io::ErrorKind),
}

/// What does not fit a [`Progress`](crate::Progress).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mismatch {
    /// The index is of another snapshot: its `id` or its `started` differs.
    Snapshot,
    /// The index has the same `id` and `started`, but other `uris`.
    Uris,
    /// The index has no package with this number.
    Package,
    /// The saved record is damaged: no `Progress` writes such a record. Deserialising refuses it,
    /// so the caller sees only the text of this error, inside serde's.
    Record,
}

impl Mismatch {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Snapshot => {
                "the progress belongs to another snapshot: start again with Progress::new"
            }
            Self::Uris => {
                "the progress belongs to other packages of the same id: start again with Progress::new"
            }
            Self::Package => "the index has no package with this number",
            Self::Record => "the saved progress has ranges out of order or beyond its packages",
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    place: Place,
    position: Option<Position>,
    limit: u64,
    found: Excerpt,
}

/// A position in a document.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Position {
    offset: u64,
    line: u64,
    column: u64,
}

impl Error {
    /// An error in a document, about the octets of `span`.
    #[cold]
    pub(crate) fn in_document(
        kind: ErrorKind,
        limits: &Limits,
        document: &[u8],
        place: Place,
        span: Range<usize>,
    ) -> Self {
        let before = document.get(..span.start).unwrap_or(document);
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |found| found + 1);
        let position = Some(Position {
            offset: span.start as u64,
            line: 1 + memchr::memchr_iter(b'\n', before).count() as u64,
            column: 1 + (before.len() - line_start) as u64,
        });
        let found = document.get(span).unwrap_or_default();
        Self::new(kind, limits, place, position, found)
    }

    /// An error that is in no document, with the text that it is about, which may be empty.
    #[cold]
    pub(crate) fn outside(kind: ErrorKind, limits: &Limits, place: Place, found: &[u8]) -> Self {
        Self::new(kind, limits, place, None, found)
    }

    fn new(
        kind: ErrorKind,
        limits: &Limits,
        place: Place,
        position: Option<Position>,
        found: &[u8],
    ) -> Self {
        let limit = if let ErrorKind::Limit(limit) = kind { limit.of(limits) } else { 0 };
        Self(Box::new(Detail { kind, place, position, limit, found: Excerpt::new(found) }))
    }

    /// The kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The rule that was violated, if it was one.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        if let ErrorKind::Rule(rule) = self.kind() { Some(rule) } else { None }
    }

    /// The part of the index that the error is about.
    #[must_use]
    pub fn place(&self) -> Place {
        self.0.place
    }

    /// The offset of the error in octets, counted from the start of the whole input.
    ///
    /// A [`SnapshotIndexRef`](crate::SnapshotIndexRef) from a [`Reader`](crate::Reader) keeps its
    /// input; a [`SnapshotIndex`](crate::SnapshotIndex) and an index read through serde do not. For
    /// these, [`check`](crate::SnapshotIndexRef::check) and resolving count in the document that
    /// [`to_vec`](crate::SnapshotIndexRef::to_vec) would write if no rule were violated. For an
    /// error that is in no document, such as one about a base URI, it is 0.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.position.map_or(0, |position| position.offset)
    }

    /// The line that [`offset`](Self::offset) is in, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.0.position.map_or(1, |position| position.line)
    }

    /// The column of [`offset`](Self::offset) in its line, in octets counted from 1.
    #[must_use]
    pub fn column(&self) -> u64 {
        self.0.position.map_or(1, |position| position.column)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?} at octet {}: {self})", self.kind(), self.offset())
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, line, column } = self;
        write!(f, " at line {line}, column {column} (octet {offset})")
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::Rule(rule) => write!(f, "rule {rule} is violated")?,
            ErrorKind::Limit(limit) => write!(f, "more than {} {}", self.limit, limit.counted())?,
            ErrorKind::Progress(mismatch) => f.write_str(mismatch.sentence())?,
            ErrorKind::Io(kind) => write!(f, "the writer failed: {kind}")?,
        }
        if let Some(position) = self.position {
            position.fmt(f)?;
        }
        match self.kind {
            ErrorKind::Rule(rule) => {
                self.write_place(f)?;
                write!(f, ": {} ({})", rule.sentence(), rule.section())?;
            }
            ErrorKind::Limit(limit) => {
                self.write_place(f)?;
                write!(f, " (Limits::{limit}); raise the limit if the sender is trusted")?;
            }
            ErrorKind::Progress(_) | ErrorKind::Io(_) => {}
        }
        self.found.fmt(f)
    }
}

impl Detail {
    fn write_place(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place == Place::Document {
            return Ok(());
        }
        write!(f, " in {}", self.place)
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
        let document = b"{\n  \"id\": 17, \"started\": 1435019805885.12345678901}";
        let limits = Limits::default();
        let kind = ErrorKind::Rule(Rule::TimeInexact);
        let error = Error::in_document(kind, &limits, document, Place::Started, 25..50);
        assert_eq!(error.rule(), Some(Rule::TimeInexact));
        assert_eq!(
            error.to_string(),
            "rule time-inexact is violated at line 2, column 24 (octet 25) in started: a time is a \
             whole number of milliseconds, written without fraction and exponent \
             (draft-kiessling-web-eventsourcing-00 section 3.1); \
             found \"1435019805885.1234567890\"..."
        );
        let kind = ErrorKind::Limit(Limit::Uris);
        let error = Error::in_document(kind, &limits.uris(9), document, Place::Uri(9), 9..9);
        assert_eq!(
            error.to_string(),
            "more than 9 items in uris at line 2, column 8 (octet 9) in uris[9] (Limits::uris); \
             raise the limit if the sender is trusted"
        );
        assert!(
            format!("{error:?}").starts_with("Error(Limit(Uris) at octet 9: more than 9 items")
        );
        assert_eq!(error.rule(), None);
    }
}
