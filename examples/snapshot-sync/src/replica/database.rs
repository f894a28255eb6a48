//! The replica's database: entities, those of a snapshot that is being replicated, and how far both
//! have come.

use crate::consume::{Fetched, Position};
use crate::error::Error;
use crate::publisher::clock::instant;
use crate::publisher::store::Entity;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
    CREATE TABLE IF NOT EXISTS entity (
        uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS staged (
        uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS progress (document TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS fetched (uri TEXT PRIMARY KEY, reading INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS position (
        start INTEGER NOT NULL, last TEXT, last_self TEXT, reading INTEGER NOT NULL, etag TEXT
    );
    CREATE TABLE IF NOT EXISTS consumed (events INTEGER NOT NULL, last INTEGER, to_end INTEGER);
    INSERT INTO consumed SELECT 0, NULL, NULL WHERE NOT EXISTS (SELECT 1 FROM consumed);
";

/// The staged entities take the place of those before, all at once.
const SWITCH: &str = "
    DROP TABLE entity;
    ALTER TABLE staged RENAME TO entity;
    CREATE TABLE staged (
        uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL
    ) WITHOUT ROWID;
    DELETE FROM fetched;
    DELETE FROM progress;
    UPDATE consumed SET events = 0, last = NULL, to_end = NULL;
";

/// The replica's database.
#[derive(Debug)]
pub struct Replica {
    path: PathBuf,
    connection: Connection,
}

/// How far the feed was consumed, as a count and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumed {
    /// How many events, since the snapshot.
    pub events: u64,
    /// When the event last consumed happened.
    pub last: Option<DateTime<Utc>>,
    /// When the feed was last consumed to its end.
    pub to_end: Option<DateTime<Utc>>,
}

impl Replica {
    /// Opens or makes a database.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Opens a database that is there, for reading, whoever writes to it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Keeps other processes from replicating into the database, as long as this is held.
    ///
    /// # Errors
    /// [`Error::InUse`] where another one does; [`Error::Io`].
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

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
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

    /// Lets go of what there is of a snapshot that was not replicated whole, to begin another one;
    /// what was replicated before stays until [`switch`](Self::switch).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn begin_snapshot(&mut self, progress: &str) -> Result<(), Error> {
        self.begin()?;
        self.connection.execute("DELETE FROM staged", [])?;
        self.set_progress(progress)?;
        self.commit()
    }

    /// Begins a package within a transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn begin_package(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch("SAVEPOINT package")?)
    }

    /// Ends a package, to be committed with the transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn keep_package(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch("RELEASE package")?)
    }

    /// Undoes all since [`begin_package`](Self::begin_package).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn drop_package(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch("ROLLBACK TO package; RELEASE package")?)
    }

    /// Stores entities of the snapshot that is being replicated, each with its URI, entity tag and
    /// state; the URI of the first that is stored already, if one is, and none from there on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn stage<'a>(
        &mut self,
        entities: impl IntoIterator<Item = (&'a str, Option<&'a str>, &'a [u8])>,
    ) -> Result<Option<&'a str>, Error> {
        let mut insert =
            self.connection.prepare_cached("INSERT INTO staged VALUES (?1, ?2, ?3)")?;
        for (uri, etag, body) in entities {
            match insert.execute(params![uri, etag, body]) {
                Ok(_) => {}
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    return Ok(Some(uri));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Lets the snapshot take the place of what was replicated before, in one transaction; from
    /// now on the feed is consumed from this position on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn switch(&mut self, position: &Position) -> Result<(), Error> {
        self.begin()?;
        // A statement that knows the table that goes would keep it.
        self.connection.flush_prepared_statement_cache();
        self.connection.execute_batch(SWITCH)?;
        self.set_position(position)?;
        self.commit()
    }

    /// Lets go of the position, so that a snapshot is needed; entities stay until then.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn forget_position(&mut self) -> Result<(), Error> {
        self.connection.execute("DELETE FROM position", [])?;
        Ok(())
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
        Ok(select.query_row([uri], crate::publisher::store::to_entity).optional()?)
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

    /// Counts an event as consumed, and stores when it happened.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn count_event(&mut self, time: DateTime<Utc>) -> Result<(), Error> {
        let update = "UPDATE consumed SET events = events + 1, last = ?1";
        self.connection.prepare_cached(update)?.execute([time.timestamp_millis()])?;
        Ok(())
    }

    /// Stores when the feed was consumed to its end.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn set_to_end(&mut self, time: DateTime<Utc>) -> Result<(), Error> {
        let update = "UPDATE consumed SET to_end = ?1";
        self.connection.prepare_cached(update)?.execute([time.timestamp_millis()])?;
        Ok(())
    }

    /// How far the feed was consumed, as a count and times.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn consumed(&self) -> Result<Consumed, Error> {
        let mut select =
            self.connection.prepare_cached("SELECT events, last, to_end FROM consumed")?;
        let times = select.query_row([], |row| {
            let events = row.get(0)?;
            let (last, to_end): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
            Ok(Consumed { events, last: last.map(instant), to_end: to_end.map(instant) })
        });
        Ok(times?)
    }

    /// How many entities there are, and how many of a snapshot that is being replicated.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn counts(&self) -> Result<(u64, u64), Error> {
        let select = "SELECT (SELECT count(*) FROM entity), (SELECT count(*) FROM staged)";
        Ok(self.connection.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
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
