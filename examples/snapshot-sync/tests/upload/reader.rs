//! A reader of snapshots in a store, which knows nothing of how they came there.

use futures_util::TryStreamExt;
use iri_string::types::{UriAbsoluteStr, UriReferenceStr};
use multipart_package::{Reader, Tolerance};
use object_store::path::Path;
use object_store::{Attribute, GetResult, ObjectStore, ObjectStoreExt};
use serde_json::Value;
use snapshot_index::SnapshotIndex;
use std::collections::BTreeSet;

/// A snapshot, as a reader finds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) parts: u64,
    /// The Content-Locations, resolved.
    pub(crate) locations: BTreeSet<String>,
}

const ROOT: &str = "s3://bucket/";

async fn get(store: &dyn ObjectStore, path: &Path) -> Option<GetResult> {
    match store.get(path).await {
        Err(object_store::Error::NotFound { .. }) => None,
        found => Some(found.unwrap()),
    }
}

/// Reads the snapshot of an index, as whoever knows the URI of the index does: all packages that it lists
/// are there, whole, with the parts that the manifest beside them counts. None if there is no index.
pub(crate) async fn read(store: &dyn ObjectStore, index: &Path) -> Option<Seen> {
    let octets = get(store, index).await?.bytes().await.unwrap();
    let document = SnapshotIndex::from_slice(&octets).unwrap();
    let packages = document.resolve(&format!("{ROOT}{index}")).unwrap();
    let mut seen = Seen { id: document.id().to_owned(), parts: 0, locations: BTreeSet::new() };
    let Some(first) = packages.get(0) else { return Some(seen) };
    let beside = first.rsplit_once('/').unwrap().0.strip_prefix(ROOT).unwrap();
    let manifest = get(store, &Path::from(beside).join("manifest.json")).await;
    let manifest = manifest.expect("the manifest is beside the packages").bytes().await.unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let content_type = manifest["content_type"].as_str().unwrap();
    let listed = SnapshotIndex::from_slice(manifest["index"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!((listed.id(), listed.package_count()), (document.id(), document.package_count()));
    let entries = manifest["packages"].as_array().unwrap();
    assert_eq!(entries.len(), document.package_count());
    let reader = Reader::from_content_type(content_type.as_bytes()).unwrap();
    let reader = reader.tolerance(Tolerance::STRICT);
    for (uri, entry) in packages.iter().zip(entries) {
        let path = Path::from_url_path(uri.strip_prefix(ROOT).unwrap()).unwrap();
        let found = get(store, &path).await.unwrap_or_else(|| panic!("{index} lists {path}"));
        if let Some(stated) = found.attributes.get(&Attribute::ContentType) {
            assert_eq!(stated.as_ref(), content_type);
        }
        let octets = found.bytes().await.unwrap();
        assert_eq!(octets.len() as u64, entry["octets"].as_u64().unwrap(), "{path}");
        let mut parts = 0;
        for part in reader.parts(&octets) {
            let part = part.unwrap();
            let location = part.head().content_location().unwrap().unwrap().to_owned();
            let base = UriAbsoluteStr::new(uri).unwrap();
            let location = UriReferenceStr::new(&location).unwrap().resolve_against(base);
            let location = location.to_string();
            assert!(seen.locations.insert(location), "an entity is there once");
            parts += 1;
        }
        assert_eq!(parts, entry["parts"].as_u64().unwrap(), "{path}");
        seen.parts += parts;
    }
    Some(seen)
}

/// The keys in a store, in their order.
pub(crate) async fn keys(store: &dyn ObjectStore) -> Vec<String> {
    let found: Vec<_> = store.list(None).try_collect().await.unwrap();
    let mut keys: Vec<_> = found.into_iter().map(|it| it.location.to_string()).collect();
    keys.sort();
    keys
}

/// Reads all snapshots that a reader can find: those that an index is there of, and the latest, which
/// must be one of them.
pub(crate) async fn all(store: &dyn ObjectStore, prefix: &Path) -> Vec<Seen> {
    let mut seen = Vec::new();
    for key in keys(store).await.into_iter().filter(|key| key.ends_with("/index.json")) {
        seen.push(read(store, &Path::from(key)).await.unwrap());
    }
    if let Some(latest) = read(store, &prefix.clone().join("latest.json")).await {
        assert!(seen.contains(&latest), "the latest one has an index of its own");
    }
    seen
}

/// The snapshot that a reader begins with.
pub(crate) async fn latest(store: &dyn ObjectStore, prefix: &Path) -> Option<Seen> {
    read(store, &prefix.clone().join("latest.json")).await
}
