//! Building the head of a part.

use crate::error::Error;
use crate::field::{content_range, last_modified};
use crate::grammar::is_tchar;
use crate::head::scan::HeadScan;
use crate::head::{Head, Lines, correction};
use crate::limits::Limits;
use crate::report::Report;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use std::ops::RangeInclusive;

/// Builds a [`Head`] that a strict reader accepts.
///
/// The fields are in the order of the calls. The calls themselves never fail:
/// [`build`](Self::build) checks the whole head as a strict reader does, and returns the first
/// error.
///
/// ```
/// use multipart_package::HeadBuilder;
///
/// let head = HeadBuilder::new()
///     .field("Content-Disposition", "inline")
///     .content_type("application/json")
///     .content_location("/products/1")
///     .build()?;
/// assert_eq!(head.content_location()?, Some("/products/1"));
/// assert!(HeadBuilder::new().field("X", "1\r\nInjected: 2").build().is_err());
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct HeadBuilder {
    block: BytesMut,
    limits: Limits,
    error: Option<Error>,
}

impl HeadBuilder {
    /// A head without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins with the fields of a head that was read, as written.
    ///
    /// [`build`](Self::build) refuses the violations that a reader tolerated in these fields,
    /// unless you call [`correct`](Self::correct) with each violated rule first.
    ///
    /// `build` does not refuse [`Rule::ContentLengthDiffers`], because it has no body; an encoder
    /// refuses that. It does not refuse [`Rule::ParameterUnquoted`] and [`Rule::ParameterSpace`]
    /// either, because readers do not check the parameters in a head.
    pub fn from_head(head: Head<&[u8]>) -> Self {
        Self { block: head.as_bytes().into(), ..Self::default() }
    }

    /// Begins with the fields of a header map, in its order.
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn from_header_map(headers: &http::HeaderMap) -> Self {
        let append = |builder: Self, (name, value): (&http::HeaderName, &http::HeaderValue)| {
            builder.field(name.as_str(), value.as_bytes())
        };
        headers.iter().fold(Self::new(), append)
    }

    /// Appends a field. Readers ignore spaces around the value.
    pub fn field(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        let at = self.block.len() as u64;
        if name.is_empty() || !name.bytes().all(is_tchar) {
            self.error.get_or_insert(Error::violation(Rule::FieldSyntax, at, name.as_bytes()));
        } else if memchr::memchr3(b'\r', b'\n', 0, value).is_some() {
            self.error.get_or_insert(Error::violation(Rule::FieldNulOrCr, at, value));
        } else {
            for octets in [name.as_bytes(), b": ", value, b"\r\n"] {
                self.block.extend_from_slice(octets);
            }
        }
        self
    }

    /// Appends a Content-Type.
    pub fn content_type(self, value: impl AsRef<[u8]>) -> Self {
        self.field("Content-Type", value)
    }

    /// Appends a Content-Location, which is the entity's URI reference.
    pub fn content_location(self, reference: &str) -> Self {
        self.field("Content-Location", reference)
    }

    /// Appends a Content-Length, in octets. An encoder adds it where the length is known.
    pub fn content_length(self, octets: u64) -> Self {
        self.field("Content-Length", octets.to_string())
    }

    /// Appends a Content-Range in bytes: the first and the last position, counted from 0, and the
    /// length of the complete representation if it is known.
    pub fn content_range(self, positions: RangeInclusive<u64>, complete: Option<u64>) -> Self {
        self.field("Content-Range", content_range::format(&positions, complete))
    }

    /// Appends an ETag, given with its quotes and, if it is weak, with `W/`.
    pub fn etag(self, tag: impl AsRef<[u8]>) -> Self {
        self.field("ETag", tag)
    }

    /// Appends a Last-Modified. Fractions of a second are dropped.
    pub fn last_modified(self, time: DateTime<Utc>) -> Self {
        self.field("Last-Modified", last_modified::format(time))
    }

    /// Appends a Content-ID, given without its angle brackets.
    pub fn content_id(self, id: &str) -> Self {
        self.field("Content-ID", format!("<{id}>"))
    }

    /// Appends an Event-Type, such as `http-equiv` and `PUT`.
    pub fn event_type(self, family: &str, name: &str) -> Self {
        self.field("Event-Type", format!("{family}={name}"))
    }

    /// Sets how large the head may get. By default, it may be as large as readers accept by
    /// default.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Corrects every violation of one rule in the fields so far.
    ///
    /// | rule | correction |
    /// |---|---|
    /// | [`Rule::BareLineFeed`] | lines end with CR LF |
    /// | [`Rule::FieldFold`] | the line break of each fold is removed |
    /// | [`Rule::FieldSpaceBeforeColon`] | the space is removed |
    /// | [`Rule::ContentLengthSyntax`], [`Rule::ContentLengthDiffers`], [`Rule::ContentLengthRepeated`] | Content-Length is removed; the encoder adds the right one |
    /// | [`Rule::EntityTagSyntax`] | a tag without quotes is quoted |
    /// | [`Rule::ContentIdSyntax`] | an id without angle brackets gets them |
    /// | [`Rule::LastModifiedWeekday`], [`Rule::LastModifiedObsolete`] | the date is written as an IMF-fixdate |
    ///
    /// Correct [`Rule::FieldFold`] first: the corrections of tags, ids and dates cannot read a
    /// value that contains a fold.
    ///
    /// Any other rule has no correction: the fields stay as they are.
    pub fn correct(mut self, rule: Rule) -> Self {
        let block = self.block.split();
        for line in Lines::new(&block) {
            correction::append(rule, line, &mut self.block);
        }
        self
    }

