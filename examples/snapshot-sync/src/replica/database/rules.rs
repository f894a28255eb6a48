//! What the consuming rules keep: the position in the feed, the entities that were fetched, and those
//! that are set aside.

use super::replica::Replica;
use crate::error::Error;
use change_feed::{Aside, Position, Store};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

impl Replica {
    /// Stores how far the feed was consumed.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Progress`].
    pub fn set_position(&mut self, position: &Position) -> Result<(), Error> {
        let document = serde_json::to_string(position).map_err(Error::Progress)?;
        self.connection.prepare_cached("DELETE FROM position")?.execute([])?;
        self.connection.prepare_cached("INSERT INTO position VALUES (?1)")?.execute([document])?;
        Ok(())
    }

    /// Reads how far the feed was consumed; none if there is no complete snapshot.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Progress`].
    pub fn position(&self) -> Result<Option<Position>, Error> {
        let mut select = self.connection.prepare_cached("SELECT document FROM position")?;
        let document: Option<String> = select.query_row([], |row| row.get(0)).optional()?;
        let position = document.map(|document| serde_json::from_str(&document));
        position.transpose().map_err(Error::Progress)
    }

    /// Reads the entities that are set aside, each with its URI, in the order in which they are tried
    /// again: at most this number of them.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Progress`].
    pub fn set_aside_entities(&self, most: u64) -> Result<Vec<(String, Aside)>, Error> {
        let select = "SELECT uri, document FROM aside ORDER BY next, uri LIMIT ?1";
        let mut select = self.connection.prepare_cached(select)?;
        let rows = select.query_map([most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (uri, document): (String, String) = row?;
            Ok((uri, serde_json::from_str(&document).map_err(Error::Progress)?))
        })
        .collect()
    }
}

impl Store for Replica {
    type Error = Error;

    fn media_type(&self, target: &str) -> Result<Option<String>, Error> {
        let select = "SELECT type FROM entity WHERE uri = ?1";
        let mut select = self.connection.prepare_cached(select)?;
        Ok(select.query_row([target], |row| row.get(0)).optional()?)
    }

    fn is_fetched(&self, target: &str) -> Result<bool, Error> {
        let mut select = self.connection.prepare_cached("SELECT 1 FROM fetched WHERE uri = ?1")?;
        Ok(select.exists([target])?)
    }

    fn add_fetched(&mut self, target: &str, reading: u64) -> Result<(), Error> {
        let insert = "INSERT OR REPLACE INTO fetched VALUES (?1, ?2)";
        self.connection.prepare_cached(insert)?.execute(params![target, reading])?;
        Ok(())
    }

    fn remove_fetched_before(&mut self, reading: u64) -> Result<(), Error> {
        let delete = "DELETE FROM fetched WHERE reading < ?1";
        self.connection.prepare_cached(delete)?.execute([reading])?;
        Ok(())
    }

    fn aside(&self, target: &str) -> Result<Option<Aside>, Error> {
        let select = "SELECT document FROM aside WHERE uri = ?1";
        let mut select = self.connection.prepare_cached(select)?;
        let document: Option<String> = select.query_row([target], |row| row.get(0)).optional()?;
        let aside = document.map(|document| serde_json::from_str(&document));
        aside.transpose().map_err(Error::Progress)
    }

    fn set_aside(&mut self, target: &str, aside: &Aside) -> Result<(), Error> {
        let document = serde_json::to_string(aside).map_err(Error::Progress)?;
        let insert = "INSERT OR REPLACE INTO aside VALUES (?1, ?2, ?3)";
        let next = aside.next().timestamp_millis();
        self.connection.prepare_cached(insert)?.execute(params![target, next, document])?;
        Ok(())
    }

    fn remove_aside(&mut self, target: &str) -> Result<(), Error> {
        self.connection.prepare_cached("DELETE FROM aside WHERE uri = ?1")?.execute([target])?;
        Ok(())
    }

    fn due(&self, now: DateTime<Utc>, latest: DateTime<Utc>) -> Result<Option<String>, Error> {
        let select = "SELECT uri FROM aside WHERE next <= ?1 OR next > ?2
                      ORDER BY next, uri LIMIT 1";
        let mut select = self.connection.prepare_cached(select)?;
        let times = [now.timestamp_millis(), latest.timestamp_millis()];
        Ok(select.query_row(times, |row| row.get(0)).optional()?)
    }

    fn aside_count(&self) -> Result<u64, Error> {
        let mut select = self.connection.prepare_cached("SELECT count(*) FROM aside")?;
        Ok(select.query_row([], |row| row.get(0))?)
    }
}
