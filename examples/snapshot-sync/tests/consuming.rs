//! Each of the consuming rules by itself (draft of 2015-06-30, sections 6 and 7), without a socket.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use chrono::{DateTime, Utc};
use snapshot_sync::consume::{Action, Consumer, Entry, Page, Position, Want};
use snapshot_sync::event::Method;
use std::collections::HashMap;

fn second(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn entry(id: &str, target: &str, method: Method, seconds: i64) -> Entry {
    let (id, target) = (id.to_owned(), target.to_owned());
    Entry { id, target, self_uri: None, method, time: second(seconds) }
}

fn page(uri: &str, prev: Option<&str>, next: Option<&str>, entries: Vec<Entry>) -> Page {
    let (prev_archive, next_archive) = (prev.map(str::to_owned), next.map(str::to_owned));
    Page { uri: uri.to_owned(), etag: None, entries, prev_archive, next_archive }
}

/// Consumes the feed of these pages to its end once, and returns the action for each event id.
fn consume(
    consumer: &mut Consumer,
    fetched: &mut HashMap<String, u64>,
    pages: &[Page],
) -> Result<Vec<(String, Action)>, Want> {
    let mut actions = vec![];
    loop {
        let Ok(want) = consumer.step(fetched);
        match want {
            Want::Page { uri, .. } => match pages.iter().find(|page| page.uri == uri) {
                Some(page) => consumer.page(page.clone()),
                None => consumer.page_gone(),
            },
            Want::Event(index, action) => {
                actions.push((consumer.entry(index).unwrap().id.clone(), action));
            }
            Want::CaughtUp => return Ok(actions),
            cut @ Want::HistoryCut => return Err(cut),
        }
    }
}

fn ids(actions: &[(String, Action)]) -> Vec<&str> {
    actions.iter().map(|(id, _)| id.as_str()).collect()
}

#[test]
fn section_6_1_the_replay_begins_in_the_second_of_the_snapshots_start() {
    let started = DateTime::from_timestamp_millis(10_900).unwrap();
    let pages = [page(
        "now",
        None,
        None,
        vec![
            entry("1", "a", Method::Put, 9),
            entry("2", "b", Method::Put, 10),
            entry("3", "c", Method::Put, 11),
        ],
    )];
    let mut consumer = Consumer::new("now", Position::after_snapshot(started));
    let actions = consume(&mut consumer, &mut HashMap::new(), &pages).unwrap();
    assert_eq!(ids(&actions), ["2", "3"]);
}

#[test]
fn section_6_1_in_the_window_a_patch_is_fetched_and_after_it_applied() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut fetched = HashMap::new();
    let mut entries = vec![
        entry("1", "a", Method::Put, 10),
        entry("2", "b", Method::Patch, 10),
        entry("3", "c", Method::Delete, 10),
        entry("4", "d", Method::Post, 10),
    ];
    let actions =
        consume(&mut consumer, &mut fetched, &[page("now", None, None, entries.clone())]).unwrap();
    let kinds: Vec<_> = actions.iter().map(|(_, action)| *action).collect();
    assert_eq!(kinds, [Action::Replace, Action::Fetch, Action::Delete, Action::Fetch]);

    entries.push(entry("5", "a", Method::Patch, 11));
    let actions =
        consume(&mut consumer, &mut fetched, &[page("now", None, None, entries.clone())]).unwrap();
    assert_eq!(actions, [("5".to_owned(), Action::Patch)]);
}

#[test]
fn our_rule_a_fetched_entity_stays_until_a_later_reading_ends_without_a_get() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut fetched = HashMap::new();
    let mut entries = vec![entry("1", "b", Method::Patch, 10)];
    let mut read = |consumer: &mut Consumer, entries: &[Entry]| {
        let pages = [page("now", None, None, entries.to_vec())];
        consume(consumer, &mut fetched, &pages).unwrap()
    };
    assert_eq!(read(&mut consumer, &entries), [("1".to_owned(), Action::Fetch)]);
    // The state that was fetched may hold this patch already.
    entries.push(entry("2", "b", Method::Patch, 11));
    assert_eq!(read(&mut consumer, &entries), [("2".to_owned(), Action::Fetch)]);
    assert_eq!(read(&mut consumer, &entries), []);
    entries.push(entry("3", "b", Method::Patch, 12));
    assert_eq!(read(&mut consumer, &entries), [("3".to_owned(), Action::Patch)]);
}

