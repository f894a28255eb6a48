//! The answers of the publisher's server, and how the replica's client reads them, over real
//! sockets.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use change_feed::Position;
use http::StatusCode;
use snapshot_sync::Error;
use snapshot_sync::origin::Origins;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::{
    Change, MediaType, Store, event_id, events, last_event, pages,
};
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::fetch;
use snapshot_sync::replica::follow::Follower;
use support::{Site, chain};

#[test]
fn section_4_2_an_events_self_link_redirects_to_the_document_that_holds_it() {
    let site = Site::new(10, 5);
    site.change(2, 10, 30);
    let nowhere = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().redirect(nowhere).no_proxy().build().unwrap();
    let reader = site.publisher.store().reader().unwrap();
    let id = |event: u64| event_id(&reader, event).unwrap().unwrap();
    let redirect = |event: &str| {
        let request = client.get(site.listening.uri(&format!("/changes/{event}"))).send();
        let response = site.runtime.block_on(request).unwrap();
        let location = response.headers().get("location");
        let location = location.map(|location| location.to_str().unwrap().to_owned());
        (response.status().as_u16(), location)
    };
    let last = last_event(&reader).unwrap();
    let (first, last) = (id(1), id(last));
    assert_eq!(redirect(&first.to_string()), (301, Some(format!("archive/0#{first}"))));
    assert_eq!(redirect(&last.to_string()), (302, Some(format!("latest#{last}"))));
    for never in [
        "1".to_owned(),
        last.to_string().replacen(&format!(".{}.", last.number()), ".99.", 1),
        "x".to_owned(),
    ] {
        assert_eq!(redirect(&never), (404, None), "{never}");
    }
}

#[test]
fn section_4_6_a_feed_that_has_not_changed_is_not_sent_again() {
    let site = Site::new(10, 5);
    site.change(2, 10, 7);
    for path in ["/changes/latest", "/changes/archive/0"] {
        let first = site.answer(path, None);
        let etag = first.headers["etag"].to_str().unwrap().to_owned();
        let again = site.answer(path, Some(&etag));
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
        assert_eq!(again.headers["etag"].to_str().unwrap(), etag);
    }
    let etag = site.answer("/changes/latest", None).headers["etag"].to_str().unwrap().to_owned();
    site.change(3, 10, 7);
    assert_eq!(site.answer("/changes/latest", Some(&etag)).status, 200);
}

