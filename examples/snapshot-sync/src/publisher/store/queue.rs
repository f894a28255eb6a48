//! Making changes: each waits for its turn, and those that wait together share a commit.

use super::change::Change;
use super::database::Store;
use super::write::{MOST_WAITING, Outcome};
use crate::error::Error;
use crate::event::Method;
use crate::publisher::condition::Conditions;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// The error of a change that is not made because the thread that writes has ended.
const STOPPED: Error = Error::Stopped("the thread that writes");

impl Store {
    /// Makes a change and its event in one transaction. Returns `None` if there is nothing to
    /// change.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    ///
    /// # Panics
    /// As [`Store::write`].
    pub fn change(&self, change: &Change) -> Result<Option<Method>, Error> {
        Ok(match self.write(change, &Conditions::default())? {
            Outcome::Changed { method, .. } => Some(method),
            Outcome::Absent | Outcome::Refused => None,
        })
    }

    /// Like [`change`](Self::change), under conditions, which are checked in the same transaction.
    ///
    /// It blocks until the transaction is committed.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Patch`], and [`Error::TooLarge`] for a state or an event of
    /// more than [`MOST_ENTITY_OCTETS`](crate::publisher::store::MOST_ENTITY_OCTETS).
    ///
    /// # Panics
    /// On a thread that runs asynchronous tasks: use [`write_async`](Self::write_async) there.
    pub fn write(&self, change: &Change, conditions: &Conditions) -> Result<Outcome, Error> {
        let written = self.queue(change.clone(), conditions.clone(), change.octets(), None);
        written.blocking_recv().unwrap_or(Err(STOPPED))
    }

    /// Like [`write`](Self::write), without blocking.
    ///
    /// It waits while too many octets of changes wait already. If its future is dropped before the
    /// change's turn comes, the change is not made.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub async fn write_async(
        &self,
        change: Change,
        conditions: Conditions,
    ) -> Result<Outcome, Error> {
        let octets = change.octets();
        let needed = u32::try_from(octets.clamp(1, MOST_WAITING)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(needed).await;
        let room = room.map_err(|_| STOPPED)?;
        self.queue(change, conditions, octets, Some(room)).await.unwrap_or(Err(STOPPED))
    }

    fn queue(
        &self,
        change: Change,
        conditions: Conditions,
        octets: usize,
        room: Option<OwnedSemaphorePermit>,
    ) -> oneshot::Receiver<Result<Outcome, Error>> {
        let feed = self.feed.clone();
        self.commits.change(octets, move |transaction, time| {
            // The room is given back with the change, whoever still waits for it.
            let _kept = &room;
            feed.write(transaction, &change, &conditions, time)
        })
    }
}
