//! Number 2 of the rules that a replica never breaks: a publisher that was restored from a backup is
//! noticed, and replaces nothing unless the operator says so.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use change_feed::{DoubtReason, Stop};
use chrono::TimeDelta;
use http::header;
use snapshot_sync::Error;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::replica::follow::Follower;
use snapshot_sync::replica::replicator::{Options, Outcome};
use support::Site;
use support::relay::{Relay, Reply, backup, differences, options, restored, rows};

fn site() -> (Site, Relay) {
    let site = Site::new(50, 5);
    site.publish(Opening::Implied, 2_000);
    site.change(1, 50, 7);
    let relay = Relay::new(&site);
    (site, relay)
}

/// Runs the program until it says that the publisher is on another timeline, and then with the option
/// that replaces the copy.
fn is_noticed_and_replaced(site: &Site, relay: &Relay) {
    let before = rows(site);
    for _ in 0..2 {
        let ended = relay.replicate(site, &[]);
        let told = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(4), "{told}");
        assert!(told.contains("not on the publisher's timeline"), "{told}");
        assert!(told.contains("--replace-other-timeline"), "{told}");
        assert!(rows(site) == before, "nothing was mixed");
    }
    site.publish(Opening::Implied, 2_000);
    let ended = relay.replicate(site, &[]);
    assert_eq!(ended.status.code(), Some(4), "its snapshot is not taken either");
    assert!(rows(site) == before);
    let ended = relay.replicate(site, &["--replace-other-timeline"]);
    assert!(ended.status.success(), "{}", String::from_utf8(ended.stderr).unwrap());
    assert_eq!(differences(site), 0);
}

#[test]
fn number_2_a_publisher_that_was_restored_between_two_runs_is_noticed() {
    let (site, relay) = site();
    let backup = backup(&site);
    site.change(2, 50, 5);
    assert!(relay.replicate(&site, &[]).status.success());
    assert_eq!(differences(&site), 0);
    let site = restored(site, &relay, &backup);
    // It issues the same numbers again, and more.
    site.change(3, 50, 9);
    assert!(differences(&site) > 0);
    is_noticed_and_replaced(&site, &relay);
    site.change(4, 50, 9);
    assert!(relay.replicate(&site, &[]).status.success(), "and it goes on from there");
    assert_eq!(differences(&site), 0);
}

#[test]
fn number_2_a_publisher_that_was_restored_and_has_changed_nothing_since_is_noticed() {
    let (site, relay) = site();
    let backup = backup(&site);
    site.change(2, 50, 5);
    assert!(relay.replicate(&site, &[]).status.success());
    let site = restored(site, &relay, &backup);
    is_noticed_and_replaced(&site, &relay);
}

#[test]
fn number_2_a_publisher_that_was_restored_before_the_first_reading_of_its_feed_is_noticed() {
    let (site, relay) = site();
    let backup = backup(&site);
    site.change(2, 50, 5);
    let snapshot = site.publish(Opening::Implied, 2_000);
    let told = snapshot.document().unknown_member("timeline").unwrap();
    let told: serde_json::Value = serde_json::from_str(told).unwrap();
    assert!(told["last"].as_str().unwrap().contains(".12."), "{told}");
    site.replicate_from(&relay.uri(START), &relay.fetcher()).unwrap();
    let site = restored(site, &relay, &backup);
    site.change(3, 50, 9);
    is_noticed_and_replaced(&site, &relay);
}

#[test]
fn number_2_the_replicator_stops_and_replaces_by_its_option() {
    let (site, relay) = site();
    let backup = backup(&site);
    site.change(2, 50, 5);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    let site = restored(site, &relay, &backup);
    site.change(3, 50, 9);
    site.publish(Opening::Implied, 2_000);
    let (before, packages) = (rows(&site), relay.packages());
    let error = relay.keep(&site, &options()).unwrap_err();
    assert!(matches!(error, Error::Stop { stop: Stop::OtherTimeline, .. }), "{error}");
    assert!(rows(&site) == before);
    assert_eq!(relay.packages(), packages);
    // At once, although the last snapshot was taken a moment ago: the operator has said so.
    let patience = options().patience.snapshots(TimeDelta::hours(1));
    let replace = Options { replace_other_timeline: true, patience, ..options() };
    assert_eq!(relay.keep(&site, &replace).unwrap(), Outcome::Complete);
    assert_eq!(differences(&site), 0);
}

#[test]
fn number_2_a_replica_that_has_seen_nothing_of_what_is_lost_goes_on() {
    let (site, relay) = site();
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    site.change(2, 50, 4);
    let backup = backup(&site);
    site.change(3, 50, 5);
    let packages = relay.packages();
    let site = restored(site, &relay, &backup);
    site.change(4, 50, 9);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages));
}

/// Makes of this publisher one that tells no runs, and has no problem types.
fn without_runs(path: &str, mut reply: Reply) -> Reply {
    if path == "/timeline" {
        return Reply::page(404);
    }
    let links: Vec<_> = reply.headers.get_all(header::LINK).iter().cloned().collect();
    reply.headers.remove(header::LINK);
    for link in links.into_iter().filter(|link| !link.to_str().unwrap().contains("#timeline")) {
        reply.headers.append(header::LINK, link);
    }
    if path.ends_with("/index") && reply.status == 200 {
        let mut index: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        index.as_object_mut().unwrap().remove("timeline").unwrap();
        reply.body = serde_json::to_vec(&index).unwrap();
        reply.headers.remove("content-digest");
        reply.headers.remove("repr-digest");
    }
    match path.starts_with("/changes/") && reply.status.is_client_error() {
        true => Reply::page(404),
        false => reply,
    }
}

#[test]
fn number_2_without_runs_the_drafts_rule_holds_with_the_same_patience() {
    let (site, relay) = site();
    relay.answer_by(without_runs);
    let backup = backup(&site);
    site.change(2, 50, 5);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!(site.replica().position().unwrap().unwrap().feed(), None, "it tells no runs");
    let site = restored(site, &relay, &backup);
    site.change(3, 50, 9);
    site.publish(Opening::Implied, 2_000);

    let (before, packages) = (rows(&site), relay.packages());
    let (handle, fetcher) = (site.runtime.handle().clone(), relay.fetcher());
    let feed = support::discovered(&site, &fetcher, &relay.uri(START));
    assert_eq!(feed.timeline, None);
    let mut replica = site.replica();
    let mut follower =
        Follower::new(&handle, &fetcher, &mut replica, &feed).patience(options().patience);
    let error = follower.read_to_end(|| ()).unwrap_err();
    let reason = DoubtReason::MissingEvent;
    assert!(matches!(error, Error::Wait { reason: found, .. } if found == reason), "{error}");
    drop(replica);
    assert!(rows(&site) == before, "one attempt says nothing");
    assert_eq!(relay.packages(), packages);
    // After the stated attempts and time it is cut, and the younger snapshot is taken.
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert!(relay.packages() > packages);
    assert_eq!(differences(&site), 0);
}
