//! Which events are kept and which are removed, what replicas do then, and how large the database gets.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use change_feed::PRUNED;
use snapshot_sync::publisher::clock::Sources;
use snapshot_sync::publisher::feed::event_name;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::{Change, MediaType, Retention, event_id, pages};
use snapshot_sync::replica::replicator::Outcome;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::Site;
use support::asked::get;
use support::relay::{Relay, differences, options};

const HOUR: Duration = Duration::from_secs(3600);

/// The wall clock of a publisher: each test has one of its own.
static WALLS: [AtomicI64; 6] = [const { AtomicI64::new(1_795_491_261_316) }; 6];

macro_rules! site {
    ($wall:literal, $entities:literal) => {
        Site::with_wall($entities, 5, || WALLS[$wall].load(Ordering::Relaxed))
    };
}

fn pass(wall: usize, time: Duration) {
    WALLS[wall].fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
}

/// Removes what is older than an hour and than the oldest snapshot; returns the number of documents.
fn prune(site: &Site) -> u64 {
    let oldest = site.publisher.shelf().oldest().unwrap();
    tokio::task::block_in_place(|| {
        site.publisher.store().prune(&Retention { keep: HOUR, oldest }, 1000).unwrap()
    })
}

/// Leaves the latest snapshot alone.
fn expire(site: &Site) {
    site.publisher.shelf().expire(Duration::ZERO, Instant::now()).unwrap();
}

fn status(site: &Site, path: &str) -> u16 {
    get(site, path, &[]).status.as_u16()
}

/// The statuses of the first archive documents.
fn archives<const COUNT: usize>(site: &Site) -> [u16; COUNT] {
    std::array::from_fn(|number| status(site, &format!("/changes/archive/{number}")))
}

#[test]
fn events_are_kept_for_the_time_and_for_the_oldest_snapshot_and_then_gone() {
    let site = site!(0, 20);
    let first = {
        site.change(2, 20, 14);
        let reader = site.publisher.store().reader().unwrap();
        event_name(event_id(&reader, 1).unwrap().unwrap())
    };
    pass(0, HOUR / 2);
    site.publish(Opening::Implied, 10_000);
    assert_eq!((prune(&site), archives(&site)), (0, [200, 200]), "they are young");
    pass(0, 2 * HOUR);
    site.change(3, 20, 14);
    pass(0, 2 * HOUR);
    let needed = prune(&site);
    assert_eq!(archives(&site), [410, 410, 200, 200], "the snapshot needs those after it");
    assert_eq!(needed, 2);

    // A replica of this snapshot has all that it needs.
    let (mut replica, _) = site.replicate().unwrap();
    let feed = support::discovered(&site, &site.fetcher, &site.listening.uri("/changes/latest"));
    let report = site.follow(&mut replica, &feed, 2);
    assert_eq!((site.differences(&replica), report.fetched > 0), (0, true));

    let gone = get(&site, "/changes/archive/0", &[]);
    let problem: serde_json::Value = serde_json::from_slice(&gone.body).unwrap();
    assert_eq!(problem["type"], PRUNED);
    assert_eq!(gone.header("cache-control"), "no-cache");
    assert_eq!(status(&site, &first), 410);
    assert_eq!(status(&site, "/changes/archive/99"), 404);

    // A newer snapshot has replaced it.
    site.publish(Opening::Implied, 10_000);
    assert_eq!(prune(&site), 0, "the older snapshot is still kept");
    expire(&site);
    assert!(prune(&site) > 0);
    assert_eq!(status(&site, "/changes/latest"), 200, "the youngest events stay, however old");
    let (replica, _) = site.replicate().unwrap();
    assert_eq!(site.differences(&replica), 0);
    // A publisher that removes nothing more goes on with the next numbers.
    let reader = site.publisher.store().reader().unwrap();
    let before = pages::youngest(&reader).unwrap().last;
    site.make(&Change::Put(uri(1), MediaType::JSON, b"{}".to_vec()));
    assert_eq!(pages::youngest(&reader).unwrap().last, before + 1);
}

