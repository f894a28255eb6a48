//! What fails planning, each by its name.

use crate::support::{INDEX, Snapshot, TYPE, name, sequential, short_parts};
use object_store::{Attribute, ObjectStoreExt};
use snapshot_query::{Error, SnapshotTable, TAIL, TableOptions};
use url::Url;

#[tokio::test]
async fn rfc9110_13_1_1_a_package_without_a_strong_entity_tag_fails_planning() {
    for etag in [None, Some("W/\"a\"".to_owned())] {
        let snapshot = Snapshot::of(&[short_parts(2)], 1).await;
        *snapshot.store.etag.lock().unwrap() = Some(etag);
        assert_eq!(snapshot.failure().await, "etag");
    }
    let snapshot = Snapshot::of(&[short_parts(2)], 1).await;
    *snapshot.store.etag.lock().unwrap() = Some(Some("\"a\"".to_owned()));
    assert_eq!(snapshot.rows().await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_boundary_is_that_of_the_answer_before_that_of_the_user() {
    let mut snapshot = Snapshot::of(&[short_parts(2)], 1).await;
    snapshot.options = snapshot.options.content_type(None);
    assert_eq!(snapshot.failure().await, "boundary-unknown");
    snapshot.store.attributes.lock().unwrap().push((Attribute::ContentType, TYPE.to_owned()));
    assert_eq!(snapshot.rows().await.unwrap().len(), 2);

    let other = "multipart/package; boundary=other".to_owned();
    snapshot.options = snapshot.options.content_type(Some(other));
    assert_eq!(snapshot.rows().await.unwrap().len(), 2);
    snapshot.store.attributes.lock().unwrap().clear();
    assert_eq!(snapshot.failure().await, "close-missing");
}

#[tokio::test]
async fn rfc9110_8_4_a_package_in_a_content_coding_fails_planning() {
    let snapshot = Snapshot::of(&[short_parts(2)], 1).await;
    snapshot.store.attributes.lock().unwrap().push((Attribute::ContentEncoding, "gzip".to_owned()));
    assert_eq!(snapshot.failure().await, "coded");
}

#[tokio::test]
async fn planning_asks_once_for_each_package() {
    let packages = [short_parts(10), short_parts(9_000)];
    let snapshot = Snapshot::of(&packages, 1).await;
    snapshot.scan().await.unwrap();
    let mut noted = snapshot.store.noted();
    noted.sort_by(|a, b| a.path.cmp(&b.path));
    let (first, second) = (packages[0].len() as u64, packages[1].len() as u64);
    let ranges: Vec<_> = noted.iter().map(|noted| noted.range.clone()).collect();
    assert!(second > TAIL);
    assert_eq!(ranges, [0..first, second - TAIL..second]);
}

#[tokio::test]
async fn a_document_that_is_no_index_is_refused_by_name() {
    let snapshot = Snapshot::of(&[short_parts(2)], 1).await;
    for (document, expected) in [
        ("no JSON", "index"),
        ("{}", "index"),
        (r#"{"index": 1, "packages": []}"#, "manifest"),
        (r#"{"id":"a","started":1435019805885,"uris":["http://other.example/0"]}"#, "index"),
        (r#"{"id":"a","started":1435019805885,"uris":["0?x"]}"#, "uri"),
        (r#"{"id":"a","started":1435019805885,"uris":["absent"]}"#, "store"),
    ] {
        snapshot.store.put(&"s/index.json".into(), document.into()).await.unwrap();
        assert_eq!(snapshot.failure().await, expected, "{document}");
    }
}

#[tokio::test]
async fn a_snapshot_without_packages_has_no_rows() {
    let snapshot = Snapshot::of(&[], 4).await;
    assert_eq!(snapshot.rows().await.unwrap(), []);
}

/// A manifest beside the index gives the boundary and exact counts, if it fits.
#[tokio::test]
async fn a_manifest_beside_the_index_must_fit_it() {
    let packages = [short_parts(3)];
    let mut snapshot = Snapshot::of(&packages, 1).await;
    snapshot.options = snapshot.options.content_type(None);
    let index = snapshot.store.get(&"s/index.json".into()).await.unwrap().bytes().await.unwrap();
    let index = String::from_utf8(index.to_vec()).unwrap();
    let octets = packages[0].len() as u64;
    let manifest = |index: &str, octets: u64, count: usize| {
        let entry = serde_json::json!({"octets": octets, "parts": 3, "last_uri": "/2"});
        let manifest = serde_json::json!({
            "index": index, "content_type": TYPE, "packages": vec![entry; count],
        });
        manifest.to_string()
    };
    let other = index.replace("00:36", "00:35");
    for (document, expected) in [
        (manifest(&index, octets, 1), None),
        (manifest(&index, octets + 1, 1), Some("manifest")),
        (manifest(&index, octets, 2), Some("manifest")),
        (manifest(&other, octets, 1), Some("manifest")),
        (manifest("{}", octets, 1), Some("manifest")),
        ("[1]".to_owned(), Some("manifest")),
        ("{}".to_owned(), Some("boundary-unknown")),
    ] {
        snapshot.store.put(&"s/manifest.json".into(), document.clone().into()).await.unwrap();
        let found = snapshot.rows().await;
        match expected {
            None => assert_eq!(found.unwrap(), sequential(&packages).unwrap()),
            Some(expected) => assert_eq!(name(&found.unwrap_err()), expected, "{document}"),
        }
    }
}

/// Another host makes the table from its URI and entity tag alone.
#[tokio::test]
async fn a_table_of_an_index_that_was_replaced_fails_by_name() {
    use datafusion::catalog::TableProvider;

    let snapshot = Snapshot::of(&[short_parts(2)], 1).await;
    let made = snapshot.table().await.unwrap();
    let again = || {
        let etag = made.etag().map(str::to_owned);
        SnapshotTable::at(made.uri().clone(), etag, made.options().clone())
    };
    let state = snapshot.context.state();
    let table = again();
    table.scan(&state, None, &[], None).await.unwrap();

    let index = snapshot.store.get(&"s/index.json".into()).await.unwrap().bytes().await.unwrap();
    snapshot.store.put(&"s/index.json".into(), index.into()).await.unwrap();
    // What was fetched stays; what was not is compared.
    table.scan(&state, None, &[], None).await.unwrap();
    let error = again().scan(&state, None, &[], None).await.unwrap_err();
    assert_eq!(name(&error), "index-changed");
}

#[tokio::test]
async fn a_store_that_nobody_knows_is_refused_by_name() {
    let runtime = datafusion::execution::runtime_env::RuntimeEnv::default();
    for (uri, expected) in [("gopher://a/b", "store"), ("http://127.0.0.1:1/index.json", "index")] {
        let uri = Url::parse(uri).unwrap();
        let error = SnapshotTable::open(&runtime, &uri, TableOptions::default()).await;
        assert_eq!(error.map_err(|error| error.name()).unwrap_err(), expected);
    }
    let absent = Url::parse(INDEX).unwrap();
    let error = SnapshotTable::open(&runtime, &absent, TableOptions::default()).await.unwrap_err();
    assert!(matches!(error, Error::NoStore { .. }));
}
