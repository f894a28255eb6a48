//! A publisher with its database, of which snapshots are uploaded.

use object_store::path::Path as Key;
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::snapshot::{self, Shelf, Snapshot};
use snapshot_sync::publisher::store::{Change, MediaType, Store};
use snapshot_sync::publisher::upload::{Error, Options, Outcome, Target};
use snapshot_sync::shutdown::Asked;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Parts of 20 kB, so that small packages have several.
pub(crate) const SMALL: Options = Options { part_octets: 20_000, requests: 3 };

pub(crate) struct Site {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) store: Store,
    shelf: Shelf,
}

impl Site {
    pub(crate) fn new(entities: u64) -> Self {
        Self::with(entities, References::default())
    }

    pub(crate) fn with(entities: u64, references: References) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("source.sqlite"), 100).unwrap();
        store.fill(entities, &mut Generator::new(1), || ()).unwrap();
        let store = store.with_references(references);
        Self { directory, store, shelf: Shelf::default() }
    }

    pub(crate) fn packages(&self) -> PathBuf {
        self.directory.path().join("packages")
    }

    /// Writes a snapshot of the current state, in packages of about this number of octets.
    pub(crate) fn snapshot(&self, package_octets: u64) -> Arc<Snapshot> {
        let options =
            snapshot::Options { package_octets, codings: false, ..snapshot::Options::default() };
        self.shelf.write(&self.store, &self.packages(), &options, || ()).unwrap()
    }

    /// Changes one entity.
    pub(crate) fn change(&self, body: Vec<u8>) {
        put(&self.store, body);
    }
}

/// Changes one entity.
pub(crate) fn put(store: &Store, body: Vec<u8>) {
    put_at(store, "/entities/changed", body);
}

/// Changes the entity with this path.
pub(crate) fn put_at(store: &Store, path: &str, body: Vec<u8>) {
    let media_type = MediaType::parse(b"text/plain").unwrap();
    let change = Change::Put(path.to_owned(), media_type, body);
    // It waits for the commit, which a thread of asynchronous tasks may not do.
    std::thread::scope(|scope| scope.spawn(|| store.change(&change)).join()).unwrap().unwrap();
}

/// Changes one entity of a database that no program has open.
pub(crate) fn change(database: &Path, body: &str) {
    let store = Store::open(database, 100).unwrap();
    put(&store, body.as_bytes().to_vec());
    store.close().unwrap();
}

/// The prefix of all tests.
pub(crate) fn prefix() -> Key {
    Key::from("some/prefix")
}

/// A target below the prefix.
pub(crate) fn target(store: Arc<dyn object_store::ObjectStore>) -> Target {
    Target::new(store, prefix())
}

/// Uploads a snapshot, unless it is asked to stop.
pub(crate) async fn upload_until(
    target: &Target,
    snapshot: &Snapshot,
    asked: &Asked,
) -> Result<Outcome, Error> {
    target.upload(snapshot, &SMALL, asked, &|_| ()).await
}

/// Uploads a snapshot.
pub(crate) async fn upload(target: &Target, snapshot: &Snapshot) -> Result<Outcome, Error> {
    let (_stop, asked) = Asked::when_dropped();
    upload_until(target, snapshot, &asked).await
}
