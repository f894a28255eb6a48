//! Timelines: a publisher that was restored from a backup issues the same numbers again.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{
    Action, Consumer, DoubtReason, EventId, LastEvent, MemoryStore, Method, Patience, Position,
    Snapshot, Stop, Timeline, Verdict, Want,
};
use chrono::TimeDelta;
use feed::{
    answered, consume, document, event, id, second, state, status, step, store, timeline, wait,
};

const NOW: i64 = 100_000;

/// The position of a replica of feed `feed` that has processed event 20 of run 1 in second 100.
fn after_twenty() -> Position {
    let feed = Snapshot::new(second(10)).with_timeline(Some(timeline(&[(1, 1)])));
    let mut consumer = Consumer::new("now", feed.position(second(20)));
    let documents = [
        document("now", None, None, vec![event(&id(1, 20), "a", Method::Put, 100)])
            .with_date(Some(second(500)))
            .with_prev_archive(Some("0".to_owned())),
        document("0", None, Some("now"), vec![event(&id(1, 19), "a", Method::Put, 9)]),
    ];
    consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
    consume(&mut consumer, &mut MemoryStore::new(), &documents, second(NOW)).unwrap();
    assert_eq!(consumer.position().last().unwrap().id(), id(1, 20));
    consumer.position().clone()
}

#[test]
fn a_timeline_covers_an_event_from_its_runs_first_number_to_the_next_runs() {
    let timeline = timeline(&[(1, 1), (2, 10), (3, 10), (4, 15)]);
    let covers = |run, number| timeline.covers(&id(run, number).parse().unwrap());
    assert!(covers(1, 1) && covers(1, 9) && !covers(1, 0) && !covers(1, 10));
    // A run that has issued nothing covers nothing.
    assert!(!covers(2, 9) && !covers(2, 10));
    assert!(covers(3, 10) && covers(3, 14) && !covers(3, 15));
    assert!(covers(4, 15) && covers(4, 1_000_000) && !covers(5, 16));
}

#[test]
fn a_timeline_that_covers_the_last_event_changes_nothing() {
    let mut consumer = Consumer::new("now", after_twenty());
    consumer.timeline(&timeline(&[(1, 1), (2, 21)]), None, second(NOW));
    let want = step(&mut consumer, &mut MemoryStore::new(), second(NOW));
    assert!(matches!(want, Want::Document { .. }), "{want:?}");
}

#[test]
fn a_timeline_that_does_not_cover_the_last_event_is_confirmed_and_then_stops_the_replica() {
    let restored = timeline(&[(1, 1), (2, 20)]);
    let mut consumer = Consumer::new("now", after_twenty());
    let mut store = MemoryStore::new();
    consumer.timeline(&restored, None, second(NOW));
    assert_eq!(consumer.position().stopped(), None);
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Timeline);
    consumer.timeline(&restored, None, second(NOW));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Stop(Stop::OtherTimeline));
    // What comes after that does not start it again.
    consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Stop(Stop::OtherTimeline));
}

#[test]
fn another_feed_is_confirmed_and_then_stops_the_replica() {
    let other = Timeline::new("other", timeline(&[(1, 1)]).runs().to_vec()).unwrap();
    let mut store = MemoryStore::new();
    let mut consumer = Consumer::new("now", after_twenty());
    consumer.timeline(&other, None, second(NOW));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Timeline);
    consumer.timeline(&other, None, second(NOW));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Stop(Stop::OtherFeed));
    // Unless that was the answer of something else.
    let mut consumer = Consumer::new("now", after_twenty());
    consumer.timeline(&other, None, second(NOW));
    consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
    let want = step(&mut consumer, &mut store, second(NOW));
    assert!(matches!(want, Want::Document { .. }), "{want:?}");
    assert_eq!(consumer.position().feed(), Some("feed"));
}

