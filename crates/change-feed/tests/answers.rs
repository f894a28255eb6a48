//! Which answers to GETs of entities count: media types, digests, and how old they are.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{Answer, Consumer, Digest, MemoryStore, Method, Position, Verdict};
use feed::{TYPE, answered, document, event, id, second, state, step, store};
use http::StatusCode;

const NOW: i64 = 100_000;

/// A consumer that asks for `a`, for event 5 in a document of Date 50.
fn asks(position: Position) -> Consumer {
    let mut consumer = Consumer::new("now", position);
    let now = second(NOW);
    let mut store = MemoryStore::new();
    step(&mut consumer, &mut store, now);
    let events =
        vec![event(&id(1, 4), "x", Method::Put, 9), event(&id(1, 5), "a", Method::Patch, 10)];
    let document = document("now", None, None, events).with_date(Some(second(50)));
    consumer.document(document, now).unwrap();
    step(&mut consumer, &mut store, now);
    consumer.no_timeline(now);
    step(&mut consumer, &mut store, now);
    consumer
}

fn verdict(store: &mut MemoryStore, answer: &Answer) -> Verdict {
    answered(&mut asks(Position::after_snapshot(second(10))), store, answer, second(NOW))
}

fn plain() -> Answer {
    Answer::new(StatusCode::OK).with_media_type(Some(TYPE))
}

#[test]
fn an_answer_counts_with_the_media_type_of_the_entity_alone() {
    let cases = [
        (Some("application/json"), true),
        (Some("Application/JSON"), true),
        (Some(" application/json ; charset=utf-8"), true),
        (Some("application/json-patch+json"), false),
        (Some("text/html"), false),
        (Some(""), false),
        (None, false),
    ];
    for (media_type, counts) in cases {
        for answer in [plain(), state()] {
            let verdict = verdict(&mut store(&["a"]), &answer.with_media_type(media_type));
            assert_eq!(verdict == Verdict::Store, counts, "{media_type:?}");
        }
    }
}

#[test]
fn an_entity_of_an_unknown_media_type_counts_with_a_digest_alone() {
    let mut store = MemoryStore::new();
    assert_eq!(verdict(&mut store, &plain()), Verdict::Ignore);
    assert_eq!(verdict(&mut store, &state()), Verdict::Store);
    assert_eq!(verdict(&mut store, &state().with_digest(Digest::Differs)), Verdict::Ignore);
}

#[test]
fn a_publisher_that_has_sent_a_digest_always_sends_one() {
    let mut consumer = asks(Position::after_snapshot(second(10)));
    let mut store = store(&["a"]);
    assert_eq!(answered(&mut consumer, &mut store, &state(), second(NOW)), Verdict::Store);
    // Not only this consumer knows that, but also the next one.
    let json = serde_json::to_value(consumer.position()).unwrap();
    assert_eq!(json["digests"], true);
    let mut digests = json;
    digests["last"] = serde_json::Value::Null;
    let position: Position = serde_json::from_value(digests).unwrap();
    let mut consumer = asks(position);
    assert_eq!(answered(&mut consumer, &mut store, &plain(), second(NOW)), Verdict::Ignore);
    // A publisher that sends none is believed, and a digest that does not match is not.
    assert_eq!(verdict(&mut store, &plain()), Verdict::Store);
    assert_eq!(verdict(&mut store, &plain().with_digest(Digest::Differs)), Verdict::Ignore);
}

#[test]
fn a_state_older_than_the_event_does_not_count() {
    let tag = |number| format!("\"{}\"", id(1, number).split_once('@').unwrap().0);
    for (answer, counts) in [
        (state().with_etag(Some(&tag(4))), false),
        (state().with_etag(Some(&format!("W/{}", tag(4)))), false),
        (state().with_etag(Some(&tag(5))), true),
        (state().with_etag(Some(&tag(6))), true),
        // The numbers are exact. Dates are those of several machines.
        (state().with_etag(Some(&tag(5))).with_date(Some(second(1))), true),
        (state().with_date(Some(second(49))), false),
        (state().with_date(Some(second(50))), true),
        (state().with_etag(Some("\"abc\"")).with_date(Some(second(49))), false),
        (state(), true),
        (Answer::new(StatusCode::NOT_MODIFIED).with_date(Some(second(49))), false),
        (Answer::new(StatusCode::NOT_MODIFIED).with_etag(Some(&tag(4))), false),
        (Answer::new(StatusCode::NOT_MODIFIED).with_etag(Some(&tag(5))), true),
    ] {
        let verdict = verdict(&mut store(&["a"]), &answer);
        assert_eq!(verdict != Verdict::Ignore, counts, "{answer:?}");
    }
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["a"]);
    let (position, before) = (consumer.position().clone(), store.clone());
    assert_eq!(answered(&mut consumer, &mut store, &state(), second(NOW)), Verdict::Ignore);
    assert_eq!((consumer.position(), &store), (&position, &before));
}
