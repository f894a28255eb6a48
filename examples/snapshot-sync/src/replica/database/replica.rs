//! Opening and locking the database, and its transactions.

use super::schema::prepare;
use crate::error::Error;
use crate::guard::{Found, Side, unopened, uri_path};
use crate::lock::lock;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for another process that uses the database.
const WAIT: Duration = Duration::from_secs(10);
/// The same, for a process that is asked to stop.
const WAIT_AT_END: Duration = Duration::from_secs(1);

/// The replica's database.
#[derive(Debug)]
pub struct Replica {
    path: PathBuf,
    pub(super) connection: Connection,
}

impl Replica {
    /// Opens a database, or creates it. One of version 0.1 is upgraded. Another file is refused before
    /// anything is written.
    ///
    /// # Errors
    /// [`Error::Foreign`], [`Error::File`], [`Error::Database`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        Side::Replica.inspect(path)?;
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(WAIT)?;
            prepare(&connection, path)?;
            Ok(connection)
        };
        let like = File::options().read(true).write(true).create(true).to_owned();
        let connection = open().map_err(|error| unopened(path, &like, error))?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Opens an existing database for reading; another process may write to it at the same time.
    ///
    /// # Errors
    /// [`Error::Foreign`] also for one of version 0.1, which only [`open`](Self::open) upgrades;
    /// [`Error::File`], [`Error::Database`].
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        let foreign = |what: &str| Error::Foreign { path: path.to_owned(), what: what.to_owned() };
        match Side::Replica.inspect(path)? {
            Found::Current => {}
            Found::Earlier => {
                return Err(foreign(
                    "is a replica of version 0.1: `replicate --from` upgrades it when it opens it",
                ));
            }
            Found::Nothing => return Err(foreign("contains no replica")),
        }
        let connection = read_only(path)?;
        connection.busy_timeout(WAIT)?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// Locks the database, so that no other process replicates into it as long as the returned file
    /// is open. The lock is a file beside the database; there is none beside a file that is not a
    /// replica's.
    ///
    /// # Errors
    /// [`Error::InUse`] if another process has locked it; [`Error::Foreign`], [`Error::File`].
    pub fn lock(path: &Path) -> Result<File, Error> {
        Side::Replica.inspect(path)?;
        lock(path)?.ok_or_else(|| Error::InUse { path: path.to_owned() })
    }

    /// Writes what is committed from the write-ahead log into the database's file, so that the file alone
    /// may be copied. It is for a process that ends while another thread has the database open. Returns
    /// false if something remains in the log, since that thread is in a transaction.
    ///
    /// # Errors
    /// [`Error::Foreign`], [`Error::File`], [`Error::Database`].
    pub fn checkpoint(path: &Path) -> Result<bool, Error> {
        if Side::Replica.inspect(path)? != Found::Current {
            return Ok(true);
        }
        let connection = Connection::open(path)?;
        connection.busy_timeout(WAIT_AT_END)?;
        let is_busy = |row: &rusqlite::Row<'_>| row.get::<_, bool>(0);
        Ok(!connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], is_busy)?)
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

/// Opens a database for reading. In a directory that cannot be written to, SQLite reads it only if it
/// may trust that nobody changes it, which holds where there is no write-ahead log.
fn read_only(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let Err(error) = connection.query_row("PRAGMA schema_version", [], |_| Ok(())) else {
        return Ok(connection);
    };
    if error.sqlite_error_code() != Some(ErrorCode::CannotOpen) {
        return Err(error.into());
    }
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if std::fs::metadata(log).is_ok_and(|log| log.len() > 0) {
        let what = "has a write-ahead log (-wal), which cannot be read where nothing can be written: \
                    copy both files elsewhere";
        return Err(Error::Foreign { path: path.to_owned(), what: what.to_owned() });
    }
    let uri = format!("file:{}?immutable=1", uri_path(path));
    Ok(Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?)
}
