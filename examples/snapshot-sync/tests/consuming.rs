//! The consuming rules (draft of 2015-06-30, sections 6 and 7) without a socket: each rule by
//! itself, and all of them against a model of a publisher that goes on changing.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use snapshot_sync::consume::{Action, Consumer, Entry, Method, Page, Position, Want};
use std::collections::{BTreeMap, HashMap};

fn second(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn entry(id: &str, target: &str, method: Method, seconds: i64) -> Entry {
    let (id, target) = (id.to_owned(), target.to_owned());
    Entry { id, target, self_uri: None, method, time: second(seconds) }
}

fn page(uri: &str, prev: Option<&str>, next: Option<&str>, entries: Vec<Entry>) -> Page {
    let (prev_archive, next_archive) = (prev.map(str::to_owned), next.map(str::to_owned));
    Page { uri: uri.to_owned(), entries, prev_archive, next_archive }
}

/// Consumes pages by URI to the end of the feed once; the actions by event id.
fn consume(
    consumer: &mut Consumer,
    fetched: &mut HashMap<String, u64>,
    pages: &[Page],
) -> Result<Vec<(String, Action)>, Want> {
    let mut actions = vec![];
    loop {
        let Ok(want) = consumer.step(fetched);
        match want {
            Want::Page(uri) => match pages.iter().find(|page| page.uri == uri) {
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
    };
    // By walking back, since the self link is gone.
    let pages = [at_event.clone(), now.clone()];
    let mut consumer = Consumer::new("now", position.clone());
    assert_eq!(ids(&consume(&mut consumer, &mut HashMap::new(), &pages).unwrap()), ["4", "5"]);
    // By the self link.
    let mut consumer = Consumer::new("now", position);
    let Ok(want) = consumer.step(&mut HashMap::new());
    assert_eq!(want, Want::Page("event3".to_owned()));
    at_event.uri = "0".to_owned();
    consumer.page(at_event);
    assert_eq!(ids(&consume(&mut consumer, &mut HashMap::new(), &[now]).unwrap()), ["4", "5"]);
}

#[test]
fn section_7_an_event_that_is_nowhere_means_the_history_was_cut() {
    let position = Position { start: second(10), last: Some(("3".to_owned(), None)), reading: 1 };
    let pages = [page("now", None, None, vec![entry("9", "a", Method::Put, 10)])];
    let mut consumer = Consumer::new("now", position.clone());
    assert_eq!(consume(&mut consumer, &mut HashMap::new(), &pages), Err(Want::HistoryCut));
    let circle = [page("now", Some("0"), None, vec![]), page("0", Some("now"), None, vec![])];
    let mut consumer = Consumer::new("now", position);
    assert_eq!(consume(&mut consumer, &mut HashMap::new(), &circle), Err(Want::HistoryCut));
}

/// A publisher's state and history.
#[derive(Debug, Default, Clone)]
struct Model {
    states: BTreeMap<String, String>,
    history: Vec<Event>,
    seconds: i64,
}

#[derive(Debug, Clone)]
struct Event {
    entry: Entry,
    body: String,
    /// All states after it.
    after: BTreeMap<String, String>,
}

impl Model {
    fn change(&mut self, (target, kind, passes): (u8, u8, i64)) {
        let number = self.history.len();
        let target = format!("t{target}");
        let body = format!("{number}.");
        self.seconds += passes;
        let method = match (kind, self.states.get(&target).cloned()) {
            (0..3, _) | (_, None) => {
                self.states.insert(target.clone(), body.clone());
                Method::Put
            }
            (3..6, Some(state)) => {
                self.states.insert(target.clone(), state + &body);
                Method::Patch
            }
            (6, Some(state)) => {
                self.states.insert(target.clone(), format!("{state}*"));
                Method::Post
            }
            (_, Some(_)) => {
                self.states.remove(&target);
                Method::Delete
            }
        };
        let entry = Entry {
            id: number.to_string(),
            target,
            self_uri: Some(format!("event/{number}")),
            method,
            time: second(self.seconds),
        };
        self.history.push(Event { entry, body, after: self.states.clone() });
    }

    /// The document of a URI as it is now, with the bodies of its events.
    fn document(&self, uri: &str, size: usize) -> Option<Page> {
        let youngest = self.history.len().saturating_sub(1) / size;
        let number = match uri.split_once('/') {
            Some(("archive", number)) => number.parse().ok()?,
            Some(("event", number)) => number.parse::<usize>().ok()? / size,
            _ => youngest,
        };
        let name = |number: usize| {
            if number == youngest { "now".to_owned() } else { format!("archive/{number}") }
        };
        let events = self.history.iter().skip(number * size).take(size);
        Some(Page {
            uri: name(number),
            entries: events.map(|event| event.entry.clone()).collect(),
            prev_archive: number.checked_sub(1).map(|earlier| format!("archive/{earlier}")),
            next_archive: (number < youngest).then(|| format!("archive/{}", number + 1)),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Snapshot plus feed gives the publisher's state, whatever changes when.
    #[test]
    fn snapshot_and_feed_give_the_publishers_state(
        changes in vec((0..5_u8, 0..8_u8, 0..2_i64), 1..60),
        (begun, made, size) in (0..20_usize, 0..20_usize, 1..6_usize),
        taken in vec(0..20_usize, 5),
        pace in vec(0..4_usize, 1..8),
    ) {
        let mut model = Model { seconds: 100, ..Model::default() };
        let mut changes = changes.into_iter();
        changes.by_ref().take(begun).for_each(|change| model.change(change));
        let (start, first) = (model.seconds, model.history.len());
        changes.by_ref().take(made).for_each(|change| model.change(change));
        // Each entity is in the snapshot as it was at some moment while the snapshot was made.
        let mut replica = BTreeMap::new();
        for (target, taken) in taken.iter().enumerate() {
            let moment = first + taken % (model.history.len() - first + 1);
            let states = moment.checked_sub(1).map(|last| &model.history[last].after);
            let target = format!("t{target}");
            if let Some(state) = states.and_then(|states| states.get(&target)) {
                replica.insert(target, state.clone());
            }
        }
        let mut consumer = Consumer::new("now", Position::after_snapshot(second(start)));
        let mut fetched = HashMap::new();
        let mut pace = pace.into_iter().cycle();
        let mut quiet = 0;
        while quiet < 2 {
            // The publisher goes on while the feed is read.
            for change in changes.by_ref().take(pace.next().unwrap_or(1)) {
                model.change(change);
            }
            let Ok(want) = consumer.step(&mut fetched);
            match want {
                Want::Page(uri) => match model.document(&uri, size) {
                    Some(page) => consumer.page(page),
                    None => consumer.page_gone(),
                },
                Want::Event(index, action) => {
                    let entry = consumer.entry(index).unwrap().clone();
                    let body = model.history[entry.id.parse::<usize>().unwrap()].body.clone();
                    match action {
                        Action::Replace => { replica.insert(entry.target, body); }
                        Action::Patch => { replica.entry(entry.target).or_default().push_str(&body); }
                        Action::Delete => { replica.remove(&entry.target); }
                        Action::Fetch => match model.states.get(&entry.target) {
                            Some(state) => { replica.insert(entry.target, state.clone()); }
                            None => { replica.remove(&entry.target); }
                        },
                    }
                }
                Want::CaughtUp => {
                    quiet = if changes.len() == 0 { quiet + 1 } else { 0 };
                    changes.by_ref().take(1).for_each(|change| model.change(change));
                    // A replica may be stopped here and begin again from what it stored.
                    consumer = Consumer::new("now", consumer.position().clone());
                }
                Want::HistoryCut => prop_assert!(false, "the history is whole"),
            }
        }
        prop_assert_eq!(replica, model.states);
    }
}
