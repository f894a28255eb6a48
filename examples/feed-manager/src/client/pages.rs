//! Reading the pages of a bundle (RFC 5005 section 3).

use super::found::Found;
use super::manager::Manager;
use crate::error::Error;
use atom_fsm::atom::{Base, Entry, Feed};
use atom_fsm::ext::{End, Follow, Walk};
use std::collections::HashSet;

/// How often a collection is read that changes while it is read.
const READINGS: usize = 3;

/// A collection as it was read, and what its first page was.
struct Pages {
    whole: Found<Feed<'static>>,
    /// The entries of the first page, where no entity tag says what state it is in.
    first: Vec<Entry<'static>>,
    number: u64,
}

impl Manager {
    /// Reads a collection with the entries of all its pages: its metadata are those of the first page.
    ///
    /// The pages are not of one moment. An entry that is edited meanwhile goes from a page that is still to be
    /// read to the first one (RFC 5023 section 10), and would be missing. So where there are several pages,
    /// the first one is asked for again at the end; if it has changed, all are read again, at most three times
    /// in all. A feed whose entity tag is of all its pages, such as that of this package's server, is read
    /// whole or not at all. Where the tag is that of the first page alone, nobody sees that an entry was
    /// deleted from a later one: if that server numbers its pages, the entry behind it may be missing.
    ///
    /// # Errors
    /// The errors of the requests and of the answers, and [`Error::Pages`] where a limit is reached, the pages
    /// form a loop, or the list has changed each time: no part is taken for the whole.
    pub async fn all_pages(&self, uri: &str) -> Result<Found<Feed<'static>>, Error> {
        for _ in 0..READINGS {
            let read = self.pages(uri).await?;
            if read.number < 2 || self.is_unchanged(uri, &read).await? {
                return Ok(read.whole);
            }
        }
        let why = "it has changed each time while its pages were read";
        Err(Error::Pages { uri: uri.to_owned(), why })
    }

    /// Whether the first page is still what it was.
    async fn is_unchanged(&self, uri: &str, read: &Pages) -> Result<bool, Error> {
        let before = &read.whole.validators;
        let Some(tag) = before.etag() else {
            return Ok(self.page(uri).await?.value.entries() == read.first);
        };
        Ok(match self.page_if_changed(uri, before).await? {
            None => true,
            // A server that knows no conditions sends the page again.
            Some(page) => page.validators.etag().is_some_and(|it| it.equals_weakly(tag)),
        })
    }

    /// Reads all pages once.
    async fn pages(&self, uri: &str) -> Result<Pages, Error> {
        let limits = *self.limits();
        let cut = |why| Error::Pages { uri: uri.to_owned(), why };
        let walked = atom_fsm::Limits::default().archives(limits.pages());
        let mut walk = Walk::new(uri, Follow::Pages).limits(walked);
        let mut read: Option<Pages> = None;
        let mut ids = HashSet::new();
        while let Some(wanted) = walk.wanted().map(str::to_owned) {
            let mut page = self.page(&wanted).await?;
            walk.found(&page.uri, &page.value)
                .map_err(|_| cut("it has more pages than the limit `pages`"))?;
            let entries = std::mem::take(page.value.entries_mut());
            let base = page.base();
            let pages = read.get_or_insert_with(|| {
                let is_tagged = page.validators.etag().is_some();
                let first = if is_tagged { Vec::new() } else { entries.clone() };
                Pages { whole: page, first, number: 0 }
            });
            pages.number += 1;
            let whole = &mut pages.whole;
            let is_moved = path(&base) != path(&whole.base());
            for entry in entries {
                // An entry that is on two pages, since the feed has changed meanwhile, is kept once.
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
            Some(End::Unresolved | End::Scheme) if read.is_some() => {
                Err(cut("the link to its next page is no http or https URI"))
            }
            _ => read.ok_or_else(|| Error::Uri { uri: uri.to_owned() }),
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
