//! Reading the pages of a bundle (RFC 5005 section 3).

use super::found::Found;
use super::manager::Manager;
use crate::error::Error;
use atom_fsm::atom::{Base, Entry, Feed};
use atom_fsm::ext::{End, Follow, Walk};
use std::collections::HashSet;

impl Manager {
    /// Reads a collection with the entries of all its pages: its metadata are those of the first page.
    /// An entry that is on two pages, since the feed changed meanwhile, is kept once.
    ///
    /// # Errors
    /// The errors of the requests and of the answers, and [`Error::Pages`] where a limit is reached or
    /// the pages form a loop: no part is taken for the whole.
    pub async fn all_pages(&self, uri: &str) -> Result<Found<Feed<'static>>, Error> {
        let limits = *self.limits();
        let cut = |why| Error::Pages { uri: uri.to_owned(), why };
        let walked = atom_fsm::Limits::default().archives(limits.pages());
        let mut walk = Walk::new(uri, Follow::Pages).limits(walked);
        let mut first: Option<Found<Feed<'static>>> = None;
        let mut ids = HashSet::new();
        while let Some(wanted) = walk.wanted().map(str::to_owned) {
            let mut page = self.page(&wanted).await?;
            walk.found(&page.uri, &page.value)
                .map_err(|_| cut("it has more pages than the limit `pages`"))?;
            let entries = std::mem::take(page.value.entries_mut());
            let base = page.base();
            let whole = first.get_or_insert(page);
            let same = whole.base();
            let is_moved = path(&base) != path(&same);
            for entry in entries {
                if !entry.id().is_none_or(|id| ids.insert(id.to_owned())) {
                    continue;
                }
                if whole.value.entries().len() >= limits.entries() {
                    return Err(cut("it has more entries than the limit `entries`"));
                }
                let entry = if is_moved { within(&base, entry) } else { entry };
                whole.value.entries_mut().push(entry);
            }
        }
        match walk.end() {
            Some(End::Loop) => Err(cut("its pages form a loop")),
            Some(End::Unresolved | End::Scheme) if first.is_some() => {
                Err(cut("the link to its next page is no http or https URI"))
            }
            _ => first.ok_or_else(|| Error::Uri { uri: uri.to_owned() }),
        }
    }
}

/// What references resolve against, without the query, in which pages differ.
fn path(base: &Base) -> Option<String> {
    let uri = base.resolve("")?;
    Some(uri.split(['?', '#']).next().unwrap_or_default().to_owned())
}

/// An entry with the base of the page that it was on, so that its references lead where they did.
fn within(base: &Base, entry: Entry<'static>) -> Entry<'static> {
    match base.within(entry.common()).resolve("") {
        Some(uri) => {
            let common = entry.common().clone().with_base(uri);
            entry.with_common(common)
        }
        None => entry,
    }
}
