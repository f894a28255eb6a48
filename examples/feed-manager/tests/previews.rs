//! What a preview shows of a feed that somebody else published.

#![cfg(feature = "page")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use feed_manager::preview::{Item, Preview, Source, Unreadable};

fn read(document: &str) -> Result<Preview, Unreadable> {
    Preview::read(&Source {
        uri: "http://example.org/feeds/one",
        content_type: Some("application/atom+xml"),
        octets: document.as_bytes(),
    })
}

fn feed(entries: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:feed</id><title type='html'>A \
         &lt;b&gt;feed&lt;/b&gt;</title><updated>2026-01-01T00:00:00Z</updated>{entries}</feed>"
    )
}

#[test]
fn the_newest_entries_come_first_and_twenty_at_most() {
    let entries: String = (1..=60)
        .map(|number| {
            let minute = number * 7 % 60;
            format!("<entry><title>{minute}</title><updated>2026-01-01T00:{minute:02}:00Z</updated></entry>")
        })
        .collect();
    let preview = read(&feed(&entries)).unwrap();
    assert_eq!(preview.title(), "A feed");
    let titles: Vec<&str> = preview.entries().iter().map(Item::title).collect();
    let expected: Vec<String> = (40..60).rev().map(|minute| minute.to_string()).collect();
    assert_eq!(titles, expected);
}

#[test]
fn a_title_is_text_and_a_link_leads_to_the_web() {
    let entry = |title: &str, href: &str| {
        format!("<entry><title type='html'>{title}</title><link href='{href}'/></entry>")
    };
    for (title, href, shown, link) in [
        ("a &amp;lt;b&amp;gt;", "http://example.org/b", "a <b>", Some("http://example.org/b")),
        ("&lt;script&gt;sentinel()&lt;/script&gt;c", "../d", "c", Some("http://example.org/d")),
        ("e", "javascript:sentinel()", "e", None),
        ("e", "data:text/html,f", "e", None),
        ("{{g}} ${h} &quot;'", "//i/", "{{g}} ${h} \"'", Some("http://i/")),
    ] {
        let preview = read(&feed(&entry(title, href))).unwrap();
        assert_eq!(preview.entries()[0].title(), shown);
        assert_eq!(preview.entries()[0].link(), link, "{href}");
    }
}

#[test]
fn rfc4287_2_relative_links_of_content_resolve_against_its_own_base() {
    let entry = "<entry xml:base='/b/'><content type='html' xml:base='c/'>&lt;a href='d'&gt;e</content></entry>";
    let preview = read(&feed(entry)).unwrap();
    assert!(preview.entries()[0].html().contains("\"http://example.org/b/c/d\""));
}

#[test]
fn a_feed_that_is_not_well_formed_is_repaired_and_counted() {
    let preview = read(&feed("<entry><title>A & B&nbsp;C</title></entry>")).unwrap();
    assert_eq!(preview.entries()[0].title(), "A & B C");
    assert!(preview.diagnostics() >= 2);
    assert!(!preview.is_cut());
}

#[test]
fn a_feed_that_is_cut_gives_the_entries_that_are_complete() {
    let whole = feed("<entry><title>1</title></entry><entry><title>2</title></entry>");
    let preview = read(whole.split_once("2</t").unwrap().0).unwrap();
    assert_eq!(preview.entries().len(), 1);
    assert!(preview.is_cut());
}

#[test]
fn another_format_is_named() {
    for (document, named) in [
        ("<rss version='2.0'><channel/></rss>", "RSS 2.0"),
        ("{\"version\": \"https://jsonfeed.org/version/1.1\"}", "JSON Feed"),
        ("<!DOCTYPE html><html><head></head></html>", "HTML"),
        ("<opml version='2.0'/>", "OPML"),
    ] {
        let error = read(document).unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
    }
    assert!(read("").is_err());
}

#[test]
fn fsm_2_2_a_bundle_is_known_by_its_profile() {
    let profile = "<link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>";
    assert!(read(&feed(profile)).unwrap().is_bundle());
    assert!(!read(&feed("")).unwrap().is_bundle());
}
