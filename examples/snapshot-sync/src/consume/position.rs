//! How far a feed was consumed.

use chrono::{DateTime, SubsecRound, Utc};

/// How far a feed was consumed. A replica stores it together with the effect of every event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The second in which the snapshot was started.
    pub start: DateTime<Utc>,
    /// The id of the event that was processed last, and its URI if it has a self link.
    pub last: Option<(String, Option<String>)>,
    /// The number of complete readings of the feed. During the window it is 0.
    pub reading: u64,
    /// The entity tag of the subscription document, if the feed was consumed to its end and no
    /// event has followed.
    pub etag: Option<String>,
}

impl Position {
    /// The position of a replica that has just stored a snapshot.
    ///
    /// Events have whole seconds and snapshots have milliseconds. So the start is cut to its
    /// second: otherwise an event of the same second would be lost.
    #[must_use]
    pub fn after_snapshot(started: DateTime<Utc>) -> Self {
        Self { start: started.trunc_subsecs(0), last: None, reading: 0, etag: None }
    }
}
