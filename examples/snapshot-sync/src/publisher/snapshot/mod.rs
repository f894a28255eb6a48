//! Snapshots: packages of one point of the database's time, written once and served as files.

mod manifest;
mod shelf;
mod write;

pub use shelf::{Found, Shelf};

use crate::error::Error;
use crate::publisher::store::Store;
use manifest::{Entry, Manifest};
use snapshot_index::SnapshotIndex;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The media type of entities.
pub const ENTITY_TYPE: &str = "application/entity-images+json";

/// How the first part of a package begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opening {
    /// With its head, as the draft has it.
    #[default]
    Implied,
    /// With a delimiter line, as RFC 2046 has it.
    Delimiter,
}

/// How a snapshot is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How the first part of a package begins.
    pub opening: Opening,
    /// From how many octets on a package is full: 3 MiB, about as many as the draft's have.
    pub package_octets: u64,
    /// Whether gzip and zstd forms are kept beside each package.
    pub codings: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { opening: Opening::Implied, package_octets: 3 << 20, codings: true }
    }
}

/// A snapshot whose packages are written.
#[derive(Debug)]
pub struct Snapshot {
    directory: PathBuf,
    manifest: Manifest,
    index: SnapshotIndex,
    requested: Vec<AtomicBool>,
}

/// A package file.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    snapshot: &'a Snapshot,
    number: usize,
}

/// The path of a snapshot's index.
#[must_use]
pub fn index_path(id: &str) -> String {
    format!("/snapshots/{id}/index")
}

fn package_path(id: &str, number: usize) -> String {
    format!("/snapshots/{id}/{number}")
}

fn file_name(number: usize) -> String {
    format!("{number}.multipart")
}

impl Snapshot {
    /// Writes a snapshot of this moment into a directory below this one.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Io`], [`Error::Write`], [`Error::Index`].
    pub fn write(
        store: &Store,
        directory: &Path,
        options: &Options,
        on_part: impl FnMut(),
    ) -> Result<Self, Error> {
        Self::open(&write::write(store, directory, options, on_part)?)
    }

    /// Opens a snapshot that was written before.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Manifest`], [`Error::Index`].
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let manifest = fs::read(directory.join(manifest::NAME))?;
        let manifest: Manifest = serde_json::from_slice(&manifest).map_err(Error::Manifest)?;
        let index = SnapshotIndex::from_slice(manifest.index.as_bytes())?;
        let requested = manifest.packages.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(Self { directory: directory.to_owned(), manifest, index, requested })
    }

    /// The index.
    #[must_use]
    pub fn document(&self) -> &SnapshotIndex {
        &self.index
    }

    /// The index's octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.manifest.index.as_bytes()
    }

    /// The feed that goes on from it.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.manifest.feed
    }

    /// The Content-Type of the packages.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.manifest.content_type
    }

    /// A package.
    #[must_use]
    pub fn package(&self, number: usize) -> Option<Package<'_>> {
        (number < self.manifest.packages.len()).then_some(Package { snapshot: self, number })
    }

    /// The packages, in the index's order.
    #[must_use]
    pub fn packages(&self) -> impl ExactSizeIterator<Item = Package<'_>> {
        (0..self.manifest.packages.len()).map(|number| Package { snapshot: self, number })
    }

    /// Whether the package that holds an entity, or would, has been asked for.
    #[must_use]
    pub fn is_requested(&self, uri: &str) -> bool {
        let packages = &self.manifest.packages;
        let number = packages.partition_point(|package| package.last_uri.as_str() < uri);
        self.requested.get(number).is_some_and(|requested| requested.load(Ordering::Relaxed))
    }

    /// How many packages have been asked for since it was written or opened.
    #[must_use]
    pub fn requested(&self) -> usize {
        self.requested.iter().filter(|requested| requested.load(Ordering::Relaxed)).count()
    }
}

impl<'a> Package<'a> {
    fn entry(self) -> &'a Entry {
        &self.snapshot.manifest.packages[self.number]
    }

    /// The file.
    #[must_use]
    pub fn path(self) -> PathBuf {
        self.snapshot.directory.join(file_name(self.number))
    }

    /// Its size in octets.
    #[must_use]
    pub fn octets(self) -> u64 {
        self.entry().octets
    }

    /// How many entities it holds.
    #[must_use]
    pub fn parts(self) -> u64 {
        self.entry().parts
    }

    /// The Repr-Digest of the form with this content coding, or of that with none.
    #[must_use]
    pub fn digest(self, coding: Option<&str>) -> Option<&'a str> {
        let digests = &self.entry().digests;
        match coding {
            None => Some(&digests.identity),
            Some("gzip") => digests.gzip.as_deref(),
            Some("zstd") => digests.zstd.as_deref(),
            Some(_) => None,
        }
    }

    /// Notes that it has been asked for.
    pub fn request(self) {
        self.snapshot.requested[self.number].store(true, Ordering::Relaxed);
    }
}
