//! The publisher's database: entities, their earlier versions, and the events that changed them.

pub mod pages;

use crate::consume::Method;
use crate::error::Error;
use crate::publisher::clock::Clock;
use crate::publisher::condition::Conditions;
use crate::publisher::generate::{self, Change, Generator};
use chrono::Utc;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most octets that the state of an entity has, and the body of an event: 16 MiB.
pub const MOST_ENTITY_OCTETS: usize = 16 << 20;

/// In WAL mode only FULL has a transaction on the disk when it is committed: what was shown to a
/// client is not undone by a loss of power.
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
    CREATE TABLE IF NOT EXISTS entity (
        uri TEXT PRIMARY KEY, version INTEGER NOT NULL, time INTEGER NOT NULL, etag TEXT NOT NULL,
        body BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS earlier (
        uri TEXT NOT NULL, version INTEGER NOT NULL, time INTEGER NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (uri, version)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS event (
        number INTEGER PRIMARY KEY, time INTEGER NOT NULL, method TEXT NOT NULL, uri TEXT NOT NULL,
        etag TEXT, body BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS clock (last INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS feed (
        id TEXT NOT NULL, secret BLOB NOT NULL, page_events INTEGER NOT NULL
    );
";

/// The publisher's database.
///
/// One connection writes; every reader opens one of its own. An event and the state that it made
/// are committed in one transaction, so that the order of events is the order of commits.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    writer: Mutex<Writer>,
    feed: FeedIdentity,
}

/// What makes a feed the same feed for as long as its database lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedIdentity {
    /// Sets its event ids and entity tags apart from those of any other feed.
    pub id: String,
    /// Makes its boundaries unpredictable, yet the same every time.
    pub secret: [u8; 16],
    /// How many events an archive document has at most.
    pub page_events: u64,
}

#[derive(Debug)]
struct Writer {
    connection: Connection,
    clock: Clock,
}

/// An entity as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its URI.
    pub uri: String,
    /// Its entity tag, quoted.
    pub etag: String,
    /// Its state.
    pub body: Vec<u8>,
}

/// A version of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Counts from 1 without gaps.
    pub number: u64,
    /// When it came to be, in milliseconds since the Unix epoch.
    pub time: i64,
}

/// An event as the publisher stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Counts from 1, in the order of commits.
    pub number: u64,
    /// Milliseconds since the Unix epoch.
    pub time: i64,
    /// What befell the target.
    pub method: Method,
    /// The target.
    pub uri: String,
    /// The entity tag of the state that it made, if there is one.
    pub etag: Option<String>,
    /// The new state, or the patch.
    pub body: Vec<u8>,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Changed {
        /// How.
        method: Method,
        /// The entity tag of the state that it made, if there is one.
        etag: Option<String>,
        /// Whether the entity was not there before.
        is_new: bool,
    },
    /// There is no entity that could be changed so.
    Absent,
    /// Its conditions do not hold.
    Refused,
}

/// What a change has made, and its event says.
struct Made {
    method: Method,
    etag: Option<String>,
    body: Vec<u8>,
}

