//! Users and their tokens.

use crate::store::{Seen, StoreError, Tag, Token, UserName};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A user, with a workspace of collections.
#[derive(Debug, Clone)]
pub struct User {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) tag: Tag,
    pub(crate) modified: DateTime<Utc>,
    /// The state of the service document that others see.
    pub(crate) public_tag: Tag,
    pub(crate) public_modified: DateTime<Utc>,
}

const COLUMNS: &str = "users.id, name, title, tag, modified, public_tag, public_modified";

/// A user in the list of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The name in URIs.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// The numbers of the tokens, each with the time it was made.
    pub tokens: Vec<(i64, DateTime<Utc>)>,
    /// The number of collections.
    pub collections: i64,
}

impl User {
    /// The name in URIs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name for people, which is that of the author of entries that name none.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            title: row.get(2)?,
            tag: row.get(3)?,
            modified: time(row.get(4)?),
            public_tag: row.get(5)?,
            public_modified: time(row.get(6)?),
        })
    }
}

/// A time from its microseconds, as the database has it.
pub(super) fn time(microseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(microseconds).unwrap_or(DateTime::UNIX_EPOCH)
}

/// Adds a user without a token.
///
/// # Errors
/// [`StoreError::Taken`], and those of SQLite.
pub fn add(connection: &Connection, name: &UserName, title: &str) -> Result<User, StoreError> {
    if by_name(connection, name.as_str())?.is_some() {
        return Err(StoreError::Taken);
    }
    let now = Utc::now().timestamp_micros();
    connection
        .prepare_cached(
            "INSERT INTO users (name, title, created, tag, modified, public_tag, public_modified)
             VALUES (?1, ?2, ?3, ?4, ?3, ?5, ?3)",
        )?
        .execute(params![name.as_str(), title, now, Tag::unique(), Tag::unique()])?;
    by_name(connection, name.as_str())?.ok_or(StoreError::Missing)
}

/// Adds a token to a user, and returns its number.
///
/// # Errors
/// Those of SQLite.
pub fn add_token(connection: &Connection, user: &User, token: &Token) -> Result<i64, StoreError> {
    let number: i64 = connection.query_row(
        "SELECT coalesce(max(number), 0) + 1 FROM tokens WHERE user = ?1",
        [user.id],
        |row| row.get(0),
    )?;
    connection.execute(
        "INSERT INTO tokens (hash, user, number, created) VALUES (?1, ?2, ?3, ?4)",
        params![token.hash(), user.id, number, Utc::now().timestamp_micros()],
    )?;
    Ok(number)
}

/// Revokes one token of a user, or all of them, and returns how many there were.
///
/// # Errors
/// Those of SQLite.
pub fn revoke(
    connection: &Connection,
    user: &User,
    number: Option<i64>,
) -> Result<usize, StoreError> {
    let sql = "DELETE FROM tokens WHERE user = ?1 AND number = coalesce(?2, number)";
    Ok(connection.execute(sql, params![user.id, number])?)
}

/// Removes a user with all collections that are left, and says whether there was one.
///
/// # Errors
/// Those of SQLite.
pub fn remove(connection: &Connection, name: &str) -> Result<bool, StoreError> {
    Ok(connection.execute("DELETE FROM users WHERE name = ?1", [name])? > 0)
}

/// How many octets the members of a user have, with their media.
///
/// # Errors
/// Those of SQLite.
pub fn octets(connection: &Connection, user: i64) -> Result<u64, StoreError> {
    let sql = "SELECT octets FROM users WHERE id = ?1";
    let octets: i64 = connection.prepare_cached(sql)?.query_row([user], |row| row.get(0))?;
    Ok(octets.unsigned_abs())
}

/// Returns all users, by name.
///
/// # Errors
/// Those of SQLite.
pub fn list(connection: &Connection) -> Result<Vec<Listed>, StoreError> {
    let mut users = connection.prepare(
        "SELECT id, name, title, (SELECT count(*) FROM collections
            WHERE user = users.id AND is_gone = 0)
         FROM users ORDER BY name",
    )?;
    let mut tokens =
        connection.prepare("SELECT number, created FROM tokens WHERE user = ?1 ORDER BY number")?;
    let rows = users.query_map([], |row| {
        let id: i64 = row.get(0)?;
        let tokens = tokens.query_map([id], |row| Ok((row.get(0)?, time(row.get(1)?))))?;
        Ok(Listed {
            name: row.get(1)?,
            title: row.get(2)?,
            tokens: tokens.collect::<Result<_, _>>()?,
            collections: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Finds a user by name.
///
/// # Errors
/// Those of SQLite.
pub fn by_name(connection: &Connection, name: &str) -> Result<Option<User>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE name = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([name], User::of).optional()?)
}

/// Finds the user of a token.
///
/// # Errors
/// Those of SQLite.
pub fn by_token(connection: &Connection, token: &Token) -> Result<Option<User>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tokens JOIN users ON users.id = tokens.user WHERE hash = ?1"
    );
    Ok(connection.prepare_cached(&sql)?.query_row([token.hash()], User::of).optional()?)
}

/// Returns the users who were never given an inbox, and notes that they have been.
///
/// # Errors
/// Those of SQLite.
pub fn take_those_without_inbox(connection: &Connection) -> Result<Vec<User>, StoreError> {
    let sql = format!("UPDATE users SET has_inbox = 1 WHERE has_inbox = 0 RETURNING {COLUMNS}");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], User::of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives the service document of a user a new state.
pub(super) fn touch(connection: &Connection, user: i64, seen: Seen) -> Result<(), StoreError> {
    let now = Utc::now().timestamp_micros();
    let sql = "UPDATE users SET tag = ?2, modified = max(modified, ?3) WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![user, Tag::unique(), now])?;
    if seen == Seen::Changed {
        let sql = "UPDATE users SET public_tag = ?2, public_modified = max(public_modified, ?3)
            WHERE id = ?1";
        connection.prepare_cached(sql)?.execute(params![user, Tag::unique(), now])?;
    }
    Ok(())
}
