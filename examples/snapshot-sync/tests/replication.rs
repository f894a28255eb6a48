//! Publishing and replicating over real sockets.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use snapshot_sync::compare::compare;
use snapshot_sync::fetch::Fetcher;
use snapshot_sync::follow::Follower;
use snapshot_sync::generate::Generator;
use snapshot_sync::replica::Replica;
use snapshot_sync::replicate;
use snapshot_sync::server::{Publisher, START};
use snapshot_sync::snapshot::{Opening, Snapshot};
use snapshot_sync::store::Store;
use std::sync::Arc;

struct Site {
    runtime: tokio::runtime::Runtime,
    directory: tempfile::TempDir,
    publisher: Arc<Publisher>,
    origin: String,
}

fn site(entities: u64, page_events: u64) -> Site {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("publisher.sqlite")).unwrap();
    store.fill(entities, &mut Generator::new(1), || ()).unwrap();
    let publisher = Arc::new(Publisher::new(Arc::new(store), page_events).unwrap());
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = publisher.clone().router();
    runtime.spawn(async move { axum::serve(listener, router).await });
    Site { runtime, directory, publisher, origin }
}

impl Site {
    fn publish(&self, opening: Opening, package_octets: u64) -> Arc<Snapshot> {
        let store = self.publisher.store();
        let snapshot =
            Snapshot::write(store, self.directory.path(), opening, package_octets, || ());
        let snapshot = Arc::new(snapshot.unwrap());
        self.publisher.publish(snapshot.clone());
        snapshot
    }

    fn change(&self, seed: u64, entities: u64, count: u64) {
        let mut generator = Generator::new(seed);
        for fresh in entities..entities + count {
            let change = generator.change(entities, fresh);
            self.publisher.store().change(&change).unwrap();
        }
    }

    fn replica(&self) -> Replica {
        Replica::open(&self.directory.path().join("replica.sqlite")).unwrap()
    }

    fn differences(&self, replica: &Replica) -> u64 {
        let publisher = self.publisher.store().reader().unwrap();
        compare(&publisher, &replica.reader().unwrap()).unwrap().differences
    }

    fn answer(&self, path: &str, etag: Option<&str>) -> snapshot_sync::fetch::Answer {
        let fetcher = Fetcher::new(None).unwrap();
        self.runtime.block_on(fetcher.get(&format!("{}{path}", self.origin), etag)).unwrap()
    }
}

/// Replicates a snapshot, then the feed: the snapshot alone is not the final state, both are.
fn replicates(opening: Opening) {
    let site = site(2000, 50);
    let snapshot = site.publish(opening, 20_000);
    assert!(snapshot.packages().len() > 10, "several packages at once");
    site.change(2, 2000, 300);
    let fetcher = Fetcher::new(None).unwrap();
    let start = format!("{}{START}", site.origin);
    let replicated = replicate::snapshot(&fetcher, site.replica(), &start, |_, _| ());
    let (mut replica, report) = site.runtime.block_on(replicated).unwrap();
    assert_eq!(report.entities, 2000);
    assert_eq!(report.packages, snapshot.packages().len() as u64);
    assert_eq!(
        report.octets,
        snapshot.packages().iter().map(snapshot_sync::snapshot::Package::octets).sum::<u64>()
    );
    assert!(site.differences(&replica) > 100, "the snapshot alone is not the final state");

    let handle = site.runtime.handle().clone();
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &report.feed);
    follower.read_to_end(|| ()).unwrap();
    site.change(3, 2000, 300);
    follower.read_to_end(|| ()).unwrap();
    follower.read_to_end(|| ()).unwrap();
    let done = follower.report();
    assert!(
        done.replaced > 0 && done.deleted > 0 && done.fetched > 0 && done.patched > 0,
        "{done:?}"
    );
    assert!(done.documents > 6, "the feed has archives: {done:?}");
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn draft_3_2_the_drafts_implied_opening_replicates() {
    replicates(Opening::Implied);
}