impl Store {
    /// Opens a database, or makes one whose feed has at most so many events in a document; one that
    /// exists keeps its own number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn open(path: &Path, page_events: u64) -> Result<Self, Error> {
        Self::with_wall(path, page_events, || Utc::now().timestamp_millis())
    }

    /// The same, with a wall clock of the caller's.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn with_wall(path: &Path, page_events: u64, wall: fn() -> i64) -> Result<Self, Error> {
        let connection = Connection::open(path)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute_batch(pages::SCHEMA)?;
        let last =
            connection.query_row("SELECT last FROM clock", [], |row| row.get(0)).optional()?;
        if last.is_none() {
            let (id, secret) =
                (format!("{:016x}", rand::random::<u64>()), rand::random::<[u8; 16]>());
            connection.execute("INSERT INTO clock VALUES (0)", [])?;
            let insert = "INSERT INTO feed VALUES (?1, ?2, ?3)";
            connection.execute(insert, params![id, secret, page_events.max(1)])?;
        }
        let feed = connection.query_row("SELECT id, secret, page_events FROM feed", [], |row| {
            let (id, secret, page_events) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(FeedIdentity { id, secret, page_events })
        })?;
        let clock = Clock::new(last.unwrap_or(0), wall);
        let writer = Mutex::new(Writer { connection, clock });
        Ok(Self { path: path.to_owned(), writer, feed })
    }

    /// What makes its feed the same feed.
    #[must_use]
    pub fn feed(&self) -> &FeedIdentity {
        &self.feed
    }

    /// Another connection, for reading.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn reader(&self) -> Result<Connection, Error> {
        let reader = Connection::open(&self.path)?;
        reader.execute_batch("PRAGMA query_only = ON;")?;
        Ok(reader)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic elsewhere leaves at most a transaction that SQLite rolls back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody can have seen what is in the database: there was neither event nor snapshot.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn is_unseen(&self) -> Result<bool, Error> {
        let select = "SELECT last = 0 FROM clock";
        Ok(self.writer().connection.query_row(select, [], |row| row.get(0))?)
    }

    /// Fills a database that nobody has seen with entities that have had several versions each;
    /// without events, since nobody has a snapshot that lacks them. What was interrupted goes on
    /// where it was, and a generator of the same seed makes the same of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn fill(
        &self,
        count: u64,
        generator: &mut Generator,
        mut on_entity: impl FnMut(),
    ) -> Result<u64, Error> {
        let filled: u64 =
            self.reader()?.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
        let mut versions = 0;
        let mut number = 0;
        while number < count {
            let mut writer = self.writer();
            let Writer { connection, clock } = &mut *writer;
            let time = clock.now();
            let transaction = connection.transaction()?;
            let end = (number + 10_000).min(count);
            for number in number..end {
                let uri = generate::uri(number);
                let last = generator.versions();
                for version in 1..last {
                    let earlier = generator.state(&uri);
                    if number < filled {
                        continue;
                    }
                    let insert = "INSERT INTO earlier VALUES (?1, ?2, ?3, ?4)";
                    let row = params![uri, version, time, earlier];
                    transaction.prepare_cached(insert)?.execute(row)?;
                }
                let state = generator.state(&uri);
                if number >= filled {
                    self.replace(&transaction, &uri, Version { number: last, time }, &state)?;
                }
                versions += last;
                on_entity();
            }
            transaction.commit()?;
            number = end;
        }
        Ok(versions)
    }

    /// Makes a change and its event in one transaction; `None` where it changes nothing.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub fn change(&self, change: &Change) -> Result<Option<Method>, Error> {
        Ok(match self.write(change, &Conditions::default())? {
            Outcome::Changed { method, .. } => Some(method),
            Outcome::Absent | Outcome::Refused => None,
        })
    }

    /// The same on conditions, which are looked at in that transaction.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Patch`], and [`Error::TooLarge`] for a state or an event of more
    /// than [`MOST_ENTITY_OCTETS`].
    pub fn write(&self, change: &Change, conditions: &Conditions) -> Result<Outcome, Error> {
        let mut writer = self.writer();
        let Writer { connection, clock } = &mut *writer;
        let time = clock.now();
        let transaction = connection.transaction()?;
        let before = entity(&transaction, change.uri())?;
        if !conditions.hold(before.as_ref().map(|before| before.etag.as_str())) {
            return Ok(Outcome::Refused);
        }
        let is_new = before.is_none();
        let Some(event) = self.make(&transaction, change, before, time)? else {
            return Ok(Outcome::Absent);
        };
        let Made { method, etag, body } = event;
        let insert =
            "INSERT INTO event (time, method, uri, etag, body) VALUES (?1, ?2, ?3, ?4, ?5)";
        let row = params![time, method.name(), change.uri(), etag, body];
        let number = transaction.prepare_cached(insert)?.insert(row)?;
        pages::add(&transaction, self.feed.page_events, number, change.uri(), &body)?;
        transaction.prepare_cached("UPDATE clock SET last = ?1")?.execute([time])?;
        transaction.commit()?;
        Ok(Outcome::Changed { method, etag, is_new })
    }

    /// Makes a change; nothing where there is no entity that could be changed so.
    fn make(
        &self,
        transaction: &Transaction<'_>,
        change: &Change,
        before: Option<Entity>,
        time: i64,
    ) -> Result<Option<Made>, Error> {
        let uri = change.uri();
        let (method, state, body) = match (change, before) {
            (Change::Put(_, body), _) => (Method::Put, Some(body.clone()), body.clone()),
            (_, None) => return Ok(None),
            (Change::Patch(_, patch), Some(before)) => {
                let patch = patch.to_string().into_bytes();
                (Method::Patch, Some(patched(uri, &before.body, &patch)?), patch)
            }
            (Change::Post(_, asset), Some(before)) => {
                let state = with_asset(uri, &before.body, asset)?;
                (Method::Post, Some(state), asset.to_string().into_bytes())
            }
            (Change::Delete(_), Some(_)) => (Method::Delete, None, Vec::new()),
        };
        if state.as_ref().map_or(0, Vec::len).max(body.len()) > MOST_ENTITY_OCTETS {
            return Err(Error::TooLarge { uri: uri.to_owned(), limit: MOST_ENTITY_OCTETS });
        }
        keep_earlier(transaction, uri)?;
        let etag = match state {
            Some(state) => {
                let version = Version { number: next_version(transaction, uri)?, time };
                Some(self.replace(transaction, uri, version, &state)?)
            }
            None => {
                delete(transaction, uri)?;
                None
            }
        };
        Ok(Some(Made { method, etag, body }))
    }

    /// Stores a state as the current one. Its entity tag is that of no state of another database, at the same URI.
    fn replace(
        &self,
        transaction: &Transaction<'_>,
        uri: &str,
        version: Version,
        body: &[u8],
    ) -> Result<String, Error> {
        let Version { number, time } = version;
        let etag = format!("\"{}-{number}\"", self.feed.id);
        let insert = "INSERT OR REPLACE INTO entity (uri, version, time, etag, body)
                  VALUES (?1, ?2, ?3, ?4, ?5)";
        transaction.prepare_cached(insert)?.execute(params![uri, number, time, etag, body])?;
        Ok(etag)
    }

    /// The publisher's clock, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.writer().clock.now()
    }

    /// Fixes a point of the database's time: a connection that sees it and nothing later, and the
    /// publisher's clock at that moment, a time that no other point has.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn freeze(&self) -> Result<(Connection, i64), Error> {
        let reader = self.reader()?;
        let mut writer = self.writer();
        let time = writer.clock.later();
        writer.connection.execute("UPDATE clock SET last = ?1", [time])?;
        // SQLite fixes the point at the first read of a transaction, here under the writer's lock.
        reader.execute_batch("BEGIN; SELECT 1 FROM entity LIMIT 1;")?;
        Ok((reader, time))
    }
}

