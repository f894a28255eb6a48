//! What is put where, in which order, and how.

use crate::reader::{all, keys, latest};
use crate::site::{SMALL, Site, prefix, target, upload};
use crate::store::{Done, Noting};
use object_store::ObjectStoreExt;
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::snapshot::Package;
use snapshot_sync::publisher::upload::{Found, Latest};

const IMMUTABLE: &str = "max-age=31536000, immutable";

fn stated(content_type: &str, caching: &str) -> [Option<String>; 2] {
    [Some(content_type.to_owned()), Some(caching.to_owned())]
}

#[tokio::test]
async fn packages_come_first_then_the_manifest_then_the_index_only_if_it_is_not_there() {
    let (site, store) = (Site::new(500), Noting::new());
    let snapshot = site.snapshot(30_000);
    let outcome = upload(&target(store.shared()), &snapshot).await.unwrap();
    assert_eq!((outcome.found, outcome.latest), (Found::Nothing, Latest::This));
    let count = snapshot.packages().len();
    assert!(count > 2 && outcome.uploaded == count);

    let directory = outcome.index.strip_suffix("/index.json").unwrap();
    let directory = format!("{}/{directory}", prefix());
    let done = store.take();
    let last: Vec<_> = done.iter().filter(|done| matches!(done, Done::Put(..))).rev().collect();
    let json = |name: &str, mode, caching| {
        Done::Put(name.to_owned(), mode, stated("application/json", caching))
    };
    let latest_name = format!("{}/latest.json", prefix());
    assert_eq!(*last[0], json(&latest_name, "create", "no-cache"));
    assert_eq!(*last[1], json(&format!("{directory}/index.json"), "create", IMMUTABLE));
    assert_eq!(*last[2], json(&format!("{directory}/manifest.json"), "replace", IMMUTABLE));

    // Each package of more than 20 kB is put in parts, and appears before the manifest.
    let manifest = done.iter().position(|done| done == last[2]).unwrap();
    let package = stated(snapshot.content_type(), IMMUTABLE);
    for (number, octets) in snapshot.packages().map(Package::octets).enumerate() {
        let name = format!("{directory}/{number}.multipart");
        let (put, completed) = match octets > SMALL.part_octets {
            true => (Done::Begin(name.clone(), package.clone()), Done::Complete(name)),
            false => {
                let put = Done::Put(name, "create", package.clone());
                (put.clone(), put)
            }
        };
        let at = |done_: &Done| done.iter().position(|done| done == done_).unwrap();
        assert!(at(&put) <= at(&completed) && at(&completed) < manifest, "{number}");
    }
    // No part is larger than a part may be.
    let parts = done.iter().filter_map(|done| match done {
        Done::Part(octets) => Some(*octets as u64),
        _ => None,
    });
    assert_eq!(parts.max(), Some(SMALL.part_octets));
    // What the store has is compared before anything refers to it.
    let listed = done.iter().rposition(|done| *done == Done::List(directory.clone())).unwrap();
    let last_package = done.iter().rposition(|done| matches!(done, Done::Complete(_))).unwrap();
    assert!(last_package < listed && listed < manifest);
}

#[tokio::test]
async fn the_names_are_those_that_the_readme_states() {
    let (site, store) = (Site::new(300), Noting::new());
    let snapshot = site.snapshot(30_000);
    let outcome = upload(&target(store.shared()), &snapshot).await.unwrap();
    let parts: Vec<_> = outcome.index.split('/').collect();
    let ["snapshots", directory, "index.json"] = parts[..] else { panic!("{parts:?}") };
    let (time, hash) = directory.split_once('-').unwrap();
    let started = snapshot.document().started();
    assert_eq!(time, started.format("%Y%m%dT%H%M%S%.3fZ").to_string());
    assert!(hash.len() == 16 && hash.bytes().all(|octet| octet.is_ascii_hexdigit()));
    let of_package = |number| format!("some/prefix/snapshots/{directory}/{number}.multipart");
    let mut expected: Vec<_> = (0..snapshot.packages().len()).map(of_package).collect();
    expected.push("some/prefix/conditions.json".to_owned());
    expected.push("some/prefix/latest.json".to_owned());
    expected.push(format!("some/prefix/snapshots/{directory}/index.json"));
    expected.push(format!("some/prefix/snapshots/{directory}/manifest.json"));
    expected.sort();
    assert_eq!(keys(store.inner()).await, expected);

    // The latest index also names the one that never changes.
    let latest = store.inner().get(&prefix().join("latest.json")).await.unwrap();
    let latest: serde_json::Value = serde_json::from_slice(&latest.bytes().await.unwrap()).unwrap();
    assert_eq!(latest["snapshot"], outcome.index);
    assert_eq!(latest["timeline"]["feed"], snapshot.feed());
}

/// The references in packages are those that the publisher serves: two directories up is its root, and in
/// a store the prefix is.
#[tokio::test]
async fn rfc3986_5_2_references_hold_below_the_prefix_or_below_the_base_uri() {
    for (references, root) in [
        (References::default(), "s3://bucket/some/prefix/"),
        (References::below("https://example.org/shop").unwrap(), "https://example.org/shop/"),
    ] {
        let (site, store) = (Site::with(200, references), Noting::new());
        let snapshot = site.snapshot(30_000);
        upload(&target(store.shared()), &snapshot).await.unwrap();
        let seen = latest(store.inner(), &prefix()).await.unwrap();
        assert_eq!((seen.parts, seen.locations.len()), (200, 200));
        let below = format!("{root}entities/");
        assert!(seen.locations.iter().all(|location| location.starts_with(&below)), "{seen:?}");
    }
}

