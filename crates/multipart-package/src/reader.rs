//! How to read: what a reader has to know before the first octet.

use crate::boundary::Boundary;
use crate::content_type::ContentType;
use crate::delimiter::Delimiter;
use crate::error::Error;
use crate::limits::Limits;
use crate::read_boundary::ReadBoundary;
use crate::report::Report;
use crate::reporting::Tolerance;
use crate::rule::Rule;

/// How the first part begins.
///
/// If the input begins with a delimiter line, the first part begins after it, whatever the opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Opening {
    /// A delimiter line precedes the first part. Octets before that line are a preamble, which the
    /// reader discards (RFC 2046 section 5.1.1).
    Delimiter,
    /// The input begins with the first part's head, as in the event-sourcing draft.
    Implied,
    /// The reader decides by the first block of the input, up to the first blank line.
    ///
    /// If that block is a head with a Content-Location or a Content-Type, the opening is
    /// [`Implied`](Self::Implied). Otherwise it is [`Delimiter`](Self::Delimiter). For this
    /// decision, a head may have all violations that [`Tolerance::ALL`] contains; afterwards the
    /// reader checks the head under its own tolerance.
    ///
    /// A block that cannot be read as a head is refused with that error if one of the two fields
    /// comes before the error. Otherwise it is a preamble. As after any other part, a reader can
    /// `resync` after such an error. A block that exceeds a limit on heads before its end is refused
    /// with that limit, unless the line that exceeds it is certainly no field.
    ///
    /// The decision can be wrong. A preamble that looks like a head is read as a part. A first part
    /// that has neither field, or in whose head an error or a delimiter line comes too early, is
    /// skipped as a preamble. Even a strict reader does not refuse this if another part follows: it
    /// reports [`Rule::PreambleNotEmpty`], and [`Rule::PreambleLooksLikeHead`] too if it met one of
    /// the two fields, or a Content-Disposition. If no part follows, that is refused
    /// ([`Rule::PreambleHead`]).
    ///
    /// A [`Decoder`](crate::Decoder) holds the block until it can decide. Under
    /// [`Limits::unlimited`], it holds an input without a line break completely.
    Auto,
}

/// How a reader finds the end of a body.
///
#[doc = include_str!("lengths.md")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// A body ends at the next delimiter line. The reader compares it with the part's
    /// Content-Length, if there is one ([`Rule::ContentLengthDiffers`]).
    Delimiter,
    /// A body has as many octets as its Content-Length states. The line break and the delimiter
    /// line must follow at once ([`Rule::LengthFraming`]).
    ///
    /// Every part must have a valid Content-Length ([`Rule::LengthMissing`]). The reader never
    /// falls back to [`Delimiter`](Self::Delimiter).
    ///
    /// A part is complete with the last octet of its body. The reader gives it before it looks at the
    /// delimiter line, and gives the error with the next step if there is none.
    ///
    /// Use this only with peers that you trust: a wrong length can hide later parts. Bodies may
    /// then contain delimiter lines.
    Length,
}

