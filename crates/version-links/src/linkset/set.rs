//! A linkset as its readers see it.

use crate::error::Error;
use crate::linkset::context::LinksetContext;
use crate::linkset::model::{Item, Linkset, Member};
use crate::linkset::target::LinksetTarget;
use crate::relation::Relation;
use crate::reporting::Diagnostics;

impl Linkset<'_> {
    /// All links, in order. A link that cannot be read is an error in its place.
    ///
    /// So `links().flatten()` gives the links that can be read, and
    /// `links().collect::<Result<Vec<_>, _>>()` gives all links or the first error.
    pub fn links(&self) -> impl Iterator<Item = Result<LinksetTarget<'_>, &Error>> + Clone {
        self.contexts().flat_map(LinksetContext::links)
    }

    /// The link context objects, in order.
    ///
    /// Of a linkset in text, one context is a run of links with the same anchor. Several contexts may
    /// have the same anchor.
    #[must_use]
    pub fn contexts(&self) -> impl ExactSizeIterator<Item = LinksetContext<'_>> + Clone {
        self.contexts.iter().map(|context| LinksetContext::new(self, context))
    }

    /// The links with this anchor and this relation type, in order, from all contexts.
    ///
    /// The anchor is compared as it is spelled. [`resolve`](Self::resolve) gives every context an
    /// absolute anchor.
    pub fn of<'s>(
        &'s self,
        anchor: &'s str,
        relation: Relation<'s>,
    ) -> impl Iterator<Item = LinksetTarget<'s>> {
        let contexts = self.contexts().filter(move |context| context.anchor() == Some(anchor));
        contexts
            .flat_map(LinksetContext::links)
            .flatten()
            .filter(move |link| link.relation() == relation)
    }

    /// The members beside `linkset`, in order: the name and the JSON text of each.
    #[must_use]
    pub fn unknown_members(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.document_members.iter().map(Member::as_pair)
    }

    /// The violations that were tolerated while the linkset was read.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Removes the links that could not be read, so that the others can be written.
    #[must_use]
    pub fn without_refused(mut self) -> Self {
        let mut items = Vec::with_capacity(self.items.len());
        let mut before = self.items.into_iter();
        for context in &mut self.contexts {
            let start = items.len();
            let kept = before.by_ref().take(context.items.len());
            items.extend(kept.filter(|item| matches!(item, Item::Target(_))));
            context.items = start..items.len();
        }
        self.items = items;
        self
    }

    /// Removes the members that RFC 9264 does not define from the document and from the contexts, so
    /// that a strict writer accepts the linkset.
    #[must_use]
    pub fn without_unknown_members(mut self) -> Self {
        self.document_members.clear();
        self.members.clear();
        for context in &mut self.contexts {
            context.members = 0..0;
        }
        self
    }
}

impl PartialEq<Linkset<'_>> for Linkset<'_> {
    fn eq(&self, other: &Linkset<'_>) -> bool {
        self.contexts().eq(other.contexts()) && self.document_members == other.document_members
    }
}

impl Eq for Linkset<'_> {}
