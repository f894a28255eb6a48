//! Feeds by pages (RFC 5005), in the order of the last edit (RFC 5023 section 10).

use crate::fixture::{
    Answer, DRAFT, ENTRY, PUBLIC, Running, collection, entry, run, run_within, service,
};
use atom_fsm::app::Edited;
use feed_manager::store::Token;
use http::Method;
use std::collections::BTreeSet;

fn link(answer: &Answer, relation: &str) -> Option<String> {
    answer
        .feed()
        .links()
        .iter()
        .find(|it| it.has_rel(relation))
        .and_then(|it| it.href())
        .map(str::to_owned)
}

/// Follows the links of a relation from a page, and returns the ids on each page.
async fn walk(
    running: &Running,
    from: &str,
    token: Option<&Token>,
    relation: &str,
) -> Vec<Vec<String>> {
    let (mut pages, mut next) = (Vec::new(), Some(from.to_owned()));
    while let Some(uri) = next {
        let page = running.send(Method::GET, &uri, token, &[], "").await;
        assert_eq!(page.status, 200, "{uri}");
        let feed = page.feed();
        pages.push(feed.entries().iter().map(|it| it.id().unwrap().to_owned()).collect());
        assert!(pages.len() < 1000, "the pages do not end");
        next = link(&page, relation);
    }
    pages
}

#[tokio::test]
async fn rfc5005_3_pages_have_each_entry_once_whichever_way_they_are_walked() {
    let running = run_within(|mut limits| {
        limits.page_entries = 7;
        limits
    });
    let running = running.await;
    let path = running.post("/service", ENTRY, "c", &collection("C", "<accept>*/*</accept>")).await;
    for number in 0..20 {
        running.post(&path, ENTRY, "", &entry(&format!("Entry {number}"), "")).await;
    }
    let pages = walk(&running, &path, Some(&running.ann), "next").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [7, 7, 6]);
    let ids: BTreeSet<_> = pages.iter().flatten().collect();
    assert_eq!(ids.len(), 20);

    let first = running.get(&path).await;
    assert_eq!(link(&first, "previous"), None);
    assert_eq!(link(&first, "first").unwrap(), format!("{}{path}", running.origin));
    let second = running.get(&link(&first, "next").unwrap()).await;
    let third = running.get(&link(&second, "next").unwrap()).await;
    assert_eq!(link(&third, "next"), None);
    let previous = link(&third, "previous").unwrap();
    let back = walk(&running, &previous, Some(&running.ann), "previous").await;
    assert_eq!(
        back.iter().rev().flatten().collect::<Vec<_>>(),
        pages[..2].iter().flatten().collect::<Vec<_>>()
    );

    for query in ["before=", "before=a-1", "after=1", "before=-1--1", "after=1-A", "before=+1-1"] {
        assert_eq!(running.get(&format!("{path}?{query}")).await.status, 404, "{query}");
        // RFC 9110 section 13.2.1: no condition makes it 304.
        let (uri, fields) = (format!("{path}?{query}"), [("if-none-match", "*")]);
        let sent = running.send(Method::GET, &uri, Some(&running.ann), &fields, "");
        assert_eq!(sent.await.status, 404, "{query}");
    }
    assert_eq!(running.get(&format!("{path}?before=0-0")).await.feed().entries().len(), 0);
    assert_eq!(running.get(&format!("{path}?other=1")).await.feed().entries().len(), 7);
}

/// A page names itself by a URI with a query. What deletes or replaces a bundle is its own URI alone.
#[tokio::test]
async fn rfc9110_15_5_6_the_uri_of_a_page_can_only_be_read() {
    let running = run_within(|mut limits| {
        limits.page_entries = 1;
        limits
    });
    let running = running.await;
    let path = running.post("/service", ENTRY, "c", &collection("C", "")).await;
    let members = [service("A", ""), service("B", "")];
    for body in &members {
        running.post(&path, ENTRY, "", body).await;
    }
    let next = link(&running.get(&path).await, "next").unwrap();
    let page = link(&running.get(&next).await, "self").unwrap();
    assert!(page.contains('?'), "{page}");
    let member =
        running.get(&path).await.feed().entries()[0].link("edit").unwrap().href().map(String::from);
    let of_member = format!("{}?", member.unwrap());
    let fields = [("content-type", ENTRY)];
    for uri in [&page, &format!("{path}?"), &format!("{path}?other=1"), &of_member] {
        for (method, body) in [
            (Method::DELETE, String::new()),
            (Method::PUT, collection("D", "")),
            (Method::POST, service("E", "")),
        ] {
            let answer = running.send(method, uri, Some(&running.ann), &fields, body).await;
            assert_eq!(answer.status, 405, "{uri}");
            assert_eq!(answer.field("allow"), Some("GET, HEAD, OPTIONS"), "{uri}");
            assert_eq!(answer.field("content-type"), Some("application/problem+json"));
        }
    }
    let posted =
        running.send(Method::POST, "/service?a", Some(&running.ann), &fields, collection("D", ""));
    assert_eq!(posted.await.status, 405);
    let pages = walk(&running, &path, Some(&running.ann), "next").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test]
