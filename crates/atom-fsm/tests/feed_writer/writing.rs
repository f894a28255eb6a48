//! Entries that are written from values, and what is refused.

use crate::{ENTRY, begin, entries, metadata, source_feed};
use atom_fsm::atom::{Common, Content, Date, Entry, Feed, Person, Text};
use atom_fsm::xml::{Attribute, Element, Name};
use atom_fsm::{Declaration, FeedItem, Limits, Reader, Rule, Tolerance, Writer};

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

/// A path counts the elements of one local name, whoever wrote them: the metadata, an extension, or late
/// metadata.
#[test]
fn a_path_counts_the_children_of_one_name() {
    let name = |local: &'static str| {
        Name::new("http://purl.org/atompub/tombstones/1.0", "at", local).unwrap()
    };
    let other = Element::new(Name::new("urn:x", "x", "y").unwrap());
    let begun = metadata().with_extension(other.clone());
    let mut out = Vec::new();
    let mut writer = begin(&begun, &mut out);
    writer.extension(&other, &mut out).unwrap();
    let bad = Element::new(name("deleted-entry"));
    let error = writer.extension(&bad, &mut out).unwrap_err();
    assert_eq!(error.path(), Some("/feed/deleted-entry[1]"));
    writer.skip();
    let control = Element::new(Name::new("urn:x", "x", "y").unwrap())
        .with_attribute(Attribute::new(Name::new("", "", "a").unwrap(), "\u{1}"));
    assert_eq!(writer.extension(&control, &mut out).unwrap_err().path(), Some("/feed/y[3]"));
}
