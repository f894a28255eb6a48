//! The stored form of a position, and of what is kept of entities.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{
    Aside, AsideReason, Consumer, LastEvent, MemoryStore, Method, Position, Snapshot, Want,
};
use chrono::{DateTime, Utc};
use feed::{answered, consume, document, event, id, second, state, step, store, timeline};
use serde_json::json;

fn again(position: &Position) -> Position {
    serde_json::from_slice(&serde_json::to_vec(position).unwrap()).unwrap()
}

#[test]
fn a_position_is_the_same_after_it_was_stored() {
    let snapshot = Snapshot::new(DateTime::from_timestamp_millis(10_900).unwrap())
        .with_completed(Some(second(20)))
        .with_timeline(Some(timeline(&[(1, 1)])));
    let mut position = snapshot.position(second(30));
    position.contains_state(&id(1, 2));
    assert_eq!(again(&position), position);

    let mut consumer = Consumer::new("now", position);
    consumer.timeline(&timeline(&[(1, 1)]), None, second(40));
    let mut store = store(&["a"]);
    step(&mut consumer, &mut store, second(40));
    let events = vec![
        event(&id(1, 1), "b", Method::Put, 10),
        event(&id(1, 2), "a", Method::Patch, 10).with_self_uri("event2"),
    ];
    let it = document("now", None, None, events)
        .with_etag(Some("\"x\"".to_owned()))
        .with_date(Some(second(41)));
    consumer.document(it, second(40)).unwrap();
    while let Want::Event { .. } = step(&mut consumer, &mut store, second(42)) {
        assert_eq!(again(consumer.position()), *consumer.position());
        let answer = state().with_date(Some(second(43))).with_etag(Some(&id(1, 5)));
        answered(&mut consumer, &mut store, &answer, second(44));
    }
    assert_eq!(again(consumer.position()), *consumer.position());
    assert_eq!(consumer.position().etag(), Some("\"x\""));
    assert_eq!(consumer.position().replicated(), Some(second(30)));

    let cut = [document("now", None, None, vec![event(&id(1, 90), "a", Method::Put, 50)])];
    consume(&mut consumer, &mut MemoryStore::new(), &cut, second(50)).unwrap_err();
    consumer.no_timeline(second(50));
    assert!(consumer.position().doubt().is_some());
    assert_eq!(again(consumer.position()), *consumer.position());
}

#[test]
fn a_position_of_an_earlier_version_has_only_some_members_and_one_of_a_later_has_more() {
    let position: Position =
        serde_json::from_value(json!({"start": "1970-01-01T00:00:10Z", "later": {"a": [1]}}))
            .unwrap();
    assert_eq!(position, Position::after_snapshot(second(10)));
    let position: Position = serde_json::from_value(json!({
        "start": "1970-01-01T00:00:10Z",
        "last": {"id": "7", "later": 1},
        "reading": 3,
        "fetched": {"before": {"later": 1}, "later": 1},
        "doubt": {"reason": "missing-event", "since": "1970-01-01T00:00:10Z", "attempts": 1,
                  "next": "1970-01-01T00:00:15Z", "later": 1},
        "stopped": "history-cut",
    }))
    .unwrap();
    assert_eq!(position.last(), Some(&LastEvent::new("7", None, None)));
    assert_eq!(position.reading(), 3);
    assert_eq!(position.doubt().unwrap().attempts(), 1);
    assert!(position.stopped().is_some());
}

#[test]
fn a_position_has_only_the_members_that_it_needs() {
    let position = Position::after_snapshot(second(10));
    let value = serde_json::to_value(&position).unwrap();
    assert_eq!(value, json!({"start": "1970-01-01T00:00:10Z", "reading": 0}));
}

#[test]
fn extreme_positions_are_stored_and_overflow_nothing() {
    for time in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let last = LastEvent::new("1", None, Some(time));
        let position = Position::after_event(time, last, u64::MAX);
        assert_eq!(again(&position), position);
        let mut consumer = Consumer::new("now", position);
        let it = [document("now", None, None, vec![event("1", "a", Method::Put, 10)])];
        consume(&mut consumer, &mut MemoryStore::new(), &it, time).unwrap();
        assert_eq!(consumer.position().reading(), u64::MAX);
    }
}

#[test]
fn what_is_kept_of_an_entity_is_the_same_after_it_was_stored() {
    for reason in [
        AsideReason::Missing,
        AsideReason::Status(403),
        AsideReason::MediaType("text/html".to_owned()),
        AsideReason::NoDigest,
        AsideReason::Digest,
        AsideReason::Stale,
        AsideReason::Failed,
    ] {
        let aside =
            Aside::new(reason.clone(), second(1), 2, second(3)).with_event(Some("7".into()));
        let text = serde_json::to_string(&aside).unwrap();
        assert_eq!(serde_json::from_str::<Aside>(&text).unwrap(), aside);
        assert_eq!((aside.reason(), aside.since()), (&reason, second(1)));
        assert_eq!((aside.attempts(), aside.next(), aside.event()), (2, second(3), Some("7")));
    }
}
