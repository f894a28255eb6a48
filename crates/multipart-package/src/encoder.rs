//! Writing a package or feed document, without IO.

use crate::boundary::Boundary;
use crate::delimiter::Delimiter;
#[cfg(feature = "digest")]
use crate::digest::DigestCheck;
use crate::error::{Error, Misuse};
use crate::head::Head;
use crate::head::scan::HeadScan;
use crate::head::summary::{HeadSummary, Length};
use crate::limits::{Limit, Limits};
use crate::reader::Opening;
use crate::report::Report;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use bytes::BufMut;

/// Writes a package or feed document, part by part, into the caller's buffer.
///
/// A strict [`Reader`](crate::Reader) with [`Framing::Delimiter`](crate::Framing::Delimiter), the
/// same opening and the same limits on heads reads exactly the parts that were written. The encoder
/// refuses every line that begins with the delimiter, even if a reader would not take it for a
/// delimiter line.
///
/// After an error every further call fails and writes nothing, also after a [`Misuse`]: a package
/// with a refused part never gets its close delimiter, so that no reader takes it for a whole one,
/// unless it tolerates [`Rule::CloseMissing`]. Start again with a new encoder and an empty buffer.
///
/// A call that is refused writes nothing, with one exception: the octets of a body are searched for
/// the delimiter and written in blocks of 16 KiB. The blocks before the refused one are then in the
/// buffer, from [`Error::offset`] on.
///
/// The encoder adds a Content-Length to a head that has none if the length of the body is known.
///
/// # Panics
/// Its methods panic, as those of [`BufMut`] do, if the buffer is too small and cannot grow. A
/// `Vec` or a `BytesMut` can grow.
///
/// ```
/// use multipart_package::{Boundary, Encoder, HeadBuilder, Reader};
///
/// let boundary = Boundary::from_entropy(*b"use real entropy");
/// let mut encoder = Encoder::new(&boundary);
/// let mut package = Vec::new();
/// let head = HeadBuilder::new().content_location("/products/1").build()?;
/// encoder.part(&mut package, head.borrow(), b"{}")?;
/// encoder.finish(&mut package)?;
///
/// let reader = Reader::from_content_type(boundary.content_type("package")?.as_bytes())?;
/// assert_eq!(reader.parts(&package).next().unwrap()?.body(), b"{}");
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug)]
pub struct Encoder {
    delimiter: Delimiter,
    opening: Opening,
    position: u64,
    state: State,
    limits: Limits,
    guard: LineGuard,
    #[cfg(feature = "digest")]
    digests: DigestCheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    First,
    Between,
    Part { written: u64, length: Option<u64> },
    Finished,
    Poisoned,
}

impl Encoder {
    /// How many octets of a body are searched for the delimiter before they are written.
    const BLOCK: usize = 16 * 1024;

    /// An encoder that begins with a delimiter line, which every reader understands.
    #[must_use]
    pub fn new(boundary: &Boundary) -> Self {
        Self::with_opening(boundary, Opening::Delimiter)
    }

    /// An encoder that begins with the first part's head, as in the event-sourcing draft.
    ///
    /// Use it for `multipart/package` only: a reader that follows RFC 2046 skips the first part.
    /// That part must have a Content-Location or a Content-Type, because otherwise a reader with
    /// [`Opening::Auto`] skips it, too ([`Misuse::ImpliedHeadUnseen`]).
    #[must_use]
    pub fn implied(boundary: &Boundary) -> Self {
        Self::with_opening(boundary, Opening::Implied)
    }

    fn with_opening(boundary: &Boundary, opening: Opening) -> Self {
        let delimiter = Delimiter::new(boundary.as_bytes());
        let (limits, guard) = (Limits::default(), LineGuard::new());
        Self {
            delimiter,
            opening,
            position: 0,
            state: State::First,
            limits,
            guard,
            #[cfg(feature = "digest")]
            digests: DigestCheck::default(),
        }
    }

    /// Compares each body with its Content-Digest, if its head has one by an algorithm that
    /// [`BodyDigest`](crate::BodyDigest) supports.
    ///
    /// [`part`](Self::part) and [`end`](Self::end) then refuse a body that has another digest
    /// ([`Rule::ContentDigestDiffers`]). `part` and [`begin`](Self::begin) refuse a Content-Digest
    /// that cannot be read ([`Rule::ContentDigestSyntax`]).
    #[cfg(feature = "digest")]
    #[cfg_attr(docsrs, doc(cfg(feature = "digest")))]
    #[must_use]
    pub fn verify_digests(mut self) -> Self {
        self.digests = DigestCheck::on();
        self
    }