#[test]
fn section_5_2_the_replay_walks_back_over_archives_and_forward_again() {
    let pages = [
        page(
            "0",
            None,
            Some("1"),
            vec![entry("1", "a", Method::Put, 8), entry("2", "a", Method::Put, 9)],
        ),
        page(
            "1",
            Some("0"),
            Some("now"),
            vec![entry("3", "a", Method::Put, 10), entry("4", "a", Method::Put, 10)],
        ),
        page("now", Some("1"), None, vec![entry("5", "a", Method::Put, 10)]),
    ];
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let actions = consume(&mut consumer, &mut HashMap::new(), &pages).unwrap();
    assert_eq!(ids(&actions), ["3", "4", "5"]);
}

#[test]
fn section_7_resuming_finds_the_event_by_its_self_link_or_by_walking_back() {
    let mut last = entry("3", "a", Method::Put, 10);
    last.self_uri = Some("event3".to_owned());
    let mut at_event =
        page("0", None, Some("now"), vec![last.clone(), entry("4", "a", Method::Put, 10)]);
    let now = page("now", Some("0"), None, vec![entry("5", "a", Method::Put, 10)]);
    let position = Position {
        start: second(10),
        last: Some(("3".to_owned(), Some("event3".to_owned()))),
        reading: 1,
        etag: None,
    };
    // By walking back, since the self link is gone.
    let pages = [at_event.clone(), now.clone()];
    let mut consumer = Consumer::new("now", position.clone());
    assert_eq!(ids(&consume(&mut consumer, &mut HashMap::new(), &pages).unwrap()), ["4", "5"]);
    // By the self link.
    let mut consumer = Consumer::new("now", position);
    let Ok(want) = consumer.step(&mut HashMap::new());
    assert_eq!(want, Want::Page { uri: "event3".to_owned(), etag: None });
    at_event.uri = "0".to_owned();
    consumer.page(at_event);
    assert_eq!(ids(&consume(&mut consumer, &mut HashMap::new(), &[now]).unwrap()), ["4", "5"]);
}

#[test]
fn section_7_an_event_that_is_nowhere_means_the_history_was_cut() {
    let position =
        Position { start: second(10), last: Some(("3".to_owned(), None)), reading: 1, etag: None };
    let pages = [page("now", None, None, vec![entry("9", "a", Method::Put, 10)])];
    let mut consumer = Consumer::new("now", position.clone());
    assert_eq!(consume(&mut consumer, &mut HashMap::new(), &pages), Err(Want::HistoryCut));
    let circle = [page("now", Some("0"), None, vec![]), page("0", Some("now"), None, vec![])];
    let mut consumer = Consumer::new("now", position);
    assert_eq!(consume(&mut consumer, &mut HashMap::new(), &circle), Err(Want::HistoryCut));
}

#[test]
fn section_7_an_event_that_its_self_link_does_not_lead_to_is_sought_from_the_subscription_document()
{
    let position = Position {
        start: second(10),
        last: Some(("3".to_owned(), Some("astray".to_owned()))),
        reading: 1,
        etag: None,
    };
    let pages = [
        page("astray", Some("older"), None, vec![entry("1", "a", Method::Put, 10)]),
        page("0", None, Some("now"), vec![entry("3", "a", Method::Put, 10)]),
        page("now", Some("0"), None, vec![entry("4", "a", Method::Put, 10)]),
    ];
    let mut consumer = Consumer::new("now", position);
    assert_eq!(ids(&consume(&mut consumer, &mut HashMap::new(), &pages).unwrap()), ["4"]);
}

