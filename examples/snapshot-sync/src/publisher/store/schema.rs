//! The tables of the publisher's database. A new file gets them, and a file of version 0.1 is
//! upgraded to them, in one transaction that ends with the file's stamp: whenever the process is
//! killed, the file is the former one or a whole new one.

use super::entities::Entities;
use crate::entity::ENTITY_TYPE;
use crate::error::Error;
use crate::guard::{Found, Side};
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::path::Path;

/// What a new feed is given once and keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeed {
    /// The limit on events in a document of the feed, at least 1.
    pub page_events: u64,
    /// The path of entities.
    pub entities: Entities,
}

const CREATE: [&str; 7] = [
    "CREATE TABLE entity (
         uri TEXT PRIMARY KEY, version INTEGER NOT NULL, time INTEGER NOT NULL, etag TEXT NOT NULL,
         type TEXT NOT NULL, body BLOB NOT NULL
     ) WITHOUT ROWID",
    "CREATE TABLE earlier (
         uri TEXT NOT NULL, version INTEGER NOT NULL, time INTEGER NOT NULL, type TEXT NOT NULL,
         body BLOB NOT NULL, PRIMARY KEY (uri, version)
     ) WITHOUT ROWID",
    "CREATE TABLE event (
         number INTEGER PRIMARY KEY, time INTEGER NOT NULL, method TEXT NOT NULL, uri TEXT NOT NULL,
         etag TEXT, type TEXT, random INTEGER, body BLOB NOT NULL
     )",
    "CREATE TABLE page (
         number INTEGER PRIMARY KEY, first INTEGER NOT NULL UNIQUE, octets INTEGER NOT NULL
     )",
    "CREATE TABLE run (first INTEGER PRIMARY KEY, id TEXT NOT NULL)",
    "CREATE TABLE clock (last INTEGER NOT NULL)",
    "CREATE TABLE feed (
         id TEXT NOT NULL, secret BLOB NOT NULL, page_events INTEGER NOT NULL, entities TEXT NOT NULL
     )",
];

/// The tables of version 0.1 get columns, which takes no longer for a large database than for a
/// small one. Its early files have no table of pages: their events get pages of equal size.
const UPGRADE: [&str; 6] = [
    "ALTER TABLE event ADD COLUMN type TEXT",
    "ALTER TABLE event ADD COLUMN random INTEGER",
    "ALTER TABLE feed ADD COLUMN entities TEXT NOT NULL DEFAULT 'entities/variant'",
    "CREATE TABLE IF NOT EXISTS page (
         number INTEGER PRIMARY KEY, first INTEGER NOT NULL UNIQUE, octets INTEGER NOT NULL
     )",
    "INSERT INTO page
         SELECT (event.number - 1) / page_events, min(event.number), sum(length(body))
         FROM event, feed WHERE NOT EXISTS (SELECT 1 FROM page) GROUP BY 1",
    "CREATE TABLE run (first INTEGER PRIMARY KEY, id TEXT NOT NULL)",
];

/// Makes sure that a file has the tables. Nothing is written to a file that may not be opened.
///
/// # Errors
/// [`Error::Foreign`], [`Error::Database`].
pub(super) fn prepare(
    connection: &mut Connection,
    path: &Path,
    new: &NewFeed,
) -> Result<(), Error> {
    prepare_stepwise(connection, path, new, || ())
}

/// `after` is called after each step that writes.
fn prepare_stepwise(
    connection: &mut Connection,
    path: &Path,
    new: &NewFeed,
    mut after: impl FnMut(),
) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut step = |sql: &str| -> Result<(), Error> {
        transaction.execute_batch(sql)?;
        after();
        Ok(())
    };
    // Another process may have opened the file since it was inspected.
    match Side::Publisher.judge(&transaction, path)? {
        Found::Current => return Ok(()),
        Found::Nothing => CREATE.iter().try_for_each(|sql| step(sql))?,
        Found::Earlier => {
            for table in ["entity", "earlier"] {
                step(&format!(
                    "ALTER TABLE {table} ADD COLUMN type TEXT NOT NULL DEFAULT '{ENTITY_TYPE}'"
                ))?;
            }
            UPGRADE.iter().try_for_each(|sql| step(sql))?;
        }
    }
    begin_feed(&transaction, new)?;
    step(&Side::Publisher.stamp())?;
    Ok(transaction.commit()?)
}

