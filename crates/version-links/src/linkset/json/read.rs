//! Reading a document: its steps, and the places of what was found.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::lines::Lines;
use crate::linkset::json::document::DocumentVisitor;
use crate::linkset::json::locate::locate;
use crate::linkset::json::reading::{Fault, Note, Reading, Spot};
use crate::linkset::json::{depth, wrapped};
use crate::linkset::model::{Item, Linkset, Value};
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use serde::Deserializer;
use serde_json::error::Category;
use std::borrow::Cow;
use std::ops::Range;

impl<'a> Linkset<'a> {
    /// Reads a linkset in JSON, `application/linkset+json`, with the settings of [`Reader::new`].
    ///
    /// # Errors
    /// Those of [`Reader::linkset_json`].
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn from_json(document: &'a [u8]) -> Result<Self, Error> {
        Reader::new().linkset_json(document)
    }
}

impl Reader {
    /// Reads a linkset in JSON, `application/linkset+json` (RFC 9264 section 4.2).
    ///
    /// The order of contexts, relation types, links and attributes is that of the document. A link
    /// that violates a rule that is not tolerated is an error in its place: see [`Linkset::links`]. So
    /// is a context without a usable anchor, and a member of it that is refused. Other members are
    /// kept: see [`Linkset::unknown_members`] and
    /// [`LinksetContext::unknown_members`](crate::LinksetContext::unknown_members).
    ///
    /// | found | tolerated, it reads as |
    /// |---|---|
    /// | one value where an array belongs: `"hreflang": "de"` | an array of this value |
    /// | an attribute's value of another kind | its JSON text: [`LinksetAttribute::json`](crate::LinksetAttribute::json) |
    /// | a repeated relation type or attribute | one more |
    /// | a repeated `anchor` or `href` | the first one |
    ///
    /// The limits are [`Limits::linkset_octets`](crate::Limits#structfield.linkset_octets),
    /// `linkset_links`, `linkset_depth`, and `parameters` for the values of the attributes of one
    /// link. Numbers beyond the range of an `f64` count as malformed (RFC 8259 section 6).
    ///
    /// ```
    /// use version_links::{Linkset, Rule};
    ///
    /// let linkset = Linkset::from_json(br#"{"linkset": [{
    ///     "anchor": "https://example.org/doc",
    ///     "latest-version": [{"href": "https://example.org/v/2", "hreflang": ["de", "en"]}]
    /// }]}"#)?;
    /// let link = linkset.links().next().unwrap().unwrap();
    /// assert_eq!(link.href(), "https://example.org/v/2");
    ///
    /// let error = Linkset::from_json(br#"{"data": {"linkset": []}}"#).unwrap_err();
    /// assert_eq!(error.rule(), Some(Rule::LinksetWrapped));
    /// assert!(error.to_string().contains("found \"/data/linkset\""));
    /// # Ok::<(), version_links::Error>(())
    /// ```
    ///
    /// # Errors
    /// Why the document is no linkset, or the limit that it exceeds.
    #[cfg_attr(docsrs, doc(cfg(feature = "json")))]
    pub fn linkset_json(self, document: &[u8]) -> Result<Linkset<'_>, Error> {
        let limits = self.limits;
        if document.len() as u64 > limits.linkset_octets {
            let end = usize::try_from(limits.linkset_octets).unwrap_or(document.len());
            let kind = ErrorKind::Limit(Limit::LinksetOctets);
            return Err(error(kind, &limits, document, end..end));
        }
        // One check of the whole input is faster than one for each string.
        let text = utf8(document)
            .map_err(|(rule, span)| error(ErrorKind::Rule(rule), &limits, document, span))?;
        let mut reading = Reading::new(text, self.tolerance, limits);
        let mut json = serde_json::Deserializer::from_str(text);
        let read = json.deserialize_any(DocumentVisitor(&mut reading)).and_then(|()| json.end());
        match read {
            Ok(()) => placed(reading),
            Err(refused) => Err(explain(&refused, &reading)),
        }
    }
}

fn utf8(document: &[u8]) -> Result<&str, (Rule, Range<usize>)> {
    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
    if document.starts_with(BYTE_ORDER_MARK) {
        return Err((Rule::JsonEncoding, 0..BYTE_ORDER_MARK.len()));
    }
    std::str::from_utf8(document).map_err(|error| {
        let start = error.valid_up_to();
        match error.error_len() {
            Some(length) => (Rule::JsonEncoding, start..start + length),
            None => (Rule::JsonIncomplete, document.len()..document.len()),
        }
    })
}

