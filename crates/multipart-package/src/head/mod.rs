//! The head of a part: its fields, in order, and what they say.

pub(crate) mod builder;
mod correction;
pub(crate) mod scan;

use crate::content_type::ContentType;
use crate::error::Error;
use crate::field::content_disposition::ContentDisposition;
use crate::field::entity_tag::EntityTag;
use crate::field::event_type::EventType;
use crate::field::{content_id, content_location, last_modified};
use crate::grammar::{is_space, is_tchar, trimmed};
#[cfg(feature = "http")]
use crate::limits::{Limit, Limits};
use crate::rule::Rule;
use crate::tolerance::Tolerance;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use nom::Offset;
use scan::{Length, Seen};
use std::fmt;

/// The head of a part: one block of octets that a reader or a [`HeadBuilder`](crate::HeadBuilder)
/// has checked, its fields read on demand.
///
/// `B` is `&[u8]` where it borrows ([`Parts`](crate::Parts)) and [`Bytes`] where it owns
/// ([`Decoder`](crate::Decoder)). A borrowing head is `Copy`, and what is read from it lives as
/// long as the input; [`borrow`](Self::borrow) makes one of either kind.
///
/// The accessors named after fields give `Ok(None)` where the field is absent and an error that
/// names the rule and the offset where it cannot be read. They take all that is readable: what a
/// reader has tolerated is in its diagnostics. Content-Type and Content-Digest are read by their
/// accessors alone, which is when a breach is told.
///
/// A decoder's head is a slice of the chunk it came in, and keeps all of that in memory;
/// [`to_owned`](Self::to_owned) does not.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head<B> {
    block: B,
    offset: u64,
    seen: Seen,
}

impl<B: AsRef<[u8]>> Head<B> {
    pub(crate) fn new(block: B, offset: u64, seen: Seen) -> Self {
        Self { block, offset, seen }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen
    }

    /// The field lines as they stand, each with its line end, without the blank line.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.block.as_ref()
    }

    /// Where the head begins: octets from the start of the whole input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The same head, borrowed.
    #[must_use]
    pub fn borrow(&self) -> Head<&[u8]> {
        Head { block: self.as_bytes(), offset: self.offset, seen: self.seen }
    }

    /// The same head in octets of its own.
    #[must_use]
    pub fn to_owned(&self) -> Head<Bytes> {
        let block = Bytes::copy_from_slice(self.as_bytes());
        Head { block, offset: self.offset, seen: self.seen }
    }
}

impl<'a> Head<&'a [u8]> {
    /// The fields in order, repeated ones too.
    #[must_use]
    pub fn fields(self) -> Fields<'a> {
        Fields { lines: Lines::new(self.block) }
    }

    /// The value of the first field of that name, in any case.
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a [u8]> {
        self.fields().find(|field| field.is(name)).map(|field| field.value())
    }

    /// The values of all fields of that name, in any case, in order.
    pub fn get_all(self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields().filter(move |field| field.is(name)).map(|field| field.value())
    }

    /// Content-Type (RFC 9110 section 8.3).
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
    /// [`Rule::ContentLocationSyntax`] when it is no printable ASCII.
    pub fn content_location(self) -> Result<Option<&'a str>, Error> {
        self.typed("content-location", Rule::ContentLocationSyntax, content_location::parse)
    }

    /// Content-Length (RFC 9110 section 8.6), as claimed.
    ///
    /// # Errors
    /// [`Rule::ContentLengthSyntax`].
    pub fn content_length(self) -> Result<Option<u64>, Error> {
        match self.seen.length {
            Length::Absent => Ok(None),
            Length::Octets(octets) => Ok(Some(octets)),
            Length::Unreadable => {
                let value = self.get("content-length").unwrap_or_default();
                Err(Error::rule(Rule::ContentLengthSyntax, self.offset_of(value), value))
            }
        }
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
    /// [`Rule::EntityTagSyntax`]; a tag without quotes is readable.
    pub fn etag(self) -> Result<Option<EntityTag<'a>>, Error> {
        self.typed("etag", Rule::EntityTagSyntax, EntityTag::parse)
    }

    /// Last-Modified (RFC 9110 section 8.8.2).
    ///
    /// # Errors
    /// [`Rule::LastModifiedSyntax`]; a wrong weekday and the obsolete forms are readable.
    pub fn last_modified(self) -> Result<Option<DateTime<Utc>>, Error> {
        self.typed("last-modified", Rule::LastModifiedSyntax, last_modified::parse)
    }

    /// Content-ID (RFC 2045 section 7), without its angle brackets.
    ///
    /// # Errors
    /// [`Rule::ContentIdSyntax`]; an id without angle brackets is readable.
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

    /// As a header map; values that it cannot hold (control characters) are an error.
    ///
    /// The order of fields with different names is lost there.
    ///
    /// # Errors
    /// [`Rule::FieldFold`] or [`Rule::FieldControl`] for a value with a line break or another
    /// control character, which a reader has let pass, and [`Limit::Fields`](crate::Limit::Fields) for more fields than
    /// such a map can hold, which is some tens of thousands.
    #[cfg(feature = "http")]
    pub fn to_header_map(self) -> Result<http::HeaderMap, Error> {
        let mut headers = http::HeaderMap::new();
        for field in self.fields() {
            let (name, value) = (field.name(), field.value());
            let refused = |rule| Error::rule(rule, self.offset_of(value), value);
            let name = http::HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| refused(Rule::FieldSyntax))?;
            let folded = memchr::memchr(b'\n', value).is_some();
            let rule = if folded { Rule::FieldFold } else { Rule::FieldControl };
            let value = http::HeaderValue::from_bytes(value).map_err(|_| refused(rule))?;
            let full = |_| Error::limit(Limit::Fields, &Limits::unlimited(), self.offset);
            headers.try_append(name, value).map_err(full)?;
        }
        Ok(headers)
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
            None => Err(Error::rule(rule, self.offset_of(value), value)),
        }
    }

    /// Where a value, which stands in the block, begins in the whole input.
    pub(crate) fn offset_of(self, value: &[u8]) -> u64 {
        self.offset + self.block.offset(value) as u64
    }
}

impl<B: AsRef<[u8]>> fmt::Debug for Head<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.borrow().fields()).finish()
    }
}

/// The field lines of a head, folds not parted from what they continue.
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
        // Every line of a checked head is a field.
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
        let name_len = line.iter().position(|&octet| !is_tchar(octet))?;
        let (name, rest) = line.split_at(name_len);
        let colon = memchr::memchr(b':', rest)?;
        Some(Self { name: std::str::from_utf8(name).ok()?, value: trimmed(&rest[colon + 1..]) })
    }

    /// The name, as it stands.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Whether the name is this one, in any case.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value without the spaces around it; a fold that a reader has let pass is still there.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        self.value
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.value.escape_ascii())
    }
}
