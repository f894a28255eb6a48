//! One link context object.

use crate::error::Error;
use crate::linkset::model::{Context, Item, Linkset, Member};
use crate::linkset::target::LinksetTarget;
use crate::relation::Relation;
use std::fmt;

/// A link context object of a [`Linkset`]: an anchor, and links.
#[derive(Clone, Copy)]
pub struct LinksetContext<'s> {
    linkset: &'s Linkset<'s>,
    context: &'s Context<'s>,
}

impl<'s> LinksetContext<'s> {
    pub(super) fn new(linkset: &'s Linkset<'s>, context: &'s Context<'s>) -> Self {
        Self { linkset, context }
    }

    /// The anchor: a URI reference to the resource that the links lead from. If there is none, that
    /// resource is the linkset itself (RFC 9264 section 4).
    #[must_use]
    pub fn anchor(self) -> Option<&'s str> {
        self.context.anchor.as_deref()
    }

    /// The relation types, in order, including those without links.
    #[must_use]
    pub fn relations(self) -> impl ExactSizeIterator<Item = Relation<'s>> + Clone {
        let relations = self.linkset.relations.get(self.context.relations.clone());
        relations.unwrap_or_default().iter().map(|name| Relation::new(&**name))
    }

    #[cfg(feature = "json")]
    pub(super) fn relation_names(self) -> impl Iterator<Item = &'s str> {
        let relations = self.linkset.relations.get(self.context.relations.clone());
        relations.unwrap_or_default().iter().map(|name| &**name)
    }

    /// The links, in order. A link that cannot be read is an error in its place.
    #[must_use]
    pub fn links(
        self,
    ) -> impl ExactSizeIterator<Item = Result<LinksetTarget<'s>, &'s Error>> + Clone {
        let Self { linkset, context } = self;
        let items = linkset.items.get(context.items.clone()).unwrap_or_default();
        items.iter().map(move |item| match item {
            Item::Target(target) => Ok(LinksetTarget::new(linkset, context, target)),
            Item::Refused(error) => Err(error),
        })
    }

    /// The members that RFC 9264 does not define, in order: the name and the JSON text of each. An
    /// example is a description of a product, as a string.
    #[must_use]
    pub fn unknown_members(self) -> impl ExactSizeIterator<Item = (&'s str, &'s str)> {
        let members = self.linkset.members.get(self.context.members.clone());
        members.unwrap_or_default().iter().map(Member::as_pair)
    }

    /// The JSON text of the first such member with this name.
    #[must_use]
    pub fn unknown_member(self, name: &str) -> Option<&'s str> {
        self.unknown_members().find(|member| member.0 == name).map(|member| member.1)
    }
}

impl PartialEq for LinksetContext<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.anchor() == other.anchor()
            && self
                .relations()
                .map(Relation::into_text)
                .eq(other.relations().map(Relation::into_text))
            && self.links().eq(other.links())
            && self.unknown_members().eq(other.unknown_members())
    }
}

impl Eq for LinksetContext<'_> {}

impl fmt::Debug for LinksetContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let links: Vec<_> = self.links().collect();
        f.debug_struct("LinksetContext")
            .field("anchor", &self.anchor())
            .field("links", &links)
            .finish_non_exhaustive()
    }
}
