//! The codecs: what they write they read, what they read is within limits, and no octets make them
//! panic.

use datafusion::catalog::TableProvider;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use proptest::prelude::*;
use snapshot_cluster::codec::{Terms, read_scan, read_table, targets, write_scan, write_table};
use snapshot_cluster::limits::Limits;
use snapshot_cluster::told::named;
use snapshot_query::{Allowed, RangeSizes, Scan, SnapshotSource, SnapshotTable, TableOptions};
use url::Url;

const INDEX: &str = "http://127.0.0.1:8080/snapshots/2015-06-23T00:36:45.885Z/index.json";

fn terms() -> Terms {
    let allowed = Allowed::below(["http://127.0.0.1:8080/snapshots"]).unwrap();
    Terms { allowed, ..Terms::default() }
}

fn table(etag: Option<&str>) -> SnapshotTable {
    let options = TableOptions::default().content_type(Some("multipart/package".to_owned()));
    SnapshotTable::at(Url::parse(INDEX).unwrap(), etag.map(str::to_owned), options)
}

/// A scan of so many packages, in the form that the codec writes.
fn scan(packages: usize) -> Vec<u8> {
    let task = |number: usize| {
        serde_json::json!({
            "package": {
                "uri": format!("http://127.0.0.1:8080/snapshots/2015-06-23T00:36:45.885Z/{number}"),
                "path": format!("snapshots/2015-06-23T00:36:45.885Z/{number}"),
                "octets": 16_777_216, "etag": "\"2015-06-23T00:36:45.885Z-0-identity\"",
                "content_type": "multipart/package; boundary=2015-06-23T00:36:45.885Z",
                "close": 16_777_100, "parts": 12_345,
            },
            "range": { "start": 0, "end": 16_777_101 },
        })
    };
    let scan = serde_json::json!({
        "store": "http://127.0.0.1:8080/",
        "body_type": "text",
        "sizes": { "fewest": 1_048_576, "most": 134_217_728 },
        "columns": ["location", "body"],
        "limit": null,
        "partitions": (0..packages).map(task).collect::<Vec<_>>().chunks(64).collect::<Vec<_>>(),
    });
    serde_json::to_vec(&scan).unwrap()
}

fn name(error: &DataFusionError) -> String {
    let (message, _) = named(error).unwrap_or_else(|| panic!("an error without a name: {error}"));
    message.split(':').next().unwrap_or_default().to_owned()
}

#[test]
fn what_is_written_is_read() {
    let octets = write_table(&table(Some("\"a\"")), &Limits::default()).unwrap();
    let read = read_table(&octets, &terms()).unwrap();
    assert_eq!(read.uri().as_str(), INDEX);
    assert_eq!(read.etag(), Some("\"a\""));
    assert_eq!(read.options(), table(None).options());
    assert!(octets.len() < 400, "the packages are not in it");

    let octets = scan(100);
    let read = read_scan(&octets, &terms()).unwrap();
    let config: FileScanConfig = read.clone().into_config().unwrap();
    let again = Scan::of(&config).unwrap().unwrap();
    assert_eq!(again, read);
    assert_eq!(
        read_scan(&write_scan(&again, &Limits::default()).unwrap(), &terms()).unwrap(),
        read
    );
    let plan = DataSourceExec::from_data_source(config);
    assert!(plan.downcast_to_file_source::<SnapshotSource>().is_some());
}

