//! What draft-wilde-fsm-00 says of documents and interactions, and RFC 5023 beneath it, header by header.

use crate::fixture::{Answer, ENTRY, Running, collection, entry, run, run_within, service};
use atom_fsm::app::{Collection, Edited, Service};
use atom_fsm::atom::{Base, Entry, Link};
use atom_fsm::fsm::{BundleReference, Query, ServiceEntry};
use atom_fsm::interaction::Problem;
use atom_fsm::{Reader, Stage};
use http::Method;

const SERVICE_ENTRY: &str = include_str!("../data/draft/2.1.1-service-entry.xml");
const BUNDLE_REFERENCE: &str = include_str!("../data/draft/2.2.3-bundle-reference.xml");
const BUNDLE: &str = include_str!("../data/draft/4.2.1-request.xml");

/// A bundle's path.
async fn bundle(running: &Running) -> String {
    running.post("/service", ENTRY, "c", &collection("C", "")).await
}

/// A reference to a bundle of somebody else.
fn reference(title: &str) -> String {
    let links = "<link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>\
        <link rel='alternate' href='http://lists.example/b'/>";
    entry(title, links)
}

async fn send(
    running: &Running,
    method: Method,
    path: &str,
    fields: &[(&str, &str)],
    body: &str,
) -> Answer {
    running.send(method, path, Some(&running.ann), fields, body.to_owned()).await
}

async fn put(running: &Running, path: &str, body: &str) -> Answer {
    send(running, Method::PUT, path, &[("content-type", ENTRY)], body).await
}

/// The name of the rule that a refusal says.
fn rule(answer: &Answer) -> Option<String> {
    Problem::parse(&answer.body).unwrap().rule_name().map(str::to_owned)
}

#[tokio::test]
async fn fsm_4_2_a_bundle_is_deleted_with_what_is_in_it() {
    let running = run().await;
    let path = bundle(&running).await;
    let members = [
        running.post(&path, ENTRY, "s", &service("S", "")).await,
        running.post(&path, ENTRY, "r", &reference("R")).await,
    ];
    let deleted = send(&running, Method::DELETE, &path, &[], "").await;
    assert_eq!((deleted.status.as_u16(), deleted.body.len()), (204, 0));
    for path in members.iter().chain([&path]) {
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(send(&running, method, path, &[], "").await.status, 404, "{path}");
        }
        assert_eq!(put(&running, path, &service("S", "")).await.status, 404, "{path}");
    }
}

/// A reference elsewhere that dangles leads to nothing, and not to what has the title now.
#[tokio::test]
async fn fsm_2_2_1_the_uri_of_a_deleted_bundle_is_never_that_of_another() {
    let running = run().await;
    let path = bundle(&running).await;
    assert_eq!(send(&running, Method::DELETE, &path, &[], "").await.status, 204);
    assert_eq!(bundle(&running).await, format!("{path}-2"));
    assert_eq!(running.get(&path).await.status, 404);
    assert_eq!(send(&running, Method::DELETE, &format!("{path}-2"), &[], "").await.status, 204);
    assert_eq!(bundle(&running).await, format!("{path}-3"));
}

#[tokio::test]
async fn fsm_2_2_1_a_reference_is_read_and_edited_at_its_own_uri() {
    let running = run().await;
    let path = bundle(&running).await;
    let member = running.post(&path, ENTRY, "r", &reference("R")).await;
    let read = running.get(&member).await;
    let found = BundleReference::try_from(read.entry()).unwrap();
    assert_eq!((found.title(), found.uri()), ("R".into(), "http://lists.example/b"));
    assert_eq!(found.edit_uri(), Some(&*format!("{}{member}", running.origin)));
    let edited = put(&running, &member, &reference("New")).await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    let edited = BundleReference::try_from(edited.entry()).unwrap();
    assert_eq!((edited.title(), edited.as_entry().id()), ("New".into(), found.as_entry().id()));
    // It stays a reference.
    let other = put(&running, &member, &service("S", "")).await;
    assert_eq!((other.status.as_u16(), rule(&other)), (409, Some("profile-unknown".to_owned())));
    let of_service = running.post(&path, ENTRY, "s", &service("S", "")).await;
    let other = put(&running, &of_service, &reference("R")).await;
    assert_eq!((other.status.as_u16(), rule(&other)), (409, Some("profile-unknown".to_owned())));
    let read = running.get(&member).await;
    assert_eq!(BundleReference::try_from(read.entry()).unwrap().title(), "New");
}

