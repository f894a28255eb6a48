//! `FeedWriter`: what is written entry by entry is read again by a reader as strict as the writer, and an
//! entry that is passed on keeps its octets, with what its new place lacks.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::atom::{Common, Content, Date, Entry, Feed, Person, Text};
use atom_fsm::xml::{Attribute, Element, Name};
use atom_fsm::{
    Correction, Declaration, FeedEntry, FeedItem, FeedWriter, Level, Limits, PassedOn, Reader,
    Rule, Stage, Tolerance, Writer, namespace,
};
use proptest::prelude::*;

const ATOM: &str = "xmlns='http://www.w3.org/2005/Atom'";
const ENTRY: &str = "<id>urn:example:2</id><title>T</title><updated>2026-01-01T00:00:00Z</updated>\
    <content>c</content>";

fn metadata() -> Feed<'static> {
    Feed::new()
        .with_id("urn:example:1")
        .with_title("T")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_author(Person::new("A"))
}

fn begin(feed: &Feed<'_>, out: &mut Vec<u8>) -> FeedWriter {
    Writer::new().feed(feed, out).unwrap().0
}

fn entries(source: &str) -> Vec<FeedEntry<'_>> {
    Reader::new().entries(source).map(|item| item.unwrap().into_entry().unwrap()).collect()
}

/// Passes the first entry of a document on to a feed, and returns how, its new octets and its new value.
fn passed(source: &str, feed: &Feed<'_>) -> (PassedOn, String, Entry<'static>) {
    passed_by(&Writer::new(), &entries(source)[0], feed)
}

fn passed_by(
    writer: &Writer,
    entry: &FeedEntry<'_>,
    feed: &Feed<'_>,
) -> (PassedOn, String, Entry<'static>) {
    let mut out = Vec::new();
    let (mut writer, _) = writer.feed(feed, &mut out).unwrap();
    let start = out.len();
    let (how, diagnostics) = writer.pass_on(entry, &mut out).unwrap();
    assert!(diagnostics.is_empty());
    let octets = String::from_utf8(out[start..].to_vec()).unwrap();
    writer.finish(&mut out).unwrap();
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let read = strict.read::<Feed<'_>>(&out).unwrap().into_document().into_owned();
    (how, octets, read.entries()[0].clone())
}

fn source_feed(attributes: &str, inside: &str) -> String {
    format!("<feed {ATOM} {attributes}><author><name>A</name></author>{inside}</feed>")
}

#[test]
fn an_entry_that_lacks_nothing_is_copied_octet_for_octet() {
    let entry = format!(
        "<entry  a='1'><!-- c --><?p i?>\r\n{ENTRY}<![CDATA[ ]]><link href = '/' ></link></entry >"
    );
    let source = source_feed("xmlns:x='urn:x'", &entry);
    let (how, octets, value) = passed(&source, &metadata());
    assert_eq!((how, octets), (PassedOn::Copied, entry));
    assert_eq!(&value, entries(&source)[0].entry());
}

