//! Number 2: what a cache has from before a publisher was restored from a backup is not taken.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
mod feed;
use change_feed::{Action, Consumer, MemoryStore, Method, Snapshot, Verdict, Want};
use feed::{answered, consume, document, event, id, second, state, step, store, timeline};

/// Archive 1 has 1.1 and 1.2; the publisher went on with 1.3 and 1.4 on archive 2, and was restored to
/// 1.2; archive 2 of now has 2.3 and 2.4. A cache still has the former archive 2 (immutable).
#[test]
fn an_archive_of_the_other_timeline_is_not_consumed() {
    let now = second(100_000);
    let told = timeline(&[(1, 1), (2, 3)]);
    let position = Snapshot::new(second(1)).with_timeline(Some(told.clone())).position(second(20));
    let mut consumer = Consumer::new("now", position);
    let mut memory = MemoryStore::new();
    consumer.timeline(&told, None, now);
    let put = |run, number, time| event(&id(run, number), "a", Method::Put, time);
    let one = document("1", None, Some("2"), vec![put(1, 1, 10), put(1, 2, 20)]);
    let old = document("2", Some("1"), Some("3"), vec![put(1, 3, 30), put(1, 4, 40)]);
    let latest = document("now", Some("2"), None, vec![put(2, 5, 500)]);
    let _ = consume(&mut consumer, &mut memory, &[one, old, latest], now);
    assert_ne!(consumer.position().last().unwrap().id(), id(1, 4));
}

#[test]
fn a_state_of_the_other_timeline_is_not_stored() {
    let now = second(100_000);
    let told = timeline(&[(1, 1), (2, 3)]);
    let position = Snapshot::new(second(1)).with_timeline(Some(told.clone())).position(second(20));
    let mut consumer = Consumer::new("now", position);
    let mut memory = store(&["a"]);
    consumer.timeline(&told, None, now);
    step(&mut consumer, &mut memory, now);
    let events =
        vec![event(&id(1, 1), "b", Method::Put, 10), event(&id(2, 3), "a", Method::Patch, 500)];
    consumer
        .document(document("now", None, None, events).with_date(Some(second(501))), now)
        .unwrap();
    step(&mut consumer, &mut memory, now);
    let want = step(&mut consumer, &mut memory, now);
    assert_eq!(want, Want::Event { index: 1, action: Action::Fetch });
    let tag = format!("\"{}\"", id(1, 4).split_once('@').unwrap().0);
    let answer = state().with_etag(Some(&tag)).with_date(Some(second(40)));
    let verdict = answered(&mut consumer, &mut memory, &answer, now);
    assert_eq!(verdict, Verdict::Ignore);
}
