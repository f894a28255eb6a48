//! Number 6 of the rules that a replica never breaks: one entity that cannot be had does not stop the
//! feed, and what is incomplete never looks complete.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use change_feed::Stop;
use serde_json::json;
use snapshot_sync::Error;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::{Change, MediaType};
use snapshot_sync::replica::follow::Follower;
use snapshot_sync::replica::replicator::Outcome;
use std::process::{Command, Output};
use support::Site;
use support::relay::{Relay, Reply, differences, options, replica_of, rows};

/// A publisher with six patches behind its snapshot, all of which are fetched in the first reading,
/// and then an entity that is new.
fn site() -> (Site, Relay) {
    let site = Site::new(50, 5);
    site.publish(Opening::Implied, 20_000);
    for number in 0..6 {
        site.make(&Change::Patch(uri(number), json!({ "stock": 7 })));
    }
    site.make(&Change::Put(uri(60), MediaType::JSON, b"{}".to_vec()));
    let relay = Relay::new(&site);
    (site, relay)
}

/// Answers for these entities with this status.
fn answer_with(relay: &Relay, entities: std::ops::Range<u64>, status: u16) {
    let harmed: Vec<_> = entities.map(uri).collect();
    relay.answer_by(
        move |path, reply| {
            if harmed.iter().any(|uri| uri == path) { Reply::page(status) } else { reply }
        },
    );
}

fn status(site: &Site) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replicate"));
    command.args(["status", "--database"]).arg(replica_of(site)).output().unwrap()
}

fn text(octets: Vec<u8>) -> String {
    String::from_utf8(octets).unwrap()
}

#[test]
fn number_6_an_entity_that_is_forbidden_is_set_aside_listed_and_had_later() {
    let (site, relay) = site();
    answer_with(&relay, 3..4, 403);
    let ended = relay.replicate(&site, &[]);
    let told = text(ended.stderr);
    assert_eq!(ended.status.code(), Some(3), "{told}");
    assert!(told.contains("the copy is incomplete: 1 entities"), "{told}");
    assert!(rows(&site).iter().any(|row| row.0 == uri(60)), "the feed goes on");
    assert_eq!(differences(&site), 1);
    let told = text(status(&site).stdout);
    assert!(told.contains("incomplete       1 entities are set aside"), "{told}");
    assert!(told.contains(&format!("  {}: it was answered with 403;", uri(3))), "{told}");

    site.change(9, 50, 9);
    relay.answer_all();
    let ended = relay.replicate(&site, &[]);
    assert!(ended.status.success(), "{}", text(ended.stderr));
    assert_eq!(differences(&site), 0);
    let told = text(status(&site).stdout);
    assert!(!told.contains("incomplete"), "{told}");
}

#[test]
fn number_6_status_401_stops_the_replica() {
    let (site, relay) = site();
    answer_with(&relay, 3..4, 401);
    let ended = relay.replicate(&site, &[]);
    let told = text(ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("asks for credentials: name a file"), "{told}");
    assert!(!rows(&site).iter().any(|row| row.0 == uri(60)), "it has stopped there");
    let told = text(status(&site).stdout);
    assert!(told.contains("stopped          the publisher asks for credentials"), "{told}");
    relay.answer_all();
    assert!(relay.replicate(&site, &[]).status.success());
    assert_eq!(differences(&site), 0);
}

#[test]
fn number_6_more_than_the_limit_set_aside_stops_the_replica() {
    let (site, relay) = site();
    answer_with(&relay, 1..4, 403);
    let ended = relay.replicate(&site, &["--set-aside", "2"]);
    let told = text(ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{told}");
    assert!(told.contains("too many entities cannot be had"), "{told}");
    let ended = relay.replicate(&site, &["--set-aside", "3"]);
    assert_eq!(ended.status.code(), Some(3), "{}", text(ended.stderr));
    relay.answer_all();
    assert!(relay.replicate(&site, &["--set-aside", "3"]).status.success());
    assert_eq!(differences(&site), 0);
}

#[test]
fn number_6_an_outage_stops_the_replica_and_loses_nothing() {
    let (site, relay) = site();
    answer_with(&relay, 0..6, 503);
    let (mut replica, report) = site.replicate_from(&relay.uri(START), &relay.fetcher()).unwrap();
    let (handle, fetcher) = (site.runtime.handle().clone(), relay.fetcher());
    let patience = options().patience.failures(3);
    let mut follower =
        Follower::new(&handle, &fetcher, &mut replica, &report.feed).patience(patience);
    let error = follower.read_to_end(|| ()).unwrap_err();
    assert!(matches!(error, Error::Stop { stop: Stop::Outage, .. }), "{error}");
    drop(replica);
    assert!(!rows(&site).iter().any(|row| row.0 == uri(60)), "it has stopped there");
    let told = text(status(&site).stdout);
    assert!(told.contains("stopped          no entity can be had"), "{told}");
    assert!(told.contains("incomplete       3 entities are set aside"), "{told}");
    relay.answer_all();
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!(differences(&site), 0);
}

#[test]
fn number_6_an_entity_that_is_missing_and_deleted_later_in_the_feed_is_no_fault() {
    let (site, relay) = site();
    for number in 20..32 {
        site.make(&Change::Put(uri(number), MediaType::JSON, b"{}".to_vec()));
    }
    site.make(&Change::Delete(uri(3)));
    answer_with(&relay, 3..4, 404);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!(differences(&site), 0);
    assert!(!rows(&site).iter().any(|row| row.0 == uri(3)));
    assert_eq!(relay.count(|path| path == uri(3)), 1, "the feed says what to do");
}