/// Each: what is around the entry, the entry, the feed that it is passed on to, and what it becomes.
#[test]
fn an_entry_gets_what_its_new_place_lacks_at_its_start_tag() {
    let based = |base: &'static str| metadata().with_common(Common::default().with_base(base));
    let spoken = |lang: &'static str| metadata().with_common(Common::default().with_lang(lang));
    for (attributes, entry, feed, expected) in [
        (
            "xmlns:x='u&amp;x' xmlns:y='urn:y'",
            "<entry>E<x:a/></entry>",
            metadata(),
            "<entry xmlns:x=\"u&amp;x\">E<x:a/></entry>",
        ),
        (
            "xmlns:x='urn:x'",
            "<entry xmlns:x='urn:z'>E<x:a/></entry>",
            metadata(),
            "<entry xmlns:x='urn:z'>E<x:a/></entry>",
        ),
        (
            "xmlns:x='urn:x'",
            "<entry>E<a xmlns='' b='x:c'/></entry>",
            metadata(),
            "<entry xmlns:x=\"urn:x\">E<a xmlns='' b='x:c'/></entry>",
        ),
        (
            "xml:base='http://example.org/a'",
            "<entry>E</entry>",
            metadata(),
            "<entry xml:base=\"http://example.org/a\">E</entry>",
        ),
        (
            "xml:base='http://example.org/a'",
            "<entry>E</entry>",
            based("http://example.org/a"),
            "<entry>E</entry>",
        ),
        (
            "xml:base='http://example.org/a'",
            "<entry>E</entry>",
            based("http://example.org/b"),
            "<entry xml:base=\"http://example.org/a\">E</entry>",
        ),
        (
            "xml:base='http://example.org/a'",
            "<entry xml:base='urn:b'>E</entry>",
            based("/c"),
            "<entry xml:base='urn:b'>E</entry>",
        ),
        ("xml:base='/a'", "<entry>E</entry>", metadata(), "<entry xml:base=\"/a\">E</entry>"),
        ("xml:base='/a'", "<entry>E</entry>", based("/a"), "<entry>E</entry>"),
        ("xml:lang='de'", "<entry>E</entry>", metadata(), "<entry xml:lang=\"de\">E</entry>"),
        ("xml:lang='de'", "<entry>E</entry>", spoken("de"), "<entry>E</entry>"),
        ("", "<entry>E</entry>", spoken("de"), "<entry xml:lang=\"\">E</entry>"),
        (
            "xml:lang='de'",
            "<entry xml:lang='fr'>E</entry>",
            spoken("en"),
            "<entry xml:lang='fr'>E</entry>",
        ),
    ] {
        let source = source_feed(attributes, &entry.replace('E', ENTRY));
        let (how, octets, _) = passed(&source, &feed);
        let is_copied = expected == entry;
        assert_eq!(how, if is_copied { PassedOn::Copied } else { PassedOn::Completed });
        assert_eq!(octets, expected.replace('E', ENTRY));
    }
}

#[test]
fn elements_without_a_namespace_stay_without_one() {
    let source = format!(
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:author><a:name>A</a:name></a:author>\
         <a:entry>{}<b/></a:entry></a:feed>",
        ENTRY.replace("</", "</a:").replace("<", "<a:").replace("<a:/a:", "</a:")
    );
    let (how, octets, value) = passed(&source, &metadata());
    assert_eq!(how, PassedOn::Completed);
    assert!(
        octets.starts_with("<a:entry xmlns:a=\"http://www.w3.org/2005/Atom\" xmlns=\"\"><a:id>"),
        "{octets}"
    );
    assert_eq!(value.extensions()[0].name(), &Name::new("", "", "b").unwrap());
}

#[test]
fn prefixes_that_the_feed_declares_need_no_addition() {
    let entry = format!("<entry>{ENTRY}<x:a/></entry>");
    let source = source_feed("xmlns:x='urn:x'", &entry);
    let of_source = &entries(&source)[0];
    let writer = of_source
        .namespaces()
        .fold(Writer::new(), |writer, (prefix, namespace)| writer.namespace(prefix, namespace));
    assert_eq!(passed_by(&writer, of_source, &metadata()).1, entry);
    for (prefix, namespace, rule) in [
        ("a b", "urn:x", Rule::Name),
        ("xmlns", "urn:x", Rule::PrefixReserved),
        ("xml", "urn:x", Rule::PrefixReserved),
        ("x", "", Rule::PrefixReserved),
        ("x", namespace::XML, Rule::PrefixReserved),
        ("x", namespace::XMLNS, Rule::PrefixReserved),
    ] {
        let mut out = b"before".to_vec();
        let error =
            Writer::new().namespace(prefix, namespace).feed(&metadata(), &mut out).unwrap_err();
        assert_eq!((error.rule(), &out[..]), (Some(rule), &b"before"[..]));
    }
}

#[test]
fn a_base_is_that_of_the_document_once_its_uri_is_set() {
    let based = metadata().with_common(Common::default().with_base("http://example.com/"));
    let inside = format!("<entry>{ENTRY}</entry>");
    let relative = source_feed("xml:base='b/'", &inside);
    let mut out = Vec::new();
    let mut writer = begin(&based, &mut out);
    let before = out.clone();
    let error = writer.pass_on(&entries(&relative)[0], &mut out).unwrap_err();
    assert_eq!((error.rule(), &out), (Some(Rule::EntryBase), &before));
    let known = entries(&relative)[0].clone().with_document_uri("http://example.org/a/feed");
    let (how, octets, value) = passed_by(&Writer::new(), &known, &based);
    assert_eq!(how, PassedOn::Completed);
    assert!(octets.starts_with("<entry xml:base=\"http://example.org/a/b/\"><id>"), "{octets}");
    assert_eq!(value.common().base(), Some("http://example.org/a/b/"));
    // A base of its own that is relative cannot be kept by an addition.
    let own = source_feed("xml:base='b/'", &format!("<entry xml:base='c/'>{ENTRY}</entry>"));
    let known = entries(&own)[0].clone().with_document_uri("http://example.org/a/feed");
    let (how, _, value) = passed_by(&Writer::new(), &known, &based);
    assert_eq!(
        (how, value.common().base()),
        (PassedOn::Written, Some("http://example.org/a/b/c/"))
    );
}

