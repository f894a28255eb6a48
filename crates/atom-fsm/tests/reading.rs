//! What is read of documents that are not as they should be, and what is reported of them.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::atom::{Base, ContentKind, Entry, Feed, TextType};
use atom_fsm::xml::Node;
use atom_fsm::{
    Diagnostic, Document, ForeignRoot, Reader, Reading, RssVersion, Rule, Tolerance, namespace,
};

fn entry(inside: &str) -> String {
    format!(
        "<entry xmlns='http://www.w3.org/2005/Atom' xmlns:h='http://www.w3.org/1999/xhtml'>{inside}</entry>"
    )
}

/// An entry with all that it must have, but what `inside` adds or replaces.
fn whole(inside: &str) -> String {
    let mut children = String::new();
    for (name, child) in [
        ("<id", "<id>urn:example:2</id>"),
        ("<title", "<title>T</title>"),
        ("<updated", "<updated>2026-01-01T00:00:00Z</updated>"),
        ("<author", "<author><name>A</name></author>"),
    ] {
        if !inside.contains(name) {
            children.push_str(child);
        }
    }
    entry(&format!("{children}{inside}"))
}

fn reported(source: &str) -> Vec<Rule> {
    let reading: Reading<Document<'_>> = Reader::new().read(source).unwrap();
    reading.diagnostics().iter().map(Diagnostic::rule).collect()
}

fn strictly_refused(source: impl AsRef<[u8]>) -> Option<Rule> {
    let reader = Reader::new().tolerance(Tolerance::STRICT);
    let read: Result<Reading<Document<'_>>, _> = reader.read(source.as_ref());
    read.err().and_then(|error| error.rule())
}

#[test]
fn one_violation_does_not_bring_others_with_it() {
    for (inside, rule) in [
        ("<title type='text/plain'>a</title><content/>", Rule::TextType),
        ("<title><b xmlns='u'>a</b></title><content/>", Rule::TextMarkup),
        ("<id><b xmlns='u'/></id><content/>", Rule::TextMarkup),
        ("<updated><b xmlns='u'/></updated><content/>", Rule::TextMarkup),
        ("<author><name><b xmlns='u'/></name></author><content/>", Rule::TextMarkup),
        ("<content type='xhtml'>a</content>", Rule::XhtmlDiv),
        ("<content><b xmlns='u'/></content>", Rule::TextMarkup),
        ("<content type='multipart/mixed'>not base64</content>", Rule::ContentType),
        ("<content type='image/'>not base64</content>", Rule::ContentType),
        ("<summary/><content src='/a' type='a/b'>b</content>", Rule::ContentSource),
        ("<content/><link href='/' rel='Alternate'/>", Rule::LinkRelCase),
        ("<content/><summary type='a/b'><b xmlns='u'/></summary>", Rule::TextType),
        ("<id>HTTP://a b/</id><content/>", Rule::IdAbsolute),
    ] {
        assert_eq!(reported(&whole(inside)), [rule], "{inside}");
    }
    let feed = "<feed xmlns='http://www.w3.org/2005/Atom'><id><b xmlns='u'/></id><title>T</title>\
                <updated><b xmlns='u'/></updated><link rel='self' href='/'/></feed>";
    assert_eq!(reported(feed), [Rule::TextMarkup, Rule::TextMarkup]);
}

#[test]
fn rfc4287_4_1_3_markup_in_content_of_a_text_type_is_reached_as_nodes() {
    let source = whole("<content type='text/html'>a <h:p>b</h:p></content>");
    assert_eq!(strictly_refused(&source), Some(Rule::TextMarkup));
    let entry = Entry::parse(&source).unwrap();
    let content = entry.content().unwrap();
    assert_eq!((content.kind(), content.value()), (ContentKind::OtherText, ""));
    assert!(matches!(content.nodes(), [Node::Text(_), Node::Element(p)] if p.text() == "b"));
    assert!(entry.extensions().is_empty());
}

