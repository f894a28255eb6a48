//! The consuming rules against a model. Whatever a publisher does while its snapshot is written and
//! its feed is read, snapshot and feed together give its final state.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use snapshot_sync::consume::{Action, Consumer, Entry, Page, Position, Want};
use snapshot_sync::event::Method;
use std::collections::{BTreeMap, HashMap};

const SUBSCRIPTION: &str = "now";

type States = BTreeMap<String, String>;

fn second(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// A publisher's state and history, its feed in documents of so many events.
#[derive(Debug, Clone)]
struct Model {
    states: States,
    history: Vec<Event>,
    /// The wall clock, which may step back.
    wall: i64,
    /// The publisher's clock, which never does.
    seconds: i64,
    page_events: usize,
}

#[derive(Debug, Clone)]
struct Event {
    entry: Entry,
    body: String,
    /// All states after it.
    after: States,
}

/// A target, the change to it, and the seconds by which the wall clock moves before the change.
type Change = (u8, u8, i64);

impl Model {
    /// A patch appends, so that one that is applied twice, too late or not at all shows.
    fn change(&mut self, (target, kind, passes): Change) {
        let number = self.history.len();
        let target = format!("t{target}");
        let body = format!("{number}.");
        self.wall += passes;
        self.seconds = self.seconds.max(self.wall);
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

    /// The states after so many events.
    fn at(&self, moment: usize) -> States {
        let last = moment.checked_sub(1);
        last.map(|last| self.history[last].after.clone()).unwrap_or_default()
    }

    /// The entity tag of the subscription document.
    fn etag(&self) -> String {
        self.history.len().to_string()
    }

    /// The document of a URI as it is now.
    fn document(&self, uri: &str) -> Option<Page> {
        let size = self.page_events;
        let youngest = self.history.len().saturating_sub(1) / size;
        let number = match uri.split_once('/') {
            Some(("archive", number)) => number.parse().ok()?,
            Some(("event", number)) => number.parse::<usize>().ok()? / size,
            _ => youngest,
        };
        let archive = |number: usize| format!("archive/{number}");
        let is_youngest = number == youngest;
        let events = self.history.iter().skip(number * size).take(size);
        Some(Page {
            uri: if is_youngest { SUBSCRIPTION.to_owned() } else { archive(number) },
            etag: is_youngest.then(|| self.etag()),
            entries: events.map(|event| event.entry.clone()).collect(),
            prev_archive: number.checked_sub(1).map(archive),
            next_archive: (!is_youngest).then(|| archive(number + 1)),
        })
    }

    fn body(&self, id: &str) -> String {
        self.history[id.parse::<usize>().unwrap()].body.clone()
    }
}

/// The course of one run.
#[derive(Debug, Clone)]
struct Run {
    changes: Vec<Change>,
    /// How many changes come before the snapshot is begun, and how many while it is made.
    before: usize,
    during: usize,
    /// After which of the latter each entity is written into the snapshot.
    taken: Vec<usize>,
    page_events: usize,
    /// How many changes come before each step of the consumer, around and around.
    pace: Vec<usize>,
    /// Whether the consumer is stopped after each event and begun again, around and around.
    stops: Vec<bool>,
    /// Whether each state that is fetched was asked for as soon as the document was there, around
    /// and around.
    ahead: Vec<bool>,
}

fn run() -> impl Strategy<Value = Run> {
    let changes = vec((0..5_u8, 0..8_u8, -3..3_i64), 1..60);
    let snapshot = (0..20_usize, 0..20_usize, vec(0..20_usize, 5));
    let flags = || vec(any::<bool>(), 1..8);
    let reading = (1..6_usize, vec(0..4_usize, 1..8), flags(), flags());
    (changes, snapshot, reading).prop_map(
        |(changes, (before, during, taken), (page_events, pace, stops, ahead))| Run {
            changes,
            before,
            during,
            taken,
            page_events,
            pace,
            stops,
            ahead,
        },
    )
}

/// Consumes the feed until there are no more changes; returns the states of publisher and replica.
fn consumed(run: Run) -> (States, States) {
    let Run { changes, before, during, taken, page_events, pace, stops, ahead } = run;
    let (states, history, seconds) = (States::new(), Vec::new(), 100);
    let mut model = Model { states, history, wall: seconds, seconds, page_events };
    let mut changes = changes.into_iter();
    changes.by_ref().take(before).for_each(|change| model.change(change));
    let (start, first) = (model.seconds, model.history.len());
    changes.by_ref().take(during).for_each(|change| model.change(change));
    // A snapshot need not be of one moment: each entity is as it was at some moment since the
    // start.
    let mut replica = States::new();
    for (target, taken) in taken.iter().enumerate() {
        let target = format!("t{target}");
        let moment = first + taken % (model.history.len() - first + 1);
        replica.extend(model.at(moment).remove_entry(&target));
    }

    let mut consumer = Consumer::new(SUBSCRIPTION, Position::after_snapshot(second(start)));
    let mut fetched = HashMap::new();
    let (mut pace, mut stops) = (pace.into_iter().cycle(), stops.into_iter().cycle());
    let (mut ahead, mut when_read) = (ahead.into_iter().cycle(), States::new());
    let mut quiet = 0;
    while quiet < 2 {
        changes.by_ref().take(pace.next().unwrap()).for_each(|change| model.change(change));
        let Ok(want) = consumer.step(&mut fetched);
        match want {
            Want::Page { etag: Some(etag), .. } if etag == model.etag() => {
                consumer.page_unchanged();
            }
            Want::Page { uri, .. } => match model.document(&uri) {
                Some(page) => {
                    when_read = model.states.clone();
                    consumer.page(page);
                }
                None => consumer.page_gone(),
            },
            Want::Event(index, action) => {
                let Entry { id, target, .. } = consumer.entry(index).unwrap().clone();
                match action {
                    Action::Replace => drop(replica.insert(target, model.body(&id))),
                    Action::Patch => replica.get_mut(&target).unwrap().push_str(&model.body(&id)),
                    Action::Delete => drop(replica.remove(&target)),
                    Action::Fetch => {
                        let ahead = ahead.next().unwrap();
                        let states = if ahead { &when_read } else { &model.states };
                        match states.get(&target) {
                            Some(state) => drop(replica.insert(target, state.clone())),
                            None => drop(replica.remove(&target)),
                        }
                    }
                }
                // What an event did is stored with the position: one may stop here at any time.
                if stops.next().unwrap() {
                    consumer = Consumer::new(SUBSCRIPTION, consumer.position().clone());
                }
            }
            Want::CaughtUp => {
                quiet = if changes.len() == 0 { quiet + 1 } else { 0 };
                changes.by_ref().take(1).for_each(|change| model.change(change));
                consumer = Consumer::new(SUBSCRIPTION, consumer.position().clone());
            }
            Want::HistoryCut => unreachable!("the history is whole"),
        }
    }
    (model.states, replica)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn snapshot_and_feed_give_the_publishers_state(run in run()) {
        let (publisher, replica) = consumed(run);
        prop_assert_eq!(replica, publisher);
    }
}
