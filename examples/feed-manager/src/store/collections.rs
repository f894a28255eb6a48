//! Collections: bundles, and plain collections of any entries and media.

use crate::store::users::{self, time};
use crate::store::{Seen, StoreError, Tag, urn};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// What a collection takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Service entries and references to bundles only.
    Bundle,
    /// Any entry, and the media of its accept elements.
    Plain,
}

/// Who may read a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Its owner.
    Private,
    /// Everyone.
    Public,
}

/// What is stored of a collection besides its members.
#[derive(Debug, Clone)]
pub struct StoredCollection {
    pub(crate) id: i64,
    pub(crate) user: i64,
    pub(crate) name: String,
    pub(crate) urn: String,
    pub(crate) kind: Kind,
    pub(crate) visibility: Visibility,
    pub(crate) document: Vec<u8>,
    pub(crate) tag: Tag,
    pub(crate) modified: DateTime<Utc>,
    /// The state that others see.
    pub(crate) public_tag: Tag,
    pub(crate) public_modified: DateTime<Utc>,
}

/// How many members are removed at a time.
const PIECE_MEMBERS: usize = 200;
/// How many octets they have, the last one excepted.
const PIECE_OCTETS: i64 = 4 * 1024 * 1024;

const COLUMNS: &str = "SELECT id, user, name, urn, is_bundle, is_public, document, tag, modified,
    public_tag, public_modified FROM collections";

impl StoredCollection {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let either = |is: bool, yes, no| if is { yes } else { no };
        Ok(Self {
            id: row.get(0)?,
            user: row.get(1)?,
            name: row.get(2)?,
            urn: row.get(3)?,
            kind: if row.get(4)? { Kind::Bundle } else { Kind::Plain },
            visibility: either(row.get(5)?, Visibility::Public, Visibility::Private),
            document: row.get(6)?,
            tag: row.get(7)?,
            modified: time(row.get(8)?),
            public_tag: row.get(9)?,
            public_modified: time(row.get(10)?),
        })
    }

    /// Whether everyone may read it.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.visibility == Visibility::Public
    }
}

/// A collection to be stored.
#[derive(Debug, Clone)]
pub struct NewCollection {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) visibility: Visibility,
    pub(crate) document: Vec<u8>,
}

/// Finds a collection of a user.
///
/// # Errors
/// Those of SQLite.
pub fn find(
    connection: &Connection,
    user: i64,
    name: &str,
) -> Result<Option<StoredCollection>, StoreError> {
    let sql = format!("{COLUMNS} WHERE user = ?1 AND name = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row(params![user, name], StoredCollection::of).optional()?)
}

/// How many names of deleted collections of a user are remembered: the last ones.
const REMEMBERED: i64 = 10_000;

/// Whether a new collection of a user cannot have a name: another one has it, or had it and was deleted. Who
/// refers to that one would find something else.
///
/// # Errors
/// Those of SQLite.
pub fn is_taken(connection: &Connection, user: i64, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM collections WHERE user = ?1 AND name = ?2
        UNION ALL SELECT 1 FROM deleted_collections WHERE user = ?1 AND name = ?2";
    Ok(connection.prepare_cached(sql)?.exists(params![user, name])?)
}

/// Remembers the name of a collection that is deleted.
fn remember(connection: &Connection, user: i64, name: &str, most: i64) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO deleted_collections (user, name) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute(params![user, name])?;
    let sql = "DELETE FROM deleted_collections WHERE user = ?1 AND id <= (
        SELECT id FROM deleted_collections WHERE user = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    connection.prepare_cached(sql)?.execute(params![user, most])?;
    Ok(())
}

/// Returns the collections of a user that are not deleted, oldest first.
///
/// # Errors
/// Those of SQLite.
pub fn list(connection: &Connection, user: i64) -> Result<Vec<StoredCollection>, StoreError> {
    let mut statement = connection
        .prepare_cached(&format!("{COLUMNS} WHERE user = ?1 AND is_gone = 0 ORDER BY id"))?;
    let rows = statement.query_map([user], StoredCollection::of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Creates a collection of a user.
///
/// # Errors
/// [`StoreError::Taken`], [`StoreError::Full`] if the user has `most` already, and those of SQLite.
pub fn create(
    connection: &Connection,
    user: i64,
    new: &NewCollection,
    most: u64,
) -> Result<StoredCollection, StoreError> {
    let count = "SELECT count(*) FROM collections WHERE user = ?1 AND is_gone = 0";
    let count: i64 = connection.prepare_cached(count)?.query_row([user], |row| row.get(0))?;
    if count.unsigned_abs() >= most {
        return Err(StoreError::Full { what: "collections of one user", limit: most });
    }
    if is_taken(connection, user, &new.name)? {
        return Err(StoreError::Taken);
    }
    let sql = "INSERT INTO collections
        (user, name, urn, is_bundle, is_public, document, tag, modified, public_tag, public_modified)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        user,
        new.name,
        urn(),
        new.kind == Kind::Bundle,
        new.visibility == Visibility::Public,
        new.document,
        Tag::unique(),
        Utc::now().timestamp_micros(),
        Tag::unique(),
    ])?;
    users::touch(connection, user, seen_if(new.visibility == Visibility::Public))?;
    find(connection, user, &new.name)?.ok_or(StoreError::Missing)
}

