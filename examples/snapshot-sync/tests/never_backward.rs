//! Number 1 of the rules that a replica never breaks: nothing goes backward, and one answer concludes
//! nothing.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use change_feed::{DoubtReason, Patience, Refused, Stop};
use chrono::{TimeDelta, Utc};
use rusqlite::Connection;
use snapshot_sync::Error;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::follow::Follower;
use snapshot_sync::replica::replicator::{Options, Outcome};
use snapshot_sync::replica::status::Status;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use support::Site;
use support::relay::{Relay, Reply, differences, options, replica_of, rows};

const LATEST: &str = "/changes/latest";

/// A publisher by whose clock two seconds pass from each look to the next, and a complete replica.
fn site() -> (Site, Relay) {
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    let wall = || {
        let looks = LOOKS.fetch_add(1, Ordering::Relaxed);
        (Utc::now() - TimeDelta::days(2)).timestamp_millis() + 2000 * looks
    };
    let site = Site::with_wall(50, 5, wall);
    site.publish(Opening::Implied, 2_000);
    site.change(1, 50, 7);
    let relay = Relay::new(&site);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!(differences(&site), 0);
    (site, relay)
}

/// One attempt to read the feed.
fn attempt(site: &Site, relay: &Relay, patience: Patience) -> Result<(), Error> {
    let (handle, fetcher) = (site.runtime.handle().clone(), relay.fetcher());
    let feed = support::discovered(site, &fetcher, &relay.uri(START));
    let mut replica = site.replica();
    Follower::new(&handle, &fetcher, &mut replica, &feed).patience(patience).read_to_end(|| ())
}

/// Answers 404 for all documents of the feed but the subscription document.
fn without_archives(path: &str, reply: Reply) -> Reply {
    match path.starts_with("/changes/") && path != LATEST {
        true => Reply::page(404),
        false => reply,
    }
}

fn status(site: &Site) -> Status {
    Status::of(&Replica::open_read_only(&replica_of(site)).unwrap()).unwrap()
}

#[test]
fn number_1_an_older_subscription_document_of_a_cache_is_waited_out_and_changes_nothing() {
    let (site, relay) = site();
    let old = Reply::of(&site, LATEST);
    assert!(old.headers.contains_key("date"));
    site.change(2, 50, 5);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    let (before, packages) = (rows(&site), relay.packages());

    // Event 12 is in the subscription document, and so are those that follow.
    site.change(3, 50, 2);
    let kept = old.clone();
    relay.answer_by(move |path, reply| if path == LATEST { kept.clone() } else { reply });
    for _ in 0..2 {
        let error = relay.keep(&site, &options()).unwrap_err();
        let is_older = |error: &Error| matches!(error, Error::Wait { reason, .. } if *reason == DoubtReason::OlderDocument);
        assert!(is_older(&error), "{error}");
        assert!(rows(&site) == before, "nothing goes backward");
    }
    let told = status(&site).to_string();
    assert!(told.contains("waiting          the feed is older than what was consumed"), "{told}");
    assert_eq!(relay.packages(), packages);

    // It goes on by itself when the cache is fresh.
    let answers = AtomicUsize::new(0);
    relay.answer_by(move |path, reply| {
        match path == LATEST && answers.fetch_add(1, Ordering::Relaxed) < 2 {
            true => old.clone(),
            false => reply,
        }
    });
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages));
    assert_eq!(status(&site).feed.unwrap().doubt, None);
}

#[test]
fn number_1_an_empty_subscription_document_of_a_cache_changes_nothing() {
    let site = Site::new(50, 5);
    let empty = Reply::of(&site, LATEST);
    site.publish(Opening::Implied, 2_000);
    site.change(1, 50, 3);
    // The events are of later seconds than the start of the snapshot.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    site.change(2, 50, 1);
    let relay = Relay::new(&site);
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    let (before, packages) = (rows(&site), relay.packages());
    site.change(3, 50, 1);
    relay.answer_by(move |path, reply| if path == LATEST { empty.clone() } else { reply });
    for _ in 0..2 {
        relay.keep(&site, &options()).unwrap_err();
        assert!(rows(&site) == before, "nothing goes backward");
    }
    relay.answer_all();
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages));
}

