//! Connections to the database, and errors that name its file.

use crate::error::Error;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

/// Opens a connection for writing. A file that does not exist is created.
///
/// # Errors
/// [`Error::File`] if the system refuses the file; [`Error::Database`].
pub(super) fn for_writing(path: &Path) -> Result<Connection, Error> {
    Connection::open(path).map_err(|error| named(path, error.into()))
}

/// Opens a connection for reading a database that exists.
///
/// # Errors
/// [`Error::File`] if the system refuses the file; [`Error::Database`].
pub(super) fn for_reading(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags);
    connection.map_err(|error| named(path, error.into()))
}

/// Locks a database, so that no other publisher opens it while the returned file is open.
///
/// # Errors
/// [`Error::Served`], [`Error::File`].
pub(super) fn lock(database: &Path) -> Result<File, Error> {
    crate::lock::lock(database)
        .map_err(|error| match error {
            Error::File { source, .. } if source.kind() == ErrorKind::ReadOnlyFilesystem => {
                Error::of_file(database)(source)
            }
            error => error,
        })?
        .ok_or_else(|| Error::Served { path: database.to_owned() })
}

/// Says what the system has against a file, where that is why SQLite failed. SQLite itself says
/// neither which file nor why.
pub(super) fn named(path: &Path, error: Error) -> Error {
    let Error::Database(cause) = &error else { return error };
    let of_file = [
        ErrorCode::CannotOpen,
        ErrorCode::ReadOnly,
        ErrorCode::PermissionDenied,
        ErrorCode::SystemIoFailure,
    ];
    if !cause.sqlite_error_code().is_some_and(|code| of_file.contains(&code)) {
        return error;
    }
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if let Err(source) = std::fs::read_dir(directory) {
        return Error::File { path: directory.to_owned(), source };
    }
    match OpenOptions::new().read(true).write(true).open(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Error::File { path: path.to_owned(), source }
        }
        // The file itself can be written, so that the files beside it cannot be made.
        _ => match tempfile_in(directory) {
            Err(source) => Error::File { path: directory.to_owned(), source },
            Ok(()) => error,
        },
    }
}

/// Whether a file can be made in a directory: makes one and removes it.
fn tempfile_in(directory: &Path) -> std::io::Result<()> {
    let path = directory.join(format!(".snapshot-sync-{:016x}", rand::random::<u64>()));
    OpenOptions::new().write(true).create_new(true).open(&path)?;
    std::fs::remove_file(path)
}
