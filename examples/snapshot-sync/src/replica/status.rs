//! What a replica contains, how far it is behind, and what remains to be done.

use crate::error::Error;
use crate::replica::Replica;
use crate::replica::replicate::Spool;
use change_feed::{Aside, Doubt, DoubtReason, Stop, Store};
use chrono::{DateTime, SubsecRound, Utc};
use std::fmt;

/// The number of entities that are set aside and listed.
const LISTED: u64 = 20;

/// The status of a replica, by its database alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The number of its entities.
    pub entities: u64,
    /// The progress of the snapshot that is being replicated, if there is one.
    pub snapshot: Option<SnapshotStatus>,
    /// How far the feed is consumed, if there is a complete snapshot.
    pub feed: Option<FeedStatus>,
    /// What is set aside.
    pub aside: AsideStatus,
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
    /// The attempts since then that could not go on, if the last one could not.
    pub doubt: Option<Doubt>,
    /// Why the replica has stopped, if it has.
    pub stopped: Option<Stop>,
}

/// The entities that are set aside: their states are old, or they are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideStatus {
    /// Their number.
    pub count: u64,
    /// The first of them: those that are tried again first.
    pub first: Vec<(String, Aside)>,
}

impl Status {
    /// Reads the status of a replica.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::File`].
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
            snapshot: position.start(),
            readings: position.reading(),
            events: consumed.events,
            last: position.last().map(|last| last.id().to_owned()),
            last_time: consumed.last,
            to_end: consumed.to_end,
            doubt: position.doubt().cloned(),
            stopped: position.stopped(),
        });
        let (count, first) = (replica.aside_count()?, replica.set_aside_entities(LISTED)?);
        Ok(Self { entities, snapshot, feed, aside: AsideStatus { count, first } })
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entities         {}", self.entities)?;
        if let Some(snapshot) = &self.snapshot {
            write!(f, "\n{snapshot}")?;
        }
        match &self.feed {
            Some(feed) => write!(f, "\n{feed}")?,
            None => write!(f, "\nfeed             not begun: no snapshot is complete")?,
        }
        write!(f, "{}", self.aside)
    }
}

impl fmt::Display for SnapshotStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.of_packages - self.packages;
        let Self { id, packages, of_packages, entities, octets } = self;
        writeln!(f, "snapshot         {id}: {packages} of {of_packages} packages stored")?;
        writeln!(f, "                 {entities} entities, which will replace those above")?;
        write!(f, "remaining        {left} packages, {octets} octets of them received")
    }
}

impl fmt::Display for FeedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "snapshot         complete, started {}", seconds(self.snapshot))?;
        writeln!(f, "events           {} consumed since", self.events)?;
        match (&self.last, self.last_time) {
            (Some(last), Some(time)) => {
                writeln!(f, "last event       {last}, of {}", seconds(time))?;
            }
            (Some(last), None) => writeln!(f, "last event       {last}, before the snapshot")?,
            (None, _) => writeln!(f, "last event       none")?,
        }
        match self.to_end {
            Some(time) => {
                let (ago, at) = ((Utc::now() - time).num_seconds(), seconds(time));
                writeln!(f, "lag              consumed to its end {ago} s ago, at {at}")?;
                write!(f, "readings         {}", self.readings)?;
            }
            None => {
                write!(f, "remaining        the window: the feed since the snapshot was started")?;
            }
        }
        if let Some(doubt) = &self.doubt {
            let what = match doubt.reason() {
                DoubtReason::OlderDocument => "the feed is older than what was consumed",
                DoubtReason::NoDocument => "the feed was not found",
                _ => "the feed does not contain the last event",
            };
            let (attempts, since) = (doubt.attempts(), seconds(doubt.since()));
            let next = seconds(doubt.next());
            write!(f, "\nwaiting          {what}: {attempts} attempts since {since}, next {next}")?;
        }
        match self.stopped {
            Some(stop) => write!(f, "\nstopped          {stop}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for AsideStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return Ok(());
        }
        write!(f, "\nincomplete       {} entities are set aside, and tried again", self.count)?;
        for (uri, aside) in &self.first {
            let (attempts, next) = (aside.attempts(), seconds(aside.next()));
            write!(f, "\n  {uri}: {}; {attempts} attempts, next {next}", aside.reason())?;
        }
        Ok(())
    }
}

fn seconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(0)
}
