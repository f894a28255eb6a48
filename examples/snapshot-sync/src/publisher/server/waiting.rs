//! Clients that wait for the next event (`Prefer: wait`, RFC 7240 section 4.3). They take memory, and
//! a connection each, but no thread.

use super::places::Place;
use super::publisher::Publisher;
use crate::error::Error;
use crate::shutdown::Asked;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

/// How often the database is looked at for events of other processes while a client waits.
const LOOK: Duration = Duration::from_millis(50);

/// A client that waits, from before the state of the feed is read that it is compared with.
pub(super) struct Wait {
    publisher: Arc<Publisher>,
    commits: watch::Receiver<()>,
    until: Instant,
    /// Before this time it is not answered for an event.
    gathered: Instant,
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
        let now = Instant::now();
        let (until, gathered) = (now + place.time, now + place.gather);
        Self { publisher: publisher.clone(), commits, until, gathered, asked }
    }

    pub(super) fn publisher(&self) -> Arc<Publisher> {
        self.publisher.clone()
    }

    /// Waits until there may be something new and events were gathered, or the wait has ended.
    pub(super) async fn next(&mut self) -> Ended {
        let ended = tokio::select! {
            biased;
            () = stopping(self.asked.as_ref()) => Ended::Stopping,
            changed = self.commits.changed() => match changed {
                Ok(()) => Ended::Committed,
                Err(_) => Ended::Stopping,
            },
            () = sleep_until(self.until) => Ended::Over,
        };
        match ended {
            Ended::Committed => self.gather().await,
            ended => ended,
        }
    }

    /// Waits while events are gathered, but for no longer than the client waits. That is over at once
    /// if it has waited for so long before the first event.
    pub(super) async fn gather(&mut self) -> Ended {
        let until = self.gathered.min(self.until);
        tokio::select! {
            biased;
            () = stopping(self.asked.as_ref()) => Ended::Stopping,
            () = sleep_until(until) => {
                // What was committed meanwhile is read now.
                self.commits.mark_unchanged();
                Ended::Committed
            }
        }
    }
}

async fn stopping(asked: Option<&Asked>) {
    match asked {
        Some(asked) => asked.wait().await,
        None => std::future::pending().await,
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