#[test]
fn rfc4287_3_1_1_3_xhtml_without_a_div_is_reached_as_nodes() {
    for inside in [
        "<summary type='xhtml'>a<h:p>b</h:p></summary>",
        "<summary type='xhtml'><h:div/><h:div>ab</h:div></summary>",
    ] {
        let source = whole(&format!("<content/>{inside}"));
        assert_eq!(strictly_refused(&source), Some(Rule::XhtmlDiv));
        let entry = Entry::parse(&source).unwrap();
        let summary = entry.summary().unwrap();
        assert_eq!((summary.type_(), &*summary.value()), (TextType::Xhtml, "ab"));
        assert_eq!((summary.nodes().len(), summary.div()), (2, None));
    }
    let source = whole("<content type='xhtml'><h:p>b</h:p></content>");
    assert_eq!(Entry::parse(&source).unwrap().content().unwrap().nodes().len(), 1);
}

#[test]
fn rfc4287_3_1_1_a_text_with_a_media_type_is_reached_as_what_it_means() {
    for (type_, inside, expected, value) in [
        ("text/plain", "a", TextType::Text, "a"),
        ("text/html; charset=utf-8", "&lt;b&gt;", TextType::Html, "<b>"),
        ("HTML", "&lt;b&gt;", TextType::Html, "<b>"),
        ("application/xhtml+xml", "<h:div>a</h:div>", TextType::Xhtml, "a"),
        ("a/b", "a", TextType::Text, "a"),
    ] {
        let source = whole(&format!("<content/><title type='{type_}'>{inside}</title>"));
        assert_eq!(strictly_refused(&source), Some(Rule::TextType));
        let entry = Entry::parse(&source).unwrap();
        let title = entry.title().unwrap();
        assert_eq!((title.type_(), &*title.value()), (expected, value));
        assert_eq!(title.type_attribute(), Some(type_));
    }
}

#[test]
fn rfc4287_3_1_1_3_instructions_and_comments_beside_the_div_are_no_content() {
    let source = whole("<content type='xhtml'> <?a b?><h:div>a</h:div><!-- c --> </content>");
    assert_eq!(strictly_refused(&source), None);
    assert_eq!(Entry::parse(&source).unwrap().content().unwrap().div().unwrap().text(), "a");
}

#[test]
fn rfc7303_9_each_xml_media_type_is_xml_but_that_of_dtds() {
    for (type_, expected) in [
        ("application/xml", ContentKind::Xml),
        ("text/xml; charset=utf-8", ContentKind::Xml),
        ("application/xml-external-parsed-entity", ContentKind::Xml),
        ("Text/XML-External-Parsed-Entity", ContentKind::Xml),
        ("image/SVG+XML", ContentKind::Xml),
        ("application/xml-dtd", ContentKind::OtherText),
        ("application/xmlx", ContentKind::Base64),
    ] {
        let inside = match expected {
            ContentKind::Xml => "<b xmlns='u'/>",
            ContentKind::OtherText => "&lt;!ELEMENT a EMPTY&gt;",
            _ => "AAAA",
        };
        let source = whole(&format!("<summary/><content type='{type_}'>{inside}</content>"));
        assert_eq!(strictly_refused(&source), None, "{type_}");
        assert_eq!(Entry::parse(&source).unwrap().content().unwrap().kind(), expected, "{type_}");
    }
}

