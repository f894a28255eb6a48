//! The directory beside the database that contains packages until they are stored.
//!
//! A package is stored only when it is complete and its digest is right, so its octets must be kept
//! until then. In files they are also there after the process has ended.

use super::transfer::Expected;
use crate::error::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The directory of a replica's packages.
#[derive(Debug, Clone)]
pub(crate) struct Spool {
    directory: PathBuf,
}

impl Spool {
    /// The directory of a database.
    pub(crate) fn of(database: &Path) -> Self {
        let mut name = database.file_name().unwrap_or_default().to_owned();
        name.push("-packages");
        Self { directory: database.with_file_name(name) }
    }

    /// Creates the directory, if it does not exist.
    pub(crate) fn create(&self) -> Result<(), Error> {
        Ok(fs::create_dir_all(&self.directory)?)
    }

    /// The path of a package's octets.
    pub(crate) fn octets(&self, number: usize) -> PathBuf {
        self.directory.join(format!("{number}.multipart"))
    }

    fn description(&self, number: usize) -> PathBuf {
        self.directory.join(format!("{number}.json"))
    }

    /// What is known of a package, and the number of its octets in the spool; none if there is
    /// nothing.
    pub(crate) fn held(&self, number: usize, uri: &str) -> Result<Option<(Expected, u64)>, Error> {
        let Some(description) = absent(fs::read(self.description(number)))? else {
            return Ok(None);
        };
        // A description that was not written completely counts as none.
        let expected = serde_json::from_slice(&description).ok();
        let Some(expected) = expected.filter(|expected: &Expected| expected.uri == uri) else {
            return Ok(None);
        };
        let held = absent(fs::metadata(self.octets(number)))?;
        Ok(Some((expected, held.map_or(0, |held| held.len()))))
    }

    /// Begins a package from its first octet: it truncates the octets, and then replaces the
    /// description.
    pub(crate) fn begin(&self, number: usize, expected: &Expected) -> Result<File, Error> {
        let octets = File::create(self.octets(number))?;
        let mut description = File::create(self.description(number))?;
        description.write_all(&serde_json::to_vec(expected).map_err(Error::Progress)?)?;
        Ok(octets)
    }

    /// Removes all files of a package.
    pub(crate) fn remove(&self, number: usize) -> Result<(), Error> {
        absent(fs::remove_file(self.description(number)))?;
        absent(fs::remove_file(self.octets(number)))?;
        Ok(())
    }

    /// Removes all packages.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        for entry in fs::read_dir(&self.directory)? {
            absent(fs::remove_file(entry?.path()))?;
        }
        Ok(())
    }

    /// The number of octets in the spool.
    pub(crate) fn total(&self) -> Result<u64, Error> {
        let mut total = 0;
        for entry in absent(fs::read_dir(&self.directory))?.into_iter().flatten() {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "multipart") {
                total += absent(fs::metadata(path))?.map_or(0, |file| file.len());
            }
        }
        Ok(total)
    }
}

/// Turns "not found" into none.
fn absent<T>(result: io::Result<T>) -> Result<Option<T>, Error> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
