//! Entries of one feed that have the same id (RFC 4287 section 4.1.1).

use super::date;
use super::entry::Entry as FeedEntry;
use chrono::{DateTime, FixedOffset};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// The ids of the entries that were seen, with their updated dates.
#[derive(Debug, Default)]
pub(super) struct Revisions<'k> {
    /// Each id, with the date of its first entry.
    first: HashMap<Cow<'k, str>, Cow<'k, str>>,
    /// The dates of each id that has several entries.
    several: HashSet<(Cow<'k, str>, Moment<'k>)>,
}

/// The same for a feed of which one entry is in memory at a time: as many are compared as
/// [`Limits::revision_octets`](crate::Limits#structfield.revision_octets) allows.
#[derive(Debug, Default)]
pub(crate) struct SomeRevisions {
    seen: Revisions<'static>,
    octets: u64,
}

impl SomeRevisions {
    /// Whether one of the entries that were [added](Self::add) has the same id and updated date.
    pub(crate) fn contain(&self, entry: &FeedEntry<'_>) -> bool {
        entry.revision().is_some_and(|(id, updated)| self.seen.contain(id, updated))
    }

    /// Adds an entry, unless `most` octets are exceeded.
    pub(crate) fn add(&mut self, entry: &FeedEntry<'_>, most: u64) {
        let Some((id, updated)) = entry.revision() else { return };
        let octets = self.octets.saturating_add((id.len() + updated.len()) as u64);
        if octets <= most {
            self.octets = octets;
            let owned = |text: &str| Cow::Owned(text.to_owned());
            self.seen.is_repeated(owned(id), owned(updated));
        }
    }
}

/// Dates that name the same moment are the same.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Moment<'k> {
    Known(DateTime<FixedOffset>),
    Text(Cow<'k, str>),
}

impl<'k> Moment<'k> {
    fn of(text: Cow<'k, str>) -> Self {
        date::parse(&text).map_or(Self::Text(text), Self::Known)
    }
}

impl<'k> Revisions<'k> {
    /// Whether an entry with the same id and updated date was added.
    fn contain(&self, id: &str, updated: &str) -> bool {
        let Some(first) = self.first.get(id) else { return false };
        let moment = Moment::of(Cow::Borrowed(updated));
        let is_same = |text: &str| Moment::of(Cow::Borrowed(text)) == moment;
        is_same(first) || self.several.contains(&(Cow::Borrowed(id), moment))
    }

    /// Adds an entry, and returns whether one with the same id and updated date was there before.
    pub(super) fn is_repeated(&mut self, id: Cow<'k, str>, updated: Cow<'k, str>) -> bool {
        match self.first.entry(id) {
            Entry::Vacant(place) => {
                place.insert(updated);
                false
            }
            Entry::Occupied(place) => {
                let id = place.key().clone();
                self.several.insert((id.clone(), Moment::of(place.get().clone())));
                !self.several.insert((id, Moment::of(updated)))
            }
        }
    }
}
