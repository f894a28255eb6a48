//! Reading from a slice: the reader, its steps, and what the parser's errors mean.

use crate::check;
use crate::error::{Error, ErrorKind};
use crate::index::SnapshotIndexRef;
use crate::json::locate::Spans;
use crate::json::visit::{Context, IndexVisitor, Parsed};
use crate::limits::{Limit, Limits};
use crate::member::time;
use crate::owned::SnapshotIndex;
use crate::place::Place;
use crate::report::Report;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use serde::Deserializer;
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::ops::Range;
use std::str::FromStr;

/// How many octets of malformed text an error is given.
const EXCERPT: usize = 32;

/// Reads indexes under a [`Tolerance`] and [`Limits`].
///
/// ```
/// use snapshot_index::{Limits, Reader, Rule, Tolerance};
///
/// let input = br#"{"id":"a","started":1435019805885,"completed":1435019872400,"uris":["0","0"]}"#;
/// let index = Reader::new().read(input)?;
/// assert_eq!(index.package_count(), 2);
///
/// let strict = Reader::new().tolerance(Tolerance::STRICT);
/// assert_eq!(strict.read(input).unwrap_err().rule(), Some(Rule::UriRepeated));
///
/// let small = Reader::new().limits(Limits::default().uris(1));
/// assert!(small.read(input).unwrap_err().to_string().contains("(Limits::uris)"));
/// # Ok::<(), snapshot_index::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Reader {
    tolerance: Tolerance,
    limits: Limits,
}

impl Reader {
    /// Starts with [`Tolerance::DRAFTS`] and the default [`Limits`].
    pub const fn new() -> Self {
        Self { tolerance: Tolerance::DRAFTS, limits: Limits::DEFAULT }
    }

    /// Sets which violations are reported instead of refused.
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the limits of what is read.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads an index that borrows the input.
    ///
    /// If the tolerance lacks [`Rule::UriSyntax`], [`Rule::UriSameDocument`] or
    /// [`Rule::UriRepeated`], reading checks the items of `uris`, each against the grammar and all
    /// against each other, and reports the violations that are tolerated. If the tolerance contains
    /// all three, reading does not check the items: [`check`](SnapshotIndexRef::check) does.
    ///
    /// Syntax, types, times and limits are checked in the order of the input. The other rules are
    /// checked after that, in the order `id`, `started`, `completed`, `uris`, whatever the order of
    /// the members in the input.
    ///
    /// # Errors
    ///
    /// The first violation that is not tolerated, or the limit that the input exceeds.
    pub fn read(self, input: &[u8]) -> Result<SnapshotIndexRef<'_>, Error> {
        let limits = self.limits;
        if input.len() as u64 > limits.octets {
            let kind = ErrorKind::Limit(Limit::Octets);
            let end = usize::try_from(limits.octets).unwrap_or(input.len());
            return Err(Error::in_document(kind, &limits, input, Place::Document, end..end));
        }
        // One check of the whole input is faster than one for each string, and gives the offset.
        let text = utf8(input).map_err(|(rule, span)| {
            Error::in_document(ErrorKind::Rule(rule), &limits, input, Place::Document, span)
        })?;
        let context = Context::new(limits, Some(input));
        let mut json = serde_json::Deserializer::from_str(text);
        let parsed = json
            .deserialize_map(IndexVisitor::<&RawValue>::new(&context))
            .map_err(|error| explain(&error, &context, input))?;
        json.end().map_err(|error| {
            let (kind, span) = (ErrorKind::Rule(Rule::TrailingOctets), excerpt(&error, input));
            Error::in_document(kind, &limits, input, Place::Document, span)
        })?;
        self.admit(parsed, Some(input))
    }

    /// Checks the members that were parsed, and makes an index of them.
    pub(crate) fn admit<'a>(
        self,
        parsed: Parsed<'a>,
        source: Option<&'a [u8]>,
    ) -> Result<SnapshotIndexRef<'a>, Error> {
        let Parsed { id, started, completed, completed_is_null, uris, unknown } = parsed;
        let (is_sound, diagnostics) = (false, Diagnostics::default());
        let mut index = SnapshotIndexRef {
            id,
            started,
            completed,
            uris,
            unknown,
            source,
            is_sound,
            diagnostics,
        };
        let mut report = Report::new(self.tolerance, self.limits.diagnostics);
        let checks_items = !check::tolerates_all_about_items(self.tolerance);
        check::members(&index, completed_is_null, &mut report)
            .and_then(|()| if checks_items { check::items(&index, &mut report) } else { Ok(()) })
            .map_err(|(rule, place)| match source {
                Some(_) => index.refused((rule, place)),
                None => Error::outside(ErrorKind::Rule(rule), &self.limits, place, b""),
            })?;
        index.is_sound = checks_items && !report.has_violated_must();
        index.diagnostics = report.into_diagnostics(&index);
        Ok(index)
    }
}

