//! Entities that cannot be had: what is set aside, how that ends, and what stops the replica.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{
    Action, Answer, AsideReason, Consumer, Digest, Event, Limits, MemoryStore, Method, Patience,
    Position, Stop, Store, Verdict, Want,
};
use chrono::{DateTime, TimeDelta, Utc};
use feed::{TYPE, answered, document, event, id, second, state, status, step, store};
use http::StatusCode;

const NOW: i64 = 100_000;

/// A consumer that has these events before it, all of them in the window.
fn consumer(events: &[Event]) -> Consumer {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let now = second(NOW);
    step(&mut consumer, &mut MemoryStore::new(), now);
    consumer.document(document("now", None, None, events.to_vec()), now).unwrap();
    consumer
}

/// Answers all requests for entities, until something else than an event or an entity is wanted.
/// Returns that, and the entities that were requested, in order.
fn run(
    consumer: &mut Consumer,
    store: &mut MemoryStore,
    now: DateTime<Utc>,
    answer: &dyn Fn(&str) -> Answer,
) -> (Want, Vec<String>) {
    let mut requested = vec![];
    loop {
        let target = match step(consumer, store, now) {
            Want::Event { index, action } => {
                let target = consumer.event(index).unwrap().target().to_owned();
                match action {
                    Action::Fetch => target,
                    Action::Replace => {
                        store.set_media_type(&target, Some(TYPE));
                        continue;
                    }
                    Action::Delete => {
                        store.set_media_type(&target, None);
                        continue;
                    }
                    _ => continue,
                }
            }
            Want::Retry { target } => target,
            want => return (want, requested),
        };
        requested.push(target.clone());
        if answered(consumer, store, &answer(&target), now) == Verdict::Remove {
            store.set_media_type(&target, None);
        }
    }
}

fn reason(store: &MemoryStore, target: &str) -> Option<AsideReason> {
    store.aside(target).unwrap().map(|aside| aside.reason().clone())
}

#[test]
fn each_kind_of_answer_that_does_not_count_sets_the_entity_aside_and_the_feed_goes_on() {
    let html = state().with_media_type(Some("text/html; charset=utf-8"));
    let cases = [
        (status(404), AsideReason::Missing),
        (status(410), AsideReason::Missing),
        (status(403), AsideReason::Status(403)),
        (status(503), AsideReason::Status(503)),
        (status(206), AsideReason::Status(206)),
        (html, AsideReason::MediaType("text/html; charset=utf-8".to_owned())),
        (state().with_media_type(None), AsideReason::MediaType(String::new())),
        (state().with_digest(Digest::Differs), AsideReason::Digest),
        (Answer::failed(), AsideReason::Failed),
    ];
    for (answer, expected) in cases {
        let events = [event("1", "a", Method::Patch, 10), event("2", "b", Method::Put, 10)];
        let (mut consumer, mut store) = (consumer(&events), store(&["a"]));
        let (want, _) = run(&mut consumer, &mut store, second(NOW), &|_| answer.clone());
        assert_eq!(want, Want::CaughtUp);
        assert_eq!(reason(&store, "a"), Some(expected.clone()), "{expected}");
        // Nothing incomplete looks complete.
        assert_eq!(store.aside_count(), Ok(1));
        assert_eq!(consumer.position().last().unwrap().id(), "2");
        assert!(!expected.to_string().is_empty());
    }
}

#[test]
fn an_entity_is_asked_for_as_often_as_stated_before_it_is_set_aside() {
    for tries in [1, 2, 5] {
        let events = [event("1", "a", Method::Patch, 10)];
        let mut store = store(&["a"]);
        let mut consumer = consumer(&events).patience(Patience::default().tries(tries));
        let (_, requested) = run(&mut consumer, &mut store, second(NOW), &|_| status(503));
        assert_eq!(requested.len(), usize::try_from(tries).unwrap());
    }
    // The answer that counts may be the last one.
    let events = [event("1", "a", Method::Patch, 10)];
    let (mut consumer, mut store) = (consumer(&events), store(&["a"]));
    step(&mut consumer, &mut store, second(NOW));
    assert_eq!(answered(&mut consumer, &mut store, &status(503), second(NOW)), Verdict::Ignore);
    assert_eq!(consumer.position().last(), None);
    assert_eq!(answered(&mut consumer, &mut store, &state(), second(NOW)), Verdict::Store);
    assert_eq!(store.aside_count(), Ok(0));
}

