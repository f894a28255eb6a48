//! Which snapshot may replace a replica.

use crate::patience::Patience;
use crate::position::Position;
use crate::timeline::Timeline;
use chrono::{DateTime, SubsecRound, Utc};

/// What an index says about its snapshot.
///
/// ```
/// use change_feed::{Patience, Position, Refused, Snapshot};
/// use chrono::DateTime;
///
/// let at = |second| DateTime::from_timestamp(second, 0).unwrap();
/// let replica = Snapshot::new(at(1000)).position(at(1010));
/// let older = Snapshot::new(at(900));
/// let now = at(9000);
/// let refused = older.admit(&replica, &Patience::default(), now).unwrap_err();
/// assert!(matches!(refused, Refused::Older { .. }));
/// assert!(Snapshot::new(at(8000)).admit(&replica, &Patience::default(), now).is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    started: DateTime<Utc>,
    completed: Option<DateTime<Utc>>,
    timeline: Option<Timeline>,
}

/// Why a snapshot may not replace a replica.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The snapshot was started before what the replica has consumed.
    #[error("the snapshot was started at {started}, and the replica has the feed up to {position}")]
    Older {
        /// When the snapshot was started.
        started: DateTime<Utc>,
        /// Up to where the replica has the feed.
        position: DateTime<Utc>,
    },
    /// The snapshot's runs do not cover the event that the replica processed last, as after a restore
    /// of the publisher from a backup.
    #[error("the snapshot is of another timeline than the replica")]
    OtherTimeline,
    /// The snapshot is of another feed.
    #[error("the snapshot is of another feed than the replica")]
    OtherFeed,
    /// The replica took a whole snapshot a short time ago.
    #[error("the replica took a snapshot at {replicated}: the next one is due at {until}")]
    TooSoon {
        /// When it did.
        replicated: DateTime<Utc>,
        /// When it may take another one.
        until: DateTime<Utc>,
    },
}

impl Snapshot {
    /// Makes it from the member `started` of the index.
    #[must_use]
    pub fn new(started: DateTime<Utc>) -> Self {
        Self { started, completed: None, timeline: None }
    }

    /// Sets the time at which the snapshot was completed.
    #[must_use]
    pub fn with_completed(mut self, completed: Option<DateTime<Utc>>) -> Self {
        self.completed = completed;
        self
    }

    /// Sets the timeline that the index tells, or else the one that its publisher tells.
    #[must_use]
    pub fn with_timeline(mut self, timeline: Option<Timeline>) -> Self {
        self.timeline = timeline;
        self
    }

    /// When the snapshot was started.
    #[must_use]
    pub fn started(&self) -> DateTime<Utc> {
        self.started
    }

    /// Says whether this snapshot may replace a replica that has this position.
    ///
    /// It may if it is of the same feed and timeline, was not started before what the replica has
    /// consumed, and the replica has not taken another whole snapshot within
    /// [`Patience::snapshots`]. Where no timeline is told, the times alone decide.
    ///
    /// # Errors
    /// Why it may not.
    pub fn admit(
        &self,
        position: &Position,
        patience: &Patience,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let timeline = self.timeline.as_ref();
        // A publisher that has told its timeline goes on telling it.
        let told = timeline.map(Timeline::feed);
        if position.feed().is_some() && position.feed() != told {
            return Err(Refused::OtherFeed);
        }
        // An older snapshot lists fewer runs, so that its age is looked at first.
        if self.started < position.time() {
            return Err(Refused::Older { started: self.started, position: position.time() });
        }
        if timeline.is_some_and(|told| !position.is_covered_by(told)) {
            return Err(Refused::OtherTimeline);
        }
        self.is_due(position, patience, now)
    }

    /// Says whether enough time has passed since the replica's last whole snapshot, whatever the
    /// timelines and times of the snapshots are.
    ///
    /// # Errors
    /// [`Refused::TooSoon`].
    pub fn is_due(
        &self,
        position: &Position,
        patience: &Patience,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let Some(replicated) = position.replicated() else { return Ok(()) };
        let until =
            replicated.checked_add_signed(patience.snapshots).unwrap_or(DateTime::<Utc>::MAX_UTC);
        // A clock that was ahead when the snapshot was taken must not delay the next one for ever.
        match replicated <= now && now < until {
            true => Err(Refused::TooSoon { replicated, until }),
            false => Ok(()),
        }
    }

    /// Makes the position of a replica that has just stored this snapshot, at this time by its own
    /// clock.
    #[must_use]
    pub fn position(&self, now: DateTime<Utc>) -> Position {
        let mut position = Position::after_snapshot(self.started);
        position.feed = self.timeline.as_ref().map(|timeline| timeline.feed().to_owned());
        if let Some(last) = self.timeline.as_ref().and_then(Timeline::last) {
            position.contains_state(&last.to_string());
        }
        position.completed = self.completed;
        // An answer that the publisher sent before is an old one.
        position.seen = self.completed.or(Some(self.started));
        // A timeline from before this moment may lack runs that the snapshot's states are of.
        position.seen = Some(self.completed.unwrap_or(self.started).trunc_subsecs(0));
        position.replicated = Some(now);
        position
    }
}