    /// Checks the head as a strict reader does, and returns it.
    ///
    /// # Errors
    /// The first rule that a field violates, or the first limit that the head exceeds. Offsets
    /// count from the start of the head.
    pub fn build(self) -> Result<Head<Bytes>, Error> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut block = self.block;
        let len = block.len();
        block.extend_from_slice(b"\r\n");
        let mut block = block.freeze();
        let mut report = Report::new(Tolerance::STRICT, self.limits);
        let summary = HeadScan::check(&block, &mut report)?;
        block.truncate(len);
        Ok(Head::new(block, 0, summary))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn build(name: &str, value: &[u8]) -> Result<Vec<u8>, ErrorKind> {
        let head = HeadBuilder::new().field(name, value).build().map_err(|error| error.kind())?;
        Ok(head.as_bytes().to_vec())
    }

    #[test]
    fn no_field_can_be_smuggled_in_by_a_name_or_a_value() {
        for value in [&b"1\r\nX: 2"[..], b"1\n", b"\r", b"1\0", b"\r\n 1"] {
            assert_eq!(build("A", value), Err(ErrorKind::Rule(Rule::FieldNulOrCr)));
        }
        for name in ["", "A:", "A ", "A\r\nB", "\u{e4}"] {
            assert_eq!(build(name, b"1"), Err(ErrorKind::Rule(Rule::FieldSyntax)), "{name:?}");
        }
        assert_eq!(build("A", b"\x01"), Err(ErrorKind::Rule(Rule::FieldControl)));
        assert_eq!(build("A", b"b\xe4\tc"), Ok(b"A: b\xe4\tc\r\n".to_vec()));
    }

    #[test]
    fn a_built_head_meets_every_rule_of_its_fields() {
        for (name, value, rule) in [
            ("Content-Length", "nnn", Rule::ContentLengthSyntax),
            ("ETag", "1", Rule::EntityTagSyntax),
            ("Content-ID", "1", Rule::ContentIdSyntax),
            ("Event-Type", "PUT", Rule::EventTypeSyntax),
            ("Content-Range", "bytes 2-1/9", Rule::ContentRangeOrder),
            ("Content-Transfer-Encoding", "a b", Rule::ContentTransferEncodingSyntax),
            ("Last-Modified", "Sat, 09 Jan 2014 15:02:23 GMT", Rule::LastModifiedWeekday),
        ] {
            assert_eq!(build(name, value.as_bytes()), Err(ErrorKind::Rule(rule)));
        }
        let twice = HeadBuilder::new().etag("\"a\"").etag("\"a\"").build().unwrap_err();
        assert_eq!(twice.kind(), ErrorKind::Rule(Rule::FieldRepeated));
    }

    #[test]
    fn each_method_appends_its_field_behind_the_others() {
        let time = DateTime::from_timestamp(0, 999_999_999).unwrap();
        let head = HeadBuilder::new()
            .field("A", "b")
            .content_type("text/plain")
            .content_location("/1")
            .content_length(7)
            .content_range(0..=6, Some(9))
            .etag("W/\"1\"")
            .last_modified(time)
            .content_id("1@x")
            .event_type("http-equiv", "PUT")
            .build()
            .unwrap();
        let expected = "A: b\r\nContent-Type: text/plain\r\nContent-Location: /1\r\n\
            Content-Length: 7\r\nContent-Range: bytes 0-6/9\r\nETag: W/\"1\"\r\nLast-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
            Content-ID: <1@x>\r\nEvent-Type: http-equiv=PUT\r\n";
        assert_eq!(head.as_bytes(), expected.as_bytes());
    }

    #[test]
    fn each_correction_mends_its_rule_and_touches_nothing_else() {
        let cases: &[(Rule, &[u8], &[u8])] = &[
            (Rule::BareLineFeed, b"A: b\nC: d\r\n", b"A: b\r\nC: d\r\n"),
            (Rule::FieldFold, b"A: b\r\n\t c\n  d\r\nE:f\r\n", b"A: b\t c  d\r\nE:f\r\n"),
            (Rule::FieldSpaceBeforeColon, b"A : b\r\nC:d : e\r\n", b"A: b\r\nC:d : e\r\n"),
            (Rule::ContentLengthSyntax, b"A:b\r\ncontent-length: nnn\r\n", b"A:b\r\n"),
            (Rule::ContentLengthDiffers, b"Content-Length: 1\r\nA:b\r\n", b"A:b\r\n"),
            (Rule::EntityTagSyntax, b"ETag: W/1 \r\n", b"ETag: W/\"1\" \r\n"),
            (Rule::EntityTagSyntax, b"ETag: \"1\"\r\n", b"ETag: \"1\"\r\n"),
            (Rule::ContentIdSyntax, b"Content-ID:1@x\r\n", b"Content-ID:<1@x>\r\n"),
            (
                Rule::LastModifiedWeekday,
                b"Last-Modified: Sat, 09 Jan 2014 15:02:23 GMT\r\n",
                b"Last-Modified: Thu, 09 Jan 2014 15:02:23 GMT\r\n",
            ),
            (Rule::FieldSyntax, b"A: b\nC : d\r\n", b"A: b\nC : d\r\n"),
        ];
        for (rule, read, corrected) in cases {
            let head = Head::new(*read, 0, HeadScan::new().summary());
            let builder = HeadBuilder::from_head(head).correct(*rule);
            assert_eq!(
                builder.block.escape_ascii().to_string(),
                corrected.escape_ascii().to_string()
            );
        }
    }
}
