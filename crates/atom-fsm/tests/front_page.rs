//! The three tasks on the front page: the README and the guide have the functions that are tested here.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(clippy::print_stdout, reason = "a program prints")]

use atom_fsm::atom::{Content, Date, Entry, Feed};
use atom_fsm::validate::Validator;
use atom_fsm::{Error, Reader, Rule, Tolerance, Writer};

// The README from here.
fn print_entries(octets: &[u8]) -> Result<(), Error> {
    let reader = Reader::new().repair();
    let text = reader.decode(octets, None)?; // None: no charset came with the octets
    for item in reader.entries(&text) {
        let Some(entry) = item?.into_entry() else { continue };
        let title = entry.entry().title().map(|title| title.to_plain().into_owned());
        println!("{}: {}", entry.entry().id().unwrap_or("-"), title.unwrap_or_default());
    }
    Ok(())
}

fn add_entry(feed: &str, new: &Entry<'_>) -> Result<Vec<u8>, Error> {
    let mut entries = Reader::new().entries(feed);
    let first = entries.next(); // all that is before the first entry has been read
    let mut out = Vec::new();
    let (mut writer, _) = Writer::new().feed(entries.feed(), &mut out)?;
    writer.entry(new, &mut out)?;
    for item in first.into_iter().chain(entries) {
        writer.item(&item?, &mut out)?;
    }
    writer.finish(&mut out)?;
    Ok(out)
}

fn check(document: &str) -> bool {
    let validation = Validator::new().document(document);
    for finding in validation.findings() {
        println!("{:?}: {finding}", finding.level()); // with line and column
    }
    validation.is_valid()
}
// The README to here.

/// The README and the guide have each function as it is tested.
#[test]
fn the_readme_and_the_guide_have_these_functions() {
    let pages = [include_str!("../README.md"), include_str!("../src/guide.md")];
    let here = include_str!("front_page.rs");
    let (_, here) = here.split_once("// The README from here.\n").unwrap();
    let (here, _) = here.split_once("\n// The README to here.").unwrap();
    let functions: Vec<_> =
        here.split("\n\nfn ").map(|one| one.trim_start_matches("fn ")).collect();
    assert_eq!(functions.len(), 3);
    for function in functions {
        for page in pages {
            assert!(page.contains(&format!("\nfn {function}\n```")), "{function}");
        }
    }
}

#[test]
fn every_entry_of_a_broken_feed_is_printed() {
    let entry = "<entry><id>urn:example:1</id><title>D&D &eacute;\u{1}</title><x:y/></entry>";
    let feed = format!("\n<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{entry}");
    print_entries(format!("{feed}</feed> and more").as_bytes()).unwrap();
    assert!(Feed::parse(&feed).is_err());
    let error = print_entries(feed.as_bytes()).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::Incomplete));
}

#[test]
fn an_entry_is_added_and_the_others_are_copied() {
    let new = Entry::new()
        .with_id("urn:example:3")
        .with_title("C")
        .with_updated(Date::new("2026-01-02T00:00:00Z"))
        .with_content(Content::text("c"));
    let old = "<entry ><!-- kept --><id>urn:example:2</id><title>B</title><x xmlns=''/>\
               <updated>2026-01-01T00:00:00Z</updated><content><![CDATA[b]]></content ></entry>";
    for old in ["", old] {
        let feed = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>A</title>\
             <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>{old}</feed>"
        );
        let out = String::from_utf8(add_entry(&feed, &new).unwrap()).unwrap();
        assert!(out.ends_with(&format!("{old}</feed>")), "{out}");
        let strict = Reader::new().tolerance(Tolerance::STRICT);
        let feed = strict.read::<Feed<'_>>(&out).unwrap().into_document();
        assert_eq!(feed.entries()[0], new);
    }
}

/// RFC 4287 section 4.1.1: metadata behind an entry is refused where an entry is added, and metadata behind a
/// tombstone is refused behind the new entry: nothing is lost in silence.
#[test]
fn rfc4287_4_1_1_late_metadata_is_refused_where_an_entry_is_added() {
    let new = Entry::new()
        .with_id("urn:example:3")
        .with_title("C")
        .with_updated(Date::new("2026-01-02T00:00:00Z"))
        .with_content(Content::text("c"));
    let entry = "<entry><id>urn:example:2</id><title>B</title>\
                 <updated>2026-01-01T00:00:00Z</updated><content>b</content></entry>";
    let tombstone = "<d:deleted-entry xmlns:d='http://purl.org/atompub/tombstones/1.0' \
                     ref='urn:example:4' when='2026-01-01T00:00:00Z'/>";
    for item in [entry, tombstone] {
        let feed = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>A</title>\
             <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>{item}\
             <rights>R</rights></feed>"
        );
        let error = add_entry(&feed, &new).unwrap_err();
        assert_eq!((error.rule(), error.path()), (Some(Rule::MetadataOrder), Some("/feed")));
        let in_time = feed.replace("<rights>R</rights>", "");
        assert!(add_entry(&in_time, &new).is_ok());
    }
}

#[test]
fn a_valid_feed_is_valid_and_another_is_not() {
    let feed = "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>A</title>\
                <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author></feed>";
    assert!(check(feed));
    assert!(!check(&feed.replace("<title>A</title>", "")));
    assert!(!check(&feed.replace("</feed>", "")));
}
