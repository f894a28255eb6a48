//! Timelines: what is told of a publisher's runs, and a publisher that is restored from a backup.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use rusqlite::Connection;
use serde_json::Value;
use snapshot_sync::publisher::generate::{Generator, uri};
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::snapshot::{Opening, Options, Shelf};
use snapshot_sync::publisher::store::{
    self, Change, EventId, MediaType, Standing, Store, Timeline, entity, event_id, last_event,
    standing,
};
use std::path::{Path, PathBuf};
use support::Site;
use support::asked::get;

/// A publisher's files, and its runs.
struct Files {
    _directory: tempfile::TempDir,
    database: PathBuf,
    shelf: PathBuf,
}

impl Files {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let (database, shelf) = (path("source.sqlite"), path("store"));
        Self { _directory: directory, database, shelf }
    }

    fn open(&self) -> Store {
        Store::open(&self.database, 5).unwrap()
    }

    fn copy(&self, name: &str) -> PathBuf {
        let to = self.database.with_file_name(name);
        let source = Connection::open(&self.database).unwrap();
        source.execute("VACUUM INTO ?1", [to.display().to_string()]).unwrap();
        to
    }
}

fn change(store: &Store, count: u64) {
    for number in 0..count {
        let state = format!("{{\"a\":{number}}}").into_bytes();
        store.change(&Change::Put(uri(number), MediaType::JSON, state)).unwrap();
    }
}

fn last_id(store: &Store) -> EventId {
    let reader = store.reader().unwrap();
    event_id(&reader, last_event(&reader).unwrap()).unwrap().unwrap()
}

fn timeline(store: &Store) -> Timeline {
    Timeline::read(&store.reader().unwrap()).unwrap()
}

fn firsts(timeline: &Timeline) -> Vec<u64> {
    timeline.runs.iter().map(|run| run.first).collect()
}

fn write(store: &Store, shelf: &Path) {
    let shelves = Shelf::open(shelf, store).unwrap();
    shelves.write(store, shelf, &Options::default(), || ()).unwrap();
}

#[test]
fn each_start_is_a_run_and_one_that_issued_nothing_is_replaced() {
    let files = Files::new();
    let first = files.open();
    change(&first, 3);
    let of_first = first.feed().run;
    drop(first);
    drop(files.open());
    let third = files.open();
    change(&third, 2);
    let timeline = timeline(&third);
    assert_eq!(firsts(&timeline), [1, 4]);
    assert_eq!([timeline.runs[0].id, timeline.runs[1].id], [of_first, third.feed().run]);
}

#[test]
fn a_publisher_that_is_restored_from_a_backup_is_on_another_timeline() {
    let files = Files::new();
    let store = files.open();
    store.fill(10, &mut Generator::new(1), || ()).unwrap();
    change(&store, 5);
    write(&store, &files.shelf);
    let backup = files.copy("backup.sqlite");
    change(&store, 5);
    let (lost, etag) = (last_id(&store), entity(&store.reader().unwrap(), &uri(4)).unwrap());
    write(&store, &files.shelf);
    let before = timeline(&store);
    assert!(before.covers(lost));
    drop(store);

    std::fs::rename(backup, &files.database).unwrap();
    let restored = files.open();
    let shelves = Shelf::open(&files.shelf, &restored).unwrap();
    let snapshots = std::fs::read_dir(&files.shelf).unwrap().count();
    assert_eq!(snapshots, 1, "the one that is younger than the database is withdrawn");
    assert!(shelves.current().is_some(), "the one that the database knows is served");
    change(&restored, 5);
    let again = last_id(&restored);
    assert_eq!(again.number(), lost.number());
    assert_ne!(again, lost);
    let now = entity(&restored.reader().unwrap(), &uri(4)).unwrap().unwrap();
    assert_ne!(now.etag, etag.unwrap().etag, "the same state of the same number has another tag");
    let after = timeline(&restored);
    assert_eq!((firsts(&before), firsts(&after)), (vec![1], vec![1, 6]));
    assert!(!after.covers(lost) && after.covers(again));
    let reader = restored.reader().unwrap();
    assert_eq!(standing(&reader, lost).unwrap(), Standing::NeverIssued);
    assert_eq!(standing(&reader, again).unwrap(), Standing::There);
}

#[test]
fn a_snapshot_of_lost_events_is_withdrawn_also_when_the_clock_has_passed_it() {
    let files = Files::new();
    let store = files.open();
    change(&store, 5);
    let backup = files.copy("backup.sqlite");
    change(&store, 5);
    write(&store, &files.shelf);
    drop(store);
    std::fs::rename(backup, &files.database).unwrap();
    let restored = files.open();
    change(&restored, 9);
    assert!(Shelf::open(&files.shelf, &restored).unwrap().current().is_none());
}

