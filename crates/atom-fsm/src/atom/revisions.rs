//! Entries of one feed that have the same id (RFC 4287 section 4.1.1).

use super::date;
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