/// RFC 4287 section 2: an `xml:base` is an IRI reference and an `xml:lang` a language tag, also where an
/// entry gets them from the feed that was around it.
#[test]
fn rfc4287_2_what_an_entry_gets_from_around_it_is_checked() {
    for (around, rule, expected) in [
        ("xml:base='a b'", Rule::IriSyntax, "<entry xml:base=\"a b\">"),
        ("xml:lang='e_1'", Rule::LanguageTag, "<entry xml:lang=\"e_1\">"),
    ] {
        let source = source_feed(around, &format!("<entry>{ENTRY}</entry>"));
        let entry = &entries(&source)[0];
        let mut out = Vec::new();
        let mut writer = begin(&metadata(), &mut out);
        let before = out.clone();
        let strict = writer.pass_on(entry, &mut out);
        if rule.level() == Level::Must {
            let error = strict.unwrap_err();
            assert_eq!(
                (error.rule(), error.path(), &out),
                (Some(rule), Some("/feed/entry[1]"), &before)
            );
        }
        let tolerant = Writer::new().tolerance(Tolerance::DRAFTS);
        let (mut writer, _) = tolerant.feed(&metadata(), &mut out).unwrap();
        let (_, diagnostics) = writer.pass_on(entry, &mut out).unwrap();
        let reported: Vec<_> = diagnostics.iter().map(|one| (one.rule(), one.path())).collect();
        assert_eq!(reported, [(rule, Some("/feed/entry[1]"))]);
        assert!(String::from_utf8(out).unwrap().contains(expected));
    }
}

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
    let with_source = format!("<entry>{ENTRY}<source><id>urn:example:4</id></source></entry>");
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
    for inside in ["", "<source xml:base='http://example.net/'><id>urn:example:4</id></source>"] {
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

#[test]
fn what_was_tolerated_or_repaired_is_not_copied_to_a_stricter_feed() {
    let untitled = format!("<entry>{}</entry>", ENTRY.replace("<title>T</title>", ""));
    let source = source_feed("", &untitled);
    let entry = &entries(&source)[0];
    let mut out = Vec::new();
    let mut writer = begin(&metadata(), &mut out);
    let before = out.clone();
    let error = writer.pass_on(entry, &mut out).unwrap_err();
    assert_eq!(
        (error.rule(), error.path(), &out),
        (Some(Rule::EntryTitle), Some("/feed/entry[1]"), &before)
    );
    // Under the same tolerance it is copied, and reported.
    let (mut writer, _) =
        Writer::new().tolerance(Tolerance::DRAFTS).feed(&metadata(), &mut out).unwrap();
    let (how, diagnostics) = writer.pass_on(entry, &mut out).unwrap();
    assert_eq!(how, PassedOn::Copied);
    let reported: Vec<_> = diagnostics.iter().map(|one| (one.rule(), one.path())).collect();
    assert_eq!(reported, [(Rule::EntryTitle, Some("/feed/entry[1]"))]);
    // A correction mends it.
    let (mut writer, _) =
        Writer::new().correction(Correction::MissingTitles).feed(&metadata(), &mut out).unwrap();
    let (how, diagnostics) = writer.pass_on(entry, &mut out).unwrap();
    assert_eq!(
        (how, diagnostics.as_slice()[0].correction()),
        (PassedOn::Written, Some(Correction::MissingTitles))
    );
    // What a client may leave out is not for a feed that is stored.
    let submitted =
        source_feed("", &format!("<entry>{}</entry>", ENTRY.replace("<id>urn:example:2</id>", "")));
    let mut items =
        Reader::new().stage(Stage::Submitted).tolerance(Tolerance::STRICT).entries(&submitted);
    let entry = loop {
        if let Ok(FeedItem::Entry(entry)) = items.next().unwrap() {
            break entry;
        }
    };
    let mut writer = begin(&metadata(), &mut out);
    assert_eq!(writer.pass_on(&entry, &mut out).unwrap_err().rule(), Some(Rule::EntryId));
    // A repaired entry is written from its value.
    let repaired = source_feed("", &format!("<entry>{}</entry>", ENTRY.replace('T', "a & b")));
    let repaired = repaired.replace("a & b00", "T00");
    let mut items = Reader::new().repair().entries(&repaired);
    let entry = items.next().unwrap().unwrap().into_entry().unwrap();
    let (how, octets, _) = passed_by(&Writer::new(), &entry, &metadata());
    assert_eq!(how, PassedOn::Written);
    assert!(octets.contains("a &amp; b"));
}

#[test]
fn a_refused_entry_leaves_nothing_and_the_next_has_its_path() {
    let good = Entry::new()
        .with_id("urn:example:3")
        .with_title("T")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_content(Content::text("c"));
    let mut bad = good.clone();
    bad.set_title(Some(Text::plain("\u{1}")));
    let mut out = Vec::new();
    let mut writer = begin(&metadata().with_entry(good.clone()), &mut out);
    for number in 2..4 {
        let before = out.clone();
        let error = writer.entry(&bad, &mut out).unwrap_err();
        assert_eq!(error.path(), Some(&*format!("/feed/entry[{number}]/title[1]")));
        assert_eq!(out, before);
        assert_eq!(writer.skip(), Some(error));
        writer.entry(&good, &mut out).unwrap();
    }
    let attribute = |local: &'static str, value: &'static str| {
        Attribute::new(Name::new("", "", local).unwrap(), value)
    };
    let tombstone = Name::new("http://purl.org/atompub/tombstones/1.0", "at", "deleted-entry");
    let tombstone = Element::new(tombstone.unwrap())
        .with_attribute(attribute("ref", "urn:example:9"))
        .with_attribute(attribute("when", "2026-01-01T00:00:00Z"));
    writer.extension(&tombstone, &mut out).unwrap();
    let error = writer.extension(&tombstone, &mut out).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::TombstoneRepeated), Some("/feed")));
    writer.skip();
    let other = Element::new(Name::new("urn:x", "x", "y").unwrap());
    let error = writer.extension(&other, &mut out).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::MetadataOrder), Some("/feed")));
    writer.skip();
    writer.finish(&mut out).unwrap();
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    let reading = strict.read::<Feed<'_>>(&out).unwrap();
    assert_eq!(reading.document().entries(), [good.clone(), good.clone(), good]);
    assert_eq!(reading.document().extensions().len(), 1);
}

