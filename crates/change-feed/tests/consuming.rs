//! Each of the draft's consuming rules by itself (draft of 2015-06-30, sections 5 to 7).

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{
    Action, Consumer, LastEvent, MemoryStore, Method, Position, Snapshot, Stop, Verdict, Want,
};
use chrono::{DateTime, TimeDelta};
use feed::{
    answered, consume, document, event, id, ids, second, state, step, store, timeline, wait, wants,
};

const NOW: i64 = 1000;

fn after(last: &str, self_uri: Option<&str>) -> Position {
    let last = LastEvent::new(last, self_uri.map(str::to_owned), Some(second(10)));
    Position::after_event(second(10), last, 1)
}

#[test]
fn section_6_1_the_replay_begins_in_the_second_of_the_snapshots_start() {
    let started = DateTime::from_timestamp_millis(10_900).unwrap();
    let documents = [document(
        "now",
        None,
        None,
        vec![
            event("1", "a", Method::Put, 9),
            event("2", "b", Method::Put, 10),
            event("3", "c", Method::Put, 11),
        ],
    )];
    let mut consumer = Consumer::new("now", Position::after_snapshot(started));
    let actions = consume(&mut consumer, &mut MemoryStore::new(), &documents, second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["2", "3"]);
}

#[test]
fn section_6_1_in_the_window_a_patch_is_fetched_and_after_it_applied() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["b", "d"]);
    let mut events = vec![
        event("1", "a", Method::Put, 10),
        event("2", "b", Method::Patch, 10),
        event("3", "c", Method::Delete, 10),
        event("4", "d", Method::Post, 10),
    ];
    let mut read = |events: &[_]| {
        let documents = [document("now", None, None, events.to_vec())];
        consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap()
    };
    let kinds: Vec<_> = read(&events).iter().map(|(_, action)| *action).collect();
    assert_eq!(kinds, [Action::Replace, Action::Fetch, Action::Delete, Action::Fetch]);

    events.push(event("5", "a", Method::Patch, 11));
    assert_eq!(read(&events), [("5".to_owned(), Action::Patch)]);
}

#[test]
fn our_rule_a_patch_up_to_the_snapshots_completion_is_fetched_in_every_reading() {
    // A cache may serve a document from before the completion: the first reading ends with it.
    let snapshot = Snapshot::new(second(10)).with_completed(Some(second(20)));
    let mut consumer = Consumer::new("now", snapshot.position(second(NOW)));
    let mut store = store(&["a"]);
    let mut events = vec![event("1", "x", Method::Put, 10)];
    let mut read = |events: &[_]| {
        let documents = [document("now", None, None, events.to_vec())];
        consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap()
    };
    read(&events);
    events.push(event("2", "a", Method::Patch, 20));
    assert_eq!(read(&events), [("2".to_owned(), Action::Fetch)]);
    read(&events);
    events.push(event("3", "a", Method::Patch, 21));
    assert_eq!(read(&events), [("3".to_owned(), Action::Patch)]);
}

#[test]
fn our_rule_a_patch_that_the_snapshots_states_contain_is_fetched_in_every_reading() {
    // The index tells no completion, but the states have entity tags with the numbers of events.
    let mut position = Snapshot::new(second(10)).position(second(NOW));
    position.contains_state(&format!("\"{}\"", id(1, 3).split_once('@').unwrap().0));
    let mut consumer = Consumer::new("now", position);
    consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
    let mut store = store(&["a"]);
    let mut events = vec![event(&id(1, 1), "x", Method::Put, 10)];
    let mut read = |events: &[_]| {
        let documents = [document("now", None, None, events.to_vec())];
        // A feed that does not reach the snapshot's states makes the consumer ask.
        match consume(&mut consumer, &mut store, &documents, second(NOW)) {
            Err(Want::Timeline) => {
                consumer.timeline(&timeline(&[(1, 1)]), None, second(NOW));
                assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::CaughtUp);
                vec![]
            }
            actions => actions.unwrap(),
        }
    };
    read(&events);
    events.push(event(&id(1, 2), "a", Method::Patch, 20));
    events.push(event(&id(1, 3), "a", Method::Patch, 20));
    assert_eq!(read(&events), [(id(1, 2), Action::Fetch), (id(1, 3), Action::Fetch)]);
    read(&events);
    events.push(event(&id(1, 4), "a", Method::Patch, 20));
    assert_eq!(read(&events), [(id(1, 4), Action::Patch)]);
}

