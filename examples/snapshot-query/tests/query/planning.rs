//! What fails planning, each by its name.

use crate::support::{INDEX, Snapshot, TYPE, name, rows, sequential, short_parts};
use datafusion::arrow::array::RecordBatch;
use object_store::{Attribute, ObjectStoreExt};
use snapshot_query::{Error, ManifestState, SnapshotTable, TAIL_OCTETS, TableOptions};
use std::sync::Arc;
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
    // Either could be right, and the wrong one could lose rows.
    assert_eq!(snapshot.failure().await, "content-type");
    snapshot.store.attributes.lock().unwrap().clear();
    assert_eq!(snapshot.failure().await, "close-missing");
}

/// As `multipart/mixed`, the first part of a package that opens as drafted would be a preamble.
#[tokio::test]
async fn two_content_types_that_open_a_package_differently_fail_planning() {
    let octets = b"Content-Location: /0\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n".to_vec();
    let snapshot = Snapshot::of(&[octets], 1).await;
    assert_eq!(snapshot.rows().await.unwrap().len(), 2);
    let mixed = (Attribute::ContentType, "multipart/mixed; boundary=b".to_owned());
    snapshot.store.attributes.lock().unwrap().push(mixed);
    assert_eq!(snapshot.failure().await, "content-type");
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
    assert!(second > TAIL_OCTETS);
    assert_eq!(ranges, [0..first, second - TAIL_OCTETS..second]);
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
        (r#"{"id":"a","started":1435019805885,"uris":["./index.json"]}"#, "index"),
        // A package that is listed twice would give each row twice.
        (r#"{"id":"a","started":1435019805885,"uris":["0","0"]}"#, "index"),
        (r#"{"id":"a","started":1435019805885,"uris":["0","./0"]}"#, "index"),
        (r#"{"id":"a","started":1435019805885,"uris":["0","%30"]}"#, "index"),
        (r##"{"id":"a","started":1435019805885,"uris":["0","0#x"]}"##, "index"),
        (r#"{"id":"a","started":1435019805885,"uris":["a+b","a%2Bb"]}"#, "index"),
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

/// The index of the latest snapshot stands above the directory that has the packages and the manifest.
#[tokio::test]
async fn a_manifest_beside_the_packages_must_fit_an_index_elsewhere() {
    let packages = [short_parts(3), short_parts(2)];
    let mut snapshot = Snapshot::of(&packages, 1).await;
    snapshot.options = snapshot.options.content_type(None);
    let own = snapshot.store.get(&"s/index.json".into()).await.unwrap().bytes().await.unwrap();
    let own = String::from_utf8(own.to_vec()).unwrap();
    snapshot.store.delete(&"s/index.json".into()).await.unwrap();
    let latest = own.replace(r#"["0","1"]"#, r#"["s/0","s/1"]"#);
    assert_ne!(latest, own);
    snapshot.store.put(&"latest.json".into(), latest.clone().into()).await.unwrap();
    let manifest = |index: &str, octets: usize| {
        let entry = |(parts, octets, last): (u64, usize, &str)| serde_json::json!({"octets": octets, "parts": parts, "last_uri": last});
        let entries = [(3, octets, "/2"), (2, packages[1].len(), "/3")].map(entry);
        serde_json::json!({"index": index, "content_type": TYPE, "packages": entries}).to_string()
    };
    let octets = packages[0].len();
    let uri = Url::parse("memory:///latest.json").unwrap();
    let runtime = snapshot.context.runtime_env();
    let read = async || {
        let table = SnapshotTable::open(&runtime, &uri, snapshot.options.clone()).await?;
        let state = table.manifest_state();
        let _ = snapshot.context.deregister_table("snapshot")?;
        snapshot.context.register_table("snapshot", Arc::new(table))?;
        let batches = snapshot.context.sql("select * from snapshot").await?.collect().await?;
        Ok::<_, datafusion::error::DataFusionError>((rows(&batches), state.unwrap()))
    };
    assert_eq!(name(&read().await.unwrap_err()), "boundary-unknown");
    for (document, expected) in [
        (manifest(&own, octets), Ok(ManifestState::Found)),
        // Its packages are beside it, so that this is the manifest of others.
        (manifest(&latest, octets), Err("manifest")),
        (manifest(&own.replace(r#""0","1""#, r#""1","0""#), octets), Err("manifest")),
        (manifest(&own, octets + 1), Err("manifest")),
        ("no JSON".to_owned(), Err("manifest")),
        // A manifest of another snapshot says nothing about an index that somebody has made.
        (manifest(&own.replace("00:36", "00:35"), octets + 1), Err("boundary-unknown")),
    ] {
        snapshot.store.put(&"s/manifest.json".into(), document.clone().into()).await.unwrap();
        match (read().await, expected) {
            (Ok((found, state)), Ok(expected)) => {
                assert_eq!(state, expected);
                assert_eq!(found, sequential(&packages).unwrap());
            }
            (Err(error), Err(expected)) => assert_eq!(name(&error), expected, "{document}"),
            (found, _) => panic!("{found:?}: {document}"),
        }
    }
}

/// What a manifest says about packages is refused where it can be seen to be wrong.
#[tokio::test]
async fn a_manifest_that_would_lose_rows_fails_the_query_by_name() {
    let packages = [short_parts(3), short_parts(3)];
    let snapshot = Snapshot::of(&packages, 1).await;
    let index = snapshot.store.get(&"s/index.json".into()).await.unwrap().bytes().await.unwrap();
    let index = String::from_utf8(index.to_vec()).unwrap();
    let manifest = |index: &str, parts: u64, last: [&str; 2]| {
        let octets = packages[0].len();
        let entry = |last| serde_json::json!({"octets": octets, "parts": parts, "last_uri": last});
        let packages = last.map(entry);
        serde_json::json!({"index": index, "content_type": TYPE, "packages": packages}).to_string()
    };
    let other_order = index.replace(r#"["0","1"]"#, r#"["1","0"]"#);
    assert_ne!(other_order, index);
    for (document, expected) in [
        (manifest(&index, 3, ["/2", "/3"]), None),
        (manifest(&other_order, 3, ["/2", "/3"]), Some("manifest")),
        (manifest(&index, 3, ["/2", "/1"]), Some("manifest")),
        (manifest(&index, 3, ["/2", "/2"]), Some("manifest")),
        // One partition reads each package in one range.
        (manifest(&index, 4, ["/2", "/3"]), Some("manifest")),
    ] {
        snapshot.store.put(&"s/manifest.json".into(), document.clone().into()).await.unwrap();
        match (snapshot.rows().await, expected) {
            (Ok(rows), None) => assert_eq!(rows, sequential(&packages).unwrap()),
            (Err(error), Some(expected)) => assert_eq!(name(&error), expected, "{document}"),
            (found, _) => panic!("{} rows: {document}", found.unwrap().len()),
        }
    }
}

/// S3 says so of a manifest that does not exist, unless one may list the bucket.
#[tokio::test]
async fn a_manifest_that_may_not_be_read_is_as_good_as_none_and_is_reported() {
    let packages = [short_parts(3)];
    let snapshot = Snapshot::of(&packages, 1).await;
    let table = snapshot.table().await.unwrap();
    assert_eq!(table.manifest_state(), Some(ManifestState::Absent));
    *snapshot.store.forbidden.lock().unwrap() = Some("manifest.json");
    assert_eq!(snapshot.rows().await.unwrap(), sequential(&packages).unwrap());
    let table = snapshot.table().await.unwrap();
    assert_eq!(table.manifest_state(), Some(ManifestState::Forbidden));
    assert_eq!((table.id(), table.package_count()), (Some("2015-06-23T00:36:45.885Z"), Some(1)));
    // What is needed is not optional.
    *snapshot.store.forbidden.lock().unwrap() = Some("index.json");
    assert_eq!(snapshot.failure().await, "store");
}

/// Two scans of one query must read the same packages.
#[tokio::test]
async fn a_package_is_planned_once_for_all_scans_of_a_table() {
    use datafusion::catalog::TableProvider;

    let snapshot = Snapshot::of(&[short_parts(3), short_parts(2)], 2).await;
    let sql = "select a.offset from snapshot a join snapshot b \
        on a.package = b.package and a.offset = b.offset";
    let batches = snapshot.sql(sql).await.unwrap();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 5);
    let planned = snapshot.store.noted().iter().filter(|noted| noted.is_suffix).count();
    assert_eq!(planned, 2);

    let table = snapshot.table().await.unwrap();
    assert_eq!(table.planned_count(), 0);
    let state = snapshot.context.state();
    table.scan(&state, None, &[], None).await.unwrap();
    snapshot.store.put(&"s/0".into(), short_parts(4).into()).await.unwrap();
    let plan = table.scan(&state, None, &[], None).await.unwrap();
    assert_eq!(table.planned_count(), 2);
    let read = datafusion::physical_plan::collect(plan, snapshot.context.task_ctx()).await;
    assert_eq!(name(&read.unwrap_err()), "package-changed");
}

/// Whoever keeps a table may run the query again, as the error says.
#[tokio::test]
async fn a_package_that_was_replaced_is_planned_again_after_the_query_that_failed() {
    let snapshot = Snapshot::of(&[short_parts(3), short_parts(2)], 2).await;
    let table = snapshot.table().await.unwrap();
    snapshot.context.register_table("snapshot", table.clone()).unwrap();
    let query = async || {
        let query = snapshot.context.sql("select * from snapshot").await.unwrap();
        query.collect().await.map(|batches| rows(&batches))
    };
    assert_eq!(query().await.unwrap().len(), 5);
    let replaced = [short_parts(4), short_parts(2)];
    snapshot.store.put(&"s/0".into(), replaced[0].clone().into()).await.unwrap();
    assert_eq!(name(&query().await.unwrap_err()), "package-changed");
    assert_eq!(query().await.unwrap(), sequential(&replaced).unwrap());
    assert_eq!((table.planned_count(), table.package_count()), (2, Some(2)));

    // A package that is gone, and comes again.
    snapshot.store.delete(&"s/0".into()).await.unwrap();
    assert_eq!(name(&query().await.unwrap_err()), "store");
    assert_eq!(name(&query().await.unwrap_err()), "store");
    snapshot.store.put(&"s/0".into(), replaced[0].clone().into()).await.unwrap();
    assert_eq!(query().await.unwrap(), sequential(&replaced).unwrap());
}

/// The packages of another index are another snapshot, and the list that the table has may lack some.
#[tokio::test]
async fn a_table_does_not_follow_an_index_that_lists_something_else() {
    let snapshot = Snapshot::of(&[short_parts(3)], 1).await;
    let table = snapshot.table().await.unwrap();
    snapshot.context.register_table("snapshot", table.clone()).unwrap();
    let query = async || {
        let query = snapshot.context.sql("select * from snapshot").await.unwrap();
        query.collect().await.map(|batches| rows(&batches))
    };
    assert_eq!(query().await.unwrap().len(), 3);
    let index = snapshot.store.get(&"s/index.json".into()).await.unwrap().bytes().await.unwrap();
    let index = String::from_utf8(index.to_vec()).unwrap();
    let other = index.replace(r#"["0"]"#, r#"["0","1"]"#);
    assert_ne!(other, index);
    for (path, octets) in
        [("s/0", short_parts(4)), ("s/1", short_parts(1)), ("s/index.json", other.into())]
    {
        snapshot.store.put(&path.into(), octets.into()).await.unwrap();
    }
    assert_eq!(name(&query().await.unwrap_err()), "package-changed");
    for _ in 0..2 {
        let error = query().await.unwrap_err();
        assert_eq!(name(&error), "index-changed");
        assert!(Error::of(&error).unwrap().advice().contains("SnapshotTable::open"));
    }
    assert_eq!(snapshot.rows().await.unwrap().len(), 5, "a table that is opened again");
    // The same list, although the document was written anew.
    let _ = snapshot.context.deregister_table("snapshot").unwrap();
    snapshot.context.register_table("snapshot", table).unwrap();
    snapshot.store.put(&"s/index.json".into(), index.into()).await.unwrap();
    assert_eq!(query().await.unwrap().len(), 4);
}

/// What a package contains is not mended by planning it again, which takes a request for each package.
#[tokio::test]
async fn a_query_that_fails_for_a_body_leaves_what_is_planned() {
    let snapshot = Snapshot::of(&[crate::support::package(&[b"\xff"])], 1).await;
    snapshot.context.register_table("snapshot", snapshot.table().await.unwrap()).unwrap();
    for _ in 0..2 {
        let query = snapshot.context.sql("select body from snapshot").await.unwrap();
        assert_eq!(name(&query.collect().await.unwrap_err()), "not-utf-8");
    }
    assert_eq!(snapshot.store.noted().iter().filter(|noted| noted.is_suffix).count(), 1);
}

/// A weak entity tag, or none, would be the same after the index was replaced.
#[tokio::test]
async fn rfc9110_8_8_1_an_index_without_a_strong_entity_tag_is_not_compared() {
    use datafusion::catalog::TableProvider;

    let snapshot = Snapshot::of(&[short_parts(2)], 1).await;
    for etag in [None, Some("W/\"a\"".to_owned())] {
        *snapshot.store.etag.lock().unwrap() = Some(etag.clone());
        let uri = Url::parse(INDEX).unwrap();
        let table = SnapshotTable::at(uri, etag, snapshot.options.clone());
        let error = table.scan(&snapshot.context.state(), None, &[], None).await.unwrap_err();
        assert_eq!(name(&error), "etag");
        assert!(error.to_string().contains("index.json"), "{error}");
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
