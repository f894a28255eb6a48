//! Changes the database while its snapshot is written, served and read.

use anyhow::Context;
use snapshot_sync::event::Method;
use snapshot_sync::publisher::condition::Conditions;
use snapshot_sync::publisher::generate::{Generator, uri};
use snapshot_sync::publisher::server::Publisher;
use snapshot_sync::publisher::store::Outcome;
use std::ops::AddAssign;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How many writers change the database at once. Each of them waits for the disk at every change.
const WRITERS: u64 = 32;

/// How many changes were made, by kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Changes {
    pub(crate) replaced: u64,
    pub(crate) added: u64,
    pub(crate) patched: u64,
    pub(crate) extended: u64,
    pub(crate) deleted: u64,
    /// How many of them changed an entity whose package had been requested.
    pub(crate) after_served: u64,
}

impl Changes {
    pub(crate) fn total(&self) -> u64 {
        self.replaced + self.added + self.patched + self.extended + self.deleted
    }
}

impl AddAssign for Changes {
    fn add_assign(&mut self, other: Self) {
        self.replaced += other.replaced;
        self.added += other.added;
        self.patched += other.patched;
        self.extended += other.extended;
        self.deleted += other.deleted;
        self.after_served += other.after_served;
    }
}

/// How many changes may be made, counted from the beginning.
#[derive(Debug, Clone)]
pub(crate) struct Allowance(watch::Sender<u64>);

impl Allowance {
    /// Allows this many changes, or as many as were allowed before if those are more.
    pub(crate) fn raise(&self, count: u64) {
        self.0.send_if_modified(|allowed| {
            let is_more = count > *allowed;
            *allowed = count.max(*allowed);
            is_more
        });
    }
}

/// Writers that make changes, as many as they are allowed at each time.
#[derive(Debug)]
pub(crate) struct Changer {
    allowance: Allowance,
    writers: Vec<JoinHandle<anyhow::Result<Changes>>>,
}

impl Changer {
    /// Starts writers that make `count` changes of a publisher's `entities`, as far as it is allowed.
    ///
    /// Each writer has entities of its own and makes up its own changes: the same ones in every run,
    /// however the writers overtake each other.
    pub(crate) fn start(
        runtime: &Handle,
        publisher: &Arc<Publisher>,
        entities: u64,
        count: u64,
    ) -> Self {
        let (sender, allowed) = watch::channel(0);
        let of = entities.min(WRITERS);
        let writers = (0..of).map(|number| {
            let (publisher, allowed) = (publisher.clone(), allowed.clone());
            let writer = Writer { number, of, entities, count, publisher, allowed };
            runtime.spawn(writer.run())
        });
        Self { writers: writers.collect(), allowance: Allowance(sender) }
    }

    /// Returns what allows the writers to continue.
    pub(crate) fn allowance(&self) -> Allowance {
        self.allowance.clone()
    }

    /// Waits until all changes are made.
    pub(crate) async fn finish(self) -> anyhow::Result<Changes> {
        self.allowance.raise(u64::MAX);
        let mut changes = Changes::default();
        for writer in self.writers {
            changes += writer.await.context("a task that changes the database panicked")??;
        }
        Ok(changes)
    }
}

/// One of several writers.
#[derive(Debug)]
struct Writer {
    number: u64,
    of: u64,
    entities: u64,
    count: u64,
    publisher: Arc<Publisher>,
    allowed: watch::Receiver<u64>,
}

impl Writer {
    /// This writer's share of a number of things, which all writers together have.
    fn share(&self, all: u64) -> u64 {
        (all + self.of - 1 - self.number) / self.of
    }

    async fn run(self) -> anyhow::Result<Changes> {
        let first = |number| self.entities * number / self.of;
        let own = first(self.number)..first(self.number + 1);
        let mut fresh = self.entities + self.number;
        let mut generator = Generator::new(2 + self.number);
        let mut changes = Changes::default();
        while changes.total() < self.share(self.count) {
            self.wait(changes.total()).await?;
            let change = generator.change_within(own.clone(), fresh);
            let target = change.uri().to_owned();
            let adds = target == uri(fresh);
            let current = self.publisher.shelf().current();
            let served = current.is_some_and(|snapshot| snapshot.is_requested(&target));
            let written = self.publisher.store().write_async(change, Conditions::default()).await?;
            let Outcome::Changed { method, .. } = written else { continue };
            match method {
                Method::Put if adds => {
                    changes.added += 1;
                    fresh += self.of;
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

    /// Waits until this writer may make another change after those that it has made.
    async fn wait(&self, made: u64) -> anyhow::Result<()> {
        let mut allowed = self.allowed.clone();
        allowed.wait_for(|allowed| self.share(self.count.min(*allowed)) > made).await?;
        Ok(())
    }
}
