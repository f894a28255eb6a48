//! The tables, and connections to them.

use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// Marks the files of this program: "fsm1".
const APPLICATION: i64 = 0x6673_6D31;

/// The version of the tables.
const VERSION: i64 = 2;

/// How long a connection waits for one of another process, such as the command that adds a user.
const PATIENCE: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE origin (
    -- The scheme and authority of the URIs in the stored documents.
    uri TEXT NOT NULL
) STRICT;
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    created INTEGER NOT NULL,
    has_inbox INTEGER NOT NULL DEFAULT 0,
    -- The state of the service document.
    tag BLOB NOT NULL,
    modified INTEGER NOT NULL
) STRICT;
CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    number INTEGER NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (user, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE collections (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL,
    urn TEXT NOT NULL,
    is_bundle INTEGER NOT NULL,
    is_public INTEGER NOT NULL,
    -- The app:collection as a document.
    document BLOB NOT NULL,
    tag BLOB NOT NULL,
    modified INTEGER NOT NULL,
    members INTEGER NOT NULL DEFAULT 0,
    UNIQUE (user, name)
) STRICT;
CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    is_draft INTEGER NOT NULL,
    -- app:edited, in microseconds.
    edited INTEGER NOT NULL,
    tag BLOB NOT NULL,
    -- The entry as a document, as its owner sees it, and as others do if that differs.
    octets BLOB NOT NULL,
    public_octets BLOB,
    UNIQUE (collection, name)
) STRICT;
-- The order of a feed. A page is read from where it begins, however many members there are.
CREATE INDEX members_by_edit ON members (collection, edited, id);
CREATE INDEX published_by_edit ON members (collection, edited, id) WHERE is_draft = 0;
CREATE TABLE media (
    member INTEGER PRIMARY KEY REFERENCES members ON DELETE CASCADE,
    type TEXT NOT NULL,
    tag BLOB NOT NULL,
    modified INTEGER NOT NULL,
    octets BLOB NOT NULL
) STRICT;
";

/// What version 2 adds to version 1: how many octets the members and media of each user have.
///
/// A row that goes because another one does is gone after that other one, so that its own trigger finds no
/// user: the trigger of the other one counts it.
const COUNTS: &str = "
ALTER TABLE users ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;
CREATE VIEW member_octets AS
    SELECT members.id AS member, members.collection AS collection,
        length(members.octets) + coalesce(length(members.public_octets), 0)
            + coalesce(length(media.octets), 0) AS octets
    FROM members LEFT JOIN media ON media.member = members.id;
UPDATE users SET octets = (
    SELECT coalesce(sum(member_octets.octets), 0)
    FROM collections JOIN member_octets ON member_octets.collection = collections.id
    WHERE collections.user = users.id
);
CREATE TRIGGER count_new_member AFTER INSERT ON members BEGIN
    UPDATE users SET octets = octets + length(NEW.octets) + coalesce(length(NEW.public_octets), 0)
    WHERE id = (SELECT user FROM collections WHERE id = NEW.collection);
END;
CREATE TRIGGER count_edited_member AFTER UPDATE OF octets, public_octets ON members BEGIN
    UPDATE users SET octets = octets + length(NEW.octets) + coalesce(length(NEW.public_octets), 0)
        - length(OLD.octets) - coalesce(length(OLD.public_octets), 0)
    WHERE id = (SELECT user FROM collections WHERE id = NEW.collection);
END;
CREATE TRIGGER count_deleted_member BEFORE DELETE ON members BEGIN
    UPDATE users
    SET octets = octets - (SELECT octets FROM member_octets WHERE member = OLD.id)
    WHERE id = (SELECT user FROM collections WHERE id = OLD.collection);
END;
CREATE TRIGGER count_deleted_collection BEFORE DELETE ON collections BEGIN
    UPDATE users
    SET octets = octets
        - (SELECT coalesce(sum(octets), 0) FROM member_octets WHERE collection = OLD.id)
    WHERE id = OLD.user;
END;
CREATE TRIGGER count_new_media AFTER INSERT ON media BEGIN
    UPDATE users SET octets = octets + length(NEW.octets)
    WHERE id = (SELECT user FROM collections JOIN members ON members.collection = collections.id
        WHERE members.id = NEW.member);
END;
CREATE TRIGGER count_edited_media AFTER UPDATE OF octets ON media BEGIN
    UPDATE users SET octets = octets + length(NEW.octets) - length(OLD.octets)
    WHERE id = (SELECT user FROM collections JOIN members ON members.collection = collections.id
        WHERE members.id = NEW.member);
END;
";

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
            transaction.execute_batch(TABLES)?;
            transaction.execute_batch(COUNTS)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        (APPLICATION, VERSION) => {}
        (APPLICATION, 1) => {
            transaction.execute_batch(COUNTS)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
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
    fn a_database_of_version_1_gets_the_counts_of_what_it_has() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("database");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(TABLES).unwrap();
        old.pragma_update(None, "application_id", APPLICATION).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute_batch(
            "INSERT INTO users VALUES (1, 'a', 'A', 0, 0, x'00', 0), (2, 'b', 'B', 0, 0, x'00', 0);
             INSERT INTO collections VALUES (1, 1, 'c', 'urn:c', 0, 0, x'00', x'00', 0, 2);
             INSERT INTO members VALUES (1, 1, 'm', 3, 0, 0, x'00', x'0000', x'00'),
                (2, 1, 'n', 0, 0, 0, x'00', x'0000', NULL);
             INSERT INTO media VALUES (1, 'a/b', x'00', 0, zeroblob(100));",
        )
        .unwrap();
        drop(old);
        for _ in 0..2 {
            let opened = for_writing(&path).unwrap();
            let mut statement = opened.prepare("SELECT octets FROM users ORDER BY id").unwrap();
            let octets = statement.query_map([], |row| row.get(0)).unwrap();
            assert_eq!(octets.collect::<Result<Vec<i64>, _>>().unwrap(), [105, 0]);
        }
    }
}
