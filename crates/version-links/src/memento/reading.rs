//! Reads the elements of a TimeMap, one after the other.

use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::limits::Limit;
use crate::link_field::Link;
use crate::memento::timemap_link::TimeMapLink;
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use std::collections::VecDeque;

/// What was read of one element: the link, or why there is none.
type Read<'e> = Result<TimeMapLink<'e>, Error>;

/// The settings of a reading, and what was reported so far.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    settings: Reader,
    pub(super) diagnostics: Diagnostics,
    /// What else was found in an element: without the comma between two links, both are one element.
    more: VecDeque<Read<'static>>,
}

impl Reading {
    pub(super) fn new(settings: Reader) -> Self {
        Self { settings, diagnostics: Diagnostics::default(), more: VecDeque::new() }
    }

    /// What was found beside the first link of the last element.
    pub(super) fn more(&mut self) -> Option<Read<'static>> {
        self.more.pop_front()
    }

    /// How many octets a link may have.
    pub(super) fn most(&self) -> u64 {
        self.settings.limits.link_octets
    }

    /// The error for a link that begins at an offset, and has too many octets.
    pub(super) fn too_long(&self, offset: u64) -> Error {
        Error::limit(Limit::LinkOctets, &self.settings.limits, 0, offset)
    }

    /// Reports an element that is empty.
    pub(super) fn empty(&mut self, offset: u64) {
        self.report(Rule::ElementEmpty, offset, 1);
    }

    /// Reads an element that is not empty, and whose octets begin at an offset in the document.
    pub(super) fn element<'e>(&mut self, octets: &'e [u8], offset: u64) -> Read<'e> {
        let Self { settings, diagnostics, more } = self;
        let limits = settings.limits.field_octets(u64::MAX);
        let mut links = settings.limits(limits).links(octets);
        let refined = |diagnostics: &mut Diagnostics, read: Result<Link<'e>, Error>| -> Read<'e> {
            let link = read.map_err(|error| error.moved(offset))?;
            let mut refusal = None;
            let link = TimeMapLink::read(link, |rule| {
                if settings.tolerance.tolerates(rule) {
                    let span = offset..offset + octets.len() as u64;
                    diagnostics.push(limits.diagnostics, || Diagnostic::new(rule, 0, span));
                } else {
                    refusal.get_or_insert_with(|| Error::violation(rule, 0, offset, octets));
                }
            });
            refusal.map_or(Ok(link), Err)
        };
        let first = links.next();
        let others = links.by_ref();
        let first = first.map(|first| refined(diagnostics, first));
        for other in others {
            more.push_back(refined(diagnostics, other).map(TimeMapLink::into_owned));
        }
        for found in links.diagnostics() {
            let span = found.span().start + offset..found.span().end + offset;
            diagnostics.push(limits.diagnostics, || Diagnostic::new(found.rule(), 0, span));
        }
        // An element that is not empty has a link, or an error in its place.
        first.unwrap_or_else(|| Err(Error::violation(Rule::TargetBrackets, 0, offset, octets)))
    }

    fn report(&mut self, rule: Rule, offset: u64, octets: u64) {
        let limit = self.settings.limits.diagnostics;
        self.diagnostics.push(limit, || Diagnostic::new(rule, 0, offset..offset + octets));
    }
}
