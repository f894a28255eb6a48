//! The messages of draft-wilde-fsm-00 section 4 over real sockets: what is sent is the draft's, octet
//! for octet, and what is answered means what the draft's answers mean.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod support;

use atom_fsm::app::{Collection, Edited};
use atom_fsm::atom::{Entry, Link};
use reqwest::{Client, Method, RequestBuilder};
use support::{Running, run};

const ENTRY: &str = "application/atom+xml;type=entry";
const SERVICE_REQUEST: &str = include_str!("data/draft/4.1.1-request.xml");
const SERVICE_RESPONSE: &str = include_str!("data/draft/4.1.1-response.xml");
const BUNDLE_REQUEST: &str = include_str!("data/draft/4.2.1-request.xml");
const BUNDLE_RESPONSE: &str = include_str!("data/draft/4.2.1-response.xml");

struct Answer {
    status: u16,
    headers: http::HeaderMap,
    body: String,
}

async fn send(running: &Running, method: Method, uri: &str, body: Option<&str>) -> Answer {
    let http = Client::builder().no_proxy().build().unwrap();
    let mut request: RequestBuilder = http.request(method, uri);
    if let Some(token) = &running.token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.header("content-type", ENTRY).body(body.to_owned());
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}

/// What section 4 says of an answer to a creation: its status, its Location, the media type and a tag.
fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.body);
    let media_type = answer.headers["content-type"].to_str().unwrap();
    assert_eq!(media_type.replace(' ', "").to_ascii_lowercase(), ENTRY);
    assert!(answer.headers["etag"].to_str().unwrap().starts_with('"'));
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// The entry without what each server determines on its own, in an order of its links.
fn meaning(entry: &Entry<'_>) -> Entry<'static> {
    let mut entry = entry.clone().into_owned();
    for value in [entry.id().is_some(), entry.updated().is_some(), entry.published().is_some()] {
        assert!(value, "the server sets the id and the dates");
    }
    entry = entry.with_id("urn:x").with_common(atom_fsm::atom::Common::default());
    let date = || atom_fsm::atom::Date::new("2012-10-12T02:30:22Z");
    entry.set_updated(Some(date()));
    entry.set_published(Some(date()));
    entry.remove_extension::<Edited<'_>>();
    entry.authors_mut().clear();
    let edit = entry.links().iter().find(|it| it.has_rel("edit")).cloned();
    assert!(edit.is_some(), "a member has an edit link");
    entry.links_mut().retain(|it| !it.has_rel("edit") && !it.has_rel("self"));
    entry.links_mut().sort_by_key(|it: &Link<'_>| it.relation().to_owned());
    entry
}

async fn bundle(running: &Running) -> String {
    let answer = send(running, Method::POST, &running.service, Some(BUNDLE_REQUEST)).await;
    location(&answer)
}

#[tokio::test]
async fn fsm_4_1_1_a_service_entry_is_created_as_in_the_example() {
    let running = run().await;
    let bundle = bundle(&running).await;
    let answer = send(&running, Method::POST, &bundle, Some(SERVICE_REQUEST)).await;
    let location = location(&answer);
    let (stored, expected) =
        (Entry::parse(&answer.body).unwrap(), Entry::parse(SERVICE_RESPONSE).unwrap());
    assert_eq!(meaning(&stored), meaning(&expected));
    assert_eq!(stored.link("edit").and_then(Link::href), Some(&*location));
    let read = send(&running, Method::GET, &location, None).await;
    assert_eq!((read.status, Entry::parse(&read.body).unwrap()), (200, stored));
}

#[tokio::test]
async fn fsm_4_1_a_service_entry_is_modified_and_deleted_as_in_rfc5023() {
    let running = run().await;
    let bundle = bundle(&running).await;
    let created = send(&running, Method::POST, &bundle, Some(SERVICE_REQUEST)).await;
    let location = location(&created);
    let changed = SERVICE_REQUEST.replace("state=CA", "state=NY");
    let edited = send(&running, Method::PUT, &location, Some(&changed)).await;
    assert_eq!(edited.status, 200, "{}", edited.body);
    let expected = SERVICE_RESPONSE.replace("state=CA", "state=NY");
    let read = send(&running, Method::GET, &location, None).await;
    let read = Entry::parse(&read.body).unwrap();
    assert_eq!(meaning(&read), meaning(&Entry::parse(&expected).unwrap()));
    assert_eq!(read.id(), Entry::parse(&created.body).unwrap().id());
    assert_eq!(send(&running, Method::DELETE, &location, None).await.status / 100, 2);
    assert_eq!(send(&running, Method::GET, &location, None).await.status, 404);
}

#[tokio::test]
async fn fsm_4_2_1_a_bundle_is_created_as_in_the_example() {
    let running = run().await;
    let answer = send(&running, Method::POST, &running.service, Some(BUNDLE_REQUEST)).await;
    let location = location(&answer);
    let meaning = |document: &str| {
        let collection = Collection::parse(document).unwrap();
        assert!(collection.href().is_some());
        collection.with_href("http://example.org/").into_owned()
    };
    assert_eq!(meaning(&answer.body), meaning(BUNDLE_RESPONSE));
    assert_eq!(Collection::parse(&answer.body).unwrap().href(), Some(&*location));
    assert!(location.contains("spatial-feeds"), "{location}");
}

#[tokio::test]
async fn fsm_4_2_a_bundle_is_edited_by_put_and_deleted_by_delete() {
    let running = run().await;
    let bundle = bundle(&running).await;
    let changed = BUNDLE_REQUEST.replace("Spatial Feeds", "Feeds of Berkeley");
    let edited = send(&running, Method::PUT, &bundle, Some(&changed)).await;
    assert_eq!(edited.status, 200, "{}", edited.body);
    let service = running.manager.service().await.unwrap();
    let listed: Vec<_> = service.collections().filter(|it| it.href() == Some(&*bundle)).collect();
    assert_eq!(listed.len(), 1, "section 3: the service document lists each bundle once");
    assert_eq!(listed[0].title().unwrap().value(), "Feeds of Berkeley");
    assert_eq!(send(&running, Method::DELETE, &bundle, None).await.status / 100, 2);
    assert_eq!(send(&running, Method::GET, &bundle, None).await.status, 404);
    let service = running.manager.service().await.unwrap();
    assert!(service.collections().all(|it| it.href() != Some(&*bundle)));
}