#[test]
fn xml_base_counts_on_the_elements_that_contain_a_reference() {
    let source = "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/a/'>\
                  <id xml:base='/i/'>urn:example:1</id><title>T</title>\
                  <icon xml:base='b/'>c</icon><logo>d</logo>\
                  <author><name xml:lang='en'>A</name><uri xml:base='http://example.com/'>e</uri>\
                  <email xml:lang='de'>a@b</email></author></feed>";
    let feed = Feed::parse(source).unwrap();
    let base = Base::new("http://example.org/").within(feed.common());
    let icon = base.within(feed.icon_common().unwrap()).resolve(feed.icon().unwrap());
    assert_eq!(icon.as_deref(), Some("http://example.org/a/b/c"));
    let logo = base.within(feed.logo_common().unwrap()).resolve(feed.logo().unwrap());
    assert_eq!(logo.as_deref(), Some("http://example.org/a/d"));
    assert_eq!(feed.id_common().unwrap().base(), Some("/i/"));
    let author = &feed.authors()[0];
    let uri = base.within(author.common()).within(author.uri_common().unwrap());
    assert_eq!(uri.resolve(author.uri().unwrap()).as_deref(), Some("http://example.com/e"));
    assert_eq!(author.name_common().unwrap().lang(), Some("en"));
    assert_eq!(author.email_common().unwrap().lang(), Some("de"));
}

#[test]
fn rfc4287_2_white_space_around_an_iri_is_left_out_of_the_value() {
    let source =
        whole("<content/><link rel=' up ' href=' /a\n'/><category term='b' scheme=' http://c/ '/>");
    let entry = Entry::parse(&source).unwrap();
    assert_eq!(entry.link("up").unwrap().href(), Some("/a"));
    assert_eq!(entry.categories()[0].scheme(), Some("http://c/"));
    assert_eq!(reported(&source), [Rule::ValueSpace; 3]);
}

#[test]
fn rfc4287_4_1_1_entries_of_one_id_have_different_dates() {
    let entry = |id: u32, date: &str| {
        format!(
            "<entry><id>urn:example:{id}</id><title>T</title><updated>2026-01-01T{date}</updated><content/></entry>"
        )
    };
    let read = |entries: &[(u32, &str)]| {
        let entries: String = entries.iter().map(|(id, date)| entry(*id, date)).collect();
        let source = format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:0</id><title>T</title>\
             <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
             <link rel='self' href='/'/>{entries}</feed>"
        );
        reported(&source)
    };
    let again = Rule::EntryRepeated;
    assert_eq!(read(&[(1, "00:00:00Z"), (2, "00:00:00Z"), (1, "00:00:01Z")]), []);
    assert_eq!(read(&[(1, "01:00:00Z"), (1, "02:00:00+01:00")]), [again]);
    assert_eq!(
        read(&[(1, "00:00:01Z"), (1, "00:00:02Z"), (1, "00:00:02Z"), (1, "00:00:01Z")]),
        [again; 2]
    );
}

#[test]
fn rfc6721_3_tombstones_may_be_between_entries() {
    let tombstone = "<t:deleted-entry xmlns:t='http://purl.org/atompub/tombstones/1.0' ref='urn:example:3' when='2026-01-01T00:00:00Z'/>";
    let source = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:0</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
         <link rel='self' href='/'/><entry><id>urn:example:1</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><content/></entry>{tombstone}</feed>"
    );
    assert_eq!(reported(&source), []);
    let feed = Feed::parse(&source).unwrap();
    let written = atom_fsm::Writer::new().to_string(&feed).unwrap();
    assert!(written.find("deleted-entry") > written.find("</entry>"), "{written}");
    assert_eq!(Feed::parse(&written).unwrap(), feed);
}

#[test]
fn xml_f_utf_16_is_an_encoding_with_and_without_a_mark() {
    let wide = |text: &str, big: bool| -> Vec<u8> {
        let octets = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(octets).collect()
    };
    for big in [true, false] {
        for text in
            ["<feed/>", "\u{FEFF}<feed/>", "<?xml version='1.0' encoding='UTF-16'?><feed>é</feed>"]
        {
            let octets = wide(text, big);
            let read: Result<Reading<Document<'_>>, _> = Reader::new().read(&octets);
            let error = read.unwrap_err();
            assert_eq!((error.rule(), error.offset()), (Some(Rule::Encoding), 0), "{text}");
        }
    }
    assert_eq!(strictly_refused(b"\0\0\0<\0\0\0a"), Some(Rule::Encoding));
    assert_eq!(atom_fsm::xml::Element::parse("<\0a\0").unwrap_err().rule(), Some(Rule::Encoding));
}

