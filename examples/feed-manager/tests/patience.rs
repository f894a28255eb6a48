//! What a client does where a server says that requests come too often (RFC 6585 section 4).

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod support;

use atom_fsm::app::Collection;
use atom_fsm::fsm::ServiceEntry;
use atom_fsm::opml::{Folder, Item};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use feed_manager::client::{Limits, Manager};
use feed_manager::outline::import;
use feed_manager::server::{Origin, Site, router};
use feed_manager::store::{Database, UserName, users};
use http::{Method, StatusCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::{listener, run};

/// Of the changes that are asked for, each second one is done.
static ASKED: AtomicUsize = AtomicUsize::new(0);

async fn busy(request: Request, next: Next) -> Response {
    let is_change = *request.method() == Method::POST;
    if is_change && ASKED.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")]).into_response();
    }
    next.run(request).await
}

#[tokio::test]
async fn rfc6585_4_an_import_and_an_update_of_a_list_wait_for_their_turn() {
    let folder = tempfile::tempdir().unwrap();
    let listener = listener().await;
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let database = Database::open(&folder.path().join("database")).unwrap();
    let site = Site::open(database.clone(), &Origin::parse(&origin).unwrap()).await.unwrap();
    let ann = database.write(|connection| users::add(connection, &UserName::parse("ann")?, "Ann"));
    let routes = router(site.only_user(ann.await.unwrap())).layer(from_fn(busy));
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let service = format!("{origin}/service");
    let manager = Manager::new(&service).unwrap();
    let titled = |title: &'static str| Collection::new(title);
    // Another request is refused at once.
    let refused = manager.create_bundle(&titled("Copy"), None).await.unwrap_err();
    assert_eq!(refused.status(), Some(StatusCode::TOO_MANY_REQUESTS));
    let copy = manager.create_bundle(&titled("Copy"), None).await.unwrap().uri;

    let one = |uri: &'static str| Item::from(ServiceEntry::new(uri, uri));
    let list =
        Folder::new("L").with_item(one("http://a.example/")).with_item(one("http://b.example/"));
    let started = Instant::now();
    let imported = import(&manager, &copy, &list).await.unwrap();
    assert_eq!((imported.added.len(), imported.failed.len()), (2, 0), "{:?}", imported.failed);
    assert!(started.elapsed() >= Duration::from_secs(2));

    let other = run().await.manager;
    let list = other.create_bundle(&titled("List"), None).await.unwrap().uri;
    let member = ServiceEntry::new("http://c.example/", "http://c.example/");
    other.create_member(&list, member.as_entry()).await.unwrap();
    let followed = manager.follow_into(&copy, &list).await.unwrap();
    assert_eq!((followed.added.len(), followed.failed.len()), (1, 0), "{:?}", followed.failed);

    // The wait has a limit.
    let limits = Limits::default().with_patience(Duration::ZERO);
    let hasty = Manager::with_limits(&service, limits).unwrap();
    let list = Folder::new("L").with_item(one("http://d.example/"));
    let failed = import(&hasty, &copy, &list).await.unwrap().failed;
    assert_eq!(failed[0].1.status(), Some(StatusCode::TOO_MANY_REQUESTS));
}
