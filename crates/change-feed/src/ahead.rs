//! The events behind states that are younger than the feed as it was read.

use crate::timeline::{EventId, pieces};
use serde::{Deserialize, Serialize};

/// The number of runs of which events are kept. A publisher is started once in a while; only a
/// hostile one makes more runs than that in the time of one reading.
const MOST_RUNS: usize = 16;

/// Events that made states which a replica has stored, as far as the feed has not reported them yet:
/// the youngest one of each run. The replica is on the publisher's timeline only if they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ahead(Vec<EventId>);

impl Ahead {
    /// Adds the event that an entity tag names. Other entity tags say nothing, nor does number 0,
    /// which is that of a state without an event.
    pub(crate) fn add(&mut self, etag: &str) {
        let tag = etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"');
        let id = tag.parse::<EventId>().ok().filter(|id| id.number() > 0);
        if let Some(id) = id {
            self.add_id(id);
        }
    }

    fn add_id(&mut self, id: EventId) {
        match self.0.iter_mut().find(|kept| kept.run() == id.run()) {
            Some(kept) if kept.number() < id.number() => *kept = id,
            Some(_) => {}
            None => {
                self.0.push(id);
                self.0.truncate(MOST_RUNS);
            }
        }
    }

    /// Moves the events of another one to this one.
    pub(crate) fn append(&mut self, other: &mut Self) {
        other.0.drain(..).for_each(|id| self.add_id(id));
    }

    /// Removes the events up to one that the feed has reported.
    pub(crate) fn pass(&mut self, id: &str) {
        if self.0.is_empty() {
            return;
        }
        if let Some((_, number, _)) = pieces(id) {
            self.0.retain(|kept| kept.number() > number);
        }
    }

    /// Whether a state contains the event of this id, as far as the numbers say.
    pub(crate) fn reaches(&self, id: &str) -> bool {
        pieces(id).is_some_and(|(_, number, _)| self.0.iter().any(|kept| kept.number() >= number))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &EventId> {
        self.0.iter()
    }
}
