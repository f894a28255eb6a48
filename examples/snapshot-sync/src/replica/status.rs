//! What a replica contains, how far it is behind, and what remains to be done.

use crate::error::Error;
use crate::replica::Replica;
use crate::replica::replicate::Spool;
use chrono::{DateTime, SubsecRound, Utc};
use std::fmt;

/// The status of a replica, by its database alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The number of its entities.
    pub entities: u64,
    /// The progress of the snapshot that is being replicated, if there is one.
    pub snapshot: Option<SnapshotStatus>,
    /// How far the feed is consumed, if there is a complete snapshot.
    pub feed: Option<FeedStatus>,
}

/// The progress of a snapshot that is being replicated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotStatus {
    /// Its id.
    pub id: String,
    /// The number of packages that are stored.
    pub packages: usize,
    /// The number of its packages.
    pub of_packages: usize,
    /// The number of entities that are stored.
    pub entities: u64,
    /// The number of octets that were received of the remaining packages.
    pub octets: u64,
}

/// How far a feed is consumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedStatus {
    /// The second in which the replica's snapshot was started.
    pub snapshot: DateTime<Utc>,
    /// The number of times that it was consumed to its end; 0 during the window.
    pub readings: u64,
    /// The number of events that were consumed since the snapshot.
    pub events: u64,
    /// The id of the last event.
    pub last: Option<String>,
    /// The time of the last event.
    pub last_time: Option<DateTime<Utc>>,
    /// When the feed was last consumed to its end.
    pub to_end: Option<DateTime<Utc>>,
}

impl Status {
    /// Reads the status of a replica.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Io`].
    pub fn of(replica: &Replica) -> Result<Self, Error> {
        let (entities, staged) = replica.counts()?;
        let snapshot = match replica.progress()? {
            Some(progress) => Some(SnapshotStatus {
                id: progress.id().to_owned(),
                packages: progress.completed_count(),
                of_packages: progress.package_count(),
                entities: staged,
                octets: Spool::of(replica.path()).total()?,
            }),
            None => None,
        };
        let consumed = replica.consumed()?;
        let feed = replica.position()?.map(|position| FeedStatus {
            snapshot: position.start,
            readings: position.reading,
            events: consumed.events,
            last: position.last.map(|(id, _)| id),
            last_time: consumed.last,
            to_end: consumed.to_end,
        });
        Ok(Self { entities, snapshot, feed })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entities         {}", self.entities)?;
        if let Some(snapshot) = &self.snapshot {
            let left = snapshot.of_packages - snapshot.packages;
            let SnapshotStatus { id, packages, of_packages, entities, octets } = snapshot;
            write!(f, "\nsnapshot         {id}: {packages} of {of_packages} packages stored")?;
            write!(f, "\n                 {entities} entities, which will replace those above")?;
            write!(f, "\nremaining        {left} packages, {octets} octets of them received")?;
        }
        let Some(feed) = &self.feed else {
            return write!(f, "\nfeed             not begun: no snapshot is complete");
        };
        write!(f, "\nsnapshot         complete, started {}", seconds(feed.snapshot))?;
        write!(f, "\nevents           {} consumed since", feed.events)?;
        match (&feed.last, feed.last_time) {
            (Some(last), Some(time)) => {
                write!(f, "\nlast event       {last}, of {}", seconds(time))?;
            }
            (Some(last), None) => write!(f, "\nlast event       {last}, before the snapshot")?,
            (None, _) => write!(f, "\nlast event       none")?,
        }
        match feed.to_end {
            Some(time) => {
                let lag = (Utc::now() - time).num_seconds();
                let readings = feed.readings;
                write!(
                    f,
                    "\nlag              consumed to its end {lag} s ago, at {}",
                    seconds(time)
                )?;
                write!(f, "\nreadings         {readings}")
            }
            None => {
                write!(f, "\nremaining        the window: the feed since the snapshot was started")
            }
        }
    }
}

fn seconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(0)
}
