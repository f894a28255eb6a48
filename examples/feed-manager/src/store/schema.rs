//! Connections to the tables.

use crate::store::StoreError;
use crate::store::tables::STEPS;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// Marks the files of this program: "fsm1".
const APPLICATION: i64 = 0x6673_6D31;

/// The version of the tables.
const VERSION: i64 = STEPS.len() as i64;

/// How long a connection waits for one of another process, such as the command that adds a user.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the connection that writes. A file that does not exist is created, and an empty one gets the
/// tables.
pub(super) fn for_writing(path: &Path) -> Result<Connection, StoreError> {
    create(path);
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application, version) {
        (0, 0) if tables == 0 => {
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            upgrade(&transaction, 0)?;
        }
        (APPLICATION, version @ 1..=VERSION) => upgrade(&transaction, version)?,
        (APPLICATION, found) => return Err(StoreError::Newer { found, known: VERSION }),
        _ => return Err(StoreError::Foreign { path: path.to_owned() }),
    }
    transaction.commit()?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // An answered request is on the disk, also when the machine loses its power.
    connection.pragma_update(None, "synchronous", "full")?;
    prepare(&connection)?;
    Ok(connection)
}

/// Makes the tables of this version of those of another one.
fn upgrade(connection: &Connection, version: i64) -> Result<(), StoreError> {
    let done = usize::try_from(version).unwrap_or_default();
    for step in STEPS.iter().skip(done) {
        connection.execute_batch(step)?;
    }
    Ok(connection.pragma_update(None, "user_version", VERSION)?)
}

/// Creates the file for its owner alone, since it has what users keep private. SQLite gives the files beside
/// it the same mode. The mode of a file that is there already is its owner's business, and why a file cannot
/// be created is what SQLite says when it opens it.
#[cfg(unix)]
fn create(path: &Path) {
    use std::os::unix::fs::OpenOptionsExt as _;
    let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
}

#[cfg(not(unix))]
fn create(_: &Path) {}

/// Opens a connection that reads.
pub(super) fn for_reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "query_only", true)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn a_database_of_version_1_gets_what_later_versions_have() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("database");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(STEPS[0]).unwrap();
        old.pragma_update(None, "application_id", APPLICATION).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute_batch(
            "INSERT INTO users VALUES (1, 'a', 'A', 0, 0, x'00', 0), (2, 'b', 'B', 0, 0, x'00', 0);
             INSERT INTO collections VALUES (1, 1, 'c', 'urn:c', 0, 0, x'00', x'00', 0, 2);
             INSERT INTO members VALUES (1, 1, 'm', 3, 0, 0, x'00', x'0000', x'00'),
                (2, 1, 'n', 0, 0, 0, x'00', x'0000', NULL);
             INSERT INTO media VALUES (1, 'a/b', x'00', 0, zeroblob(140000));",
        )
        .unwrap();
        drop(old);
        for _ in 0..2 {
            let opened = for_writing(&path).unwrap();
            let mut statement = opened.prepare("SELECT octets FROM users ORDER BY id").unwrap();
            let octets = statement.query_map([], |row| row.get(0)).unwrap();
            assert_eq!(octets.collect::<Result<Vec<i64>, _>>().unwrap(), [140_005, 0]);
            let sql = "SELECT group_concat(number || ':' || length(octets), ' ') FROM pieces";
            let pieces = opened.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
            assert_eq!(pieces, "0:65536 1:65536 2:8928");
            let sql = "SELECT length(public_tag) FROM members UNION ALL SELECT length(public_tag) FROM users";
            let mut statement = opened.prepare(sql).unwrap();
            let lengths = statement.query_map([], |row| row.get(0)).unwrap();
            assert_eq!(lengths.collect::<Result<Vec<i64>, _>>().unwrap(), [16, 16, 16, 16]);
        }
    }
}