/// Replaces the document of a collection, and who may read it. Its kind stays. `seen` tells whether others see
/// something else then.
///
/// # Errors
/// [`StoreError::Missing`], and those of SQLite.
pub fn edit(
    connection: &Connection,
    collection: &StoredCollection,
    document: &[u8],
    visibility: Visibility,
    seen: Seen,
) -> Result<(), StoreError> {
    let now = Utc::now().timestamp_micros();
    let sql = "UPDATE collections SET document = ?2, is_public = ?3, tag = ?4,
        modified = max(modified, ?5) WHERE id = ?1";
    let changed = connection.prepare_cached(sql)?.execute(params![
        collection.id,
        document,
        visibility == Visibility::Public,
        Tag::unique(),
        now,
    ])?;
    if seen == Seen::Changed {
        touch_public(connection, collection.id, now)?;
    }
    users::touch(connection, collection.user, seen)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Missing) }
}

/// Deletes a collection. It is gone at once, and no other one gets its name; of its members a first piece is
/// removed, and [`remove_piece`] removes the rest.
///
/// # Errors
/// [`StoreError::Missing`], and those of SQLite.
pub fn delete(connection: &Connection, collection: &StoredCollection) -> Result<(), StoreError> {
    // No name that is looked for has a tilde.
    let sql = "UPDATE collections SET is_gone = 1, name = '~' || id WHERE id = ?1 AND is_gone = 0";
    if connection.prepare_cached(sql)?.execute([collection.id])? != 1 {
        return Err(StoreError::Missing);
    }
    remember(connection, collection.user, &collection.name, REMEMBERED)?;
    users::touch(connection, collection.user, seen_if(collection.is_public()))?;
    remove_members(connection, collection.id)
}

/// Deletes all collections of a user, as [`delete`] does, and the user's tokens. Nothing is removed yet.
///
/// # Errors
/// Those of SQLite.
pub fn delete_all(connection: &Connection, user: &users::User) -> Result<(), StoreError> {
    users::revoke(connection, user, None)?;
    let sql =
        "UPDATE collections SET is_gone = 1, name = '~' || id WHERE user = ?1 AND is_gone = 0";
    connection.execute(sql, [user.id])?;
    Ok(())
}

/// Removes some members of a collection that was deleted, and says whether there was one. Each call holds the
/// connection that writes for a short time only.
///
/// # Errors
/// Those of SQLite.
pub fn remove_piece(connection: &Connection) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM collections WHERE is_gone = 1 LIMIT 1";
    let gone = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    gone.map(|collection| remove_members(connection, collection)).transpose().map(|it| it.is_some())
}

/// Removes members of a collection up to the limits of a piece, and the collection when it has none.
fn remove_members(connection: &Connection, collection: i64) -> Result<(), StoreError> {
    let sql = "SELECT member, octets FROM member_octets WHERE collection = ?1 LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![collection, PIECE_MEMBERS + 1])?;
    let (mut members, mut octets, mut has_more) = (Vec::new(), 0, false);
    while let Some(row) = rows.next()? {
        has_more = members.len() >= PIECE_MEMBERS || octets > PIECE_OCTETS;
        if has_more {
            break;
        }
        octets += row.get::<_, i64>(1)?;
        members.push(row.get::<_, i64>(0)?);
    }
    drop(rows);
    for member in members {
        connection.prepare_cached("DELETE FROM members WHERE id = ?1")?.execute([member])?;
    }
    if !has_more {
        connection
            .prepare_cached("DELETE FROM collections WHERE id = ?1")?
            .execute([collection])?;
    }
    Ok(())
}

pub(super) fn seen_if(is_seen: bool) -> Seen {
    if is_seen { Seen::Changed } else { Seen::Same }
}

/// Gives what others see of a collection a new state.
fn touch_public(connection: &Connection, collection: i64, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE collections SET public_tag = ?2, public_modified = max(public_modified, ?3)
        WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![collection, Tag::unique(), now])?;
    Ok(())
}

/// Gives the feed of a collection a new state, with so many members more or fewer.
pub(super) fn touch(
    connection: &Connection,
    collection: i64,
    edited: i64,
    more: i64,
    seen: Seen,
) -> Result<(), StoreError> {
    if seen == Seen::Changed {
        touch_public(connection, collection, edited)?;
    }
    let sql = "UPDATE collections SET tag = ?2, modified = max(modified, ?3),
        members = members + ?4 WHERE id = ?1";
    let changed = connection.prepare_cached(sql)?.execute(params![
        collection,
        Tag::unique(),
        edited,
        more
    ])?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Missing) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use crate::store::{UserName, schema};

    #[test]
    fn no_more_names_of_deleted_collections_are_remembered_than_the_limit_says() {
        let folder = tempfile::tempdir().unwrap();
        let connection = schema::for_writing(&folder.path().join("database")).unwrap();
        let user = users::add(&connection, &UserName::parse("a").unwrap(), "A").unwrap().id;
        for name in ["a", "b", "b", "c"] {
            remember(&connection, user, name, 2).unwrap();
        }
        let taken = |name| is_taken(&connection, user, name).unwrap();
        assert_eq!(["a", "b", "c", "d"].map(taken), [false, true, true, false]);
    }
}
