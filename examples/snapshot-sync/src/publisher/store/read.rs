//! Reading the database, through any connection to it.

use super::event_id::{EventId, to_run};
use crate::entity::{Entity, to_entity};
use crate::error::Error;
use crate::event::Method;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A version of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Its number: from 1, without gaps.
    pub number: u64,
    /// The time at which it was stored, in milliseconds since the Unix epoch.
    pub time: i64,
}

/// A state that an entity has or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its media type.
    pub media_type: String,
    /// Its octets.
    pub body: Vec<u8>,
}

/// An event as the publisher stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number: from 1, in the order of commits.
    pub number: u64,
    /// Its id.
    pub id: EventId,
    /// Its time, in milliseconds since the Unix epoch.
    pub time: i64,
    /// The method that changed the target.
    pub method: Method,
    /// The URI of the target.
    pub uri: String,
    /// The entity tag of the new state, if there is one.
    pub etag: Option<String>,
    /// The media type of the body, where the event keeps one: a PUT does.
    pub media_type: Option<String>,
    /// The new state, the patch or the posted asset.
    pub body: Vec<u8>,
}

/// Reads an entity, if it exists.
///
/// # Errors
/// [`Error::Database`].
pub fn entity(connection: &Connection, uri: &str) -> Result<Option<Entity>, Error> {
    let mut select =
        connection.prepare_cached("SELECT uri, etag, type, body FROM entity WHERE uri = ?1")?;
    Ok(select.query_row([uri], to_entity).optional()?)
}

/// Whether an entity has earlier versions, so that it existed before.
///
/// # Errors
/// [`Error::Database`].
pub fn has_been(connection: &Connection, uri: &str) -> Result<bool, Error> {
    let mut select = connection.prepare_cached("SELECT 1 FROM earlier WHERE uri = ?1")?;
    Ok(select.exists([uri])?)
}

/// Reads all versions of an entity, the oldest first; none if it never existed.
///
/// # Errors
/// [`Error::Database`].
pub fn versions(connection: &Connection, uri: &str) -> Result<Vec<Version>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT version, time FROM earlier WHERE uri = ?1
         UNION ALL SELECT version, time FROM entity WHERE uri = ?1 ORDER BY version",
    )?;
    let rows =
        select.query_map([uri], |row| Ok(Version { number: row.get(0)?, time: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The URI of the entity with the most versions, among the first ten thousand.
///
/// # Errors
/// [`Error::Database`].
pub fn most_changed(connection: &Connection) -> Result<Option<String>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT uri FROM (SELECT uri, version FROM entity LIMIT 10000)
         ORDER BY version DESC, uri LIMIT 1",
    )?;
    Ok(select.query_row([], |row| row.get(0)).optional()?)
}

/// Reads the state of an entity in a version, if there is that version.
///
/// # Errors
/// [`Error::Database`].
pub fn state(connection: &Connection, uri: &str, number: u64) -> Result<Option<State>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT type, body FROM earlier WHERE uri = ?1 AND version = ?2
         UNION ALL SELECT type, body FROM entity WHERE uri = ?1 AND version = ?2",
    )?;
    let state = select.query_row(params![uri, number], |row| {
        Ok(State { media_type: row.get(0)?, body: row.get(1)? })
    });
    Ok(state.optional()?)
}

/// The number of the last event, or 0 if there is none.
///
/// # Errors
/// [`Error::Database`].
pub fn last_event(connection: &Connection) -> Result<u64, Error> {
    let mut select = connection.prepare_cached("SELECT coalesce(max(number), 0) FROM event")?;
    Ok(select.query_row([], |row| row.get(0))?)
}

/// Reads the id of the event that has this number, if there is that event.
///
/// # Errors
/// [`Error::Database`].
pub fn event_id(connection: &Connection, number: u64) -> Result<Option<EventId>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT number, random, (SELECT id FROM run WHERE first <= number ORDER BY first DESC LIMIT 1)
         FROM event WHERE number = ?1",
    )?;
    Ok(select.query_row([number], to_id).optional()?)
}

/// Reads a row of an event's number, its random bits, and its run. Events of version 0.1 have only
/// the number.
fn to_id(row: &Row<'_>) -> rusqlite::Result<EventId> {
    let (number, random): (u64, Option<i64>) = (row.get(0)?, row.get(1)?);
    Ok(match random {
        Some(random) => {
            EventId::Issued { run: to_run(row, 2)?, number, random: random.cast_unsigned() }
        }
        None => EventId::Early(number),
    })
}

/// Reads the events with the numbers from `first` to `last`, in order.
///
/// # Errors
/// [`Error::Database`].
pub fn events(connection: &Connection, first: u64, last: u64) -> Result<Vec<StoredEvent>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT number, random, (SELECT id FROM run WHERE first <= number ORDER BY first DESC LIMIT 1),
             time, method, uri, etag, type, body
         FROM event WHERE number BETWEEN ?1 AND ?2 ORDER BY number",
    )?;
    let rows = select.query_map([first, last], |row| {
        let method: String = row.get(4)?;
        let id = to_id(row)?;
        Ok(StoredEvent {
            number: id.number(),
            id,
            time: row.get(3)?,
            method: Method::by_name(&method).ok_or(rusqlite::Error::InvalidQuery)?,
            uri: row.get(5)?,
            etag: row.get(6)?,
            media_type: row.get(7)?,
            body: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