#[test]
fn a_timeline_older_than_what_was_seen_says_nothing() {
    // The subscription document had Date 500: this copy may lack the last run.
    let stale = timeline(&[(9, 1)]);
    let mut consumer = Consumer::new("now", after_twenty());
    consumer.timeline(&stale, Some(second(499)), second(NOW));
    let want = step(&mut consumer, &mut MemoryStore::new(), second(NOW));
    assert!(matches!(want, Want::Document { .. }), "{want:?}");
    consumer.timeline(&stale, Some(second(500)), second(NOW));
    assert_eq!(step(&mut consumer, &mut MemoryStore::new(), second(NOW)), Want::Timeline);
}

#[test]
fn a_timeline_that_contradicts_and_cannot_be_confirmed_is_no_reason_to_go_on() {
    let mut consumer = Consumer::new("now", after_twenty());
    let mut store = MemoryStore::new();
    let mut now = second(NOW);
    consumer.timeline(&timeline(&[(2, 1)]), None, now);
    for _ in 0..50 {
        assert_eq!(step(&mut consumer, &mut store, now), Want::Timeline);
        consumer.no_timeline(now);
        let Want::Wait { until, reason } = step(&mut consumer, &mut store, now) else {
            unreachable!()
        };
        assert_eq!(reason, DoubtReason::NoTimeline);
        now = until;
    }
    assert_eq!(step(&mut consumer, &mut store, now), Want::Timeline);
    consumer.timeline(&timeline(&[(2, 1)]), None, now);
    assert_eq!(step(&mut consumer, &mut store, now), Want::Stop(Stop::OtherTimeline));
}

#[test]
fn an_event_that_is_nowhere_is_looked_for_on_the_timeline_before_anything_is_concluded() {
    let restored = document("now", None, None, vec![event(&id(2, 20), "a", Method::Put, 600)]);
    let mut consumer = Consumer::new("now", after_twenty());
    let mut store = MemoryStore::new();
    let want = consume(&mut consumer, &mut store, &[restored], second(NOW));
    assert_eq!(want, Err(Want::Timeline));
    consumer.timeline(&timeline(&[(1, 1), (2, 20)]), None, second(NOW));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Stop(Stop::OtherTimeline));
}

#[test]
fn a_history_that_was_cut_on_the_same_timeline_is_concluded_after_patience() {
    let cut = [document("now", None, None, vec![event(&id(1, 40), "a", Method::Put, 600)])];
    let mut consumer = Consumer::new("now", after_twenty());
    let mut store = MemoryStore::new();
    let (mut now, mut timelines) = (second(NOW), 0);
    let want = loop {
        match wait(&mut consumer, &mut store, &cut, now) {
            (Want::Timeline, _, then) => {
                now = then;
                timelines += 1;
                consumer.timeline(&timeline(&[(1, 1)]), None, now);
            }
            (want, ..) => break want,
        }
    };
    assert_eq!(want, Want::Stop(Stop::HistoryCut));
    assert!(timelines >= 6 && now - second(NOW) >= TimeDelta::minutes(5), "{timelines}");
}

#[test]
fn a_publisher_without_a_timeline_keeps_to_the_drafts_rule_after_patience() {
    // Its ids happen to look as if it told one.
    let last = LastEvent::new(id(1, 20), None, Some(second(100)));
    let mut consumer = Consumer::new("now", Position::after_event(second(10), last, 1));
    let mut store = MemoryStore::new();
    let events =
        vec![event(&id(1, 20), "a", Method::Put, 100), event(&id(2, 21), "a", Method::Put, 100)];
    let now = second(NOW);
    let found = [document("now", None, None, events)];
    assert_eq!(consume(&mut consumer, &mut store, &found, now), Err(Want::Timeline));
    consumer.no_timeline(now);
    let actions = consume(&mut consumer, &mut store, &found, now).unwrap();
    assert_eq!(actions, [(id(2, 21), Action::Replace)]);
    assert_eq!(consumer.position().last().unwrap().id(), id(2, 21));
    let cut = [document("now", None, None, vec![event(&id(1, 40), "a", Method::Put, 600)])];
    let mut at = now;
    let want = loop {
        match wait(&mut consumer, &mut store, &cut, at) {
            (Want::Timeline, _, then) => {
                at = then;
                consumer.no_timeline(at);
            }
            (want, ..) => break want,
        }
    };
    assert_eq!(want, Want::Stop(Stop::HistoryCut));
}

