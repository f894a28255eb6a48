//! The snapshot that is being replicated: its entities and its progress, until it replaces the
//! entities before it.

use super::replica::Replica;
use super::schema::CREATE_STAGED;
use crate::error::Error;
use change_feed::Position;
use rusqlite::{ErrorCode, OptionalExtension, params};
use snapshot_index::Progress;

/// Replaces the entities by the staged ones, all at once.
const SWITCH: &str = "
    DROP TABLE entity;
    ALTER TABLE staged RENAME TO entity;
    DELETE FROM fetched;
    DELETE FROM aside;
    DELETE FROM progress;
    UPDATE consumed SET events = 0, last = NULL, to_end = NULL;
";

impl Replica {
    /// Begins a snapshot, and removes what was staged of an unfinished one. The current entities
    /// stay until [`switch`](Self::switch).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn begin_snapshot(&mut self, progress: &Progress) -> Result<(), Error> {
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

    /// Undoes everything since [`begin_package`](Self::begin_package).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn drop_package(&mut self) -> Result<(), Error> {
        Ok(self.connection.execute_batch("ROLLBACK TO package; RELEASE package")?)
    }

    /// Stages entities of the snapshot, each with its URI, entity tag, media type and state.
    ///
    /// If an entity is staged already, its URI is returned, and neither it nor the ones after it
    /// are stored.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn stage<'a>(
        &mut self,
        entities: impl IntoIterator<Item = (&'a str, Option<&'a str>, &'a str, &'a [u8])>,
    ) -> Result<Option<&'a str>, Error> {
        let insert = "INSERT INTO staged (uri, etag, type, body) VALUES (?1, ?2, ?3, ?4)";
        let mut insert = self.connection.prepare_cached(insert)?;
        for (uri, etag, media_type, body) in entities {
            match insert.execute(params![uri, etag, media_type, body]) {
                Ok(_) => {}
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    return Ok(Some(uri));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Replaces the current entities by the staged ones, and stores the position from which the
    /// feed is consumed, in one transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn switch(&mut self, position: &Position) -> Result<(), Error> {
        self.begin()?;
        // A prepared statement would keep the table that is dropped.
        self.connection.flush_prepared_statement_cache();
        self.connection.execute_batch(SWITCH)?;
        self.connection.execute_batch(CREATE_STAGED)?;
        self.set_position(position)?;
        self.commit()
    }

    /// Stores which packages are done.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Progress`].
    pub fn set_progress(&mut self, progress: &Progress) -> Result<(), Error> {
        let document = serde_json::to_string(progress).map_err(Error::Progress)?;
        self.connection.prepare_cached("DELETE FROM progress")?.execute([])?;
        self.connection.prepare_cached("INSERT INTO progress VALUES (?1)")?.execute([document])?;
        Ok(())
    }

    /// Reads which packages are done. Returns none if no snapshot is being replicated, or if the
    /// stored document cannot be read.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn progress(&self) -> Result<Option<Progress>, Error> {
        let mut select = self.connection.prepare_cached("SELECT document FROM progress")?;
        let document: Option<String> = select.query_row([], |row| row.get(0)).optional()?;
        Ok(document.and_then(|document| serde_json::from_str(&document).ok()))
    }
}
