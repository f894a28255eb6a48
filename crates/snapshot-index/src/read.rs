//! Reading from a slice: limits, encoding, the pass itself, and what its errors mean.

use crate::error::{Error, ErrorKind};
use crate::index::SnapshotIndexRef;
use crate::json::locate::Spans;
use crate::json::visit::{Context, IndexVisitor};
use crate::limits::Limit;
use crate::member::time;
use crate::options::Options;
use crate::place::Place;
use crate::rule::Rule;
use serde::Deserializer;
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::ops::Range;

/// How much of a malformed text an error may show.
const EXCERPT: usize = 32;

pub(crate) fn read<'a>(input: &'a [u8], options: &Options) -> Result<SnapshotIndexRef<'a>, Error> {
    let limits = options.limited();
    if input.len() > limits.octets {
        let kind = ErrorKind::Limit(Limit::Octets);
        let end = limits.octets..limits.octets;
        return Err(Error::in_document(kind, &limits, input, Place::Document, end));
    }
    // Once over the whole input is faster than string by string, and tells where it fails.
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
    SnapshotIndexRef::admit(parsed, Some(input), options)
}

fn utf8(input: &[u8]) -> Result<&str, (Rule, Range<usize>)> {
    // UTF-16 and UTF-32 betray themselves by a NUL beside the first brace (RFC 4627 section 3).
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

/// Finds out what was wrong and where.
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
    // A number that the parser rounds or refuses is judged by its text.
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

/// The octets from where the parser stopped, from its line (from 1) and column (octets from 1,
/// or 0 right behind a line feed).
fn excerpt(error: &serde_json::Error, input: &[u8]) -> Range<usize> {
    let mut line_ends = memchr::memchr_iter(b'\n', input);
    let line_start = match error.line().checked_sub(2) {
        Some(before) => line_ends.nth(before).map_or(input.len(), |found| found + 1),
        None => 0,
    };
    let start = (line_start + error.column()).saturating_sub(1).min(input.len());
    start..start.saturating_add(EXCERPT).min(input.len())
}