/// After an error each call returns it, and nothing is written: a feed that lacks an entry is not
/// finished by mistake.
#[test]
fn a_writer_that_refused_an_entry_writes_nothing_until_it_is_skipped() {
    let good =
        &entries(&source_feed("", &format!("<entry>{ENTRY}</entry>")))[0].clone().into_owned();
    let bad = Entry::new();
    let based = metadata().with_common(Common::default().with_base("http://example.org/"));
    let extension = Element::new(Name::new("urn:x", "x", "y").unwrap());
    for feed in [metadata(), based] {
        let mut out = Vec::new();
        let mut writer = begin(&feed, &mut out);
        // Refused before anything is written, or within.
        let error = match feed.common().base() {
            Some(_) => writer.pass_on(good, &mut out).unwrap_err(),
            None => writer.entry(&bad, &mut out).unwrap_err(),
        };
        let begun = out.clone();
        assert_eq!(writer.entry(good.entry(), &mut out).as_ref(), Err(&error));
        assert_eq!(writer.pass_on(good, &mut out).as_ref(), Err(&error));
        assert_eq!(writer.extension(&extension, &mut out).as_ref(), Err(&error));
        assert_eq!(writer.item(&FeedItem::Comment("a".into()), &mut out).as_ref(), Err(&error));
        assert_eq!(writer.finish(&mut out), Err(error));
        assert_eq!(out, begun);
    }
    let mut out = Vec::new();
    let mut writer = begin(&metadata(), &mut out);
    assert_eq!(writer.skip(), None);
    writer.entry(&bad, &mut out).unwrap_err();
    assert!(writer.skip().is_some());
    writer.pass_on(good, &mut out).unwrap();
    writer.finish(&mut out).unwrap();
    let read = Reader::new().tolerance(Tolerance::STRICT).read::<Feed<'_>>(&out).unwrap();
    assert_eq!(read.document().entries(), [good.entry().clone()]);
}

