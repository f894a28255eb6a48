//! How to read: what a reader needs to know before the first octet.

use crate::boundary::Boundary;
use crate::checks::Checks;
use crate::content_type::ContentType;
use crate::decoder::Decoder;
use crate::delimiter::Delimiter;
use crate::error::Error;
use crate::limits::Limits;
use crate::rule::Rule;
use crate::slice::Parts;
use crate::tolerance::Tolerance;

/// How the first part begins.
///
/// A delimiter line at the very start opens under all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Opening {
    /// A delimiter line stands before the first part, and what stands before that is a preamble,
    /// to be thrown away (RFC 2046 section 5.1.1).
    Delimiter,
    /// The input begins with the first part's head, as the event-sourcing draft has it.
    Implied,
    /// Implied when the first block is a well-formed head with a Content-Location or a
    /// Content-Type, a preamble otherwise.
    ///
    /// The two openings cannot be told apart for certain: a preamble that looks like a head is
    /// taken for a part, and the first part of a draft's package that has neither field is taken
    /// for a preamble, and reported.
    ///
    /// A [`Decoder`] holds that block until it can tell: as much as [`Limits`] let a head have,
    /// which under [`Limits::unlimited`] is all of an input that has no line break.
    Auto,
}

/// What tells where a body ends.
///
#[doc = include_str!("lengths.md")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// The next delimiter line. A Content-Length is a claim, which is checked
    /// ([`Rule::ContentLengthDiffers`]).
    Delimiter,
    /// The Content-Length, which every part must have; a delimiter line must follow at once.
    /// Never falls back. For trusted peers, and bodies that may hold delimiter lines.
    Length,
}

/// How to read packages and feed documents that share a boundary.
///
/// Made once, used for as many inputs as the caller likes.
///
/// ```
/// use multipart_package::{Framing, Reader, Tolerance};
///
/// let reader = Reader::from_content_type(b"multipart/package; boundary=b")?
///     .framing(Framing::Length)
///     .tolerance(Tolerance::STRICT);
/// let package = b"Content-Location: /1\r\nContent-Length: 5\r\n\r\nhello\r\n--b--\r\n";
/// let parts = reader.parts(package).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(parts[0].body(), b"hello");
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Reader {
    delimiter: Delimiter,
    opening: Opening,
    framing: Framing,
    tolerance: Tolerance,
    limits: Limits,
}

impl Reader {
    /// A reader for a boundary, with [`Opening::Delimiter`], [`Framing::Delimiter`],
    /// [`Tolerance::DRAFTS`] and the default [`Limits`].
    ///
    /// A package of the draft begins with its first part's head, which this opening takes for a
    /// preamble and reports ([`Rule::PreambleLooksLikeHead`]): it needs [`Opening::Auto`].
    pub fn new(boundary: &Boundary) -> Self {
        Self {
            delimiter: Delimiter::new(boundary),
            opening: Opening::Delimiter,
            framing: Framing::Delimiter,
            tolerance: Tolerance::default(),
            limits: Limits::default(),
        }
    }

    /// A reader for the value of a Content-Type field: its boundary, and [`Opening::Auto`] for
    /// `multipart/package` alone.
    ///
    /// What is tolerated in the value itself is told by [`ContentType::diagnostics`]: to see that,
    /// or to refuse it, read the value by [`ContentType::parse_with`] and make the reader of it by
    /// `try_from`.
    ///
    /// # Errors
    /// Those of [`ContentType::parse`] and [`ContentType::boundary`], and [`Rule::NotMultipart`].
    pub fn from_content_type(value: &[u8]) -> Result<Self, Error> {
        Self::try_from(&ContentType::parse(value)?)
    }

    /// Sets how the first part begins.
    pub fn opening(mut self, opening: Opening) -> Self {
        self.opening = opening;
        self
    }

    /// Sets what tells where a body ends.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets which breaches are reported instead of refused.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets how much is taken before the reader refuses.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a whole package or feed document that is in memory.
    #[must_use]
    pub fn parts<'a>(&self, input: &'a [u8]) -> Parts<'a> {
        Parts::new(self.setup(), input)
    }

    /// Reads one that comes in chunks.
    #[must_use]
    pub fn decoder(&self) -> Decoder {
        Decoder::new(self.setup())
    }

    pub(crate) fn setup(&self) -> Setup {
        Setup {
            delimiter: self.delimiter.clone(),
            opening: self.opening,
            framing: self.framing,
            checks: Checks::new(self.tolerance, self.limits),
        }
    }
}

impl TryFrom<&ContentType<'_>> for Reader {
    type Error = Error;

    fn try_from(content_type: &ContentType<'_>) -> Result<Self, Error> {
        if !content_type.type_().eq_ignore_ascii_case("multipart") {
            return Err(Error::rule(Rule::NotMultipart, 0, content_type.as_bytes()));
        }
        let reader = Self::new(&content_type.boundary()?);
        let package = content_type.is("multipart", "package");
        Ok(if package { reader.opening(Opening::Auto) } else { reader })
    }
}

/// What one reading of one input works with.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) delimiter: Delimiter,
    pub(crate) opening: Opening,
    pub(crate) framing: Framing,
    pub(crate) checks: Checks,
}