/// The settings for reading packages and feed documents with one boundary.
///
/// One reader can read any number of inputs.
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
    /// To read packages as the draft has them, set [`Opening::Auto`]. They begin with the first
    /// part's head, which [`Opening::Delimiter`] skips as a preamble. The reader then reports
    /// [`Rule::PreambleNotEmpty`], and [`Rule::PreambleLooksLikeHead`] too if it met a
    /// Content-Location, a Content-Type or a Content-Disposition. If no part follows, it refuses
    /// that ([`Rule::PreambleHead`]).
    pub fn new(boundary: &Boundary) -> Self {
        Self::of(boundary.as_bytes())
    }

    /// A reader for a boundary as a peer sent it. Everything else is as in [`Reader::new`].
    pub fn for_boundary(boundary: &ReadBoundary) -> Self {
        Self::of(boundary.as_bytes())
    }

    fn of(boundary: &[u8]) -> Self {
        Self {
            delimiter: Delimiter::new(boundary),
            opening: Opening::Delimiter,
            framing: Framing::Delimiter,
            tolerance: Tolerance::default(),
            limits: Limits::default(),
        }
    }

    /// A reader for the value of a Content-Type field.
    ///
    /// It takes the boundary from the value. Its opening is [`Opening::Auto`] for
    /// `multipart/package`, and [`Opening::Delimiter`] for any other subtype. Everything else is as
    /// in [`Reader::new`].
    ///
    /// The value is parsed under [`Tolerance::DRAFTS`]. For another tolerance, see
    /// [`from_content_type_with`](Self::from_content_type_with). [`ContentType::diagnostics`] lists
    /// what was tolerated in the value. To see that list, parse the value by
    /// [`ContentType::parse_with`] and convert the result by `Reader::try_from`. That tolerance
    /// applies to the value only: the reader itself begins with [`Tolerance::DRAFTS`].
    ///
    /// # Errors
    /// Those of [`ContentType::parse`] and [`ContentType::read_boundary`], and
    /// [`Rule::NotMultipart`].
    pub fn from_content_type(value: &[u8]) -> Result<Self, Error> {
        Self::try_from(&ContentType::parse(value)?)
    }

    /// A reader for the value of a Content-Type field, with one tolerance for the value and for what
    /// is read. Everything else is as in [`from_content_type`](Self::from_content_type).
    ///
    /// Under [`Tolerance::ALL`], it reads by boundaries that other readers may take for others: see
    /// [`ReadBoundary`] and [`Rule::DelimiterDashes`].
    ///
    /// ```
    /// use multipart_package::{Reader, Tolerance};
    ///
    /// let value = b"multipart/x-mixed-replace; boundary = --frame (of a camera)";
    /// let reader = Reader::from_content_type_with(value, Tolerance::ALL)?;
    /// let mut parts = reader.parts(b"--frame\r\n\r\n1\r\n--frame--\r\n");
    /// assert_eq!(parts.next().unwrap()?.body(), b"1");
    /// # Ok::<(), multipart_package::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`ContentType::parse_with`] and [`ContentType::read_boundary`], and
    /// [`Rule::NotMultipart`].
    pub fn from_content_type_with(value: &[u8], tolerance: Tolerance) -> Result<Self, Error> {
        let content_type = ContentType::parse_with(value, tolerance)?;
        Ok(Self::try_from(&content_type)?.tolerance(tolerance))
    }

    /// Sets how the first part begins.
    pub fn opening(mut self, opening: Opening) -> Self {
        self.opening = opening;
        self
    }

    /// Sets how the end of a body is found.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// Sets which violations are reported instead of refused.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets how much the reader accepts before it refuses.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub(crate) fn config(&self) -> ReadConfig {
        ReadConfig {
            delimiter: self.delimiter.clone(),
            opening: self.opening,
            framing: self.framing,
            report: Report::new(self.tolerance, self.limits),
        }
    }
}

impl TryFrom<&ContentType<'_>> for Reader {
    type Error = Error;

    /// Makes a reader for a Content-Type, as [`from_content_type`](Reader::from_content_type) does.
    ///
    /// # Errors
    /// [`Rule::NotMultipart`], and those of [`ContentType::read_boundary`].
    fn try_from(content_type: &ContentType<'_>) -> Result<Self, Error> {
        if !content_type.type_().eq_ignore_ascii_case("multipart") {
            return Err(Error::violation(Rule::NotMultipart, 0, content_type.as_bytes()));
        }
        let reader = Self::for_boundary(&content_type.read_boundary()?);
        let package = content_type.is("multipart", "package");
        Ok(if package { reader.opening(Opening::Auto) } else { reader })
    }
}

/// The settings of one reading, and its report.
#[derive(Debug)]
pub(crate) struct ReadConfig {
    pub(crate) delimiter: Delimiter,
    pub(crate) opening: Opening,
    pub(crate) framing: Framing,
    pub(crate) report: Report,
}