/// RFC 4287 section 4.1.1: entries with the same id have different updated dates. Advice, whichever way
/// an entry is written.
#[test]
fn rfc4287_4_1_1_repeated_entries_are_reported_where_they_are_written() {
    let source = source_feed("", &format!("<entry>{ENTRY}</entry>"));
    let read = &entries(&source)[0];
    let same_moment = read.entry().clone().with_updated(Date::new("2026-01-01T01:00:00+01:00"));
    let later = read.entry().clone().with_updated(Date::new("2026-01-02T00:00:00Z"));
    let mut out = Vec::new();
    let mut writer = begin(&metadata().with_entry(later.clone()), &mut out);
    let rules = |diagnostics: atom_fsm::Diagnostics| {
        let each = diagnostics.iter().map(|one| (one.rule(), one.path().unwrap().to_owned()));
        each.collect::<Vec<_>>()
    };
    let repeated = |number: u32| vec![(Rule::EntryRepeated, format!("/feed/entry[{number}]"))];
    assert_eq!(rules(writer.pass_on(read, &mut out).unwrap().1), []);
    assert_eq!(rules(writer.entry(&same_moment, &mut out).unwrap()), repeated(3));
    assert_eq!(rules(writer.pass_on(read, &mut out).unwrap().1), repeated(4));
    assert_eq!(rules(writer.entry(&later, &mut out).unwrap()), repeated(5));
    // One that was refused is not one that was written.
    let refused = read.entry().clone().with_id("urn:example:9").with_title("\u{1}");
    writer.entry(&refused, &mut out).unwrap_err();
    writer.skip();
    let mended = refused.with_title("T");
    assert_eq!(rules(writer.entry(&mended, &mut out).unwrap()), []);
    writer.finish(&mut out).unwrap();
    let read_again = Reader::new().read::<Feed<'_>>(&out).unwrap();
    let again = read_again.diagnostics().iter().filter(|one| one.rule() == Rule::EntryRepeated);
    assert_eq!(again.count(), 3, "a reader reports the same");

    let limits = Limits::default().revision_octets(20);
    let (mut writer, _) = Writer::new().limits(limits).feed(&metadata(), &mut out).unwrap();
    assert_eq!(rules(writer.entry(&later, &mut out).unwrap()), []);
    assert_eq!(rules(writer.entry(&later, &mut out).unwrap()), [], "the limit is exceeded");
}

#[test]
fn rfc4287_4_1_1_an_entry_without_author_needs_a_feed_with_one() {
    let mut nobody = metadata();
    nobody.authors_mut().clear();
    let entry = Entry::new()
        .with_id("urn:example:3")
        .with_title("T")
        .with_updated(Date::new("2026-01-01T00:00:00Z"))
        .with_content(Content::text("c"));
    let mut out = Vec::new();
    let mut writer = begin(&nobody, &mut out);
    let error = writer.entry(&entry, &mut out).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::FeedAuthor), Some("/feed")));
    writer.skip();
    writer.entry(&entry.clone().with_author(Person::new("A")), &mut out).unwrap();
    let tolerant = Writer::new().tolerance(Tolerance::DRAFTS).declaration(Declaration::Written);
    let mut out = Vec::new();
    let (mut writer, _) = tolerant.feed(&nobody, &mut out).unwrap();
    let mut reported = |id| {
        let entry = entry.clone().with_id(id);
        writer.entry(&entry, &mut out).unwrap().len()
    };
    let reported = [reported("urn:example:4"), reported("urn:example:5")];
    assert_eq!(reported, [1, 0], "it is reported once");
    assert!(out.starts_with(b"<?xml"));
}

/// What the entries of the law are made of.
const PIECES: &[&str] = &[
    "<id>urn:example:2</id>",
    "<id> urn:example:3</id>",
    "<title>T &amp; é</title>",
    "<a:title>U</a:title>",
    "<updated>2026-01-01T00:00:00Z</updated>",
    "<updated>now</updated>",
    "<content>c</content>",
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><b x:c='d'>e</b></div></content>",
    "<content type='application/x'><x:f y='x:g'/></content>",
    "<link href='h' xml:base='i/'/>",
    "<link/>",
    "<author><name>B</name><x:j/></author>",
    "<source><id>urn:example:4</id></source>",
    "<source><author><name>C</name></author></source>",
    "<x:k xmlns:x='urn:other'/>",
    "<x:l>m</x:l>",
    "<n xmlns=''><o/></n>",
    "<!-- p -->",
    "<?q r?>",
    "<![CDATA[ ]]>",
    "stray",
    "\r\n",
    "<Category term='s'/>",
    "<rights>a & b</rights>",
    "<u:v/>",
];