#[test]
fn rfc4287_2_a_wrong_root_is_named() {
    let rss = |version| Some(ForeignRoot::Rss(version));
    for (source, expected, offset) in [
        ("<html><body/></html>", Some(ForeignRoot::Html), 0),
        ("<HTML lang=en>", Some(ForeignRoot::Html), 0),
        ("\u{FEFF}<!DOCTYPE html>\n<html lang=en><p>a<br>", Some(ForeignRoot::Html), 19),
        ("<!doctype html><p>a", Some(ForeignRoot::Html), 15),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", Some(ForeignRoot::Html), 0),
        ("<!-- a --><rss version='0.91'/>", rss(RssVersion::V0_91), 10),
        (
            "<!DOCTYPE rss PUBLIC 'a>' 'b' [ <!ENTITY c ']>'> ]><rss version=\"0.92\">",
            rss(RssVersion::V0_92),
            51,
        ),
        ("<?xml version='1.0'?><rss xmlns:a='b' version='2.0.1'/>", rss(RssVersion::V2_0), 21),
        ("<rss/>", rss(RssVersion::Unknown), 0),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'/>",
            rss(RssVersion::V1_0),
            0,
        ),
        (
            "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'/>",
            rss(RssVersion::V0_90),
            0,
        ),
        ("<RDF xmlns='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", Some(ForeignRoot::Rdf), 0),
        ("<opml version='2.0'/>", Some(ForeignRoot::Opml), 0),
        (" {\"version\": \"https://jsonfeed.org/version/1.1\"}", Some(ForeignRoot::JsonFeed), 1),
        ("<feed version='0.3' xmlns='http://purl.org/atom/ns#'/>", Some(ForeignRoot::Atom03), 0),
        ("<feed xmlns='https://www.w3.org/2005/Atom'/>", Some(ForeignRoot::NearNamespace), 0),
        ("<a:feed xmlns:a='http://www.w3.org/2005/Atom/'/>", Some(ForeignRoot::NearNamespace), 0),
        ("<feed xmlns='http://www.w3.org/2005/atom'/>", Some(ForeignRoot::NearNamespace), 0),
        ("<service xmlns='http://www.w3.org/2007/app#'/>", Some(ForeignRoot::NearNamespace), 0),
        ("<service xmlns='http://purl.org/atom/app#'/>", Some(ForeignRoot::AtomPubDraft), 0),
        ("<feed/>", Some(ForeignRoot::NoNamespace), 0),
        ("<a/>", None, 0),
    ] {
        let error = Document::parse(source).unwrap_err();
        assert_eq!(
            (error.rule(), error.foreign_root()),
            (Some(Rule::RootElement), expected),
            "{source}"
        );
        assert_eq!(error.offset(), offset, "{source}");
        if let Some(foreign) = expected {
            assert!(
                error.to_string().ends_with(&format!("; the document is {foreign}")),
                "{error}"
            );
        }
    }
    // What is no document of another format keeps its own violation.
    for (source, rule) in [
        ("{}", Rule::RootText),
        ("<!DOCTYPE feed><feed xmlns='http://www.w3.org/2005/Atom'/>", Rule::Doctype),
        ("<feed a=b>", Rule::AttributeValue),
        ("", Rule::Incomplete),
    ] {
        let error = Document::parse(source).unwrap_err();
        assert_eq!((error.rule(), error.foreign_root()), (Some(rule), None), "{source}");
    }
    let other = format!("<feed xmlns='{}'/>", namespace::ATOM);
    assert_eq!(Entry::parse(&other).unwrap_err().foreign_root(), None);
}