#[test]
fn the_first_event_of_a_new_run_is_not_processed_before_a_timeline_has_told_that_run() {
    let mut consumer = Consumer::new("now", after_twenty());
    let mut store = MemoryStore::new();
    let now = second(NOW);
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    let events =
        vec![event(&id(1, 20), "a", Method::Put, 100), event(&id(2, 21), "a", Method::Put, 600)];
    let documents = [document("now", None, None, events)];
    assert_eq!(consume(&mut consumer, &mut store, &documents, now), Err(Want::Timeline));
    // This one is a copy from before: the event or the timeline is not of now.
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    let want = step(&mut consumer, &mut store, now);
    let Want::Wait { until, reason } = want else { unreachable!("{want:?}") };
    assert_eq!(reason, DoubtReason::OlderDocument);
    // This publisher has told a timeline before: without one nothing is processed.
    assert_eq!(consume(&mut consumer, &mut store, &documents, until), Err(Want::Timeline));
    consumer.no_timeline(until);
    let want = step(&mut consumer, &mut store, until);
    let Want::Wait { until, reason } = want else { unreachable!("{want:?}") };
    assert_eq!(reason, DoubtReason::NoTimeline);

    assert_eq!(consume(&mut consumer, &mut store, &documents, until), Err(Want::Timeline));
    consumer.timeline(&timeline(&[(1, 1), (2, 21)]), None, until);
    assert_eq!(
        consume(&mut consumer, &mut store, &documents, until).unwrap(),
        [(id(2, 21), Action::Replace)]
    );
    assert_eq!(
        consume(&mut consumer, &mut store, &documents, until),
        Ok(vec![]),
        "it is asked once"
    );
}

/// Consumes the patch 20 of `a`, whose state is already that of event 22; then the publisher is
/// restored from a backup that ends with event 20.
#[test]
fn a_state_that_was_fetched_ahead_of_the_feed_must_be_on_the_timeline_too() {
    let position =
        Snapshot::new(second(10)).with_timeline(Some(timeline(&[(1, 1)]))).position(second(20));
    let mut consumer = Consumer::new("now", position);
    let mut store = store(&["a"]);
    let now = second(NOW);
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    step(&mut consumer, &mut store, now);
    let mut events =
        vec![event(&id(1, 1), "b", Method::Put, 9), event(&id(1, 20), "a", Method::Patch, 100)];
    consumer.document(document("now", None, None, events.clone()), now).unwrap();
    let want = step(&mut consumer, &mut store, now);
    assert_eq!(want, Want::Event { index: 1, action: Action::Fetch });
    let tag = format!("\"{}\"", id(1, 22).split_once('@').unwrap().0);
    let answer = state().with_etag(Some(&tag));
    assert_eq!(answered(&mut consumer, &mut store, &answer, now), Verdict::Store);
    assert_eq!(step(&mut consumer, &mut store, now), Want::CaughtUp);
    let ahead = consumer.position().clone();

    // At its start it sees that.
    let restored = timeline(&[(1, 1), (2, 21)]);
    let mut consumer = Consumer::new("now", ahead.clone());
    for want in [Want::Timeline, Want::Stop(Stop::OtherTimeline)] {
        consumer.timeline(&restored, None, now);
        assert_eq!(step(&mut consumer, &mut store, now), want);
    }
    // While it runs, it sees that before the first event of the new run.
    let mut consumer = Consumer::new("now", ahead.clone());
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    events.push(event(&id(2, 21), "b", Method::Put, 100));
    let documents = [document("now", None, None, events.clone())];
    assert_eq!(consume(&mut consumer, &mut store, &documents, now), Err(Want::Timeline));
    consumer.timeline(&restored, None, now);
    assert_eq!(step(&mut consumer, &mut store, now), Want::Stop(Stop::OtherTimeline));
    // And without any event, at the end of a later reading that does not reach that state.
    let mut consumer = Consumer::new("now", ahead.clone());
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    let documents = [document("now", None, None, events[..2].to_vec())];
    assert_eq!(consume(&mut consumer, &mut store, &documents, now), Err(Want::Timeline));
    consumer.timeline(&restored, None, now);
    assert_eq!(step(&mut consumer, &mut store, now), Want::Stop(Stop::OtherTimeline));
    // Where nothing was restored, the feed gets there.
    let mut consumer = Consumer::new("now", ahead);
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    events.truncate(2);
    events.push(event(&id(1, 21), "a", Method::Patch, 100));
    events.push(event(&id(1, 22), "a", Method::Patch, 100));
    let documents = [document("now", None, None, events)];
    let actions = consume(&mut consumer, &mut store, &documents, now).unwrap();
    assert_eq!(actions, [(id(1, 21), Action::Fetch), (id(1, 22), Action::Fetch)]);
    assert_eq!(consume(&mut consumer, &mut store, &documents, now), Ok(vec![]));
}

