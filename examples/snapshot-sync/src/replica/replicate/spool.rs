//! The directory beside the database that contains packages until they are stored.
//!
//! A package is stored only when it is complete and its digest is right, so its octets must be kept
//! until then. In files they are also there after the process has ended.

use super::transfer::Expected;
use crate::error::Error;
use std::fs::{self, File};
use std::io;
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
        fs::create_dir_all(&self.directory).map_err(Error::of_file(&self.directory))
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
    pub(crate) fn held(&self, number: usize) -> Result<Option<(Expected, u64)>, Error> {
        let Some(description) = absent(&self.description(number), fs::read)? else {
            return Ok(None);
        };
        // A description that was not written completely counts as none.
        let Ok(expected) = serde_json::from_slice(&description) else { return Ok(None) };
        let held = absent(&self.octets(number), fs::metadata)?;
        Ok(Some((expected, held.map_or(0, |held| held.len()))))
    }

    /// Replaces what is known of a package.
    pub(crate) fn describe(&self, number: usize, expected: &Expected) -> Result<(), Error> {
        let description = self.description(number);
        let document = serde_json::to_vec(expected).map_err(Error::Progress)?;
        fs::write(&description, document).map_err(Error::of_file(&description))
    }

    /// Begins a package from its first octet: it truncates the octets, and then replaces the
    /// description.
    pub(crate) fn begin(&self, number: usize, expected: &Expected) -> Result<File, Error> {
        let octets = self.octets(number);
        let file = File::create(&octets).map_err(Error::of_file(&octets))?;
        self.describe(number, expected)?;
        Ok(file)
    }

    /// Removes all files of a package.
    pub(crate) fn remove(&self, number: usize) -> Result<(), Error> {
        absent(&self.description(number), fs::remove_file)?;
        absent(&self.octets(number), fs::remove_file)?;
        Ok(())
    }

    /// Removes all packages. Files with other names stay.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        for path in self.files()? {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let is_number = stem.is_some_and(|stem| stem.parse::<usize>().is_ok());
            let extension = path.extension().and_then(|extension| extension.to_str());
            if is_number && matches!(extension, Some("multipart" | "json")) {
                absent(&path, fs::remove_file)?;
            }
        }
        Ok(())
    }

    /// The number of octets in the spool.
    pub(crate) fn total(&self) -> Result<u64, Error> {
        let mut total = 0;
        for path in self.files()? {
            if path.extension().is_some_and(|extension| extension == "multipart") {
                total += absent(&path, fs::metadata)?.map_or(0, |file| file.len());
            }
        }
        Ok(total)
    }

    /// Its files; none if there is no directory.
    fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let entries = absent(&self.directory, fs::read_dir)?;
        let paths = entries.into_iter().flatten().map(|entry| entry.map(|entry| entry.path()));
        paths.collect::<io::Result<_>>().map_err(Error::of_file(&self.directory))
    }
}

/// Does something with a file, and turns "not found" into none.
fn absent<'p, T>(
    path: &'p Path,
    act: impl FnOnce(&'p Path) -> io::Result<T>,
) -> Result<Option<T>, Error> {
    match act(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::of_file(path)(error)),
    }
}
