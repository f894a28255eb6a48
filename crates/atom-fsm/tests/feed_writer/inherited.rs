//! What an entry inherits from the feed that it was read from goes with it, up to a limit.

use crate::{ATOM, ENTRY, begin, entries, metadata, passed, passed_by, source_feed};
use atom_fsm::atom::{Date, Entry, Feed, Person};
use atom_fsm::{ErrorKind, Limit, Limits, PassedOn, Rule, Tolerance, Writer};

/// What a source should have (RFC 4287 section 4.2.11).
const SOURCE: &str =
    "<id>urn:example:4</id><title>S</title><updated>2026-01-01T00:00:00Z</updated>";

/// RFC 4287 section 4.2.1: the authors of the feed are those of an entry without one.
#[test]
fn rfc4287_4_2_1_inherited_authors_go_with_the_entry() {
    let other = Feed::new()
        .with_id("urn:example:1")
        .with_title("T")
        .with_updated(Date::new("2026-01-01T00:00:00Z"));
    let other = other.with_author(Person::new("B"));
    let names = |entry: &Entry<'_>| {
        let authors = entry.source().map(|source| source.authors().to_vec()).unwrap_or_default();
        authors.iter().map(|author| author.name().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (how, octets, value) = passed(&source_feed("", &format!("<entry>{ENTRY}</entry>")), &other);
    assert_eq!((how, names(&value)), (PassedOn::Completed, vec!["A".to_owned()]));
    assert!(octets.starts_with(&format!("<entry>{ENTRY}<source xmlns=")), "{octets}");
    // A source that is there gets them.
    let with_source = format!("<entry>{ENTRY}<source>{SOURCE}</source></entry>");
    let (how, _, value) = passed(&source_feed("", &with_source), &other);
    assert_eq!((how, names(&value)), (PassedOn::Written, vec!["A".to_owned()]));
    assert_eq!(value.source().unwrap().id(), Some("urn:example:4"));
    // An author of its own needs none.
    let own = format!("<entry><author><name>C</name></author>{ENTRY}</entry>");
    let (how, octets, _) = passed(&source_feed("", &own), &other);
    assert_eq!((how, octets), (PassedOn::Copied, own));
}

/// RFC 4287 section 3.2.1: a person has a name, also one that an entry inherits.
#[test]
fn rfc4287_3_2_1_what_is_wrong_with_an_inherited_author_has_its_place() {
    let source = format!("<feed {ATOM}><author/><entry>{ENTRY}</entry></feed>");
    let entry = &entries(&source)[0];
    let path = Some("/feed/entry[1]/source[1]/author[1]");
    let mut out = Vec::new();
    let error = begin(&metadata(), &mut out).pass_on(entry, &mut out).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::PersonName), path));
    let tolerant = Writer::new().tolerance(Tolerance::DRAFTS);
    let (mut writer, _) = tolerant.feed(&metadata(), &mut out).unwrap();
    let (_, diagnostics) = writer.pass_on(entry, &mut out).unwrap();
    let reported: Vec<_> = diagnostics.iter().map(|one| (one.rule(), one.path())).collect();
    assert_eq!(reported, [(Rule::PersonName, path)]);
}

