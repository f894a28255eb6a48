//! The tables, and connections to them.

use crate::store::StoreError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;
use std::time::Duration;

/// Marks the files of this program: "fsm1".
const APPLICATION: i64 = 0x6673_6D31;

/// The version of the tables.
const VERSION: i64 = 1;

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
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        (APPLICATION, VERSION) => {}
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
