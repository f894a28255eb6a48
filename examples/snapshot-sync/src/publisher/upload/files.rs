//! What a directory needs and a bucket does not: a lock, since no condition can be stated when a file is
//! replaced; files that have reached the disk before others refer to them, and before they have their
//! names; and the removal of what a publisher that was killed has left.

use super::documents::{LATEST, SNAPSHOTS, is_directory, is_file};
use super::error::Error;
use crate::error::Error as Failed;
use crate::lock;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
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
        make(root)?;
        let Some(lock) = lock::lock(&root.join(LATEST))? else {
            return Err(Error::InUse { directory: root.to_owned() });
        };
        remove_incomplete(root, |name| name == LATEST)?;
        for directory in entries(&root.join(SNAPSHOTS))? {
            // A link leads to what is not of this publisher.
            let is_real = fs::symlink_metadata(&directory).is_ok_and(|found| found.is_dir());
            if is_real && named(&directory).is_some_and(is_directory) {
                remove_incomplete(&directory, is_file)?;
            }
        }
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    /// The path of what has this name.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Writes a document. It has its name only after its octets are on the disk, so that no loss of power
    /// leaves a part of it. The lock stands for a condition.
    pub(super) fn write(&self, name: &str, octets: &[u8]) -> Result<(), Error> {
        let path = self.path(name);
        // The numbers of the files that the store begins start with 1.
        let begun = self.path(&format!("{name}#0"));
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory).map_err(Failed::of_file(directory))?;
        }
        let written = File::create(&begun).and_then(|mut file| {
            file.write_all(octets)?;
            file.sync_all()
        });
        written.map_err(Failed::of_file(&begun))?;
        fs::rename(&begun, &path).map_err(Failed::of_file(&path))?;
        self.sync_directories(name)
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

/// Makes a directory, and waits until the names that lead to it have reached the disk.
fn make(root: &Path) -> Result<(), Failed> {
    let missing = root.ancestors().take_while(|path| !path.exists()).count();
    fs::create_dir_all(root).map_err(Failed::of_file(root))?;
    root.ancestors().skip(1).take(missing).try_for_each(sync)
}

/// Whether octets are what a file has after a loss of power that came before its octets were on the disk.
pub(super) fn is_torn(octets: &[u8]) -> bool {
    octets.iter().all(|octet| *octet == 0)
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

/// Removes the files that were begun in place of such a file: they have its name and a number.
fn remove_incomplete(directory: &Path, of: impl Fn(&str) -> bool) -> Result<(), Failed> {
    let is_begun = |path: &PathBuf| {
        let split = named(path).and_then(|name| name.rsplit_once('#'));
        split.is_some_and(|(name, number)| of(name) && number.parse::<u32>().is_ok())
    };
    for path in entries(directory)?.into_iter().filter(is_begun) {
        fs::remove_file(&path).map_err(Failed::of_file(&path))?;
    }
    Ok(())
}

fn named(path: &Path) -> Option<&str> {
    path.file_name().and_then(OsStr::to_str)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn what_a_killed_publisher_has_begun_is_removed_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let of = "snapshots/20260102T030405.678Z-0123456789abcdef";
        for name in [of, "snapshots/mine", "elsewhere"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let link = "snapshots/20260102T030405.679Z-0123456789abcdef";
        std::os::unix::fs::symlink(root.join("elsewhere"), root.join(link)).unwrap();
        let begun = ["latest.json#1", "latest.json#0"].map(str::to_owned);
        let begun_of = ["0.multipart#12", "index.json#2", "manifest.json#0"];
        let begun: Vec<_> =
            begun.into_iter().chain(begun_of.map(|it| format!("{of}/{it}"))).collect();
        let others =
            ["latest.json", "mine.json#1", "0.multipart#1", "snapshots/mine/0.multipart#1"];
        let others_of = ["0.multipart", "0.multipart#x", "a.multipart#1", "mine.json#1", "#1"];
        let others: Vec<_> = others
            .map(str::to_owned)
            .into_iter()
            .chain(others_of.map(|it| format!("{of}/{it}")))
            .collect();
        fs::write(root.join("elsewhere/index.json#1"), "").unwrap();
        for name in begun.iter().chain(&others) {
            fs::write(root.join(name), "").unwrap();
        }
        let files = Files::open(root).unwrap();
        assert!(begun.iter().all(|name| !files.path(name).exists()));
        assert!(others.iter().all(|name| files.path(name).exists()));
        assert!(files.path("elsewhere/index.json#1").exists());
        files.sync("latest.json").unwrap();
        files.sync_directories(&format!("{of}/0.multipart")).unwrap();
        assert!(matches!(Files::open(root), Err(Error::InUse { .. })));
    }

    #[test]
    fn a_document_is_replaced_as_a_whole_in_a_directory_that_is_made() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("a/new/root");
        let files = Files::open(&root).unwrap();
        // A reader that has opened the former one reads that one to its end.
        files.write(LATEST, b"one").unwrap();
        let before = File::open(root.join(LATEST)).unwrap();
        files.write(LATEST, b"other").unwrap();
        assert_eq!(std::io::read_to_string(before).unwrap(), "one");
        assert_eq!(fs::read(root.join(LATEST)).unwrap(), b"other");
        assert!(!root.join("latest.json#0").exists());
        files.write("snapshots/new/index.json", b"").unwrap();
    }
}