async fn rfc5023_10_a_feed_is_in_the_order_of_app_edited() {
    let running = run().await;
    let path = running.post("/service", ENTRY, "c", &collection("C", "<accept>*/*</accept>")).await;
    let mut members = Vec::new();
    for name in ["a", "b", "c"] {
        members.push(running.post(&path, ENTRY, name, &entry(name, "")).await);
    }
    let fields = [("content-type", ENTRY)];
    let edit = running.send(Method::PUT, &members[0], Some(&running.ann), &fields, entry("a2", ""));
    assert_eq!(edit.await.status, 200);
    let feed = running.get(&path).await;
    let feed = feed.feed();
    let titles: Vec<_> = feed.entries().iter().map(|it| it.title().unwrap().value()).collect();
    assert_eq!(titles, ["a2", "c", "b"]);
    let edited: Vec<_> = feed
        .entries()
        .iter()
        .map(|it| it.extension::<Edited<'_>>().unwrap().unwrap().0.to_datetime().unwrap())
        .collect();
    assert!(edited.is_sorted_by(|a, b| a >= b), "{edited:?}");
}

#[tokio::test]
async fn a_page_is_bounded_by_octets_and_has_one_entry_at_least() {
    let running = run_within(|mut limits| {
        limits.page_octets = 10_000;
        limits
    });
    let running = running.await;
    let path = running.post("/service", ENTRY, "c", &collection("C", "<accept>*/*</accept>")).await;
    for size in [2_000, 4_000, 4_000, 50_000, 100] {
        let content = format!("<content>{}</content>", "x".repeat(size));
        running.post(&path, ENTRY, "", &entry("E", &content)).await;
    }
    let pages = walk(&running, &path, Some(&running.ann), "next").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 2, 1]);
}

#[tokio::test]
async fn rfc5023_13_1_1_drafts_are_on_the_pages_of_their_owner_alone() {
    let running = run_within(|mut limits| {
        limits.page_entries = 3;
        limits
    });
    let running = running.await;
    let markup = collection("C", &format!("{PUBLIC}<accept>*/*</accept>"));
    let path = running.post("/service", ENTRY, "c", &markup).await;
    for number in 0..10 {
        let draft = if number % 2 == 0 { DRAFT } else { "" };
        running.post(&path, ENTRY, "", &entry("E", draft)).await;
    }
    let sizes = |pages: Vec<Vec<String>>| pages.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(sizes(walk(&running, &path, Some(&running.ann), "next").await), [3, 3, 3, 1]);
    assert_eq!(sizes(walk(&running, &path, Some(&running.bob), "next").await), [3, 2]);
    assert_eq!(sizes(walk(&running, &path, None, "next").await), [3, 2]);
}

#[tokio::test]
async fn ten_thousand_entries_are_listed_by_pages() {
    let running = run().await;
    let path = running.post("/service", ENTRY, "c", &collection("C", "<accept>*/*</accept>")).await;
    running.post(&path, ENTRY, "", &entry("E", "")).await;
    // What 9,999 requests more would store, at once.
    let filled = running.database.write(|connection| {
        let filled = connection.execute_batch(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9999)
             INSERT INTO members (collection, name, kind, is_draft, edited, tag, octets, public_tag,
                 public_edited)
             SELECT collection, 'n' || n, kind, is_draft, edited + n / 3, randomblob(16),
                 CAST(replace(CAST(octets AS TEXT), 'urn:uuid:', 'urn:uuid:' || n) AS BLOB), randomblob(16), edited + n / 3
             FROM members, numbers WHERE name = 'e'",
        );
        filled.map_err(feed_manager::store::StoreError::from)
    });
    filled.await.unwrap();
    let pages = walk(&running, &path, Some(&running.ann), "next").await;
    assert_eq!(pages.len(), 100);
    assert_eq!(pages.iter().flatten().collect::<BTreeSet<_>>().len(), 10_000);
}

/// The names of query parameters in the links of a feed name no row of the database, and what they name is
/// in the feed anyway.
#[tokio::test]
async fn the_links_to_pages_name_members_and_no_rows() {
    let running = run_within(|mut limits| {
        limits.page_entries = 2;
        limits
    });
    let running = running.await;
    let markup = collection("C", &format!("{PUBLIC}<accept>*/*</accept>"));
    let path = running.post("/service", ENTRY, "c", &markup).await;
    for name in ["a", "b", "c", "d"] {
        running.post(&path, ENTRY, name, &entry(name, "")).await;
    }
    let first = running.send(Method::GET, &path, None, &[], "").await;
    let next = link(&first, "next").unwrap();
    let (time, name) = next.split_once("?before=").unwrap().1.split_once('-').unwrap();
    assert_eq!(name, "c");
    let feed = first.feed();
    let edited = feed.entries()[1].extension::<Edited<'_>>().unwrap().unwrap();
    let edited = edited.0.to_datetime().unwrap().timestamp_micros();
    assert_eq!(time, edited.to_string());
}

