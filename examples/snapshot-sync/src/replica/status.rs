//! What a replica has, how far behind it is, and what is left to do.

use crate::error::Error;
use crate::replica::Replica;
use crate::replica::replicate::Spool;
use chrono::{DateTime, SubsecRound, Utc};
use snapshot_index::Progress;
use std::fmt;

/// What a replica has and lacks, by its database alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How many entities it has.
    pub entities: u64,
    /// How far the snapshot is that is being replicated, if one is.
    pub snapshot: Option<SnapshotStatus>,
    /// How far the feed is consumed, where a snapshot was replicated whole.
    pub feed: Option<FeedStatus>,
}

/// How far a snapshot is that is being replicated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotStatus {
    /// Its id.
    pub id: String,
    /// How many packages are stored.
    pub packages: usize,
    /// How many packages it has.
    pub of_packages: usize,
    /// How many entities are stored.
    pub entities: u64,
    /// How many octets of the packages that are left are at hand.
    pub octets: u64,
}

/// How far a feed is consumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedStatus {
    /// The second in which the snapshot was started that it is consumed on top of.
    pub snapshot: DateTime<Utc>,
    /// How many times it was consumed to its end; none as long as the window lasts.
    pub readings: u64,
    /// How many events were consumed since the snapshot.
    pub events: u64,
    /// The event last consumed.
    pub last: Option<String>,
    /// When that happened.
    pub last_time: Option<DateTime<Utc>>,
    /// When the feed was last consumed to its end.
    pub to_end: Option<DateTime<Utc>>,
}

impl Status {
    /// That of a replica.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Io`].
    pub fn of(replica: &Replica) -> Result<Self, Error> {
        let (entities, staged) = replica.counts()?;
        let progress = replica.progress()?;
        let progress = progress.and_then(|saved| serde_json::from_str::<Progress>(&saved).ok());
        let snapshot = match progress {
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
            write!(f, "\n                 {entities} entities, to take the place of those above")?;
            write!(f, "\nleft             {left} packages, of which {octets} octets are at hand")?;
        }
        let Some(feed) = &self.feed else {
            return write!(f, "\nfeed             not begun: no snapshot is whole");
        };
        write!(f, "\nsnapshot         whole, started {}", seconds(feed.snapshot))?;
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
            None => write!(f, "\nleft             the window: the feed since the snapshot began"),
        }
    }
}

fn seconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(0)
}