/// Stores the identity of a new feed. A file of version 0.1 has one, unless its creation was
/// interrupted.
fn begin_feed(transaction: &Transaction<'_>, new: &NewFeed) -> Result<(), Error> {
    transaction.execute("INSERT INTO clock SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM clock)", [])?;
    let (id, secret) = (format!("{:016x}", rand::random::<u64>()), rand::random::<[u8; 16]>());
    let insert = "INSERT INTO feed (id, secret, page_events, entities)
                  SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM feed)";
    let row = params![id, secret, new.page_events.max(1), new.entities.as_str()];
    transaction.execute(insert, row)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use crate::publisher::store::Store;
    use std::fs;
    use std::path::PathBuf;

    fn new() -> NewFeed {
        NewFeed { page_events: 5, entities: Entities::default() }
    }

    /// The tables of version 0.1 and some rows, as that version made them.
    const VERSION_0_1: &str = "
        PRAGMA journal_mode = WAL;
        CREATE TABLE entity (
            uri TEXT PRIMARY KEY, version INTEGER NOT NULL, time INTEGER NOT NULL,
            etag TEXT NOT NULL, body BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE earlier (
            uri TEXT NOT NULL, version INTEGER NOT NULL, time INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (uri, version)
        ) WITHOUT ROWID;
        CREATE TABLE event (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, method TEXT NOT NULL,
            uri TEXT NOT NULL, etag TEXT, body BLOB NOT NULL
        );
        CREATE TABLE clock (last INTEGER NOT NULL);
        CREATE TABLE feed (id TEXT NOT NULL, secret BLOB NOT NULL, page_events INTEGER NOT NULL);
        CREATE TABLE page (
            number INTEGER PRIMARY KEY, first INTEGER NOT NULL UNIQUE, octets INTEGER NOT NULL
        );
        INSERT INTO clock VALUES (1000);
        INSERT INTO feed VALUES ('0123456789abcdef', x'000102030405060708090a0b0c0d0e0f', 2);
        INSERT INTO entity VALUES ('/entities/variant/1', 2, 7, '\"0123456789abcdef-2\"', '{}');
        INSERT INTO earlier VALUES ('/entities/variant/1', 1, 6, '[]');
        INSERT INTO event VALUES (1, 7, 'PUT', '/entities/variant/1', '\"0123456789abcdef-2\"', '{}');
        INSERT INTO event VALUES (2, 8, 'PUT', '/entities/variant/2', '\"0123456789abcdef-1\"', '{}');
        INSERT INTO event VALUES (3, 9, 'DELETE', '/entities/variant/2', NULL, '');
        INSERT INTO page VALUES (0, 1, 100), (1, 3, 50);
    ";

    /// Copies a database as a process that is killed now leaves it.
    fn copy(from: &Path, to: &Path) {
        for end in ["", "-wal", "-journal"] {
            let file = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
            if file(from).exists() {
                fs::copy(file(from), file(to)).unwrap();
            }
        }
    }

    /// Everything that version 0.1 knew.
    fn content(path: &Path) -> Vec<String> {
        let connection = Connection::open(path).unwrap();
        let rows = |select: &str| {
            let mut select = connection.prepare(select).unwrap();
            let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
            rows.map(Result::unwrap).collect::<Vec<_>>()
        };
        [
            "SELECT uri || version || time || etag || body FROM entity ORDER BY uri",
            "SELECT uri || version || time || body FROM earlier ORDER BY uri, version",
            "SELECT number || time || method || uri || coalesce(etag, '') || body FROM event",
            "SELECT id || page_events FROM feed",
            "SELECT number || ' ' || first FROM page",
        ]
        .map(rows)
        .concat()
    }

    /// Prepares a file, and copies it after each step: what was found in each copy, and whether a
    /// publisher opens it and finds what was there before.
    fn killed_after_each_step(before: &str, is_whole: impl Fn(&Path)) -> Vec<Found> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sqlite");
        let mut connection = Connection::open(&path).unwrap();
        connection.execute_batch(before).unwrap();
        // With the smallest cache, pages reach the disk before the commit.
        connection.execute_batch("PRAGMA cache_size = 1;").unwrap();
        let mut copies = Vec::new();
        let mut killed = || {
            let to = directory.path().join(format!("{}.sqlite", copies.len()));
            copy(&path, &to);
            copies.push(to);
        };
        killed();
        prepare_stepwise(&mut connection, &path, &new(), &mut killed).unwrap();
        killed();
        let found = copies.iter().map(|copy| Side::Publisher.inspect(copy).unwrap()).collect();
        for copy in &copies {
            drop(Store::open(copy, 9).unwrap());
            is_whole(copy);
        }
        found
    }

    #[test]
    fn an_upgrade_that_is_killed_at_any_step_leaves_the_former_file_or_a_whole_new_one() {
        for without_pages in [false, true] {
            let drop_pages = if without_pages { "DROP TABLE page;" } else { "" };
            let directory = tempfile::tempdir().unwrap();
            let plain = directory.path().join("plain.sqlite");
            Connection::open(&plain).unwrap().execute_batch(VERSION_0_1).unwrap();
            let expected = content(&plain);
            let found = killed_after_each_step(&format!("{VERSION_0_1}{drop_pages}"), |copy| {
                assert_eq!(content(copy), expected);
            });
            let (last, others) = found.split_last().unwrap();
            assert_eq!(*last, Found::Current);
            assert!(others.iter().all(|found| *found == Found::Earlier), "{found:?}");
            assert_eq!(others.len(), 1 + 2 + UPGRADE.len() + 1);
        }
    }

    #[test]
    fn a_creation_that_is_killed_at_any_step_leaves_nothing_or_a_whole_file() {
        let found = killed_after_each_step("PRAGMA journal_mode = WAL;", |copy| {
            let feeds = Connection::open(copy).unwrap();
            let feeds = feeds.query_row("SELECT count(*) FROM feed, clock", [], |row| row.get(0));
            assert_eq!(feeds, Ok(1));
        });
        let (last, others) = found.split_last().unwrap();
        assert_eq!(*last, Found::Current);
        assert!(others.iter().all(|found| *found == Found::Nothing), "{found:?}");
    }

    #[test]
    fn an_upgraded_feed_keeps_its_paths_and_its_old_media_type() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sqlite");
        Connection::open(&path).unwrap().execute_batch(VERSION_0_1).unwrap();
        let store = Store::open(&path, 9).unwrap();
        assert_eq!(store.feed().entities.as_str(), "entities/variant");
        assert_eq!((store.feed().page_events, &*store.feed().id), (2, "0123456789abcdef"));
        let types = "SELECT group_concat(type) FROM (SELECT type FROM entity UNION ALL
                     SELECT type FROM earlier)";
        let types = store.reader().unwrap().query_row(types, [], |row| row.get::<_, String>(0));
        assert_eq!(types, Ok(format!("{ENTITY_TYPE},{ENTITY_TYPE}")));
    }
}
