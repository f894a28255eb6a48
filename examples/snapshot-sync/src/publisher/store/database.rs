//! Opening the database. One connection writes, and every reader opens a connection of its own.

use super::identity::FeedIdentity;
use super::pages;
use super::write::{MOST_WAITING, Outcome};
use super::writer::{GroupCommit, Writer};
use crate::error::Error;
use crate::publisher::clock::Clock;
use chrono::Utc;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard};
use tokio::sync::Semaphore;

/// In WAL mode only FULL writes a transaction to the disk when it is committed, so that a loss of
/// power does not undo what a client has seen.
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
    CREATE TABLE IF NOT EXISTS entity (
        uri TEXT PRIMARY KEY, version INTEGER NOT NULL, time INTEGER NOT NULL, etag TEXT NOT NULL,
        body BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS earlier (
        uri TEXT NOT NULL, version INTEGER NOT NULL, time INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (uri, version)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS event (
        number INTEGER PRIMARY KEY, time INTEGER NOT NULL, method TEXT NOT NULL, uri TEXT NOT NULL,
        etag TEXT, body BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS clock (last INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS feed (
        id TEXT NOT NULL, secret BLOB NOT NULL, page_events INTEGER NOT NULL
    );
";

/// The publisher's database.
///
/// One connection writes; every reader opens a connection of its own. A new state and its event are
/// committed in one transaction, so that the order of events is the order of commits. Changes that
/// wait at the same time share a transaction.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    pub(super) commits: GroupCommit<Outcome>,
    pub(super) feed: Arc<FeedIdentity>,
    /// The room for changes that wait, in octets.
    pub(super) room: Arc<Semaphore>,
}

impl Store {
    /// Opens a database, or creates one whose feed has at most `page_events` events in a document.
    /// An existing database keeps the number with which it was created.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn open(path: &Path, page_events: u64) -> Result<Self, Error> {
        Self::with_wall(path, page_events, || Utc::now().timestamp_millis())
    }

    /// Like [`open`](Self::open), with a wall clock of the caller.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn with_wall(path: &Path, page_events: u64, wall: fn() -> i64) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute_batch(pages::SCHEMA)?;
        let last =
            connection.query_row("SELECT last FROM clock", [], |row| row.get(0)).optional()?;
        if last.is_none() {
            let (id, secret) =
                (format!("{:016x}", rand::random::<u64>()), rand::random::<[u8; 16]>());
            connection.execute("INSERT INTO clock VALUES (0)", [])?;
            let insert = "INSERT INTO feed VALUES (?1, ?2, ?3)";
            connection.execute(insert, params![id, secret, page_events.max(1)])?;
        }
        let feed = connection.query_row("SELECT id, secret, page_events FROM feed", [], |row| {
            let (id, secret, page_events) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(FeedIdentity { id, secret, page_events })
        })?;
        let clock = Clock::new(last.unwrap_or(0), wall);
        let commits = GroupCommit::start(Writer { connection, clock })?;
        let room = Arc::new(Semaphore::new(MOST_WAITING));
        Ok(Self { path: path.to_owned(), commits, feed: Arc::new(feed), room })
    }

    /// The identity of its feed.
    #[must_use]
    pub fn feed(&self) -> &FeedIdentity {
        &self.feed
    }

    /// Opens another connection, for reading.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn reader(&self) -> Result<Connection, Error> {
        let reader = Connection::open(&self.path)?;
        reader.execute_batch("PRAGMA query_only = ON;")?;
        Ok(reader)
    }

    pub(super) fn writer(&self) -> MutexGuard<'_, Writer> {
        self.commits.writer()
    }

    /// Whether nobody can have seen the content of the database: it has had neither event nor
    /// snapshot.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn is_unseen(&self) -> Result<bool, Error> {
        let select = "SELECT last = 0 FROM clock";
        Ok(self.writer().connection.query_row(select, [], |row| row.get(0))?)
    }

    /// The publisher's clock, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.writer().clock.now()
    }

    /// Returns a connection that sees the current state of the database and nothing later, and the
    /// time of that state by the publisher's clock. No earlier state and no earlier event has this time.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn freeze(&self) -> Result<(Connection, i64), Error> {
        let reader = self.reader()?;
        let mut writer = self.writer();
        let time = writer.clock.later();
        writer.connection.execute("UPDATE clock SET last = ?1", [time])?;
        // SQLite fixes the point at the first read of a transaction, here under the writer's lock.
        reader.execute_batch("BEGIN; SELECT 1 FROM entity LIMIT 1;")?;
        Ok((reader, time))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use crate::publisher::generate::Generator;

    #[test]
    fn what_is_committed_is_on_the_disk() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("publisher.sqlite");
        let store = Store::open(&path, 50).unwrap();
        store.fill(10, &mut Generator::new(1), || ()).unwrap();
        let writer = store.writer();
        let pragma = |name| {
            let pragma = format!("PRAGMA {name}");
            writer.connection.query_row(&pragma, [], |row| row.get::<_, rusqlite::types::Value>(0))
        };
        assert_eq!(pragma("journal_mode").unwrap(), "wal".to_owned().into());
        assert_eq!(pragma("synchronous").unwrap(), 2.into(), "FULL");
    }
}
