//! Snapshots where they are: files that a publisher has written, and the publisher itself.

use crate::support::{SMALLEST, Snapshot, TYPE, name, rows, short_parts};
use datafusion::prelude::{SessionConfig, SessionContext};
use multipart_package::Reader;
use object_store::local::LocalFileSystem;
use snapshot_query::{ManifestState, SnapshotTable, TableOptions, uri_of};
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::server::{Publisher, START};
use snapshot_sync::publisher::snapshot::{Opening, Options, Shelf, Snapshot as Written};
use snapshot_sync::publisher::store::Store;
use std::path::Path;
use std::sync::Arc;
use url::Url;

/// A database of some entities, and a snapshot of it in packages of some 20,000 octets.
fn written(directory: &Path, opening: Opening) -> (Arc<Store>, Arc<Written>) {
    let store = Store::open(&directory.join("publisher.sqlite"), 1000).unwrap();
    store.fill(300, &mut Generator::new(1), || ()).unwrap();
    let packages = directory.join("packages");
    std::fs::create_dir_all(&packages).unwrap();
    let options = Options { opening, package_octets: 20_000, codings: false };
    let snapshot = Written::write(&store, &packages, &options, || ()).unwrap();
    assert!(snapshot.packages().len() > 1);
    (Arc::new(store), Arc::new(snapshot))
}

/// The location and body of each entity, by a reader that reads each package from its start.
fn sequential(snapshot: &Written) -> Vec<(String, Vec<u8>)> {
    let reader = Reader::from_content_type(snapshot.content_type().as_bytes()).unwrap();
    let mut read = Vec::new();
    for package in snapshot.packages() {
        let octets = std::fs::read(package.path()).unwrap();
        for part in reader.parts(&octets) {
            let part = part.unwrap();
            let location = part.head().content_location().unwrap().unwrap();
            read.push((location.to_owned(), part.body().to_vec()));
        }
    }
    read.sort();
    read
}

async fn queried(from: &str, partitions: usize) -> Vec<(String, Vec<u8>)> {
    let config =
        SessionConfig::new().with_target_partitions(partitions).with_repartition_file_min_size(0);
    let context = SessionContext::new_with_config(config);
    let options = TableOptions::default().sizes(SMALLEST);
    let uri = uri_of(from).unwrap();
    let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await.unwrap();
    context.register_table("snapshot", Arc::new(table)).unwrap();
    let batches = context.sql("select * from snapshot").await.unwrap().collect().await.unwrap();
    let rows = rows(&batches).into_iter();
    let mut read: Vec<_> = rows.map(|row| (row.location.unwrap(), row.body)).collect();
    read.sort();
    read
}

#[tokio::test]
async fn a_manifest_leads_to_the_files_beside_it() {
    for opening in [Opening::Implied, Opening::Delimiter] {
        let directory = tempfile::tempdir().unwrap();
        let (_, snapshot) = written(directory.path(), opening);
        let kept = snapshot.packages().next().unwrap().path().parent().unwrap().to_owned();
        let expected = sequential(&snapshot);
        assert_eq!(expected.len(), 300);
        for partitions in [1, 3, 16] {
            // The directory stands for the manifest in it.
            for from in [kept.clone(), kept.join("manifest.json")] {
                let read = queried(from.to_str().unwrap(), partitions).await;
                assert_eq!(read, expected, "{partitions} partitions");
            }
        }
    }
}

/// Lays a snapshot out as `snapshot-sync publish --to` does: the index of the latest snapshot stands
/// above the directory of the snapshot.
fn laid_out(root: &Path, snapshot: &Written) {
    let directory = "snapshots/20150623T003645.885Z-0123456789abcdef";
    std::fs::create_dir_all(root.join(directory)).unwrap();
    let name = |number: usize| format!("{number}.multipart");
    for (number, package) in snapshot.packages().enumerate() {
        std::fs::copy(package.path(), root.join(directory).join(name(number))).unwrap();
    }
    let index = snapshot.index_with(name, None).unwrap();
    let manifest = snapshot.manifest_with(&index).unwrap();
    std::fs::write(root.join(directory).join("index.json"), &index).unwrap();
    std::fs::write(root.join(directory).join("manifest.json"), manifest).unwrap();
    let member = ("snapshot", format!("\"{directory}/index.json\""));
    let uri = |number| format!("{directory}/{}", name(number));
    let latest = snapshot.index_with(uri, Some(member)).unwrap();
    std::fs::write(root.join("latest.json"), latest).unwrap();
}

