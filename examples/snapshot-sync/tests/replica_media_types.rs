//! The media type of an entity is the one that was sent, by whatever way the entity comes.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use serde_json::json;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::{Change, MediaType};
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::follow::Follower;
use std::sync::atomic::{AtomicI64, Ordering};
use support::Site;
use support::proxy::{Asked, Harm, Proxy};

fn replaced(octets: Vec<u8>, to: &str) -> Vec<u8> {
    let text = String::from_utf8(octets).unwrap();
    let from = "Content-Type: application/entity-images+json\r\n";
    assert!(text.to_lowercase().contains(&from.to_lowercase()), "{text}");
    text.replace(from, to).replace(&from.to_lowercase(), &to.to_lowercase()).into_bytes()
}

fn type_of(replica: &Replica, number: u64) -> String {
    replica.entity(&uri(number)).unwrap().unwrap().media_type
}

/// Replicates through a proxy, and follows the feed once.
fn replica_by(site: &Site, harms: fn(&Asked) -> Option<Harm>) -> Replica {
    let proxy = Proxy::new(site, harms);
    let (start, fetcher) = (proxy.uri(START), proxy.fetcher());
    let (mut replica, report) = site.replicate_from(&start, &fetcher).unwrap();
    let handle = site.runtime.handle().clone();
    Follower::new(&handle, &fetcher, &mut replica, &report.feed).read_to_end(|| ()).unwrap();
    replica
}

#[test]
fn section_3_2_a_part_has_the_media_type_of_its_head() {
    let site = Site::new(50, 20);
    site.publish(Opening::Implied, 1_000_000);
    let replica = replica_by(&site, |asked| {
        let forge = |package| replaced(package, "Content-Type: text/plain; Charset=\"UTF-8\"\r\n");
        asked.path.ends_with("/0").then_some(Harm::Forge(forge))
    });
    assert_eq!(type_of(&replica, 3).to_lowercase(), "text/plain; charset=\"utf-8\"");
}

#[test]
fn rfc9110_8_3_what_has_no_media_type_is_octets() {
    // Each look at the clock is two seconds later, so that changes are not in the snapshot's window.
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    let site = Site::with_wall(50, 20, || {
        1_795_491_261_316 + 2000 * LOOKS.fetch_add(1, Ordering::Relaxed)
    });
    site.publish(Opening::Implied, 1_000_000);
    site.make(&Change::Put(uri(4), MediaType::GENERATED, b"{}".to_vec()));
    let replica = replica_by(&site, |asked| {
        let forge = |octets| replaced(octets, "");
        let is_forged = asked.path.ends_with("/0") || asked.path.starts_with("/changes/");
        is_forged.then_some(Harm::Forge(forge))
    });
    for number in [3, 4] {
        assert_eq!(type_of(&replica, number), "application/octet-stream");
    }
}

#[test]
fn section_4_4_a_put_brings_its_media_type_and_a_patch_keeps_that_of_its_target() {
    // Each look at the clock is two seconds later, so that changes are not in the snapshot's window.
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    let site = Site::with_wall(50, 20, || {
        1_795_491_261_316 + 2000 * LOOKS.fetch_add(1, Ordering::Relaxed)
    });
    site.publish(Opening::Implied, 1_000_000);
    site.make(&Change::Put(uri(4), MediaType::GENERATED, b"{}".to_vec()));
    let forge = |page| replaced(page, "Content-Type: application/problem+json\r\n");
    let proxy = Proxy::new(&site, move |asked| {
        asked.path.starts_with("/changes/").then_some(Harm::Forge(forge))
    });
    let fetcher = proxy.fetcher();
    let (mut replica, report) = site.replicate_from(&proxy.uri(START), &fetcher).unwrap();
    let handle = site.runtime.handle().clone();
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &report.feed);
    follower.read_to_end(|| ()).unwrap();
    site.make(&Change::Patch(uri(4), json!({ "a": 1 })));
    follower.read_to_end(|| ()).unwrap();
    assert_eq!(follower.report().patched, 1);
    assert_eq!(type_of(&replica, 4), "application/problem+json");
    assert_eq!(type_of(&replica, 3), "application/entity-images+json");
}

#[test]
fn our_rule_an_answer_of_another_media_type_is_not_taken_for_a_target() {
    let site = Site::new(50, 20);
    site.publish(Opening::Implied, 1_000_000);
    site.make(&Change::Patch(uri(4), json!({ "a": 1 })));
    let replica = replica_by(&site, |asked| {
        let harm = Harm::Field("content-type", "application/hal+json");
        asked.path.starts_with("/entities/").then_some(harm)
    });
    assert_eq!(type_of(&replica, 4), "application/entity-images+json");
    let aside = replica.set_aside_entities(9).unwrap();
    assert_eq!(aside.len(), 1);
    assert_eq!(aside[0].0, uri(4));
    let reason = aside[0].1.reason().to_string();
    assert!(reason.contains("application/hal+json"), "{reason}");
}
