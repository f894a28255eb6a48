//! A replica never goes backward: older snapshots, older documents, and when a history counts as cut.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{
    Consumer, DoubtReason, LastEvent, MemoryStore, Method, Missing, Patience, Position, Refused,
    Snapshot, Stop, Want,
};
use chrono::{DateTime, TimeDelta, Utc};
use feed::{consume, document, event, id, second, step, timeline, wait, wants};

const NOW: i64 = 100_000;

/// The position of a replica that has processed event 3 in second 100.
fn after_three(self_uri: Option<&str>) -> Position {
    let last = LastEvent::new("3", self_uri.map(str::to_owned), Some(second(100)));
    Position::after_event(second(10), last, 1)
}

fn admit(snapshot: &Snapshot, position: &Position, now: DateTime<Utc>) -> Result<(), Refused> {
    snapshot.admit(position, &Patience::default(), now)
}

#[test]
fn a_snapshot_that_was_started_before_the_position_does_not_replace_a_replica() {
    let position = after_three(None);
    assert_eq!(position.time(), second(100));
    let older = Snapshot::new(second(99));
    let refused = Refused::Older { started: second(99), position: second(100) };
    assert_eq!(admit(&older, &position, second(NOW)), Err(refused));
    // Events have whole seconds: the snapshot of the same second may contain the event.
    assert_eq!(admit(&Snapshot::new(second(100)), &position, second(NOW)), Ok(()));
    // Without an event the snapshot's own start is the position.
    let position = Snapshot::new(second(50)).position(second(60));
    assert!(admit(&Snapshot::new(second(49)), &position, second(NOW)).is_err());
    // An event from before the snapshot, which is only where the feed is read from, is not.
    let last = LastEvent::new("1", None, Some(second(5)));
    let position = Position::after_event(second(50), last, 1);
    assert_eq!(position.time(), second(50));
}

#[test]
fn a_snapshot_of_another_feed_or_timeline_does_not_replace_a_replica() {
    let mut position = Snapshot::new(second(10)).with_timeline(Some(timeline(&[(1, 1)])));
    let mut position =
        std::mem::replace(&mut position, Snapshot::new(second(0))).position(second(20));
    let of = |runs: &[_]| Snapshot::new(second(5000)).with_timeline(Some(timeline(runs)));
    assert_eq!(admit(&of(&[(1, 1), (2, 9)]), &position, second(NOW)), Ok(()));
    // The snapshot's states count too: they are ahead of the feed.
    position.contains_state(&id(1, 9));
    assert_eq!(admit(&of(&[(1, 1), (2, 9)]), &position, second(NOW)), Err(Refused::OtherTimeline));
    assert_eq!(admit(&of(&[(1, 1), (2, 10)]), &position, second(NOW)), Ok(()));

    let last = LastEvent::new(id(1, 20), None, Some(second(100)));
    let position = Position::after_event(second(10), last, 1);
    assert_eq!(admit(&of(&[(1, 1), (2, 20)]), &position, second(NOW)), Err(Refused::OtherTimeline));
    assert_eq!(admit(&of(&[(1, 1), (2, 21)]), &position, second(NOW)), Ok(()));

    let other = change_feed::Timeline::new("other", vec![]).unwrap();
    let other = Snapshot::new(second(5000)).with_timeline(Some(other));
    let position =
        Snapshot::new(second(10)).with_timeline(Some(timeline(&[(1, 1)]))).position(second(20));
    assert_eq!(admit(&other, &position, second(NOW)), Err(Refused::OtherFeed));
    // A publisher that has told its feed goes on telling it.
    let untold = Snapshot::new(second(5000));
    assert_eq!(admit(&untold, &position, second(NOW)), Err(Refused::OtherFeed));
}

#[test]
fn there_is_one_whole_snapshot_at_most_in_the_stated_time() {
    let position = Snapshot::new(second(10)).position(second(NOW));
    let younger = Snapshot::new(second(5000));
    let until = second(NOW) + TimeDelta::hours(1);
    for now in [second(NOW), until - TimeDelta::milliseconds(1)] {
        let refused = Refused::TooSoon { replicated: second(NOW), until };
        assert_eq!(admit(&younger, &position, now), Err(refused.clone()));
        assert_eq!(younger.is_due(&position, &Patience::default(), now), Err(refused));
    }
    assert_eq!(admit(&younger, &position, until), Ok(()));
    let patience = Patience::default().snapshots(TimeDelta::seconds(1));
    assert_eq!(younger.admit(&position, &patience, second(NOW + 1)), Ok(()));
    // A clock that was ahead when the snapshot was taken delays nothing.
    assert_eq!(admit(&younger, &position, second(NOW - 1)), Ok(()));
}

