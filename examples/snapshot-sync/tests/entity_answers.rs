//! Number 3 of the rules that a replica never breaks: an answer counts as an entity's state only if it
//! has the entity's media type and this publisher's digest.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use change_feed::AsideReason;
use serde_json::json;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::Change;
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::replicator::Outcome;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::Site;
use support::relay::{Relay, Reply, differences, options, replica_of, rows};

/// The number of the entity whose answers are changed.
const HARMED: u64 = 3;

/// A publisher with three patches behind its snapshot. In its first reading of the feed, a replica
/// fetches the states, of which the first one shows that the publisher sends digests.
fn site() -> (Site, Relay) {
    let site = Site::new(50, 20);
    site.publish(Opening::Implied, 20_000);
    for number in [1, HARMED, 5] {
        site.make(&Change::Patch(uri(number), json!({ "stock": 7 })));
    }
    let relay = Relay::new(&site);
    (site, relay)
}

/// Changes the first answers for the entity.
fn answer_by(relay: &Relay, first: usize, change: fn(Reply) -> Reply) {
    let answers = AtomicUsize::new(0);
    relay.answer_by(move |path, reply| {
        let is_harmed = path == uri(HARMED) && answers.fetch_add(1, Ordering::Relaxed) < first;
        if is_harmed { change(reply) } else { reply }
    });
}

/// The stored body of the entity.
fn body(site: &Site) -> Vec<u8> {
    rows(site).into_iter().find(|row| row.0 == uri(HARMED)).unwrap().3
}

fn asked(relay: &Relay) -> usize {
    relay.count(|path| path == uri(HARMED))
}

/// An answer that does not count once is asked for again at once.
fn is_asked_again(change: fn(Reply) -> Reply) {
    let (site, relay) = site();
    answer_by(&relay, 1, change);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), asked(&relay)), (0, 2));
}

/// An answer that never counts is not stored. The entity is set aside, and had later.
fn is_set_aside(change: fn(Reply) -> Reply, reason: &AsideReason) {
    let (site, relay) = site();
    answer_by(&relay, usize::MAX, change);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Incomplete(1));
    assert_eq!(differences(&site), 1, "the other patches are consumed");
    let stored = body(&site);
    let state: serde_json::Value = serde_json::from_slice(&stored).unwrap();
    assert_ne!(state["stock"], 7, "the stored state is still that of the snapshot");
    let replica = Replica::open_read_only(&replica_of(&site)).unwrap();
    let aside = replica.set_aside_entities(10).unwrap();
    assert_eq!((&*aside[0].0, aside[0].1.reason()), (&*uri(HARMED), reason));
    drop(replica);

    // What is sent meanwhile does not change the stored state by itself.
    site.make(&Change::Patch(uri(HARMED), json!({ "note": "later" })));
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Incomplete(1));
    assert!(body(&site) == stored);

    relay.answer_all();
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!(differences(&site), 0);
}

fn page(_: Reply) -> Reply {
    Reply::page(200)
}

/// The right media type and a state that may be any, as from a cache that keeps no digests.
fn without_digest(mut reply: Reply) -> Reply {
    reply.headers.remove("content-digest");
    reply.headers.remove("repr-digest");
    reply
}

fn with_wrong_digest(mut reply: Reply) -> Reply {
    assert!(reply.headers.contains_key("content-digest"));
    reply.body = br#"{"stock":7}"#.to_vec();
    reply
}

#[test]
fn number_3_a_page_in_an_entitys_place_is_asked_for_again() {
    is_asked_again(page);
}

#[test]
fn number_3_a_page_in_an_entitys_place_is_never_stored() {
    is_set_aside(page, &AsideReason::MediaType("text/html".to_owned()));
}

#[test]
fn number_3_a_state_without_the_digest_that_this_publisher_sends_is_asked_for_again() {
    is_asked_again(without_digest);
}

#[test]
fn number_3_a_state_without_the_digest_that_this_publisher_sends_is_never_stored() {
    is_set_aside(without_digest, &AsideReason::NoDigest);
}

#[test]
fn number_3_a_state_with_a_wrong_digest_is_asked_for_again() {
    is_asked_again(with_wrong_digest);
}

#[test]
fn number_3_a_state_with_a_wrong_digest_is_never_stored() {
    is_set_aside(with_wrong_digest, &AsideReason::Digest);
}

/// What a cache answers that gives its answer to a HEAD: the digest of a body, and no body.
fn without_body(mut reply: Reply) -> Reply {
    assert!(reply.headers.contains_key("content-digest"));
    reply.body.clear();
    reply
}

#[test]
fn number_3_an_empty_body_must_match_its_digest_too() {
    is_set_aside(without_body, &AsideReason::Digest);
}

fn elsewhere(_: Reply) -> Reply {
    let mut reply = Reply::page(302);
    reply.headers.insert("location", uri(HARMED + 1).parse().unwrap());
    reply
}

#[test]
fn number_3_what_a_redirect_leads_to_is_not_the_entity() {
    is_set_aside(elsewhere, &AsideReason::Failed);
}
