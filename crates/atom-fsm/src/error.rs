//! Why something could not be read or written, and where.

use crate::diagnostic::Position;
use crate::limits::{Limit, Limits};
use crate::rule::Rule;
use std::fmt;

/// Why something could not be read or written.
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
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    place: Place,
    bound: usize,
    found: Box<str>,
}

#[derive(Clone, PartialEq, Eq)]
enum Place {
    Read(Position),
    Built(Box<str>),
    Head,
}

/// How many characters of what was found are shown.
const SHOWN: usize = 24;

impl Error {
    /// A broken rule in a document that was read, with the text that breaks it (or none).
    #[cold]
    pub(crate) fn read(rule: Rule, position: Position, found: &str) -> Self {
        Self::new(ErrorKind::Rule(rule), Place::Read(position), 0, found)
    }

    /// A limit exceeded in a document that was read.
    #[cold]
    pub(crate) fn limit(limit: Limit, limits: &Limits, position: Position) -> Self {
        Self::new(ErrorKind::Limit(limit), Place::Read(position), limit.of(limits), "")
    }

    /// A broken rule in a value that is not read from a document, at a path.
    #[cold]
    pub(crate) fn built(rule: Rule, path: &str, found: &str) -> Self {
        Self::new(ErrorKind::Rule(rule), Place::Built(path.into()), 0, found)
    }

    /// A broken rule in the head of a request or response, with the value that breaks it.
    #[cold]
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "interactions alone need it"))]
    pub(crate) fn head(rule: Rule, found: &str) -> Self {
        Self::new(ErrorKind::Rule(rule), Place::Head, 0, found)
    }

    fn new(kind: ErrorKind, place: Place, bound: usize, found: &str) -> Self {
        let mut shown: String = found.chars().take(SHOWN).collect();
        if shown.len() < found.len() {
            shown.push('…');
        }
        Self(Box::new(Detail { kind, place, bound, found: shown.into() }))
    }

    /// What kind of thing was wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where, in octets from the start of the input; 0 where nothing was read.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.position().map_or(0, Position::offset)
    }

    /// Where in the document that was read, if one was.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match self.0.place {
            Place::Read(position) => Some(position),
            Place::Built(_) | Place::Head => None,
        }
    }

    /// Where in the value that was to be written or converted, such as `/feed/entry[3]/link[1]`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match &self.0.place {
            Place::Built(path) => Some(path),
            Place::Read(_) | Place::Head => None,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}: {self})", self.0.kind)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(position) => write!(f, "at {position}"),
            Self::Built(path) => write!(f, "at {path}"),
            Self::Head => f.write_str("in the head of the message"),
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, place, bound, found } = self;
        match kind {
            ErrorKind::Rule(rule) => {
                let (sentence, section) = (rule.sentence(), rule.section());
                write!(f, "rule {rule} is broken {place}: {sentence} ({section})")?;
            }
            ErrorKind::Limit(limit) => {
                write!(f, "more than {bound} {place}: limit {limit}, ")?;
                write!(f, "raise Limits::{limit} if the sender is trusted")?;
            }
        }
        if !found.is_empty() {
            write!(f, "; found {found:?}")?;
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
        let position = Position { offset: 17, line: 2, column: 5 };
        assert_eq!(
            Error::read(Rule::OneRoot, position, "<another root='which is long'/>").to_string(),
            "rule one-root is broken at line 2, column 5 (octet 17): a document has one root \
             element (XML 1.0 section 2.1); found \"<another root='which is …\""
        );
        assert_eq!(
            Error::limit(Limit::Depth, &Limits::default(), position).to_string(),
            "more than 128 at line 2, column 5 (octet 17): limit depth, \
             raise Limits::depth if the sender is trusted"
        );
        let built = Error::built(Rule::LinkHref, "/feed/entry[3]/link[1]", "");
        assert_eq!(built.path(), Some("/feed/entry[3]/link[1]"));
        assert_eq!(
            built.to_string(),
            "rule link-href is broken at /feed/entry[3]/link[1]: a link has an href \
             (RFC 4287 section 4.2.7.1)"
        );
    }
}