#[test]
fn a_feed_that_does_not_reach_what_the_snapshot_contains_makes_the_replica_ask() {
    // The snapshot contains event 20; then the publisher is restored from a backup without it.
    let before = timeline(&[(1, 1)]).with_last(Some(id(1, 20).parse().unwrap()));
    let position = Snapshot::new(second(10)).with_timeline(Some(before)).position(second(20));
    let mut consumer = Consumer::new("now", position);
    let mut store = MemoryStore::new();
    consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
    let documents = [document("now", None, None, vec![event(&id(1, 19), "a", Method::Put, 9)])];
    let want = consume(&mut consumer, &mut store, &documents, second(NOW));
    assert_eq!(want, Err(Want::Timeline));
    consumer.timeline(&timeline(&[(1, 1), (2, 20)]), None, second(NOW));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Stop(Stop::OtherTimeline));
}

#[test]
fn entity_tags_that_name_no_event_say_nothing_about_the_timeline() {
    let mut position = Snapshot::new(second(10)).position(second(20));
    let before = position.clone();
    // Number 0 is that of a state without an event.
    for tag in ["\"abc\"", "W/\"1\"", "", &format!("\"{}\"", id(9, 0).split_once('@').unwrap().0)] {
        position.contains_state(tag);
    }
    assert_eq!(position, before);
}

#[test]
fn after_a_restore_only_the_operator_replaces_the_replica() {
    let snapshot = Snapshot::new(second(9000)).with_timeline(Some(timeline(&[(1, 1), (2, 20)])));
    let position = after_twenty();
    let patience = Patience::default();
    assert!(snapshot.admit(&position, &patience, second(NOW)).is_err());
    // With the operator's word only the time since the last snapshot counts.
    assert!(snapshot.is_due(&position, &patience, second(NOW)).is_ok());
    assert!(snapshot.is_due(&position, &patience, second(30)).is_err());
}

#[test]
fn one_404_for_an_entity_is_not_its_end_after_other_failures() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["a"]);
    let mut now = second(NOW);
    let documents = [document("now", None, None, vec![event("1", "a", Method::Patch, 10)])];
    let mut removed = None;
    for attempt in 1..200 {
        let answer = if attempt < 20 { status(503) } else { status(404) };
        match step(&mut consumer, &mut store, now) {
            Want::Document { .. } => consumer.document(documents[0].clone(), now).unwrap(),
            Want::Event { .. } | Want::Retry { .. } => {
                if answered(&mut consumer, &mut store, &answer, now) == Verdict::Remove {
                    removed = Some(attempt);
                    break;
                }
            }
            Want::CaughtUp => now += TimeDelta::minutes(10),
            other => unreachable!("{other:?}"),
        }
    }
    assert!(removed.is_some_and(|attempt| attempt > 30), "{removed:?}");
}

