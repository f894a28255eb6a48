//! A snapshot that was written: its index, and its packages as files.

use super::manifest::{self, Entry, Manifest};
use crate::error::Error;
use crate::publisher::store::{EventId, Standing, Store, event_id, last_event, standing};
use snapshot_index::SnapshotIndex;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// The extensions of the coded forms.
pub(super) const GZIP: &str = "gz";
pub(super) const ZSTD: &str = "zst";

/// A snapshot whose packages are written.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) directory: PathBuf,
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

pub(super) fn package_path(id: &str, number: usize) -> String {
    format!("/snapshots/{id}/{number}")
}

pub(super) fn file_name(number: usize) -> String {
    format!("{number}.multipart")
}

/// The path of a coded form: that of the package, with the extension of the coding.
pub(super) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

impl Snapshot {
    /// Opens a snapshot that was written before.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Index`].
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(manifest::NAME);
        let manifest = fs::read(&path).map_err(Error::of_file(&path))?;
        let manifest: Manifest = serde_json::from_slice(&manifest)
            .map_err(|error| Error::of_file(&path)(std::io::Error::from(error)))?;
        let index = SnapshotIndex::from_slice(manifest.index.as_bytes())?;
        let requested = manifest.packages.iter().map(|_| AtomicBool::new(false)).collect();
        Ok(Self { directory: directory.to_owned(), manifest, index, requested })
    }

    /// The index.
    #[must_use]
    pub fn document(&self) -> &SnapshotIndex {
        &self.index
    }

    /// The index, as JSON.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.manifest.index.as_bytes()
    }

    /// The identity of the feed that continues from it.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.manifest.feed
    }

    /// The base URI that its references were written below; none if they are relative.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.manifest.base.as_deref()
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the database has had no event since: a new snapshot would have the same entities.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::File`].
    pub fn is_current(&self, store: &Store) -> Result<bool, Error> {
        let connection = store.reader()?;
        let last = event_id(&connection, last_event(&connection)?)?;
        Ok(last.map(|id| id.to_string()) == self.manifest.last_event)
    }

    /// When it was complete, by the time of its last file.
    pub(super) fn written(&self) -> std::io::Result<std::time::SystemTime> {
        fs::metadata(self.directory.join(manifest::NAME))?.modified()
    }

    /// Why a publisher may not serve it, if it may not: it is of another timeline than the database,
    /// or its references are written below another base URI.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) fn withdrawn(&self, store: &Store) -> Result<Option<&'static str>, Error> {
        if self.manifest.base.as_deref() != store.references().base() {
            return Ok(Some("its references are written below another base URI"));
        }
        if self.index.started().timestamp_millis() > store.last_time()? {
            return Ok(Some("it is younger than the database, which was restored from a backup"));
        }
        let Some(last) = &self.manifest.last_event else { return Ok(None) };
        let standing = match last.parse() {
            Ok(id) => standing(&store.reader()?, id)?,
            Err(_) => Standing::NeverIssued,
        };
        Ok((standing == Standing::NeverIssued)
            .then_some("it holds events that the database does not have"))
    }

    /// Where it is among the snapshots of its database: the number of the last event before it, and
    /// its time by the publisher's clock where that is the same.
    pub(super) fn sequence(&self) -> (u64, i64) {
        let last = self.manifest.last_event.as_deref().and_then(|last| last.parse().ok());
        (last.map_or(0, EventId::number), self.index.started().timestamp_millis())
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

    /// Whether a client has requested the package that contains an entity, or would contain it.
    #[must_use]
    pub fn is_requested(&self, uri: &str) -> bool {
        let packages = &self.manifest.packages;
        let number = packages.partition_point(|package| package.last_uri.as_str() < uri);
        self.requested.get(number).is_some_and(|requested| requested.load(Ordering::Relaxed))
    }

    /// The number of packages that clients have requested since the snapshot was written or opened.
    #[must_use]
    pub fn requested(&self) -> usize {
        self.requested.iter().filter(|requested| requested.load(Ordering::Relaxed)).count()
    }
}

impl<'a> Package<'a> {
    fn entry(self) -> &'a Entry {
        &self.snapshot.manifest.packages[self.number]
    }

    /// The path of the file.
    #[must_use]
    pub fn path(self) -> PathBuf {
        self.snapshot.directory.join(file_name(self.number))
    }

    /// The path of the file with the form in this content coding; `None` stands for the form without
    /// one.
    #[must_use]
    pub fn form(self, coding: Option<&str>) -> PathBuf {
        match coding {
            Some("gzip") => beside(&self.path(), GZIP),
            Some("zstd") => beside(&self.path(), ZSTD),
            _ => self.path(),
        }
    }

    /// Its size in octets.
    #[must_use]
    pub fn octets(self) -> u64 {
        self.entry().octets
    }

    /// The number of entities in it.
    #[must_use]
    pub fn parts(self) -> u64 {
        self.entry().parts
    }

    /// The Repr-Digest of the form with this content coding; `None` stands for the form without
    /// one.
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

    /// Records that a client has requested it.
    pub fn request(self) {
        self.snapshot.requested[self.number].store(true, Ordering::Relaxed);
    }
}