/// The "special case" of section 4.1, which the draft leaves open.
#[tokio::test]
async fn fsm_4_1_a_reference_is_not_deleted_by_post() {
    let running = run().await;
    let path = bundle(&running).await;
    let member = running.post(&path, ENTRY, "r", &reference("R")).await;
    let bare = send(&running, Method::POST, &path, &[], "").await;
    assert_eq!((bare.status.as_u16(), rule(&bare)), (400, Some("reference-deletion".to_owned())));
    let posted = send(&running, Method::POST, &member, &[("content-type", ENTRY)], "").await;
    assert_eq!(
        (posted.status.as_u16(), rule(&posted)),
        (405, Some("reference-deletion".to_owned()))
    );
    assert_eq!(posted.field("allow"), Some("GET, HEAD, OPTIONS, PUT, DELETE"));
    assert_eq!(running.get(&member).await.status, 200);
}

#[tokio::test]
async fn rfc9110_13_1_1_a_deletion_is_of_the_state_that_it_names() {
    let running = run().await;
    let path = bundle(&running).await;
    let member = running.post(&path, ENTRY, "s", &service("S", "")).await;
    for path in [&member, &path] {
        let old = running.get(path).await.field("etag").unwrap().to_owned();
        match path == &member {
            true => assert_eq!(put(&running, path, &service("New", "")).await.status, 200),
            false => assert_eq!(put(&running, path, &collection("New", "")).await.status, 200),
        }
        let stale = send(&running, Method::DELETE, path, &[("if-match", &old)], "").await;
        assert_eq!(stale.status, 412, "{path}");
        let etag = running.get(path).await.field("etag").unwrap().to_owned();
        assert_ne!(etag, old);
        let deleted = send(&running, Method::DELETE, path, &[("if-match", &etag)], "").await;
        assert_eq!(deleted.status, 204, "{path}");
        assert_eq!(running.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn fsm_2_1_a_query_with_a_scheme_is_stored_shown_and_not_appended() {
    let running = run().await;
    let path = bundle(&running).await;
    let query = "<fsm:query scheme='http://geofeeds.org/query'>//state[.='CA']</fsm:query>";
    let member = running.post(&path, ENTRY, "s", &service("S", query)).await;
    let feed = running.get(&path).await;
    let stored = running.get(&member).await;
    for entry in [stored.entry(), feed.feed().entries()[0].clone()] {
        let query = entry.extension::<Query<'_>>().unwrap().unwrap();
        assert_eq!(query.text(), "//state[.='CA']");
        assert_eq!(query.scheme(), Some("http://geofeeds.org/query"));
        let service = ServiceEntry::try_from(entry).unwrap();
        let uri = service.invocation_uri(&Base::new(&running.origin)).unwrap();
        assert_eq!(uri, "http://feeds.example/rates");
    }
    let wrong = service("S", "<fsm:query scheme='no uri'>a</fsm:query>");
    let refused = send(&running, Method::POST, &path, &[("content-type", ENTRY)], &wrong).await;
    assert_eq!(rule(&refused).as_deref(), Some("query-scheme"));
}

#[tokio::test]
async fn fsm_2_2_a_bundle_leads_to_the_service_document_that_lists_it() {
    let running = run().await;
    let path = bundle(&running).await;
    let feed = running.get(&path).await;
    let service = feed.feed().link("service").and_then(Link::href).unwrap().to_owned();
    let profile = feed.feed().link("profile").and_then(Link::href).unwrap().to_owned();
    assert_eq!(profile, "http://dret.net/fsm/1.0/bundle");
    let document = running.get(&service).await;
    assert_eq!(document.status, 200);
    let read =
        crate::fixture::strict().read::<Service<'_>>(&document.body).unwrap().into_document();
    let uri = format!("{}{path}", running.origin);
    assert_eq!(read.collections().filter(|it| it.href() == Some(&*uri)).count(), 1);
}

#[tokio::test]
async fn rfc5023_12_each_document_has_its_media_type() {
    let running = run().await;
    let path = bundle(&running).await;
    let member = running.post(&path, ENTRY, "s", &service("S", "")).await;
    for (path, expected) in [
        ("/service", "application/atomsvc+xml"),
        ("/ann/service", "application/atomsvc+xml"),
        (&*path, "application/atom+xml;type=feed"),
        (&*member, "application/atom+xml;type=entry"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = send(&running, method, path, &[], "").await;
            assert_eq!(answer.field("content-type"), Some(expected), "{path}");
        }
    }
}

#[tokio::test]
async fn rfc5023_9_2_the_answer_to_a_creation_is_what_its_location_gives() {
    let running = run().await;
    let path = bundle(&running).await;
    for body in [service("S", ""), reference("R")] {
        let created = send(&running, Method::POST, &path, &[("content-type", ENTRY)], &body).await;
        assert_eq!(created.status, 201);
        let location = created.field("location").unwrap();
        assert_eq!(created.field("content-location"), Some(location));
        let read = running.get(location).await;
        assert_eq!(read.body, created.body);
        assert_eq!(read.field("etag"), created.field("etag"));
    }
    // A GET of a collection's URI gives a feed: nothing says that the collection is what it gives.
    let created =
        send(&running, Method::POST, "/service", &[("content-type", ENTRY)], &collection("D", ""))
            .await;
    assert_eq!(created.field("content-location"), None);
    let location = created.field("location").unwrap();
    assert_eq!(Collection::parse(&created.text()).unwrap().href(), Some(location));
    assert_eq!(running.get(location).await.field("etag"), created.field("etag"));
}

/// A validator would say that what was sent is stored octet for octet.
#[tokio::test]
async fn rfc9110_9_3_4_the_answer_to_an_edit_has_a_validator_only_for_the_octets_sent() {
    let running = run().await;
    let plain =
        running.post("/service", ENTRY, "p", &collection("P", "<accept>*/*</accept>")).await;
    let link = running.post(&plain, "text/plain", "m", "old").await;
    let path = bundle(&running).await;
    let member = running.post(&path, ENTRY, "s", &service("S", "")).await;
    let edited = put(&running, &member, &service("New", "")).await;
    assert_eq!(edited.status, 200);
    assert_eq!((edited.field("etag"), edited.field("last-modified")), (None, None));
    // RFC 9110 section 8.7: the body is what a GET gives.
    assert_eq!(edited.field("content-location"), Some(&*format!("{}{member}", running.origin)));
    assert_eq!(running.get(&member).await.body, edited.body);
    let edited = put(&running, &path, &collection("New", "")).await;
    assert_eq!(edited.status, 200);
    for name in ["etag", "last-modified", "content-location", "location"] {
        assert_eq!(edited.field(name), None, "{name}");
    }
    let media = format!("{link}/media");
    let edited =
        send(&running, Method::PUT, &media, &[("content-type", "text/plain")], "new").await;
    assert_eq!(edited.status, 204);
    let read = running.get(&media).await;
    assert_eq!((read.field("etag"), &*read.body), (edited.field("etag"), &b"new"[..]));
}

#[tokio::test]
async fn rfc9110_15_5_6_what_a_resource_does_not_support_names_what_it_does() {
    let running = run().await;
    let path = bundle(&running).await;
    let member = running.post(&path, ENTRY, "s", &service("S", "")).await;
    let outline = format!("{path}.opml");
    for (method, path, expected) in [
        (Method::DELETE, "/service", "GET, HEAD, OPTIONS, POST"),
        (Method::PUT, "/ann/service", "GET, HEAD, OPTIONS, POST"),
        (Method::PATCH, &*path, "GET, HEAD, OPTIONS, POST, PUT, DELETE"),
        (Method::POST, &*member, "GET, HEAD, OPTIONS, PUT, DELETE"),
        (Method::DELETE, &*outline, "GET, HEAD, OPTIONS"),
    ] {
        let answer = send(&running, method, path, &[("content-type", ENTRY)], "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.field("allow")),
            (405, Some(expected)),
            "{path}"
        );
        let options = send(&running, Method::OPTIONS, path, &[], "").await;
        assert_eq!(
            (options.status.as_u16(), options.field("allow")),
            (204, Some(expected)),
            "{path}"
        );
    }
}

/// No media type is registered for a collection.
#[tokio::test]
async fn fsm_4_2_1_a_collection_is_taken_under_each_media_type_that_it_may_have() {
    let running = run().await;
    for media_type in [
        "application/xml",
        "application/atomsvc+xml",
        "application/atom+xml; type=\"ENTRY\"",
        ENTRY,
    ] {
        let fields = [("content-type", media_type)];
        let created = send(&running, Method::POST, "/service", &fields, BUNDLE).await;
        assert_eq!(created.status, 201, "{media_type}: {}", created.text());
        let location = created.field("location").unwrap().to_owned();
        let edited = send(&running, Method::PUT, &location, &fields, &collection("D", "")).await;
        assert_eq!(edited.status, 200, "{media_type}: {}", edited.text());
        assert_eq!(running.get(&location).await.feed().title().unwrap().value(), "D");
    }
    let refused =
        send(&running, Method::POST, "/service", &[("content-type", "application/json")], BUNDLE)
            .await;
    assert_eq!(refused.status, 415);
}

/// As printed, they declare no namespace, so that their root is no entry.
#[tokio::test]
async fn fsm_2_1_1_and_2_2_3_the_examples_are_posted() {
    let running = run().await;
    let path = bundle(&running).await;
    let declared = |example: &str| {
        let declarations =
            "<entry xmlns='http://www.w3.org/2005/Atom' xmlns:fsm='http://dret.net/fsm/1.0'>";
        example.replacen("<entry>", declarations, 1)
    };
    let fields = [("content-type", ENTRY)];
    for example in [SERVICE_ENTRY, BUNDLE_REFERENCE] {
        let refused = send(&running, Method::POST, &path, &fields, example).await;
        assert_eq!(refused.status, 400, "{}", refused.text());
        let example = declared(example);
        let read = Reader::new().stage(Stage::Submitted).read::<Entry<'_>>(example.as_bytes());
        let sent = read.unwrap().into_document();
        let created = send(&running, Method::POST, &path, &fields, &example).await;
        assert_eq!(created.status, 201, "{}", created.text());
        let stored = created.entry();
        assert_eq!((stored.title(), stored.summary()), (sent.title(), sent.summary()));
        let target = |entry: &Entry<'_>, relation| {
            entry.link(relation).and_then(Link::href).map(str::to_owned)
        };
        for relation in ["alternate", "profile"] {
            assert_eq!(target(&stored, relation), target(&sent, relation));
        }
        assert_eq!(
            stored.content().and_then(|it| it.src()),
            sent.content().and_then(|it| it.src())
        );
        // The id, the dates and the edit link are the server's.
        assert_ne!(stored.id(), sent.id());
        assert_eq!(target(&stored, "edit").as_deref(), created.field("location"));
        let query = |entry: &Entry<'_>| {
            let query = entry.extension::<Query<'_>>()?.unwrap().into_owned();
            Some((query.text().to_owned(), query.scheme().map(str::to_owned)))
        };
        assert_eq!(query(&stored), query(&sent));
    }
    assert_eq!(running.get(&path).await.feed().entries().len(), 2);
}

#[tokio::test]
async fn rfc5023_10_the_members_of_a_bundle_are_on_pages_in_the_order_of_their_edits() {
    let running = run_within(|mut limits| {
        limits.page_entries = 2;
        limits
    });
    let running = running.await;
    let path = bundle(&running).await;
    let mut members = Vec::new();
    for title in ["a", "b", "c"] {
        members.push(running.post(&path, ENTRY, title, &service(title, "")).await);
    }
    members.push(running.post(&path, ENTRY, "r", &reference("r")).await);
    assert_eq!(put(&running, &members[1], &service("b2", "")).await.status, 200);
    let (mut titles, mut dates, mut next) = (Vec::new(), Vec::new(), Some(path.clone()));
    while let Some(uri) = next {
        let page = running.get(&uri).await;
        let feed = page.feed();
        assert!(feed.entries().len() <= 2 && feed.link("profile").is_some(), "{uri}");
        for entry in feed.entries() {
            titles.push(entry.title().unwrap().value().into_owned());
            let edited = entry.extension::<Edited<'_>>().unwrap().unwrap();
            dates.push(edited.0.to_datetime().unwrap());
        }
        next = feed.link("next").and_then(Link::href).map(str::to_owned);
    }
    assert_eq!(titles, ["b2", "r", "c", "a"]);
    assert!(dates.is_sorted_by(|newer, older| newer >= older), "{dates:?}");
}

#[tokio::test]
async fn fsm_2_a_member_of_a_bundle_keeps_a_profile() {
    let running = run().await;
    let path = bundle(&running).await;
    let member = running.post(&path, ENTRY, "s", &service("S", "")).await;
    let before = running.get(&member).await;
    let refused = put(&running, &member, &entry("Plain", "<content>x</content>")).await;
    assert_eq!(
        (refused.status.as_u16(), rule(&refused)),
        (400, Some("profile-missing".to_owned()))
    );
    let after = running.get(&member).await;
    assert_eq!((&after.body, after.field("etag")), (&before.body, before.field("etag")));
}