/// RFC 4287 section 2: a relative reference of an inherited author is relative to the base of its feed, and
/// not to that of the entry.
#[test]
fn rfc4287_2_an_inherited_author_keeps_the_base_of_its_feed() {
    let mut other = metadata();
    *other.authors_mut() = vec![Person::new("B")];
    let with_source = format!("<source xml:base='http://example.net/'>{SOURCE}</source>");
    for inside in ["", &with_source] {
        let feed = |base: &str, own: &str| {
            format!(
                "<feed {ATOM} {base}><author><name>A</name><uri>me</uri></author>\
                 <entry {own}>{ENTRY}{inside}</entry></feed>"
            )
        };
        let base = |value: &Entry<'_>| {
            let author = value.source().unwrap().authors()[0].clone().into_owned();
            author.common().base().map(str::to_owned)
        };
        let own = "xml:base='http://example.com/'";
        let expected = Some("http://example.org/a/".to_owned());
        let (_, _, value) = passed(&feed("xml:base='http://example.org/a/'", own), &other);
        assert_eq!(base(&value), expected);
        let unknown = feed("", own);
        let entry = &entries(&unknown)[0];
        let mut out = Vec::new();
        let error = begin(&other, &mut out).pass_on(entry, &mut out).unwrap_err();
        assert_eq!(error.rule(), Some(Rule::EntryBase));
        let known = entry.clone().with_document_uri("http://example.org/a/");
        assert_eq!(base(&passed_by(&Writer::new(), &known, &other).2), expected);
        if inside.is_empty() {
            // Without a base of the entry's own there is nothing to keep.
            let (_, _, value) = passed(&feed("xml:base='http://example.org/a/'", ""), &other);
            assert_eq!(base(&value), None);
        }
    }
}

/// Limits::inherited_octets: what each entry gets a copy of is limited, and refused where it is more.
#[test]
fn what_an_entry_inherits_is_limited() {
    let entry = format!("<entry>{ENTRY}</entry>");
    let long = "a".repeat(100);
    let base = format!("xml:base='http://example.org/{long}'");
    let names = format!("xmlns:x='urn:{long}'");
    let authors = format!("<author><name>{long}</name></author>").repeat(2);
    for (around, inside, own) in [
        (&*base, "", ""),
        ("", &*authors, ""),
        (&names, "", "<x:a/>"),
        (&format!("xml:lang='{}'", ["abcdefgh"; 12].join("-")), "", ""),
    ] {
        let source = format!("<feed {ATOM} {around}>{inside}<entry>{ENTRY}{own}</entry></feed>");
        let read = &entries(&source)[0];
        let mut other = metadata();
        *other.authors_mut() = vec![Person::new("B")];
        let written = |most: u64, other: &Feed<'_>| {
            let mut out = Vec::new();
            let limits = Limits::default().inherited_octets(most);
            let (mut writer, _) = Writer::new().limits(limits).feed(other, &mut out).unwrap();
            let begun = out.len();
            let how = writer.pass_on(read, &mut out).map(|(how, _)| how);
            if let Err(error) = &how {
                assert_eq!(error.kind(), ErrorKind::Limit(Limit::InheritedOctets));
                assert_eq!(error.path(), Some("/feed/entry"));
                assert_eq!(out.len(), begun);
            }
            how.ok()
        };
        assert_eq!(written(99, &other), None, "{source}");
        assert_eq!(written(1000, &other), Some(PassedOn::Completed));
        // What the new feed has already is not inherited.
        let same = entries(&source)[0].inherited_authors().to_vec();
        let mut of_same = Feed::parse(&source).unwrap().into_owned();
        of_same.entries_mut().clear();
        let mut of_same = metadata().with_common(of_same.common().clone());
        *of_same.authors_mut() = if same.is_empty() { vec![Person::new("A")] } else { same };
        if own.is_empty() {
            assert_eq!(written(0, &of_same), Some(PassedOn::Copied), "{source}");
        }
    }
    // Each author may need the base of its feed.
    let author = "<author><name>A</name><uri>u</uri></author>".repeat(3);
    let source = format!(
        "<feed {ATOM} {base}>{author}{}</feed>",
        entry.replace("<entry", "<entry xml:base='http://example.com/'")
    );
    let read = &entries(&source)[0];
    for (most, is_written) in [(400, false), (2000, true)] {
        let mut out = Vec::new();
        let limits = Limits::default().inherited_octets(most);
        let (mut writer, _) = Writer::new().limits(limits).feed(&metadata(), &mut out).unwrap();
        assert_eq!(writer.pass_on(read, &mut out).is_ok(), is_written);
    }
}