    /// Sets how large heads may get. By default, they may be as large as readers accept by default.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How many octets were written so far.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Writes a whole part.
    ///
    /// # Errors
    /// - The [`Rule`] that the head or the body violates, most often [`Rule::DelimiterInBody`] or
    ///   [`Rule::ContentLengthDiffers`].
    /// - A limit that the head exceeds.
    /// - A [`Misuse`] if it is called in the wrong order.
    pub fn part(
        &mut self,
        out: &mut impl BufMut,
        head: Head<&[u8]>,
        body: &[u8],
    ) -> Result<(), Error> {
        let result = self.try_part(out, head, body);
        self.poisoned_by(result)
    }

    fn try_part(
        &mut self,
        out: &mut impl BufMut,
        head: Head<&[u8]>,
        body: &[u8],
    ) -> Result<(), Error> {
        let start = self.position;
        let (summary, length) = self.check_head(head, Some(body.len() as u64))?;
        if body.starts_with(self.delimiter.dash_boundary()) {
            return Err(Error::violation(Rule::DelimiterInBody, start, body));
        }
        let first = self.check_block(body, 0)?;
        #[cfg(feature = "digest")]
        {
            self.digests.begin(head, self.position)?;
            self.digests.update(body);
            self.digests.end(self.position)?;
        }
        self.write_head(out, head, summary, length);
        self.put(out, first);
        let mut written = first.len();
        while written < body.len() {
            let block = self.check_block(body, written).map_err(|error| error.at(start))?;
            self.put(out, block);
            written += block.len();
        }
        self.state = State::Between;
        Ok(())
    }

