//! What a directory needs and a bucket does not: a lock, since no condition can be stated when a file is
//! replaced; files that have reached the disk before others refer to them; and the removal of what a
//! publisher that was killed has left.

use super::documents::{LATEST, SNAPSHOTS};
use super::error::Error;
use crate::error::Error as Failed;
use crate::lock;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A directory into which only this publisher publishes.
#[derive(Debug)]
pub(super) struct Files {
    root: PathBuf,
    _lock: File,
}

impl Files {
    /// Makes the directory if it does not exist, locks it, and removes files that are not complete.
    pub(super) fn open(root: &Path) -> Result<Self, Error> {
        fs::create_dir_all(root).map_err(Failed::of_file(root))?;
        let Some(lock) = lock::lock(&root.join(LATEST))? else {
            return Err(Error::InUse { directory: root.to_owned() });
        };
        remove_incomplete(root)?;
        let snapshots = root.join(SNAPSHOTS);
        for directory in entries(&snapshots)?.into_iter().filter(|path| path.is_dir()) {
            remove_incomplete(&directory)?;
        }
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    /// The path of what has this name.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Waits until a file has reached the disk.
    pub(super) fn sync(&self, name: &str) -> Result<(), Error> {
        Ok(sync(&self.path(name))?)
    }

    /// Waits until the directories that lead to a file have reached the disk.
    pub(super) fn sync_directories(&self, name: &str) -> Result<(), Error> {
        let path = self.path(name);
        let mut within = path.ancestors().skip(1).take_while(|path| path.starts_with(&self.root));
        Ok(within.try_for_each(sync)?)
    }
}

fn sync(path: &Path) -> Result<(), Failed> {
    File::open(path).and_then(|file| file.sync_all()).map_err(Failed::of_file(path))
}

/// The paths of what is in a directory; none if it does not exist.
fn entries(directory: &Path) -> Result<Vec<PathBuf>, Failed> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(Failed::of_file(directory))?,
    };
    let paths = entries.map(|entry| Ok(entry.map_err(Failed::of_file(directory))?.path()));
    paths.collect()
}

/// Removes the files that the store has begun: they have the name of what they would be, with a number.
fn remove_incomplete(directory: &Path) -> Result<(), Failed> {
    for path in entries(directory)?.into_iter().filter(|path| is_incomplete(path.file_name())) {
        fs::remove_file(&path).map_err(Failed::of_file(&path))?;
    }
    Ok(())
}

fn is_incomplete(name: Option<&OsStr>) -> bool {
    let split = name.and_then(OsStr::to_str).and_then(|name| name.rsplit_once('#'));
    split.is_some_and(|(name, number)| {
        (name.ends_with(".multipart") || name.ends_with(".json")) && number.parse::<u32>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn what_a_killed_publisher_has_begun_is_removed_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        fs::create_dir_all(root.join("snapshots/a")).unwrap();
        let begun = ["latest.json#1", "snapshots/a/0.multipart#12", "snapshots/a/index.json#2"];
        let others = ["latest.json", "snapshots/a/0.multipart", "snapshots/a/0.multipart#x", "a#1"];
        for name in begun.iter().chain(&others) {
            fs::write(root.join(name), "").unwrap();
        }
        let files = Files::open(root).unwrap();
        assert!(begun.iter().all(|name| !files.path(name).exists()));
        assert!(others.iter().all(|name| files.path(name).exists()));
        files.sync("latest.json").unwrap();
        files.sync_directories("snapshots/a/0.multipart").unwrap();
        assert!(matches!(Files::open(root), Err(Error::InUse { .. })));
    }
}