#[test]
fn rfc2046_5_1_1_the_opening_delimiter_replicates() {
    replicates(Opening::Delimiter);
}

#[test]
fn an_empty_database_replicates() {
    let site = site(0, 50);
    site.publish(Opening::Implied, 1000);
    let fetcher = Fetcher::new(None).unwrap();
    let start = format!("{}{START}", site.origin);
    let replicated = replicate::snapshot(&fetcher, site.replica(), &start, |_, _| ());
    let (mut replica, report) = site.runtime.block_on(replicated).unwrap();
    let handle = site.runtime.handle().clone();
    Follower::new(&handle, &fetcher, &mut replica, &report.feed).read_to_end(|| ()).unwrap();
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn section_4_2_an_events_self_link_redirects_to_the_document_that_holds_it() {
    let site = site(10, 5);
    site.change(2, 10, 30);
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let redirect = |event: u64| {
        let request = client.get(format!("{}/changes/{event}", site.origin)).send();
        let response = site.runtime.block_on(request).unwrap();
        let location = response
            .headers()
            .get("location")
            .map(|location| location.to_str().unwrap().to_owned());
        (response.status().as_u16(), location)
    };
    let reader = site.publisher.store().reader().unwrap();
    let last = snapshot_sync::store::last_event(&reader).unwrap();
    assert_eq!(redirect(1), (301, Some("/changes/archive/0#1@snapshot-sync".to_owned())));
    assert_eq!(redirect(last), (302, Some(format!("/changes/latest#{last}@snapshot-sync"))));
    assert_eq!(redirect(last + 1), (404, None));
}

#[test]
fn section_4_6_a_feed_that_has_not_changed_is_not_sent_again() {
    let site = site(10, 5);
    site.change(2, 10, 7);
    let first = site.answer("/changes/latest", None);
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(site.answer("/changes/latest", Some(&etag)).status, 304);
    site.change(3, 10, 7);
    assert_eq!(site.answer("/changes/latest", Some(&etag)).status, 200);
}

#[test]
fn section_5_2_an_archive_document_never_changes() {
    let site = site(10, 5);
    site.change(2, 10, 12);
    let read = || {
        let answer = site.answer("/changes/archive/0", None);
        (answer.headers.get_all("link").iter().cloned().collect::<Vec<_>>(), answer.body)
    };
    let before = read();
    site.change(3, 10, 30);
    assert_eq!(read(), before);
}

#[test]
fn an_entity_that_was_deleted_is_gone_and_one_that_never_was_is_not_found() {
    let site = site(10, 5);
    let uri = snapshot_sync::generate::uri(3);
    let delete = snapshot_sync::generate::Change::Delete(uri.clone());
    site.publisher.store().change(&delete).unwrap();
    assert_eq!(site.answer(&uri, None).status, 410);
    assert_eq!(site.answer(&snapshot_sync::generate::uri(99), None).status, 404);
    let there = site.answer(&snapshot_sync::generate::uri(4), None);
    let etag = there.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(site.answer(&snapshot_sync::generate::uri(4), Some(&etag)).status, 304);
}

#[test]
fn a_package_cut_short_is_an_error_and_leaves_no_position() {
    let site = site(500, 50);
    let snapshot = site.publish(Opening::Implied, 1_000_000);
    let path = snapshot.packages()[0].path();
    let whole = std::fs::read(path).unwrap();
    // At a part's border: all that is there is well formed, but the close delimiter is missing.
    let border = whole.windows(4).rposition(|octets| octets == b"\r\n--").unwrap();
    std::fs::write(path, &whole[..border]).unwrap();
    let fetcher = Fetcher::new(None).unwrap();
    let start = format!("{}{START}", site.origin);
    let replicated = replicate::snapshot(&fetcher, site.replica(), &start, |_, _| ());
    let error = site.runtime.block_on(replicated).unwrap_err();
    assert!(error.to_string().contains("close-missing"), "{error}");
    assert_eq!(site.replica().position().unwrap(), None);
}
