//! Media resources, each with its media link entry, in pieces: none is in memory as a whole.

use crate::store::users::time;
use crate::store::{StoreError, Tag};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::io::Read;

/// The octets of each piece but the last one: see the table `pieces`.
pub const PIECE_OCTETS: u64 = 65_536;

/// What is stored of a media resource besides its octets.
#[derive(Debug, Clone)]
pub struct StoredMedia {
    pub(crate) member: i64,
    pub(crate) media_type: String,
    pub(crate) tag: Tag,
    pub(crate) modified: DateTime<Utc>,
    pub(crate) size: u64,
}

impl StoredMedia {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            member: row.get(0)?,
            media_type: row.get(1)?,
            tag: row.get(2)?,
            modified: time(row.get(3)?),
            size: row.get::<_, i64>(4)?.unsigned_abs(),
        })
    }
}

/// Returns what is known of the media resource of a member, if it has one.
///
/// # Errors
/// Those of SQLite.
pub fn media_of(connection: &Connection, member: i64) -> Result<Option<StoredMedia>, StoreError> {
    let sql = "SELECT member, type, tag, modified, size FROM media WHERE member = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([member], StoredMedia::of).optional()?)
}

/// Returns a piece of a media resource, counted from 0.
///
/// # Errors
/// [`StoreError::Changed`] if the media resource is no longer in this state, and those of SQLite.
pub fn media_piece(
    connection: &Connection,
    media: &StoredMedia,
    number: u64,
) -> Result<Vec<u8>, StoreError> {
    let sql = "SELECT pieces.octets FROM media JOIN pieces ON pieces.member = media.member
        WHERE media.member = ?1 AND media.tag = ?2 AND pieces.number = ?3";
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![media.member, media.tag, number], |row| row.get(0));
    found.optional()?.ok_or(StoreError::Changed)
}

/// Creates or replaces the media resource of a member, and returns its state. `octets` gives `size` octets.
///
/// # Errors
/// [`StoreError::Io`] if the octets cannot be read, or are more or fewer; those of SQLite.
pub fn put_media(
    connection: &Connection,
    member: i64,
    media_type: &str,
    octets: &mut impl Read,
    size: u64,
    modified: DateTime<Utc>,
) -> Result<Tag, StoreError> {
    let tag = Tag::unique();
    connection.prepare_cached("DELETE FROM pieces WHERE member = ?1")?.execute([member])?;
    let sql = "INSERT INTO media (member, type, tag, modified, size) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (member) DO UPDATE
        SET type = excluded.type, tag = excluded.tag, modified = excluded.modified,
            size = excluded.size";
    connection.prepare_cached(sql)?.execute(params![
        member,
        media_type,
        tag,
        modified.timestamp_micros(),
        i64::try_from(size).unwrap_or(i64::MAX),
    ])?;
    let sql = "INSERT INTO pieces (member, number, octets) VALUES (?1, ?2, ?3)";
    let mut insert = connection.prepare_cached(sql)?;
    let (mut piece, mut number, mut left) = (Vec::new(), 0_i64, size);
    while left > 0 {
        piece.clear();
        octets.by_ref().take(PIECE_OCTETS.min(left)).read_to_end(&mut piece)?;
        if piece.is_empty() {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        insert.execute(params![member, number, piece])?;
        left -= piece.len() as u64;
        number += 1;
    }
    if octets.read(&mut [0])? > 0 {
        return Err(std::io::Error::from(std::io::ErrorKind::InvalidData).into());
    }
    Ok(tag)
}