#[test]
fn a_snapshot_that_is_written_below_another_base_is_withdrawn() {
    let files = Files::new();
    let below = |uri| files.open().with_references(References::below(uri).unwrap());
    write(&files.open(), &files.shelf);
    assert!(Shelf::open(&files.shelf, &files.open()).unwrap().current().is_some());
    let store = below("https://a.example/p/");
    assert!(Shelf::open(&files.shelf, &store).unwrap().current().is_none());
    write(&store, &files.shelf);
    drop(store);
    let same = below("https://a.example/p");
    assert!(Shelf::open(&files.shelf, &same).unwrap().current().is_some());
    drop(same);
    assert!(Shelf::open(&files.shelf, &files.open()).unwrap().current().is_none());
}

#[test]
fn the_timeline_is_served_and_told_in_the_index_of_a_snapshot() {
    let site = Site::new(3, 5);
    change(site.publisher.store(), 2);
    let snapshot = site.publish(Opening::Implied, 10_000);
    let served = get(&site, "/timeline", &[]);
    assert_eq!(
        (served.header("content-type"), served.header("cache-control")),
        ("application/json", "no-cache")
    );
    assert!(served.header("content-digest").starts_with("sha-256=:"));
    let document: Value = serde_json::from_slice(&served.body).unwrap();
    let feed = site.publisher.store().feed();
    let run = feed.run.to_string();
    assert_eq!(document, serde_json::json!({"feed": feed.id, "runs": [{"id": run, "first": 1}]}));
    let etag = served.header("etag").to_owned();
    assert_eq!(get(&site, "/timeline", &[("if-none-match", &etag)]).status, 304);

    let told = snapshot.document().unknown_member("timeline").unwrap();
    let mut told: Value = serde_json::from_str(told).unwrap();
    let last = told.as_object_mut().unwrap().remove("last").unwrap();
    assert_eq!(told, document);
    let reader = site.publisher.store().reader().unwrap();
    let last_event = store::event_id(&reader, store::last_event(&reader).unwrap()).unwrap();
    assert_eq!(last, last_event.unwrap().to_string(), "a snapshot tells its last event");
    let relation = "rel=\"https://github.com/web-history-codecs/web-history-codecs#timeline\"";
    for (path, reference) in [
        ("/changes/latest".to_owned(), "../timeline"),
        (format!("/snapshots/{}/index", snapshot.document().id()), "../../timeline"),
    ] {
        let answer = get(&site, &path, &[]);
        let links: Vec<_> = answer.headers.get_all("link").iter().collect();
        let expected = format!("<{reference}>; {relation}");
        assert!(links.iter().any(|link| *link == expected.as_str()), "{path}: {links:?}");
    }
}

#[test]
fn rfc9457_an_event_that_was_removed_is_told_apart_from_one_that_never_was() {
    let site = Site::new(3, 5);
    change(site.publisher.store(), 3);
    change(site.publisher.store(), 9);
    let reader = site.publisher.store().reader().unwrap();
    let ids = [1, 2, 12].map(|number| event_id(&reader, number).unwrap().unwrap());
    let prune = "DELETE FROM event WHERE number <= 5; DELETE FROM page WHERE first <= 5;";
    let database = Connection::open(site.directory.path().join("publisher.sqlite")).unwrap();
    database.execute_batch(prune).unwrap();
    let problem = |id: String| {
        let answer = get(&site, &format!("/changes/{id}"), &[]);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{id}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        let problem: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["status"], answer.status.as_u16());
        assert!(problem["detail"].as_str().unwrap().ends_with('.'));
        (
            answer.status.as_u16(),
            problem["type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned(),
        )
    };
    let (pruned, never) =
        ((410, "event-pruned".to_owned()), (404, "event-never-issued".to_owned()));
    assert_eq!(problem(ids[0].to_string()), pruned);
    assert_eq!(problem(ids[1].to_string()), pruned);
    let other_run = ids[0].to_string().replacen(|c: char| c != '0', "0", 1);
    for id in
        [other_run, ids[2].to_string().replace(".12.", ".13."), "1".to_owned(), "x".to_owned()]
    {
        assert_eq!(problem(id), never);
    }
    assert_eq!(get(&site, &format!("/changes/{}", ids[2]), &[]).status, 302);
    assert_eq!(problem("archive/0".to_owned()), pruned, "the document of the first five events");
    assert_eq!(get(&site, "/changes/archive/1", &[]).status, 200);
    let never = get(&site, "/changes/archive/3", &[]);
    assert_eq!(never.status, 404, "the last document is the one with the number 2");
}