#[test]
fn an_entity_that_a_later_event_explains_is_not_set_aside_any_more() {
    for method in [Method::Put, Method::Delete] {
        let events = [event("1", "a", Method::Patch, 10), event("2", "a", method, 10)];
        let (mut consumer, mut store) = (consumer(&events), store(&["a"]));
        let (want, requested) = run(&mut consumer, &mut store, second(NOW), &|_| status(404));
        assert_eq!((want, requested.len()), (Want::CaughtUp, 1));
        assert_eq!(store.aside_count(), Ok(0));
    }
}

#[test]
fn a_media_type_that_a_later_put_has_is_the_entitys() {
    let events = [
        event("1", "a", Method::Patch, 10),
        event("2", "a", Method::Put, 10),
        event("3", "a", Method::Patch, 10),
    ];
    let (mut consumer, mut store) = (consumer(&events), MemoryStore::new());
    store.set_media_type("a", Some("text/plain"));
    let (want, _) = run(&mut consumer, &mut store, second(NOW), &|_| state());
    assert_eq!((want, store.aside_count()), (Want::CaughtUp, Ok(0)));
}

#[test]
fn patches_of_an_entity_that_is_set_aside_are_left_and_its_next_state_contains_them() {
    let one = |number| event(&id(1, number), "a", Method::Patch, 10);
    let events = [one(1), one(2), event(&id(1, 3), "a", Method::Post, 10)];
    let (mut consumer, mut store) = (consumer(&events), store(&["a"]));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::Timeline);
    consumer.no_timeline(second(NOW));
    let (want, requested) = run(&mut consumer, &mut store, second(NOW), &|_| status(503));
    assert_eq!((want, requested.len()), (Want::CaughtUp, 2));
    assert_eq!(store.aside("a").unwrap().unwrap().event(), Some(&*id(1, 3)));
    // A state from between comes from a cache.
    let tagged = |number| {
        let tag = format!("\"{}\"", id(1, number).split_once('@').unwrap().0);
        state().with_etag(Some(&tag))
    };
    let now = second(NOW + 60);
    assert!(matches!(step(&mut consumer, &mut store, now), Want::Document { .. }));
    consumer.document(document("now", None, None, events.to_vec()), now).unwrap();
    let (want, requested) = run(&mut consumer, &mut store, now, &|_| tagged(2));
    assert_eq!((want, requested.len()), (Want::CaughtUp, 1));
    assert_eq!(reason(&store, "a"), Some(AsideReason::Stale));
    let now = second(NOW + 120);
    step(&mut consumer, &mut store, now);
    consumer.document(document("now", None, None, events.to_vec()), now).unwrap();
    run(&mut consumer, &mut store, now, &|_| tagged(3));
    assert_eq!(store.aside_count(), Ok(0));
    assert_eq!(store.is_fetched("a"), Ok(true), "the state may contain patches still to come");
}

#[test]
fn an_entity_that_is_set_aside_is_asked_for_again_with_growing_delays() {
    let events = [event("1", "a", Method::Patch, 10)];
    let (mut consumer, mut store) = (consumer(&events), store(&["a"]));
    let mut at = vec![];
    for seconds in 0..2000 {
        let now = second(NOW + seconds);
        let (want, requested) = run(&mut consumer, &mut store, now, &|_| status(403));
        if requested.contains(&"a".to_owned()) {
            at.push(seconds);
        }
        if matches!(want, Want::Document { .. }) {
            consumer.document(document("now", None, None, events.to_vec()), now).unwrap();
        }
    }
    // The delays are 5, 10, 20 ... seconds, at most 10 minutes; a reading takes a second here.
    let delays: Vec<_> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let planned = [5, 10, 20, 40, 80, 160, 320, 600, 600];
    assert_eq!(delays.len(), planned.len(), "{delays:?}");
    assert!(
        delays.iter().zip(planned).all(|(delay, planned)| (0..=2).contains(&(delay - planned)))
    );
}

