//! Connections to the application's database.

use super::attachment::Attachment;
use super::triggers;
use crate::error::Error;
use crate::guard::{unopened, uri_path};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Opens a connection that reads. It could write, so that it can roll back what an application that
/// was killed has left, but no statement may.
///
/// # Errors
/// [`Error::File`], [`Error::Database`].
pub(super) fn for_reading(path: &Path) -> Result<Connection, Error> {
    let connection = for_writing(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Closes a connection that reads, so that the application's file is whole: what is in the write-ahead
/// log is written into the database as far as nobody still reads what was there before. That waits
/// for no lock, and neither writers nor readers wait for it. If no other connection is open, SQLite also
/// removes the log; it would not be removed by the application, which closes its last connection while
/// this one is open.
///
/// # Errors
/// [`Error::Database`].
pub(super) fn rest(connection: Connection) -> Result<(), Error> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error.into())
}

/// Opens a connection that writes. No file is created.
///
/// # Errors
/// [`Error::File`], [`Error::Database`].
pub(super) fn for_writing(path: &Path) -> Result<Connection, Error> {
    std::fs::metadata(path).map_err(Error::of_file(path))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
        .map_err(|error| unopened(path, File::options().read(true), error.into()))
}

/// What is attached to the database at a path, if it is one of an application that has been entered.
/// Nothing is written, and no file is made.
///
/// # Errors
/// [`Error::Database`].
pub fn attachment_of(path: &Path) -> Result<Option<Attachment>, Error> {
    let look = |query: &str| -> Result<Option<Attachment>, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(format!("file:{}{query}", uri_path(path)), flags)?;
        Ok(triggers::attached(&connection)?.map(|(attachment, _)| attachment))
    };
    let found = match look("?immutable=1") {
        Ok(Some(found)) => return Ok(Some(found)),
        Err(Error::Database(error))
            if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) =>
        {
            return Ok(None);
        }
        found => found,
    };
    // It may be in a log that an application has open.
    match triggers_may_be_in_log(path) {
        true => look(""),
        false => found,
    }
}

fn triggers_may_be_in_log(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|end| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(end);
        std::fs::metadata(beside).is_ok_and(|found| found.len() > 0)
    })
}

/// Which file a path leads to. Another one has taken its place if this differs.
pub(super) fn identity(path: &Path) -> Result<(u64, u64), Error> {
    let found = std::fs::metadata(path).map_err(Error::of_file(path))?;
    Ok((found.dev(), found.ino()))
}

/// Makes an empty file, which those may read and write who may do so with the application's database, as
/// SQLite itself does it with the files beside a database. A file that exists is left as it is.
///
/// # Errors
/// [`Error::File`].
pub(super) fn make_as_private(path: &Path, database: &Path) -> Result<(), Error> {
    let found = std::fs::metadata(database).map_err(Error::of_file(database))?;
    let mode = found.permissions().mode() & 0o666;
    match File::options().write(true).create_new(true).mode(mode).open(path) {
        // What the process masks counts for others' files, and not for this one.
        Ok(file) => file.set_permissions(Permissions::from_mode(mode)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
    .map_err(Error::of_file(path))
}
