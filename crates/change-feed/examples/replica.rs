//! A whole replica in memory, of a publisher in memory. A real one gets documents and entities over
//! HTTP, and stores states, `Store` and position in one database: each `commit` is a transaction.
//!
//! Run it with `cargo run -p change-feed --example replica`.

#![allow(clippy::print_stdout, reason = "it prints what it does")]

use change_feed::{
    Action, Answer, Consumer, Digest, Document, Event, MemoryStore, Method, Missing, Position,
    Snapshot, Verdict, Want,
};
use chrono::{DateTime, Utc};
use http::StatusCode;
use std::collections::BTreeMap;
use std::time::SystemTime;

const TYPE: &str = "text/plain";

/// The publisher: its states, and its feed as one document with the bodies beside it.
struct Publisher {
    states: BTreeMap<&'static str, String>,
    feed: Document,
    bodies: Vec<&'static str>,
}

/// What the replica has stored.
struct Database {
    states: BTreeMap<String, String>,
    store: MemoryStore,
    position: Position,
}

impl Database {
    fn set(&mut self, target: &str, state: Option<String>) {
        self.store.set_media_type(target, state.as_ref().map(|_| TYPE));
        match state {
            Some(state) => drop(self.states.insert(target.to_owned(), state)),
            None => drop(self.states.remove(target)),
        }
    }

    /// A transaction ends here: the position never gets ahead of the effects, nor they of it.
    fn commit(&mut self, consumer: &Consumer) {
        self.position = consumer.position().clone();
    }
}

/// Consumes the feed to its end once. Returns whether the copy is complete.
fn consume(consumer: &mut Consumer, database: &mut Database, publisher: &Publisher) -> bool {
    let now = DateTime::<Utc>::from(SystemTime::now());
    loop {
        let Ok(want) = consumer.step(now, &mut database.store);
        println!("{want:?}");
        let target = match want {
            // GET, with If-None-Match for `etag`, and with Cache-Control: no-cache if `fresh`.
            Want::Document { uri, .. } if uri == publisher.feed.uri() => {
                if let Err(error) = consumer.document(publisher.feed.clone(), now) {
                    println!("{error}");
                    return false;
                }
                continue;
            }
            Want::Document { .. } => {
                consumer.missing(Missing::NotFound, now);
                continue;
            }
            Want::Timeline => {
                consumer.no_timeline(now);
                continue;
            }
            Want::Event { index, action } => {
                let Some(target) = consumer.event(index).map(|it| it.target().to_owned()) else {
                    return false;
                };
                let (body, state) = (publisher.bodies[index], database.states.get(&target));
                match (action, state) {
                    (Action::Replace, _) => database.set(&target, Some(body.to_owned())),
                    (Action::Patch, Some(state)) => {
                        database.set(&target, Some(format!("{state}{body}")));
                    }
                    (Action::Patch, None) => consumer.fetch_instead(),
                    (Action::Delete, _) => database.set(&target, None),
                    _ => {}
                }
                if action != Action::Fetch {
                    database.commit(consumer);
                    continue;
                }
                target
            }
            Want::Retry { target } => target,
            // Store the position, and call again at `until`, or after the next poll.
            want => {
                database.commit(consumer);
                return want == Want::CaughtUp && database.store.set_aside_entities().count() == 0;
            }
        };
        // GET the entity, with Cache-Control: no-cache.
        let state = publisher.states.get(target.as_str()).cloned();
        let answer = match state {
            Some(_) => {
                Answer::new(StatusCode::OK).with_media_type(Some(TYPE)).with_digest(Digest::Holds)
            }
            None => Answer::new(StatusCode::NOT_FOUND),
        };
        let Ok(verdict) = consumer.answered(&answer, now, &mut database.store);
        match verdict {
            Verdict::Store => database.set(&target, state),
            Verdict::Remove => database.set(&target, None),
            _ => {}
        }
        database.commit(consumer);
    }
}

fn main() -> Result<(), serde_json::Error> {
    let at = |second| DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::seconds(second);
    let event = |id: &str, target, method, second| Event::new(id, target, method, at(second));
    let events = vec![
        event("1", "/a", Method::Put, 5),
        event("2", "/b", Method::Put, 11),
        event("3", "/a", Method::Patch, 12),
    ];
    let mut publisher = Publisher {
        states: BTreeMap::from([("/a", "one two".to_owned()), ("/b", "x".to_owned())]),
        feed: Document::new("/changes/latest", events.clone()),
        bodies: vec!["one", "x", " two"],
    };
    // The snapshot was started in second 10. It contains /a as it was before or after event 3.
    let snapshot = Snapshot::new(at(10)).position(SystemTime::now().into());
    let (states, store) = (BTreeMap::new(), MemoryStore::new());
    let mut database = Database { states, store, position: snapshot };
    database.set("/a", Some("one".to_owned()));
    let mut consumer = Consumer::new("/changes/latest", database.position.clone());
    assert!(consume(&mut consumer, &mut database, &publisher));

    // The program is killed. Another one goes on from what was stored.
    let stored = serde_json::to_string(&database.position)?;
    println!("stored: {stored}");
    let mut consumer = Consumer::new("/changes/latest", serde_json::from_str(&stored)?);
    let events = [events, vec![event("4", "/b", Method::Patch, 13)]].concat();
    publisher.feed = Document::new("/changes/latest", events);
    publisher.bodies.push("y");
    publisher.states.insert("/b", "xy".to_owned());
    assert!(consume(&mut consumer, &mut database, &publisher));
    assert!(publisher.states.iter().all(|(target, state)| database.states[*target] == *state));
    Ok(())
}
