//! Removing old events, and the versions that they replaced. The room that they had in the file is
//! used again.

use super::database::Store;
use super::writer::Writer;
use crate::error::Error;
use chrono::{DateTime, SubsecRound, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::time::Duration;

/// Which events are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events that are younger than this are kept.
    pub keep: Duration,
    /// When the oldest snapshot was started that replicas may still begin with. What such a replica
    /// needs of the feed is kept.
    pub oldest: DateTime<Utc>,
}

/// A document of the feed that may be removed.
struct Removable {
    number: u64,
    /// The number of the first event that is behind it.
    next: u64,
}

impl Store {
    /// Removes the oldest archive documents, at most so many, with the versions that their events
    /// replaced; returns their number. Requests for them are answered with 410 from then on.
    ///
    /// A document is removed if all of its events are older than what is kept, and the document after it
    /// begins before the oldest snapshot: a replica that begins there needs one event from before, to
    /// know that none is missing. Each document is removed in a transaction of its own, so that changes
    /// need not wait for long.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Stopped`] if the store is asked to stop.
    pub fn prune(&self, retention: &Retention, most: u64) -> Result<u64, Error> {
        for removed in 0..most {
            self.goes_on()?;
            let mut writer = self.writer();
            let Writer { connection, clock } = &mut *writer;
            let keep = i64::try_from(retention.keep.as_millis()).unwrap_or(i64::MAX);
            let horizon = clock.now().saturating_sub(keep);
            let Some(document) = removable(connection, horizon, retention.oldest)? else {
                return Ok(removed);
            };
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            remove(&transaction, &document)?;
            transaction.commit()?;
        }
        Ok(most)
    }
}

/// The oldest document, if it may be removed. The times of events never decrease.
fn removable(
    connection: &Connection,
    horizon: i64,
    oldest: DateTime<Utc>,
) -> Result<Option<Removable>, Error> {
    // A replica compares whole seconds: those are what Last-Modified has.
    let oldest = oldest.trunc_subsecs(0).timestamp_millis();
    let mut select = connection.prepare_cached(
        "SELECT page.number, next.first FROM page JOIN page AS next ON next.number = page.number + 1
         WHERE page.number = (SELECT min(number) FROM page)
         AND (SELECT time FROM event WHERE number < next.first ORDER BY number DESC LIMIT 1) < ?1
         AND (SELECT time FROM event WHERE number >= next.first ORDER BY number LIMIT 1) < ?2",
    )?;
    let found = select.query_row(params![horizon, oldest], |row| {
        Ok(Removable { number: row.get(0)?, next: row.get(1)? })
    });
    Ok(found.optional()?)
}

/// Removes a document, its events, and the versions that its events replaced.
fn remove(transaction: &Transaction<'_>, document: &Removable) -> Result<(), Error> {
    {
        let mut select =
            transaction.prepare_cached("SELECT uri, time, method FROM event WHERE number < ?1")?;
        let mut replaced = transaction
            .prepare_cached("DELETE FROM earlier WHERE uri = ?1 AND time < ?2 + (?3 = 'DELETE')")?;
        let mut rows = select.query([document.next])?;
        while let Some(row) = rows.next()? {
            let (uri, time, method): (String, i64, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            replaced.execute(params![uri, time, method])?;
        }
    }
    transaction.execute("DELETE FROM event WHERE number < ?1", [document.next])?;
    transaction.execute("DELETE FROM page WHERE number <= ?1", [document.number])?;
    Ok(())
}
