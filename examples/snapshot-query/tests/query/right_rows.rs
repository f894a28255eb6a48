//! Right rows, or an error: however a package is cut, the rows are those of a sequential reader.

use crate::support::{Snapshot, name, package, sequential, short_parts};
use object_store::ObjectStoreExt;
use proptest::prelude::*;
use snapshot_query::{RangeSizes, TAIL_OCTETS};

/// A package with a part-like epilogue gave 100 rows in one partition and 200 in two.
fn with_epilogue(parts: usize, epilogue_parts: usize) -> Vec<u8> {
    let mut octets = short_parts(parts);
    octets.extend_from_slice(&short_parts(epilogue_parts));
    octets
}

#[tokio::test]
async fn rfc2046_5_1_1_a_part_like_epilogue_gives_no_rows() {
    let packages = [with_epilogue(100, 100)];
    let expected = sequential(&packages).unwrap();
    assert_eq!(expected.len(), 100);
    for partitions in 1..=16 {
        let rows = Snapshot::of(&packages, partitions).await.rows().await.unwrap();
        assert_eq!(rows, expected, "{partitions} partitions");
    }
}

/// A sequential reader refuses such an epilogue; planning sees only its last part.
#[tokio::test]
async fn an_epilogue_that_is_longer_than_the_tail_fails_the_query_by_name() {
    let packages = [with_epilogue(100, 2_000)];
    assert!(packages[0].len() as u64 > TAIL_OCTETS + short_parts(100).len() as u64);
    assert!(sequential(&packages).is_err());
    for partitions in 1..=16 {
        let snapshot = Snapshot::of(&packages, partitions).await;
        assert_eq!(snapshot.failure().await, "close-elsewhere", "{partitions} partitions");
    }
}

/// A query with LIMIT may end before the range is read that contains the early close delimiter.
#[tokio::test]
async fn a_limit_gives_no_rows_of_an_epilogue() {
    let packages = [with_epilogue(100, 2_000)];
    for partitions in 2..=16 {
        let snapshot = Snapshot::of(&packages, partitions).await;
        // There are no 101 rows.
        let error = snapshot.sql("select * from snapshot limit 101").await;
        let error = error.map(|batches| crate::support::rows(&batches).len());
        assert_eq!(name(&error.unwrap_err()), "close-elsewhere", "{partitions} partitions");
        // Rows are given before the reader comes to the end, if a batch has few.
        snapshot.sql("set datafusion.execution.batch_size = 10").await.unwrap();
        let batches = snapshot.sql("select * from snapshot limit 60").await.unwrap();
        let rows = crate::support::rows(&batches);
        assert_eq!(rows.len(), 60);
        let close = i64::try_from(short_parts(100).len()).unwrap();
        assert!(rows.iter().all(|row| row.offset < close), "{partitions} partitions");
    }
}

#[tokio::test]
async fn a_package_without_a_close_delimiter_fails_planning_by_name() {
    let whole = package(&[b"one", b"two"]);
    for end in [0, 1, 10, whole.len() - 7, whole.len() - 5] {
        let snapshot = Snapshot::of(&[whole[..end].to_vec()], 2).await;
        assert_eq!(snapshot.failure().await, "close-missing", "{end} octets");
    }
}

/// A task that was planned for another close than there is says so.
#[tokio::test]
async fn a_range_that_lacks_the_planned_close_fails_the_query_by_name() {
    let snapshot = Snapshot::of(&[package(&[b"one", b"two"])], 1).await;
    let config = snapshot.scan().await.unwrap();
    let scan = crate::support::cut(&config, &[]);
    let mut scan = serde_json::to_value(&scan).unwrap();
    let task = &mut scan["partitions"][0][0];
    let close = task["package"]["close"].as_u64().unwrap();
    task["package"]["close"] = (close - 3).into();
    task["range"]["end"] = (close - 2).into();
    let scan: snapshot_query::Scan = serde_json::from_value(scan).unwrap();
    let error = snapshot.rows_of(scan.into_config().unwrap()).await.unwrap_err();
    assert_eq!(name(&error), "close-elsewhere");
}

#[tokio::test]
async fn a_small_package_gives_the_same_rows_cut_at_every_octet() {
    for octets in [
        package(&[b"one", b"", b"--b-", b"\r\n--bc\r\n", b"two\r\n"]),
        b"Content-Location: /0\r\n\r\none\r\n--b\r\nContent-Type: a/b\r\nContent-Digest: x\r\n\r\n\r\n--b--".to_vec(),
        b"preamble\n--b\n\n1\n--b \t\nContent-Location: /2\n\n2\n--b--\nepilogue\n--b\n\n3\n--b--\n".to_vec(),
    ] {
        let packages = [octets];
        let expected = sequential(&packages).unwrap();
        let snapshot = Snapshot::of(&packages, 1).await;
        let config = snapshot.scan().await.unwrap();
        let close = config.file_groups[0].iter().next().unwrap().range.clone().unwrap().end;
        let end = u64::try_from(close).unwrap();
        for first in 1..end {
            let scan = crate::support::cut(&config, &[first]).into_config().unwrap();
            assert_eq!(snapshot.rows_of(scan).await.unwrap(), expected, "cut at {first}");
        }
        let everywhere: Vec<_> = (1..end).collect();
        let scan = crate::support::cut(&config, &everywhere).into_config().unwrap();
        assert_eq!(snapshot.rows_of(scan).await.unwrap(), expected, "cut everywhere");
    }
}