#[test]
fn our_rule_a_fetched_entity_stays_until_a_later_reading_ends_without_a_get() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["b"]);
    let mut events = vec![event("1", "b", Method::Patch, 10)];
    let mut read = |events: &[_]| {
        let documents = [document("now", None, None, events.to_vec())];
        consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap()
    };
    assert_eq!(read(&events), [("1".to_owned(), Action::Fetch)]);
    // The state that was fetched may contain this patch already.
    events.push(event("2", "b", Method::Patch, 11));
    assert_eq!(read(&events), [("2".to_owned(), Action::Fetch)]);
    assert_eq!(read(&events), []);
    events.push(event("3", "b", Method::Patch, 12));
    assert_eq!(read(&events), [("3".to_owned(), Action::Patch)]);
}

#[test]
fn our_rule_a_document_older_than_a_fetched_state_does_not_end_its_window() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["b"]);
    let mut events = vec![event("1", "b", Method::Patch, 10)];
    let mut read = |events: &[_], date| {
        let now = document("now", None, None, events.to_vec()).with_date(Some(second(date)));
        let Want::Document { .. } = step(&mut consumer, &mut store, second(NOW)) else {
            unreachable!()
        };
        consumer.document(now, second(NOW)).unwrap();
        let mut actions = vec![];
        loop {
            match step(&mut consumer, &mut store, second(NOW)) {
                Want::Event { action, .. } => {
                    actions.push(action);
                    if action == Action::Fetch {
                        let answer = state().with_date(Some(second(date.max(100))));
                        let verdict = answered(&mut consumer, &mut store, &answer, second(NOW));
                        assert_eq!(verdict, Verdict::Store);
                    }
                }
                want => break assert_eq!(want, Want::CaughtUp),
            }
        }
        actions
    };
    assert_eq!(read(&events, 50), [Action::Fetch]);
    // These come from a cache: the state of second 100 may contain patches that they lack.
    assert_eq!(read(&events, 60), []);
    assert_eq!(read(&events, 100), []);
    events.push(event("2", "b", Method::Patch, 11));
    assert_eq!(read(&events, 101), [Action::Fetch]);
    assert_eq!(read(&events, 102), []);
    events.push(event("3", "b", Method::Patch, 103));
    assert_eq!(read(&events, 104), [Action::Patch]);
}

#[test]
fn our_rule_a_patch_that_does_not_fit_is_replaced_by_a_fetch() {
    let mut consumer = Consumer::new("now", after("1", None));
    let mut store = store(&["a"]);
    let events = vec![event("1", "a", Method::Put, 10), event("2", "a", Method::Patch, 11)];
    step(&mut consumer, &mut store, second(NOW));
    consumer.document(document("now", None, None, events), second(NOW)).unwrap();
    // Before any event there is nothing to replace.
    consumer.fetch_instead();
    let want = step(&mut consumer, &mut store, second(NOW));
    assert_eq!(want, Want::Event { index: 1, action: Action::Patch });
    assert_eq!(consumer.position().last().unwrap().id(), "2");
    consumer.fetch_instead();
    assert_eq!(consumer.position().last().unwrap().id(), "1");
    let want = step(&mut consumer, &mut store, second(NOW));
    assert_eq!(want, Want::Event { index: 1, action: Action::Fetch });
    // Twice is once.
    consumer.fetch_instead();
    assert_eq!(answered(&mut consumer, &mut store, &state(), second(NOW)), Verdict::Store);
    assert_eq!(consumer.position().last().unwrap().id(), "2");
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::CaughtUp);
    consumer.fetch_instead();
    assert_eq!(consumer.position().last().unwrap().id(), "2");
}

#[test]
fn section_5_2_the_replay_walks_back_over_archives_and_forward_again() {
    let documents = [
        document(
            "0",
            None,
            Some("1"),
            vec![event("1", "a", Method::Put, 8), event("2", "a", Method::Put, 9)],
        ),
        document(
            "1",
            Some("0"),
            Some("now"),
            vec![event("3", "a", Method::Put, 10), event("4", "a", Method::Put, 10)],
        ),
        document("now", Some("1"), None, vec![event("5", "a", Method::Put, 10)]),
    ];
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let actions = consume(&mut consumer, &mut MemoryStore::new(), &documents, second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["3", "4", "5"]);
}

#[test]
fn section_7_resuming_finds_the_event_by_its_self_link_or_by_walking_back() {
    let last = event("3", "a", Method::Put, 10).with_self_uri("event3");
    let events = || vec![last.clone(), event("4", "a", Method::Put, 10)];
    let at_event = document("0", None, Some("now"), events());
    let now = document("now", Some("0"), None, vec![event("5", "a", Method::Put, 10)]);
    // By walking back, since the self link is gone.
    let documents = [at_event.clone(), now.clone()];
    let mut consumer = Consumer::new("now", after("3", Some("event3")));
    let mut store = MemoryStore::new();
    let actions = consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["4", "5"]);
    // By the self link.
    let mut consumer = Consumer::new("now", after("3", Some("event3")));
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("event3", false));
    consumer.document(at_event, second(NOW)).unwrap();
    let actions = consume(&mut consumer, &mut store, &[now], second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["4", "5"]);
}

