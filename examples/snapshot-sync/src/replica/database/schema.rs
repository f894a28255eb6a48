//! The tables of the replica's database: how they are created, and how those of version 0.1 are
//! upgraded.
//!
//! Both happen in one transaction, which ends with the stamp that [`crate::guard`] looks for. A
//! process that is killed during it leaves the file as it was.

use crate::error::Error;
use crate::guard::{Found, Side};
use rusqlite::Connection;
use std::path::Path;

/// The statements that create the tables.
const CREATE: &[&str] = &[
    "CREATE TABLE progress (document TEXT NOT NULL)",
    "CREATE TABLE fetched (uri TEXT PRIMARY KEY, reading INTEGER NOT NULL) WITHOUT ROWID",
    CREATE_POSITION,
    CREATE_ASIDE,
    CREATE_ASIDE_NEXT,
    "CREATE TABLE consumed (events INTEGER NOT NULL, last INTEGER, to_end INTEGER)",
    "INSERT INTO consumed VALUES (0, NULL, NULL)",
    "CREATE TABLE entity (
         uri TEXT PRIMARY KEY, etag TEXT, type TEXT NOT NULL, body BLOB NOT NULL
     ) WITHOUT ROWID",
    CREATE_STAGED,
];

/// The statement that creates the table of a snapshot's entities. When the snapshot is complete,
/// this table becomes `entity`.
pub(super) const CREATE_STAGED: &str = "CREATE TABLE staged (
         uri TEXT PRIMARY KEY, etag TEXT, type TEXT NOT NULL, body BLOB NOT NULL
     ) WITHOUT ROWID";

/// The statement that creates the table of the position, which has one row at most.
const CREATE_POSITION: &str = "CREATE TABLE position (document TEXT NOT NULL)";

/// The statements that create the table of the entities that are set aside.
const CREATE_ASIDE: &str = "CREATE TABLE aside (
         uri TEXT PRIMARY KEY, next INTEGER NOT NULL, document TEXT NOT NULL
     ) WITHOUT ROWID";
const CREATE_ASIDE_NEXT: &str = "CREATE INDEX aside_next ON aside (next)";

/// The statements that upgrade the tables of version 0.1, which knew one media type alone. They
/// take the same time however many entities there are.
const UPGRADE: &[&str] = &[
    "ALTER TABLE entity ADD COLUMN type TEXT NOT NULL DEFAULT 'application/entity-images+json'",
    // What is staged is needed only to go on with an unfinished snapshot.
    "ALTER TABLE staged ADD COLUMN type TEXT NOT NULL DEFAULT 'application/entity-images+json'",
    // The link to the last event becomes a name: its path.
    "UPDATE position SET last_self = substr(last_self, instr(last_self, '://') + 3)
         WHERE last_self LIKE '%://%'",
    "UPDATE position SET last_self = substr(last_self, instr(last_self, '/'))
         WHERE last_self NOT LIKE '/%'",
    "ALTER TABLE position RENAME TO position_0_1",
    CREATE_POSITION,
    // Times of version 0.1 are milliseconds since the Unix epoch.
    "INSERT INTO position SELECT json_object(
         'start', strftime('%Y-%m-%dT%H:%M:%SZ', start / 1000, 'unixepoch'), 'reading', reading,
         'etag', etag, 'last', iif(last IS NULL, NULL, json_object(
             'id', last, 'self_uri', last_self, 'time', (
                 SELECT strftime('%Y-%m-%dT%H:%M:%SZ', consumed.last / 1000, 'unixepoch')
                 FROM consumed))))
     FROM position_0_1",
    "DROP TABLE position_0_1",
    CREATE_ASIDE,
    CREATE_ASIDE_NEXT,
];

/// Settings of a connection that writes.
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA wal_autocheckpoint = 8000;
    PRAGMA cache_size = -16384;
";

/// Creates or upgrades the tables of a database that may be opened, and sets up the connection.
///
/// # Errors
/// [`Error::Foreign`], [`Error::Database`].
pub(super) fn prepare(connection: &Connection, path: &Path) -> Result<(), Error> {
    if Side::Replica.judge(connection, path)? != Found::Current {
        let prepared = begin(connection, path).and_then(|statements| {
            statements.iter().try_for_each(|statement| connection.execute_batch(statement))?;
            connection.execute_batch(&Side::Replica.stamp())?;
            Ok(connection.execute_batch("COMMIT")?)
        });
        if prepared.is_err() && !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK")?;
        }
        prepared?;
    }
    Ok(connection.execute_batch(SETTINGS)?)
}