impl Method {
    /// The method's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Post => "POST",
        }
    }

    /// The method of a name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Put, Self::Patch, Self::Delete, Self::Post]
            .into_iter()
            .find(|method| method.name() == name)
    }
}

/// The state after a JSON Merge Patch (RFC 7396).
///
/// # Errors
/// [`Error::Patch`].
pub fn patched(uri: &str, state: &[u8], patch: &[u8]) -> Result<Vec<u8>, Error> {
    let broken = |source| Error::Patch { uri: uri.to_owned(), source };
    let mut state = serde_json::from_slice(state).map_err(broken)?;
    json_patch::merge(&mut state, &serde_json::from_slice(patch).map_err(broken)?);
    serde_json::to_vec(&state).map_err(broken)
}

/// An entity, if it is there.
///
/// # Errors
/// [`Error::Database`].
pub fn entity(connection: &Connection, uri: &str) -> Result<Option<Entity>, Error> {
    let mut select =
        connection.prepare_cached("SELECT uri, etag, body FROM entity WHERE uri = ?1")?;
    Ok(select.query_row([uri], to_entity).optional()?)
}

/// Whether an entity that is not there has been.
///
/// # Errors
/// [`Error::Database`].
pub fn has_been(connection: &Connection, uri: &str) -> Result<bool, Error> {
    let mut select = connection.prepare_cached("SELECT 1 FROM earlier WHERE uri = ?1")?;
    Ok(select.exists([uri])?)
}

