//! The file beside a database that keeps a second process away from it.

use crate::error::Error;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Locks a database as long as the returned file is open. Returns none if another process has locked
/// it.
///
/// # Errors
/// [`Error::File`].
pub(crate) fn lock(database: &Path) -> Result<Option<File>, Error> {
    let path = path_of(database);
    // A link would lead to a file of somebody else.
    if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
        return Err(Error::of_file(&path)(ErrorKind::AlreadyExists.into()));
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    std::fs::metadata(directory).map_err(Error::of_file(directory))?;
    // Nothing is written to it, and nothing of it is removed.
    let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = opened.map_err(Error::of_file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(source)) => Err(Error::of_file(&path)(source)),
    }
}

/// The path of the lock file: the same by whatever link the database is named.
fn path_of(database: &Path) -> PathBuf {
    let real = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let mut name = real.file_name().unwrap_or_default().to_owned();
    name.push("-lock");
    real.with_file_name(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_database_is_locked_once_by_whatever_link_it_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let [database, link] = ["a.sqlite", "b.sqlite"].map(|name| directory.path().join(name));
        std::fs::write(&database, "").unwrap();
        symlink(&database, &link).unwrap();
        let locked = lock(&database).unwrap();
        assert!(locked.is_some() && lock(&link).unwrap().is_none());
    }

    #[test]
    fn a_file_that_has_the_name_of_the_lock_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let [database, other] = ["a.sqlite", "other"].map(|name| directory.path().join(name));
        let path = directory.path().join("a.sqlite-lock");
        std::fs::write(&other, "text").unwrap();
        symlink(&other, &path).unwrap();
        assert!(lock(&database).unwrap_err().to_string().contains("a.sqlite-lock cannot be used"));
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "text").unwrap();
        drop(lock(&database).unwrap());
        assert_eq!([&other, &path].map(|it| std::fs::read(it).unwrap()), [b"text", b"text"]);
    }
}
