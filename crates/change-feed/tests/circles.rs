//! A publisher whose documents lead nowhere, and one whose clock steps back.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the module serves several test programs")]

mod feed;

use change_feed::{Action, Consumer, DoubtReason, MemoryStore, Method, Snapshot, Want};
use feed::{consume, document, event, second};

#[test]
fn archives_that_follow_on_each_other_in_a_circle_are_not_read_for_ever() {
    let put = |id, time| event(id, "a", Method::Put, time);
    let documents = [
        document("now", Some("2"), None, vec![put("9", 19)]),
        document("1", Some("2"), Some("2"), vec![put("0", 9), put("1", 11)]),
        document("2", Some("1"), Some("1"), vec![put("2", 12)]),
    ];
    let position = Snapshot::new(second(10)).position(second(20));
    let mut consumer = Consumer::new("now", position);
    let mut store = MemoryStore::new();
    let now = second(1000);
    let stopped = consume(&mut consumer, &mut store, &documents, now);
    let waits = |want: &Want| matches!(want, Want::Wait { reason, .. } if *reason == DoubtReason::MissingEvent);
    assert!(stopped.as_ref().is_err_and(waits), "{stopped:?}");
}

#[test]
fn an_event_whose_time_has_stepped_back_before_the_snapshot_is_not_left() {
    let position = Snapshot::new(second(100)).position(second(200));
    let mut consumer = Consumer::new("now", position);
    let mut store = MemoryStore::new();
    let events = vec![
        event("1", "a", Method::Put, 90),
        event("2", "b", Method::Put, 100),
        event("3", "a", Method::Delete, 50),
        event("4", "c", Method::Put, 60),
    ];
    let documents = [document("now", None, None, events)];
    let done = consume(&mut consumer, &mut store, &documents, second(1000)).unwrap();
    let expected = [("2", Action::Replace), ("3", Action::Delete), ("4", Action::Replace)];
    assert_eq!(done, expected.map(|(id, action)| (id.to_owned(), action)));
}
