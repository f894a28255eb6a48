//! A snapshot in what speaks like S3: moto's server (PyPI) on the loopback interface.

use crate::support::moto::{Moto, environment};
use crate::support::{
    Cluster, Environment, PATIENCE, Relay, TYPE, Web, alone, assert_told, package, snapshot,
};

const PACKAGES: usize = 3;
const PARTS: usize = 40;
const INDEX: &str = "s3://snapshots/s/index.json";
const PREFIX: &str = "s3://snapshots/s";
const SQL: &str =
    "select location, content_type, length, \"offset\", body from snapshot order by 1";

/// The access key of the scheduler and the executors, and its secret.
const KEY: (&str, &str) = ("AKIAOFTHECLUSTER", "secret-of-the-cluster-d41d8cd98f00b204");

/// An index with these references to packages.
fn index(reference: impl Fn(usize) -> String) -> Vec<u8> {
    let uris: Vec<_> = (0..PACKAGES).map(reference).collect();
    let index = serde_json::json!({
        "id": "2015-06-23T00:36:45.885Z", "started": 1_435_019_805_885_u64,
        "completed": 1_435_019_805_885_u64, "uris": uris,
    });
    index.to_string().into_bytes()
}

/// A bucket with a snapshot, whose index is public; none if moto's server is not installed.
fn bucket() -> Option<Moto> {
    let moto = Moto::start()?;
    for number in 0..PACKAGES {
        moto.put(&format!("s/{number}"), TYPE, &package(number, PARTS));
    }
    let index = index(|number| number.to_string());
    moto.put_with("x-amz-acl: public-read\r\n", "s/index.json", "application/json", &index);
    Some(moto)
}

fn with_key(moto: &Moto) -> Environment {
    environment(moto.address(), Some(KEY))
}

fn anonymous(moto: &Moto) -> Environment {
    environment(moto.address(), None)
}

/// The environment of a host that has no credentials, and that no cloud gives any.
fn without_key(moto: &Moto, cloud: &Web) -> Environment {
    let mut environment = anonymous(moto);
    environment.retain(|(name, _)| *name != "AWS_SKIP_SIGNATURE");
    environment.push(("AWS_METADATA_ENDPOINT", cloud.url("")));
    environment
}

/// Only the scheduler and the executors have credentials. None of them is in what the programs send
/// each other.
#[test]
fn a_cluster_reads_s3_with_credentials_that_do_not_travel() {
    let Some(moto) = bucket() else { return };
    let expected = alone(&["--from", &snapshot(PACKAGES, PARTS).url("/s/index.json"), SQL]);
    let mut cluster = Cluster::start_in(with_key(&moto), &[PREFIX]);
    let relay = cluster.relay();
    let _executors = [cluster.executor(&[PREFIX], &[]), cluster.executor(&[PREFIX], &[])];
    cluster.set_environment(anonymous(&moto));
    let ended = cluster.ask(&["--from", INDEX, SQL]);
    assert!(ended.is_success, "{}", ended.told);
    assert_eq!(ended.printed, expected);

    // Neither in what fails.
    let ended =
        cluster.ask(&["--from", INDEX, "select json_get_int(body, 'id') / 0 from snapshot"]);
    assert!(!ended.is_success, "{}", ended.printed);
    moto.put("s/1", TYPE, b"no package");
    let failed = cluster.ask(&["--from", INDEX, SQL]);
    assert_told(&failed.told, "close-missing");
    for text in [KEY.0, KEY.1] {
        assert!(!relay.has_passed(text), "{text} travelled");
        assert!(!ended.told.contains(text) && !failed.told.contains(text), "{text} was printed");
    }
    // What travels can be found: the table, and a task's package.
    for text in [INDEX, "s3://snapshots/s/2", "close-missing"] {
        assert!(relay.has_passed(text), "{text} did not travel");
    }
}

