//! A store in memory.

use crate::store::{Aside, Store};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::convert::Infallible;

/// A [`Store`] in memory, for replicas whose entities are in memory too, and for tests.
///
/// The caller tells it the media type of every state that it stores.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryStore {
    media_types: HashMap<String, String>,
    fetched: HashMap<String, u64>,
    aside: HashMap<String, Aside>,
}

impl MemoryStore {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records the media type of the state of an entity; none if the entity was removed.
    pub fn set_media_type(&mut self, target: &str, media_type: Option<&str>) {
        match media_type {
            Some(media_type) => {
                self.media_types.insert(target.to_owned(), media_type.to_owned());
            }
            None => {
                self.media_types.remove(target);
            }
        }
    }

    /// The entities that are set aside, in no order.
    pub fn set_aside_entities(&self) -> impl Iterator<Item = (&str, &Aside)> {
        self.aside.iter().map(|(target, aside)| (target.as_str(), aside))
    }

    /// The number of fetched entities.
    #[must_use]
    pub fn fetched_count(&self) -> usize {
        self.fetched.len()
    }
}

impl Store for MemoryStore {
    type Error = Infallible;

    fn media_type(&self, target: &str) -> Result<Option<String>, Infallible> {
        Ok(self.media_types.get(target).cloned())
    }

    fn is_fetched(&self, target: &str) -> Result<bool, Infallible> {
        Ok(self.fetched.contains_key(target))
    }

    fn add_fetched(&mut self, target: &str, reading: u64) -> Result<(), Infallible> {
        self.fetched.insert(target.to_owned(), reading);
        Ok(())
    }

    fn remove_fetched_before(&mut self, reading: u64) -> Result<(), Infallible> {
        self.fetched.retain(|_, last| *last >= reading);
        Ok(())
    }

    fn aside(&self, target: &str) -> Result<Option<Aside>, Infallible> {
        Ok(self.aside.get(target).cloned())
    }

    fn set_aside(&mut self, target: &str, aside: &Aside) -> Result<(), Infallible> {
        self.aside.insert(target.to_owned(), aside.clone());
        Ok(())
    }

    fn remove_aside(&mut self, target: &str) -> Result<(), Infallible> {
        self.aside.remove(target);
        Ok(())
    }

    fn due(&self, now: DateTime<Utc>, latest: DateTime<Utc>) -> Result<Option<String>, Infallible> {
        let is_due = |aside: &Aside| aside.next <= now || aside.next > latest;
        let due = self.aside.iter().filter(|(_, aside)| is_due(aside));
        Ok(due
            .min_by_key(|(target, aside)| (aside.next, *target))
            .map(|(target, _)| target.clone()))
    }

    fn aside_count(&self) -> Result<u64, Infallible> {
        Ok(self.aside.len() as u64)
    }
}
