//! A store whose entities are copies of what another database has: they change as that one does, and
//! by no request.
//!
//! The store keeps its position in that database's log of changes, in the transaction that makes the
//! events. So each change counts once, however often the process is killed.

use super::change::Change;
use super::database::Store;
use super::event_id::EventId;
use super::identity::FeedIdentity;
use super::media_type::MediaType;
use super::read::{Version, entity};
use super::write::replace;
use super::writer::Writer;
use crate::error::Error;
use crate::publisher::condition::Conditions;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

const CREATE: &str = "
    CREATE TABLE IF NOT EXISTS source (
        number INTEGER NOT NULL, mark INTEGER NOT NULL, shape TEXT NOT NULL, whole INTEGER NOT NULL
    );
    INSERT INTO source (number, mark, shape, whole) SELECT 0, 0, '', 0 WHERE NOT EXISTS (SELECT 1 FROM source);";

/// When all rows were last compared, in milliseconds since the Unix epoch by the system's clock. A table of
/// an earlier build has no such column.
const ADD_COMPARED: &str = "ALTER TABLE source ADD COLUMN compared INTEGER NOT NULL DEFAULT 0";

/// The octets of states at which a transaction takes no further one: 16 MiB.
const MOST_OCTETS: usize = 16 << 20;

/// Where a copy stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standpoint {
    /// The number of the last change in the other database's log that the copy contains.
    pub(crate) number: i64,
    /// The random number that the log has with it. Another one is of another history: of a
    /// database that was restored from a backup.
    pub(crate) mark: i64,
    /// What of the other database decides the copies' content, beside the rows.
    pub(crate) shape: String,
    /// Whether all rows were compared since the log was last known to have everything.
    pub(crate) is_whole: bool,
}

/// A transaction that changes copies, and makes their events.
#[derive(Debug)]
pub(crate) struct Copying<'a> {
    transaction: Transaction<'a>,
    feed: &'a FeedIdentity,
    time: i64,
    /// Whether nobody can have seen the copies, so that they need no events.
    is_unseen: bool,
    changed: u64,
    octets: usize,
}

impl Store {
    /// Whether its entities are copies of what another database has.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn is_copy(&self) -> Result<bool, Error> {
        let select = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'source')";
        Ok(self.writer().connection.query_row(select, [], |row| row.get(0))?)
    }

    /// Adds what a store of copies of an earlier build lacks.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) fn complete_copy(&self) -> Result<(), Error> {
        completed(&self.writer().connection)
    }

    /// When all rows were last compared, in milliseconds since the Unix epoch by the system's clock; 0 if
    /// they were not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) fn compared(&self) -> Result<i64, Error> {
        Ok(self
            .writer()
            .connection
            .query_row("SELECT compared FROM source", [], |row| row.get(0))?)
    }

    /// Stores when all rows were compared.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) fn set_compared(&self, time: i64) -> Result<(), Error> {
        self.writer().connection.execute("UPDATE source SET compared = ?1", [time])?;
        Ok(())
    }

    /// Makes it a store of copies that were not made yet.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) fn begin_copy(&self) -> Result<(), Error> {
        let mut writer = self.writer();
        let transaction = writer.connection.transaction()?;
        transaction.execute_batch(CREATE)?;
        completed(&transaction)?;
        transaction.execute("UPDATE source SET whole = 0", [])?;
        Ok(transaction.commit()?)
    }

    /// Changes copies in one transaction.
    ///
    /// # Errors
    /// [`Error::Database`], and those of `make`; then nothing is changed.
    pub(crate) fn copy<T>(
        &self,
        make: impl FnOnce(&mut Copying<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut writer = self.writer();
        let Writer { connection, clock } = &mut *writer;
        let time = clock.now();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let unseen = "SELECT last = 0 FROM clock";
        let is_unseen = transaction.query_row(unseen, [], |row| row.get(0))?;
        let mut copying =
            Copying { transaction, feed: self.feed(), time, is_unseen, changed: 0, octets: 0 };
        let made = make(&mut copying)?;
        let events = copying.events();
        copying.transaction.commit()?;
        if events > 0 {
            self.note_commit();
        }
        Ok(made)
    }
}

