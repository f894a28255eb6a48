//! Publishing and replicating over real sockets.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use change_feed::Stop;
use snapshot_sync::Error;
use snapshot_sync::publisher::feed::SUBSCRIPTION;
use snapshot_sync::publisher::generate::{Generator, uri};
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::{Opening, Options, Package};
use snapshot_sync::publisher::store::{Change, MediaType};
use snapshot_sync::replica::discover::discover;
use snapshot_sync::replica::follow::Follower;
use std::sync::atomic::{AtomicI64, Ordering};
use support::proxy::{Harm, Proxy};
use support::{Site, chain, patience, waited};

/// Replicates a snapshot, and then the feed. Only both together are the final state.
fn replicates(opening: Opening) {
    let site = Site::new(2000, 50);
    let snapshot = site.publish(opening, 20_000);
    assert!(snapshot.packages().len() > 10, "several packages at once");
    site.change(2, 2000, 300);
    let (mut replica, report) = site.replicate().unwrap();
    assert_eq!(report.entities, 2000);
    assert_eq!(report.packages, snapshot.packages().len() as u64);
    assert_eq!(report.octets, snapshot.packages().map(Package::octets).sum::<u64>());
    assert!(site.differences(&replica) > 100, "the snapshot alone is not the final state");

    let window = site.follow(&mut replica, &report.feed, 1);
    assert!(window.replaced > 0 && window.deleted > 0 && window.fetched > 0, "{window:?}");
    assert_eq!(window.patched, 0, "no patch is applied in the window");
    assert!(window.documents > 6, "the feed has archives: {window:?}");
    assert_eq!(site.differences(&replica), 0);

    // HTTP has whole seconds: only a document of a later one shows that the window is over.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    site.follow(&mut replica, &report.feed, 1);
    site.change(3, 2000, 300);
    let after = site.follow(&mut replica, &report.feed, 2);
    assert!(after.patched > 0, "patches are applied after the window: {after:?}");
    assert_eq!(after.documents_not_modified, 1, "nothing is left to read: {after:?}");
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn draft_3_2_the_drafts_implied_opening_replicates() {
    replicates(Opening::Implied);
}

#[test]
fn rfc2046_5_1_1_the_opening_delimiter_replicates() {
    replicates(Opening::Delimiter);
}

#[test]
fn an_empty_database_replicates() {
    let site = Site::new(0, 50);
    site.publish(Opening::Implied, 1000);
    let (mut replica, report) = site.replicate().unwrap();
    site.follow(&mut replica, &report.feed, 1);
    assert_eq!(site.differences(&replica), 0);
    site.change(2, 10, 30);
    site.follow(&mut replica, &report.feed, 1);
    assert_eq!(site.differences(&replica), 0);
}

/// Replicates while changes are made all the time; both sides are the same in the end, and each
/// event was consumed once.
fn arrives(site: &Site) {
    site.change(4, 1000, 100);
    site.publish(Opening::Implied, 10_000);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| site.change(2, 1000, 600));
        let (mut replica, report) = site.replicate().unwrap();
        while !writing.is_finished() {
            site.follow(&mut replica, &report.feed, 1);
        }
        site.follow(&mut replica, &report.feed, 1);
        assert_eq!(site.differences(&replica), 0);
        let reader = site.publisher.store().reader().unwrap();
        let since = "SELECT count(*) FROM event WHERE time >= ?1";
        let start = report.position.start().timestamp_millis();
        let events: u64 = reader.query_row(since, [start], |row| row.get(0)).unwrap();
        assert_eq!(replica.consumed().unwrap().events, events);
    });
}

#[test]
fn what_a_publisher_writes_while_it_is_read_arrives() {
    arrives(&Site::new(1000, 20));
}

#[test]
fn what_a_publisher_writes_whose_wall_clock_steps_back_arrives() {
    static TIMES: AtomicI64 = AtomicI64::new(0);
    // Forth by two seconds in a hundred times, and back by an hour.
    arrives(&Site::with_wall(1000, 20, || {
        let times = TIMES.fetch_add(1, Ordering::Relaxed);
        1_795_491_261_316 + times * 20 - (times / 100) * 3_600_000
    }));
}

