//! A whole replica in memory, of a publisher in memory: `cargo run -p change-feed --example replica`.

use change_feed::{
    Action, Answer, Consumer, Digest, Document, Error, Event, MemoryStore, Method, Snapshot,
    Verdict, Want,
};
use chrono::{DateTime, Utc};
use http::StatusCode;
use std::collections::BTreeMap;
use std::time::SystemTime;

const TYPE: &str = "text/plain";

struct Publisher {
    states: BTreeMap<&'static str, &'static str>,
    feed: Document,
    bodies: Vec<&'static str>,
}

/// A real replica stores all of it in one database.
struct Database {
    states: BTreeMap<String, String>,
    store: MemoryStore,
    position: String,
}

impl Database {
    fn set(&mut self, target: &str, state: Option<String>) {
        self.store.set_media_type(target, state.as_ref().map(|_| TYPE));
        match state {
            Some(state) => drop(self.states.insert(target.to_owned(), state)),
            None => drop(self.states.remove(target)),
        }
    }

    /// Does what the consumer wants, to the end of the feed. Returns whether the copy is complete.
    fn consume(&mut self, consumer: &mut Consumer, publisher: &Publisher) -> Result<bool, Error> {
        loop {
            let now = SystemTime::now().into();
            let Ok(want) = consumer.step(now, &mut self.store);
            let fetch = match &want {
                // GET the document, with If-None-Match and Cache-Control as `want` says.
                Want::Document { .. } => {
                    consumer.document(publisher.feed.clone(), now)?;
                    continue;
                }
                Want::Timeline => {
                    consumer.no_timeline(now);
                    continue;
                }
                Want::Event { index, action } => {
                    let target = publisher.feed.events()[*index].target().to_owned();
                    let (body, state) = (publisher.bodies[*index], self.states.get(&target));
                    match (action, state) {
                        (Action::Replace, _) => self.set(&target, Some(body.to_owned())),
                        (Action::Patch, Some(it)) => self.set(&target, Some(format!("{it}{body}"))),
                        (Action::Patch, None) => consumer.fetch_instead(),
                        (Action::Delete, _) => self.set(&target, None),
                        _ => {}
                    }
                    Some(target).filter(|_| *action == Action::Fetch)
                }
                Want::Retry { target } => Some(target.clone()),
                // It is at the end, or wants to wait or to stop.
                _ => None,
            };
            if let Some(target) = fetch {
                // GET the entity, with Cache-Control: no-cache.
                let state = publisher.states.get(target.as_str()).map(|it| (*it).to_owned());
                let status = if state.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
                let answer = Answer::new(status).with_digest(Digest::Holds);
                let answer = answer.with_media_type(Some(TYPE));
                match consumer.answered(&answer, now, &mut self.store) {
                    Ok(Verdict::Store) => self.set(&target, state),
                    Ok(Verdict::Remove) => self.set(&target, None),
                    _ => {}
                }
            }
            // The transaction ends here: the effect and the position are stored together.
            self.position = serde_json::to_string(consumer.position()).unwrap_or_default();
            if !matches!(want, Want::Event { .. } | Want::Retry { .. }) {
                let is_complete = self.store.set_aside_entities().next().is_none();
                return Ok(want == Want::CaughtUp && is_complete);
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let at = |second| DateTime::<Utc>::UNIX_EPOCH + chrono::TimeDelta::seconds(second);
    let event = |id: &str, target, method, second| Event::new(id, target, method, at(second));
    let mut events = vec![event("1", "/b", Method::Put, 11), event("2", "/a", Method::Patch, 12)];
    let states = BTreeMap::from([("/a", "one two"), ("/b", "x")]);
    let feed = Document::new("/changes/latest", events.clone());
    let mut publisher = Publisher { states, feed, bodies: vec!["x", " two"] };
    // The snapshot was started in second 10. Its /a may be of before or after event 2.
    let position = Snapshot::new(at(10)).position(SystemTime::now().into());
    let (states, store) = (BTreeMap::new(), MemoryStore::new());
    let mut database = Database { states, store, position: String::new() };
    database.set("/a", Some("one".to_owned()));
    assert!(database.consume(&mut Consumer::new("/changes/latest", position), &publisher)?);

    // The program is killed. Another one goes on from what was stored.
    events.push(event("3", "/b", Method::Patch, 13));
    publisher.feed = Document::new("/changes/latest", events);
    publisher.bodies.push("y");
    let mut consumer = Consumer::new("/changes/latest", serde_json::from_str(&database.position)?);
    assert!(database.consume(&mut consumer, &publisher)?);
    assert!(database.states.values().eq(["one two", "xy"]));
    Ok(())
}
