//! What a replica does not trust, and what it keeps secret.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use change_feed::DoubtReason;
use http::HeaderValue;
use serde_json::json;
use snapshot_sync::Error;
use snapshot_sync::entity::ENTITY_TYPE;
use snapshot_sync::origin::Origins;
use snapshot_sync::publisher::feed::SUBSCRIPTION;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::publisher::store::Change;
use snapshot_sync::replica::fetch::{Fetcher, Options};
use snapshot_sync::replica::follow::Follower;
use snapshot_sync::replica::replicate;
use std::sync::{Arc, Mutex};
use support::Site;
use support::proxy::{Asked, Harm, Proxy};

fn site() -> Site {
    let site = Site::new(500, 20);
    site.publish(Opening::Implied, 20_000);
    site
}

fn forged(octets: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(octets).unwrap();
    assert!(text.contains(from), "{text}");
    text.replace(from, to).into_bytes()
}

#[test]
fn section_3_1_an_index_that_is_still_being_written_is_not_replicated() {
    let site = site();
    let proxy = Proxy::new(&site, |asked| {
        let forge = |index| forged(index, "\"completed\"", "\"later\"");
        asked.path.ends_with("/index").then_some(Harm::Forge(forge))
    });
    let error = site.replicate_from(&proxy.uri(START), &proxy.fetcher()).unwrap_err();
    assert!(matches!(error, Error::Missing { what, .. } if what.contains("completed")), "{error}");
    assert_eq!(site.replica().position().unwrap(), None);
    assert_eq!(site.replica().counts().unwrap(), (0, 0));
}

#[test]
fn packages_and_entities_are_held_to_limits() {
    let site = site();
    let default = replicate::Options::default();
    let within = |options| {
        let start = site.listening.uri(START);
        site.replicate_within(&start, &site.fetcher, &options).map(|(_, report)| report.entities)
    };
    let error = within(replicate::Options { package_octets: 1000, ..default }).unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error}");
    let error = within(replicate::Options { entity_octets: 50, ..default }).unwrap_err();
    assert!(matches!(error, Error::Package { .. }), "{error}");
    assert_eq!(site.replica().counts().unwrap(), (0, 0), "nothing is stored of them");
    assert_eq!(within(default).unwrap(), 500);
}

#[test]
fn rfc5789_a_patch_of_a_type_that_is_not_known_is_not_applied_but_its_state_fetched() {
    let site = site();
    let forge = |page| forged(page, "application/merge-patch+json", "application/json-patch+json");
    let (mut replica, report) = site.replicate().unwrap();
    site.follow(&mut replica, &report.feed, 2);
    site.make(&Change::Patch(uri(3), json!({ "stock": 1 })));
    site.make(&Change::Patch(uri(4), json!({ "stock": 2 })));
    let proxy =
        Proxy::new(&site, move |asked| (asked.path == SUBSCRIPTION).then_some(Harm::Forge(forge)));
    let (handle, fetcher) = (site.runtime.handle().clone(), proxy.fetcher());
    let feed = support::discovered(&site, &fetcher, &proxy.uri(START));
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &feed);
    follower.read_to_end(|| ()).unwrap();
    assert_eq!((follower.report().patched, follower.report().fetched), (0, 2));
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn a_state_that_is_no_json_is_fetched_where_it_was_patched() {
    let site = site();
    let (mut replica, report) = site.replicate().unwrap();
    site.follow(&mut replica, &report.feed, 2);
    site.make(&Change::Patch(uri(3), json!({ "stock": 1 })));
    replica.put(&uri(3), None, ENTITY_TYPE, b"no JSON").unwrap();
    site.follow(&mut replica, &report.feed, 1);
    assert_eq!(site.differences(&replica), 0);
}

#[test]
fn section_7_a_feed_that_is_away_is_no_feed_whose_history_was_cut() {
    let site = site();
    let (mut replica, report) = site.replicate().unwrap();
    for readings in 0..3 {
        let proxy = Proxy::new(&site, |asked: &Asked| {
            asked.path.starts_with("/changes/").then_some(Harm::Answer(404, &[]))
        });
        let (handle, fetcher) = (site.runtime.handle().clone(), proxy.fetcher());
        let feed = support::discovered(&site, &fetcher, &proxy.uri(START));
        let mut follower =
            Follower::new(&handle, &fetcher, &mut replica, &feed).patience(support::patience());
        let error = follower.read_to_end(|| ()).unwrap_err();
        let reason = DoubtReason::NoDocument;
        assert!(
            matches!(error, Error::Wait { reason: found, .. } if found == reason),
            "after {readings}: {error}"
        );
        assert!(replica.position().unwrap().is_some());
        site.change(readings, 500, 5);
        site.follow(&mut replica, &report.feed, 1);
    }
    assert_eq!(site.differences(&replica), 0);
}

/// A server that records each request and whether it had a token, and answers by path.
fn listen(
    site: &Site,
    told: &Arc<Mutex<Vec<(String, bool)>>>,
    answer: impl Fn(&str) -> Response + Clone + Send + Sync + 'static,
) -> String {
    let told = told.clone();
    let routes = Router::new().fallback(move |request: Request| {
        let has = request.headers().contains_key("authorization");
        let path = request.uri().path().to_owned();
        let response = answer(&path);
        told.lock().unwrap().push((path, has));
        std::future::ready(response)
    });
    site.runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, routes).into_future());
        format!("http://{address}")
    })
}

#[test]
fn a_token_is_told_to_no_other_origin() {
    let (site, told) = (site(), Arc::default());
    let other = listen(&site, &told, |_| ().into_response());
    let elsewhere = format!("{other}/redirected");
    let home = listen(&site, &told, move |path| match path {
        "/leads" => Redirect::temporary(&elsewhere).into_response(),
        _ => ().into_response(),
    });
    let origins = Origins::of(&home).unwrap().and(&other).unwrap();
    let token = Some(HeaderValue::from_static("Bearer s3cret"));
    let fetcher = Fetcher::new(origins, Options { token, ..Options::default() }).unwrap();
    for uri in [format!("{home}/home"), format!("{other}/other"), format!("{home}/leads")] {
        site.runtime.block_on(fetcher.get(&uri, None)).unwrap();
    }
    let told = told.lock().unwrap().clone();
    let expected = [("/home", true), ("/other", false), ("/leads", true), ("/redirected", false)];
    assert_eq!(told, expected.map(|(path, has)| (path.to_owned(), has)));
}
