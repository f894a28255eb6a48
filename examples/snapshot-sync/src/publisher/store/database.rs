//! Opening the database. One connection writes, and every reader opens a connection of its own.

use super::connect;
use super::entities::Entities;
use super::identity::FeedIdentity;
use super::schema::{self, NewFeed};
use super::timeline::begin_run;
use super::write::{MOST_WAITING, Outcome};
use super::writer::{GroupCommit, Writer};
use crate::error::Error;
use crate::guard::Side;
use crate::publisher::clock::{Clock, Sources};
use crate::publisher::reference::References;
use chrono::Utc;
use rusqlite::Connection;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// In WAL mode only FULL writes a transaction to the disk when it is committed, so that a loss of
/// power does not undo what a client has seen.
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
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
    references: References,
    /// It changes when events may have been committed.
    committed: watch::Sender<()>,
    /// Whether long work shall end early.
    stops: AtomicBool,
    /// No other publisher serves the database while this file is open.
    _lock: File,
}

impl Store {
    /// Opens a database, or creates one whose feed has at most `page_events` events in a document.
    /// An existing database keeps the number with which it was created.
    ///
    /// # Errors
    /// Those of [`open_as`](Self::open_as).
    pub fn open(path: &Path, page_events: u64) -> Result<Self, Error> {
        Self::with_wall(path, page_events, || Utc::now().timestamp_millis())
    }

    /// Like [`open`](Self::open), with a wall clock of the caller.
    ///
    /// # Errors
    /// Those of [`open_as`](Self::open_as).
    pub fn with_wall(path: &Path, page_events: u64, wall: fn() -> i64) -> Result<Self, Error> {
        Self::open_as(path, &NewFeed { page_events, entities: Entities::default() }, wall)
    }

    /// Opens a database by a wall clock. If the file does not exist or contains nothing, a database
    /// with this new feed is created; a file of version 0.1 is upgraded. Any other file is refused
    /// before a byte is written.
    ///
    /// # Errors
    /// [`Error::Foreign`] for a file that is not the database of a publisher, [`Error::Served`] if another
    /// publisher has it open, [`Error::File`], [`Error::Database`].
    pub fn open_as(path: &Path, new: &NewFeed, wall: fn() -> i64) -> Result<Self, Error> {
        Self::open_by(path, new, Sources::of(wall))
    }

    /// Like [`open_as`](Self::open_as), with all clocks of the caller.
    ///
    /// # Errors
    /// Those of [`open_as`](Self::open_as).
    pub fn open_by(path: &Path, new: &NewFeed, clocks: Sources) -> Result<Self, Error> {
        Side::Publisher.inspect(path)?;
        let opened = Self::prepared(path, new, clocks);
        opened.map_err(|error| connect::named(path, error))
    }

    fn prepared(path: &Path, new: &NewFeed, clocks: Sources) -> Result<Self, Error> {
        let lock = connect::lock(path)?;
        let mut connection = connect::for_writing(path)?;
        // A transaction of a new file goes into the write-ahead log too: a kill within its commit
        // leaves no half of it in the file itself.
        connection.execute_batch(SETTINGS)?;
        schema::prepare(&mut connection, path, new)?;
        let last = connection.query_row("SELECT last FROM clock", [], |row| row.get(0))?;
        let run = begin_run(&mut connection)?;
        let feed = FeedIdentity::read(&connection, run)?;
        let clock = Clock::new(last, clocks);
        let committed = watch::Sender::new(());
        let on_commit = {
            let committed = committed.clone();
            move || committed.send_replace(())
        };
        let commits = GroupCommit::start(Writer { connection, clock }, on_commit)?;
        let room = Arc::new(Semaphore::new(MOST_WAITING));
        let references = References::default();
        let path = path.to_owned();
        Ok(Self {
            path,
            commits,
            feed: Arc::new(feed),
            room,
            references,
            committed,
            stops: AtomicBool::new(false),
            _lock: lock,
        })
    }

    /// The database's file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Sets how references are written.
    #[must_use]
    pub fn with_references(mut self, references: References) -> Self {
        self.references = references;
        self
    }

    /// How references are written.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.references
    }

    /// The last time that is stored, in milliseconds since the Unix epoch: that of the last event or
    /// snapshot. A snapshot that bears a later time is of another timeline.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn last_time(&self) -> Result<i64, Error> {
        let select = "SELECT last FROM clock";
        Ok(self.writer().connection.query_row(select, [], |row| row.get(0))?)
    }

    /// The identity of its feed.
    #[must_use]
    pub fn feed(&self) -> &FeedIdentity {
        &self.feed
    }

    /// What changes whenever events may have been committed.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<()> {
        self.committed.subscribe()
    }

    /// Tells those who wait for a commit that another process may have committed events.
    pub(crate) fn note_commit(&self) {
        self.committed.send_replace(());
    }

    /// Opens another connection, for reading.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Database`].
    pub fn reader(&self) -> Result<Connection, Error> {
        connect::for_reading(&self.path)
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

    /// How far the publisher's clock is ahead of the wall clock. It was set back, or the clock was once
    /// wrong: the events have later times than the wall clock's until that has caught up.
    #[must_use]
    pub fn ahead(&self) -> Duration {
        Duration::from_millis(self.writer().clock.ahead().unsigned_abs())
    }

    /// Lets long work, such as a snapshot that is being written, end early with an error.
    pub fn stop(&self) {
        self.stops.store(true, Ordering::Relaxed);
    }

    /// Fails if long work shall end early.
    pub(crate) fn goes_on(&self) -> Result<(), Error> {
        match self.stops.load(Ordering::Relaxed) {
            true => Err(Error::Stopped("the publisher")),
            false => Ok(()),
        }
    }

    /// Makes all changes that wait, writes everything into the database's file, and closes it. Where no
    /// other connection is open, no write-ahead log remains beside the file.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn close(self) -> Result<(), Error> {
        let Some(Writer { connection, .. }) = self.commits.end() else { return Ok(()) };
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        connection.close().map_err(|(_, error)| error.into())
    }

    /// The identity of the feed of a database, which another publisher may have open.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Database`].
    pub fn feed_id(path: &Path) -> Result<String, Error> {
        let connection = connect::for_reading(path)?;
        Ok(connection.query_row("SELECT id FROM feed", [], |row| row.get(0))?)
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