impl<'a> SnapshotIndexRef<'a> {
    /// Reads an index with the default [`Reader`].
    ///
    /// # Errors
    ///
    /// Those of [`Reader::read`].
    pub fn from_slice(input: &'a [u8]) -> Result<Self, Error> {
        Reader::new().read(input)
    }

    /// Reads an index from a string with the default [`Reader`].
    ///
    /// # Errors
    ///
    /// Those of [`Reader::read`].
    pub fn parse(input: &'a str) -> Result<Self, Error> {
        Self::from_slice(input.as_bytes())
    }
}

impl SnapshotIndex {
    /// Reads an index with the default [`Reader`] and copies it.
    ///
    /// With another reader, call [`into_owned`](SnapshotIndexRef::into_owned) on what it gives.
    ///
    /// # Errors
    ///
    /// Those of [`Reader::read`].
    pub fn from_slice(input: &[u8]) -> Result<Self, Error> {
        SnapshotIndexRef::from_slice(input).map(SnapshotIndexRef::into_owned)
    }
}

impl FromStr for SnapshotIndex {
    type Err = Error;

    fn from_str(input: &str) -> Result<Self, Error> {
        Self::from_slice(input.as_bytes())
    }
}

fn utf8(input: &[u8]) -> Result<&str, (Rule, Range<usize>)> {
    // UTF-16 and UTF-32 have a NUL beside the first brace (RFC 4627 section 3).
    let first = input.get(..4).unwrap_or(input);
    if first.starts_with(b"\xEF\xBB\xBF") || first.contains(&0) {
        return Err((Rule::Encoding, 0..first.len()));
    }
    std::str::from_utf8(input).map_err(|error| {
        let start = error.valid_up_to();
        match error.error_len() {
            Some(length) => (Rule::Encoding, start..start + length),
            None => (Rule::Incomplete, input.len()..input.len()),
        }
    })
}

/// The error for what the parser or the visitor refused, with its place and span.
#[cold]
fn explain(error: &serde_json::Error, context: &Context<'_>, input: &[u8]) -> Error {
    let mut place = context.place.get();
    let (mut span, mut kind) = (None, ErrorKind::Rule(Rule::JsonSyntax));
    if let Some(fault) = context.fault.take() {
        (kind, place, span) = (fault.kind, fault.place, fault.span);
    } else if error.classify() == Category::Eof {
        kind = ErrorKind::Rule(Rule::Incomplete);
        span = Some(input.len()..input.len());
    } else if error.classify() == Category::Data {
        let is_whole = place == Place::Document;
        kind = ErrorKind::Rule(if is_whole { Rule::NotAnObject } else { Rule::MemberType });
    }
    let is_time = matches!(place, Place::Started | Place::Completed);
    let is_number = is_time && is_about_a_number(kind);
    let has_value = !matches!(kind, ErrorKind::Rule(Rule::JsonSyntax | Rule::MemberRepeated));
    if span.is_none() && (is_number || has_value && place != Place::Document) {
        span = Spans::locate(input, [place]).get(place);
    }
    // The parser rounds or refuses some numbers: their text says which rule they violate.
    if let (true, Some(span)) = (is_number, &span) {
        let text = input.get(span.clone()).and_then(|text| std::str::from_utf8(text).ok());
        if let Some(rule) = text.and_then(time::violated_rule) {
            kind = ErrorKind::Rule(rule);
        }
    }
    let span = span.unwrap_or_else(|| excerpt(error, input));
    Error::in_document(kind, &context.limits, input, place, span)
}

fn is_about_a_number(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Rule(Rule::TimeInexact | Rule::TimeRange | Rule::JsonSyntax))
}

/// The first octets from where the parser stopped. It says where by line, counted from 1, and
/// column, counted in octets from 1; the column is 0 right after a line feed.
fn excerpt(error: &serde_json::Error, input: &[u8]) -> Range<usize> {
    let mut line_ends = memchr::memchr_iter(b'\n', input);
    let line_start = match error.line().checked_sub(2) {
        Some(before) => line_ends.nth(before).map_or(input.len(), |found| found + 1),
        None => 0,
    };
    let start = (line_start + error.column()).saturating_sub(1).min(input.len());
    start..start.saturating_add(EXCERPT).min(input.len())
}
