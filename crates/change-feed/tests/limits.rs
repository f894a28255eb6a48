//! Each limit: one more than it allows is refused, and the error says which limit that is.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod feed;

use change_feed::{
    Consumer, Document, Error, Limit, Limits, MemoryStore, Method, Position, Stop, Timeline, Want,
};
use feed::{consume, document, event, second, step, timeline};

fn read(limits: Limits, document: Document) -> Result<(), Error> {
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10))).limits(limits);
    let mut store = MemoryStore::new();
    let before = step(&mut consumer, &mut store, second(100));
    let result = consumer.document(document, second(100));
    if result.is_err() {
        assert_eq!(step(&mut consumer, &mut store, second(100)), before, "it is asked for again");
    }
    result
}

fn refuses(limits: Limits, limit: Limit, document: Document) {
    let error = read(limits, document.clone()).unwrap_err();
    assert_eq!(error.limit(), Some(limit));
    assert!(error.to_string().contains(&format!("(Limits::{limit})")), "{error}");
    assert_eq!(read(Limits::unlimited(), document), Ok(()));
}

fn one(id: &str, target: &str) -> Document {
    document("now", None, None, vec![event(id, target, Method::Put, 10)])
}

#[test]
fn events_of_a_document() {
    let two = vec![event("1", "a", Method::Put, 10), event("2", "a", Method::Put, 10)];
    let two = document("now", None, None, two);
    assert_eq!(read(Limits::default().events(2), two.clone()), Ok(()));
    refuses(Limits::default().events(1), Limit::Events, two);
}

#[test]
fn octets_of_an_id() {
    assert_eq!(read(Limits::default().id_octets(3), one("abc", "a")), Ok(()));
    refuses(Limits::default().id_octets(3), Limit::IdOctets, one("abcd", "a"));
    refuses(Limits::default(), Limit::IdOctets, one(&"x".repeat(999), "a"));
}

#[test]
fn octets_of_a_uri_wherever_it_stands() {
    let limits = Limits::default().uri_octets(3);
    let long = || Some("long".to_owned());
    assert_eq!(read(limits, one("1", "abc")), Ok(()));
    let own = event("1", "a", Method::Put, 10).with_self_uri("long");
    for document in [
        one("1", "long"),
        document("now", None, None, vec![own]),
        document("long", None, None, vec![]),
        one("1", "a").with_prev_archive(long()),
        one("1", "a").with_next_archive(long()),
        one("1", "a").with_etag(long()),
    ] {
        refuses(limits, Limit::UriOctets, document);
    }
}

#[test]
fn documents_between_two_events() {
    // An endless walk: each document has another one before it.
    let mut consumer = Consumer::new("now", Position::after_snapshot(second(10)))
        .limits(Limits::default().documents(50));
    let mut store = MemoryStore::new();
    let mut documents = 0;
    let want = loop {
        match step(&mut consumer, &mut store, second(100)) {
            Want::Document { uri, .. } => {
                documents += 1;
                let earlier = format!("d{documents}");
                let document = Document::new(uri, vec![]).with_prev_archive(Some(earlier));
                consumer.document(document, second(100)).unwrap();
            }
            want => break want,
        }
    };
    assert_eq!((want, documents), (Want::Stop(Stop::TooManyDocuments), 51));
}

#[test]
fn documents_are_counted_anew_after_each_event() {
    let archives = (0..200).map(|n| {
        let own = event(&n.to_string(), "a", Method::Put, 10);
        let next = if n == 199 { "now".to_owned() } else { format!("{}", n + 1) };
        let prev = (n > 0).then(|| format!("{}", n - 1));
        document(&n.to_string(), prev.as_deref(), Some(&next), vec![own])
    });
    let mut documents: Vec<_> = archives.collect();
    documents.push(document("now", Some("199"), None, vec![]));
    let position = Position::after_event(
        second(10),
        change_feed::LastEvent::new("0", Some("0".to_owned()), None),
        1,
    );
    let mut consumer = Consumer::new("now", position).limits(Limits::default().documents(3));
    let actions = consume(&mut consumer, &mut MemoryStore::new(), &documents, second(100)).unwrap();
    assert_eq!(actions.len(), 199);
}

#[test]
fn runs_of_a_timeline_and_octets_of_its_feed() {
    let octets = timeline(&[(1, 1), (2, 5)]).to_vec();
    assert!(Timeline::from_slice(&octets, &Limits::default().runs(2)).is_ok());
    let error = Timeline::from_slice(&octets, &Limits::default().runs(1)).unwrap_err();
    assert_eq!(error.limit(), Some(Limit::Runs));
    let error = Timeline::from_slice(&octets, &Limits::default().id_octets(3)).unwrap_err();
    assert_eq!(error.limit(), Some(Limit::IdOctets));
}

#[test]
fn an_id_that_a_document_has_twice_is_refused() {
    let twice = vec![event("1", "a", Method::Put, 10), event("1", "b", Method::Put, 10)];
    let error = read(Limits::unlimited(), document("now", None, None, twice)).unwrap_err();
    assert_eq!(error, Error::RepeatedEvent { index: 1 });
}

#[test]
fn a_timeline_that_makes_no_sense_is_refused_with_the_place() {
    let read = |text: &str| Timeline::from_slice(text.as_bytes(), &Limits::default());
    let run = |id: &str, first: u64| format!(r#"{{"id":"{}","first":{first}}}"#, id.repeat(32));
    let of = |runs: &[String]| format!(r#"{{"feed":"f","runs":[{}],"later":1}}"#, runs.join(","));
    let good = read(&of(&[run("a", 1), run("b", 1), run("c", 9)])).unwrap();
    assert_eq!(Timeline::from_slice(&good.to_vec(), &Limits::default()), Ok(good));
    let refused = |runs: &[String]| read(&of(runs)).unwrap_err();
    assert_eq!(refused(&[run("a", 2), run("b", 1)]), Error::Order { index: 1, first: 1 });
    assert_eq!(refused(&[run("a", 1), run("a", 2)]), Error::Repeated { index: 1 });
    assert_eq!(refused(&[run("A", 1)]), Error::RunId { index: 0 });
    assert_eq!(refused(&[run("aa", 1)]), Error::RunId { index: 0 });
    for (text, column) in [("", 0), ("[]", 0), (r#"{"feed":"f"}"#, 12), (r#"{"feed":1}"#, 9)] {
        match read(text).unwrap_err() {
            Error::Json { line: _, column: found, reason } => {
                assert!(found >= column && !reason.contains(" at line "), "{text}: {reason}");
            }
            other => unreachable!("{other}"),
        }
    }
}
