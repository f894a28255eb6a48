//! A list of somebody else, followed: what is gone from it is marked, and nothing is deleted.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod support;

use atom_fsm::app::Collection;
use atom_fsm::atom::Text;
use atom_fsm::fsm::{Query, ServiceEntry};
use feed_manager::client::{Manager, is_gone, lists, member_uris};
use std::collections::BTreeMap;
use support::run;

async fn bundle(manager: &Manager, title: &str) -> String {
    manager.create_bundle(&Collection::new(title.to_owned()), None).await.unwrap().uri
}

async fn add(manager: &Manager, bundle: &str, uri: &str) -> String {
    let service =
        ServiceEntry::new(uri.to_owned(), uri.to_owned()).with_query(Query::new("key=secret"));
    manager.create_member(bundle, service.as_entry()).await.unwrap().uri
}

/// The URIs in a bundle, each with whether it is gone and how many lists name it or named it.
async fn state(manager: &Manager, bundle: &str) -> BTreeMap<String, (bool, usize)> {
    let found = manager.found_bundle(bundle).await.unwrap();
    member_uris(&found.value, &found.uri)
        .map(|(uri, member)| {
            (uri.unwrap(), (is_gone(member.as_entry()), lists(member.as_entry()).len()))
        })
        .collect()
}

fn expected(states: &[(&str, bool, usize)]) -> BTreeMap<String, (bool, usize)> {
    states.iter().map(|(uri, gone, lists)| ((*uri).to_owned(), (*gone, *lists))).collect()
}

#[tokio::test]
async fn a_feed_that_is_gone_from_a_list_is_marked_and_returns_with_it() {
    let (theirs, mine) = (run().await.manager, run().await.manager);
    let (list, copy) = (bundle(&theirs, "List").await, bundle(&mine, "Copy").await);
    let (a, b, c) = ("http://a.example/a", "http://a.example/b", "http://a.example/c");
    let of_a = add(&theirs, &list, a).await;
    add(&theirs, &list, b).await;
    // The user has one of the feeds already, and one that is not in the list.
    let by_hand = add(&mine, &copy, b).await;
    add(&mine, &copy, c).await;
    let before = mine.member(&by_hand).await.unwrap();

    let followed = mine.follow_into(&copy, &list).await.unwrap();
    assert_eq!((followed.added, followed.by_hand), (vec![a.to_owned()], vec![b.to_owned()]));
    let present = expected(&[(a, false, 1), (b, false, 0), (c, false, 0)]);
    assert_eq!(state(&mine, &copy).await, present);
    let again = mine.follow_into(&copy, &list).await.unwrap();
    assert_eq!((again.added.len(), again.kept), (0, vec![a.to_owned()]));

    // The title that the user gives a copy stays.
    let found = mine.found_bundle(&copy).await.unwrap();
    let of_list = found.value.services().find(|it| it.uri() == a).unwrap();
    assert_eq!(of_list.query(), None, "a query may hold secrets, and is not copied");
    let edit = of_list.edit_uri().unwrap().to_owned();
    let mut entry = of_list.as_entry().clone();
    entry.set_title(Some(Text::plain("Mine")));
    mine.edit_member(&edit, &entry, &atom_fsm::interaction::Guard::Unguarded).await.unwrap();

    theirs.delete(&of_a).await.unwrap();
    let followed = mine.follow_into(&copy, &list).await.unwrap();
    assert_eq!(followed.gone, [a]);
    let gone = expected(&[(a, true, 1), (b, false, 0), (c, false, 0)]);
    assert_eq!(state(&mine, &copy).await, gone);
    assert_eq!(mine.follow_into(&copy, &list).await.unwrap().gone.len(), 0);

    add(&theirs, &list, a).await;
    let followed = mine.follow_into(&copy, &list).await.unwrap();
    assert_eq!(followed.returned, [a]);
    assert_eq!(state(&mine, &copy).await, present);
    assert_eq!(mine.member(&edit).await.unwrap().value.title().unwrap().value(), "Mine");
    assert_eq!(
        mine.member(&by_hand).await.unwrap(),
        before,
        "what was added by hand is not touched"
    );
}

#[tokio::test]
async fn a_feed_of_two_lists_is_gone_when_both_have_lost_it() {
    let (theirs, mine) = (run().await.manager, run().await.manager);
    let copy = bundle(&mine, "Copy").await;
    let lists = [bundle(&theirs, "One").await, bundle(&theirs, "Two").await];
    let a = "http://a.example/a";
    let members = [add(&theirs, &lists[0], a).await, add(&theirs, &lists[1], a).await];
    for list in &lists {
        mine.follow_into(&copy, list).await.unwrap();
    }
    assert_eq!(state(&mine, &copy).await, expected(&[(a, false, 2)]));
    for (at, gone) in [(0, false), (1, true)] {
        theirs.delete(&members[at]).await.unwrap();
        for list in &lists {
            mine.follow_into(&copy, list).await.unwrap();
        }
        assert_eq!(state(&mine, &copy).await, expected(&[(a, gone, 2)]));
    }
}

/// Where nothing says which state an entry is in, an edit could overwrite that of the user: it is not made.
#[tokio::test]
async fn rfc9110_13_1_1_a_mark_is_not_set_where_nothing_guards_the_edit() {
    use axum::routing::get;
    let theirs = run().await.manager;
    let list = bundle(&theirs, "List").await;
    let mark = format!("<m:followed xmlns:m='urn:feed-manager' list='{list}' state='present'/>");
    let member = support::entry("service-entry", "http://a.example/a")
        .replace("</entry>", &format!("<link rel='edit' href='/mine/1'/>{mark}</entry>"));
    let copy = support::feed("Mine", &member);
    let member = member.replacen("<entry>", "<entry xmlns='http://www.w3.org/2005/Atom'>", 1);
    let puts = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let put = {
        let puts = std::sync::Arc::clone(&puts);
        async move || _ = puts.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
    };
    let routes = axum::Router::new()
        .route("/mine", get(async move || copy))
        .route("/mine/1", get(async move || member).put(put));
    let mine = support::serve(routes).await;
    let manager = Manager::new(&format!("{mine}/service")).unwrap();
    let followed = manager.follow_into(&format!("{mine}/mine"), &list).await.unwrap();
    assert_eq!(followed.gone, [""; 0]);
    let (uri, error) = &followed.failed[0];
    assert_eq!(uri, "http://a.example/a");
    assert!(matches!(error, feed_manager::Error::Unguarded { .. }), "{error}");
    assert_eq!(puts.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_changes_nothing() {
    let (theirs, mine) = (run().await.manager, run().await.manager);
    let (list, copy) = (bundle(&theirs, "List").await, bundle(&mine, "Copy").await);
    add(&theirs, &list, "http://a.example/a").await;
    mine.follow_into(&copy, &list).await.unwrap();
    let before = state(&mine, &copy).await;
    theirs.delete(&list).await.unwrap();
    assert!(mine.follow_into(&copy, &list).await.is_err());
    assert_eq!(state(&mine, &copy).await, before);
}
