//! Bundles of three servers that refer to each other in a circle, with one server down.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod support;

use atom_fsm::app::Collection;
use atom_fsm::fsm::{BundleReference, ServiceEntry};
use atom_fsm::opml::Item;
use atom_fsm::walk::{AuthorityPolicy, BundleWalk, VisitState};
use feed_manager::client::Progress;
use feed_manager::outline::{Queries, walked};
use support::{Running, listener, run};

/// A public bundle with a service.
async fn bundle(running: &Running, title: &str) -> String {
    let visibility = atom_fsm::xml::Name::new("urn:feed-manager", "manager", "visibility").unwrap();
    let visibility = atom_fsm::xml::Element::new(visibility).with_text("public");
    let collection = Collection::new(title.to_owned()).with_extension(visibility);
    let uri = running.manager.create_bundle(&collection, None).await.unwrap().uri;
    let service = ServiceEntry::new(title.to_owned(), format!("http://a.example/{title}"));
    running.manager.create_member(&uri, service.as_entry()).await.unwrap();
    uri
}

async fn refer(running: &Running, from: &str, to: &str) {
    let reference = BundleReference::new("to", to.to_owned());
    running.manager.create_member(from, reference.as_entry()).await.unwrap();
}

#[tokio::test]
async fn fsm_2_2_1_a_walk_over_three_servers_ends_and_says_which_is_down() {
    let servers = [run().await, run().await, run().await];
    let mut uris = Vec::new();
    for (server, title) in servers.iter().zip(["first", "second", "third"]) {
        uris.push(bundle(server, title).await);
    }
    // Nobody listens there any more.
    let down = format!("http://{}/bundle", listener().await.local_addr().unwrap());
    refer(&servers[0], &uris[0], &uris[1]).await;
    refer(&servers[1], &uris[1], &uris[2]).await;
    refer(&servers[2], &uris[2], &uris[0]).await;
    refer(&servers[1], &uris[1], &down).await;

    let (mut asked, mut failed) = (0, Vec::new());
    let walk = BundleWalk::new(&uris[0]);
    let federation = servers[0].manager.walk(walk, |progress| match progress {
        Progress::Asked(_) => asked += 1,
        Progress::Failed(uri, _) => failed.push(uri.to_owned()),
        _ => {}
    });
    let federation = federation.await;
    assert_eq!((asked, failed), (4, vec![down.clone()]));
    let visited: Vec<_> = federation.visits().iter().map(|it| (it.uri(), it.state())).collect();
    assert_eq!(visited.len(), 4, "{visited:?}");
    for uri in &uris {
        assert!(visited.contains(&(uri, VisitState::Found)), "{visited:?}");
    }
    assert!(visited.contains(&(&down, VisitState::Failed)), "{visited:?}");
    assert_eq!(federation.loops().len(), 3);
    assert!(!federation.is_whole());

    // As an outline: each bundle once, within the one that refers to it.
    let exported = walked(&federation, Queries::LeftOut);
    assert_eq!(exported.folder.services().count(), 3);
    let mut folder = &exported.folder;
    for expected in ["first", "second", "third"] {
        assert_eq!(folder.title(), expected);
        let inner = folder.items().iter().find_map(|item| match item {
            Item::Folder(inner) => Some(inner),
            _ => None,
        });
        match inner {
            Some(inner) => folder = inner,
            None => assert_eq!(expected, "third"),
        }
    }
    let back = folder.items().iter().filter_map(|item| match item {
        Item::Reference(reference) => Some(reference.uri()),
        _ => None,
    });
    assert_eq!(back.collect::<Vec<_>>(), [&*uris[0]]);
}

#[tokio::test]
async fn a_walk_stays_where_its_policy_says() {
    let servers = [run().await, run().await];
    let uris = [bundle(&servers[0], "near").await, bundle(&servers[1], "far").await];
    refer(&servers[0], &uris[0], &uris[1]).await;
    let walk = BundleWalk::new(&uris[0]).authorities(AuthorityPolicy::Start);
    let mut asked = Vec::new();
    let federation = servers[0].manager.walk(walk, |progress| {
        if let Progress::Asked(uri) = progress {
            asked.push(uri.to_owned());
        }
    });
    assert!(federation.await.is_whole());
    assert_eq!(asked, [&*uris[0]]);
}