#[test]
fn a_cut_history_is_concluded_after_the_attempts_and_the_time_and_not_before() {
    let documents = [document("now", None, None, vec![event("9", "a", Method::Put, 200)])];
    let runs = [
        (Patience::default(), 7, 315),
        (Patience::default().attempts(9), 9, 1235),
        (Patience::default().over(TimeDelta::zero()), 6, 5 * 31),
        (Patience::default().over(TimeDelta::minutes(20)), 9, 1235),
        (
            Patience::default().first(TimeDelta::minutes(1)).longest(TimeDelta::minutes(2)),
            6,
            9 * 60,
        ),
    ];
    for (patience, attempts, seconds) in runs {
        let mut consumer = Consumer::new("now", after_three(None)).patience(patience);
        let mut store = MemoryStore::new();
        let (want, waits, now) = wait(&mut consumer, &mut store, &documents, second(NOW));
        assert_eq!(want, Want::Stop(Stop::HistoryCut));
        assert_eq!(consumer.position().stopped(), Some(Stop::HistoryCut));
        assert_eq!((waits + 1, (now - second(NOW)).num_seconds()), (attempts, seconds));
        assert_eq!(consumer.position().doubt().unwrap().attempts(), attempts);
    }
}

#[test]
fn one_answer_404_of_an_archive_document_concludes_nothing() {
    let archive = document("0", None, Some("now"), vec![event("3", "a", Method::Put, 100)]);
    let current = document("now", Some("0"), None, vec![event("4", "a", Method::Put, 100)]);
    let mut consumer = Consumer::new("now", after_three(None));
    let mut store = MemoryStore::new();
    let now = second(NOW);
    step(&mut consumer, &mut store, now);
    consumer.document(current.clone(), now).unwrap();
    assert_eq!(step(&mut consumer, &mut store, now), wants("0", false));
    consumer.missing(Missing::NotFound, now);
    // It is asked for again, past the caches, and is there.
    assert_eq!(step(&mut consumer, &mut store, now), wants("0", true));
    consumer.document(archive.clone(), now).unwrap();
    let actions = consume(&mut consumer, &mut store, &[archive, current], now).unwrap();
    assert_eq!(feed::ids(&actions), ["4"]);
    assert_eq!(consumer.position().doubt(), None);
}

#[test]
fn a_document_that_is_missing_for_a_while_is_waited_for() {
    let archive = document("0", None, Some("now"), vec![event("3", "a", Method::Put, 100)]);
    let current = document("now", Some("0"), None, vec![event("4", "a", Method::Put, 100)]);
    let mut consumer = Consumer::new("now", after_three(None));
    let mut store = MemoryStore::new();
    let mut now = second(NOW);
    for attempt in 1..5 {
        let without = [current.clone()];
        let Err(Want::Wait { until, reason }) = consume(&mut consumer, &mut store, &without, now)
        else {
            unreachable!()
        };
        assert_eq!(reason, DoubtReason::MissingEvent);
        assert_eq!(consumer.position().doubt().unwrap().attempts(), attempt);
        now = until;
        // The doubt is part of the position: a replica that is started again goes on with it.
        consumer = Consumer::new("now", consumer.position().clone());
    }
    let actions = consume(&mut consumer, &mut store, &[archive, current], now).unwrap();
    assert_eq!((feed::ids(&actions), consumer.position().doubt()), (vec!["4"], None));
}

#[test]
fn the_event_is_gone_at_once_if_a_confirmed_answer_of_a_publisher_with_runs_says_so() {
    for (missing, stop) in
        [(Missing::Gone, Stop::HistoryCut), (Missing::NeverIssued, Stop::OtherTimeline)]
    {
        let last = LastEvent::new(id(1, 3), Some("event3".to_owned()), Some(second(100)));
        let mut consumer = Consumer::new("now", Position::after_event(second(10), last, 1));
        let mut store = MemoryStore::new();
        assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("event3", false));
        consumer.missing(missing, second(NOW));
        assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("event3", true));
        consumer.missing(missing, second(NOW));
        assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Stop(stop));
        assert_eq!(consumer.position().stopped(), Some(stop));
    }
}

#[test]
fn a_self_link_that_is_gone_at_a_publisher_without_runs_is_no_more_than_one_not_found() {
    for missing in [Missing::Gone, Missing::NeverIssued, Missing::NotFound] {
        let mut consumer = Consumer::new("now", after_three(Some("event3")));
        let mut store = MemoryStore::new();
        for fresh in [false, true] {
            assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("event3", fresh));
            consumer.missing(missing, second(NOW));
        }
        assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("now", false));
    }
}

#[test]
fn a_subscription_document_older_than_the_position_is_waited_out_and_concludes_nothing() {
    let stale = [document("now", None, None, vec![event("2", "a", Method::Put, 99)])];
    let mut consumer = Consumer::new("now", after_three(None));
    let mut store = MemoryStore::new();
    let mut now = second(NOW);
    for _ in 0..50 {
        match consume(&mut consumer, &mut store, &stale, now) {
            Err(Want::Wait { until, reason }) => {
                assert_eq!(reason, DoubtReason::OlderDocument);
                now = until;
            }
            other => unreachable!("{other:?}"),
        }
    }
    assert!(now - second(NOW) > TimeDelta::hours(1));
    assert_eq!(consumer.position().last().unwrap().id(), "3");
    let events = vec![event("3", "a", Method::Put, 100), event("4", "a", Method::Put, 101)];
    let actions =
        consume(&mut consumer, &mut store, &[document("now", None, None, events)], now).unwrap();
    assert_eq!(feed::ids(&actions), ["4"]);
}

