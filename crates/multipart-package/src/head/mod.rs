//! The head of a part: its fields in order, and their meaning.

pub(crate) mod builder;
mod correction;
mod owned;
mod plain_line;
pub(crate) mod scan;
pub(crate) mod summary;

use crate::content_type::ContentType;
use crate::error::Error;
use crate::field::content_disposition::ContentDisposition;
use crate::field::content_range::ContentRange;
use crate::field::entity_tag::EntityTag;
use crate::field::event_type::EventType;
use crate::field::transfer_encoding::TransferEncoding;
use crate::field::{content_id, content_location, last_modified};
use crate::grammar::{is_ftext, is_space, trimmed, unfolded};
#[cfg(feature = "http")]
use crate::limits::{Limit, Limits};
use crate::reporting::Tolerance;
use crate::rule::Rule;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use nom::Offset;
use std::borrow::Cow;
use std::fmt;
use summary::{HeadSummary, Length};

/// The head of a part: one block of octets that a reader or a [`HeadBuilder`](crate::HeadBuilder)
/// has checked.
///
/// `B` is `&[u8]` for a head that borrows its octets ([`Parts`](crate::Parts)), and [`Bytes`] for
/// one that owns them ([`Decoder`](crate::Decoder)). Both have the same accessors, and none of these
/// copies octets. The values of a head of `Parts` live as long as the input, those of an owned head
/// as long as the head. [`borrow`](Self::borrow) converts either kind into a borrowing head, which is
/// `Copy`.
///
/// The accessors read the fields on demand. An accessor that is named after a field reads the first
/// field of that name, and returns `Ok(None)` if there is none. It returns an error, with the rule
/// and the offset, if the value cannot be read. It accepts values that violate a rule but can still
/// be read.
///
/// While a reader reads the head, it reports or refuses every violation in these values, and every
/// further field of the same name ([`Rule::FieldRepeated`], or for Content-Length
/// [`Rule::ContentLengthRepeated`] or [`Rule::ContentLengthConflict`]). It does not check the
/// values of Content-Type and Content-Digest: only their accessors do. Content-Digest may be
/// repeated.
///
/// A fold inside a value usually makes it unreadable, except between parameters and in quotes. The
/// reader then reports the syntax rule of that field, too. [`unfolded`](Head::unfolded) gives the
/// value without folds, and [`HeadBuilder::correct`](crate::HeadBuilder::correct) with
/// [`Rule::FieldFold`] removes them.
///
/// The head of a decoder is a slice of the chunk it came in, and keeps that whole chunk in memory.
/// [`to_owned`](Self::to_owned) copies the head out of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head<B> {
    block: B,
    offset: u64,
    summary: HeadSummary,
}

impl<B: AsRef<[u8]>> Head<B> {
    pub(crate) fn new(block: B, offset: u64, summary: HeadSummary) -> Self {
        Self { block, offset, summary }
    }

    pub(crate) fn summary(&self) -> HeadSummary {
        self.summary
    }

