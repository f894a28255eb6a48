//! Media resources, each with its media link entry.

use crate::store::users::time;
use crate::store::{StoreError, Tag};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, params};

/// A media resource.
#[derive(Debug, Clone)]
pub struct StoredMedia {
    pub(crate) media_type: String,
    pub(crate) octets: Vec<u8>,
}

/// Returns the media resource of a member, if it has one.
///
/// # Errors
/// Those of SQLite.
pub fn media_of(connection: &Connection, member: i64) -> Result<Option<StoredMedia>, StoreError> {
    let sql = "SELECT type, octets FROM media WHERE member = ?1";
    let found = connection.prepare_cached(sql)?.query_row([member], |row| {
        Ok(StoredMedia { media_type: row.get(0)?, octets: row.get(1)? })
    });
    Ok(found.optional()?)
}

/// Returns the state of the media resource of a member, and when it was modified.
///
/// # Errors
/// Those of SQLite.
pub fn media_state(
    connection: &Connection,
    member: i64,
) -> Result<Option<(Tag, DateTime<Utc>)>, StoreError> {
    let sql = "SELECT tag, modified FROM media WHERE member = ?1";
    let found = connection
        .prepare_cached(sql)?
        .query_row([member], |row| Ok((row.get(0)?, time(row.get(1)?))));
    Ok(found.optional()?)
}

/// Returns the media type of the media resource of a member.
///
/// # Errors
/// Those of SQLite.
pub fn media_type_of(connection: &Connection, member: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT type FROM media WHERE member = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([member], |row| row.get(0)).optional()?)
}

/// Creates or replaces the media resource of a member, and returns its state.
///
/// # Errors
/// Those of SQLite.
pub fn put_media(
    connection: &Connection,
    member: i64,
    media_type: &str,
    octets: &[u8],
    modified: DateTime<Utc>,
) -> Result<Tag, StoreError> {
    let tag = Tag::unique();
    let sql = "INSERT INTO media (member, type, tag, modified, octets) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (member) DO UPDATE
        SET type = excluded.type, tag = excluded.tag, modified = excluded.modified,
            octets = excluded.octets";
    connection.prepare_cached(sql)?.execute(params![
        member,
        media_type,
        tag,
        modified.timestamp_micros(),
        octets,
    ])?;
    Ok(tag)
}
