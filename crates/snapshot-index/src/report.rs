//! The collector of violations that reading, building, checking and resolving share.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::index::SnapshotIndexRef;
use crate::json::locate::Spans;
use crate::json::text::span_within;
use crate::level::Level;
use crate::limits::Limits;
use crate::place::Place;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use crate::serialize;
use std::borrow::Cow;
use std::ops::Range;

/// A violation that is not tolerated.
pub(crate) type Refused = (Rule, Place);

/// Collects the violations that are tolerated, and refuses the first that is not.
///
/// Spans take another pass over the document, so they are filled in once, at the end.
pub(crate) struct Report {
    tolerance: Tolerance,
    limit: u64,
    diagnostics: Diagnostics,
    has_violated_must: bool,
}

impl Report {
    /// Starts with the tolerance, and with how many diagnostics are kept.
    pub(crate) fn new(tolerance: Tolerance, limit: u64) -> Self {
        Self { tolerance, limit, diagnostics: Diagnostics::default(), has_violated_must: false }
    }

    /// Reports a violation, or refuses it.
    pub(crate) fn violation(&mut self, rule: Rule, place: Place) -> Result<(), Refused> {
        if !self.tolerance.tolerates(rule) {
            return Err((rule, place));
        }
        self.has_violated_must |= rule.level() == Level::Must;
        self.diagnostics.push(self.limit, || Diagnostic::new(rule, place, 0..0));
        Ok(())
    }

    /// Whether [`Tolerance::STRICT`] would have refused what was reported.
    pub(crate) fn has_violated_must(&self) -> bool {
        self.has_violated_must
    }

    /// The diagnostics, with their spans.
    pub(crate) fn into_diagnostics(self, index: &SnapshotIndexRef<'_>) -> Diagnostics {
        let mut diagnostics = self.diagnostics;
        if diagnostics.kept.is_empty() {
            return diagnostics;
        }
        let places: Vec<_> = diagnostics.iter().map(Diagnostic::place).collect();
        let spans: Option<Vec<_>> = places.iter().map(|&place| index.span_at_hand(place)).collect();
        let spans = spans.unwrap_or_else(|| {
            let spans = Spans::locate(&index.document(), places.iter().copied());
            places.iter().map(|&place| spans.get(place).unwrap_or(0..0)).collect()
        });
        for (found, span) in diagnostics.kept.iter_mut().zip(spans) {
            let span = span.start as u64..span.end as u64;
            *found = Diagnostic::new(found.rule(), found.place(), span);
        }
        diagnostics
    }

    #[cfg(test)]
    pub(crate) fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}

impl<'a> SnapshotIndexRef<'a> {
    /// The error for a violation, with its position in the input or in the document as written.
    #[cold]
    pub(crate) fn refused(&self, (rule, place): Refused) -> Error {
        let document = self.document();
        let span = Spans::locate(&document, [place]).get(place).unwrap_or(0..0);
        let kind = ErrorKind::Rule(rule);
        Error::in_document(kind, &Limits::DEFAULT, &document, place, span)
    }

    /// The span of a place, if it can be computed without another pass over the document.
    fn span_at_hand(&self, place: Place) -> Option<Range<usize>> {
        let source = self.source?;
        let text = match place {
            Place::Document => return Spans::locate(source, [place]).get(place),
            Place::Id => &self.id,
            Place::Uri(number) => self.uris.get(number)?,
            _ => return None,
        };
        let within = span_within(source, text)?;
        Some(within.start.checked_sub(1)?..within.end.checked_add(1)?)
    }

    /// The document that spans are counted in.
    fn document(&self) -> Cow<'a, [u8]> {
        match self.source {
            Some(source) => Cow::Borrowed(source),
            None => Cow::Owned(serialize::as_it_is(self)),
        }
    }
}
