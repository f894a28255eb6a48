//! What readers of feeds ask for beyond the elements: the page of an entry, moments, languages, bases.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::app::Accept;
use atom_fsm::atom::{Base, Common, Date, Entry, Feed, Language, Link, MissingZone, Preferences};
use atom_fsm::xml::Element;
use atom_fsm::{Correction, Document, Reader, Rule, Stage, Tolerance, Writer};

#[test]
fn rfc4287_4_2_7_2_the_alternate_link_is_chosen_by_type_and_then_by_language() {
    let entry = |links: &[(&'static str, &'static str, &'static str, &'static str)]| {
        links.iter().fold(Entry::new(), |entry, (href, rel, type_, hreflang)| {
            let link = Link::new(*href);
            let link = if rel.is_empty() { link } else { link.with_rel(*rel) };
            let link = if type_.is_empty() { link } else { link.with_type(*type_) };
            entry.with_link(if hreflang.is_empty() { link } else { link.with_hreflang(*hreflang) })
        })
    };
    let iana = "http://www.iana.org/assignments/relation/alternate";
    let wanted = Preferences::new()
        .media_type("text/html; charset=utf-8")
        .media_type("image/*")
        .language("de")
        .language("en");
    for (links, expected) in [
        (&[][..], None),
        (&[("/self", "self", "", "")], None),
        (&[("mailto:a@b", "", "", ""), ("urn:x", "", "", "")], None),
        (&[("mailto:a@b", "", "", ""), ("/2", "", "", "")], Some("/2")),
        (&[("HTTPS://a/", iana, "", "")], Some("HTTPS://a/")),
        (&[("a?b:c", "alternate", "", "")], Some("a?b:c")),
        (&[("/", "Alternate", "", "")], None),
        // What is preferred, what is not known, and what is something else.
        (
            &[("/1", "", "text/plain", ""), ("/2", "", "", ""), ("/3", "", "TEXT/html", "")],
            Some("/3"),
        ),
        (&[("/1", "", "text/plain", ""), ("/2", "", "", "")], Some("/2")),
        (&[("/1", "", "text/plain", "")], Some("/1")),
        (&[("/1", "", "imag/x", ""), ("/2", "", "image/png", "")], Some("/2")),
        // The type comes before the language.
        (&[("/1", "", "image/png", "de"), ("/2", "", "text/html", "fr")], Some("/2")),
        (&[("/1", "", "", "en"), ("/2", "", "", "de-CH"), ("/3", "", "", "DE")], Some("/2")),
        (&[("/1", "", "", "english"), ("/2", "", "", "en")], Some("/2")),
        (&[("/1", "", "", "fr"), ("/2", "", "", "")], Some("/2")),
    ] {
        let entry = entry(links);
        assert_eq!(entry.alternate(&wanted).and_then(Link::href), expected, "{links:?}");
    }
    let feed = Feed::new().with_link(Link::new("/1")).with_link(Link::new("/2"));
    assert_eq!(feed.alternate(&Preferences::new()).and_then(Link::href), Some("/1"));
}

#[test]
fn rfc4287_3_3_dates_that_are_certain_are_mended_and_no_others() {
    let writer = Writer::new().stage(Stage::Submitted).correction(Correction::Dates);
    let entry = |date: &'static str| {
        Entry::new().with_title("T").with_link(Link::new("/")).with_updated(Date::new(date))
    };
    let mut out = Vec::new();
    let diagnostics = writer.write(&entry("13 Dec 2003 18:30 +0200"), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("<updated>2003-12-13T18:30:00+02:00</updated>"), "{text}");
    let [one] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
    assert_eq!((one.rule(), one.correction()), (Rule::DateSyntax, Some(Correction::Dates)));
    assert_eq!(one.path(), Some("/entry/updated[1]"));
    let strict = Reader::new().stage(Stage::Submitted).tolerance(Tolerance::STRICT);
    assert!(strict.read::<Entry<'_>>(&text).unwrap().diagnostics().is_empty());
    for date in ["2003-12-13T18:30:00", "2003-12-13", "101-01-01T00:00:00Z", "soon"] {
        let error = writer.to_string(&entry(date)).unwrap_err();
        assert_eq!(error.rule(), Some(Rule::DateSyntax), "{date}");
        // The text is kept.
        assert_eq!(entry(date).updated().unwrap().as_str(), date);
    }
    let date = Date::new("2003-12-13T18:30:00");
    assert_eq!(date.to_datetime(), None);
    assert_eq!(date.to_certain_datetime(MissingZone::Unknown), None);
    assert!(date.to_certain_datetime(MissingZone::Utc).is_some());
    assert_eq!(date.to_day().map(|day| day.to_string()).as_deref(), Some("2003-12-13"));
    // What is of the RFC is not touched.
    let fine = entry("2003-12-13T18:30:00.250+02:00");
    let (mut out, expected) = (Vec::new(), "2003-12-13T18:30:00.250+02:00");
    assert!(writer.write(&fine, &mut out).unwrap().is_empty());
    assert!(String::from_utf8(out).unwrap().contains(expected));
}

