//! Where violations are, and what is done about them.

use super::XmlReader;
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::place::Position;
use crate::report::Report;
use crate::rule::Rule;
use crate::settings::Settings;
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
    pub(crate) fn limit(&self, limit: Limit, at: usize) -> Error {
        Error::limit(limit, &self.limits(), self.position(at))
    }

    /// A limit that is exceeded so many octets behind an offset.
    #[cold]
    pub(crate) fn limit_within(&self, limit: Limit, start: usize, octets: u64) -> Error {
        let octets = usize::try_from(octets).unwrap_or(usize::MAX);
        self.limit(limit, self.boundary(start.saturating_add(octets)))
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

    /// An error at the end of the source.
    #[cold]
    pub(crate) fn at_end(&self, rule: Rule) -> Error {
        let end = self.source.len();
        self.refusal(rule, end..end)
    }

    /// Refuses a violation at a place, or reports it.
    pub(crate) fn violation_at(&mut self, rule: Rule, span: Range<usize>) -> Result<(), Error> {
        if !self.settings.tolerance.tolerates(rule) {
            return Err(self.refusal(rule, span));
        }
        self.violated = self.violated.with(rule);
        let limit = self.limits().diagnostics;
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.push(limit, || {
            let position = self.position(span.start);
            while self.counted.pop_if(|last| last.offset > position.offset).is_some() {}
            self.counted.push(position);
            Diagnostic::read(rule, position, span.len() as u64)
        });
        self.diagnostics = diagnostics;
        Ok(())
    }

    /// Remembers a tag for violations that are known when the part that it is in is gone.
    pub(crate) fn remember(&self, tag: Range<usize>) -> Remembered {
        // More than an error shows.
        let shown = self.boundary(tag.end.min(tag.start + 32));
        Remembered {
            position: self.position(tag.start),
            octets: tag.len() as u64,
            begin: self.source(tag.start..shown).into(),
        }
    }

    /// Returns a reporter of violations at a tag that is remembered.
    pub(crate) fn at_remembered<'p>(&'p mut self, tag: &'p Remembered) -> AtRemembered<'p, 'a> {
        AtRemembered { reader: self, tag }
    }

    /// Returns a reporter of violations at a place.
    pub(crate) fn at_tag(&mut self, span: Range<usize>) -> AtTag<'_, 'a> {
        AtTag { reader: self, span }
    }

    /// Counts from the last position that was reported, or from one before it: what is wrong with an element
    /// as a whole is reported at its start, behind what is wrong in it.
    pub(super) fn position(&self, at: usize) -> Position {
        let start = self.origin.offset;
        let offset = start + at as u64;
        let counted = self.counted.iter().rev().find(|known| known.offset <= offset);
        let Position { offset: known, line, column } = *counted.unwrap_or(&self.origin);
        let from = usize::try_from(known.saturating_sub(start)).unwrap_or(at);
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

/// A tag that was read before.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    position: Position,
    octets: u64,
    begin: Box<str>,
}

/// Reports violations at a tag that was read before.
#[derive(Debug)]
pub(crate) struct AtRemembered<'p, 'a> {
    reader: &'p mut XmlReader<'a>,
    tag: &'p Remembered,
}

impl Report for AtRemembered<'_, '_> {
    fn violation(&mut self, rule: Rule) -> Result<(), Error> {
        let Remembered { position, octets, begin } = self.tag;
        let Settings { tolerance, limits, .. } = self.reader.settings;
        if !tolerance.tolerates(rule) {
            return Err(Error::violation(rule, *position, begin));
        }
        let diagnostic = || Diagnostic::read(rule, *position, *octets);
        self.reader.diagnostics.push(limits.diagnostics, diagnostic);
        Ok(())
    }
}
