//! Keeping a copy: a snapshot when one is needed, and then the feed, again and again.

use crate::error::Error;
use crate::replica::Replica;
use crate::replica::discover::{Feed, discover};
use crate::replica::fetch::Fetcher;
use crate::replica::follow::Follower;
use crate::replica::phase::Phase;
use crate::replica::replicate::{self, Admission, Happening};
use change_feed::{Limits, Patience, Refused, Stop, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tracing::{debug, info, warn};

/// How a copy is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether to stop when the feed is consumed to its end.
    pub once: bool,
    /// The time between two requests for the feed.
    pub poll: Duration,
    /// The longest time that the publisher is asked to wait for the next event. If it waits, the feed is
    /// requested again at once, and the time between two requests does not count. It is at most half
    /// of [`fetch::Options::stall`](crate::replica::fetch::Options).
    pub wait: Duration,
    /// The number of packages that are fetched at the same time. While the feed is replayed, twice as
    /// many entities are fetched at the same time.
    pub parallel: usize,
    /// How long the consuming rules wait before they conclude something.
    pub patience: Patience,
    /// The limits of the consuming rules.
    pub limits: Limits,
    /// Whether the copy may be replaced by a snapshot of another timeline or another feed.
    pub replace_other_timeline: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            once: false,
            poll: Duration::from_secs(5),
            wait: Duration::from_secs(30),
            parallel: 4,
            patience: Patience::default(),
            limits: Limits::default(),
            replace_other_timeline: false,
        }
    }
}

/// What a copy is when the feed is consumed to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It contains what the publisher had.
    Complete,
    /// This number of entities is set aside: their states are old, or they are missing.
    Incomplete(u64),
}

/// Keeps a copy of what a publisher serves.
///
/// It blocks on the network and the database, so it must not be used on an async thread.
#[derive(Debug)]
pub struct Replicator {
    runtime: Handle,
    fetcher: Fetcher,
    from: String,
    database: PathBuf,
    options: Options,
}

impl Replicator {
    /// A replicator from a start URI into a database.
    #[must_use]
    pub fn new(
        runtime: Handle,
        fetcher: Fetcher,
        from: impl Into<String>,
        database: impl Into<PathBuf>,
        options: Options,
    ) -> Self {
        Self { runtime, fetcher, from: from.into(), database: database.into(), options }
    }

    /// Opens the database, and locks it: nobody else has it open, and it is one of a replica.
    ///
    /// # Errors
    /// Those of [`Replica::lock`] and [`Replica::open`].
    pub fn open(&self) -> Result<Opened, Error> {
        let lock = Replica::lock(&self.database)?;
        Ok(Opened { replica: Replica::open(&self.database)?, _lock: lock })
    }

    /// Opens the database, and keeps the copy.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and [`keep`](Self::keep).
    pub fn run(&self, on: impl Fn(Happening) + Clone + Send + 'static) -> Result<Outcome, Error> {
        self.keep(self.open()?, on)
    }

    /// Keeps the copy: with [`Options::once`] until the feed is consumed to its end, else for ever.
    ///
    /// After a failure that may pass it begins again. With [`Options::once`] it waits at most twice
    /// the time of [`Patience::over`].
    ///
    /// # Errors
    /// A failure that does not pass by itself.
    pub fn keep(
        &self,
        opened: Opened,
        on: impl Fn(Happening) + Clone + Send + 'static,
    ) -> Result<Outcome, Error> {
        let Opened { mut replica, _lock } = opened;
        let begun = Instant::now();
        // The operator's order is for now. A publisher whose timelines change again and again must not
        // have the replica take one snapshot after the other.
        let mut replacing = Admission::AnyTimeline;
        loop {
            let again;
            (replica, again) = match self.read(replica, &mut replacing, &on) {
                Ok(Ended { replica, until: None }) => {
                    return Ok(match replica.aside_count()? {
                        0 => Outcome::Complete,
                        count => Outcome::Incomplete(count),
                    });
                }
                Ok(Ended { replica, until: Some(until) }) => match self.may_wait(begun, until) {
                    true => (replica, until),
                    false => return Ok(Outcome::Incomplete(replica.aside_count()?)),
                },
                Err(error) => {
                    let until = self.next(&error).filter(|until| self.may_wait(begun, *until));
                    let Some(until) = until else { return Err(error) };
                    warn!(error = &error as &dyn std::error::Error, %until, "trying again");
                    (Replica::open(&self.database)?, until)
                }
            };
            std::thread::sleep((again - Utc::now()).to_std().unwrap_or_default());
        }
    }
}

/// The database of a copy that is kept, which nobody else keeps meanwhile.
#[derive(Debug)]
pub struct Opened {
    replica: Replica,
    _lock: File,
}

/// A reading that has reached the feed's end.
struct Ended {
    replica: Replica,
    /// When the next entity that is set aside is tried again, if one is.
    until: Option<DateTime<Utc>>,
}

