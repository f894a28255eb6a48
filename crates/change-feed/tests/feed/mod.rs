//! A feed that is a list of documents, for the tests of single rules.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use change_feed::{
    Action, Answer, Consumer, Digest, Document, Event, EventId, MemoryStore, Method, Missing, Run,
    Timeline, Verdict, Want,
};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;

pub(crate) const TYPE: &str = "application/json";

pub(crate) fn second(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

pub(crate) fn event(id: &str, target: &str, method: Method, seconds: i64) -> Event {
    Event::new(id, target, method, second(seconds))
}

pub(crate) fn document(
    uri: &str,
    prev: Option<&str>,
    next: Option<&str>,
    events: Vec<Event>,
) -> Document {
    Document::new(uri, events)
        .with_prev_archive(prev.map(str::to_owned))
        .with_next_archive(next.map(str::to_owned))
}

/// The id of an event of a run.
pub(crate) fn id(run: u8, number: u64) -> String {
    format!("{}@example.org", EventId::new([run; 16], number, [7; 8]))
}

/// A timeline of runs, each with its first number.
pub(crate) fn timeline(runs: &[(u8, u64)]) -> Timeline {
    let runs = runs.iter().map(|(id, first)| Run::new([*id; 16], *first)).collect();
    Timeline::new("feed", runs).unwrap()
}

/// A good answer to the GET of an entity.
pub(crate) fn state() -> Answer {
    Answer::new(StatusCode::OK).with_media_type(Some(TYPE)).with_digest(Digest::Holds)
}

pub(crate) fn status(status: u16) -> Answer {
    Answer::new(StatusCode::from_u16(status).unwrap())
}

/// A store that contains the states of these entities.
pub(crate) fn store(targets: &[&str]) -> MemoryStore {
    let mut store = MemoryStore::new();
    targets.iter().for_each(|target| store.set_media_type(target, Some(TYPE)));
    store
}

/// The next thing that is wanted.
pub(crate) fn step(consumer: &mut Consumer, store: &mut MemoryStore, now: DateTime<Utc>) -> Want {
    let Ok(want) = consumer.step(now, store);
    want
}

/// Passes the answer to the GET of an entity.
pub(crate) fn answered(
    consumer: &mut Consumer,
    store: &mut MemoryStore,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Verdict {
    let Ok(verdict) = consumer.answered(answer, now, store);
    verdict
}

/// Wants this document, without a condition.
pub(crate) fn wants(uri: &str, fresh: bool) -> Want {
    Want::Document { uri: uri.to_owned(), etag: None, fresh }
}

/// Consumes the feed of these documents to its end once, and returns the action for each event id;
/// or what is wanted that the documents cannot give. All entities can be had.
pub(crate) fn consume(
    consumer: &mut Consumer,
    store: &mut MemoryStore,
    documents: &[Document],
    now: DateTime<Utc>,
) -> Result<Vec<(String, Action)>, Want> {
    let mut actions = vec![];
    loop {
        match step(consumer, store, now) {
            Want::Document { uri, .. } => {
                match documents.iter().find(|document| document.uri() == uri) {
                    Some(document) => consumer.document(document.clone(), now).unwrap(),
                    None => consumer.missing(Missing::NotFound, now),
                }
            }
            Want::Event { index, action } => {
                let event = consumer.event(index).unwrap().clone();
                actions.push((event.id().to_owned(), action));
                match action {
                    Action::Replace => store.set_media_type(event.target(), Some(TYPE)),
                    Action::Delete => store.set_media_type(event.target(), None),
                    Action::Fetch => {
                        assert_eq!(answered(consumer, store, &state(), now), Verdict::Store);
                    }
                    _ => {}
                }
            }
            Want::CaughtUp => return Ok(actions),
            other => return Err(other),
        }
    }
}

/// Consumes as long as the consumer wants to wait. Returns what it wants in the end, the number of
/// its waits, and when that is.
pub(crate) fn wait(
    consumer: &mut Consumer,
    store: &mut MemoryStore,
    documents: &[Document],
    mut now: DateTime<Utc>,
) -> (Want, u32, DateTime<Utc>) {
    for waits in 0..1000 {
        match consume(consumer, store, documents, now) {
            Err(Want::Wait { until, .. }) => {
                assert!(until >= now + TimeDelta::seconds(1), "a wait is never short");
                now = until;
            }
            Err(want) => return (want, waits, now),
            Ok(_) => return (Want::CaughtUp, waits, now),
        }
    }
    unreachable!("the consumer waits for ever")
}

pub(crate) fn ids(actions: &[(String, Action)]) -> Vec<&str> {
    actions.iter().map(|(id, _)| id.as_str()).collect()
}
