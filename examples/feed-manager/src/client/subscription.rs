//! A list of somebody else, kept as a copy in a bundle of one's own.

use super::manager::{Manager, missing};
use super::same::{is_web, member_uris, same_uri};
use crate::error::Error;
use atom_fsm::atom::{Base, Entry, Link, Text};
use atom_fsm::fsm::{BundleReference, Member, ServiceEntry};
use atom_fsm::interaction::Guard;
use atom_fsm::xml::{Attribute, Element, Name};
use std::collections::{HashMap, HashSet};

/// The namespace of the markup of this library.
pub const NAMESPACE: &str = "urn:feed-manager";
const FOLLOWED: &str = "followed";
const PRESENT: &str = "present";
const GONE: &str = "gone";

/// What an update of a followed list did.
#[derive(Debug, Default)]
pub struct Followed {
    /// The URIs that are new in the bundle.
    pub added: Vec<String>,
    /// The URIs that the list names, and that came from it before.
    pub kept: Vec<String>,
    /// The URIs that the list names again, after they were gone.
    pub returned: Vec<String>,
    /// The URIs that the list no longer names. Their entries are marked, not deleted.
    pub gone: Vec<String>,
    /// The URIs that the list names, and that the user has added by hand: their entries are not
    /// touched.
    pub by_hand: Vec<String>,
    /// The titles of members of the list that are neither services nor references.
    pub left_out: Vec<String>,
    /// What could not be added or marked, and why.
    pub failed: Vec<(String, Error)>,
}

/// Which lists an entry came from, each with whether the list still names it. Empty for an entry that
/// the user has added by hand.
///
/// The entry has an element for each list: `<manager:followed xmlns:manager="urn:feed-manager"
/// list="URI" state="present"/>`, or `state="gone"`.
#[must_use]
pub fn lists(entry: &Entry<'_>) -> Vec<(String, bool)> {
    let marks = entry.extensions().iter().filter(|it| it.name().is(NAMESPACE, FOLLOWED));
    let list = |it: &Element<'_>| {
        let state = it.attribute("", "state");
        Some((it.attribute("", "list")?.to_owned(), state != Some(GONE)))
    };
    marks.filter_map(list).collect()
}

/// Whether an entry came from lists, and none of them names it any more.
#[must_use]
pub fn is_gone(entry: &Entry<'_>) -> bool {
    let lists = lists(entry);
    !lists.is_empty() && lists.iter().all(|(_, is_there)| !is_there)
}

/// What an update does with one entry that came from a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Present,
    Gone,
}

impl Mark {
    const fn state(self) -> &'static str {
        match self {
            Self::Present => PRESENT,
            Self::Gone => GONE,
        }
    }
}

impl Manager {
    /// Brings the copy of a list, a bundle on any server, up to date in a bundle of one's own.
    ///
    /// What the list names and the bundle does not hold is added, without its queries, and marked with
    /// the list's URI. What came from the list and is gone from it is marked as gone; it is never
    /// deleted, and it returns when the list names it again. What the user has added by hand is not
    /// touched, and neither is the title or summary of an entry that is there. An entry may come from
    /// several lists: each changes its own mark alone. A mark is set only where an entity tag or a date guards
    /// the edit: otherwise what the user changes at the same time could be lost ([`Error::Unguarded`]).
    ///
    /// # Errors
    /// Those of reading the list and the bundle as a whole: nothing has changed then. What cannot be
    /// added or marked is in [`Followed::failed`]. Where a server says that requests come too often, this waits
    /// as long as [`Limits::patience`](super::Limits::patience) allows.
    pub async fn follow_into(&self, bundle: &str, list: &str) -> Result<Followed, Error> {
        self.patient().followed(bundle, list).await
    }

