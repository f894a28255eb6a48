//! The columns, and what is not read where a query does not need it.

use crate::support::{Snapshot, TYPE, config, cut, name, package, sequential, short_parts};
use allocation_counter::measure;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::datasource::physical_plan::FileSource;
use datafusion::physical_plan::displayable;
use multipart_package::{Diagnostic, Reader};
use object_store::ObjectStoreExt;
use snapshot_query::{BodyType, Limits, SnapshotSource, Tolerance, VIOLATIONS, Violation};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_row_has_what_the_head_says_and_null_for_what_it_does_not() {
    let octets = b"--b\r\nContent-Location: /1\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\
        Content-Digest: sha-256=:x=:\r\n\r\none\r\n--b\r\n\r\n\r\n--b--\r\n";
    let snapshot = Snapshot::of(&[octets.to_vec()], 1).await;
    let batches = snapshot.sql("select * from snapshot").await.unwrap();
    let expected = "\
+----------+---------------------------+--------+----------------+------+--------------+--------+
| location | content_type              | length | content_digest | body | package      | offset |
+----------+---------------------------+--------+----------------+------+--------------+--------+
| /1       | text/plain; charset=utf-8 | 3      | sha-256=:x=:   | one  | memory:///s/0 | 5      |
|          |                           | 0      |                |      | memory:///s/0 | 112    |
+----------+---------------------------+--------+----------------+------+--------------+--------+";
    let squeezed = |text: &str| text.replace([' ', '-'], "");
    assert_eq!(squeezed(&pretty_format_batches(&batches).unwrap().to_string()), squeezed(expected));
}

#[tokio::test]
async fn a_body_that_is_not_utf8_is_octets_or_a_named_error() {
    // The two halves of a character in two bodies are UTF-8 only together.
    let packages = [package(&[b"one", b"\xc3", b"\xbc"])];
    let mut snapshot = Snapshot::of(&packages, 1).await;
    let error = snapshot.rows().await.unwrap_err();
    assert_eq!(name(&error), "not-utf-8");
    // The second part is to blame, although all octets together are UTF-8.
    let offset = packages[0].windows(3).enumerate().filter(|(_, it)| *it == b"--b").nth(1);
    let head = offset.unwrap().0 + "--b\r\n".len();
    let expected = format!("the body of the part at octet {head} of memory:///s/0 ");
    assert!(error.to_string().contains(&expected), "{error}");
    assert_eq!(snapshot.sql("select length from snapshot").await.unwrap()[0].num_rows(), 3);
    snapshot.options = snapshot.options.body(BodyType::Binary);
    assert_eq!(snapshot.rows().await.unwrap(), sequential(&packages).unwrap());
}

#[tokio::test]
async fn a_body_that_is_longer_than_the_limit_fails_only_queries_that_need_it() {
    let packages = [package(&[&[b'x'; 1_000], &[b'y'; 1_001]])];
    let mut snapshot = Snapshot::of(&packages, 1).await;
    assert_eq!(Limits::default().body_octets, 64 * 1024 * 1024);
    snapshot.options = snapshot.options.limits(Limits::default().body_octets(1_001));
    assert_eq!(snapshot.rows().await.unwrap(), sequential(&packages).unwrap());
    snapshot.options = snapshot.options.limits(Limits::default().body_octets(1_000));
    let error = snapshot.rows().await.unwrap_err();
    assert_eq!(name(&error), "body-too-long");
    assert!(error.to_string().contains("1000 octets"), "{error}");
    assert_eq!(snapshot.sql("select length from snapshot").await.unwrap()[0].num_rows(), 2);
}

#[tokio::test]
async fn a_violation_is_tolerated_or_fails_the_query_as_the_options_say() {
    let octets = b"--b\nContent-Location: /1\r\n\r\none\r\n--b--\r\n".to_vec();
    let mut snapshot = Snapshot::of(&[octets], 1).await;
    assert_eq!(snapshot.rows().await.unwrap().len(), 1);
    snapshot.options = snapshot.options.tolerance(Tolerance::Strict);
    assert_eq!(snapshot.failure().await, "unreadable");
}

