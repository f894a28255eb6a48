//! The names and the documents of a snapshot in a store.

use super::error::Error;
use crate::error::Error as Failed;
use crate::publisher::snapshot::Snapshot;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The directory of all snapshots.
pub(super) const SNAPSHOTS: &str = "snapshots";
/// The index of the latest snapshot.
pub(super) const LATEST: &str = "latest.json";

const INDEX: &str = "index.json";
const MANIFEST: &str = "manifest.json";
const PACKAGE: &str = ".multipart";

/// The names and the documents of a snapshot in a store.
#[derive(Debug)]
pub(super) struct Documents {
    /// The directory of the snapshot, which follows from all that is in it.
    pub(super) directory: String,
    /// The index, whose packages are beside it.
    pub(super) index: Vec<u8>,
    /// The manifest.
    pub(super) manifest: Vec<u8>,
    /// The index of the latest snapshot, if it is this one.
    pub(super) latest: Vec<u8>,
    /// When the snapshot was started.
    pub(super) started: DateTime<Utc>,
    /// The identity of the feed that continues from it.
    pub(super) feed: String,
    /// The number of packages.
    packages: usize,
}

impl Documents {
    pub(super) fn of(snapshot: &Snapshot) -> Result<Self, Error> {
        let index = snapshot.index_with(package_name, None)?;
        let manifest = snapshot.manifest_with(&index)?;
        let started = snapshot.document().started();
        let hash = Sha256::digest(&manifest);
        // Without colons, which some readers of buckets take for the end of a scheme.
        let time = started.format("%Y%m%dT%H%M%S%.3fZ");
        let hash: String = hash.iter().take(8).map(|octet| format!("{octet:02x}")).collect();
        let directory = format!("{SNAPSHOTS}/{time}-{hash}");
        let name = serde_json::to_string(&format!("{directory}/{INDEX}"));
        let member = ("snapshot", name.map_err(Failed::Manifest)?);
        let uri = |number| format!("{directory}/{}", package_name(number));
        let latest = snapshot.index_with(uri, Some(member))?;
        let feed = snapshot.feed().to_owned();
        let packages = snapshot.packages().len();
        Ok(Self { directory, index, manifest, latest, started, feed, packages })
    }

    /// Whether the directory of the snapshot has a file of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        let number = name.strip_suffix(PACKAGE).and_then(|number| number.parse().ok());
        let is_package = number.is_some_and(|it| it < self.packages && name == package_name(it));
        name == INDEX || name == MANIFEST || is_package
    }

    /// The name of the index.
    pub(super) fn index_name(&self) -> String {
        self.name(INDEX)
    }

    /// The name of the manifest.
    pub(super) fn manifest_name(&self) -> String {
        self.name(MANIFEST)
    }

    /// The name of a package.
    pub(super) fn package_name(&self, number: usize) -> String {
        self.name(&package_name(number))
    }

    fn name(&self, file: &str) -> String {
        format!("{}/{file}", self.directory)
    }
}

/// Whether this is the name of the directory of a snapshot.
pub(super) fn is_directory(name: &str) -> bool {
    name.split_once('-').is_some_and(|(time, hash)| {
        NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%S%.3fZ").is_ok()
            && hash.len() == 16
            && hash.bytes().all(|octet| octet.is_ascii_hexdigit())
    })
}

/// Whether this is the name of a file in such a directory.
pub(super) fn is_file(name: &str) -> bool {
    let number = name.strip_suffix(PACKAGE);
    name == INDEX
        || name == MANIFEST
        || number.is_some_and(|it| !it.is_empty() && it.bytes().all(|octet| octet.is_ascii_digit()))
}

/// The name of a package within the directory of its snapshot.
fn package_name(number: usize) -> String {
    format!("{number}{PACKAGE}")
}

/// The member of an index that says which feed continues from it.
#[derive(Debug, Deserialize)]
pub(super) struct Timeline {
    pub(super) feed: String,
}