    /// The field lines as written, each with its line end, without the blank line.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.block.as_ref()
    }

    /// Where the head begins, in octets from the start of the whole input. It is 0 for a head that
    /// was built.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Borrows the head.
    #[must_use]
    pub fn borrow(&self) -> Head<&[u8]> {
        Head { block: self.as_bytes(), offset: self.offset, summary: self.summary }
    }

    /// Copies the head.
    #[must_use]
    pub fn to_owned(&self) -> Head<Bytes> {
        let block = Bytes::copy_from_slice(self.as_bytes());
        Head { block, offset: self.offset, summary: self.summary }
    }

    /// Content-Length (RFC 9110 section 8.6), as stated: the body may have another length.
    ///
    /// # Errors
    /// [`Rule::ContentLengthSyntax`].
    pub fn content_length(&self) -> Result<Option<u64>, Error> {
        match self.summary.length {
            Length::Absent => Ok(None),
            Length::Octets(octets) => Ok(Some(octets)),
            Length::Unreadable => {
                let head = self.borrow();
                let value = head.get("content-length").unwrap_or_default();
                Err(Error::violation(Rule::ContentLengthSyntax, head.offset_of(value), value))
            }
        }
    }

    /// Last-Modified (RFC 9110 section 8.8.2).
    ///
    /// # Errors
    /// [`Rule::LastModifiedSyntax`]. A date with a wrong weekday, or in an obsolete form, can be
    /// read.
    pub fn last_modified(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let rule = Rule::LastModifiedSyntax;
        self.borrow().typed("last-modified", rule, last_modified::parse)
    }

    /// Converts the head into a header map.
    ///
    /// The values are [unfolded](Field::unfolded). The map keeps the order of fields with the same
    /// name, but not that of fields with different names.
    ///
    /// # Errors
    /// - [`Rule::FieldNameToken`] for a name that is no token, which a reader may have tolerated.
    /// - [`Rule::FieldControl`] for a value with a control character, which a reader may have
    ///   tolerated.
    /// - [`Limit::Fields`](crate::Limit::Fields) for more fields than such a map can hold, which is
    ///   some tens of thousands.
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    #[cfg(feature = "http")]
    pub fn to_header_map(&self) -> Result<http::HeaderMap, Error> {
        let (head, mut headers) = (self.borrow(), http::HeaderMap::new());
        for field in head.fields() {
            let (name, value) = (field.name(), field.value());
            let refused = |rule| Error::violation(rule, head.offset_of(value), value);
            let name = http::HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| refused(Rule::FieldNameToken))?;
            let value = http::HeaderValue::from_bytes(&field.unfolded())
                .map_err(|_| refused(Rule::FieldControl))?;
            let held = Limits::default().fields(headers.len() as u64);
            let full = |_| Error::limit(Limit::Fields, &held, self.offset);
            headers.try_append(name, value).map_err(full)?;
        }
        Ok(headers)
    }
}

