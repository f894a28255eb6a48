//! What the visitors of a document share: the linkset that they make, and what they found wrong.

use crate::error::{Error, ErrorKind};
use crate::limits::{Limit, Limits};
use crate::linkset::json::names::Names;
use crate::linkset::json::path::Path;
use crate::linkset::json::text::span_within;
use crate::linkset::model::{Attribute, Item, Linkset, Value};
use crate::reporting::Tolerance;
use crate::rule::Rule;
use serde::de;
use std::borrow::Cow;
use std::ops::Range;

/// What is to be said of a value, once its place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// A violation was tolerated.
    Diagnostic(Rule),
    /// The item with this index was refused.
    Refused(usize, Rule),
    /// The attribute with this index has the JSON text of the value.
    Attribute(usize),
    /// The member with this index has the JSON text of the value.
    Member(usize),
}

/// A value, as far as its place is known.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub(super) path: Path,
    /// Not known if the value is no string, or had to be unescaped.
    pub(super) span: Option<Range<usize>>,
}

/// Why the whole document is refused.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) spot: Spot,
}

pub(super) struct Reading<'a> {
    pub(super) input: &'a str,
    pub(super) tolerance: Tolerance,
    pub(super) limits: Limits,
    pub(super) linkset: Linkset<'a>,
    pub(super) path: Path,
    pub(super) notes: Vec<(Note, Spot)>,
    pub(super) fault: Option<Fault>,
    /// Violations that were tolerated.
    pub(super) tolerated: u64,
    /// Attributes whose value is kept as JSON.
    kept: usize,
    /// The first violation in the present link or context that is not tolerated.
    refusal: Option<(Rule, Spot)>,
    /// The names in the present link target object.
    pub(super) names: Names<'a>,
    /// The names in the present link context object.
    pub(super) context_names: Names<'a>,
}

/// How long the lists of a linkset were, so that what was added since can be removed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    relations: usize,
    items: usize,
    attributes: usize,
    members: usize,
    notes: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(input: &'a str, tolerance: Tolerance, limits: Limits) -> Self {
        Self {
            input,
            tolerance,
            limits,
            linkset: Linkset::default(),
            path: Path::default(),
            notes: Vec::new(),
            fault: None,
            tolerated: 0,
            kept: 0,
            refusal: None,
            names: Names::default(),
            context_names: Names::default(),
        }
    }

    /// The present value, which has this text if it is a string.
    fn spot(&self, text: Option<&str>) -> Spot {
        let span = text.and_then(|text| span_within(self.input.as_bytes(), text));
        Spot { path: self.path, span }
    }

    /// Reports or refuses a violation in the present value.
    #[cold]
    pub(super) fn violation(&mut self, rule: Rule, text: Option<&str>) {
        if self.refusal.is_some() {
            return;
        }
        if self.tolerance.tolerates(rule) {
            if self.tolerated < self.limits.diagnostics {
                self.notes.push((Note::Diagnostic(rule), self.spot(text)));
            }
            self.tolerated = self.tolerated.saturating_add(1);
        } else {
            self.refusal = Some((rule, self.spot(text)));
        }
    }

    pub(super) fn expect(&mut self, holds: bool, rule: Rule) {
        if !holds {
            self.violation(rule, None);
        }
    }

    /// Whether a violation in the present link or context was refused.
    pub(super) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            relations: self.linkset.relations.len(),
            items: self.linkset.items.len(),
            attributes: self.linkset.attributes.len(),
            members: self.linkset.members.len(),
            notes: self.notes.len(),
        }
    }

    /// If a violation was refused, removes what was added since the mark, and adds the error in its
    /// place. Gives whether it did.
    #[inline]
    pub(super) fn settle(&mut self, mark: Mark) -> bool {
        match self.refusal.take() {
            None => false,
            Some((rule, spot)) => {
                self.refuse(mark, rule, spot);
                true
            }
        }
    }

    #[cold]
    fn refuse(&mut self, mark: Mark, rule: Rule, spot: Spot) {
        self.linkset.relations.truncate(mark.relations);
        self.linkset.items.truncate(mark.items);
        self.linkset.attributes.truncate(mark.attributes);
        self.linkset.members.truncate(mark.members);
        let notes = self.notes.split_off(mark.notes);
        let kept = notes.into_iter().filter(|(note, _)| matches!(note, Note::Diagnostic(_)));
        self.notes.extend(kept);
        self.notes.push((Note::Refused(mark.items, rule), spot));
        // The place follows.
        self.linkset.items.push(Item::Refused(Error::violation(rule, 0, 0, b"")));
    }

    /// Refuses the whole document because of the present value.
    #[cold]
    pub(super) fn fault<E: de::Error>(&mut self, kind: ErrorKind, text: Option<&str>) -> E {
        self.fault = Some(Fault { kind, spot: self.spot(text) });
        E::custom("the document is refused")
    }

    /// Refuses the document if it has more of something than the limit allows.
    #[inline]
    pub(super) fn limit<E: de::Error>(&mut self, limit: Limit, count: usize) -> Result<(), E> {
        if count as u64 <= limit.of(&self.limits) {
            return Ok(());
        }
        Err(self.fault(ErrorKind::Limit(limit), None))
    }

    /// Adds an attribute whose value is kept as JSON.
    #[cold]
    pub(super) fn keep<E: de::Error>(&mut self, name: Cow<'a, str>) -> Result<(), E> {
        let spot = self.spot(None);
        self.kept += 1;
        self.notes.push((Note::Attribute(self.linkset.attributes.len()), spot));
        self.linkset.attributes.push(Attribute { name, value: Value::Json(Cow::Borrowed("")) });
        self.limit(Limit::LinksetLinks, self.kept)
    }

    /// A note on the present value.
    pub(super) fn note(&mut self, note: Note) {
        self.notes.push((note, self.spot(None)));
    }
}
