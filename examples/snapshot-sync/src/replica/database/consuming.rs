//! The current entities, and how far the feed was consumed.

use super::replica::Replica;
use crate::entity::{Entity, to_entity};
use crate::error::Error;
use crate::time::instant;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

/// How far the feed was consumed: a count and two times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consumed {
    /// The number of events since the snapshot.
    pub events: u64,
    /// The time of the last event.
    pub last: Option<DateTime<Utc>>,
    /// When the feed was last consumed to its end.
    pub to_end: Option<DateTime<Utc>>,
}

impl Replica {
    /// Stores an entity's state, with its entity tag if one is known, and its media type.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn put(
        &mut self,
        uri: &str,
        etag: Option<&str>,
        media_type: &str,
        body: &[u8],
    ) -> Result<(), Error> {
        let insert =
            "INSERT OR REPLACE INTO entity (uri, etag, type, body) VALUES (?1, ?2, ?3, ?4)";
        self.connection.prepare_cached(insert)?.execute(params![uri, etag, media_type, body])?;
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

    /// Reads an entity, if it exists. Its entity tag is empty if none is known.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn entity(&self, uri: &str) -> Result<Option<Entity>, Error> {
        let select = "SELECT uri, coalesce(etag, ''), type, body FROM entity WHERE uri = ?1";
        let mut select = self.connection.prepare_cached(select)?;
        Ok(select.query_row([uri], to_entity).optional()?)
    }

    /// Counts an event as consumed, and stores its time.
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

    /// Reads the number of consumed events, the time of the last one, and when the feed's end was
    /// reached.
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

    /// The number of current entities, and the number of staged ones.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn counts(&self) -> Result<(u64, u64), Error> {
        let select = "SELECT (SELECT count(*) FROM entity), (SELECT count(*) FROM staged)";
        Ok(self.connection.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }
}
