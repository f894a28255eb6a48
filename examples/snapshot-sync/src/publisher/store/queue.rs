//! Making changes: each waits for its turn, and those that wait together share a commit.

use super::change::Change;
use super::database::Store;
use super::write::Outcome;
use crate::error::Error;
use crate::event::Method;
use crate::publisher::condition::Conditions;
use tokio::sync::oneshot;

/// The error of a change that is not made because the thread that writes has ended.
const STOPPED: Error = Error::Stopped("the thread that writes");

impl Store {
    /// Makes a change and its event in one transaction. Returns `None` if there is nothing to
    /// change.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub fn change(&self, change: &Change) -> Result<Option<Method>, Error> {
        Ok(match self.write(change, &Conditions::default())? {
            Outcome::Changed { method, .. } => Some(method),
            Outcome::Absent | Outcome::Refused => None,
        })
    }

    /// Like [`change`](Self::change), under conditions, which are checked in the same transaction.
    ///
    /// It blocks until the transaction is committed: do not call it on an async thread.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Patch`], and [`Error::TooLarge`] for a state or an event of
    /// more than [`MOST_ENTITY_OCTETS`](crate::publisher::store::MOST_ENTITY_OCTETS).
    pub fn write(&self, change: &Change, conditions: &Conditions) -> Result<Outcome, Error> {
        let written = self.queue(change.clone(), conditions.clone()).blocking_recv();
        written.unwrap_or(Err(STOPPED))
    }

    /// Like [`write`](Self::write), without blocking. The change is made even if nobody waits for
    /// its outcome.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub async fn write_async(
        &self,
        change: Change,
        conditions: Conditions,
    ) -> Result<Outcome, Error> {
        self.queue(change, conditions).await.unwrap_or(Err(STOPPED))
    }

    fn queue(
        &self,
        change: Change,
        conditions: Conditions,
    ) -> oneshot::Receiver<Result<Outcome, Error>> {
        let feed = self.feed.clone();
        self.commits
            .change(move |transaction, time| feed.write(transaction, &change, &conditions, time))
    }
}
