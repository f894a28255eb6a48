//! The work grows with the feed and not faster: requests and steps are counted, not times.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{Consumer, Document, LastEvent, MemoryStore, Method, Position, Want};
use feed::{document, event, second, step};
use std::collections::HashMap;

const EVENTS: usize = 10;

/// A feed of so many archive documents, with or without links to the next one.
fn archives(count: usize, has_next: bool) -> HashMap<String, Document> {
    let mut documents = HashMap::new();
    for page in 0..=count {
        let uri = if page == count { "now".to_owned() } else { format!("archive/{page}") };
        let events = (0..EVENTS).map(|n| {
            event(&format!("{}", page * EVENTS + n), "a", Method::Put, 10).with_self_uri(&uri)
        });
        let prev = page.checked_sub(1).map(|page| format!("archive/{page}"));
        let next = match page + 1 {
            next if next < count => Some(format!("archive/{next}")),
            next if next == count => Some("now".to_owned()),
            _ => None,
        };
        let next = next.filter(|_| has_next);
        let it = document(&uri, prev.as_deref(), next.as_deref(), events.collect());
        documents.insert(uri, it);
    }
    documents
}

/// Consumes the feed to its end; returns the number of requests, of events, and of all steps.
fn count(consumer: &mut Consumer, documents: &HashMap<String, Document>) -> [usize; 3] {
    let mut store = MemoryStore::new();
    let [mut requests, mut events, mut steps] = [0; 3];
    loop {
        steps += 1;
        match step(consumer, &mut store, second(100)) {
            Want::Document { uri, .. } => {
                requests += 1;
                consumer.document(documents[&uri].clone(), second(100)).unwrap();
            }
            Want::Event { .. } => events += 1,
            want => {
                assert_eq!(want, Want::CaughtUp);
                return [requests, events, steps];
            }
        }
    }
}

#[test]
fn the_first_reading_asks_for_each_document_twice_at_most() {
    for has_next in [true, false] {
        for documents in [10, 100, 1000] {
            let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
            let counted = count(&mut consumer, &archives(documents, has_next));
            let events = (documents + 1) * EVENTS;
            let requests = 2 * documents + 1;
            assert_eq!(counted, [requests, events, requests + events + 1], "{has_next}");
        }
    }
}

#[test]
fn a_replica_that_was_away_asks_for_each_document_that_it_missed_once() {
    for documents in [10, 100, 1000] {
        let last = LastEvent::new("9", Some("archive/0".to_owned()), None);
        let mut consumer = Consumer::new("now", Position::after_event(second(10), last, 1));
        let [requests, events, _] = count(&mut consumer, &archives(documents, true));
        assert_eq!((requests, events), (documents + 1, documents * EVENTS));
        let last = LastEvent::new("9", Some("archive/0".to_owned()), None);
        let mut consumer = Consumer::new("now", Position::after_event(second(10), last, 1));
        let [requests, events, _] = count(&mut consumer, &archives(documents, false));
        // Without links to the next document it has to come from the other end.
        assert!(requests <= 2 * documents + 4, "{requests}");
        assert_eq!(events, documents * EVENTS);
    }
}

#[test]
fn a_feed_without_news_costs_one_request() {
    let mut documents = archives(100, true);
    let etag = documents["now"].clone().with_etag(Some("\"x\"".to_owned()));
    documents.insert("now".to_owned(), etag);
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)));
    count(&mut consumer, &documents);
    for _ in 0..5 {
        assert_eq!(count(&mut consumer, &documents), [1, 0, 2]);
    }
}

#[test]
fn a_longer_way_back_than_is_remembered_is_walked_in_pieces() {
    // A mebibyte of URIs is remembered: a third of this way.
    let long = |uri: &str| format!("{uri}{}", "x".repeat(8000));
    let rename = |it: Document| {
        let events = it.events().to_vec();
        Document::new(long(it.uri()), events)
            .with_prev_archive(it.prev_archive().map(long))
            .with_next_archive(it.next_archive().map(long))
    };
    let documents = archives(400, false).into_values().map(rename);
    let documents: HashMap<_, _> = documents.map(|it| (it.uri().to_owned(), it)).collect();
    let mut consumer = Consumer::new(long("now"), Position::after_snapshot(second(10)));
    let [requests, events, _] = count(&mut consumer, &documents);
    assert_eq!(events, 401 * EVENTS);
    assert!(requests < 3 * 401 + 400, "{requests}");
}