impl<'a> Head<&'a [u8]> {
    /// The fields in order, including repeated ones.
    #[must_use]
    pub fn fields(self) -> Fields<'a> {
        Fields { lines: Lines::new(self.block) }
    }

    /// The value of the first field with this name, compared case-insensitively.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a [u8]> {
        self.fields().find(|field| field.is(name)).map(|field| field.value())
    }

    /// The values of all fields with this name in order, compared case-insensitively.
    pub fn get_all(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields().filter(move |field| field.is(name)).map(|field| field.value())
    }

    /// The value of the first field with this name, without the line breaks of its folds.
    #[must_use]
    pub fn unfolded(self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.fields().find(|field| field.is(name)).map(|field| field.unfolded())
    }

    /// Content-Type (RFC 9110 section 8.3).
    ///
    /// [`ContentType::diagnostics`] lists what was tolerated in it.
    ///
    /// # Errors
    /// [`Rule::ContentTypeSyntax`].
    pub fn content_type(self) -> Result<Option<ContentType<'a>>, Error> {
        let Some(value) = self.get("content-type") else { return Ok(None) };
        ContentType::parse_at(value, Tolerance::ALL, self.offset_of(value)).map(Some)
    }

    /// Content-Location (RFC 9110 section 8.7): the entity's URI reference, not yet resolved.
    ///
    /// # Errors
    /// [`Rule::ContentLocationSyntax`] if it is not printable ASCII without spaces.
    pub fn content_location(self) -> Result<Option<&'a str>, Error> {
        self.typed("content-location", Rule::ContentLocationSyntax, content_location::parse)
    }

    /// Content-Range (RFC 9110 section 14.4), as the parts of `multipart/byteranges` have it.
    ///
    /// # Errors
    /// [`Rule::ContentRangeSyntax`], or [`Rule::ContentRangeOrder`] for positions that no range of
    /// the complete length has. A range in another unit than bytes can be read in any form.
    pub fn content_range(self) -> Result<Option<ContentRange<'a>>, Error> {
        let Some(value) = self.get("content-range") else { return Ok(None) };
        let refused = |rule| Error::violation(rule, self.offset_of(value), value);
        ContentRange::parse(value).map(Some).map_err(refused)
    }

    /// Content-Transfer-Encoding (RFC 2045 section 6). Without that field, a body is not encoded.
    ///
    /// # Errors
    /// [`Rule::ContentTransferEncodingSyntax`].
    pub fn content_transfer_encoding(self) -> Result<Option<TransferEncoding<'a>>, Error> {
        let rule = Rule::ContentTransferEncodingSyntax;
        self.typed("content-transfer-encoding", rule, TransferEncoding::parse)
    }

    /// Content-Disposition (RFC 6266).
    ///
    /// # Errors
    /// [`Rule::ContentDispositionSyntax`].
    pub fn content_disposition(self) -> Result<Option<ContentDisposition<'a>>, Error> {
        let rule = Rule::ContentDispositionSyntax;
        self.typed("content-disposition", rule, ContentDisposition::parse)
    }

    /// ETag (RFC 9110 section 8.8.3).
    ///
    /// # Errors
    /// [`Rule::EntityTagSyntax`]. A tag without quotes can be read.
    pub fn etag(self) -> Result<Option<EntityTag<'a>>, Error> {
        self.typed("etag", Rule::EntityTagSyntax, EntityTag::parse)
    }

    /// Content-ID (RFC 2045 section 7), without its angle brackets.
    ///
    /// # Errors
    /// [`Rule::ContentIdSyntax`]. An id without angle brackets can be read.
    pub fn content_id(self) -> Result<Option<&'a str>, Error> {
        self.typed("content-id", Rule::ContentIdSyntax, content_id::parse)
    }

    /// Event-Type (event-sourcing draft of 2015-06-30, section 4.3).
    ///
    /// # Errors
    /// [`Rule::EventTypeSyntax`].
    pub fn event_type(self) -> Result<Option<EventType<'a>>, Error> {
        self.typed("event-type", Rule::EventTypeSyntax, EventType::parse)
    }

    fn typed<T>(
        self,
        name: &str,
        rule: Rule,
        parse: impl Fn(&'a [u8]) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match parse(value) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(Error::violation(rule, self.offset_of(value), value)),
        }
    }

    /// Where a value of the block begins in the whole input.
    pub(crate) fn offset_of(self, value: &[u8]) -> u64 {
        self.offset + self.block.offset(value) as u64
    }
}

impl<B: AsRef<[u8]>> fmt::Debug for Head<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.borrow().fields()).finish()
    }
}

/// The field lines of a head. A folded field is one item.
#[derive(Debug, Clone)]
struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    fn new(block: &'a [u8]) -> Self {
        Self { rest: block }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let mut end = 0;
        loop {
            end += memchr::memchr(b'\n', &self.rest[end..])? + 1;
            if !self.rest.get(end).copied().is_some_and(is_space) {
                break;
            }
        }
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(line)
    }
}

/// The fields of a head in order.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    lines: Lines<'a>,
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    #[inline]
    fn next(&mut self) -> Option<Field<'a>> {
        // Each line of a checked head is a field.
        self.lines.next().and_then(Field::of_line)
    }
}

/// One field of a head.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field<'a> {
    name: &'a str,
    value: &'a [u8],
}

impl<'a> Field<'a> {
    #[inline]
    fn of_line(line: &'a [u8]) -> Option<Self> {
        let name_len = line.iter().position(|&octet| !is_ftext(octet))?;
        let (name, rest) = line.split_at(name_len);
        let colon = memchr::memchr(b':', rest)?;
        Some(Self { name: std::str::from_utf8(name).ok()?, value: trimmed(&rest[colon + 1..]) })
    }

    /// The name as written.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Whether the field has this name, compared case-insensitively.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value without the spaces around it. It still contains the line breaks of a fold that a
    /// reader tolerated.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        self.value
    }
}

impl<'a> Field<'a> {
    /// The value without the line breaks of its folds; the white space behind each stays (RFC 5322
    /// section 2.2.3).
    #[must_use]
    pub fn unfolded(&self) -> Cow<'a, [u8]> {
        unfolded(self.value)
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.value.escape_ascii())
    }
}