#[test]
fn events_of_a_clock_that_was_years_ahead_are_removed_after_twice_the_time() {
    const YEARS: i64 = 4 * 365 * 24 * 3_600_000;
    static WALL: AtomicI64 = AtomicI64::new(1_795_491_261_316);
    static STEADY: AtomicI64 = AtomicI64::new(0);
    let clocks = Sources::of(|| WALL.load(Ordering::Relaxed));
    let site = Site::with_clocks(20, 5, clocks.steady(|| STEADY.load(Ordering::Relaxed)));
    site.publish(Opening::Implied, 10_000);
    site.change(1, 20, 4);
    WALL.fetch_add(YEARS, Ordering::Relaxed);
    site.change(2, 20, 14);
    WALL.fetch_sub(YEARS, Ordering::Relaxed);
    let events = || {
        let reader = site.publisher.store().reader().unwrap();
        let count = "SELECT count(*) FROM event WHERE number <= 18";
        reader.query_row(count, [], |row| row.get::<_, u64>(0)).unwrap()
    };
    let mut left = Vec::new();
    for round in 0..4 {
        for clock in [&WALL, &STEADY] {
            clock.fetch_add(3_600_000, Ordering::Relaxed);
        }
        site.change(3 + round, 20, 7);
        site.publish(Opening::Implied, 10_000);
        expire(&site);
        prune(&site);
        left.push(events());
    }
    // Those behind a document's last one stay with the document.
    assert!(left[0] > 10 && left[3] == 0, "{left:?}");
    let (mut replica, _) = site.replicate().unwrap();
    let feed = support::discovered(&site, &site.fetcher, &site.listening.uri("/changes/latest"));
    site.change(9, 20, 7);
    site.follow(&mut replica, &feed, 2);
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn documents_are_removed_one_by_one_the_oldest_first() {
    let site = site!(1, 20);
    site.change(2, 20, 30);
    pass(1, 2 * HOUR);
    site.publish(Opening::Implied, 10_000);
    let oldest = site.publisher.shelf().oldest().unwrap();
    let store = site.publisher.store();
    assert_eq!(store.prune(&Retention { keep: HOUR, oldest }, 2).unwrap(), 2);
    assert_eq!(archives(&site), [410, 410, 200, 200]);
    store.stop();
    assert!(store.prune(&Retention { keep: HOUR, oldest }, 2).is_err(), "it is asked to stop");
    assert_eq!(archives(&site), [410, 410, 200, 200]);
}

#[test]
fn versions_are_removed_with_the_events_that_replaced_them() {
    let site = site!(2, 3);
    let version = |id: &str, number: u32| status(&site, &format!("/versions/{id}/{number}"));
    let put = |id: &str, text: &str| {
        let name = site.publisher.store().feed().entities.name(id);
        site.make(&Change::Put(
            name,
            MediaType::JSON,
            format!("{{\"a\":\"{text}\"}}").into_bytes(),
        ));
    };
    for text in ["1", "2", "3"] {
        put("x", text);
        put("y", text);
        pass(2, Duration::from_secs(2));
    }
    site.make(&Change::Delete(site.publisher.store().feed().entities.name("y")));
    pass(2, 2 * HOUR);
    put("x", "4");
    for number in 0..10 {
        put("z", &number.to_string());
    }
    pass(2, Duration::from_secs(2));
    site.publish(Opening::Implied, 10_000);
    assert_eq!([1, 2, 3, 4].map(|number| version("x", number)), [200; 4]);
    assert_eq!(prune(&site), 1, "the next document has a young event");
    assert_eq!([1, 2, 3, 4].map(|number| version("x", number)), [410, 410, 200, 200]);
    let links = get(&site, "/versions/x/3", &[]);
    let links: Vec<_> =
        links.headers.get_all("link").iter().map(|it| it.to_str().unwrap()).collect();
    assert!(!links.concat().contains("predecessor-version"), "{links:?}");
    assert!(links.concat().contains("<4>; rel=successor-version"), "{links:?}");
    assert_eq!((version("x", 0), version("x", 9)), (404, 404));
    let entity = |id: &str| status(&site, &site.publisher.store().feed().entities.name(id));
    assert_eq!((entity("x"), entity("y")), (200, 410));

    pass(2, 2 * HOUR);
    site.publish(Opening::Implied, 10_000);
    expire(&site);
    prune(&site);
    assert_eq!([3, 4].map(|number| version("x", number)), [410, 200], "the current one stays");
    // An entity that was deleted long ago is like one that never was.
    assert_eq!(entity("y"), 404);
}

#[test]
fn number_1_a_replica_that_was_away_for_longer_begins_again_forward() {
    let site = site!(3, 50);
    site.publish(Opening::Implied, 2_000);
    site.change(1, 50, 7);
    let relay = Relay::new(&site);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    let packages = relay.packages();
    // It is away for less, and needs no snapshot.
    pass(3, HOUR / 2);
    site.change(2, 50, 20);
    site.publish(Opening::Implied, 2_000);
    expire(&site);
    prune(&site);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages));

    pass(3, 2 * HOUR);
    site.change(3, 50, 20);
    pass(3, 2 * HOUR);
    site.publish(Opening::Implied, 2_000);
    expire(&site);
    assert!(prune(&site) > 0);
    site.change(4, 50, 20);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!(differences(&site), 0);
    assert!(relay.packages() > packages, "it took a snapshot");
}