#[test]
fn an_entity_without_a_delete_is_removed_after_the_attempts_and_the_time() {
    let events = [event("1", "a", Method::Patch, 10)];
    let (mut consumer, mut store) = (consumer(&events), store(&["a"]));
    let (mut now, mut attempts, mut verdict) = (second(NOW), 0, Verdict::Ignore);
    while verdict != Verdict::Remove {
        match step(&mut consumer, &mut store, now) {
            Want::Document { .. } => {
                consumer.document(document("now", None, None, events.to_vec()), now).unwrap();
            }
            Want::Event { .. } | Want::Retry { .. } => {
                attempts += 1;
                verdict = answered(&mut consumer, &mut store, &status(404), now);
            }
            Want::CaughtUp => now += TimeDelta::seconds(1),
            want => unreachable!("{want:?}"),
        }
    }
    assert!(attempts >= 6 && now - second(NOW) >= TimeDelta::minutes(5), "{attempts}");
    assert!(now - second(NOW) < TimeDelta::minutes(11), "{now}");
    assert_eq!(store.aside_count(), Ok(0));
}

#[test]
fn status_401_stops_the_replica_before_the_event() {
    let events = [event("1", "a", Method::Patch, 10), event("2", "b", Method::Patch, 10)];
    let (mut consumer, mut store) = (consumer(&events), store(&["a", "b"]));
    let answer = |target: &str| if target == "a" { state() } else { status(401) };
    let (want, _) = run(&mut consumer, &mut store, second(NOW), &answer);
    assert_eq!(want, Want::Stop(Stop::Unauthorized));
    assert_eq!(consumer.position().last().unwrap().id(), "1");
    assert_eq!(store.aside_count(), Ok(0));
}

fn patches(count: usize) -> Vec<Event> {
    let one = |number| event(&format!("e{number}"), &format!("t{number}"), Method::Patch, 10);
    (0..count).map(one).collect()
}

