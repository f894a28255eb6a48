//! A publisher behind a proxy that puts it below a path prefix: every link leads to what it names.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use axum::Router;
use http::HeaderMap;
use multipart_package::Reader;
use snapshot_sync::origin::resolve;
use snapshot_sync::publisher::listen::{Limits, Listening};
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::server::Publisher;
use snapshot_sync::publisher::snapshot::{Opening, Shelf};
use snapshot_sync::publisher::store::Store;
use std::collections::BTreeSet;
use std::sync::Arc;
use support::Site;
use support::asked::{Response, get};

const PREFIX: &str = "/some/shop";

/// A publisher below the prefix, whose references are relative or below a base URI.
fn below(references: References) -> Site {
    let mut site = Site::new(0, 5);
    let path = site.directory.path().join("below.sqlite");
    let store = Arc::new(Store::open(&path, 5).unwrap().with_references(references));
    let mut generator = snapshot_sync::publisher::generate::Generator::new(1);
    store.fill(20, &mut generator, || ()).unwrap();
    site.publisher = Arc::new(Publisher::new(store, Shelf::default()).unwrap());
    site.publish(Opening::Implied, 500);
    site.change(2, 20, 17);
    let routes = Router::new().nest(PREFIX, site.publisher.clone().router());
    let limits = Limits::default();
    let listening = Listening::within(&limits, ([127, 0, 0, 1], 0).into(), routes);
    site.listening = site.runtime.block_on(listening).unwrap();
    site
}

/// The references that an answer contains: in its fields, in the heads of its parts, in an index and
/// in a history.
fn references(answer: &Response) -> Vec<String> {
    let mut found = Vec::new();
    let mut of_links = |value: &[u8]| {
        for link in version_links::links(value) {
            let link = link.unwrap();
            found.push(link.target().to_owned());
            found.extend(link.anchor().map(std::borrow::Cow::into_owned));
        }
    };
    answer.headers.get_all("link").iter().for_each(|link| of_links(link.as_bytes()));
    let content_type = answer.header("content-type").to_owned();
    if content_type.starts_with("multipart/") {
        let reader = Reader::from_content_type(content_type.as_bytes()).unwrap();
        let mut locations = Vec::new();
        for part in reader.parts(&answer.body) {
            let part = part.unwrap();
            part.head().get_all("link").for_each(&mut of_links);
            locations.extend(part.head().content_location().unwrap().map(str::to_owned));
        }
        found.extend(locations);
    } else if content_type.starts_with("application/json")
        && let Ok(index) = snapshot_index::SnapshotIndex::from_slice(&answer.body)
    {
        found.extend((0..).map_while(|number| index.uri(number).map(str::to_owned)));
    } else if content_type.starts_with("application/atom+xml") {
        let text = String::from_utf8(answer.body.clone()).unwrap();
        found.extend(
            text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
        );
    }
    let location = answer.headers.get("location");
    found.extend(
        location.map(|location| location.to_str().unwrap().split('#').next().unwrap().to_owned()),
    );
    found
}

/// Follows every reference from the two start documents on; returns the paths of what was found.
fn walked(site: &Site, origin: &str) -> BTreeSet<String> {
    let start = ["/snapshots/latest", "/changes/latest"].map(|name| format!("{PREFIX}{name}"));
    let (mut seen, mut next) = (BTreeSet::new(), Vec::from(start));
    while let Some(path) = next.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = get(site, &path, &[("accept", "*/*"), ("x-forwarded-host", "evil.example")]);
        // An event names its entity, which may have been deleted since.
        let is_there = answer.status.is_success() || answer.status.is_redirection();
        assert!(is_there || answer.status == 410, "{path}: {}", answer.status);
        for reference in references(&answer) {
            let uri = resolve(&format!("{origin}{path}"), &reference).unwrap();
            let local = uri.strip_prefix(origin).unwrap().to_owned();
            assert!(local.starts_with(&format!("{PREFIX}/")), "{path}: {reference}");
            next.push(local);
        }
    }
    seen
}

fn all_are_met(seen: &BTreeSet<String>) {
    for kind in [
        "/snapshots/2",
        "/index",
        "/0",
        "/changes/archive/1",
        "/timeline",
        "/entities/",
        "/versions/",
        "/histories/",
    ] {
        assert!(seen.iter().any(|path| path.contains(kind)), "{kind} in {seen:?}");
    }
    let events = seen
        .iter()
        .filter(|path| path.starts_with(&format!("{PREFIX}/changes/")) && path.contains('.'));
    assert!(events.count() > 10);
}

#[test]
fn rfc3986_5_2_below_a_prefix_every_link_leads_to_what_it_names() {
    let site = below(References::default());
    let seen = walked(&site, &site.listening.uri(""));
    all_are_met(&seen);
    let start = format!("{PREFIX}/changes/latest");
    let answer = get(&site, &start, &[("host", "evil.example"), ("x-forwarded-prefix", "/evil")]);
    let links: &HeaderMap = &answer.headers;
    assert!(!format!("{links:?}").contains("evil"), "what a request says of the host is not used");
}

#[test]
fn below_a_base_uri_every_link_is_absolute() {
    let base = "https://shop.example/some/shop/";
    let site = below(References::below(base).unwrap());
    let seen = walked(&site, "https://shop.example");
    all_are_met(&seen);
    for path in seen {
        let answer = get(&site, &path, &[]);
        let is_absolute = |reference: &String| reference.starts_with(base);
        assert!(references(&answer).iter().all(is_absolute), "{path}: {:?}", references(&answer));
    }
}
