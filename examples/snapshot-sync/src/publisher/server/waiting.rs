//! Clients that wait for the next event (`Prefer: wait`, RFC 7240 section 4.3). They take memory, and
//! a connection each, but no thread.

use super::publisher::Publisher;
use crate::error::Error;
use crate::preference::{self, PREFER};
use crate::shutdown::Asked;
use http::HeaderMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

/// How often the database is looked at for events of other processes while a client waits.
const LOOK: Duration = Duration::from_millis(50);

/// The limits on clients that wait for the next event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// The number of clients that wait at the same time: 512. The others are answered at once, as if
    /// they had no such preference. Each has a connection: let it be less than
    /// [`Limits::connections`](crate::publisher::listen::Limits), so that others are served too.
    pub clients: usize,
    /// The longest time for which a client waits: 20 s, which is less than the time in which an
    /// answer must begin ([`Limits::answer_time`](crate::publisher::listen::Limits)).
    pub longest: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self { clients: 512, longest: Duration::from_secs(20) }
    }
}

/// The places for clients that wait.
#[derive(Debug)]
pub(super) struct Waiting {
    limits: Waits,
    free: Arc<Semaphore>,
    /// Whether a task looks for events of other processes.
    is_looking: AtomicBool,
}

/// The place of a client that waits.
#[derive(Debug)]
pub(super) struct Place {
    /// How long it may wait, in whole seconds.
    pub(super) time: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Waiting {
    pub(super) fn new(limits: Waits) -> Self {
        let most = limits.clients.min(Semaphore::MAX_PERMITS);
        let limits = Waits { clients: most, ..limits };
        Self { limits, free: Arc::new(Semaphore::new(most)), is_looking: AtomicBool::new(false) }
    }

    /// A place for a client that prefers to wait, if there is one.
    pub(super) fn place(&self, headers: &HeaderMap) -> Option<Place> {
        let values = headers.get_all(PREFER);
        let asked = preference::wait(values.iter().map(http::HeaderValue::as_bytes))?;
        let time = asked.min(Duration::from_secs(self.limits.longest.as_secs()));
        let permit = self.free.clone().try_acquire_owned().ok()?;
        (!time.is_zero()).then_some(Place { time, _permit: permit })
    }

    /// The number of clients that wait.
    pub(super) fn count(&self) -> usize {
        self.limits.clients - self.free.available_permits()
    }
}

/// A client that waits, from before the state of the feed is read that it is compared with.
pub(super) struct Wait {
    publisher: Arc<Publisher>,
    commits: watch::Receiver<()>,
    until: Instant,
    asked: Option<Asked>,
}

/// Why a client waits no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Events may have been committed.
    Committed,
    /// The time is over.
    Over,
    /// The server stops.
    Stopping,
}

impl Wait {
    pub(super) fn new(publisher: &Arc<Publisher>, place: &Place, asked: Option<Asked>) -> Self {
        let commits = publisher.store.commits();
        if !publisher.waiting.is_looking.swap(true, Ordering::SeqCst) {
            tokio::spawn(look(publisher.clone()));
        }
        Self { publisher: publisher.clone(), commits, until: Instant::now() + place.time, asked }
    }

    pub(super) fn publisher(&self) -> Arc<Publisher> {
        self.publisher.clone()
    }

    /// Waits until there may be something new, or the wait has ended.
    pub(super) async fn next(&mut self) -> Ended {
        let stopping = async {
            match &self.asked {
                Some(asked) => asked.wait().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = stopping => Ended::Stopping,
            changed = self.commits.changed() => match changed {
                Ok(()) => Ended::Committed,
                Err(_) => Ended::Stopping,
            },
            () = sleep_until(self.until) => Ended::Over,
        }
    }
}

/// Looks for commits of other processes as long as a client waits. Those of this process are known at
/// once.
async fn look(publisher: Arc<Publisher>) {
    let mut last = None;
    loop {
        sleep(LOOK).await;
        match publisher.clone().read(|_, connection| version(connection)).await {
            Ok(version) if last.replace(version) == Some(version) => {}
            Ok(_) => publisher.store.note_commit(),
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "the database cannot be looked at");
            }
        }
        let waiting = &publisher.waiting;
        if waiting.count() == 0 {
            waiting.is_looking.store(false, Ordering::SeqCst);
            // A client may have come that saw a task at work.
            if waiting.count() == 0 || waiting.is_looking.swap(true, Ordering::SeqCst) {
                return;
            }
        }
    }
}

/// What SQLite changes whenever another connection has committed.
fn version(connection: &rusqlite::Connection) -> Result<i64, Error> {
    Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
}
