//! Why a reader or writer stopped, and where.

use crate::limits::{Limit, Limits};
use crate::rule::Rule;
use std::fmt;

/// Why a reader or writer stopped.
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
    /// An [`Encoder`](crate::Encoder) or [`Decoder`](crate::Decoder) was called out of turn.
    Misuse(Misuse),
}

/// A call out of turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Misuse {
    /// A part was begun and has not ended.
    PartOpen,
    /// No part was begun.
    NoPartOpen,
    /// The close delimiter was written.
    Finished,
    /// An earlier call failed.
    Poisoned,
    /// A [`Decoder`](crate::Decoder) was fed after it was told that no more would come.
    InputAfterEnd,
    /// The first part of an implied opening has neither Content-Location nor Content-Type,
    /// so that readers would take it for a preamble.
    ImpliedHeadUnseen,
    /// There is nothing to resynchronize after: nothing failed, or what failed is no single part.
    NothingToResync,
    /// The summary of a range was asked for before all its parts were read.
    RangeUnread,
    /// The ranges joined do not cover the input from its start to its end, each octet once.
    RangesApart,
    /// A range was to be read where lengths frame the bodies.
    RangeOfLengths,
    /// A checkpoint is of another resource, boundary or framing.
    OtherResource,
    /// The ranges joined were read by different boundaries.
    OtherBoundary,
}

impl Misuse {
    const fn sentence(self) -> &'static str {
        match self {
            Self::PartOpen => "a part was begun and has not ended: call end first",
            Self::NoPartOpen => "no part was begun: call begin first",
            Self::Finished => "the close delimiter was written: nothing can follow",
            Self::Poisoned => "an earlier call failed: start again with a new encoder",
            Self::InputAfterEnd => "octets were fed after the end: call finish last",
            Self::ImpliedHeadUnseen => {
                "the first part of an implied opening needs a Content-Location or Content-Type"
            }
            Self::NothingToResync => "no single part failed: there is nothing to go on after",
            Self::RangeUnread => "parts of the range are unread: read them to the end first",
            Self::RangesApart => "the ranges leave something out or overlap: join all, in order",
            Self::RangeOfLengths => {
                "lengths frame the bodies: only delimiter lines can be found in a range"
            }
            Self::OtherResource => "the checkpoint is of another resource: begin from the start",
            Self::OtherBoundary => {
                "the ranges were read by different boundaries: read all by the package's own"
            }
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    offset: u64,
    /// What the limit is, or how many octets are owed.
    bound: u64,
    found: Found,
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
        let shown = &found[..found.len().min(Self::CAP)];
        let mut octets = [0; Self::CAP];
        octets[..shown.len()].copy_from_slice(shown);
        // CAP fits an octet.
        let len = u8::try_from(shown.len()).unwrap_or(0);
        Self { octets, len, cut: found.len() > Self::CAP }
    }
}

impl Error {
    /// A broken rule at an offset, with the octets that break it (or none).
    #[cold]
    pub(crate) fn rule(rule: Rule, offset: u64, found: &[u8]) -> Self {
        let found = Found::new(found);
        Self(Box::new(Detail { kind: ErrorKind::Rule(rule), offset, bound: 0, found }))
    }

    /// A body that ends with the input, so many octets before its length does.
    #[cold]
    pub(crate) fn incomplete(offset: u64, owed: u64) -> Self {
        let (kind, found) = (ErrorKind::Rule(Rule::BodyIncomplete), Found::new(b""));
        Self(Box::new(Detail { kind, offset, bound: owed, found }))
    }

    /// A limit exceeded at an offset.
    #[cold]
    pub(crate) fn limit(limit: Limit, limits: &Limits, offset: u64) -> Self {
        let (kind, bound) = (ErrorKind::Limit(limit), limit.of(limits));
        Self(Box::new(Detail { kind, offset, bound, found: Found::new(b"") }))
    }

    #[cold]
    pub(crate) fn misuse(misuse: Misuse, offset: u64) -> Self {
        let (kind, found) = (ErrorKind::Misuse(misuse), Found::new(b""));
        Self(Box::new(Detail { kind, offset, bound: 0, found }))
    }

    /// What kind of thing was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where: octets from the start of the whole input (of the output, for an encoder; of the
    /// value, for a content type read on its own).
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.0.offset
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?} at octet {}: {self})", self.0.kind, self.0.offset)
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset;
        match self.kind {
            ErrorKind::Rule(rule) => {
                let (sentence, section) = (rule.sentence(), rule.section());
                write!(f, "rule {rule} is broken at octet {offset}: {sentence} ({section})")?;
                if rule == Rule::BodyIncomplete {
                    write!(f, "; octets still owed: {}", self.bound)?;
                }
            }
            ErrorKind::Limit(limit) => {
                let bound = self.bound;
                write!(f, "more than {bound} at octet {offset}: limit {limit}, ")?;
                write!(f, "raise Limits::{limit} if the sender is trusted")?;
            }
            ErrorKind::Misuse(misuse) => write!(f, "at octet {offset}: {}", misuse.sentence())?,
        }
        if self.found.len > 0 {
            let shown = &self.found.octets[..usize::from(self.found.len)];
            write!(f, "; found \"{}\"", shown.escape_ascii())?;
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
        let error = Error::rule(Rule::FieldSyntax, 17, b"no colon in this line of octets\r\n");
        assert_eq!(
            error.to_string(),
            "rule field-syntax is broken at octet 17: a field line is a name, a colon and a value \
             (RFC 9110 section 5.1); found \"no colon in this line of\"..."
        );
        let error = Error::limit(Limit::Fields, &Limits::default(), 9);
        assert_eq!(
            error.to_string(),
            "more than 128 at octet 9: limit fields, raise Limits::fields if the sender is trusted"
        );
    }
}