/// The index of the latest snapshot stands above the directory that has the packages and the manifest,
/// which alone says what the packages are. Hosts need be allowed no more than these.
#[test]
fn a_cluster_reads_the_latest_snapshot_that_was_published_into_s3() {
    let Some(moto) = Moto::start() else { return };
    let file = |number| format!("{number}.multipart");
    let entry = |number| {
        let octets = package(number, PARTS).len();
        serde_json::json!({"octets": octets, "parts": PARTS, "last_uri": format!("/{number}")})
    };
    let manifest = serde_json::json!({
        "index": String::from_utf8(index(file)).unwrap(), "content_type": TYPE,
        "packages": (0..PACKAGES).map(entry).collect::<Vec<_>>(),
    });
    for number in 0..PACKAGES {
        let key = format!("p/snapshots/x/{}", file(number));
        moto.put(&key, "application/octet-stream", &package(number, PARTS));
    }
    moto.put("p/snapshots/x/manifest.json", "application/json", manifest.to_string().as_bytes());
    let latest = index(|number| format!("snapshots/x/{}", file(number)));
    moto.put("p/latest.json", "application/json", &latest);

    let (index, packages) = ("s3://snapshots/p/latest.json", "s3://snapshots/p/snapshots");
    let cluster = Cluster::start_in(with_key(&moto), &[index, packages]);
    let _executor = cluster.executor(&[packages], &[]);
    let ended = cluster.ask(&["--from", index, SQL]);
    assert!(ended.is_success, "{}", ended.told);
    let expected = alone(&["--from", &snapshot(PACKAGES, PARTS).url("/s/index.json"), SQL]);
    assert_eq!(ended.printed, expected);
}

#[test]
fn a_host_without_credentials_fails_the_query_by_name() {
    let Some(moto) = bucket() else { return };
    let cloud = Web::start();
    for has_scheduler in [true, false] {
        let own = if has_scheduler { with_key(&moto) } else { without_key(&moto, &cloud) };
        let mut cluster = Cluster::start_in(own, &[PREFIX]);
        cluster.set_environment(without_key(&moto, &cloud));
        let _executor = cluster.executor(&[PREFIX], &[]);
        // So that it is not the client that fails.
        cluster.set_environment(with_key(&moto));
        let ended = cluster.ask(&["--from", INDEX, SQL]);
        assert!(!ended.is_success);
        assert_eq!(ended.printed, "");
        assert_told(&ended.told, "store");
        let object = if has_scheduler { "s3://snapshots/s/" } else { INDEX };
        assert!(ended.told.contains(object), "{}", ended.told);
        assert!(ended.told.contains("AWS_ACCESS_KEY_ID"), "{}", ended.told);
        assert!(!ended.told.contains(KEY.1), "{}", ended.told);
    }
}

#[test]
fn an_object_of_s3_that_no_prefix_allows_fails_the_query_by_name() {
    let Some(moto) = bucket() else { return };
    for prefixes in [["s3://snapshots/t", PREFIX], [PREFIX, "s3://snapshots/t"]] {
        let cluster = Cluster::start_in(with_key(&moto), &prefixes[..1]);
        let _executor = cluster.executor(&prefixes[1..], &[]);
        let ended = cluster.ask(&["--from", INDEX, SQL]);
        assert!(!ended.is_success);
        assert_told(&ended.told, "not-allowed");
    }
}

#[test]
fn a_package_that_is_replaced_in_s3_between_planning_and_scan_fails_the_query_by_name() {
    let Some(moto) = bucket() else { return };
    let mut cluster = Cluster::start_in(with_key(&moto), &[PREFIX]);
    let relay = Relay::to(moto.address());
    relay.hold();
    cluster.set_environment(environment(&relay.address(), Some(KEY)));
    let _executor = cluster.executor(&[PREFIX], &[]);
    cluster.set_environment(with_key(&moto));
    let asked = cluster.query(&["--from", INDEX, SQL]);
    // The scheduler has planned all packages before an executor asks for one.
    relay.wait_for_held();
    for number in 0..PACKAGES {
        moto.put(&format!("s/{number}"), TYPE, &package(number + 1, PARTS));
    }
    relay.release();
    let ended = asked.ended(PATIENCE);
    assert!(!ended.is_success);
    assert_eq!(ended.printed, "");
    assert_told(&ended.told, "package-changed");
}