    async fn followed(&self, bundle: &str, list: &str) -> Result<Followed, Error> {
        let source = self.found_bundle(list).await?;
        let own = self.found_bundle(bundle).await?;
        let (list, base) = (same_uri(list), own.base());
        let mut followed = Followed::default();
        let own = member_uris(&own.value, &own.uri);
        let mut own: HashMap<_, _> =
            own.filter_map(|(uri, member)| Some((same_uri(&uri?), member))).collect();
        let mut named = HashSet::new();
        for (uri, member) in member_uris(&source.value, &source.uri) {
            let Some(uri) = uri else {
                followed.left_out.push(title(member.as_entry()));
                continue;
            };
            if !named.insert(same_uri(&uri)) {
                continue;
            }
            let Some(there) = own.remove(&same_uri(&uri)) else {
                let entry = marked(copy(member, &uri), &list, Mark::Present);
                match self.create_member(bundle, &entry).await {
                    Ok(_) => followed.added.push(uri),
                    Err(error) => followed.failed.push((uri, error)),
                }
                continue;
            };
            let lists = lists(there.as_entry());
            let mark = lists.iter().find(|(name, _)| *name == list).map(|(_, is_there)| *is_there);
            if lists.is_empty() {
                followed.by_hand.push(uri);
            } else if mark == Some(true) {
                followed.kept.push(uri);
            } else {
                match self.mark(there.as_entry(), &base, &list, Mark::Present).await {
                    Err(error) => followed.failed.push((uri, error)),
                    Ok(()) if mark.is_some() => followed.returned.push(uri),
                    Ok(()) => followed.kept.push(uri),
                }
            }
        }
        // What is left in the bundle is not in the list.
        for (uri, member) in own {
            if !lists(member.as_entry()).iter().any(|(name, is_there)| *name == list && *is_there) {
                continue;
            }
            match self.mark(member.as_entry(), &base, &list, Mark::Gone).await {
                Ok(()) => followed.gone.push(uri),
                Err(error) => followed.failed.push((uri, error)),
            }
        }
        followed.gone.sort();
        Ok(followed)
    }

    /// Sets the mark of a list in the entry as it is now.
    async fn mark(
        &self,
        entry: &Entry<'_>,
        base: &Base,
        list: &str,
        mark: Mark,
    ) -> Result<(), Error> {
        let edit = entry.link("edit");
        let base = base.within(entry.common());
        let edit = edit.and_then(|link| base.within(link.common()).resolve(link.href()?));
        let edit = edit.ok_or_else(|| missing(&title(entry), "edit link"))?;
        let found = self.member_to_edit(&edit).await?;
        let guard = found.guard();
        if guard == Guard::Unguarded {
            return Err(Error::Unguarded { uri: edit });
        }
        self.edit_member(&edit, &marked(found.value, list, mark), &guard).await.map(drop)
    }
}

fn title(entry: &Entry<'_>) -> String {
    entry.title().map(|title| title.to_plain().into_owned()).unwrap_or_default()
}

/// The entry with the mark of one list; those of other lists stay.
fn marked(mut entry: Entry<'static>, list: &str, mark: Mark) -> Entry<'static> {
    let is_of_list = |it: &Element<'_>| {
        it.name().is(NAMESPACE, FOLLOWED) && it.attribute("", "list") == Some(list)
    };
    entry.extensions_mut().retain(|it| !is_of_list(it));
    let attribute =
        |local, value: &str| Some(Attribute::new(Name::new("", "", local).ok()?, value.to_owned()));
    let element = || {
        let element = Element::new(Name::new(NAMESPACE, "manager", FOLLOWED).ok()?);
        let element = element.with_attribute(attribute("list", list)?);
        Some(element.with_attribute(attribute("state", mark.state())?))
    };
    entry.extensions_mut().extend(element());
    entry
}

/// A copy of what a list holds, for another server: the title, the summary, the page and the URI.
fn copy(member: &Member<'_>, uri: &str) -> Entry<'static> {
    let entry = member.as_entry();
    let mut copy = match member {
        Member::Reference(_) => BundleReference::new(title(entry), uri.to_owned()).into_entry(),
        _ => ServiceEntry::new(title(entry), uri.to_owned()).into_entry(),
    };
    if let Some(summary) = entry.summary().map(|it| it.to_plain().into_owned()) {
        copy.set_summary(Some(Text::plain(summary)));
    }
    // A relative page is left out: it would lead elsewhere. So is one that is not of the web.
    let page = entry.link("related").and_then(|link| Base::new("").resolve(link.href()?));
    if let Some(page) = page.filter(|it| is_web(it)) {
        copy = copy.with_link(Link::new(page).with_rel("related"));
    }
    copy
}
