//! An entry that is passed on is copied, with what its new place lacks, or written from its value.

use crate::{ENTRY, begin, entries, metadata, passed, passed_by, source_feed};
use atom_fsm::atom::Common;
use atom_fsm::xml::Name;
use atom_fsm::{
    Correction, FeedItem, Level, PassedOn, Reader, Rule, Stage, Tolerance, Writer, namespace,
};

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