#[test]
fn section_7_an_event_that_is_nowhere_means_after_patience_that_the_history_was_cut() {
    let documents = [document("now", None, None, vec![event("9", "a", Method::Put, 10)])];
    let mut consumer = Consumer::new("now", after("3", None));
    let (want, ..) = wait(&mut consumer, &mut MemoryStore::new(), &documents, second(NOW));
    assert_eq!(want, Want::Stop(Stop::HistoryCut));
}

#[test]
fn section_7_an_event_that_its_self_link_does_not_lead_to_is_sought_from_the_subscription_document()
{
    let documents = [
        document("astray", Some("older"), None, vec![event("1", "a", Method::Put, 10)]),
        document("0", None, Some("now"), vec![event("3", "a", Method::Put, 10)]),
        document("now", Some("0"), None, vec![event("4", "a", Method::Put, 10)]),
    ];
    let mut consumer = Consumer::new("now", after("3", Some("astray")));
    let actions = consume(&mut consumer, &mut MemoryStore::new(), &documents, second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["4"]);
}

#[test]
fn section_4_6_a_feed_read_to_its_end_is_polled_with_its_entity_tag() {
    let now = document("now", None, None, vec![event("1", "a", Method::Patch, 10)])
        .with_etag(Some("\"1\"".to_owned()));
    let mut store = store(&["a"]);
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    consume(&mut consumer, &mut store, &[now], second(NOW)).unwrap();
    let poll =
        Want::Document { uri: "now".to_owned(), etag: Some("\"1\"".to_owned()), fresh: false };
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), poll);
    assert_eq!(store.fetched_count(), 1);
    // Unchanged: that was a whole reading, and it ended without a GET.
    consumer.not_modified(None);
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::CaughtUp);
    assert_eq!(store.fetched_count(), 0);
    assert_eq!(consumer.position().etag(), Some("\"1\""));
    assert_eq!(consumer.position().reading(), 2);
}

#[test]
fn rfc9110_15_4_5_a_document_that_was_asked_for_without_a_condition_cannot_be_unmodified() {
    let mut consumer = Consumer::new("now", after("3", Some("event3")));
    let mut store = MemoryStore::new();
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("event3", false));
    consumer.not_modified(None);
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("event3", false));
}

#[test]
fn section_7_a_polled_document_that_has_moved_on_is_left_for_the_self_link() {
    let first = event("1", "a", Method::Put, 10).with_self_uri("event1");
    let now = document("now", None, None, vec![first]).with_etag(Some("\"1\"".to_owned()));
    let mut store = MemoryStore::new();
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    consume(&mut consumer, &mut store, &[now], second(NOW)).unwrap();
    step(&mut consumer, &mut store, second(NOW));
    let moved = document("now", Some("0"), None, vec![event("2", "a", Method::Put, 10)]);
    consumer.document(moved, second(NOW)).unwrap();
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("event1", false));
}

#[test]
fn a_subscription_document_found_elsewhere_still_ends_the_reading() {
    let mut consumer = Consumer::new("latest", Position::after_snapshot(second(10)));
    let mut store = MemoryStore::new();
    step(&mut consumer, &mut store, second(NOW));
    let events = vec![event("1", "a", Method::Put, 10)];
    consumer.document(document("pages/7", None, None, events), second(NOW)).unwrap();
    let want = step(&mut consumer, &mut store, second(NOW));
    assert_eq!(want, Want::Event { index: 0, action: Action::Replace });
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::CaughtUp);
}

#[test]
fn an_empty_subscription_document_that_is_reached_by_another_uri_ends_the_reading() {
    let mut consumer = Consumer::new("latest", after("1", None));
    let mut store = MemoryStore::new();
    let archive = || document("6", None, Some("7"), vec![event("1", "a", Method::Put, 10)]);
    let current = || document("7", Some("6"), None, vec![]);
    for (asked, answer) in
        [("latest", current()), ("6", archive()), ("7", current()), ("latest", current())]
    {
        let Want::Document { uri, .. } = step(&mut consumer, &mut store, second(NOW)) else {
            unreachable!("{asked}")
        };
        assert_eq!(uri, asked);
        consumer.document(answer, second(NOW)).unwrap();
    }
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), Want::CaughtUp);
}

