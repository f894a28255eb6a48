//! Storing packages one after the other, together with the progress.

use super::package::Whole;
use super::read::Item;
use super::report::Happening;
use super::spool::Spool;
use crate::error::Error;
use crate::replica::Replica;
use snapshot_index::Progress;
use tokio::sync::mpsc;
use tracing::warn;

/// The number of entities in one transaction, unless one package has more.
const TRANSACTION: u64 = 10_000;

/// What a run has stored.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    pub(super) entities: u64,
    pub(super) octets: u64,
}

/// Stores packages, on a thread of its own.
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

    /// Stores the received packages, and the progress in the same transactions. After an error, the
    /// packages before it stay stored.
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
            // A transaction is committed before the thread waits.
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

    /// Stores a complete package, or nothing of it.
    fn apply(&mut self, whole: &mut Whole) -> Result<u64, Error> {
        self.replica.begin_package()?;
        let count = self.stage(whole)?;
        self.progress.mark_done(whole.number)?;
        self.replica.set_progress(&self.progress)?;
        self.replica.keep_package()?;
        Ok(count)
    }

    /// Abandons a package that could not be stored, and commits the ones before it. If this fails
    /// too, the caller still returns the first error.
    fn leave(&mut self, whole: &Whole, error: &Error, uncommitted: &mut Vec<usize>) {
        let mut left = self.replica.drop_package().and_then(|()| self.commit(uncommitted));
        if error.is_of_package() {
            // The digest was right, so the server would send the same octets again.
            left = left.and(self.spool.remove(whole.number));
        }
        if let Err(error) = left {
            warn!(
                error = &error as &dyn std::error::Error,
                "packages that were stored may be lost"
            );
        }
    }

    fn stage(&mut self, whole: &mut Whole) -> Result<u64, Error> {
        let mut count = 0;
        loop {
            match whole.items.blocking_recv().transpose()? {
                Some(Item::Entities(batch)) => {
                    if let Some(twice) = self.replica.stage(batch.iter())? {
                        let (uri, entity) = (whole.uri.clone(), twice.to_owned());
                        return Err(Error::Twice { uri, entity });
                    }
                    count += batch.len() as u64;
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
