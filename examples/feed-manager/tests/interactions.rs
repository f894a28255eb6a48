//! Every interaction of draft-wilde-fsm-00 section 4, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::app::{Collection, Edited};
use atom_fsm::atom::Text;
use atom_fsm::fsm::{BundleReference, Query, ServiceEntry};
use atom_fsm::xml::{Element, Name};
use feed_manager::client::Manager;
use feed_manager::{Error, rates, server};
use http::StatusCode;
use tokio::net::TcpListener;

struct Running {
    manager: Manager,
    rates: String,
}

async fn run() -> Running {
    let (managed, service) = (listener().await, listener().await);
    let uri = format!("http://{}{}", managed.local_addr().unwrap(), server::SERVICE);
    let rates = format!("http://{}{}", service.local_addr().unwrap(), rates::PATH);
    tokio::spawn(server::serve(managed, "Yiming Liu"));
    tokio::spawn(rates::serve(service));
    Running { manager: Manager::new(&uri).unwrap(), rates }
}

async fn listener() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap()
}

fn status<T: std::fmt::Debug>(result: Result<T, Error>) -> StatusCode {
    result.unwrap_err().status().unwrap()
}

#[tokio::test]
async fn fsm_3_the_service_document_lists_every_bundle() {
    let Running { manager, .. } = run().await;
    assert_eq!(manager.service().await.unwrap().collections().count(), 0);
    for expected in ["spatial-feeds", "spatial-feeds-2", "spatial-feeds-3"] {
        let created = manager.create_bundle(&Collection::new("Spatial Feeds"), None).await.unwrap();
        assert!(created.uri.ends_with(&format!("/yiming-liu/{expected}")), "{}", created.uri);
        assert_eq!(created.value.href(), Some(&*created.uri));
    }
    let named = manager.create_bundle(&Collection::new("Other"), Some("Über alles")).await.unwrap();
    assert!(named.uri.ends_with("/yiming-liu/uber-alles"), "{}", named.uri);
    let service = manager.service().await.unwrap();
    assert_eq!(service.collections().count(), 4);
    for collection in service.collections() {
        manager.bundle(collection.href().unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn fsm_4_1_a_service_entry_is_created_invoked_edited_and_deleted() {
    let Running { manager, rates } = run().await;
    let bundle = manager.create_bundle(&Collection::new("Spatial Feeds"), None).await.unwrap().uri;
    let entry = ServiceEntry::new("Unemployment Rates 2011", rates.clone())
        .with_query(Query::new("state=CA"))
        .into_entry();
    let created = manager.create_member(&bundle, &entry).await.unwrap();
    assert_eq!(created.value.link("edit").unwrap().href(), Some(&*created.uri));
    assert!(created.value.extension::<Edited<'_>>().unwrap().is_ok());
    assert_eq!(manager.member(&created.uri).await.unwrap(), created);

    let read = manager.found_bundle(&bundle).await.unwrap();
    let base = read.base();
    let service = read.value.services().next().unwrap().clone();
    assert_eq!(service.as_entry(), &created.value);
    let feed = manager.invoke(&service, &base).await.unwrap();
    let states: Vec<_> =
        feed.entries().iter().map(|entry| entry.title().unwrap().value()).collect();
    assert_eq!(states, ["CA"]);

    let mut edited = created.value.clone();
    edited.set_title(Some(Text::plain("Rates")));
    edited.set_extension(&Query::new("state=NY&state=TX"));
    let answer = manager.edit_member(&created.uri, &edited, &created.guard()).await.unwrap();
    assert_eq!((answer.id(), answer.published()), (created.value.id(), created.value.published()));
    let again = manager.edit_member(&created.uri, &edited, &created.guard()).await;
    assert_eq!(status(again), StatusCode::PRECONDITION_FAILED);
    let service = ServiceEntry::try_from(answer).unwrap();
    assert_eq!(manager.invoke(&service, &base).await.unwrap().entries().len(), 2);
    assert_eq!(manager.invoke(&service.without_query(), &base).await.unwrap().entries().len(), 4);

    manager.delete(&created.uri).await.unwrap();
    assert_eq!(status(manager.member(&created.uri).await), StatusCode::NOT_FOUND);
    assert_eq!(manager.bundle(&bundle).await.unwrap().members(), []);
}

#[tokio::test]
async fn fsm_2_2_1_deleting_a_reference_leaves_the_bundle_and_deleting_that_leaves_it_dangling() {
    let Running { manager, .. } = run().await;
    let first = manager.create_bundle(&Collection::new("First"), None).await.unwrap().uri;
    let second = manager.create_bundle(&Collection::new("Second"), None).await.unwrap().uri;
    let entry = BundleReference::new("Second", second.clone()).into_entry();
    let created = manager.create_member(&first, &entry).await.unwrap();
    let read = manager.found_bundle(&first).await.unwrap();
    let reference = read.value.references().next().unwrap();
    assert_eq!(manager.follow(reference, &read.base()).await.unwrap().value.title(), "Second");
    manager.delete(&created.uri).await.unwrap();
    assert_eq!(manager.bundle(&second).await.unwrap().title(), "Second");
    manager.create_member(&first, &entry).await.unwrap();
    manager.delete(&second).await.unwrap();
    let read = manager.found_bundle(&first).await.unwrap();
    let followed = manager.follow(read.value.references().next().unwrap(), &read.base()).await;
    assert_eq!(status(followed), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn fsm_4_2_a_bundle_is_edited_and_keeps_its_markup() {
    let Running { manager, .. } = run().await;
    let place = Name::new(atom_fsm::namespace::GEORSS, "georss", "box").unwrap();
    let place = Element::new(place).with_text("37.8685 -122.2680 37.8796 -122.2533");
    let collection = Collection::new("Spatial Feeds").with_extension(place.clone());
    let created = manager.create_bundle(&collection, None).await.unwrap();
    assert_eq!(
        manager.bundle(&created.uri).await.unwrap().feed().extensions(),
        std::slice::from_ref(&place)
    );
    let renamed = Collection::new("Renamed").with_extension(place);
    let edited = manager.edit_bundle(&created.uri, &renamed, &created.guard()).await.unwrap();
    assert_eq!(edited.href(), Some(&*created.uri));
    assert_eq!(manager.bundle(&created.uri).await.unwrap().title(), "Renamed");
    let stale = manager.edit_bundle(&created.uri, &renamed, &created.guard()).await;
    assert_eq!(status(stale), StatusCode::PRECONDITION_FAILED);
    manager.delete(&created.uri).await.unwrap();
    assert_eq!(status(manager.bundle(&created.uri).await), StatusCode::NOT_FOUND);
    assert_eq!(manager.service().await.unwrap().collections().count(), 0);
}

/// The validators are read before the collection, so that no change between the two is overwritten.
#[tokio::test]
async fn fsm_4_2_a_bundle_that_is_read_to_be_edited_has_what_guards_the_edit() {
    let Running { manager, .. } = run().await;
    let uri = manager.create_bundle(&Collection::new("First"), None).await.unwrap().uri;
    let found = manager.collection_to_edit(&uri).await.unwrap();
    assert_eq!((found.uri.as_str(), found.value.title().unwrap().value()), (&*uri, "First".into()));
    let mut collection = found.value.clone();
    collection.set_title(Some(Text::plain("Second")));
    manager.edit_bundle(&uri, &collection, &found.guard()).await.unwrap();
    let late = manager.edit_bundle(&uri, &found.value, &found.guard()).await;
    assert_eq!(status(late), StatusCode::PRECONDITION_FAILED);
    let found = manager.collection_to_edit(&uri).await.unwrap();
    assert_eq!(found.value.title().unwrap().value(), "Second");
}

#[tokio::test]
async fn rfc5023_5_what_is_wrong_is_refused() {
    let Running { manager, rates } = run().await;
    let bundle = manager.create_bundle(&Collection::new("A"), None).await.unwrap().uri;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let send = |method: http::Method, uri: String, media_type: &'static str, body: &'static str| {
        let request = http.request(method, uri).header("content-type", media_type).body(body);
        async move { request.send().await.unwrap().status() }
    };
    let (post, entry) = (http::Method::POST, "application/atom+xml;type=entry");
    let collection = send(post.clone(), bundle.clone(), "text/html", "<p/>").await;
    assert_eq!(collection, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for body in ["", "<entry/>", "<entry xmlns='http://www.w3.org/2005/Atom'/>", "<a>"] {
        assert_eq!(send(post.clone(), bundle.clone(), entry, body).await, StatusCode::BAD_REQUEST);
    }
    let unknown = send(post.clone(), rates.clone(), entry, "").await;
    assert_eq!(unknown, StatusCode::METHOD_NOT_ALLOWED);
    let nowhere = bundle.replace("/yiming-liu/", "/elsewhere/");
    assert_eq!(send(post.clone(), nowhere, entry, "").await, StatusCode::NOT_FOUND);
    let long = Box::leak(" ".repeat(2 * 1024 * 1024).into_boxed_str());
    assert_eq!(send(post, bundle, entry, long).await, StatusCode::PAYLOAD_TOO_LARGE);
}
