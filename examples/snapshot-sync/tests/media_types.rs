//! The media types of entities: what a client sends comes back, everywhere.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::server::Publisher;
use snapshot_sync::publisher::snapshot::{Opening, Shelf};
use snapshot_sync::publisher::store::{NewFeed, Store};
use std::sync::Arc;
use support::Site;
use support::asked::{ask, get};

#[test]
fn rfc9110_8_3_the_media_type_of_a_state_comes_back_with_it() {
    let site = Site::new(0, 50);
    let png = ("content-type", "image/png; x=\"a b\"");
    for (name, fields, body, comes_back) in [
        ("a", &[][..], "{}", "application/json"),
        ("b", &[("content-type", "application/json")], "7", "application/json"),
        (
            "c",
            &[("content-type", "Application/Vnd.x+JSON;v=1")],
            "[]",
            "Application/Vnd.x+JSON;v=1",
        ),
        ("d", &[png], "no JSON", png.1),
    ] {
        let path = format!("/entities/{name}");
        assert_eq!(ask(&site, "PUT", &path, fields, body).status, 201, "{name}");
        let now = get(&site, &path, &[]);
        assert_eq!((now.header("content-type"), &*now.body), (comes_back, body.as_bytes()));
        let version = get(&site, &format!("/versions/{name}/1"), &[]);
        assert_eq!(version.header("content-type"), comes_back);
    }
    for fields in [
        &[("content-type", "json")][..],
        &[("content-type", "")],
        &[("content-type", "text/plain"), ("content-type", "text/html")],
    ] {
        assert_eq!(ask(&site, "PUT", "/entities/e", fields, "{}").status, 400, "{fields:?}");
    }
    for json in ["application/json", "application/x+json"] {
        let refused = ask(&site, "PUT", "/entities/e", &[("content-type", json)], "no JSON");
        assert_eq!(refused.status, 400, "{json}");
    }
    // The same is in the feed, in the snapshot, and in a replica that has read both.
    let feed = get(&site, "/changes/latest", &[]);
    let feed = String::from_utf8(feed.body).unwrap();
    site.publish(Opening::Implied, 10_000);
    let (mut replica, report) = site.replicate().unwrap();
    assert_eq!(site.differences(&replica), 0, "the types are compared too");
    site.follow(&mut replica, &report.feed, 2);
    assert_eq!(site.differences(&replica), 0);
    for field in ["application/json", "Application/Vnd.x+JSON;v=1", png.1] {
        assert!(feed.contains(&format!("Content-Type: {field}\r\n")), "{feed}");
    }
}

#[test]
fn rfc7396_a_patch_keeps_the_media_type_and_needs_json() {
    let site = Site::new(0, 50);
    let merge = [("content-type", "application/merge-patch+json")];
    let typed = |media_type| [("content-type", media_type)];
    ask(&site, "PUT", "/entities/a", &typed("application/x+json"), "{}");
    assert_eq!(ask(&site, "PATCH", "/entities/a", &merge, r#"{"b":1}"#).status, 204);
    let now = get(&site, "/entities/a", &[]);
    assert_eq!(
        (now.header("content-type"), &*now.body),
        ("application/x+json", &br#"{"b":1}"#[..])
    );
    ask(&site, "PUT", "/entities/a", &typed("text/plain"), "{}");
    assert_eq!(ask(&site, "PATCH", "/entities/a", &merge, "{}").status, 409);
    assert_eq!(ask(&site, "POST", "/entities/a", &[], "{}").status, 409);
    let before = get(&site, "/versions/a/2", &[]);
    assert_eq!(
        before.header("content-type"),
        "application/x+json",
        "an earlier version has its own"
    );
}

#[test]
fn entities_have_the_path_with_which_the_database_was_created() {
    let mut site = Site::new(0, 50);
    let path = site.directory.path().join("shop.sqlite");
    let open = |entities: &str| {
        let new = NewFeed { page_events: 5, entities: entities.parse().unwrap() };
        Store::open_as(&path, &new, || 0).unwrap()
    };
    drop(open("shop/*all:1"));
    let store = Arc::new(open("other"));
    let publisher = Publisher::new(store, Shelf::default()).unwrap();
    site.publisher = Arc::new(publisher);
    let anywhere = ([127, 0, 0, 1], 0).into();
    let listening = Listening::at(anywhere, site.publisher.clone());
    site.listening = site.runtime.block_on(listening).unwrap();
    assert_eq!(ask(&site, "PUT", "/shop/*all:1/a", &[], "{}").status, 201);
    assert_eq!(get(&site, "/shop/*all:1/a", &[]).status, 200);
    assert_eq!(get(&site, "/entities/a", &[]).status, 404);
    let feed = String::from_utf8(get(&site, "/changes/latest", &[]).body).unwrap();
    assert!(feed.contains("/shop/*all:1/a>;rel=\"about\""), "{feed}");
}
