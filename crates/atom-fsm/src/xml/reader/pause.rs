//! Reading a document in parts, each of which ends between two children of the root, or outside it.

use super::{Open, XmlReader};
use crate::diagnostic::Diagnostic;
use crate::into_owned::IntoOwned;
use crate::place::Position;
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use crate::settings::Settings;
use crate::xml::scope::Scope;
use std::borrow::Cow;

/// What a reader had reported at a place.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reported {
    kept: usize,
    omitted: u64,
    repaired: u64,
}

/// What a reader knows at the end of a part of a document.
#[derive(Debug)]
pub(crate) struct Paused {
    end: Position,
    /// The root that is open: its name, and how many namespaces are declared around it.
    root: Option<(Cow<'static, str>, usize)>,
    scope: Scope<'static>,
    is_root_read: bool,
    repaired: u64,
    settings: Settings,
    diagnostics: Diagnostics,
}

impl Paused {
    /// The violations that were reported.
    pub(crate) fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Whether anything was repaired.
    pub(crate) fn is_repaired(&self) -> bool {
        self.repaired > 0
    }
}

impl<'a> XmlReader<'a> {
    /// Ends the reading of a part.
    pub(crate) fn pause(self) -> Paused {
        let end = self.position(self.source.len());
        let root = self.open.into_iter().next();
        Paused {
            end,
            root: root.map(|root| (Cow::Owned(root.name.into_owned()), root.namespaces)),
            scope: self.scope.into_owned(),
            is_root_read: self.is_root_read,
            repaired: self.repaired,
            settings: self.settings,
            diagnostics: self.diagnostics,
        }
    }

    /// Goes on with the next part.
    pub(crate) fn resume(source: &'a str, paused: Paused) -> Self {
        let mut reader = Self::at(source, paused.end, paused.settings);
        let open = paused.root.map(|(name, namespaces)| Open { name, namespaces });
        reader.open = open.into_iter().collect();
        reader.scope = paused.scope;
        reader.is_root_read = paused.is_root_read;
        reader.repaired = paused.repaired;
        reader.diagnostics = paused.diagnostics;
        reader.begin_child();
        reader
    }

    /// Whether the part that is read has ended.
    pub(crate) fn is_exhausted(&self) -> bool {
        !self.is_empty && self.pending.is_none() && self.at >= self.source.len()
    }

    /// What was reported so far.
    pub(crate) fn reported(&self) -> Reported {
        let Self { diagnostics, repaired, .. } = self;
        Reported { kept: diagnostics.len(), omitted: diagnostics.omitted(), repaired: *repaired }
    }

    /// Forgets what was reported later.
    #[cold]
    pub(crate) fn forget_since(&mut self, reported: Reported) {
        let all = std::mem::take(&mut self.diagnostics);
        for one in all.iter().take(reported.kept) {
            self.diagnostics.push(u64::MAX, || one.clone());
        }
        // Those that were only counted: with a limit of none, none is made.
        for _ in 0..reported.omitted {
            self.diagnostics.push(0, || Diagnostic::built(Rule::Incomplete, ""));
        }
        self.repaired = reported.repaired;
    }

    /// Begins a child of the root: its elements are counted, and its violations noted, on their own.
    pub(crate) fn begin_child(&mut self) {
        self.elements = self.open.len() as u64;
        self.violated = Tolerance::STRICT;
    }

    /// The elements of the child, and the comments and instructions that are kept of it.
    pub(crate) fn elements_of_child(&self) -> u64 {
        self.elements.saturating_sub(self.open.len().min(1) as u64)
    }

    /// The rules whose violation was tolerated in the child.
    pub(crate) fn violated(&self) -> Tolerance {
        self.violated
    }
}