/// The fuzz targets begin with documents that are read, and not with the error of the first octet.
#[test]
fn the_seeds_of_the_fuzz_targets_are_read() {
    let seeds = |target: &str| {
        let directory = format!("{}/fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
        let files = std::fs::read_dir(directory).unwrap();
        let seeds: Vec<_> =
            files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        assert!(!seeds.is_empty());
        seeds
    };
    for seed in seeds("scan") {
        read_scan(&seed, &Terms::default()).unwrap().into_config().unwrap();
        targets::scan(&seed, &Terms::default());
    }
    for seed in seeds("table") {
        read_table(&seed, &Terms::default()).unwrap();
        targets::table(&seed, &Terms::default());
    }
}

/// The scheduler could not see that an index without an entity tag was replaced.
#[test]
fn an_index_without_an_entity_tag_is_refused_by_name() {
    let error = write_table(&table(None), &Limits::default()).unwrap_err();
    assert_eq!(name(&error), "index-etag");
}

#[test]
fn each_limit_refuses_by_its_name() {
    let octets = scan(100);
    let table = write_table(&table(Some("\"a\"")), &Limits::default()).unwrap();
    let with = |change: fn(&mut Limits)| {
        let mut terms = terms();
        change(&mut terms.limits);
        terms
    };
    for (limit, terms) in [
        ("message", with(|limits| limits.message = 100)),
        ("partitions", with(|limits| limits.partitions = 1)),
        ("tasks", with(|limits| limits.tasks = 99)),
        ("text", with(|limits| limits.text = 40)),
    ] {
        let error = read_scan(&octets, &terms).unwrap_err();
        assert!(error.to_string().contains(&format!("the limit {limit:?}")), "{error}");
        assert_eq!(name(&error), "limit");
    }
    for (limit, terms) in [
        ("message", with(|limits| limits.message = 100)),
        ("text", with(|limits| limits.text = 60)),
        ("range", with(|limits| limits.range = u64::MAX)),
    ] {
        let error = read_table(&table, &terms).unwrap_err();
        assert!(error.to_string().contains(&format!("the limit {limit:?}")), "{error}");
    }
}

/// So many packages has a snapshot at most, unless the limit is set higher. The README has the number.
#[test]
fn a_scan_of_about_46_000_packages_fits_into_a_message() {
    let limits = Limits::default();
    let one = (scan(20_000).len() - scan(10_000).len()) / 10_000;
    let most = limits.message / one;
    assert!((45_000..48_000).contains(&most), "{most} packages of {one} octets each");
    let within = read_scan(&scan(most - 1_000), &terms()).unwrap();
    write_scan(&within, &limits).unwrap();
    let higher = Terms { limits: limits.with_message(32 << 20), ..terms() };
    let beyond = read_scan(&scan(most + 1_000), &higher).unwrap();
    assert_eq!(name(&write_scan(&beyond, &limits).unwrap_err()), "limit");
    assert_eq!(name(&read_scan(&scan(most + 1_000), &terms()).unwrap_err()), "limit");
    write_scan(&beyond, &higher.limits).unwrap();
}

#[test]
fn what_no_prefix_allows_is_refused_by_name() {
    let mut terms = terms();
    for prefixes in
        [vec![], vec!["http://127.0.0.1:8080/snapshots/2015"], vec!["http://127.0.0.1/"]]
    {
        terms.allowed = Allowed::below(prefixes).unwrap();
        assert_eq!(name(&read_scan(&scan(1), &terms).unwrap_err()), "not-allowed");
        let octets = write_table(&table(Some("\"a\"")), &Limits::default()).unwrap();
        assert_eq!(name(&read_table(&octets, &terms).unwrap_err()), "not-allowed");
    }
}

/// A URI that may be fetched beside a path that is another object's.
#[test]
fn a_task_whose_uri_and_path_differ_is_refused() {
    let text = String::from_utf8(scan(1)).unwrap();
    for (from, to) in [
        ("\"path\":\"snapshots/", "\"path\":\"secret/"),
        ("\"store\":\"http://127.0.0.1:8080/\"", "\"store\":\"http://127.0.0.1:9090/\""),
        ("\"store\":\"http://127.0.0.1:8080/\"", "\"store\":\"file:///\""),
        ("[\"location\",\"body\"]", "[\"location\",\"location\"]"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        assert_eq!(name(&read_scan(changed.as_bytes(), &terms()).unwrap_err()), "plan", "{to}");
    }
}

/// The engine would write it in its own way, and the scan would be another one on the next wire.
#[test]
fn a_store_that_is_not_written_as_the_engine_writes_it_is_refused() {
    let text = String::from_utf8(scan(0)).unwrap();
    read_scan(text.as_bytes(), &terms()).unwrap();
    for store in ["http://127.0.0.1:08080/", "http://127.0.0.1:8080", "HTTP://127.0.0.1:8080/", "a"]
    {
        let changed = text.replace("http://127.0.0.1:8080/", store);
        assert_eq!(name(&read_scan(changed.as_bytes(), &terms()).unwrap_err()), "uri", "{store}");
    }
}

/// Ranges of an octet would be more tasks than a scheduler can hold.
#[test]
fn a_table_of_tiny_ranges_is_refused() {
    let options = TableOptions::default().sizes(RangeSizes::DEFAULT.fewest(1).most(1));
    let table = SnapshotTable::at(Url::parse(INDEX).unwrap(), Some("\"a\"".to_owned()), options);
    let octets = write_table(&table, &Limits::default()).unwrap();
    assert_eq!(name(&read_table(&octets, &terms()).unwrap_err()), "limit");
}

/// A table that was read fetches nothing until it is scanned.
#[tokio::test]
async fn a_table_of_another_host_fetches_only_what_is_allowed() {
    let octets = write_table(&table(Some("\"a\"")), &Limits::default()).unwrap();
    let table = read_table(&octets, &terms()).unwrap();
    let context = SessionContext::new();
    let error = table.scan(&context.state(), None, &[], None).await.unwrap_err();
    assert_eq!(name(&error), "index", "nobody listens there");
}

/// Octets that were a scan or a table, with some of them changed, inserted or removed.
fn mutated(octets: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, any::<u8>());
    prop::collection::vec(change, 1..6).prop_map(move |changes| {
        let mut octets = octets.clone();
        for (index, kind, octet) in changes {
            if octets.is_empty() {
                break;
            }
            let at = index.index(octets.len());
            // Octets that mean something in JSON are the likelier ones to find something.
            let likely = b"[]{},:\"\\0-9eE.tn";
            let octet = if octet < 128 { likely[usize::from(octet) % likely.len()] } else { octet };
            match kind {
                0 => octets[at] = octet,
                1 => octets.insert(at, octet),
                2 => drop(octets.remove(at)),
                _ => octets.truncate(at),
            }
        }
        octets
    })
}

proptest! {
    #[test]
    fn no_octets_make_the_codec_of_scans_panic(octets in mutated(scan(3))) {
        targets::scan(&octets, &terms());
    }

    #[test]
    fn no_octets_make_the_codec_of_tables_panic(
        octets in mutated(write_table(&table(Some("\"a\"")), &Limits::default()).unwrap()),
    ) {
        targets::table(&octets, &terms());
    }

    #[test]
    fn no_octets_at_all_make_a_codec_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        targets::scan(&octets, &terms());
        targets::table(&octets, &terms());
    }
}
