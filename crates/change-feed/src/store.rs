//! What a consumer asks the caller to keep for single entities.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a consumer keeps for single entities. A replica stores it in the database of its entities,
/// in the same transactions: a table of fetched entities, and one of entities that are set aside. Both
/// are emptied when a snapshot replaces the replica.
///
/// [`MemoryStore`](crate::MemoryStore) keeps it in memory.
pub trait Store {
    /// The error of the store.
    type Error;

    /// Returns the media type of the stored state of an entity, if there is one.
    ///
    /// # Errors
    /// Those of the store.
    fn media_type(&self, target: &str) -> Result<Option<String>, Self::Error>;

    /// Returns whether an entity is in the set of fetched entities.
    ///
    /// # Errors
    /// Those of the store.
    fn is_fetched(&self, target: &str) -> Result<bool, Self::Error>;

    /// Adds an entity to the set of fetched entities, with the number of the reading of the feed in
    /// which that happened, or replaces its number by a later one.
    ///
    /// # Errors
    /// Those of the store.
    fn add_fetched(&mut self, target: &str, reading: u64) -> Result<(), Self::Error>;

    /// Removes all entities from the set of fetched entities whose reading is before this one.
    ///
    /// # Errors
    /// Those of the store.
    fn remove_fetched_before(&mut self, reading: u64) -> Result<(), Self::Error>;

    /// Returns what is kept of an entity that is set aside; none if it is not set aside.
    ///
    /// # Errors
    /// Those of the store.
    fn aside(&self, target: &str) -> Result<Option<Aside>, Self::Error>;

    /// Sets an entity aside, or replaces what is kept of it.
    ///
    /// # Errors
    /// Those of the store.
    fn set_aside(&mut self, target: &str, aside: &Aside) -> Result<(), Self::Error>;

    /// Removes an entity from those that are set aside, if it is one.
    ///
    /// # Errors
    /// Those of the store.
    fn remove_aside(&mut self, target: &str) -> Result<(), Self::Error>;

    /// Returns an entity that is set aside and whose [`Aside::next`] is not after `now`, or is after
    /// `latest`, if there is one. If there are several, it returns the one whose time is the earliest.
    ///
    /// A time after `latest` comes from a clock that was ahead.
    ///
    /// # Errors
    /// Those of the store.
    fn due(&self, now: DateTime<Utc>, latest: DateTime<Utc>)
    -> Result<Option<String>, Self::Error>;

    /// Returns the number of entities that are set aside.
    ///
    /// # Errors
    /// Those of the store.
    fn aside_count(&self) -> Result<u64, Self::Error>;
}

/// What is kept of an entity that is set aside.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Aside {
    pub(crate) reason: AsideReason,
    pub(crate) since: DateTime<Utc>,
    pub(crate) attempts: u32,
    pub(crate) next: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<String>,
}

/// Why an entity is set aside.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AsideReason {
    /// The answer does not exist (404 or 410), and the feed has not reported a DELETE yet.
    Missing,
    /// The answer has a status that gives no state.
    Status(u16),
    /// The answer has another media type than the entity.
    MediaType(String),
    /// The answer has no digest. That counts only if this publisher has never sent one and the replica
    /// has a state of the entity, whose media type is compared.
    NoDigest,
    /// The answer does not match its digest.
    Digest,
    /// The answer is older than the event for which it was requested, as from a cache.
    Stale,
    /// The request failed.
    Failed,
}

impl Aside {
    /// Makes it from the reason, when the first request failed, the number of attempts since then,
    /// and when the next one is due. A store reads it with this function.
    #[must_use]
    pub fn new(
        reason: AsideReason,
        since: DateTime<Utc>,
        attempts: u32,
        next: DateTime<Utc>,
    ) -> Self {
        Self { reason, since, attempts, next, event: None }
    }

    /// Sets the id of the entity's last event, as [`Aside::event`] gave it.
    #[must_use]
    pub fn with_event(mut self, event: Option<String>) -> Self {
        self.event = event;
        self
    }

    /// The reason of the last failure.
    #[must_use]
    pub fn reason(&self) -> &AsideReason {
        &self.reason
    }

    /// When the first request failed.
    #[must_use]
    pub fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// The number of attempts since then.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// When the next attempt is due.
    #[must_use]
    pub fn next(&self) -> DateTime<Utc> {
        self.next
    }

    /// The id of the entity's last event that was processed. An answer with an older state does not
    /// count. A store that does not keep it loses this protection from caches.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.event.as_deref()
    }
}

impl std::fmt::Display for AsideReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("it was not found, and the feed has no DELETE for it"),
            Self::Status(status) => write!(f, "it was answered with {status}"),
            Self::MediaType(found) => {
                write!(f, "it was answered with {found:?}, which is not its media type")
            }
            Self::NoDigest => f.write_str("it was answered without a digest"),
            Self::Digest => f.write_str("the answer did not match its digest"),
            Self::Stale => f.write_str("it was answered with a state older than its last event"),
            Self::Failed => f.write_str("the request failed"),
        }
    }
}
