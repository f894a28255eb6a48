//! Why a reader or writer stopped, and where.

use crate::limits::{Limit, Limits};
use crate::reporting::Excerpt;
use crate::rule::Rule;
use std::fmt;

/// Why a reader or writer stopped.
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
    /// A rule was violated, and the tolerance does not contain it.
    Rule(Rule),
    /// The input has more of something than the limit allows.
    Limit(Limit),
    /// A method was called in the wrong order, or with values that do not belong together.
    Misuse(Misuse),
}

/// A call that was made in the wrong order, or with values that do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Misuse {
    /// An [`Encoder`](crate::Encoder) was asked to begin another part, or to finish, before it ended
    /// the open one.
    PartOpen,
    /// An [`Encoder`](crate::Encoder) was asked to write or to end a part before it began one.
    NoPartOpen,
    /// An [`Encoder`](crate::Encoder) was called after it wrote the close delimiter.
    Finished,
    /// An [`Encoder`](crate::Encoder) was called after an earlier call failed.
    Poisoned,
    /// A [`Decoder`](crate::Decoder) was given octets after [`finish`](crate::Decoder::finish).
    InputAfterEnd,
    /// An [`Encoder`](crate::Encoder) was given a first part without a Content-Location and without
    /// a Content-Type after an implied opening. A reader with
    /// [`Opening::Auto`](crate::Opening::Auto) would skip it as a preamble.
    ImpliedHeadUnseen,
    /// There is nothing to resume after: no part failed.
    NothingToResync,
    /// A summary was requested before all parts of its range were read.
    RangeUnread,
    /// The joined ranges do not cover each octet of the input exactly once.
    RangesApart,
    /// A range was requested under [`Framing::Length`](crate::Framing::Length).
    RangeOfLengths,
    /// A checkpoint was made for another resource, boundary or framing.
    OtherResource,
    /// The joined ranges were read with different boundaries.
    OtherBoundary,
}

impl Misuse {
    const fn sentence(self) -> &'static str {
        match self {
            Self::PartOpen => "the part that was begun has not ended; call end first",
            Self::NoPartOpen => "no part was begun; call begin first",
            Self::Finished => "the close delimiter was written already; nothing can follow it",
            Self::Poisoned => "an earlier call failed; start again with a new encoder",
            Self::InputAfterEnd => "octets were pushed after finish; call finish last",
            Self::ImpliedHeadUnseen => {
                "the first part after an implied opening needs a Content-Location or a Content-Type"
            }
            Self::NothingToResync => "no single part failed; there is nothing to resume after",
            Self::RangeUnread => "the range has unread parts; read it to the end first",
            Self::RangesApart => {
                "the ranges do not cover each octet exactly once; join the summaries of all ranges"
            }
            Self::RangeOfLengths => {
                "a package framed by lengths cannot be read in ranges; use Framing::Delimiter"
            }
            Self::OtherResource => {
                "the checkpoint is for another resource, boundary or framing; read from the start"
            }
            Self::OtherBoundary => {
                "the ranges were read with different boundaries; read all with the package's own"
            }
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    offset: u64,
    /// The number that the limit allows, or how many octets of the body are missing.
    number: u64,
    found: Excerpt,
    /// What was looked for, if the opening is missing.
    sought: Option<Sought>,
}

/// A delimiter line that was looked for, and where the first line is that looks like one.
#[derive(Clone, PartialEq, Eq)]
struct Sought {
    dash_boundary: Box<[u8]>,
    alike: Option<u64>,
}

impl Error {
    /// A violated rule at an offset, with the octets that violate it, or none.
    #[cold]
    pub(crate) fn violation(rule: Rule, offset: u64, found: &[u8]) -> Self {
        let found = Excerpt::new(found);
        Self::new(ErrorKind::Rule(rule), offset, 0, found)
    }

    fn new(kind: ErrorKind, offset: u64, number: u64, found: Excerpt) -> Self {
        Self(Box::new(Detail { kind, offset, number, found, sought: None }))
    }

    /// An opening that is missing: the delimiter line that was looked for, and the first line that
    /// looks like one and where it is.
    #[cold]
    pub(crate) fn opening_missing(
        offset: u64,
        dash_boundary: &[u8],
        alike: Option<(u64, &[u8])>,
    ) -> Self {
        let line = alike.map_or(&b""[..], |(_, line)| line);
        let mut error = Self::violation(Rule::OpeningMissing, offset, line);
        let alike = alike.map(|(at, _)| at);
        error.0.sought = Some(Sought { dash_boundary: dash_boundary.into(), alike });
        error
    }

