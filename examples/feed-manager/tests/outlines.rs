//! Bundles as OPML, and back.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

mod support;

use atom_fsm::app::Collection;
use atom_fsm::fsm::{Bundle, BundleReference, Query, ServiceEntry};
use atom_fsm::opml::{Opml, Outline};
use feed_manager::outline::{Queries, document, folder, import};
use support::{entry, feed, run};

const LIST: &str = include_str!("data/opml/list.opml");

#[test]
fn opml_2_0_a_bundle_is_an_outline_with_urls_that_are_absolute() {
    let source = feed(
        "List",
        &[
            entry("service-entry", "../a"),
            entry("bundle", "other"),
            entry("service-entry", "http://b.example/?x=1&amp;y=2"),
            entry("unknown", "http://c.example/"),
        ]
        .concat(),
    );
    let bundle = Bundle::parse(&source).unwrap();
    let uri = "http://example.org/ann/list";
    let written = document(&bundle, uri, Queries::LeftOut).unwrap();
    let written = String::from_utf8(written).unwrap();
    let opml = Opml::parse(&written).unwrap();
    let urls: Vec<_> = opml.outlines().map(|it| it.xml_url().or(it.url()).unwrap()).collect();
    let expected =
        ["http://example.org/a", "http://example.org/ann/other", "http://b.example/?x=1&y=2"];
    assert_eq!(urls, expected);
    assert_eq!(
        opml.outlines().filter_map(Outline::type_).collect::<Vec<_>>(),
        ["rss", "include", "rss"]
    );
    assert_eq!(folder(&bundle, uri, Queries::LeftOut).left_out, ["http://c.example/"]);
}

/// Readers open `htmlUrl` with a click.
#[test]
fn opml_2_0_html_url_is_a_page_of_the_web() {
    let service = |page: &str| {
        let of = entry("service-entry", "http://a.example/f");
        let link = format!("<link rel='related' href='{page}'/></entry>");
        of.replace("</entry>", &link)
    };
    for (page, expected) in [
        ("https://a.example/", Some("https://a.example/")),
        ("../page", Some("http://example.org/page")),
        ("javascript:alert(1)", None),
        ("data:text/html,a", None),
    ] {
        let source = feed("List", &service(page));
        let bundle = Bundle::parse(&source).unwrap();
        let exported = folder(&bundle, "http://example.org/ann/list", Queries::LeftOut);
        assert_eq!(exported.pages.is_empty(), expected.is_some(), "{page}");
        let written = document(&bundle, "http://example.org/ann/list", Queries::LeftOut).unwrap();
        let written = String::from_utf8(written).unwrap();
        let opml = Opml::parse(&written).unwrap();
        let urls: Vec<_> = opml.outlines().map(Outline::html_url).collect();
        assert_eq!(urls, [expected], "{page}: {written}");
    }
}

#[test]
fn fsm_2_1_a_query_is_exported_only_when_asked_for() {
    let service = |query| ServiceEntry::new("S", "http://a.example/f").with_query(query);
    let bundle =
        Bundle::new("urn:x", "B", atom_fsm::atom::Date::new("2012-11-30T00:00:00Z"), "/service")
            .with_member(service(Query::new("key=secret")))
            .with_member(service(
                Query::new("hidden=secret").with_scheme("http://a.example/scheme"),
            ));
    let written = |queries| {
        String::from_utf8(document(&bundle, "http://example.org/b", queries).unwrap()).unwrap()
    };
    assert!(!written(Queries::LeftOut).contains("secret"));
    let with = written(Queries::Included);
    assert!(with.contains("http://a.example/f?key=secret") && !with.contains("hidden"), "{with}");
}

#[tokio::test]
async fn an_import_puts_a_folder_into_no_bundle_of_others_whatever_its_title_is() {
    let (manager, other) = (run().await.manager, run().await.manager);
    let theirs = other.create_bundle(&Collection::new("News"), None).await.unwrap().uri;
    let bundle = manager.create_bundle(&Collection::new("Mine"), None).await.unwrap().uri;
    let reference = BundleReference::new("News", theirs.clone());
    manager.create_member(&bundle, reference.as_entry()).await.unwrap();
    let list = Opml::parse(LIST).unwrap().to_folder();
    let first = import(&manager, &bundle, &list).await.unwrap();
    assert_eq!(first.failed.len(), 0, "{:?}", first.failed);
    assert_eq!(other.bundle(&theirs).await.unwrap().members().len(), 0);
    assert_eq!(first.bundles.len(), 1);
    assert_eq!(manager.bundle(&first.bundles[0]).await.unwrap().services().count(), 1);
    // From then on there is an own one of this title.
    let second = import(&manager, &bundle, &list).await.unwrap();
    assert_eq!((second.added.len(), second.bundles.len(), second.failed.len()), (0, 0, 0));
}

#[tokio::test]
async fn an_import_adds_each_feed_once_and_a_second_one_adds_nothing() {
    let manager = run().await.manager;
    let bundle = manager.create_bundle(&Collection::new("Mine"), None).await.unwrap().uri;
    let there = ServiceEntry::new("Kept", "http://A.example:80/kept");
    manager.create_member(&bundle, there.as_entry()).await.unwrap();
    let list = Opml::parse(LIST).unwrap().to_folder();
    let first = import(&manager, &bundle, &list).await.unwrap();
    assert_eq!(first.failed.len(), 0, "{:?}", first.failed);
    assert_eq!(first.added.len(), 4, "{:?}", first.added);
    assert_eq!((first.kept.len(), first.bundles.len()), (2, 1));
    let second = import(&manager, &bundle, &list).await.unwrap();
    assert_eq!((second.added.len(), second.bundles.len(), second.kept.len()), (0, 0, 6));

    // The folder is a bundle, and the first bundle refers to it.
    let read = manager.bundle(&bundle).await.unwrap();
    let references: Vec<_> = read.references().map(BundleReference::uri).collect();
    assert_eq!(references.len(), 2, "{references:?}");
    assert!(references.contains(&"http://b.example/list.opml"));
    let inner = manager.bundle(&first.bundles[0]).await.unwrap();
    assert_eq!((inner.title().as_ref(), inner.services().count()), ("News", 1));
    let page = read.services().find(|it| it.title() == "A").unwrap();
    assert_eq!(page.as_entry().link("related").unwrap().href(), Some("http://a.example/"));
}