const AROUND: &[&str] = &[
    "",
    " xml:base='http://example.org/a/'",
    " xml:base='b/'",
    " xml:lang='de'",
    " xmlns:x='urn:x2'",
    " xmlns:n='urn:n' xml:base='http://example.org/c/' xml:lang=''",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The law: what is written is read under the same tolerance, copied octets are equal, and a value is
    /// the same but for what was added.
    #[test]
    fn what_is_passed_on_is_read_again_as_the_same(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..9),
        starts in prop::collection::vec(prop::sample::select(&["<entry>", "<entry xml:base='d/'>", "<entry xml:lang='fr' w='1'>", "<a:entry xmlns=''>", "<entry xmlns:x='urn:x3' x:y='z'>"][..]), 1..3),
        around in prop::sample::select(AROUND),
        new in prop::sample::select(AROUND),
        (has_author, is_same_author, is_strict, is_stored, is_known) in any::<(bool, bool, bool, bool, bool)>(),
    ) {
        let author = if has_author { "<author><name>A</name></author>" } else { "" };
        let entries: String = starts
            .iter()
            .map(|start| {
                let end = if start.starts_with("<a:") { "</a:entry>" } else { "</entry>" };
                format!("{start}{}{end}", pieces.concat())
            })
            .collect();
        let names = "xmlns:a='http://www.w3.org/2005/Atom' xmlns:x='urn:x'";
        let names = if around.contains("xmlns:x") { "xmlns:a='http://www.w3.org/2005/Atom'" } else { names };
        let source = format!("<feed {ATOM} {names}{around}>{author}{entries}</feed>");
        let target = format!("<feed {ATOM}{new}/>");
        let mut feed = metadata().with_common(Feed::parse(&target).unwrap().common().clone());
        if !is_same_author {
            *feed.authors_mut() = vec![Person::new("B")];
        }
        let tolerance = if is_strict { Tolerance::STRICT } else { Tolerance::DRAFTS };
        let stage = if is_stored { Stage::Stored } else { Stage::Submitted };
        let writer = Writer::new().tolerance(tolerance).stage(stage).correction(Correction::UnboundNames);
        let mut out = Vec::new();
        let (mut writer, _) = writer.feed(&feed, &mut out).unwrap();
        let mut written = Vec::new();
        for item in Reader::new().stage(Stage::Submitted).repair().entries(&source).filter_map(Result::ok) {
            let FeedItem::Entry(entry) = item else { continue };
            let entry = if is_known { entry.with_document_uri("http://example.org/d/") } else { entry };
            let start = out.len();
            match writer.pass_on(&entry, &mut out) {
                Ok((how, _)) => {
                    if how == PassedOn::Copied {
                        prop_assert_eq!(&out[start..], entry.source().as_bytes());
                    }
                    written.push((how, entry.into_owned()));
                }
                Err(error) => {
                    prop_assert_eq!(out.len(), start);
                    prop_assert_eq!(writer.skip(), Some(error));
                }
            }
        }
        writer.finish(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let reader = Reader::new().tolerance(tolerance).stage(stage);
        let reading = reader.read::<Feed<'_>>(&text);
        prop_assert!(reading.is_ok(), "{:?}: {}", reading, text);
        let read = reading.unwrap().into_document();
        prop_assert_eq!(read.entries().len(), written.len(), "{}", text);
        for (new, (how, old)) in read.entries().iter().zip(&written) {
            let mut expected = old.entry().clone();
            if *how == PassedOn::Copied {
                prop_assert_eq!(new, &expected);
                continue;
            }
            if old.is_repaired() {
                // Unbound names are left out.
                expected.extensions_mut().retain(|extension| !extension.name().is_unbound());
            }
            // What was added is not compared: the base, the language, and authors.
            let mut new = new.clone().with_common(expected.common().clone());
            if !expected.has_author_for_test() {
                new.set_source(expected.source().cloned());
            }
            prop_assert_eq!(&new, &expected, "{}", text);
        }
    }
}

trait HasAuthor {
    fn has_author_for_test(&self) -> bool;
}

impl HasAuthor for Entry<'_> {
    fn has_author_for_test(&self) -> bool {
        let of_source = self.source().is_some_and(|source| !source.authors().is_empty());
        !self.authors().is_empty() || of_source
    }
}
