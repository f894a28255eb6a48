//! The replica's database: entities, how far it has come, and which entities were fetched.

use crate::clock::instant;
use crate::consume::{Fetched, Position};
use crate::error::Error;
use crate::store::Entity;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
    CREATE TABLE IF NOT EXISTS entity (
        uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS fetched (uri TEXT PRIMARY KEY, reading INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS position (
        start INTEGER NOT NULL, last TEXT, last_self TEXT, reading INTEGER NOT NULL, etag TEXT
    );
    CREATE TABLE IF NOT EXISTS progress (document TEXT NOT NULL);
";

/// The replica's database.
#[derive(Debug)]
pub struct Replica {
    path: PathBuf,
    connection: Connection,
}

impl Replica {
    /// Opens or makes a database.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Another connection, for reading.
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

    /// Makes all since [`begin`](Self::begin) last.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn commit(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    /// Undoes all since [`begin`](Self::begin), where that was not committed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn roll_back(&mut self) -> Result<(), Error> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        Ok(())
    }

    /// Removes everything, to begin again with a snapshot.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn clear(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch(
            "BEGIN IMMEDIATE;
             DELETE FROM entity; DELETE FROM fetched; DELETE FROM position; DELETE FROM progress;
             COMMIT;",
        )?)
    }

    /// Stores an entity's state.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put(&mut self, uri: &str, etag: Option<&str>, body: &[u8]) -> Result<(), Error> {
        let insert = "INSERT OR REPLACE INTO entity VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(insert)?.execute(params![uri, etag, body])?;
        Ok(())
    }

    /// Removes an entity.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn delete(&mut self, uri: &str) -> Result<(), Error> {
        self.connection.prepare_cached("DELETE FROM entity WHERE uri = ?1")?.execute([uri])?;
        Ok(())
    }

    /// An entity, if it is there; its entity tag is empty where none is known.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn entity(&self, uri: &str) -> Result<Option<Entity>, Error> {
        let select = "SELECT uri, coalesce(etag, ''), body FROM entity WHERE uri = ?1";
        let mut select = self.connection.prepare_cached(select)?;
        Ok(select.query_row([uri], crate::store::to_entity).optional()?)
    }

    /// Stores which packages are done.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_progress(&mut self, document: &str) -> Result<(), Error> {
        self.connection.prepare_cached("DELETE FROM progress")?.execute([])?;
        self.connection.prepare_cached("INSERT INTO progress VALUES (?1)")?.execute([document])?;
        Ok(())
    }

    /// Which packages are done, as stored.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn progress(&self) -> Result<Option<String>, Error> {
        let mut select = self.connection.prepare_cached("SELECT document FROM progress")?;
        Ok(select.query_row([], |row| row.get(0)).optional()?)
    }

    /// Stores how far the feed was consumed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_position(&mut self, position: &Position) -> Result<(), Error> {
        let (last, last_self) = match &position.last {
            Some((last, last_self)) => (Some(last), last_self.as_ref()),
            None => (None, None),
        };
        self.connection.prepare_cached("DELETE FROM position")?.execute([])?;
        let start = position.start.timestamp_millis();
        self.connection
            .prepare_cached("INSERT INTO position VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![start, last, last_self, position.reading, position.etag])?;
        Ok(())
    }

    /// How far the feed was consumed, as stored.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn position(&self) -> Result<Option<Position>, Error> {
        let select = "SELECT start, last, last_self, reading, etag FROM position";
        let mut select = self.connection.prepare_cached(select)?;
        let position = select.query_row([], |row| {
            let last: Option<String> = row.get(1)?;
            let last_self = row.get(2)?;
            Ok(Position {
                start: instant(row.get(0)?),
                last: last.map(|last| (last, last_self)),
                reading: row.get(3)?,
                etag: row.get(4)?,
            })
        });
        Ok(position.optional()?)
    }
}

impl Fetched for Replica {
    type Error = Error;

    fn contains(&self, target: &str) -> Result<bool, Error> {
        let mut select = self.connection.prepare_cached("SELECT 1 FROM fetched WHERE uri = ?1")?;
        Ok(select.exists([target])?)
    }

    fn insert(&mut self, target: &str, reading: u64) -> Result<(), Error> {
        let insert = "INSERT OR REPLACE INTO fetched VALUES (?1, ?2)";
        self.connection.prepare_cached(insert)?.execute(params![target, reading])?;
        Ok(())
    }

    fn remove_before(&mut self, reading: u64) -> Result<(), Error> {
        let delete = "DELETE FROM fetched WHERE reading < ?1";
        self.connection.prepare_cached(delete)?.execute([reading])?;
        Ok(())
    }
}
