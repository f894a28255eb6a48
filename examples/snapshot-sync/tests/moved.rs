//! A publisher behind a prefix, and one that has moved: what a replica has stored is found below the
//! new root.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use snapshot_sync::Error;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::discover::{Start, discover};
use snapshot_sync::replica::follow::{FeedReport, Follower};
use support::prefixed::Prefixed;
use support::proxy::{Harm, Proxy};
use support::{Site, chain, fetcher};

fn start(site: &Site, at: &Prefixed) -> Start {
    site.runtime.block_on(discover(&fetcher(&at.uri("/")), &at.uri(START))).unwrap()
}

fn follow(site: &Site, at: &Prefixed, replica: &mut Replica) -> FeedReport {
    let (handle, fetcher, start) =
        (site.runtime.handle().clone(), fetcher(&at.uri("/")), start(site, at));
    let mut follower = Follower::new(&handle, &fetcher, replica, &start.feed);
    follower.read_to_end(|| ()).unwrap();
    follower.report()
}

#[test]
fn names_are_below_the_directory_of_the_timeline_document() {
    let site = Site::new(500, 20);
    site.publish(Opening::Implied, 20_000);
    let at = Prefixed::new(&site, "/a/b");
    let start = start(&site, &at);
    assert_eq!(start.feed.roots.home(), at.uri("/"));
    let told = start.feed.timeline.clone().unwrap();
    assert_eq!((told.timeline.feed().len(), told.timeline.runs()[0].first()), (16, 1));
    assert!(told.date.is_some());
    let (mut replica, report) =
        site.replicate_from(&at.uri(START), &fetcher(&at.uri("/"))).unwrap();
    assert_eq!(report.feed.roots, start.feed.roots);
    site.change(2, 500, 60);
    follow(&site, &at, &mut replica);
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn a_publisher_that_has_moved_is_followed_by_what_was_stored() {
    let site = Site::new(500, 5);
    site.publish(Opening::Implied, 20_000);
    site.change(2, 500, 17);
    let first = Prefixed::new(&site, "/old");
    let (mut replica, _) =
        site.replicate_from(&first.uri(START), &fetcher(&first.uri("/"))).unwrap();
    follow(&site, &first, &mut replica);
    let position = replica.position().unwrap().unwrap();
    let self_uri = position.last().unwrap().self_uri().unwrap();
    assert!(self_uri.starts_with("/changes/"), "{self_uri}");
    drop(first);

    site.change(3, 500, 31);
    let second = Prefixed::new(&site, "/quite/new");
    follow(&site, &second, &mut replica);
    assert_eq!(site.differences(&replica), 0);
    let asked = second.log();
    let asked = |path: &str| asked.iter().any(|asked| asked.path.ends_with(path));
    assert!(asked(self_uri), "the last event was found by its link");
    assert!(!asked("/0"), "no package was fetched again");

    // And to the root of an origin.
    site.change(4, 500, 31);
    follow(&site, &Prefixed::new(&site, ""), &mut replica);
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn a_snapshot_that_was_begun_elsewhere_is_gone_on_with() {
    let site = Site::new(500, 20);
    let packages = site.publish(Opening::Implied, 20_000).packages().len();
    let first = Prefixed::instead(&site, "/old", |asked| {
        asked.path.ends_with("/6").then_some((403, "text/plain", ""))
    });
    site.replicate_from(&first.uri(START), &fetcher(&first.uri("/"))).unwrap_err();
    let second = Prefixed::new(&site, "/new");
    let (replica, report) =
        site.replicate_from(&second.uri(START), &fetcher(&second.uri("/"))).unwrap();
    assert!(report.packages_before > 0, "{report:?}");
    assert_eq!(report.packages_before + report.packages, packages as u64);
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn number_5_a_package_that_was_received_in_part_is_gone_on_with_where_the_publisher_moved_to() {
    let is_package = |path: &str| path.starts_with("/snapshots/") && path.ends_with("/0");
    for received in [5000, usize::MAX] {
        let site = Site::new(500, 20);
        let octets = site.publish(Opening::Implied, 1_000_000).packages().next().unwrap().octets();
        // Some of it, or all but the last octet.
        let received = received.min(usize::try_from(octets).unwrap() - 1);
        let first = Proxy::new(&site, move |asked| {
            let cut = if asked.nth == 0 { Harm::Cut(received) } else { Harm::Cut(0) };
            is_package(&asked.path).then_some(cut)
        });
        site.replicate_from(&first.uri(START), &first.fetcher()).unwrap_err();
        let second = Proxy::new(&site, |_| None);
        let (replica, _) = site.replicate_from(&second.uri(START), &second.fetcher()).unwrap();
        assert_eq!(site.differences(&replica), 0);
        let log = second.log();
        let asked = log.iter().find(|asked| is_package(&asked.path)).unwrap();
        assert_eq!(asked.range, Some(format!("bytes={received}-")));
    }
}

#[test]
fn a_reference_out_of_the_prefix_is_refused_by_its_name() {
    let site = Site::new(20, 20);
    site.publish(Opening::Implied, 1_000_000);
    let at = Prefixed::instead(&site, "/a", |asked| {
        let package = "--x\r\nContent-Location: /b/1\r\nContent-Length: 0\r\n\r\n\r\n--x--\r\n";
        asked.path.ends_with("/0").then_some((200, "multipart/package; boundary=x", package))
    });
    let error = site.replicate_from(&at.uri(START), &fetcher(&at.uri("/"))).unwrap_err();
    assert!(matches!(error, Error::Outside { .. }), "{error}");
    let told = chain(&error);
    for part in ["/b/1", "leads out of", "/a/", "/0 ", "--allow-origin"] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn rfc3986_5_1_3_references_in_a_package_are_resolved_against_its_uri_after_redirects() {
    let site = Site::new(50, 20);
    site.publish(Opening::Implied, 1_000_000);
    // The only package is redirected to a directory that is elsewhere below the root.
    let at = Prefixed::redirecting(&site, "/a", "/0", "/a/deep/er/snapshots/x/0");
    let replicated = site.replicate_from(&at.uri(START), &fetcher(&at.uri("/")));
    let (replica, _) = replicated.unwrap();
    for name in (0..3).map(uri) {
        assert!(replica.entity(&format!("/deep/er{name}")).unwrap().is_some(), "{name}");
    }
}
