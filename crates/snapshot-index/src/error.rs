//! Why an index was refused, and where.

use crate::limits::{Limit, Limits};
use crate::place::Place;
use crate::rule::Rule;
use std::fmt;
use std::io;
use std::ops::Range;

/// Why an index, or a [`Progress`](crate::Progress), was refused.
///
/// One machine word; [`kind`](Error::kind) is for programs, `Display` for people.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Detail>);

/// What kind of thing was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A rule was broken that the tolerance does not hold.
    Rule(Rule),
    /// There was more of something than the limit allows.
    Limit(Limit),
    /// A [`Progress`](crate::Progress) was used with what it does not belong to.
    Progress(Mismatch),
    /// The writer failed.
    Io(io::ErrorKind),
}

/// What does not belong to a [`Progress`](crate::Progress).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mismatch {
    /// The index has another `id` or `started`: it is another snapshot.
    Snapshot,
    /// The index has the same id, but its `uris` are not those recorded.
    Uris,
    /// The index has no package of that number.
    Package,
    /// The saved record is not one that a `Progress` writes.
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
            Self::Package => "the index has no package of this number",
            Self::Record => "the saved progress has ranges out of order or beyond its packages",
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    place: Place,
    position: Option<Position>,
    bound: u64,
    found: Found,
}

/// Where in a document; none for what is in no document.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Position {
    offset: u64,
    line: u64,
    column: u64,
}

/// The first octets of what was found.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Found {
    octets: [u8; Found::CAP],
    len: u8,
    cut: bool,
}

impl Found {
    const CAP: usize = 24;

    fn new(found: &[u8]) -> Self {
        let shown = found.get(..Self::CAP).unwrap_or(found);
        let mut octets = [0; Self::CAP];
        octets.iter_mut().zip(shown).for_each(|(to, from)| *to = *from);
        // CAP fits an octet.
        let len = u8::try_from(shown.len()).unwrap_or(0);
        Self { octets, len, cut: found.len() > Self::CAP }
    }

    fn shown(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl Error {
    /// A broken rule or limit in a document.
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
        let bound = if let ErrorKind::Limit(limit) = kind { limit.of(limits) } else { 0 };
        let found = Found::new(document.get(span).unwrap_or_default());
        Self(Box::new(Detail { kind, place, position, bound, found }))
    }

    /// Something wrong that is in no document at hand, with the text (or none) that is wrong.
    #[cold]
    pub(crate) fn outside(kind: ErrorKind, limits: &Limits, place: Place, found: &[u8]) -> Self {
        let bound = if let ErrorKind::Limit(limit) = kind { limit.of(limits) } else { 0 };
        Self(Box::new(Detail { kind, place, position: None, bound, found: Found::new(found) }))
    }

    /// What kind of thing was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The part of the index concerned.
    #[must_use]
    pub fn place(&self) -> Place {
        self.0.place
    }

    /// Where: octets from the start of the whole input; of the document as
    /// [`to_vec`](crate::SnapshotIndexRef::to_vec) lays it out, for an index that keeps no input;
    /// 0 for what is in no document, such as a base URI.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.position.map_or(0, |position| position.offset)
    }

    /// The line of [`offset`](Self::offset), counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.0.position.map_or(1, |position| position.line)
    }

    /// The octet of its line that [`offset`](Self::offset) is, counted from 1.
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
        write!(f, " at octet {offset}, line {line}, column {column}")
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::Rule(rule) => write!(f, "rule {rule} is broken")?,
            ErrorKind::Limit(_) => write!(f, "more than {}", self.bound)?,
            ErrorKind::Progress(mismatch) => f.write_str(mismatch.sentence())?,
            ErrorKind::Io(kind) => write!(f, "the writer failed: {kind}")?,
        }
        if let Some(position) = self.position {
            position.fmt(f)?;
        }
        match self.kind {
            ErrorKind::Rule(rule) => {
                let (sentence, section) = (rule.sentence(), rule.section());
                write!(f, " ({}): {sentence} ({section})", self.place)?;
            }
            ErrorKind::Limit(limit) => {
                write!(f, " ({}): limit {limit}, ", self.place)?;
                write!(f, "raise Limits::{limit} if the publisher is trusted")?;
            }
            ErrorKind::Progress(_) | ErrorKind::Io(_) => {}
        }
        if self.found.len > 0 {
            write!(f, "; found `{}`", self.found.shown().escape_ascii())?;
            if self.found.cut {
                f.write_str("...")?;
            }
        }
        Ok(())
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
        assert_eq!(
            error.to_string(),
            "rule time-inexact is broken at octet 25, line 2, column 24 (started): a time is a whole number of \
             milliseconds, without fraction or exponent (\
             draft-kiessling-web-eventsourcing-00 section 3.1); found `1435019805885.1234567890`..."
        );
        let kind = ErrorKind::Limit(Limit::Uris);
        let error = Error::in_document(kind, &limits.uris(9), document, Place::Uri(9), 9..9);
        assert_eq!(
            error.to_string(),
            "more than 9 at octet 9, line 2, column 8 (uris[9]): limit uris, \
             raise Limits::uris if the publisher is trusted"
        );
        assert!(format!("{error:?}").starts_with("Error(Limit(Uris) at octet 9: more than 9 at"));
    }
}