#[tokio::test]
async fn one_to_sixteen_partitions_give_the_same_rows() {
    let packages = [short_parts(300), package(&[&[b'x'; 5_000]]), short_parts(20)];
    let expected = sequential(&packages).unwrap();
    for partitions in 1..=16 {
        let snapshot = Snapshot::of(&packages, partitions).await;
        let config = snapshot.scan().await.unwrap();
        assert_eq!(config.file_groups.len(), partitions);
        assert_eq!(snapshot.rows_of(config).await.unwrap(), expected, "{partitions} partitions");
        let counted =
            snapshot.sql("select count(*) from snapshot where length >= 0").await.unwrap();
        let counted = datafusion::arrow::util::pretty::pretty_format_batches(&counted).unwrap();
        assert!(counted.to_string().contains(&expected.len().to_string()), "{counted}");
    }
}

/// The octets of a package may change between planning and any request.
#[tokio::test]
async fn a_package_replaced_in_the_midst_of_a_query_fails_it_by_name() {
    let (old, new) = (short_parts(200), short_parts(200).to_ascii_uppercase());
    assert_eq!(old.len(), new.len());
    for ignores_if_match in [false, true] {
        let snapshot = Snapshot::of(std::slice::from_ref(&old), 4).await;
        snapshot.store.replace_after_first_range("s/0", new.clone());
        *snapshot.store.ignores_if_match.lock().unwrap() = ignores_if_match;
        assert_eq!(snapshot.failure().await, "package-changed");
    }
    // Every request but that of planning states the entity tag.
    let snapshot = Snapshot::of(std::slice::from_ref(&old), 4).await;
    snapshot.rows().await.unwrap();
    let noted = snapshot.store.noted();
    assert!(noted.len() > 4);
    assert!(noted.iter().all(|noted| noted.if_match.is_some() != noted.is_suffix), "{noted:?}");
}

#[tokio::test]
async fn a_package_replaced_between_planning_and_reading_fails_the_query_by_name() {
    let snapshot = Snapshot::of(&[short_parts(50)], 2).await;
    let config = snapshot.scan().await.unwrap();
    snapshot.store.put(&"s/0".into(), short_parts(51).into()).await.unwrap();
    let error = snapshot.rows_of(config).await.unwrap_err();
    assert_eq!(name(&error), "package-changed");
}

/// A part, or what looks like one, with line breaks of either kind.
fn part() -> impl Strategy<Value = String> {
    let head = prop_oneof![
        Just(""),
        Just("Content-Location: /a\r\n"),
        Just("Content-Type: text/plain\r\nContent-Digest: x\r\n"),
        Just("content-location: b\n"),
        Just("Content-Length: 3\r\n"),
    ];
    let piece = prop_oneof![
        Just("x"),
        Just("\r"),
        Just("\n"),
        Just("\r\n"),
        Just("-"),
        Just("--"),
        Just("--b"),
        Just("--bb\r\n"),
        Just("\r\n--b"),
        Just(" "),
        Just("ü"),
        Just("a: b\r\n"),
    ];
    let body = proptest::collection::vec(piece, 0..8);
    let open = prop_oneof![8 => Just("--b\r\n"), 1 => Just("--b\n"), 1 => Just("--b \r\n")];
    let end = prop_oneof![8 => Just("\r\n"), 1 => Just("\n")];
    (open, head, body, end)
        .prop_map(|(open, head, body, end)| format!("{open}{head}\r\n{}{end}", body.concat()))
}

/// A package, most of them sound: with an implied opening or a preamble, and any epilogue.
fn any_package() -> impl Strategy<Value = Vec<u8>> {
    let parts = || proptest::collection::vec(part(), 0..6).prop_map(|parts| parts.concat());
    let before = prop_oneof![
        6 => Just(""),
        1 => Just("preamble\r\n"),
        2 => Just("Content-Location: /first\r\n\r\nfirst\r\n"),
    ];
    let close = prop_oneof![8 => Just("--b--\r\n"), 1 => Just("--b--"), 1 => Just("")];
    (before, parts(), close, prop_oneof![2 => Just(String::new()), 1 => parts()], any::<bool>())
        .prop_map(|(before, parts, close, epilogue, closes)| {
            let last = if closes && !epilogue.is_empty() { "--b--\r\n" } else { "" };
            format!("{before}{parts}{close}{epilogue}{last}").into_bytes()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_range_size_gives_the_rows_of_a_sequential_reader_or_a_named_error(
        packages in proptest::collection::vec(any_package(), 1..4),
        partitions in 1_usize..=16,
        most in 1_u64..200,
        fewest in 1_u64..40,
        batch_size in prop_oneof![Just(1_usize), Just(3), Just(8192)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let read = runtime.block_on(async {
            let mut snapshot = Snapshot::of(&packages, partitions).await;
            snapshot.options = snapshot.options.sizes(RangeSizes::DEFAULT.fewest(fewest).most(most));
            snapshot
                .sql(&format!("set datafusion.execution.batch_size = {batch_size}"))
                .await
                .unwrap();
            snapshot.rows().await
        });
        match sequential(&packages) {
            Ok(expected) => prop_assert_eq!(read.unwrap(), expected),
            Err(_) => {
                let found = name(&read.unwrap_err());
                let of_packages = ["close-missing", "close-elsewhere", "unreadable"];
                prop_assert!(of_packages.contains(&found), "{}", found);
            }
        }
    }
}