fn targets(count: usize) -> MemoryStore {
    let targets: Vec<_> = (0..count).map(|number| format!("t{number}")).collect();
    store(&targets.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn an_outage_stops_the_replica() {
    for answer in [Answer::failed(), status(500), status(503)] {
        let (mut consumer, mut store) = (consumer(&patches(100)), targets(100));
        let (want, _) = run(&mut consumer, &mut store, second(NOW), &|_| answer.clone());
        assert_eq!(want, Want::Stop(Stop::Outage));
        assert_eq!(store.aside_count(), Ok(20));
        assert_eq!(consumer.position().last().unwrap().id(), "e19");
    }
}

#[test]
fn failures_of_single_entities_are_no_outage() {
    // Each tenth entity can be had, or is forbidden: the publisher is there.
    for good in [state(), status(403)] {
        let (mut consumer, mut store) = (consumer(&patches(100)), targets(100));
        let answer = |target: &str| if target.ends_with('9') { good.clone() } else { status(503) };
        let (want, _) = run(&mut consumer, &mut store, second(NOW), &answer);
        assert_eq!(want, Want::CaughtUp);
        assert!(store.aside_count().unwrap() >= 90);
    }
}

#[test]
fn more_than_the_stated_number_set_aside_stops_the_replica() {
    for (limit, stops) in [(1000, false), (999, true)] {
        let (consumer, mut store) = (consumer(&patches(1000)), targets(1000));
        let mut consumer = consumer.limits(Limits::default().set_aside(limit));
        let (want, _) = run(&mut consumer, &mut store, second(NOW), &|_| status(403));
        assert_eq!(want == Want::Stop(Stop::TooManySetAside), stops, "{want:?}");
    }
    let (mut consumer, mut store) = (consumer(&patches(1001)), targets(1001));
    let (want, _) = run(&mut consumer, &mut store, second(NOW), &|_| status(403));
    assert_eq!(want, Want::Stop(Stop::TooManySetAside));
}

#[test]
fn many_that_later_events_explain_do_not_stop_the_replica() {
    let mut events = patches(1500);
    events.extend((0..1500).map(|n| event(&format!("d{n}"), &format!("t{n}"), Method::Delete, 11)));
    let (mut consumer, mut store) = (consumer(&events), targets(1500));
    let (want, _) = run(&mut consumer, &mut store, second(NOW), &|_| status(404));
    assert_eq!((want, store.aside_count()), (Want::CaughtUp, Ok(0)));
}

#[test]
fn entities_that_cannot_be_had_do_not_keep_the_feed_from_going_on() {
    let (mut consumer, mut store) = (consumer(&patches(100)), targets(100));
    run(&mut consumer, &mut store, second(NOW), &|_| status(403));
    assert_eq!(store.aside_count(), Ok(100));
    // Each request takes half a minute until it fails; all entities are due all the time.
    let mut now = second(NOW + 3600);
    let mut readings = vec![];
    for _ in 0..10 {
        step(&mut consumer, &mut store, now);
        consumer.document(document("now", None, None, patches(100)), now).unwrap();
        let mut requested = vec![];
        loop {
            match step(&mut consumer, &mut store, now) {
                Want::Retry { target } => {
                    requested.push(target);
                    now += TimeDelta::seconds(30);
                    answered(&mut consumer, &mut store, &Answer::failed(), now);
                }
                want => break assert_eq!(want, Want::CaughtUp),
            }
        }
        readings.push(requested);
    }
    // A reading ends after 20 failures in a row, and the next one begins with others.
    assert!(readings.iter().all(|requested| requested.len() == 20));
    let mut all: Vec<_> = readings[..5].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 100);
}

#[test]
fn each_entity_is_asked_for_once_in_a_reading_however_slow_the_answers_are() {
    let (mut consumer, mut store) = (consumer(&patches(50)), targets(50));
    run(&mut consumer, &mut store, second(NOW), &|_| status(403));
    let mut now = second(NOW + 3600);
    step(&mut consumer, &mut store, now);
    consumer.document(document("now", None, None, patches(50)), now).unwrap();
    let mut requests = 0;
    while let Want::Retry { .. } = step(&mut consumer, &mut store, now) {
        requests += 1;
        now += TimeDelta::minutes(5);
        answered(&mut consumer, &mut store, &status(403), now);
    }
    assert_eq!(requests, 50);
}

#[test]
fn no_delay_is_so_short_that_requests_follow_each_other_for_ever() {
    for first in [TimeDelta::zero(), TimeDelta::seconds(-5), TimeDelta::MIN] {
        let patience = Patience::default().first(first).longest(first);
        let mut consumer = consumer(&patches(3)).patience(patience);
        let (want, requested) = run(&mut consumer, &mut targets(3), second(NOW), &|_| status(403));
        assert_eq!((want, requested.len()), (Want::CaughtUp, 6));
    }
}

#[test]
fn an_entity_answered_with_not_modified_is_current() {
    let events = [event("1", "a", Method::Patch, 10)];
    let (mut consumer, mut store) = (consumer(&events), store(&["a"]));
    step(&mut consumer, &mut store, second(NOW));
    let answer = Answer::new(StatusCode::NOT_MODIFIED);
    assert_eq!(answered(&mut consumer, &mut store, &answer, second(NOW)), Verdict::Keep);
    // One that is not stored cannot be.
    let events = [event("1", "b", Method::Patch, 10)];
    let mut consumer = self::consumer(&events);
    run(&mut consumer, &mut store, second(NOW), &|_| answer.clone());
    assert_eq!(reason(&store, "b"), Some(AsideReason::Status(304)));
}