#[tokio::test]
async fn the_index_of_the_latest_snapshot_leads_to_the_manifest_beside_the_packages() {
    let directory = tempfile::tempdir().unwrap();
    let (_, snapshot) = written(directory.path(), Opening::Implied);
    let root = directory.path().join("published");
    laid_out(&root, &snapshot);
    // The directory stands for the index of the latest snapshot.
    for from in [root.clone(), root.join("latest.json")] {
        let read = queried(from.to_str().unwrap(), 3).await;
        assert_eq!(read, sequential(&snapshot));
    }
    let uri = uri_of(root.to_str().unwrap()).unwrap();
    let runtime = SessionContext::new().runtime_env();
    let table = SnapshotTable::open(&runtime, &uri, TableOptions::default()).await.unwrap();
    assert_eq!(table.manifest_state(), Some(ManifestState::Found));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_is_queried_over_http_from_the_start_that_replicas_use() {
    let directory = tempfile::tempdir().unwrap();
    let (store, snapshot) = written(directory.path(), Opening::Implied);
    let publisher = Arc::new(Publisher::new(store, Shelf::default()).unwrap());
    publisher.publish(snapshot.clone());
    let anywhere = ([127, 0, 0, 1], 0).into();
    let listening = Listening::at(anywhere, publisher).await.unwrap();
    for partitions in [1, 5] {
        // This redirects to the index, from which the packages' references lead on.
        let read = queried(&listening.uri(START), partitions).await;
        assert_eq!(read, sequential(&snapshot), "{partitions} partitions");
    }
    listening.stop().await.unwrap();
}

fn folder_of(octets: Vec<u8>) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("0"), octets).unwrap();
    let index = r#"{"id":"2015-06-23T00:36:45.885Z","started":1435019805885,"completed":1435019805885,"uris":["0"]}"#;
    std::fs::write(directory.path().join("index.json"), index).unwrap();
    directory
}

/// A store that wraps the one of local files need not give files, and must be checked like it.
#[tokio::test]
async fn a_file_behind_another_store_that_is_written_fails_the_query_by_name() {
    for write in [
        |path: &Path| std::fs::write(path, short_parts(3_000).to_ascii_uppercase()).unwrap(),
        |path: &Path| std::fs::File::options().write(true).open(path).unwrap().set_len(9).unwrap(),
    ] {
        for gives_streams in [true, false] {
            let directory = folder_of(short_parts(3_000));
            let snapshot = Snapshot::over(Arc::new(LocalFileSystem::new()), 1);
            *snapshot.store.gives_streams.lock().unwrap() = gives_streams;
            let local = Url::parse("file:///").unwrap();
            snapshot.context.runtime_env().register_object_store(&local, snapshot.store.clone());
            let uri = Url::from_file_path(directory.path().join("index.json")).unwrap();
            let path = directory.path().join("0");
            snapshot.store.call_after_first_range(move || write(&path));
            let runtime = snapshot.context.runtime_env();
            let table =
                SnapshotTable::open(&runtime, &uri, snapshot.options.clone()).await.unwrap();
            snapshot.context.register_table("snapshot", Arc::new(table)).unwrap();
            let rows = snapshot.context.sql("select * from snapshot").await.unwrap();
            assert_eq!(name(&rows.collect().await.unwrap_err()), "package-changed");
        }
    }
}

/// A caller's store may have credentials, or lead through a proxy.
#[tokio::test]
async fn an_index_at_a_web_server_is_read_by_the_store_that_the_caller_registered() {
    let snapshot = Snapshot::of(&[short_parts(2)], 1).await;
    let root = Url::parse("http://snapshots.invalid/").unwrap();
    let runtime = snapshot.context.runtime_env();
    runtime.register_object_store(&root, snapshot.store.clone());
    let uri = root.join("s/index.json").unwrap();
    let table = SnapshotTable::open(&runtime, &uri, snapshot.options.clone()).await.unwrap();
    snapshot.context.register_table("snapshot", Arc::new(table)).unwrap();
    let frame = snapshot.context.sql("select * from snapshot").await.unwrap();
    assert_eq!(rows(&frame.collect().await.unwrap()).len(), 2);
}

/// A file that is written again while it is read has another entity tag at the end.
#[tokio::test]
async fn a_file_that_is_rewritten_in_place_fails_the_query_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("s");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("0"), short_parts(100)).unwrap();
    let index = r#"{"id":"2015-06-23T00:36:45.885Z","started":1435019805885,"completed":1435019805885,"uris":["0"]}"#;
    std::fs::write(folder.join("index.json"), index).unwrap();
    let local = LocalFileSystem::new_with_prefix(directory.path()).unwrap();
    let snapshot = Snapshot::over(Arc::new(local), 1);
    assert_eq!(snapshot.rows().await.unwrap().len(), 100);
    let path = folder.join("0");
    snapshot.store.call_after_first_range(move || {
        std::fs::write(&path, short_parts(100).to_ascii_uppercase()).unwrap();
    });
    let error = snapshot.rows().await.unwrap_err();
    assert_eq!(name(&error), "package-changed");
    assert_eq!(snapshot.options.content_type.as_deref(), Some(TYPE));
}