#[test]
fn an_event_id_has_a_run_a_number_and_a_random_part_and_nothing_else() {
    let (run, random) = ("00112233445566778899aabbccddeeff", "0123456789abcdef");
    for (number, domain) in [("0", ""), ("7", "@x"), ("18446744073709551614", "@x@y")] {
        let id: EventId = format!("{run}.{number}.{random}{domain}").parse().unwrap();
        assert_eq!((id.run(), id.number()), (run, number.parse().unwrap()));
        assert_eq!(id.to_string(), format!("{run}.{number}.{random}"));
    }
    let upper = run.to_uppercase();
    for text in [
        String::new(),
        "7".to_owned(),
        format!("{run}.7"),
        format!("{run}.7.{random}.1"),
        format!("{run}.07.{random}"),
        format!("{run}.+7.{random}"),
        format!("{run}..{random}"),
        format!("{run}.18446744073709551615.{random}"),
        format!("{run}.18446744073709551616.{random}"),
        format!("{upper}.7.{random}"),
        format!("{run}0.7.{random}"),
        format!("{run}.7.{}", &random[1..]),
        format!("<{run}.7.{random}@x>"),
    ] {
        assert!(text.parse::<EventId>().is_err(), "{text}");
    }
}

#[test]
fn the_greatest_number_is_no_event_ids_so_that_nothing_is_asked_for_ever() {
    let id = format!("{}.{}.{}", "01".repeat(16), u64::MAX, "07".repeat(8));
    let documents = [document("now", None, None, vec![event(&id, "a", Method::Put, 100)])];
    let mut consumer = Consumer::new("now", Snapshot::new(second(10)).position(second(20)));
    let mut store = MemoryStore::new();
    assert_eq!(consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap().len(), 1);
}

#[test]
fn a_reading_that_does_not_reach_a_fetched_state_does_not_end_its_window() {
    let last = LastEvent::new(id(1, 19), None, Some(second(100)));
    let mut consumer = Consumer::new("now", Position::after_event(second(10), last, 0));
    let mut store = store(&["a"]);
    let now = second(NOW);
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    let mut events =
        vec![event(&id(1, 19), "b", Method::Put, 100), event(&id(1, 20), "a", Method::Patch, 100)];
    step(&mut consumer, &mut store, now);
    consumer.document(document("now", None, None, events.clone()), now).unwrap();
    step(&mut consumer, &mut store, now);
    let answer = state().with_etag(Some(&id(1, 21)));
    assert_eq!(answered(&mut consumer, &mut store, &answer, now), Verdict::Store);
    assert_eq!(step(&mut consumer, &mut store, now), Want::CaughtUp);
    // A cache serves the same document again: the state may contain events that it lacks.
    let stale = [document("now", None, None, events.clone())];
    assert_eq!(consume(&mut consumer, &mut store, &stale, now), Err(Want::Timeline));
    consumer.timeline(&timeline(&[(1, 1)]), None, now);
    assert_eq!(step(&mut consumer, &mut store, now), Want::CaughtUp);
    events.push(event(&id(1, 21), "a", Method::Patch, 100));
    let documents = [document("now", None, None, events)];
    let actions = consume(&mut consumer, &mut store, &documents, now).unwrap();
    assert_eq!(actions, [(id(1, 21), Action::Fetch)]);
}

#[test]
fn an_event_behind_the_end_of_its_run_is_not_processed() {
    // The document comes from a cache, from before the publisher was restored.
    let restored = timeline(&[(1, 1), (2, 21)]);
    let mut consumer = Consumer::new("now", after_twenty());
    let mut store = MemoryStore::new();
    consumer.timeline(&restored, None, second(NOW));
    let events = [20, 21].map(|number| event(&id(1, number), "a", Method::Put, 100));
    let documents = [document("now", None, None, events.to_vec())];
    assert_eq!(consume(&mut consumer, &mut store, &documents, second(NOW)), Err(Want::Timeline));
    consumer.timeline(&restored, None, second(NOW));
    let want = step(&mut consumer, &mut store, second(NOW));
    let Want::Wait { reason, .. } = want else { unreachable!("{want:?}") };
    assert_eq!(reason, DoubtReason::OlderDocument);
    assert_eq!(consumer.position().last().unwrap().id(), id(1, 20));
}