#[test]
fn a_document_that_does_not_follow_on_is_not_taken_for_the_next_one() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = MemoryStore::new();
    step(&mut consumer, &mut store, second(NOW));
    let four = || vec![event("4", "a", Method::Put, 10)];
    consumer.document(document("now", Some("1"), None, four()), second(NOW)).unwrap();
    step(&mut consumer, &mut store, second(NOW));
    let three = || vec![event("3", "a", Method::Put, 10)];
    // A feed that begins here has lost nothing.
    consumer.document(document("1", None, Some("2"), three()), second(NOW)).unwrap();
    let want = step(&mut consumer, &mut store, second(NOW));
    assert_eq!(want, Want::Event { index: 0, action: Action::Replace });
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("2", false));
    // Meanwhile the subscription document became archive document 2, and a younger one is here.
    let five = || vec![event("5", "a", Method::Put, 10)];
    consumer.document(document("now", Some("2"), None, five()), second(NOW)).unwrap();
    let documents = [
        document("now", Some("2"), None, five()),
        document("2", Some("1"), Some("now"), four()),
        document("1", None, Some("2"), three()),
    ];
    let actions = consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["4", "5"]);
}

#[test]
fn a_document_that_may_still_grow_is_read_again_before_the_one_after_it() {
    // The self link leads to the current document under its own URI: it has no next link yet.
    let mut consumer = Consumer::new("now", after("1", Some("event1")));
    let mut store = MemoryStore::new();
    step(&mut consumer, &mut store, second(NOW));
    let one = event("1", "a", Method::Put, 10);
    consumer.document(document("7", None, None, vec![one.clone()]), second(NOW)).unwrap();
    assert_eq!(step(&mut consumer, &mut store, second(NOW)), wants("now", false));
    // Meanwhile it got an event, and another document came after it.
    let documents = [
        document("7", None, Some("8"), vec![one, event("2", "a", Method::Put, 10)]),
        document("now", Some("7"), None, vec![event("3", "a", Method::Put, 10)]),
        document("8", Some("7"), None, vec![event("3", "a", Method::Put, 10)]),
    ];
    let actions = consume(&mut consumer, &mut store, &documents, second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["2", "3"]);
}

#[test]
fn a_document_that_repeats_the_last_event_does_not_repeat_its_effect() {
    let documents = [
        document("0", None, Some("now"), vec![event("1", "a", Method::Put, 10)]),
        document(
            "now",
            Some("0"),
            None,
            vec![event("1", "a", Method::Put, 10), event("2", "a", Method::Patch, 10)],
        ),
    ];
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let actions = consume(&mut consumer, &mut store(&["a"]), &documents, second(NOW)).unwrap();
    assert_eq!(ids(&actions), ["1", "2"]);
}

#[test]
fn documents_that_follow_on_each_other_in_a_circle_come_to_an_end() {
    let circle = [
        document("now", Some("0"), None, vec![event("9", "a", Method::Put, 11)]),
        document("0", None, Some("1"), vec![event("1", "a", Method::Put, 9)]),
        document("1", Some("0"), Some("2"), vec![]),
        document("2", Some("1"), Some("1"), vec![]),
    ];
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let (want, waits, now) = wait(&mut consumer, &mut MemoryStore::new(), &circle, second(NOW));
    assert_eq!(want, Want::Stop(Stop::HistoryCut));
    assert!(waits >= 5 && now - second(NOW) >= TimeDelta::minutes(5));
}

#[test]
fn an_action_can_be_known_before_its_turn_and_nothing_changes_by_that() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = store(&["a"]);
    step(&mut consumer, &mut store, second(NOW));
    let events = vec![
        event("1", "b", Method::Put, 9),
        event("2", "b", Method::Put, 10),
        event("3", "a", Method::Patch, 10),
    ];
    consumer.document(document("now", None, None, events), second(NOW)).unwrap();
    let before = (consumer.position().clone(), store.clone());
    let likely = |index| consumer.likely(index, &store).unwrap();
    assert_eq!(
        [0, 1, 2, 3].map(likely),
        [Some(Action::Leave), Some(Action::Replace), Some(Action::Fetch), None]
    );
    assert_eq!((consumer.position().clone(), store), before);
}

#[test]
fn section_4_6_an_entity_tag_is_that_of_the_feeds_end_alone() {
    let etag = |it: change_feed::Document| it.with_etag(Some("\"1\"".to_owned()));
    let mut events = vec![event("1", "a", Method::Put, 10)];
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut store = MemoryStore::new();
    let first = [etag(document("now", None, None, events.clone()))];
    consume(&mut consumer, &mut store, &first, second(NOW)).unwrap();
    events.extend([event("2", "a", Method::Put, 10), event("3", "a", Method::Put, 10)]);
    step(&mut consumer, &mut store, second(NOW));
    consumer.document(document("now", None, None, events), second(NOW)).unwrap();
    step(&mut consumer, &mut store, second(NOW));
    // Killed here, a replica must not be told that nothing has changed since event 1.
    assert_eq!(consumer.position().last().unwrap().id(), "2");
    assert_eq!(consumer.position().etag(), None);
}