/// What others learn of a collection: its validators, the date of its feed and the answers themselves.
async fn seen(running: &Running, paths: &[&str]) -> Vec<[String; 3]> {
    let mut seen = Vec::new();
    for path in paths {
        let answer = running.send(Method::GET, path, None, &[], "").await;
        assert_eq!(answer.status, 200, "{path}");
        let field = |name| answer.field(name).unwrap().to_owned();
        seen.push([field("etag"), field("last-modified"), answer.text()]);
    }
    seen
}

/// Others cannot tell that there are drafts, or that something was edited that they do not see.
#[tokio::test]
async fn what_others_do_not_see_changes_nothing_that_they_see() {
    let running = run().await;
    let query = |text: &str| format!("<fsm:query>{text}</fsm:query>");
    let markup = |more: &str| collection("C", &format!("{PUBLIC}{more}"));
    let path = running.post("/service", ENTRY, "c", &markup("")).await;
    let one = running.post(&path, ENTRY, "one", &service("One", &query("secret"))).await;
    let two = running.post(&path, ENTRY, "two", &service("Two", "")).await;
    let outline = format!("{path}.opml");
    let paths = [&*path, &one, &two, "/ann/service", &outline];
    // The dates of HTTP have seconds.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let before = seen(&running, &paths).await;

    let put = async |path: &str, body: String| {
        let fields = [("content-type", ENTRY)];
        let put = running.send(Method::PUT, path, Some(&running.ann), &fields, body).await;
        assert_eq!(put.status, 200, "{}", put.text());
    };
    let own = running.get(&path).await;
    let draft = running.post(&path, ENTRY, "draft", &service("Draft", DRAFT)).await;
    put(&draft, service("Draft 2", DRAFT)).await;
    put(&one, service("One", &query("other"))).await;
    put(&one, service("One", "")).await;
    put(&two, service("Two", &query("new"))).await;
    put(&path, markup(&query("of the collection"))).await;
    let deleted = running.send(Method::DELETE, &draft, Some(&running.ann), &[], "").await;
    assert_eq!(deleted.status, 204);
    let private = running.post("/service", ENTRY, "private", &collection("Private", "")).await;
    put(&private, collection("Private 2", "")).await;
    let deleted = running.send(Method::DELETE, &private, Some(&running.ann), &[], "").await;
    assert_eq!(deleted.status, 204);
    assert_eq!(seen(&running, &paths).await, before);
    // Their owner sees each of these changes.
    assert_ne!(running.get(&path).await.field("etag"), own.field("etag"));
    assert!(running.get(&two).await.text().contains("new"));

    // What is published changes all that shows it.
    put(&two, service("Two 2", &query("new"))).await;
    let after = seen(&running, &[&path, &two]).await;
    assert!(after[0][2].contains("Two 2") && after[1][2].contains("Two 2"), "{after:?}");
    assert!(after[0][0] != before[0][0] && after[1][0] != before[2][0], "{after:?}");
    put(&path, markup("<a:rights>R</a:rights>")).await;
    let last = seen(&running, &[&path, "/ann/service"]).await;
    assert!(last[0][0] != after[0][0] && last[1][0] != before[3][0], "{last:?}");
}

/// What a client of the time before RFC 5023 holds back is not published, and keeps its markup.
#[tokio::test]
async fn a_draft_in_the_old_namespace_is_a_draft() {
    let running = run().await;
    let markup = collection("C", &format!("{PUBLIC}<accept>*/*</accept>"));
    let path = running.post("/service", ENTRY, "c", &markup).await;
    let old = "xmlns:old='http://purl.org/atom/app#'";
    let plain = "app:control";
    for (control, draft, text, is_draft) in [
        ("old:control", "old:draft", "yes", true),
        ("old:control", "old:draft", "no", false),
        ("old:control", "old:draft", "maybe", true),
        ("old:Control", "old:Draft", " yes ", true),
        (plain, "old:draft", "yes", true),
        ("old:control", "app:draft", "yes", true),
        (plain, "app:draft", "no", false),
    ] {
        let control = format!("<{control} {old}><{draft}>{text}</{draft}></{control}>");
        let member = running.post(&path, ENTRY, "", &entry("E", &control)).await;
        let others = running.send(Method::GET, &member, None, &[], "").await;
        assert_eq!(others.status, if is_draft { 404 } else { 200 }, "{control}");
        let own = running.get(&member).await.text();
        assert!(
            !control.contains("old:draft") || own.contains("http://purl.org/atom/app#"),
            "{own}"
        );
        let feed = running.send(Method::GET, &path, None, &[], "").await;
        assert_eq!(feed.feed().entries().len(), usize::from(!is_draft), "{control}");
        running.send(Method::DELETE, &member, Some(&running.ann), &[], "").await;
    }
}
