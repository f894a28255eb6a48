//! The turn to publish a database into a store, which one run has at a time.

use super::error::Error;
use crate::lock;
use std::fs::File;
use std::path::Path;

/// The turn to publish a database into a store, which one run has at a time: the snapshots on this machine
/// are those of the database, and a run must not remove one that another run uploads.
#[derive(Debug)]
pub struct Turn {
    _lock: File,
}

impl Turn {
    /// Takes the turn, which lasts until the value is dropped. A file beside the database is locked.
    ///
    /// # Errors
    /// [`Error::Uploading`] if another run has it, [`Error::Snapshot`] if the file cannot be made.
    pub fn take(database: &Path) -> Result<Self, Error> {
        let real = database.canonicalize().unwrap_or_else(|_| database.to_owned());
        let mut name = real.file_name().unwrap_or_default().to_owned();
        name.push("-to");
        match lock::lock(&real.with_file_name(name))? {
            Some(lock) => Ok(Self { _lock: lock }),
            None => Err(Error::Uploading { database: database.to_owned() }),
        }
    }
}