    /// A body framed by its length that the end of the input cuts short by so many octets.
    #[cold]
    pub(crate) fn incomplete(offset: u64, missing: u64) -> Self {
        let (kind, found) = (ErrorKind::Rule(Rule::BodyIncomplete), Excerpt::default());
        Self::new(kind, offset, missing, found)
    }

    /// A limit that is exceeded at an offset.
    #[cold]
    pub(crate) fn limit(limit: Limit, limits: &Limits, offset: u64) -> Self {
        let (kind, number) = (ErrorKind::Limit(limit), limit.of(limits));
        Self::new(kind, offset, number, Excerpt::default())
    }

    #[cold]
    pub(crate) fn misuse(misuse: Misuse, offset: u64) -> Self {
        let (kind, found) = (ErrorKind::Misuse(misuse), Excerpt::default());
        Self::new(kind, offset, 0, found)
    }

    /// The same error at another offset.
    #[cold]
    pub(crate) fn at(mut self, offset: u64) -> Self {
        self.0.offset = offset;
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
            ErrorKind::Limit(_) | ErrorKind::Misuse(_) => None,
        }
    }

    /// Where the error is, in octets.
    ///
    /// A reader counts from the start of the whole input, and a [`HeadBuilder`](crate::HeadBuilder)
    /// from the start of the head. For a [`ContentType`](crate::ContentType) or a
    /// [`Boundary`](crate::Boundary) that is read on its own, the offset counts from the start of
    /// its text. An encoder's error is at the [`position`](crate::Encoder::position) that the encoder had
    /// before the refused call: what that call wrote begins there.
    ///
    /// If a preamble, a body or an epilogue exceeds its limit, the offset is that of the first
    /// octet beyond the limit. Under [`Framing::Length`](crate::Framing::Length), it is that of the
    /// Content-Length if that states too long a body. For any other limit, the offset is where the
    /// head, field, part or delimiter line begins that exceeds it.
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
        let Self { kind, offset, number, found, sought } = self;
        match kind {
            ErrorKind::Rule(rule) => {
                let (sentence, section) = (rule.sentence(), rule.section());
                write!(f, "rule {rule} is violated at octet {offset}: {sentence} ({section})")?;
                if *rule == Rule::BodyIncomplete {
                    write!(f, "; missing octets: {number}")?;
                }
            }
            ErrorKind::Limit(limit) => {
                let counted = limit.counted();
                write!(f, "more than {number} {counted} at octet {offset} (Limits::{limit})")?;
                f.write_str("; raise the limit if the sender is trusted")?;
            }
            ErrorKind::Misuse(misuse) => write!(f, "at octet {offset}: {}", misuse.sentence())?,
        }
        if let Some(Sought { dash_boundary, .. }) = sought {
            write!(f, "; looked for \"{}\"", dash_boundary.escape_ascii())?;
        }
        write!(f, "{found}")?;
        if let Some(at) = sought.as_ref().and_then(|sought| sought.alike) {
            write!(f, " at octet {at}; compare it with the boundary of the Content-Type")?;
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
        let error = Error::violation(Rule::FieldSyntax, 17, b"no colon in this line of octets\r\n");
        assert_eq!(
            error.to_string(),
            "rule field-syntax is violated at octet 17: a field line is a name of printable ASCII \
             without spaces, a colon and a value (RFC 5322 section 2.2); found \"no colon in this line of\"..."
        );
        let error = Error::opening_missing(9, b"--b", Some((3, b"--c")));
        assert_eq!(
            error.to_string(),
            "rule opening-missing is violated at octet 9: a delimiter line precedes the first part \
             (RFC 2046 section 5.1.1); looked for \"--b\"; found \"--c\" at octet 3; compare it with \
             the boundary of the Content-Type"
        );
        let error = Error::limit(Limit::Fields, &Limits::default(), 9);
        assert_eq!(
            error.to_string(),
            "more than 128 fields at octet 9 (Limits::fields); raise the limit if the sender is trusted"
        );
    }

    #[test]
    fn an_error_names_the_rule_that_was_violated_if_it_is_about_one() {
        assert_eq!(Error::violation(Rule::FieldFold, 0, b"").rule(), Some(Rule::FieldFold));
        assert_eq!(Error::incomplete(0, 1).rule(), Some(Rule::BodyIncomplete));
        assert_eq!(Error::limit(Limit::Fields, &Limits::default(), 0).rule(), None);
        assert_eq!(Error::misuse(Misuse::Poisoned, 0).rule(), None);
    }
}