impl Replicator {
    /// Replicates a snapshot if one is needed, and consumes the feed to its end.
    fn read(
        &self,
        mut replica: Replica,
        replacing: &mut Admission,
        on: &(impl Fn(Happening) + Clone + Send + 'static),
    ) -> Result<Ended, Error> {
        loop {
            if replica.position()?.is_none() {
                replica = self.snapshot(replica, Admission::ByTheRules, on)?;
            }
            let start = self.runtime.block_on(discover(&self.fetcher, &self.from))?;
            let admission = match self.follow(&mut replica, &start.feed) {
                Ok(()) => {
                    let next = replica.set_aside_entities(1)?;
                    let until = next.first().map(|(_, aside)| aside.next());
                    return Ok(Ended { replica, until });
                }
                Err(Error::Stop { stop: Stop::HistoryCut, uri }) => {
                    warn!(uri, "{}: a snapshot is replicated again", Stop::HistoryCut);
                    Admission::ByTheRules
                }
                Err(Error::Stop { stop: stop @ (Stop::OtherTimeline | Stop::OtherFeed), uri })
                    if self.options.replace_other_timeline =>
                {
                    warn!(uri, "{stop}: the copy is replaced");
                    std::mem::replace(replacing, Admission::AnyTimelineWhenDue)
                }
                Err(error) => return Err(error),
            };
            replica = self.snapshot(replica, admission, on)?;
        }
    }

    fn snapshot(
        &self,
        replica: Replica,
        admission: Admission,
        on: &(impl Fn(Happening) + Clone + Send + 'static),
    ) -> Result<Replica, Error> {
        let options = replicate::Options {
            parallel: self.options.parallel,
            patience: self.options.patience,
            admission,
            ..replicate::Options::default()
        };
        let snapshot =
            replicate::snapshot(&self.fetcher, replica, &self.from, &options, on.clone());
        let (replica, report) = self.runtime.block_on(snapshot)?;
        info!(
            id = report.id,
            packages = report.packages,
            packages_before = report.packages_before,
            entities = report.entities,
            octets = report.octets,
            "the snapshot is complete"
        );
        Ok(replica)
    }

    /// Consumes the feed to its end: once with [`Options::once`], else again and again.
    fn follow(&self, replica: &mut Replica, feed: &Feed) -> Result<(), Error> {
        let is_replay = replica.position()?.is_some_and(|position| position.reading() == 0);
        let mut phase = if is_replay { Phase::Replay } else { Phase::Follow };
        let mut follower = Follower::new(&self.runtime, &self.fetcher, replica, feed)
            .parallel(2 * self.options.parallel)
            .patience(self.options.patience)
            .limits(self.options.limits);
        // The first reading finds out what there is.
        let (mut wait, mut is_first) = (Duration::ZERO, true);
        loop {
            let mut events = 0_u64;
            match is_first {
                true => info!(%phase),
                false => debug!(%phase),
            }
            let has_waited = follower.read_next(wait, || events += 1)?;
            // The metrics and the status say it of the later ones.
            match std::mem::replace(&mut is_first, false) {
                true => info!(events, "the feed is consumed to its end"),
                false => debug!(events, "the feed is consumed to its end"),
            }
            phase = Phase::Follow;
            if self.options.once {
                return Ok(());
            }
            // Whether the publisher waits is seen when it was asked to.
            let was_asked = std::mem::replace(&mut wait, self.options.wait);
            if !has_waited && was_asked == wait {
                std::thread::sleep(self.options.poll);
            }
        }
    }

    /// When to begin again after a failure; none if that would not help.
    fn next(&self, error: &Error) -> Option<DateTime<Utc>> {
        let after = |delay| {
            let delay = TimeDelta::from_std(delay).unwrap_or(self.options.patience.longest);
            Utc::now() + delay.min(self.options.patience.longest)
        };
        match error {
            Error::Wait { until, .. } => Some(*until),
            Error::Refused { refused: Refused::TooSoon { until, .. }, .. } => Some(*until),
            Error::Refused { refused: Refused::Older { .. }, .. }
            | Error::Stop { stop: Stop::Outage | Stop::TooManyDocuments, .. } => {
                Some(after(self.options.poll))
            }
            Error::Refused { .. } | Error::Stop { .. } => None,
            Error::Foreign { .. } | Error::InUse { .. } | Error::NotHttp { .. } => None,
            Error::Later { after: asked, .. } => Some(after((*asked).max(self.options.poll))),
            // The fetcher has tried again already.
            _ if self.options.once => None,
            _ => Some(after(self.options.poll)),
        }
    }

    /// Whether there is time to wait until then.
    fn may_wait(&self, begun: Instant, until: DateTime<Utc>) -> bool {
        let most = 2 * self.options.patience.over.to_std().unwrap_or_default();
        let wait = (until - Utc::now()).to_std().unwrap_or_default();
        !self.options.once || begun.elapsed() + wait <= most
    }
}