#[test]
fn an_older_document_of_the_same_second_is_known_by_the_number_of_its_youngest_event() {
    let last = LastEvent::new(id(1, 3), None, Some(second(100)));
    let mut consumer = Consumer::new("now", Position::after_event(second(10), last, 1));
    let mut store = MemoryStore::new();
    step(&mut consumer, &mut store, second(NOW));
    let stale = document("now", None, None, vec![event(&id(1, 2), "a", Method::Put, 100)]);
    consumer.document(stale, second(NOW)).unwrap();
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Timeline);
    consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
    let want = step(&mut consumer, &mut store, second(NOW));
    let Want::Wait { reason, .. } = want else { unreachable!("{want:?}") };
    assert_eq!(reason, DoubtReason::OlderDocument);
}

#[test]
fn an_older_document_behind_an_archive_document_is_asked_for_again_past_the_caches() {
    let last = event("3", "a", Method::Put, 100);
    let mut consumer = Consumer::new("now", after_three(Some("event3")));
    let mut store = MemoryStore::new();
    let now = second(NOW);
    step(&mut consumer, &mut store, now);
    consumer.document(document("1", Some("0"), Some("now"), vec![last]), now).unwrap();
    assert_eq!(step(&mut consumer, &mut store, now), wants("now", false));
    let stale = document("now", Some("0"), None, vec![event("2", "a", Method::Put, 99)]);
    consumer.document(stale, now).unwrap();
    assert_eq!(step(&mut consumer, &mut store, now), wants("now", true));
    let events = vec![event("4", "a", Method::Put, 101)];
    consumer.document(document("now", Some("1"), None, events), now).unwrap();
    assert_eq!(step(&mut consumer, &mut store, now), wants("1", true));
}

#[test]
fn a_subscription_document_that_cannot_be_found_concludes_nothing() {
    let mut consumer = Consumer::new("now", after_three(None));
    let mut store = MemoryStore::new();
    let mut now = second(NOW);
    for _ in 0..50 {
        match consume(&mut consumer, &mut store, &[], now) {
            Err(Want::Wait { until, reason }) => {
                assert_eq!(reason, DoubtReason::NoDocument);
                now = until;
            }
            other => unreachable!("{other:?}"),
        }
    }
}

#[test]
fn attempts_that_say_something_else_begin_to_count_anew() {
    let cut = [document("now", None, None, vec![event("9", "a", Method::Put, 200)])];
    let mut consumer = Consumer::new("now", after_three(None));
    let mut store = MemoryStore::new();
    let mut now = second(NOW);
    for attempt in 0..20 {
        // Every fifth time the subscription document is not there.
        let documents = if attempt % 5 == 4 { &[][..] } else { &cut };
        match consume(&mut consumer, &mut store, documents, now) {
            Err(Want::Wait { until, .. }) => now = until,
            other => unreachable!("{other:?}"),
        }
    }
}

#[test]
fn attempts_that_miss_another_document_each_do_not_count_together() {
    // A long way back: each time another document of it is missing.
    let uri = |page: u32| if page == 30 { "now".to_owned() } else { page.to_string() };
    let page = |page: u32| {
        let prev = page.checked_sub(1).map(|prev| prev.to_string());
        let events = vec![event(&format!("e{page}"), "a", Method::Put, 200)];
        document(&uri(page), prev.as_deref(), None, events)
    };
    let mut consumer = Consumer::new("now", after_three(None));
    let mut store = MemoryStore::new();
    let mut now = second(NOW);
    for missing in 0..29 {
        let there = (0..=30).filter(|number| *number != missing).map(page);
        match consume(&mut consumer, &mut store, &there.collect::<Vec<_>>(), now) {
            Err(Want::Wait { until, reason: DoubtReason::MissingEvent }) => now = until,
            other => unreachable!("{other:?}"),
        }
        let doubt = consumer.position().doubt().unwrap();
        assert_eq!((doubt.attempts(), doubt.document()), (1, Some(uri(missing).as_str())));
    }
}

#[test]
fn in_the_window_the_subscription_document_is_asked_for_past_the_caches() {
    // An older one would end the window before the events that the snapshot's states contain.
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = MemoryStore::new();
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("now", true));
    let documents = [document("now", None, None, vec![event("1", "a", Method::Put, 10)])];
    consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap();
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("now", false));
}

#[test]
fn a_feed_that_begins_behind_the_snapshots_start_with_a_later_number_has_lost_events() {
    let mut position = Snapshot::new(second(10)).position(second(NOW));
    position.contains_state(&id(1, 1));
    for (first, is_cut) in [(1, false), (2, true)] {
        let documents =
            [document("now", None, None, vec![event(&id(1, first), "a", Method::Put, 20)])];
        let mut consumer = Consumer::new("now", position.clone());
        consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
        let (want, ..) = wait(&mut consumer, &mut MemoryStore::new(), &documents, second(NOW));
        match is_cut {
            true => assert_eq!(want, Want::Stop(Stop::HistoryCut)),
            false => assert_eq!(want, Want::CaughtUp),
        }
    }
}
