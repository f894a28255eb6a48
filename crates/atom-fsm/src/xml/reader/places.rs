//! Where violations are, and what is done about them.

use super::XmlReader;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::place::Position;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::text::Fault;
use std::ops::Range;

impl<'a> XmlReader<'a> {
    pub(super) fn limits(&self) -> Limits {
        self.settings.limits
    }

    #[cold]
    pub(super) fn fault(&self, (rule, span): Fault, base: usize) -> Error {
        self.refusal(rule, base + span.start..base + span.end)
    }

    #[cold]
    pub(super) fn limit(&self, limit: Limit, at: usize) -> Error {
        Error::limit(limit, &self.limits(), self.position(at))
    }

    #[cold]
    pub(crate) fn refusal(&self, rule: Rule, span: Range<usize>) -> Error {
        let (start, end) = (self.boundary(span.start), self.boundary(span.end));
        Error::violation(rule, self.position(start), &self.source[start..end.max(start)])
    }

    /// The last border between characters that is not after an offset: where a fault shows a fixed
    /// number of octets, a character may be cut.
    pub(super) fn boundary(&self, at: usize) -> usize {
        let mut at = at.min(self.source.len());
        while !self.source.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// An error at the end of a text, which is the part of the document that is UTF-8.
    #[cold]
    pub(crate) fn at_end_of(mut self, rule: Rule, text: &'a str) -> Error {
        self.source = text;
        self.refusal(rule, text.len()..text.len())
    }

    /// Refuses a violation at a place, or reports it.
    pub(crate) fn violation_at(&mut self, rule: Rule, span: Range<usize>) -> Result<(), Error> {
        if !self.settings.tolerance.tolerates(rule) {
            return Err(self.refusal(rule, span));
        }
        let limit = self.limits().diagnostics;
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.push(limit, || {
            let position = self.position(span.start);
            self.counted = position;
            Diagnostic::read(rule, position, span.len() as u64)
        });
        self.diagnostics = diagnostics;
        Ok(())
    }

    /// Returns a reporter of violations at a place.
    pub(crate) fn at_tag(&mut self, span: Range<usize>) -> AtTag<'_, 'a> {
        AtTag { reader: self, span }
    }

    /// Counts from the last position that was reported, unless that is behind `at`.
    pub(super) fn position(&self, at: usize) -> Position {
        let offset = at as u64 + self.before;
        let known = usize::try_from(self.counted.offset.saturating_sub(self.before)).unwrap_or(0);
        let (from, line, column) = match known <= at {
            true => (known, self.counted.line, self.counted.column),
            false => (0, 1, 1),
        };
        let between = &self.source[from..at];
        let line = line + memchr::memchr_iter(b'\n', between.as_bytes()).count() as u64;
        let column = match memchr::memrchr(b'\n', between.as_bytes()) {
            Some(end) => between[end + 1..].chars().count() as u64 + 1,
            None => column + between.chars().count() as u64,
        };
        Position { offset, line, column }
    }
}

/// Reports violations at a place in the document that is read.
#[derive(Debug)]
pub(crate) struct AtTag<'p, 'a> {
    reader: &'p mut XmlReader<'a>,
    span: Range<usize>,
}

impl Report for AtTag<'_, '_> {
    fn violation(&mut self, rule: Rule) -> Result<(), Error> {
        self.reader.violation_at(rule, self.span.clone())
    }
}