#[tokio::test]
async fn a_snapshot_that_is_there_is_not_uploaded_again() {
    let (site, store) = (Site::new(300), Noting::new());
    let (target, snapshot) = (target(store.shared()), site.snapshot(30_000));
    upload(&target, &snapshot).await.unwrap();
    store.take();
    let again = upload(&target, &snapshot).await.unwrap();
    assert_eq!((again.found, again.latest, again.uploaded), (Found::All, Latest::This, 0));
    let is_reading = |done: &Done| matches!(done, Done::Get(_) | Done::List(_));
    assert!(store.take().iter().all(is_reading));
    assert!(!target.is_begun(&snapshot).await.unwrap());
}

#[tokio::test]
async fn what_was_removed_is_put_again() {
    let (site, store) = (Site::new(300), Noting::new());
    let (target, snapshot) = (target(store.shared()), site.snapshot(30_000));
    let outcome = upload(&target, &snapshot).await.unwrap();
    let directory = outcome.index.strip_suffix("index.json").unwrap();
    for name in ["1.multipart", "manifest.json"] {
        let key = format!("{}/{directory}{name}", prefix());
        store.inner().delete(&key.into()).await.unwrap();
        let again = upload(&target, &snapshot).await.unwrap();
        assert_eq!(again.uploaded, usize::from(name == "1.multipart"));
        assert_eq!(all(store.inner(), &prefix()).await.len(), 1);
    }
}

#[tokio::test]
async fn a_snapshot_of_nothing_is_one() {
    let (site, store) = (Site::new(0), Noting::new());
    let outcome = upload(&target(store.shared()), &site.snapshot(30_000)).await.unwrap();
    assert_eq!((outcome.found, outcome.uploaded), (Found::Nothing, 0));
    assert_eq!(latest(store.inner(), &prefix()).await.unwrap().parts, 0);
}

/// Memory is bounded by the number of requests and the size of a part, however large a package is.
#[tokio::test]
async fn no_more_octets_are_in_flight_than_the_options_permit() {
    let (site, store) = (Site::new(2_000), Noting::new());
    let snapshot = site.snapshot(150_000);
    let octets: u64 = snapshot.packages().map(Package::octets).sum();
    upload(&target(store.shared()), &snapshot).await.unwrap();
    let most = store.notes.lock().unwrap().most_in_flight as u64;
    let limit = SMALL.part_octets * SMALL.requests as u64;
    assert!(octets > 4 * limit && most > SMALL.part_octets && most <= limit, "{most} of {octets}");
}

#[tokio::test]
async fn progress_counts_each_octet_once_also_when_it_was_there() {
    let (site, store) = (Site::new(500), Noting::new());
    let (target, snapshot) = (target(store.shared()), site.snapshot(30_000));
    let octets: u64 = snapshot.packages().map(Package::octets).sum();
    for _ in 0..2 {
        let count = std::sync::atomic::AtomicU64::new(0);
        let on_octets = |octets| _ = count.fetch_add(octets, std::sync::atomic::Ordering::Relaxed);
        let (_stop, asked) = snapshot_sync::shutdown::Asked::when_dropped();
        target.upload(&snapshot, &SMALL, &asked, &on_octets).await.unwrap();
        assert_eq!(count.into_inner(), octets);
    }
}

/// Old snapshots stay in the store, in whatever number.
#[tokio::test]
async fn what_is_done_does_not_grow_with_the_snapshots_that_are_there() {
    let site = Site::new(100);
    let snapshot = site.snapshot(30_000);
    let done = async |snapshots: usize| {
        let store = Noting::new();
        for number in 0..snapshots {
            let key =
                format!("some/prefix/snapshots/20260101T000000.000Z-{number:016x}/index.json");
            store.inner().put(&key.into(), "{}".into()).await.unwrap();
        }
        let index = upload(&target(store.shared()), &snapshot).await.unwrap().index;
        let done = store.take();
        let directory = format!("{}/{}", prefix(), index.strip_suffix("/index.json").unwrap());
        let lists: Vec<_> = done.iter().filter(|done| matches!(done, Done::List(_))).collect();
        assert!(lists.iter().all(|list| **list == Done::List(directory.clone())), "{lists:?}");
        done.len()
    };
    assert_eq!(done(3_000).await, done(0).await);
}

/// Somebody has put something else into the directory of the snapshot.
#[tokio::test]
async fn what_is_not_of_the_snapshot_is_no_part_of_it() {
    let (site, noted) = (Site::new(100), Noting::new());
    let snapshot = site.snapshot(30_000);
    let index = upload(&target(noted.shared()), &snapshot).await.unwrap().index;
    let store = Noting::new();
    let target = target(store.shared());
    let count = snapshot.packages().len();
    let others = ["00.multipart", "+0.multipart", "notes.txt", "backup/0.multipart"];
    for name in others.map(str::to_owned).into_iter().chain([format!("{count}.multipart")]) {
        let key = format!("{}/{}", prefix(), index.replace("index.json", &name));
        store.inner().put(&key.into(), "".into()).await.unwrap();
    }
    assert!(!target.is_begun(&snapshot).await.unwrap());
    assert_eq!(upload(&target, &snapshot).await.unwrap().found, Found::Nothing);
}