    /// The next block of a body, if no line that begins with the delimiter ends in it.
    ///
    /// A block is still in the processor's cache when it is written.
    #[inline]
    fn check_block<'a>(&self, body: &'a [u8], start: usize) -> Result<&'a [u8], Error> {
        let end = body.len().min(start + Self::BLOCK);
        let from = start.saturating_sub(self.delimiter.needle().len() - 1);
        match self.delimiter.find_needle(&body[from..end]) {
            None => Ok(&body[start..end]),
            Some(line_feed) => {
                let line = &body[from + line_feed + 1..];
                Err(Error::violation(Rule::DelimiterInBody, self.position, line))
            }
        }
    }

    /// Begins a part whose body follows in pieces.
    ///
    /// If `length` is given and the head has no Content-Length, the encoder adds one.
    ///
    /// # Errors
    /// - The [`Rule`] that the head violates, or [`Rule::ContentLengthDiffers`] if its
    ///   Content-Length is not `length`.
    /// - A limit that the head exceeds.
    /// - A [`Misuse`] if it is called in the wrong order.
    pub fn begin(
        &mut self,
        out: &mut impl BufMut,
        head: Head<&[u8]>,
        length: Option<u64>,
    ) -> Result<(), Error> {
        let result = self.try_begin(out, head, length);
        self.poisoned_by(result)
    }

    fn try_begin(
        &mut self,
        out: &mut impl BufMut,
        head: Head<&[u8]>,
        length: Option<u64>,
    ) -> Result<(), Error> {
        let (summary, length) = self.check_head(head, length)?;
        #[cfg(feature = "digest")]
        self.digests.begin(head, self.position)?;
        self.write_head(out, head, summary, length);
        self.guard = LineGuard::new();
        self.state = State::Part { written: 0, length };
        Ok(())
    }

    /// Writes the next octets of the body.
    ///
    /// # Errors
    /// - [`Rule::DelimiterInBody`], also for a delimiter that is spread over several calls.
    /// - [`Rule::ContentLengthDiffers`] as soon as the body has more octets than its stated length.
    /// - A [`Misuse`] if it is called in the wrong order.
    pub fn write(&mut self, out: &mut impl BufMut, octets: &[u8]) -> Result<(), Error> {
        let result = self.try_write(out, octets);
        self.poisoned_by(result)
    }

    fn try_write(&mut self, out: &mut impl BufMut, octets: &[u8]) -> Result<(), Error> {
        let start = self.position;
        let (written, length) = self.open_part()?;
        let written = written + octets.len() as u64;
        if length.is_some_and(|length| written > length) {
            return Err(Error::violation(Rule::ContentLengthDiffers, start, b""));
        }
        for block in octets.chunks(Self::BLOCK) {
            if self.guard.meets(&self.delimiter, block) {
                // The line may have begun in an earlier call or block.
                let dash_boundary = self.delimiter.dash_boundary();
                let inside = self.delimiter.find_needle(block).map(|at| &block[at + 1..]);
                let begun = if block.starts_with(dash_boundary) { block } else { dash_boundary };
                let line = inside.unwrap_or(begun);
                return Err(Error::violation(Rule::DelimiterInBody, start, line));
            }
            #[cfg(feature = "digest")]
            self.digests.update(block);
            self.put(out, block);
        }
        self.state = State::Part { written, length };
        Ok(())
    }

    /// Ends the part.
    ///
    /// # Errors
    /// - [`Rule::ContentLengthDiffers`] if the body has fewer octets than its stated length.
    /// - [`Rule::ContentDigestDiffers`] if digests are verified and the body has another one.
    /// - A [`Misuse`] if it is called in the wrong order.
    pub fn end(&mut self) -> Result<(), Error> {
        let result = self.try_end();
        self.poisoned_by(result)
    }

    fn try_end(&mut self) -> Result<(), Error> {
        let (written, length) = self.open_part()?;
        if length.is_some_and(|length| written != length) {
            return Err(Error::violation(Rule::ContentLengthDiffers, self.position, b""));
        }
        #[cfg(feature = "digest")]
        self.digests.end(self.position)?;
        self.state = State::Between;
        Ok(())
    }

    /// Writes the close delimiter, without which readers refuse the package as incomplete.
    ///
    /// If no part was written, this is all that the package contains.
    ///
    /// # Errors
    /// A [`Misuse`] if it is called in the wrong order.
    pub fn finish(&mut self, out: &mut impl BufMut) -> Result<(), Error> {
        let result = self.between();
        self.poisoned_by(result)?;
        if self.state == State::Between {
            self.put(out, b"\r\n");
        }
        self.put_delimiter(out, b"--\r\n");
        self.state = State::Finished;
        Ok(())
    }

    /// Writes all these parts and the close delimiter into a new `Vec`.
    ///
    /// If parts were written before, into another buffer, the `Vec` continues that output.
    ///
    /// ```
    /// use multipart_package::{Encoder, HeadBuilder};
    ///
    /// let head = HeadBuilder::new().content_location("/1").build()?;
    /// let parts = [(head.borrow(), &b"{}"[..])];
    /// let package = Encoder::implied(&"b".parse()?).into_vec(parts)?;
    /// assert_eq!(package, b"Content-Location: /1\r\nContent-Length: 2\r\n\r\n{}\r\n--b--\r\n");
    /// # Ok::<(), multipart_package::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`part`](Self::part) and [`finish`](Self::finish).
    pub fn into_vec<'a>(
        mut self,
        parts: impl IntoIterator<Item = (Head<&'a [u8]>, &'a [u8])>,
    ) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        for (head, body) in parts {
            self.part(&mut out, head, body)?;
        }
        self.finish(&mut out)?;
        Ok(out)
    }

    fn poisoned_by(&mut self, result: Result<(), Error>) -> Result<(), Error> {
        if result.is_err() && self.state != State::Finished {
            self.state = State::Poisoned;
        }
        result
    }

    fn between(&self) -> Result<(), Error> {
        let misuse = match self.state {
            State::First | State::Between => return Ok(()),
            State::Part { .. } => Misuse::PartOpen,
            State::Finished => Misuse::Finished,
            State::Poisoned => Misuse::Poisoned,
        };
        Err(Error::misuse(misuse, self.position))
    }

    fn open_part(&self) -> Result<(u64, Option<u64>), Error> {
        let misuse = match self.state {
            State::Part { written, length } => return Ok((written, length)),
            State::First | State::Between => Misuse::NoPartOpen,
            State::Finished => Misuse::Finished,
            State::Poisoned => Misuse::Poisoned,
        };
        Err(Error::misuse(misuse, self.position))
    }

    /// Checks a head as a strict reader does, and compares its Content-Length with that of the
    /// body.
    fn check_head(
        &self,
        head: Head<&[u8]>,
        body: Option<u64>,
    ) -> Result<(HeadSummary, Option<u64>), Error> {
        self.between()?;
        let summary = if head.summary().strict { head.summary() } else { self.check_again(head)? };
        if self.state == State::First
            && self.opening == Opening::Implied
            && !summary.describes_entity()
        {
            return Err(Error::misuse(Misuse::ImpliedHeadUnseen, self.position));
        }
        let block = head.as_bytes();
        let dashes = block.starts_with(self.delimiter.dash_boundary());
        if dashes || self.delimiter.find_needle(block).is_some() {
            return Err(Error::violation(Rule::DelimiterInHead, self.position, block));
        }
        self.check_size(summary, block.len(), body)?;
        match (summary.length, body) {
            (Length::Octets(stated), Some(body)) if stated != body => {
                Err(Error::violation(Rule::ContentLengthDiffers, self.position, b""))
            }
            (Length::Octets(stated), _) => Ok((summary, Some(stated))),
            (Length::Absent | Length::Unreadable, body) => Ok((summary, body)),
        }
    }

    /// Refuses a violation that a reader tolerated in a head.
    fn check_again(&self, head: Head<&[u8]>) -> Result<HeadSummary, Error> {
        let block = [head.as_bytes(), b"\r\n"].concat();
        HeadScan::check(&block, &mut Report::new(Tolerance::STRICT, self.limits))
            .map_err(|error| error.at(self.position))
    }

    /// Refuses a head that is too large with its blank line and the Content-Length that is added.
    fn check_size(
        &self,
        summary: HeadSummary,
        octets: usize,
        body: Option<u64>,
    ) -> Result<(), Error> {
        let added = body.filter(|_| summary.length == Length::Absent).map_or(0, length_line);
        let fields = summary.fields + u64::from(added > 0);
        let octets = octets as u64 + 2 + added;
        let limits = &self.limits;
        let limit = if fields > limits.fields {
            Limit::Fields
        } else if summary.longest_field.max(added) > limits.field_octets {
            Limit::FieldOctets
        } else if octets > limits.head_octets {
            Limit::HeadOctets
        } else {
            return Ok(());
        };
        Err(Error::limit(limit, limits, self.position))
    }

    fn write_head(
        &mut self,
        out: &mut impl BufMut,
        head: Head<&[u8]>,
        summary: HeadSummary,
        length: Option<u64>,
    ) {
        match (self.state, self.opening) {
            (State::First, Opening::Implied) => {}
            (State::First, _) => self.put_delimiter(out, b"\r\n"),
            _ => {
                self.put(out, b"\r\n");
                self.put_delimiter(out, b"\r\n");
            }
        }
        self.put(out, head.as_bytes());
        if let (Length::Absent, Some(length)) = (summary.length, length) {
            self.put(out, b"Content-Length: ");
            self.put(out, itoa::Buffer::new().format(length).as_bytes());
            self.put(out, b"\r\n");
        }
        self.put(out, b"\r\n");
    }

    fn put(&mut self, out: &mut impl BufMut, octets: &[u8]) {
        out.put_slice(octets);
        self.position += octets.len() as u64;
    }

    fn put_delimiter(&mut self, out: &mut impl BufMut, rest: &[u8]) {
        out.put_slice(self.delimiter.dash_boundary());
        self.position += self.delimiter.dash_boundary().len() as u64;
        self.put(out, rest);
    }
}

