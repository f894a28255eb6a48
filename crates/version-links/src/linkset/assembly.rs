//! What readers of documents in text share: the linkset that they make, and the places of what they
//! found.

use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::lines::Lines;
use crate::linkset::flat::Flat;
use crate::linkset::model::{Item, Linkset};
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::rule::Rule;

/// A linkset that is being made of a document in text.
pub(super) struct Assembly<'f, 'a> {
    pub(super) flat: &'f Flat<'a>,
    pub(super) linkset: Linkset<'a>,
    pub(super) reader: Reader,
    lines: Lines<'a>,
    /// Those that are not of the reader of a field.
    diagnostics: Diagnostics,
}

impl<'f, 'a> Assembly<'f, 'a> {
    pub(super) fn new(flat: &'f Flat<'a>, reader: Reader) -> Result<Self, Error> {
        let (lines, limits) = (Lines::of(flat.document()), reader.limits);
        let (linkset, diagnostics) = (Linkset::default(), Diagnostics::default());
        let mut assembly = Self { flat, linkset, reader, lines, diagnostics };
        if flat.document().len() as u64 > limits.linkset_octets {
            let end = limits.linkset_octets;
            return Err(assembly.placed(Error::limit(Limit::LinksetOctets, &limits, 0, end)));
        }
        Ok(assembly)
    }

    /// The reader of a field, whose limits on a field do not count.
    pub(super) fn field_reader(&self) -> Reader {
        let limits: Limits = self.reader.limits;
        self.reader.limits(limits.field_octets(u64::MAX).links(u64::MAX))
    }

    /// Adds the error in the place of a link, unless it is about a limit.
    pub(super) fn refuse(&mut self, error: Error) -> Result<(), Error> {
        let error = self.placed(error);
        if matches!(error.kind(), ErrorKind::Limit(_)) {
            return Err(error);
        }
        if self.linkset.contexts.is_empty() {
            self.linkset.begin(None);
        }
        let offset = error.offset();
        self.linkset.items.push(Item::Refused(error));
        self.count(offset)
    }

    /// Refuses the document if there are too many links up to this offset.
    pub(super) fn count(&mut self, offset: u64) -> Result<(), Error> {
        let limits = &self.reader.limits;
        if self.linkset.items.len() as u64 <= limits.linkset_links {
            return Ok(());
        }
        let error = Error::limit(Limit::LinksetLinks, limits, 0, offset);
        Err(self.placed(error))
    }

    pub(super) fn placed(&mut self, error: Error) -> Error {
        let position = self.lines.position(error.offset());
        error.in_document(position)
    }

    /// Where a part of the value starts.
    pub(super) fn offset(&self, part: &[u8]) -> u64 {
        self.flat.span(part).start as u64
    }

    pub(super) fn report(&mut self, rule: Rule, part: &[u8]) {
        let span = self.flat.span(part);
        self.diagnostics.push(self.reader.limits.diagnostics, || {
            Diagnostic::new(rule, 0, span.start as u64..span.end as u64)
        });
    }

    /// Reports a violation, or gives it as the error.
    pub(super) fn violation(&mut self, rule: Rule, part: &[u8]) -> Result<(), Error> {
        if self.reader.tolerance.tolerates(rule) {
            self.report(rule, part);
            return Ok(());
        }
        let original = self.flat.original(part);
        Err(Error::violation(rule, 0, self.offset(part), original))
    }

    /// The linkset, with these diagnostics of the reader of a field, and its own.
    pub(super) fn finish(mut self, of_field: &Diagnostics) -> Linkset<'a> {
        let mut kept: Vec<_> = of_field.iter().chain(&self.diagnostics).copied().collect();
        kept.sort_by_key(|one| one.span().start);
        let mut all = Diagnostics::default();
        for one in kept {
            let position = self.lines.position(one.span().start);
            all.push(self.reader.limits.diagnostics, || one.in_document(position));
        }
        for _ in 0..of_field.omitted().saturating_add(self.diagnostics.omitted()) {
            all.push(0, || Diagnostic::new(Rule::ReferenceRelative, 0, 0..0));
        }
        self.linkset.finish();
        self.linkset.diagnostics = all;
        self.linkset
    }
}
