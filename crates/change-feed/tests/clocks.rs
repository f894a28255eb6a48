//! Clocks that step: those of the replica, and those of the publisher.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{Consumer, LastEvent, MemoryStore, Method, Position, Stop, Store, Verdict, Want};
use chrono::{DateTime, TimeDelta, Utc};
use feed::{answered, consume, document, event, second, status, step, store, wait};

const NOW: i64 = 2_000_000_000;
const YEAR: TimeDelta = TimeDelta::days(365);

fn cut() -> [change_feed::Document; 1] {
    [document("now", None, None, vec![event("9", "a", Method::Put, 200)])]
}

fn in_doubt(now: DateTime<Utc>) -> Consumer {
    let last = LastEvent::new("3", None, Some(second(100)));
    let mut consumer = Consumer::new("now", Position::after_event(second(10), last, 1));
    let want = consume(&mut consumer, &mut MemoryStore::new(), &cut(), now);
    assert!(matches!(want, Err(Want::Wait { .. })));
    consumer
}

#[test]
fn a_clock_that_steps_back_delays_the_next_attempt_no_longer_than_was_meant() {
    let mut consumer = in_doubt(second(NOW) + YEAR);
    let mut store = MemoryStore::new();
    let now = second(NOW);
    for seconds in 0..5 {
        let want = step(&mut consumer, &mut store, now + TimeDelta::seconds(seconds));
        let Want::Wait { until, .. } = want else { unreachable!("{want:?}") };
        assert_eq!(until, second(NOW + 5), "asking does not put it off");
    }
    let want = step(&mut consumer, &mut store, second(NOW + 5));
    assert!(matches!(want, Want::Document { .. }), "{want:?}");
}

#[test]
fn a_clock_that_steps_back_delays_the_conclusion_no_longer_than_was_meant() {
    let mut consumer = in_doubt(second(NOW) + YEAR);
    let (want, _, now) = wait(&mut consumer, &mut MemoryStore::new(), &cut(), second(NOW));
    assert_eq!(want, Want::Stop(Stop::HistoryCut));
    let taken = now - second(NOW);
    assert!((TimeDelta::minutes(5)..TimeDelta::minutes(20)).contains(&taken), "{taken}");
}

#[test]
fn a_clock_that_steps_forth_does_not_take_the_place_of_attempts() {
    let mut consumer = in_doubt(second(NOW));
    let (want, waits, _) = wait(&mut consumer, &mut MemoryStore::new(), &cut(), second(NOW) + YEAR);
    assert_eq!(want, Want::Stop(Stop::HistoryCut));
    assert!(waits >= 4, "{waits}");
}

#[test]
fn a_clock_that_steps_back_does_not_keep_an_entity_set_aside() {
    let events = vec![event("1", "a", Method::Patch, 10)];
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["a"]);
    let mut now = second(NOW) + YEAR;
    let mut removed = None;
    for _ in 0..10_000 {
        match step(&mut consumer, &mut store, now) {
            Want::Document { .. } => {
                consumer.document(document("now", None, None, events.clone()), now).unwrap();
            }
            Want::Event { .. } | Want::Retry { .. } => {
                if answered(&mut consumer, &mut store, &status(404), now) == Verdict::Remove {
                    removed = Some(now);
                    break;
                }
            }
            Want::CaughtUp if now > second(NOW) + YEAR => now = second(NOW),
            Want::CaughtUp => now += TimeDelta::seconds(1),
            want => unreachable!("{want:?}"),
        }
    }
    let removed = removed.unwrap();
    assert!(removed - second(NOW) < TimeDelta::minutes(20), "{removed}");
    assert_eq!(store.aside_count(), Ok(0));
}

#[test]
fn a_publisher_whose_clock_was_ahead_only_makes_its_replica_fetch_more() {
    let now = second(NOW);
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["a"]);
    let mut events = vec![event("1", "a", Method::Patch, 10)];
    let read = |consumer: &mut Consumer, store: &mut MemoryStore, events: &[_], date| {
        let it = document("now", None, None, events.to_vec()).with_date(Some(date));
        consume(consumer, store, &[it], now).unwrap()
    };
    read(&mut consumer, &mut store, &events, second(NOW) + YEAR);
    for number in 2..5 {
        events.push(event(&number.to_string(), "a", Method::Patch, 20));
        assert_eq!(read(&mut consumer, &mut store, &events, now).len(), 1);
    }
}

#[test]
fn times_at_the_ends_of_the_calendar_overflow_nothing() {
    let second_to_last = DateTime::<Utc>::MAX_UTC - TimeDelta::seconds(1);
    for now in [DateTime::<Utc>::MIN_UTC, second_to_last] {
        let mut consumer = in_doubt(now);
        let mut store = store(&["a"]);
        for at in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC, second(NOW)] {
            consumer = Consumer::new("now", consumer.position().clone());
            step(&mut consumer, &mut store, at);
            let snapshot = change_feed::Snapshot::new(at);
            let position = snapshot.position(now);
            let _ = snapshot.admit(&position, &change_feed::Patience::default(), now);
        }
    }
}
