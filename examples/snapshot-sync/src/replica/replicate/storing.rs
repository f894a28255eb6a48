//! Storing packages, one after the other, and with them which ones are done.

use super::Happening;
use super::package::Whole;
use super::read::{Entity, Item};
use super::spool::Spool;
use crate::error::Error;
use crate::replica::Replica;
use snapshot_index::Progress;
use tokio::sync::mpsc;
use tracing::warn;

/// How many entities are stored in one transaction, unless one package has more.
const TRANSACTION: u64 = 10_000;

/// What a run has stored.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    pub(super) entities: u64,
    pub(super) octets: u64,
}

/// What stores packages, on a thread of its own.
#[derive(Debug)]
pub(super) struct Storing {
    replica: Replica,
    progress: Progress,
    spool: Spool,
    stored: Stored,
}

impl Storing {
    pub(super) fn new(replica: Replica, progress: Progress, spool: Spool) -> Self {
        Self { replica, progress, spool, stored: Stored::default() }
    }

    /// Stores what is received, and in the same transactions which packages are done; after an
    /// error, what was stored before it lasts.
    pub(super) fn run<F: FnMut(Happening)>(
        mut self,
        mut received: mpsc::Receiver<Whole>,
        mut on: F,
    ) -> (Replica, F, Result<Stored, Error>) {
        let result = self.store(&mut received, &mut on);
        let closed = self.replica.roll_back();
        (self.replica, on, result.and(closed).map(|()| self.stored))
    }

    fn store(
        &mut self,
        received: &mut mpsc::Receiver<Whole>,
        on: &mut impl FnMut(Happening),
    ) -> Result<(), Error> {
        let mut uncommitted = Vec::new();
        let mut entities = 0;
        self.replica.begin()?;
        loop {
            // What is stored is committed before anything is waited for.
            let next = match received.try_recv() {
                Ok(next) if entities < TRANSACTION => Some(next),
                Ok(next) => {
                    self.commit(&mut uncommitted)?;
                    entities = 0;
                    Some(next)
                }
                Err(_) => {
                    self.commit(&mut uncommitted)?;
                    entities = 0;
                    received.blocking_recv()
                }
            };
            let Some(mut whole) = next else { return self.replica.commit() };
            let count = match self.apply(&mut whole) {
                Ok(count) => count,
                Err(error) => {
                    self.leave(&whole, &error, &mut uncommitted);
                    return Err(error);
                }
            };
            uncommitted.push(whole.number);
            entities += count;
            self.stored.entities += count;
            self.stored.octets += whole.received;
            on(Happening::Entities(count));
        }
    }

    /// Stores a package whole, or nothing of it.
    fn apply(&mut self, whole: &mut Whole) -> Result<u64, Error> {
        self.replica.begin_package()?;
        let count = self.stage(whole)?;
        self.progress.mark_done(whole.number)?;
        let progress = serde_json::to_string(&self.progress).map_err(Error::Progress)?;
        self.replica.set_progress(&progress)?;
        self.replica.keep_package()?;
        Ok(count)
    }

    /// Leaves a package that could not be stored; what was stored before it lasts. Where this
    /// fails as well, what failed first is what the caller tells.
    fn leave(&mut self, whole: &Whole, error: &Error, uncommitted: &mut Vec<usize>) {
        let mut left = self.replica.drop_package().and_then(|()| self.commit(uncommitted));
        if error.is_of_package() {
            // It is what its digest says: the same would come again.
            left = left.and(self.spool.remove(whole.number));
        }
        if let Err(error) = left {
            warn!(error = &error as &dyn std::error::Error, "what was stored may be lost");
        }
    }

    fn stage(&mut self, whole: &mut Whole) -> Result<u64, Error> {
        let mut count = 0;
        loop {
            match whole.items.blocking_recv().transpose()? {
                Some(Item::Entities(entities)) => {
                    let parts = entities.iter().map(Entity::as_stored);
                    if let Some(twice) = self.replica.stage(parts)? {
                        let (uri, entity) = (whole.uri.clone(), twice.to_owned());
                        return Err(Error::Twice { uri, entity });
                    }
                    count += entities.len() as u64;
                }
                Some(Item::End) => return Ok(count),
                None => return Err(Error::Stopped("the package's reader")),
            }
        }
    }

    fn commit(&mut self, uncommitted: &mut Vec<usize>) -> Result<(), Error> {
        self.replica.commit()?;
        for number in uncommitted.drain(..) {
            self.spool.remove(number)?;
        }
        self.replica.begin()
    }
}
