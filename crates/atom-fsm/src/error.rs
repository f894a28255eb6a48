//! Why a document or value was refused, and where.

use crate::foreign::ForeignRoot;
use crate::limits::{Limit, Limits};
use crate::place::{Place, Position};
use crate::reading::Reading;
use crate::reporting::Excerpt;
use crate::rule::Rule;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Why a document could not be read, or a value could not be written or converted.
///
/// [`kind`](Error::kind) is for programs, `Display` is for people. An error is one machine word in
/// size.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Detail>);

/// What kind of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A rule is violated, and the violation is not tolerated.
    Rule(Rule),
    /// The document exceeds a limit.
    Limit(Limit),
}

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    place: Place,
    most: u64,
    found: Excerpt,
    foreign: Option<ForeignRoot>,
    partial: Option<Partial>,
}

/// The part of a document that was read, whatever its type.
#[derive(Clone)]
struct Partial(Arc<dyn Any + Send + Sync>);

/// Only the same part is equal: its type is not known.
impl PartialEq for Partial {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Partial {}

impl Error {
    /// A violation in a document that was read, with the text that violates the rule, if any.
    #[cold]
    pub(crate) fn violation(rule: Rule, position: Position, found: &str) -> Self {
        Self::new(ErrorKind::Rule(rule), Place::Read(position), 0, found)
    }

    /// A limit that the document exceeds.
    #[cold]
    pub(crate) fn limit(limit: Limit, limits: &Limits, position: Position) -> Self {
        Self::new(ErrorKind::Limit(limit), Place::Read(position), limit.of(limits), "")
    }

    /// A violation at a path in a value.
    #[cold]
    pub(crate) fn built(rule: Rule, path: &str, found: &str) -> Self {
        Self::new(ErrorKind::Rule(rule), Place::Built(path.into()), 0, found)
    }

    /// A violation in the head of a request or response, with the value that violates the rule.
    #[cold]
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "interactions alone need it"))]
    pub(crate) fn head(rule: Rule, found: &str) -> Self {
        Self::new(ErrorKind::Rule(rule), Place::Head, 0, found)
    }

    /// Returns the error of an [extension](crate::ext::Extension) that its vocabulary does not allow
    /// ([`Rule::ExtensionValue`]), with the path of the element, such as `rank` or `rank/@scheme`, and
    /// the text that was found there.
    #[must_use]
    pub fn extension(path: &str, found: &str) -> Self {
        Self::built(Rule::ExtensionValue, path, found)
    }

    /// A limit that something else than a document exceeds.
    #[cold]
    pub(crate) fn limit_of(limit: Limit, limits: &Limits, path: &str) -> Self {
        Self::new(ErrorKind::Limit(limit), Place::Built(path.into()), limit.of(limits), "")
    }

    fn new(kind: ErrorKind, place: Place, most: u64, found: &str) -> Self {
        let found = Excerpt::new(found.as_bytes());
        Self(Box::new(Detail { kind, place, most, found, foreign: None, partial: None }))
    }

    /// Adds the part of the document that was read.
    #[cold]
    pub(crate) fn with_partial<T: Send + Sync + 'static>(mut self, partial: Reading<T>) -> Self {
        self.0.partial = Some(Partial(Arc::new(partial)));
        self
    }

    /// The error alone, where the part is not needed any more.
    #[cold]
    pub(crate) fn without_partial(mut self) -> Self {
        self.0.partial = None;
        self
    }

    /// The part of a document that was read before it ended too early ([`Rule::Incomplete`]), with
    /// the diagnostics of that part. Only [`Reader::repair`](crate::Reader::repair) keeps it. A feed
    /// has every entry that is complete.
    ///
    /// `T` is the type that was asked for, without a lifetime of its own.
    ///
    /// ```
    /// use atom_fsm::{Reader, atom::Feed};
    ///
    /// let source = "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>\
    ///     <entry><title>1</title></entry><entry><title>2</titl";
    /// let error = Reader::new().repair().read::<Feed<'_>>(source).unwrap_err();
    /// let partial = error.partial::<Feed<'static>>().unwrap();
    /// assert_eq!(partial.document().entries().len(), 1);
    /// ```
    #[must_use]
    pub fn partial<T: 'static>(&self) -> Option<&Reading<T>> {
        self.0.partial.as_ref()?.0.downcast_ref()
    }

    /// Adds what the document is whose root was refused.
    #[cold]
    pub(crate) fn with_foreign_root(mut self, root: ForeignRoot) -> Self {
        self.0.foreign = Some(root);
        self
    }

    /// What the document is, if its root was refused ([`Rule::RootElement`]) and is that of a format
    /// that is known.
    ///
    /// ```
    /// use atom_fsm::{Document, ForeignRoot, RssVersion};
    ///
    /// let error = Document::parse("<rss version='2.0'><channel/></rss>").unwrap_err();
    /// assert_eq!(error.foreign_root(), Some(ForeignRoot::Rss(RssVersion::V2_0)));
    /// ```
    #[must_use]
    pub fn foreign_root(&self) -> Option<ForeignRoot> {
        self.0.foreign
    }

    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The rule that is violated; `None` when a limit is exceeded.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        match self.0.kind {
            ErrorKind::Rule(rule) => Some(rule),
            ErrorKind::Limit(_) => None,
        }
    }

    /// The offset in octets from the start of the input; 0 where no document was read.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.position().map_or(0, Position::offset)
    }

    /// The position in the document that was read; `None` where no document was read.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.0.place.position()
    }

    /// The path in the value that could not be written or converted, such as
    /// `/feed/entry[3]/link[1]`; `None` for other errors.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.place.path()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}: {self})", self.0.kind)
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, place, most, found, foreign, .. } = self;
        match kind {
            ErrorKind::Rule(rule) => {
                let (sentence, section) = (rule.sentence(), rule.section());
                write!(f, "rule {rule} is violated {place}: {sentence} ({section}){found}")?;
                match foreign {
                    Some(foreign) => write!(f, "; the document is {foreign}"),
                    None => Ok(()),
                }
            }
            ErrorKind::Limit(limit) => {
                let counted = limit.counted();
                write!(f, "more than {most} {counted} {place} (Limits::{limit}); ")?;
                f.write_str("raise the limit if the sender is trusted")
            }
        }
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
        let read = Error::violation(Rule::OneRoot, position, "<another root='which is long'/>");
        assert_eq!(read.rule(), Some(Rule::OneRoot));
        assert_eq!(
            read.to_string(),
            "rule one-root is violated at line 2, column 5 (octet 17): a document has one root \
             element (XML 1.0 section 2.1); found \"<another root='which is \"..."
        );
        let limit = Error::limit(Limit::Depth, &Limits::default(), position);
        assert_eq!(limit.rule(), None);
        assert_eq!(
            limit.to_string(),
            "more than 128 elements within each other at line 2, column 5 (octet 17) \
             (Limits::depth); raise the limit if the sender is trusted"
        );
        let built = Error::built(Rule::LinkHref, "/feed/entry[3]/link[1]", "");
        assert_eq!(built.path(), Some("/feed/entry[3]/link[1]"));
        assert_eq!(
            built.to_string(),
            "rule link-href is violated at /feed/entry[3]/link[1]: a link has an href \
             (RFC 4287 section 4.2.7.1)"
        );
    }
}