#[test]
fn xml_2_12_the_nearest_language_counts_and_an_empty_one_ends_it() {
    let document = Language::new("fr");
    let none = Common::default();
    assert_eq!(document.within(&none).as_str(), Some("fr"));
    let (german, empty) = (none.clone().with_lang("de"), none.clone().with_lang(""));
    assert_eq!(document.within(&german).within(&none).as_str(), Some("de"));
    assert_eq!(document.within(&german).within(&empty).as_str(), None);
    assert_eq!(Language::new("").as_str(), None);
    let div = Element::parse(
        "<div xmlns='http://www.w3.org/1999/xhtml' lang='en'><p xml:lang='it' lang='x'/>\
         <b xmlns='urn:b' lang='y'/></div>",
    )
    .unwrap();
    let inner = document.within_element(&div);
    let children: Vec<_> = div.children().collect();
    assert_eq!(inner.as_str(), Some("en"));
    assert_eq!(inner.within_element(children[0]).as_str(), Some("it"));
    assert_eq!(inner.within_element(children[1]).as_str(), Some("en"));
}

#[test]
fn xml_base_counts_on_any_element() {
    let element = Element::parse("<a xml:base=' b/ '><c xml:base='d/'/><e/></a>").unwrap();
    let outer = Base::new("http://example.org/").within_element(&element);
    let inner: Vec<_> =
        element.children().map(|it| outer.within_element(it).resolve("x")).collect();
    assert_eq!(inner[0].as_deref(), Some("http://example.org/b/d/x"));
    assert_eq!(inner[1].as_deref(), Some("http://example.org/b/x"));
}

#[test]
fn rfc5023_8_3_4_a_list_of_ranges_is_read_as_one_and_reported() {
    let source = "<collection xmlns='http://www.w3.org/2007/app' href='/'><title xmlns='http://www.w3.org/2005/Atom'>T</title><accept>image/png, image/gif</accept></collection>";
    let reading = Reader::new().read::<atom_fsm::app::Collection<'_>>(source).unwrap();
    let rules: Vec<_> = reading.diagnostics().iter().map(atom_fsm::Diagnostic::rule).collect();
    assert_eq!(rules, [Rule::AcceptSyntax]);
    let collection = reading.document();
    assert!(collection.accepts_type("image/gif") && collection.accepts_type("image/png"));
    assert!(!collection.accepts_type("image/jpeg"));
    for (range, expected) in
        [("a/b;c=\"d,\\\",e\",f/g", &["a/b;c=\"d,\\\",e\"", "f/g"][..]), ("", &[]), (" , ", &[])]
    {
        assert!(Accept::new(range).ranges().eq(expected.iter().copied()), "{range}");
    }
}

/// RFC 5023 sections 12 and 16, RFC 6721 section 4.
#[test]
fn each_kind_of_document_has_its_media_type() {
    use atom_fsm::app::{Categories, Collection, Service};
    use atom_fsm::ext::Tombstone;
    for (document, media_type) in [
        (Document::from(Feed::new()), "application/atom+xml;type=feed"),
        (Entry::new().into(), "application/atom+xml;type=entry"),
        (Service::new().into(), "application/atomsvc+xml"),
        (Categories::new().into(), "application/atomcat+xml"),
        (Collection::new("A").into(), "application/xml"),
        (Tombstone::new("urn:a:1", "2026-01-01T00:00:00Z").into(), "application/atomdeleted+xml"),
    ] {
        assert_eq!(document.media_type(), media_type);
    }
}