/// Begins the transaction, and returns the statements that belong into it. Another process may have
/// changed the file until here.
fn begin(connection: &Connection, path: &Path) -> Result<&'static [&'static str], Error> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    Ok(match Side::Replica.judge(connection, path)? {
        Found::Nothing => CREATE,
        Found::Earlier => UPGRADE,
        Found::Current => &[],
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use crate::replica::Replica;
    use std::fs;

    /// What version 0.1 wrote.
    const VERSION_0_1: &str = "
        PRAGMA journal_mode = WAL;
        CREATE TABLE progress (document TEXT NOT NULL);
        CREATE TABLE fetched (uri TEXT PRIMARY KEY, reading INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE position (
            start INTEGER NOT NULL, last TEXT, last_self TEXT, reading INTEGER NOT NULL, etag TEXT
        );
        CREATE TABLE consumed (events INTEGER NOT NULL, last INTEGER, to_end INTEGER);
        CREATE TABLE entity (uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE staged (uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL) WITHOUT ROWID;
        INSERT INTO consumed VALUES (7, 1000, 2000);
        INSERT INTO position VALUES
            (1000, '<7@x>', 'http://127.0.0.1:8080/changes/7', 3, '\"7\"');
        INSERT INTO fetched VALUES ('/entities/variant/1', 2);
        INSERT INTO staged VALUES ('/entities/variant/9', NULL, '9');
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 500)
        INSERT INTO entity SELECT '/entities/variant/' || n, '\"' || n || '\"', zeroblob(500)
            FROM number;
    ";

    fn of_version_0_1(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch(VERSION_0_1).unwrap();
        connection
    }

    /// Opens it, and looks whether all is there that version 0.1 wrote.
    fn is_whole(path: &Path) {
        let replica = Replica::open(path).unwrap();
        assert_eq!(Side::Replica.inspect(path).unwrap(), Found::Current);
        assert_eq!(replica.counts().unwrap(), (500, 1));
        let entity = replica.entity("/entities/variant/77").unwrap().unwrap();
        assert_eq!((entity.etag.as_str(), entity.body.len()), ("\"77\"", 500));
        let consumed = replica.consumed().unwrap();
        assert_eq!(consumed.events, 7);
        let position = replica.position().unwrap().unwrap();
        let last = position.last().unwrap();
        assert_eq!((last.id(), last.self_uri()), ("<7@x>", Some("/changes/7")));
        assert_eq!((position.reading(), position.etag()), (3, Some("\"7\"")));
    }

    #[test]
    fn a_file_of_version_0_1_is_upgraded_in_place() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sqlite");
        drop(of_version_0_1(&path));
        let refused = Replica::open_read_only(&path).unwrap_err().to_string();
        assert!(refused.contains("version 0.1") && refused.contains("replicate --from"));
        is_whole(&path);
        is_whole(&path);
    }

    /// Copies what a process that is killed now leaves behind.
    fn killed(path: &Path, copies: &Path) -> std::path::PathBuf {
        let copy = copies.join("x.sqlite");
        for end in ["", "-wal", "-journal"] {
            let name = |path: &Path| std::path::PathBuf::from(format!("{}{end}", path.display()));
            if name(path).exists() {
                fs::copy(name(path), name(&copy)).unwrap();
            }
        }
        copy
    }

    #[test]
    fn an_upgrade_that_is_killed_after_any_statement_leaves_the_file_as_it_was() {
        for kept in 0..=UPGRADE.len() {
            let (directory, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let path = directory.path().join("x.sqlite");
            let connection = of_version_0_1(&path);
            // Pages are written before the commit.
            connection.execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1").unwrap();
            for statement in &begin(&connection, &path).unwrap()[..kept] {
                connection.execute_batch(statement).unwrap();
            }
            let copy = killed(&path, copies.path());
            assert_eq!(Side::Replica.inspect(&copy).unwrap(), Found::Earlier);
            is_whole(&copy);
        }
    }

    #[test]
    fn a_creation_that_is_killed_after_any_statement_leaves_an_empty_file() {
        for kept in 0..=CREATE.len() {
            let (directory, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let path = directory.path().join("x.sqlite");
            let connection = Connection::open(&path).unwrap();
            for statement in &begin(&connection, &path).unwrap()[..kept] {
                connection.execute_batch(statement).unwrap();
            }
            let copy = killed(&path, copies.path());
            assert_eq!(Side::Replica.inspect(&copy).unwrap(), Found::Nothing);
            assert_eq!(Replica::open(&copy).unwrap().counts().unwrap(), (0, 0));
        }
    }
}
