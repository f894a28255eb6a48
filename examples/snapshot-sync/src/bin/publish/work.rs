//! The work beside serving: snapshots, their removal, and generated changes.

use crate::arguments::Arguments;
use crate::prepare::write;
use crate::told::told;
use chrono::Utc;
use snapshot_sync::publisher::attached::Follower;
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::server::Publisher;
use snapshot_sync::publisher::store::{Retention, Store};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// The most documents of the feed that are removed at a time.
const MOST_REMOVED: u64 = 100;

/// How far the database's clock may be ahead of the system's without a warning.
const AHEAD: Duration = Duration::from_secs(60);

/// How long work that cannot be interrupted is waited for at the end.
pub(crate) const STOP: Duration = Duration::from_secs(1);

/// Writes new snapshots and removes old ones and old events when they are due, and warns once of a clock that is
/// wrong.
pub(crate) async fn tend(arguments: &Arguments, publisher: Arc<Publisher>) {
    let keep = Duration::from_secs(arguments.keep.into());
    let every = arguments.snapshot_every.map(|seconds| Duration::from_secs(seconds.into()));
    // The snapshot may be one of an earlier run.
    let mut due = every.map(|every| Instant::now() + every.saturating_sub(age(&publisher)));
    let mut is_warned = false;
    loop {
        is_warned = is_warned || warned_of_clock(publisher.store());
        tokio::time::sleep(Duration::from_secs(1)).await;
        if due.is_some_and(|due| Instant::now() >= due) {
            due = every.map(|every| Instant::now() + every);
            let (arguments, publisher) = (arguments.clone(), publisher.clone());
            let write = move || write(&arguments, publisher.store(), publisher.shelf()).map(drop);
            attempt("a snapshot cannot be written", write).await;
        }
        let shelf = publisher.clone();
        let expire = move || Ok(shelf.shelf().expire(keep, Instant::now())?);
        attempt("an old snapshot cannot be removed", expire).await;
        if let Some(keep) = arguments.keep_events {
            let publisher = publisher.clone();
            attempt("old events cannot be removed", move || prune(&publisher, keep)).await;
        }
    }
}

/// How long ago the published snapshot was started.
fn age(publisher: &Publisher) -> Duration {
    let started = publisher.shelf().current().map(|it| it.document().started());
    let age = started.and_then(|started| (Utc::now() - started).to_std().ok());
    age.unwrap_or_default()
}

/// Removes old events.
fn prune(publisher: &Publisher, keep: Duration) -> anyhow::Result<()> {
    let Some(oldest) = publisher.shelf().oldest() else { return Ok(()) };
    let removed = publisher.store().prune(&Retention { keep, oldest }, MOST_REMOVED)?;
    if removed > 0 {
        info!(documents = removed, "old events are removed");
    }
    Ok(())
}

/// Warns if the database's clock is far ahead of the system's; returns whether it is.
fn warned_of_clock(store: &Store) -> bool {
    let ahead = store.ahead();
    if ahead > AHEAD {
        warn!(
            seconds = ahead.as_secs(),
            "the database's clock is ahead of the system's: events have its time, and it goes on at half speed, \
             until the system's clock has caught up; if the system's clock is wrong, set it"
        );
    }
    ahead > AHEAD
}

/// Does blocking work off the async threads. A failure is logged and does not end the program: the
/// existing snapshots are still served, and the work is tried again, at the earliest after a
/// second.
async fn attempt(failed: &str, work: impl FnOnce() -> anyhow::Result<()> + Send + 'static) {
    let done = tokio::task::spawn_blocking(work).await;
    if let Err(error) = done.map_err(anyhow::Error::from).flatten() {
        warn!("{failed}: {}", told(&error));
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Publishes what changes in an attached table, until it can be published no more.
pub(crate) async fn follow(follower: Option<Follower>) -> anyhow::Result<()> {
    match follower {
        Some(follower) => Ok(tokio::task::spawn_blocking(move || follower.run()).await??),
        None => std::future::pending().await,
    }
}

/// Makes generated changes until the process ends, if the options ask for them.
pub(crate) async fn change(arguments: &Arguments, store: Arc<Store>) {
    let (Some(count), Some(pace)) = (arguments.generate, arguments.changes_per_second) else {
        return;
    };
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / pace);
    // A new seed: a later run must not repeat the changes of an earlier one.
    let seed = store.now().unsigned_abs();
    let mut generator = Generator::new(seed).below(&store.feed().entities);
    let mut fresh = count;
    loop {
        ticks.tick().await;
        let change = generator.change(count, fresh);
        fresh += 1;
        let store = store.clone();
        let change = move || Ok(store.change(&change).map(drop)?);
        attempt("a change cannot be made", change).await;
    }
}