#[test]
fn section_4_6_a_feed_read_to_its_end_is_polled_with_its_entity_tag() {
    let mut now = page("now", None, None, vec![entry("1", "a", Method::Patch, 10)]);
    now.etag = Some("\"1\"".to_owned());
    let mut fetched = HashMap::new();
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    consume(&mut consumer, &mut fetched, &[now]).unwrap();
    let Ok(want) = consumer.step(&mut fetched);
    assert_eq!(want, Want::Page { uri: "now".to_owned(), etag: Some("\"1\"".to_owned()) });
    // Unchanged: that was a whole reading, and it ended without a GET.
    consumer.page_unchanged();
    assert_eq!(consumer.step(&mut fetched), Ok(Want::CaughtUp));
    assert!(fetched.is_empty());
    assert_eq!(consumer.position().etag.as_deref(), Some("\"1\""));
}

#[test]
fn section_7_a_polled_document_that_has_moved_on_is_left_for_the_self_link() {
    let position = Position {
        start: second(10),
        last: Some(("1".to_owned(), Some("event1".to_owned()))),
        reading: 1,
        etag: Some("\"1\"".to_owned()),
    };
    let mut consumer = Consumer::new("now", position);
    let Ok(_) = consumer.step(&mut HashMap::new());
    consumer.page(page("now", Some("0"), None, vec![entry("2", "a", Method::Put, 10)]));
    let Ok(want) = consumer.step(&mut HashMap::new());
    assert_eq!(want, Want::Page { uri: "event1".to_owned(), etag: None });
}

#[test]
fn a_subscription_document_found_elsewhere_still_ends_the_reading() {
    let mut consumer = Consumer::new("latest", Position::after_snapshot(second(10)));
    let mut fetched = HashMap::new();
    let Ok(_) = consumer.step(&mut fetched);
    consumer.page(page("pages/7", None, None, vec![entry("1", "a", Method::Put, 10)]));
    assert_eq!(consumer.step(&mut fetched), Ok(Want::Event(0, Action::Replace)));
    assert_eq!(consumer.step(&mut fetched), Ok(Want::CaughtUp));
}

#[test]
fn a_page_that_does_not_follow_on_is_not_taken_for_the_next_one() {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    let mut fetched = HashMap::new();
    let Ok(_) = consumer.step(&mut fetched);
    consumer.page(page("now", Some("1"), None, vec![entry("4", "a", Method::Put, 10)]));
    let Ok(_) = consumer.step(&mut fetched);
    consumer.page(page("1", None, Some("2"), vec![entry("3", "a", Method::Put, 10)]));
    assert_eq!(consumer.step(&mut fetched), Ok(Want::Event(0, Action::Replace)));
    let Ok(want) = consumer.step(&mut fetched);
    assert_eq!(want, Want::Page { uri: "2".to_owned(), etag: None });
    // Meanwhile the subscription document became archive document 2, and a younger one stands here.
    consumer.page(page("now", Some("2"), None, vec![entry("5", "a", Method::Put, 10)]));
    let pages = [
        page("now", Some("2"), None, vec![entry("5", "a", Method::Put, 10)]),
        page("2", Some("1"), Some("now"), vec![entry("4", "a", Method::Put, 10)]),
        page("1", None, Some("2"), vec![entry("3", "a", Method::Put, 10)]),
    ];
    assert_eq!(ids(&consume(&mut consumer, &mut fetched, &pages).unwrap()), ["4", "5"]);
}

#[test]
fn documents_that_follow_on_each_other_in_a_circle_come_to_an_end() {
    let circle = [
        page("now", Some("0"), None, vec![entry("9", "a", Method::Put, 11)]),
        page("0", None, Some("1"), vec![entry("1", "a", Method::Put, 9)]),
        page("1", Some("0"), Some("2"), vec![]),
        page("2", Some("1"), Some("1"), vec![]),
    ];
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    assert_eq!(consume(&mut consumer, &mut HashMap::new(), &circle), Err(Want::HistoryCut));
}
