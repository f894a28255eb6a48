//! Faults of networks and servers. Every fault ends in the right state, or in an error that names
//! it. Nothing wrong is stored.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use snapshot_sync::Error;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::Change;
use snapshot_sync::replica::follow::Follower;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use support::proxy::{Asked, Harm, Proxy};
use support::{Site, chain};

fn is_package(asked: &Asked) -> bool {
    asked.path.rsplit('/').next().is_some_and(|last| last.parse::<usize>().is_ok())
        && asked.path.starts_with("/snapshots/")
}

/// Replicates through a proxy, changes made before and after; both sides are the same then.
fn replicates(site: &Site, proxy: &Proxy) {
    site.change(2, 500, 60);
    let (mut replica, report) = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap();
    let handle = site.runtime.handle().clone();
    let fetcher = proxy.fetcher();
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &report.feed);
    follower.read_to_end(|| ()).unwrap();
    site.change(3, 500, 60);
    follower.read_to_end(|| ()).unwrap();
    assert_eq!(site.differences(&replica), 0);
}

fn site() -> Site {
    let site = Site::new(500, 20);
    site.publish(Opening::Implied, 20_000);
    site
}

/// The first answer for each document is harmed in this way.
fn survives(harm: Harm) {
    let site = site();
    let proxy = Proxy::new(&site, move |asked| (asked.nth == 0).then_some(harm));
    replicates(&site, &proxy);
    assert!(proxy.log().iter().any(|asked| asked.nth > 0), "it was asked for again");
}

#[test]
fn a_connection_that_breaks_at_once_is_made_again() {
    survives(Harm::Cut(0));
}

#[test]
fn a_connection_that_breaks_within_a_body_is_made_again() {
    survives(Harm::Cut(150));
}

#[test]
fn a_server_that_says_nothing_more_is_not_waited_for() {
    survives(Harm::Stall(100));
}

#[test]
fn rfc9110_15_6_a_server_error_is_tried_again() {
    survives(Harm::Answer(500, &[]));
    survives(Harm::Answer(503, &[("retry-after", "0")]));
}