fn completed(connection: &Connection) -> Result<(), Error> {
    let exists = "SELECT 1 FROM pragma_table_info('source') WHERE name = 'compared'";
    if !connection.prepare(exists)?.exists([])? {
        connection.execute_batch(ADD_COMPARED)?;
    }
    Ok(())
}

impl Copying<'_> {
    /// Where the copy stands.
    pub(crate) fn standpoint(&self) -> Result<Standpoint, Error> {
        let select = "SELECT number, mark, shape, whole FROM source";
        Ok(self.transaction.prepare_cached(select)?.query_row([], |row| {
            let (number, mark) = (row.get(0)?, row.get(1)?);
            Ok(Standpoint { number, mark, shape: row.get(2)?, is_whole: row.get(3)? })
        })?)
    }

    /// Stores where the copy stands after this transaction.
    pub(crate) fn stand(&self, at: &Standpoint) -> Result<(), Error> {
        let update = "UPDATE source SET number = ?1, mark = ?2, shape = ?3, whole = ?4";
        let row = params![at.number, at.mark, at.shape, at.is_whole];
        self.transaction.prepare_cached(update)?.execute(row)?;
        Ok(())
    }

    /// Gives an entity this state. There is no event if it has that state already.
    pub(crate) fn put(
        &mut self,
        uri: &str,
        media_type: &MediaType,
        body: &[u8],
    ) -> Result<(), Error> {
        let before = entity(&self.transaction, uri)?;
        let is_same = before
            .is_some_and(|before| before.media_type == media_type.as_str() && before.body == body);
        if is_same {
            return Ok(());
        }
        self.changed += 1;
        self.octets += body.len();
        if self.is_unseen {
            let version = Version { number: 1, time: self.time };
            let tag = EventId::draw(self.feed.run, 0).entity_tag();
            return replace(&self.transaction, uri, version, &tag, media_type.as_str(), body);
        }
        let change = Change::Put(uri.to_owned(), media_type.clone(), body.to_owned());
        self.make(&change)
    }

    /// Removes an entity. There is no event if it does not exist.
    pub(crate) fn remove(&mut self, uri: &str) -> Result<(), Error> {
        let exists = "SELECT 1 FROM entity WHERE uri = ?1";
        if !self.transaction.prepare_cached(exists)?.exists([uri])? {
            return Ok(());
        }
        self.changed += 1;
        if self.is_unseen {
            let delete = "DELETE FROM entity WHERE uri = ?1";
            self.transaction.prepare_cached(delete)?.execute([uri])?;
            return Ok(());
        }
        self.make(&Change::Delete(uri.to_owned()))
    }

    fn make(&self, change: &Change) -> Result<(), Error> {
        self.feed.write(&self.transaction, change, &Conditions::default(), self.time).map(drop)
    }

    /// The URI of the first entity behind another one.
    pub(crate) fn uri_after(&self, uri: &str) -> Result<Option<String>, Error> {
        let select = "SELECT uri FROM entity WHERE uri > ?1 ORDER BY uri LIMIT 1";
        Ok(self
            .transaction
            .prepare_cached(select)?
            .query_row([uri], |row| row.get(0))
            .optional()?)
    }

    /// Whether the transaction has as much to store as one should.
    pub(crate) fn is_full(&self) -> bool {
        self.octets >= MOST_OCTETS
    }

    /// How many events this transaction has made.
    pub(crate) fn events(&self) -> u64 {
        if self.is_unseen { 0 } else { self.changed }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn those_who_wait_for_a_commit_learn_of_one_that_makes_events() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("x.sqlite"), 50).unwrap();
        store.begin_copy().unwrap();
        let put = |body: &str| {
            let mut commits = store.commits();
            commits.mark_unchanged();
            store.copy(|it| it.put("t/1", &MediaType::JSON, body.as_bytes())).unwrap();
            commits.has_changed().unwrap()
        };
        assert!(!put("1"), "nobody can have seen it");
        store.freeze().unwrap();
        assert!(put("2"));
        assert!(!put("2"), "there is no event");
    }
}