#[test]
fn section_5_2_an_archive_document_never_changes() {
    let site = Site::new(10, 5);
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
fn section_5_2_every_document_leads_to_the_one_before_and_the_one_after() {
    let site = Site::new(10, 5);
    site.change(2, 10, 30);
    let last = last_event(&site.publisher.store().reader().unwrap()).unwrap();
    let youngest = (last - 1) / 5;
    for number in 0..youngest {
        let links = site.answer(&format!("/changes/archive/{number}"), None).headers;
        let links: Vec<_> =
            links.get_all("link").iter().map(|link| link.to_str().unwrap()).collect();
        let links = links.join(", ");
        assert!(links.contains("<../latest>; rel=\"current\""), "{links}");
        let next = format!("<{}>; rel=\"next-archive\"", number + 1);
        assert!(links.contains(&next), "{links}");
        assert_eq!(links.contains("prev-archive"), number > 0, "{links}");
    }
    // The document after the last archive document is the subscription document.
    let after = site.answer(&format!("/changes/archive/{youngest}"), None);
    assert_eq!(after.uri, site.listening.uri("/changes/latest"));
    assert_eq!(site.answer(&format!("/changes/archive/{}", youngest + 1), None).status, 404);
}

/// A state with this number of octets.
fn state(octets: usize) -> Vec<u8> {
    let (before, after) = (r#"{"assets":[],"text":""#, r#""}"#);
    let text = "x".repeat(octets - before.len() - after.len());
    format!("{before}{text}{after}").into_bytes()
}

#[test]
fn a_document_of_the_feed_has_no_more_octets_than_a_replica_takes() {
    let site = Site::new(10, 1000);
    site.publish(Opening::Implied, 10_000);
    let (mut replica, _) = site.replicate().unwrap();
    let start = site.listening.uri(START);
    let fetcher = fetch::Fetcher::new(Origins::of(&start).unwrap(), fetch::Options::default());
    let (handle, fetcher) = (site.runtime.handle().clone(), fetcher.unwrap());
    let feed = support::discovered(&site, &fetcher, &start);
    let follow = |replica: &mut Replica| {
        let mut events = 0;
        let mut follower = Follower::new(&handle, &fetcher, replica, &feed);
        follower.read_to_end(|| events += 1).unwrap();
        events
    };
    site.make(&Change::Put(uri(1), MediaType::JSON, state(100)));
    assert_eq!(follow(&mut replica), 1);
    for number in 1..=6 {
        site.make(&Change::Put(uri(number), MediaType::JSON, state(13 << 20)));
    }
    site.make(&Change::Delete(uri(1)));
    assert_eq!(follow(&mut replica), 7, "none is missed, and none seen twice");
    assert_eq!(site.differences(&replica), 0);

    let reader = site.publisher.store().reader().unwrap();
    let pages: Vec<_> = (0..).map_while(|number| pages::page(&reader, number).unwrap()).collect();
    let events: Vec<_> = pages.iter().map(|page| (page.first, page.last)).collect();
    assert_eq!(events, [(1, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 8)]);
    for page in &pages {
        for event in page.first..=page.last {
            assert_eq!(pages::page_of(&reader, event).unwrap().as_ref(), Some(page));
        }
    }
}

#[test]
fn an_entity_that_was_deleted_is_gone_and_one_that_never_was_is_not_found() {
    let site = Site::new(10, 5);
    site.make(&Change::Delete(uri(3)));
    assert_eq!(site.answer(&uri(3), None).status, 410);
    assert_eq!(site.answer(&uri(99), None).status, 404);
    let there = site.answer(&uri(4), None);
    let etag = there.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(site.answer(&uri(4), Some(&etag)).status, 304);
}

#[test]
fn draft_3_2_a_package_is_served_as_a_file_of_its_own_type() {
    let site = Site::new(10, 5);
    let snapshot = site.publish(Opening::Implied, 1000);
    let index = snapshot.document();
    for (number, package) in snapshot.packages().enumerate() {
        assert_eq!(index.uri(number), Some(&*number.to_string()), "relative to the index");
        let answer = site.answer(&format!("/snapshots/{}/{number}", index.id()), None);
        assert_eq!(answer.body.len() as u64, package.octets());
        let content_type = answer.headers["content-type"].to_str().unwrap();
        assert!(content_type.starts_with("multipart/package; boundary="), "{content_type}");
    }
    assert_eq!(site.answer(&format!("/snapshots/{}/99", index.id()), None).status, 404);
    assert_eq!(site.answer("/snapshots/another/0", None).status, 404);
}

#[test]
fn decided_an_events_time_never_steps_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("publisher.sqlite");
    let store = Store::open(&path, 50).unwrap();
    let ahead = store.now() + 3_600_000;
    drop(store);
    // As if the wall clock had stepped back by an hour since the last event.
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute("UPDATE clock SET last = ?1", [ahead])
        .unwrap();
    let store = Store::open(&path, 50).unwrap();
    store.change(&Change::Put(uri(1), MediaType::JSON, b"{}".to_vec())).unwrap();
    let (_, started) = store.freeze().unwrap();
    let event = &events(&store.reader().unwrap(), 1, 1).unwrap()[0];
    // The clock goes on from there, at half speed.
    assert!((ahead..ahead + 3_600_000).contains(&event.time), "{} {ahead}", event.time);
    assert!(started > event.time, "{started} {}", event.time);
}

/// Serves other routes than the publisher's, and returns their origin.
fn serve(site: &Site, routes: Router) -> String {
    let address = site.runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, routes).into_future());
        address
    });
    format!("http://{address}")
}

#[test]
fn a_redirect_to_another_origin_is_not_followed() {
    let site = Site::new(10, 5);
    let elsewhere = site.listening.uri("/changes/latest");
    let away = Router::new().route("/", get(async move || Redirect::temporary(&elsewhere)));
    let uri = format!("{}/", serve(&site, away));
    let error = site.runtime.block_on(support::fetcher(&uri).get(&uri, None));
    let error = chain(&error.unwrap_err());
    assert!(error.contains("another origin"), "{error}");
}

#[test]
fn a_304_that_was_not_asked_for_is_not_taken_for_the_end_of_the_feed() {
    let site = Site::new(10, 5);
    let routes = Router::new().route("/", get(async || StatusCode::NOT_MODIFIED));
    let feed = format!("{}/", serve(&site, routes));
    let mut replica = site.replica();
    replica.set_position(&Position::after_snapshot(chrono::Utc::now())).unwrap();
    let handle = site.runtime.handle().clone();
    let fetcher = support::fetcher(&feed);
    let feed = support::feed(&fetcher, &feed);
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &feed);
    let error = follower.read_to_end(|| ()).unwrap_err();
    assert!(matches!(error, Error::Status { .. }), "{error}");
}