/// Searches for the delimiter in a body that comes in pieces.
#[derive(Debug)]
struct LineGuard {
    /// The last octets that were written, as many as may begin a delimiter, and room for the
    /// first octets of the next piece.
    tail: [u8; 2 * LineGuard::NEEDLE],
    len: usize,
}

impl LineGuard {
    /// The length of the longest needle: LF, two hyphens, the boundary.
    const NEEDLE: usize = 3 + Boundary::MAX;

    /// A guard at the start of a body, where a line begins.
    fn new() -> Self {
        let mut tail = [0; 2 * Self::NEEDLE];
        tail[0] = b'\n';
        Self { tail, len: 1 }
    }

    fn meets(&mut self, delimiter: &Delimiter, octets: &[u8]) -> bool {
        let reach = delimiter.needle().len() - 1;
        let begun = octets.len().min(reach);
        self.tail[self.len..self.len + begun].copy_from_slice(&octets[..begun]);
        self.len += begun;
        if delimiter.find_needle(&self.tail[..self.len]).is_some()
            || delimiter.find_needle(octets).is_some()
        {
            return true;
        }
        if octets.len() > reach {
            self.tail[..reach].copy_from_slice(&octets[octets.len() - reach..]);
            self.len = reach;
        } else if self.len > reach {
            self.tail.copy_within(self.len - reach..self.len, 0);
            self.len = reach;
        }
        false
    }
}

/// How many octets a Content-Length field has that states this length.
fn length_line(length: u64) -> u64 {
    let digits = u64::from(length.checked_ilog10().unwrap_or(0)) + 1;
    "Content-Length: \r\n".len() as u64 + digits
}