#[test]
fn rfc6585_4_too_many_requests_are_made_again_after_the_time_that_was_asked_for() {
    let site = site();
    let harm = |asked: &Asked| {
        let is_first = asked.nth == 0 && asked.path.ends_with("/index");
        is_first.then_some(Harm::Answer(429, &[("retry-after", "1")]))
    };
    let proxy = Proxy::new(&site, harm);
    let began = std::time::Instant::now();
    replicates(&site, &proxy);
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn rfc9530_octets_with_a_bit_of_their_own_are_asked_for_again() {
    survives(Harm::Flip(140));
}

#[test]
fn rfc9530_a_body_that_is_cut_and_says_so_itself_is_asked_for_again() {
    survives(Harm::Truncate(140));
}

#[test]
fn what_stays_wrong_is_an_error_and_nothing_is_stored() {
    for (harm, expected) in [
        (Harm::Cut(150), "a request failed"),
        (Harm::Stall(0), "the server sent nothing"),
        (Harm::Flip(140), "does not match its digest"),
        (Harm::Truncate(140), "does not match its digest"),
        (Harm::Answer(500, &[]), "was answered with 500"),
        (Harm::Answer(403, &[]), "was answered with 403"),
        (Harm::Field("content-type", "text/plain"), "cannot be read"),
        (Harm::Field("content-encoding", "gzip"), "content coding gzip, and cannot be decoded"),
    ] {
        let site = site();
        // The index is as it should be.
        let proxy = Proxy::new(&site, move |asked| {
            // A range goes on where the cut was: the same cut is no fault any longer.
            let harm = if let Harm::Cut(_) = harm { Harm::Cut(0) } else { harm };
            is_package(asked).then_some(harm)
        });
        let error = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap_err();
        let error = chain(&error);
        assert!(error.contains(expected), "{harm:?}: {error}");
        let replica = site.replica();
        assert_eq!(replica.position().unwrap(), None, "{harm:?}");
        assert_eq!(replica.counts().unwrap(), (0, 0), "{harm:?}");
    }
}

#[test]
fn rfc9110_14_after_a_cut_only_the_rest_of_a_package_is_asked_for() {
    let site = Site::new(2000, 20);
    let snapshot = site.publish(Opening::Implied, 100_000);
    let proxy = Proxy::new(&site, |asked| {
        // Four cuts, then the rest.
        (is_package(asked) && asked.nth < 4).then_some(Harm::Cut(20_000))
    });
    replicates(&site, &proxy);
    let log = proxy.log();
    for package in snapshot.packages() {
        let path = format!("/snapshots/{}/{}", snapshot.document().id(), number(&package.path()));
        let asked: Vec<_> = log.iter().filter(|asked| asked.path == path).collect();
        let ranges = asked.iter().filter(|asked| asked.range.is_some()).count();
        assert_eq!(ranges as u64, (package.octets() - 1).min(80_000) / 20_000, "{asked:?}");
        let passed: usize = asked.iter().map(|asked| asked.passed).sum();
        assert_eq!(passed as u64, package.octets(), "no octet twice: {asked:?}");
    }
}

fn number(path: &std::path::Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The first answers for packages are cut, and then each further answer is harmed.
fn survives_after_a_cut(harm: Harm) {
    let site = site();
    let proxy = Proxy::new(&site, move |asked| match asked.nth {
        0 if is_package(asked) => Some(Harm::Cut(5000)),
        1 if is_package(asked) => Some(harm),
        _ => None,
    });
    replicates(&site, &proxy);
    assert!(proxy.log().iter().any(|asked| asked.range.is_some()), "a range was asked for");
}

#[test]
fn rfc9110_14_4_a_range_that_begins_elsewhere_is_not_appended() {
    survives_after_a_cut(Harm::Field("content-range", "bytes 0-99/20000"));
    survives_after_a_cut(Harm::Field("content-range", "nothing"));
}

#[test]
fn rfc9110_14_2_a_server_without_ranges_sends_all() {
    survives_after_a_cut(Harm::NoRange);
}

#[test]
fn rfc9110_13_1_5_a_package_with_another_entity_tag_is_asked_for_anew() {
    survives_after_a_cut(Harm::Field("etag", "\"another\""));
}

#[test]
fn rfc9110_15_5_17_a_range_that_cannot_be_given_is_asked_for_anew() {
    survives_after_a_cut(Harm::Answer(416, &[("content-range", "bytes */10")]));
    survives_after_a_cut(Harm::Answer(416, &[]));
}

#[test]
fn rfc9530_a_range_with_a_bit_of_its_own_is_found_by_the_digest_of_the_whole() {
    survives_after_a_cut(Harm::Flip(140));
}

/// Publishes another snapshot at the request for the n-th package, and removes the one before.
fn replaced_snapshot(site: &Arc<Site>, nth: usize) -> impl Fn(&Asked) -> Option<Harm> + use<> {
    let (site, count, is_replaced) = (site.clone(), AtomicUsize::new(0), AtomicBool::new(false));
    let first = site.publisher.shelf().current().unwrap().document().id().to_owned();
    move |asked| {
        if is_package(asked) && count.fetch_add(1, Ordering::Relaxed) == nth {
            site.make(&Change::Delete(uri(3)));
            site.publish(Opening::Implied, 20_000);
            is_replaced.store(true, Ordering::Relaxed);
        }
        let is_gone = is_replaced.load(Ordering::Relaxed) && asked.path.contains(&first);
        is_gone.then_some(Harm::Answer(410, &[]))
    }
}

#[test]
fn a_snapshot_that_is_replaced_while_it_is_read_is_left_for_the_one_after_it() {
    for nth in [0, 3, 7] {
        let site = Arc::new(site());
        let proxy = Proxy::new(&site, replaced_snapshot(&site, nth));
        replicates(&site, &proxy);
        assert!(site.replica().entity(&uri(3)).unwrap().is_none());
    }
}

#[test]
fn an_index_that_changes_between_two_packages_is_not_switched_to() {
    let site = site();
    // The second answer is an index with one package less, under the same entity tag.
    let proxy = Proxy::new(&site, |asked| {
        let is_again = asked.path.ends_with("/index") && asked.nth == 1;
        is_again.then_some(Harm::Forge(|index| {
            let text = String::from_utf8(index).unwrap();
            let (start, end) = (text.find('[').unwrap(), text.find(',').unwrap());
            format!("{}{}", &text[..=start], &text[end + 1..]).into_bytes()
        }))
    });
    replicates(&site, &proxy);
    let asked = proxy.log().iter().filter(|asked| asked.path.ends_with("/index")).count();
    assert!(asked >= 4, "it was not taken: {asked}");
}

#[test]
fn a_snapshot_that_is_gone_for_good_is_an_error() {
    let site = site();
    let proxy = Proxy::new(&site, |asked| is_package(asked).then_some(Harm::Answer(410, &[])));
    let error = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap_err();
    assert!(matches!(error, Error::Gone { .. }), "{error}");
}

#[test]
fn section_5_2_an_event_document_that_was_archived_meanwhile_is_found_there() {
    let site = Arc::new(Site::new(100, 5));
    site.publish(Opening::Implied, 20_000);
    site.change(2, 100, 23);
    // At each request for a document of the feed, events are added that fill another one.
    let (changing, seed) = (site.clone(), AtomicUsize::new(10));
    let proxy = Proxy::new(&site, move |asked| {
        let seed = seed.fetch_add(1, Ordering::Relaxed);
        if asked.path.starts_with("/changes/") && seed < 40 {
            changing.change(seed as u64, 100, 6);
        }
        None
    });
    let (mut replica, report) = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap();
    let handle = site.runtime.handle().clone();
    let fetcher = proxy.fetcher();
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &report.feed);
    let mut events = 0;
    follower.read_to_end(|| events += 1).unwrap();
    follower.read_to_end(|| events += 1).unwrap();
    let last =
        snapshot_sync::publisher::store::last_event(&site.publisher.store().reader().unwrap());
    assert_eq!(events, last.unwrap(), "each event once");
    assert_eq!(site.differences(&replica), 0);
}