#[test]
fn a_replica_in_the_midst_of_catching_up_ends_with_the_publishers_state() {
    // The documents go away before the first one, within them, and before the last one is requested.
    for moment in 0..12 {
        let site = Arc::new(site!(4, 50));
        site.publish(Opening::Implied, 2_000);
        site.change(1, 50, 7);
        let relay = Relay::new(&site);
        assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
        site.change(2, 50, 40);
        pass(4, 2 * HOUR);
        site.publish(Opening::Implied, 2_000);
        expire(&site);

        let (documents, removed) = (AtomicU64::new(0), Arc::new(Mutex::new(None)));
        let (work, told) = (site.clone(), removed.clone());
        relay.answer_by(move |path, reply| {
            let is_document = path.starts_with("/changes/archive") || path == "/changes/latest";
            if is_document && documents.fetch_add(1, Ordering::Relaxed) == moment {
                *told.lock().unwrap() = Some(prune(&work));
            }
            reply
        });
        assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete, "{moment}");
        assert_eq!(differences(&site), 0, "{moment}");
        let removed = *removed.lock().unwrap();
        assert!(removed.is_none_or(|removed| removed > 0), "{moment}: {removed:?}");
        assert!(moment > 5 || removed.is_some(), "{moment}");
        relay.answer_all();
    }
}

#[test]
fn the_database_stays_flat() {
    let site = site!(5, 100);
    let reader = site.publisher.store().reader().unwrap();
    let number = |select: &str| reader.query_row(select, [], |row| row.get::<_, u64>(0)).unwrap();
    // The size of the database, and that of its files: the write-ahead log has up to 8,000 pages.
    let octets = || {
        let path = site.directory.path().join("publisher.sqlite");
        let file = |end: &str| {
            let path = format!("{}{end}", path.display());
            std::fs::metadata(path).map_or(0, |file| file.len())
        };
        let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        (number(pages), file("") + file("-wal"))
    };
    let round = |number: u64| {
        for change in 0..200 {
            let text = format!("{{\"a\":\"{}\"}}", "x".repeat(2_000));
            // A tenth of the entities come and go: none of them is there again.
            let target =
                if change % 10 == 0 { 1_000 * (number + 1) + change } else { change % 100 };
            site.make(&Change::Put(uri(target), MediaType::JSON, text.into_bytes()));
            if change % 10 == 0 {
                site.make(&Change::Delete(uri(target)));
            }
        }
        pass(5, 2 * HOUR);
        site.publish(Opening::Implied, 1_000_000);
        expire(&site);
    };
    round(0);
    let (one, _) = octets();
    let sizes: Vec<_> = (1..20)
        .map(|number| {
            round(number);
            assert!(prune(&site) > 0);
            octets()
        })
        .collect();
    let is_flat = |size: u64, before: u64| size <= before + before / 10;
    assert!(sizes.iter().skip(6).all(|size| is_flat(size.0, sizes[6].0)), "{sizes:?}");
    assert!(sizes.iter().skip(12).all(|size| is_flat(size.1, sizes[12].1)), "{sizes:?}");
    // What is kept in all is less than what the changes of four rounds take.
    assert!(sizes[18].0 < 4 * one, "{one} {sizes:?}");
    let rows = |table: &str| number(&format!("SELECT count(*) FROM {table}"));
    assert!(rows("event") < 300 && rows("earlier") < 700, "{} {}", rows("event"), rows("earlier"));
}