/// An error about the octets of a span.
#[cold]
fn error(kind: ErrorKind, limits: &Limits, document: &[u8], span: Range<usize>) -> Error {
    let offset = span.start as u64;
    let error = match kind {
        ErrorKind::Rule(rule) => {
            Error::violation(rule, 0, offset, document.get(span).unwrap_or_default())
        }
        ErrorKind::Limit(limit) => Error::limit(limit, limits, 0, offset),
    };
    error.in_document(Lines::of(document).position(offset))
}

/// The error for what the parser or a visitor refused.
#[cold]
fn explain(refused: &serde_json::Error, reading: &Reading<'_>) -> Error {
    let (text, document) = (reading.input, reading.input.as_bytes());
    let said = |kind, span| error(kind, &reading.limits, document, span);
    if let Some(Fault { kind, spot }) = &reading.fault {
        if *kind == ErrorKind::Rule(Rule::LinksetMissing) {
            if let Some(wrapped) = wrapped::find(text) {
                let offset = wrapped.span.start as u64;
                let pointer = wrapped.pointer.as_bytes();
                let error = Error::violation(Rule::LinksetWrapped, 0, offset, pointer);
                return error.in_document(Lines::of(document).position(offset));
            }
        }
        let span = spot.span.clone().or_else(|| locate(text, [spot.path]).remove(&spot.path));
        return said(*kind, span.unwrap_or(0..0));
    }
    let rule = match refused.classify() {
        Category::Eof => {
            return said(ErrorKind::Rule(Rule::JsonIncomplete), text.len()..text.len());
        }
        Category::Syntax | Category::Data | Category::Io => Rule::JsonSyntax,
    };
    said(ErrorKind::Rule(rule), position(refused, document)..text.len())
}

/// Where the parser stopped. It says where by line, counted from 1, and column, counted in octets
/// from 1; the column is 0 right after a line feed.
fn position(refused: &serde_json::Error, document: &[u8]) -> usize {
    let mut line_ends = memchr::memchr_iter(b'\n', document);
    let line_start = match refused.line().checked_sub(2) {
        Some(before) => line_ends.nth(before).map_or(document.len(), |found| found + 1),
        None => 0,
    };
    (line_start + refused.column()).saturating_sub(1).min(document.len())
}

/// Finds the places of what was noted, and completes the linkset with them.
fn placed(mut reading: Reading<'_>) -> Result<Linkset<'_>, Error> {
    let (text, limits) = (reading.input, reading.limits);
    let mut notes = std::mem::take(&mut reading.notes);
    let unknown: Vec<_> =
        notes.iter().filter(|(_, spot)| spot.span.is_none()).map(|(_, spot)| spot.path).collect();
    if !unknown.is_empty() {
        let found = locate(text, unknown);
        for (_, Spot { path, span }) in &mut notes {
            if span.is_none() {
                *span = found.get(path).cloned();
            }
        }
    }
    let start = |spot: &Spot| spot.span.as_ref().map_or(0, |span| span.start);
    notes.sort_by_key(|(_, spot)| start(spot));
    let mut lines = Lines::of(text.as_bytes());
    let mut diagnostics = Diagnostics::default();
    let mut linkset = reading.linkset;
    for (note, spot) in notes {
        let span = spot.span.unwrap_or(0..0);
        let value = text.get(span.clone()).unwrap_or_default();
        let (start, end) = (span.start as u64, span.end as u64);
        match note {
            Note::Diagnostic(rule) => {
                let position = lines.position(start);
                diagnostics.push(limits.diagnostics, || {
                    Diagnostic::new(rule, 0, start..end).in_document(position)
                });
            }
            Note::Refused(index, rule) => {
                if let Some(item) = linkset.items.get_mut(index) {
                    let error = Error::violation(rule, 0, start, value.as_bytes());
                    *item = Item::Refused(error.in_document(lines.position(start)));
                }
            }
            Note::Attribute(index) => {
                if let Some(attribute) = linkset.attributes.get_mut(index) {
                    attribute.value = Value::Json(Cow::Borrowed(value));
                }
            }
            Note::Member(index) => {
                if let Some(member) = linkset.members.get_mut(index) {
                    member.json = Cow::Borrowed(value);
                }
            }
        }
        if matches!(note, Note::Attribute(_) | Note::Member(_)) {
            if let Some(at) = depth::exceeded_at(value, limits.linkset_depth) {
                let kind = ErrorKind::Limit(Limit::LinksetDepth);
                let at = span.start.saturating_add(at);
                return Err(error(kind, &limits, text.as_bytes(), at..at));
            }
        }
    }
    for _ in limits.diagnostics..reading.tolerated {
        diagnostics.push(0, || Diagnostic::new(Rule::AnchorMissing, 0, 0..0));
    }
    linkset.diagnostics = diagnostics;
    Ok(linkset)
}