/// Two ranges may both see what is wrong at their seam.
#[tokio::test]
async fn a_tolerated_violation_is_kept_once_however_the_package_is_cut() {
    let octets = b"--b\r\n\r\none\n--b\r\nContent-Length: 9\r\n\r\ntwo\r\n--b \n\r\n\r\n--b--\r\n";
    let reader = Reader::from_content_type(TYPE.as_bytes()).unwrap();
    let mut parts = reader.parts(octets);
    assert!(parts.by_ref().all(|part| part.is_ok()));
    let expected: Vec<_> = parts.diagnostics().iter().copied().collect();
    assert!(expected.len() > 2);
    let snapshot = Snapshot::of(&[octets.to_vec()], 1).await;
    let whole = snapshot.scan().await.unwrap();
    let close = octets.len() as u64 - 7;
    for first in 1..close {
        let config = cut(&whole, &[first]).into_config().unwrap();
        snapshot.rows_of(config.clone()).await.unwrap();
        let source = config.file_source().downcast_ref::<SnapshotSource>().unwrap();
        let kept = source.violations().kept();
        assert!(kept.iter().all(|it| it.package() == "memory:///s/0"));
        let mut found: Vec<_> = kept.iter().map(Violation::diagnostic).collect();
        let mut expected = expected.clone();
        let order = |it: &Diagnostic| (it.span().start, it.rule());
        found.sort_by_key(order);
        expected.sort_by_key(order);
        assert_eq!(found, expected, "cut at {first}");
        let metrics = source.metrics().clone_inner();
        let counted = metrics.sum_by_name(VIOLATIONS).unwrap().as_usize();
        assert_eq!((counted, source.violations().omitted()), (expected.len(), 0), "cut at {first}");
    }
}

#[tokio::test]
async fn a_field_that_is_not_utf8_fails_only_queries_that_need_it() {
    let octets = b"--b\r\nContent-Location: /1\r\nContent-Digest: \xff\r\n\r\none\r\n--b--\r\n";
    let snapshot = Snapshot::of(&[octets.to_vec()], 1).await;
    assert_eq!(snapshot.failure().await, "not-utf-8");
    snapshot.sql("select location, body from snapshot").await.unwrap();
}

/// The allocator counts what one thread allocates: the runtime has no other.
#[test]
fn a_body_that_is_not_projected_is_never_copied() {
    let body = vec![b'x'; 16 * MIB];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let snapshot = runtime.block_on(Snapshot::of(&[package(&[&body, &body])], 1));
    let allocated = |sql: &str| {
        let mut rows = 0;
        let counted = measure(|| {
            let batches = runtime.block_on(snapshot.sql(sql)).unwrap();
            rows = batches.iter().map(RecordBatch::num_rows).sum();
        });
        assert_eq!(rows, 2);
        usize::try_from(counted.bytes_total).unwrap()
    };
    // The first query allocates what the engine keeps.
    allocated("select length from snapshot");
    let without = allocated("select location, content_type, length, package from snapshot");
    let with = allocated("select location, body from snapshot");
    // The engine allocates some for every query, but no more for longer bodies.
    assert!(without < 8 * MIB, "{without} octets without bodies");
    assert!(with >= 32 * MIB, "{with} octets with bodies");
}

/// A snapshot whose manifest says which entities are in which package.
async fn with_manifest() -> (Snapshot, Vec<Vec<u8>>) {
    let entities = |numbers: std::ops::Range<u32>| {
        let mut octets = String::new();
        for number in numbers {
            octets += &format!("--b\r\nContent-Location: ../../e/{number}\r\n\r\n{number}\r\n");
        }
        (octets + "--b--\r\n").into_bytes()
    };
    let packages = vec![entities(10..13), entities(13..17), entities(17..20)];
    let snapshot = Snapshot::of(&packages, 1).await;
    let index = snapshot.store.get(&"s/index.json".into()).await.unwrap().bytes().await.unwrap();
    let entry = |number: usize, parts: u64, last: &str| serde_json::json!({"octets": packages[number].len(), "parts": parts, "last_uri": last});
    let manifest = serde_json::json!({
        "base": null,
        "index": String::from_utf8(index.to_vec()).unwrap(),
        "content_type": TYPE,
        "packages": [entry(0, 3, "/e/12"), entry(1, 4, "/e/16"), entry(2, 3, "/e/19")],
    });
    let manifest = manifest.to_string();
    snapshot.store.put(&"s/manifest.json".into(), manifest.into()).await.unwrap();
    (snapshot, packages)
}

