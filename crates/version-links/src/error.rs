//! Why a link could not be read or written, and where.

use crate::limits::{Limit, Limits};
use crate::rule::Rule;
use std::fmt;

/// Why a link could not be read or written.
///
/// One machine word; [`kind`](Error::kind) is for programs, `Display` for people.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Detail>);

/// What kind of thing was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A rule was broken that the tolerance does not hold: this link is lost, its neighbours are
    /// not. What is written is held to every rule.
    Rule(Rule),
    /// There was more of something than the limit allows: the reading ends here, and nothing is
    /// written.
    Limit(Limit),
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    task: Task,
    field: usize,
    offset: u64,
    bound: usize,
    found: Found,
}

/// What was being done: it tells whose limit was met.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Reading,
    Writing,
}

/// The first octets of what was found.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Found {
    octets: [u8; Found::CAP],
    len: usize,
    cut: bool,
}

impl Found {
    const CAP: usize = 24;

    fn new(found: &[u8]) -> Self {
        let len = found.len().min(Self::CAP);
        let mut octets = [0; Self::CAP];
        octets[..len].copy_from_slice(&found[..len]);
        Self { octets, len, cut: found.len() > len }
    }
}

impl Error {
    /// A broken rule at an offset, with the octets that break it (or none).
    #[cold]
    pub(crate) fn rule(rule: Rule, field: usize, offset: u64, found: &[u8]) -> Self {
        let (kind, found) = (ErrorKind::Rule(rule), Found::new(found));
        Self(Box::new(Detail { kind, task: Task::Reading, field, offset, bound: 0, found }))
    }

    /// A limit exceeded at an offset.
    #[cold]
    pub(crate) fn limit(limit: Limit, limits: &Limits, field: usize, offset: u64) -> Self {
        let (kind, bound) = (ErrorKind::Limit(limit), limit.of(limits));
        let (task, found) = (Task::Reading, Found::new(b""));
        Self(Box::new(Detail { kind, task, field, offset, bound, found }))
    }

    /// Links that do not fit in as many fields as they may.
    #[cold]
    pub(crate) fn unfit(limit: Limit, limits: &Limits, field: usize) -> Self {
        let mut error = Self::limit(limit, limits, field, 0);
        error.0.task = Task::Writing;
        error
    }

    /// What kind of thing was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Which Link field, counted from 0; 0 for a value that was read on its own.
    #[must_use]
    pub fn field(&self) -> usize {
        self.0.field
    }

    /// Where: octets from the start of that field's value.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.offset
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}: {self})", self.0.kind)
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, task, field, offset, bound, found } = self;
        match (kind, task) {
            (ErrorKind::Rule(rule), _) => {
                let (sentence, section) = (rule.sentence(), rule.section());
                write!(f, "rule {rule} is broken at octet {offset} of field {field}: ")?;
                write!(f, "{sentence} ({section})")?;
            }
            (ErrorKind::Limit(limit), Task::Writing) => {
                write!(f, "links do not fit in field {field}: limit {limit} is {bound}, ")?;
                write!(f, "raise LinkFields::{limit} or let a linkset stand in")?;
            }
            (ErrorKind::Limit(limit), Task::Reading) => {
                write!(f, "more than {bound} at octet {offset} of field {field}: limit {limit}, ")?;
                write!(f, "raise Limits::{limit} if the sender is trusted")?;
            }
        }
        if found.len > 0 {
            write!(f, "; found \"{}\"", found.octets[..found.len].escape_ascii())?;
            if found.cut {
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
        let error = Error::rule(Rule::TargetBrackets, 2, 17, b"https://example.org/\xff; rel=next");
        assert_eq!(
            error.to_string(),
            "rule target-brackets is broken at octet 17 of field 2: a link begins with its target between < and > \
             (RFC 8288 section 3); found \"https://example.org/\\xff; r\"..."
        );
        let error = Error::limit(Limit::Links, &Limits::default(), 0, 9);
        assert_eq!(
            error.to_string(),
            "more than 1024 at octet 9 of field 0: limit links, \
             raise Limits::links if the sender is trusted"
        );
        let error = Error::unfit(Limit::Fields, &Limits::default().fields(8), 8);
        assert_eq!(
            error.to_string(),
            "links do not fit in field 8: limit fields is 8, raise LinkFields::fields or let a \
             linkset stand in"
        );
    }
}