#[test]
fn our_rule_a_target_that_is_gone_when_it_is_fetched_is_deleted() {
    let site = Site::new(10, 5);
    site.publish(Opening::Implied, 10_000);
    let patch = serde_json::json!({ "stock": 1 });
    site.make(&Change::Patch(uri(3), patch.clone()));
    site.make(&Change::Delete(uri(3)));
    site.make(&Change::Patch(uri(4), patch));
    let (mut replica, report) = site.replicate().unwrap();
    let report = site.follow(&mut replica, &report.feed, 1);
    assert_eq!((report.fetched, report.ignored, report.deleted), (2, 1, 1), "the feed says it too");
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn section_6_1_that_nothing_changed_is_believed_only_of_the_state_at_hand() {
    // All befalls in the second of the snapshot, which has it all: the window replays it.
    let site = Site::with_wall(10, 50, || 1_795_491_261_316);
    site.make(&Change::Patch(uri(4), serde_json::json!({ "stock": 1 })));
    site.make(&Change::Put(uri(3), MediaType::GENERATED, Generator::new(5).state(&uri(3))));
    site.make(&Change::Patch(uri(3), serde_json::json!({ "stock": 2 })));
    site.publish(Opening::Implied, 20_000);
    let (mut replica, report) = site.replicate().unwrap();
    assert_eq!(site.differences(&replica), 0);
    // The GET for the last event begins ahead, while the snapshot's state is at hand: 304. Then the
    // event before it puts an older state there.
    let window = site.follow(&mut replica, &report.feed, 1);
    assert_eq!((window.fetched, window.replaced), (2, 1), "{window:?}");
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn section_6_1_a_get_is_conditional_on_the_entity_tag_at_hand() {
    let site = Site::new(10, 5);
    site.publish(Opening::Implied, 10_000);
    let (mut replica, report) = site.replicate().unwrap();
    for stock in 0..2 {
        site.make(&Change::Patch(uri(3), serde_json::json!({ "stock": stock })));
    }
    // The first GET brings the state that both made, the second finds it unchanged.
    let handle = site.runtime.handle().clone();
    let mut follower =
        Follower::new(&handle, &site.fetcher, &mut replica, &report.feed).parallel(1);
    follower.read_to_end(|| ()).unwrap();
    let report = follower.report();
    assert_eq!((report.fetched, report.not_modified), (2, 1));
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn a_replica_may_begin_with_the_index_or_the_feed() {
    let site = Site::new(10, 5);
    let snapshot = site.publish(Opening::Implied, 10_000);
    for start in [START, SUBSCRIPTION] {
        let start = site.listening.uri(start);
        let start = site.runtime.block_on(discover(&site.fetcher, &start)).unwrap();
        let index = format!("/snapshots/{}/index", snapshot.document().id());
        assert_eq!(start.index.uri, site.listening.uri(&index));
        assert_eq!(start.feed.uri, site.listening.uri(SUBSCRIPTION));
    }
}

/// What replicating says when the only package has been tampered with, by one who leaves no digest
/// of it or leaves that it had; nothing may be left that looks complete.
fn refusal(leaves_digest: bool, tamper: fn(Vec<u8>) -> Vec<u8>) -> String {
    let site = Site::new(500, 50);
    site.publish(Opening::Implied, 1_000_000);
    let proxy = Proxy::new(&site, move |asked| {
        let is_package = asked.path.ends_with("/0");
        let harm = if leaves_digest { Harm::Tamper(tamper) } else { Harm::Forge(tamper) };
        is_package.then_some(harm)
    });
    let error = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap_err();
    assert_eq!(site.replica().position().unwrap(), None);
    assert_eq!(site.replica().counts().unwrap(), (0, 0));
    chain(&error)
}

/// Cuts a package at the border of a part.
fn cut(mut package: Vec<u8>) -> Vec<u8> {
    let border = package.windows(4).rposition(|octets| octets == b"\r\n--").unwrap();
    package.truncate(border);
    package
}

/// Takes an octet out of the last part's body.
fn shorten(mut package: Vec<u8>) -> Vec<u8> {
    let brace = package.iter().rposition(|octet| *octet == b'}').unwrap();
    package.remove(brace);
    package
}

#[test]
fn a_package_cut_short_at_a_parts_border_is_refused() {
    let error = refusal(false, cut);
    assert!(error.contains("close-missing"), "{error}");
    let error = refusal(true, cut);
    assert!(error.contains("does not match its digest"), "{error}");
}

#[test]
fn a_part_whose_length_differs_is_refused() {
    let error = refusal(false, shorten);
    assert!(error.contains("content-length-differs"), "{error}");
}

#[test]
fn an_entity_that_two_parts_are_of_is_refused() {
    let error = refusal(false, |package| {
        let text = String::from_utf8(package).unwrap();
        text.replace("/entities/16325907", "/entities/16325906").into_bytes()
    });
    assert!(error.contains("which another part of the snapshot contains too"), "{error}");
}

#[test]
fn after_an_error_only_the_packages_that_are_not_done_are_read() {
    let site = Site::new(1000, 50);
    let packages = site.publish(Opening::Implied, 10_000).packages().len();
    let last = format!("/{}", packages - 1);
    let proxy = Proxy::new(&site, move |asked| {
        let is_last = asked.path.ends_with(&last);
        (is_last && asked.nth < 5).then_some(Harm::Answer(500, &[]))
    });
    let (start, fetcher) = (proxy.uri(START), proxy.fetcher());
    site.replicate_from(&start, &fetcher).unwrap_err();
    let (replica, report) = site.replicate_from(&start, &fetcher).unwrap();
    assert!(report.packages_before > 0);
    assert_eq!(report.packages_before + report.packages, packages as u64);
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn section_6_1_a_new_snapshot_begins_with_an_empty_replica() {
    let site = Site::new(100, 50);
    site.publish(Opening::Implied, 10_000);
    drop(site.replicate().unwrap());
    site.make(&Change::Delete(uri(3)));
    site.publish(Opening::Implied, 10_000);
    let (replica, report) = site.replicate().unwrap();
    assert_eq!(report.packages_before, 0);
    assert_eq!(site.differences(&replica), 0, "the entity that was deleted is not left over");
}

#[test]
fn a_snapshot_is_of_one_point_whatever_is_written_meanwhile() {
    let site = Site::new(1000, 50);
    let mut generator = Generator::new(2);
    let mut fresh = 1000;
    let snapshot = snapshot_sync::publisher::snapshot::Snapshot::write(
        site.publisher.store(),
        site.directory.path(),
        &Options { package_octets: 10_000, ..Options::default() },
        || {
            site.make(&generator.change(1000, fresh));
            fresh += 1;
        },
    );
    let snapshot = snapshot.unwrap();
    let parts: u64 = snapshot.packages().map(Package::parts).sum();
    assert_eq!(parts, 1000, "nothing added or removed since the point is seen");
    let reader = site.publisher.store().reader().unwrap();
    let events = snapshot_sync::publisher::store::events(&reader, 1, u64::MAX >> 1).unwrap();
    assert!(events.len() > 900);
    let started = snapshot.document().started().timestamp_millis();
    assert!(events.iter().all(|event| event.time >= started), "no event is before the start");
}

#[test]
fn section_7_another_feed_at_the_same_place_is_not_taken_for_the_one_before() {
    let site = Site::new(10, 5);
    site.publish(Opening::Implied, 10_000);
    site.change(2, 10, 20);
    let (mut replica, report) = site.replicate().unwrap();
    site.follow(&mut replica, &report.feed, 1);
    // The publisher's database was made anew, and has had as many events.
    let anew = Site::new(10, 5);
    anew.change(2, 10, 20);
    let handle = site.runtime.handle().clone();
    anew.publish(Opening::Implied, 10_000);
    for (feed, expected) in [
        // An event's own URI tells that it was never issued.
        (support::feed(&anew.fetcher, &anew.listening.uri(SUBSCRIPTION)), Stop::OtherTimeline),
        (support::discovered(&anew, &anew.fetcher, &anew.listening.uri(START)), Stop::OtherFeed),
    ] {
        let mut follower = Follower::new(&handle, &anew.fetcher, &mut replica, &feed);
        let error = follower.read_to_end(|| ()).unwrap_err();
        assert!(matches!(error, Error::Stop { stop, .. } if stop == expected), "{error}");
    }
}

#[test]
fn the_youngest_event_is_that_of_the_subscription_document_while_archives_are_read() {
    let site = Site::new(100, 5);
    site.publish(Opening::Implied, 20_000);
    site.change(2, 100, 33);
    let (mut replica, report) = site.replicate().unwrap();
    let handle = site.runtime.handle().clone();
    let mut follower =
        Follower::new(&handle, &site.fetcher, &mut replica, &report.feed).patience(patience());
    let mut seen = Vec::new();
    waited(|| follower.read_to_end(|| seen.push(site.fetcher.traffic().youngest()))).unwrap();
    assert!(follower.report().documents > 6, "{:?}", follower.report());
    assert!(seen.len() > 20, "{seen:?}");
    assert_eq!(seen, vec![seen.len() as u64; seen.len()]);
}