/// All versions that an entity has had, the first first; none where it never was.
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

/// The entity with the most versions, among the first thousands.
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

/// The state that an entity had in a version.
///
/// # Errors
/// [`Error::Database`].
pub fn state(connection: &Connection, uri: &str, number: u64) -> Result<Option<Vec<u8>>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT body FROM earlier WHERE uri = ?1 AND version = ?2
         UNION ALL SELECT body FROM entity WHERE uri = ?1 AND version = ?2",
    )?;
    Ok(select.query_row(params![uri, number], |row| row.get(0)).optional()?)
}

/// Reads a row of `uri, etag, body`.
pub(crate) fn to_entity(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entity> {
    Ok(Entity { uri: row.get(0)?, etag: row.get(1)?, body: row.get(2)? })
}

/// The number of the last event, 0 where there is none.
///
/// # Errors
/// [`Error::Database`].
pub fn last_event(connection: &Connection) -> Result<u64, Error> {
    let mut select = connection.prepare_cached("SELECT coalesce(max(number), 0) FROM event")?;
    Ok(select.query_row([], |row| row.get(0))?)
}

/// The events of a range of numbers, in order.
///
/// # Errors
/// [`Error::Database`].
pub fn events(connection: &Connection, first: u64, last: u64) -> Result<Vec<StoredEvent>, Error> {
    let mut select = connection.prepare_cached(
        "SELECT number, time, method, uri, etag, body FROM event WHERE number BETWEEN ?1 AND ?2 ORDER BY number",
    )?;
    let rows = select.query_map([first, last], |row| {
        let method: String = row.get(2)?;
        Ok(StoredEvent {
            number: row.get(0)?,
            time: row.get(1)?,
            method: Method::by_name(&method).ok_or(rusqlite::Error::InvalidQuery)?,
            uri: row.get(3)?,
            etag: row.get(4)?,
            body: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The state with another asset.
fn with_asset(uri: &str, state: &[u8], asset: &Value) -> Result<Vec<u8>, Error> {
    let broken = |source| Error::Patch { uri: uri.to_owned(), source };
    let mut state: Value = serde_json::from_slice(state).map_err(broken)?;
    let assets = state.get_mut("assets").and_then(Value::as_array_mut);
    let assets = assets.ok_or_else(|| broken(serde::de::Error::custom("it has no assets")))?;
    assets.push(asset.clone());
    serde_json::to_vec(&state).map_err(broken)
}

fn next_version(transaction: &Transaction<'_>, uri: &str) -> Result<u64, Error> {
    let mut select = transaction.prepare_cached(
        "SELECT 1 + max(coalesce((SELECT version FROM entity WHERE uri = ?1), 0),
                        coalesce((SELECT max(version) FROM earlier WHERE uri = ?1), 0))",
    )?;
    Ok(select.query_row([uri], |row| row.get(0))?)
}

fn delete(transaction: &Transaction<'_>, uri: &str) -> Result<(), Error> {
    transaction.prepare_cached("DELETE FROM entity WHERE uri = ?1")?.execute([uri])?;
    Ok(())
}

fn keep_earlier(transaction: &Transaction<'_>, uri: &str) -> Result<(), Error> {
    let keep = "INSERT INTO earlier SELECT uri, version, time, body FROM entity WHERE uri = ?1";
    transaction.prepare_cached(keep)?.execute([uri])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn what_is_committed_is_on_the_disk() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("publisher.sqlite");
        let store = Store::open(&path, 50).unwrap();
        store.fill(10, &mut Generator::new(1), || ()).unwrap();
        let writer = store.writer();
        let pragma = |name| {
            let pragma = format!("PRAGMA {name}");
            writer.connection.query_row(&pragma, [], |row| row.get::<_, rusqlite::types::Value>(0))
        };
        assert_eq!(pragma("journal_mode").unwrap(), "wal".to_owned().into());
        assert_eq!(pragma("synchronous").unwrap(), 2.into(), "FULL");
    }
}
