//! Changing the database while its snapshot is made, served and read.

use snapshot_sync::event::Method;
use snapshot_sync::publisher::generate::{Generator, uri};
use snapshot_sync::publisher::server::Publisher;
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
    pub(crate) extended: u64,
    pub(crate) deleted: u64,
    /// How many befell entities whose package had been asked for.
    pub(crate) after_served: u64,
}

impl Changes {
    pub(crate) fn total(&self) -> u64 {
        self.replaced + self.added + self.patched + self.extended + self.deleted
    }
}

/// How many changes may be made, counted from the beginning.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowance(Arc<AtomicU64>);

impl Allowance {
    /// Lets as many be made as this, or as were allowed before.
    pub(crate) fn raise(&self, count: u64) {
        self.0.fetch_max(count, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A thread that makes changes, as many as it is allowed at each time.
#[derive(Debug)]
pub(crate) struct Changer {
    allowance: Allowance,
    thread: JoinHandle<Result<Changes, snapshot_sync::Error>>,
}

impl Changer {
    /// Will make `count` changes to a publisher's `entities`, as far as it is allowed.
    pub(crate) fn start(publisher: Arc<Publisher>, entities: u64, count: u64) -> Self {
        let allowance = Allowance::default();
        let allowed = allowance.clone();
        let thread = std::thread::spawn(move || run(&publisher, entities, count, &allowed));
        Self { allowance, thread }
    }

    /// What allows it to go on.
    pub(crate) fn allowance(&self) -> Allowance {
        self.allowance.clone()
    }

    /// Waits until all changes are made.
    pub(crate) fn finish(self) -> anyhow::Result<Changes> {
        self.allowance.raise(u64::MAX);
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
    allowance: &Allowance,
) -> Result<Changes, snapshot_sync::Error> {
    let mut generator = Generator::new(2);
    let mut changes = Changes::default();
    let mut fresh = entities;
    while changes.total() < count {
        if changes.total() >= allowance.get() {
            std::thread::sleep(Duration::from_millis(1));
            continue;
        }
        let change = generator.change(entities, fresh);
        let target = change.uri();
        let adds = target == uri(fresh);
        let current = publisher.shelf().current();
        let served = current.is_some_and(|snapshot| snapshot.is_requested(target));
        let Some(method) = publisher.store().change(&change)? else { continue };
        match method {
            Method::Put if adds => {
                changes.added += 1;
                fresh += 1;
            }
            Method::Put => changes.replaced += 1,
            Method::Patch => changes.patched += 1,
            Method::Post => changes.extended += 1,
            Method::Delete => changes.deleted += 1,
        }
        changes.after_served += u64::from(served && !adds);
    }
    Ok(changes)
}