#[test]
fn number_1_one_404_of_an_archive_leads_to_no_snapshot() {
    let (site, relay) = site();
    site.change(2, 50, 17);
    site.publish(Opening::Implied, 2_000);
    let packages = relay.packages();
    // One answer, then all answers of one attempt.
    let answers = AtomicUsize::new(0);
    relay.answer_by(move |path, reply| {
        let is_archive = path.starts_with("/changes/archive/");
        match is_archive && answers.fetch_add(1, Ordering::Relaxed) < 1 {
            true => Reply::page(404),
            false => reply,
        }
    });
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages));

    site.change(3, 50, 17);
    let before = rows(&site);
    relay.answer_by(without_archives);
    let error = attempt(&site, &relay, options().patience).unwrap_err();
    let reason = DoubtReason::MissingEvent;
    assert!(matches!(error, Error::Wait { reason: found, .. } if found == reason), "{error}");
    assert!(rows(&site) == before);
    relay.answer_all();
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages));
}

#[test]
fn number_1_the_history_counts_as_cut_after_the_stated_attempts_and_time() {
    let (site, relay) = site();
    site.change(2, 50, 17);
    let before = rows(&site);
    relay.answer_by(without_archives);
    let patience = support::patience();
    let waits = |patience: Patience| {
        let error = support::waited(|| attempt(&site, &relay, patience)).unwrap_err();
        matches!(error, Error::Wait { .. })
    };
    assert!(waits(patience.attempts(1).over(TimeDelta::hours(1))), "the time is not over");
    let attempts = status(&site).feed.unwrap().doubt.unwrap().attempts();
    assert!(attempts > 1, "{attempts}");
    assert!(waits(patience.attempts(100).over(TimeDelta::zero())), "too few attempts");
    assert!(rows(&site) == before);

    let both = patience.attempts(2).over(TimeDelta::seconds(1));
    let error = support::waited(|| attempt(&site, &relay, both)).unwrap_err();
    assert!(matches!(error, Error::Stop { stop: Stop::HistoryCut, .. }), "{error}");
    let told = status(&site).to_string();
    assert!(told.contains("stopped          the feed no longer contains"), "{told}");
}

#[test]
fn number_1_an_older_snapshot_is_never_taken() {
    let (site, relay) = site();
    let (before, packages) = (rows(&site), relay.packages());
    site.change(2, 50, 17);
    // The publisher removes old events, and its only snapshot is from before what was consumed.
    let prune = "DELETE FROM event WHERE number <= 20; DELETE FROM page WHERE first <= 20;";
    let database = Connection::open(site.directory.path().join("publisher.sqlite")).unwrap();
    database.execute_batch(prune).unwrap();
    for _ in 0..2 {
        let error = relay.keep(&site, &options()).unwrap_err();
        let is_older = matches!(error, Error::Refused { refused: Refused::Older { .. }, .. });
        assert!(is_older, "{error}");
        assert!(rows(&site) == before);
        assert_eq!(relay.packages(), packages);
    }
    let written = site.publish(Opening::Implied, 2_000).packages().len();
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages + written));
}

#[test]
fn number_1_there_is_one_whole_snapshot_at_most_within_the_stated_time() {
    let (site, relay) = site();
    let (before, packages) = (rows(&site), relay.packages());
    site.change(2, 50, 17);
    let written = site.publish(Opening::Implied, 2_000).packages().len();
    relay.answer_by(without_archives);
    let hourly = || {
        let options = options();
        let patience = options.patience.snapshots(TimeDelta::hours(1));
        Options { patience, ..options }
    };
    for _ in 0..2 {
        let error = relay.keep(&site, &hourly()).unwrap_err();
        let is_soon = matches!(error, Error::Refused { refused: Refused::TooSoon { .. }, .. });
        assert!(is_soon, "{error}");
        assert!(rows(&site) == before);
        assert_eq!(relay.packages(), packages);
    }
    assert_eq!(relay.keep(&site, &options()).unwrap(), Outcome::Complete);
    assert_eq!((differences(&site), relay.packages()), (0, packages + written));

    // Cut again, with a younger snapshot: the hour since the last one is not over.
    site.change(3, 50, 17);
    site.publish(Opening::Implied, 2_000);
    for _ in 0..2 {
        relay.keep(&site, &hourly()).unwrap_err();
    }
    assert_eq!(relay.packages(), packages + written);
}
