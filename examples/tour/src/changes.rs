//! Changing the database while its snapshot is made, served and read.

use snapshot_sync::consume::Method;
use snapshot_sync::generate::{Change, Generator};
use snapshot_sync::server::Publisher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// What was changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Changes {
    pub(crate) replaced: u64,
    pub(crate) added: u64,
    pub(crate) patched: u64,
    pub(crate) deleted: u64,
    /// How many befell entities whose package had been asked for.
    pub(crate) after_served: u64,
}

impl Changes {
    pub(crate) fn total(&self) -> u64 {
        self.replaced + self.added + self.patched + self.deleted
    }
}

/// A thread that makes changes, as many as it is allowed at each time.
#[derive(Debug)]
pub(crate) struct Changer {
    allowed: Arc<AtomicU64>,
    thread: JoinHandle<Result<Changes, snapshot_sync::Error>>,
}

impl Changer {
    /// Begins to make `count` changes to the `entities` of a store.
    pub(crate) fn start(publisher: Arc<Publisher>, entities: u64, count: u64) -> Self {
        let allowed = Arc::new(AtomicU64::new(0));
        let allowance = allowed.clone();
        let thread = std::thread::spawn(move || run(&publisher, entities, count, &allowance));
        Self { allowed, thread }
    }

    /// Lets as many changes be made as this, counted from the beginning.
    pub(crate) fn allow(&self, count: u64) {
        self.allowed.fetch_max(count, Ordering::Relaxed);
    }

    /// Waits until all changes are made.
    pub(crate) fn finish(self) -> anyhow::Result<Changes> {
        self.allow(u64::MAX);
        match self.thread.join() {
            Ok(changes) => Ok(changes?),
            Err(_) => anyhow::bail!("the thread that changes the database panicked"),
        }
    }
}

fn run(
    publisher: &Publisher,
    entities: u64,
    count: u64,
    allowed: &AtomicU64,
) -> Result<Changes, snapshot_sync::Error> {
    let mut generator = Generator::new(2);
    let mut changes = Changes::default();
    let mut fresh = entities;
    while changes.total() < count {
        if changes.total() >= allowed.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        let change = generator.change(entities, fresh);
        let (Change::Put(uri, _) | Change::Patch(uri, _) | Change::Delete(uri)) = &change;
        let adds = *uri == snapshot_sync::generate::uri(fresh);
        let served = publisher.snapshot().is_some_and(|snapshot| snapshot.is_requested(uri));
        let Some(method) = publisher.store().change(&change)? else { continue };
        match method {
            Method::Put if adds => {
                changes.added += 1;
                fresh += 1;
            }
            Method::Put => changes.replaced += 1,
            Method::Patch => changes.patched += 1,
            Method::Delete | Method::Post => changes.deleted += 1,
        }
        changes.after_served += u64::from(served && !adds);
    }
    Ok(changes)
}