#[tokio::test]
async fn packages_without_a_location_are_not_asked_for() {
    let (snapshot, _) = with_manifest().await;
    for (filter, rows, packages) in [
        ("location = '../../e/14'", 1, &["s/1"][..]),
        ("location in ('../../e/10', '../../e/19')", 2, &["s/0", "s/2"]),
        ("location = '../../e/14' and length > 5", 0, &["s/1"]),
        ("location = '../../e/99'", 0, &[]),
        ("location = '../../e/14' or length = 2", 10, &["s/0", "s/1", "s/2"]),
    ] {
        let before = snapshot.store.noted().len();
        let sql = format!("select location from snapshot where {filter}");
        let batches = snapshot.sql(&sql).await.unwrap();
        assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), rows, "{filter}");
        let mut noted: Vec<_> =
            snapshot.store.noted().split_off(before).into_iter().map(|noted| noted.path).collect();
        noted.sort();
        noted.dedup();
        assert_eq!(noted, packages, "{filter}");
    }
}

#[tokio::test]
async fn a_count_is_that_of_the_manifest_or_is_counted() {
    let sql = "select count(*) as n from snapshot";
    let (with, packages) = with_manifest().await;
    let without = Snapshot::of(&packages, 1).await;
    for (snapshot, reads) in [(&with, false), (&without, true)] {
        let batches = snapshot.sql(sql).await.unwrap();
        assert!(pretty_format_batches(&batches).unwrap().to_string().contains("| 10 |"));
        // Planning asks for the end of each package; only a scan asks for more.
        assert_eq!(snapshot.store.noted().iter().any(|noted| !noted.is_suffix), reads);
    }
    // What filters leave is counted, although the manifest counts all.
    let batches = with.sql("select count(*) as n from snapshot where body > '15'").await.unwrap();
    assert!(pretty_format_batches(&batches).unwrap().to_string().contains("| 4 "));
}

#[tokio::test]
async fn a_limit_and_an_expression_are_applied_after_the_scan() {
    let snapshot = Snapshot::of(&[short_parts(50), short_parts(50)], 4).await;
    let batches = snapshot.sql("select length + 1 as l from snapshot limit 7").await.unwrap();
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 7);
    let plan = snapshot.context.sql("select upper(location), length from snapshot").await.unwrap();
    let plan = plan.create_physical_plan().await.unwrap();
    let scan = config(&plan).unwrap();
    let columns: Vec<_> =
        scan.projected_schema().unwrap().fields().iter().map(|f| f.name().clone()).collect();
    assert_eq!(columns, ["location", "length"], "{}", displayable(plan.as_ref()).indent(true));
}

#[tokio::test]
async fn a_scan_is_the_same_after_a_wire() {
    let snapshot = Snapshot::of(&[short_parts(90), short_parts(30)], 3).await;
    let config = snapshot.scan().await.unwrap();
    let scan = snapshot_query::Scan::of(&config).unwrap().unwrap();
    let octets = serde_json::to_vec(&scan).unwrap();
    let read: snapshot_query::Scan = serde_json::from_slice(&octets).unwrap();
    assert_eq!(read, scan);
    let rows = snapshot.rows_of(read.into_config().unwrap()).await.unwrap();
    assert_eq!(rows, snapshot.rows_of(config).await.unwrap());
}

#[cfg(feature = "json")]
#[tokio::test]
async fn json_bodies_are_read_by_functions_that_exist() {
    let snapshot = Snapshot::of(&[package(&[br#"{"a": {"b": 7}}"#, b"no JSON"])], 1).await;
    let mut context = snapshot.context.clone();
    datafusion_functions_json::register_all(&mut context).unwrap();
    let sql = "select json_get_int(body, 'a', 'b') as b from snapshot order by location";
    let batches = snapshot.sql(sql).await.unwrap();
    let table = pretty_format_batches(&batches).unwrap().to_string();
    assert!(table.contains("| 7 |"), "{table}");
}
