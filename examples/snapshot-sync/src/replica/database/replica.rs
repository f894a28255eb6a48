//! Opening and locking the database, and its transactions.

use crate::error::Error;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
    CREATE TABLE IF NOT EXISTS progress (document TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS fetched (uri TEXT PRIMARY KEY, reading INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS position (
        start INTEGER NOT NULL, last TEXT, last_self TEXT, reading INTEGER NOT NULL, etag TEXT
    );
    CREATE TABLE IF NOT EXISTS consumed (events INTEGER NOT NULL, last INTEGER, to_end INTEGER);
    INSERT INTO consumed SELECT 0, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM consumed);
";

/// The statement that creates a table of entities, if it does not exist.
pub(super) fn entities(table: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {table} (
             uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL
         ) WITHOUT ROWID;"
    )
}

/// The replica's database.
#[derive(Debug)]
pub struct Replica {
    path: PathBuf,
    pub(super) connection: Connection,
}

impl Replica {
    /// Opens a database, or creates it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.execute_batch(SCHEMA)?;
        connection.execute_batch(&entities("entity"))?;
        connection.execute_batch(&entities("staged"))?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Opens an existing database for reading; another process may write to it at the same time.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Locks the database, so that no other process replicates into it as long as the returned file
    /// is open.
    ///
    /// # Errors
    /// [`Error::InUse`] if another process has locked it; [`Error::Io`].
    pub fn lock(path: &Path) -> Result<File, Error> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push("-lock");
        let file = File::create(path.with_file_name(name))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// The path of the database.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens another connection, for reading.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn reader(&self) -> Result<Connection, Error> {
        Ok(Connection::open(&self.path)?)
    }

    /// Begins a transaction, which [`commit`](Self::commit) ends.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn begin(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Commits the transaction of [`begin`](Self::begin).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn commit(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Undoes the transaction of [`begin`](Self::begin), if there is one that was not committed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn roll_back(&mut self) -> Result<(), Error> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        Ok(())
    }
}
