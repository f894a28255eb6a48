//! Each rule that a document can violate and still be read: a smallest document that violates it and no
//! other. By default it is read and the violation is reported where it is, strictly it is refused, and
//! what was read is not written again, or without what violated the rule.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

mod atom;
mod extensions;
mod fsm;
mod publishing;

use atom_fsm::atom::{Entry, Feed};
use atom_fsm::{Diagnostic, Document, ErrorKind, Level, Reader, Reading, Rule, Tolerance, Writer};

/// A rule, a document with an `@` where its violation is reported, and what becomes of the value.
type Row = (Rule, String, Written);

/// What becomes of a value that was read under tolerance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Written {
    /// Refused by this rule, at this path.
    Refused(Rule, &'static str),
    /// Written, and strictly read again.
    Clean,
}
use Written::{Clean, Refused};

fn feed(inside: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
         <link rel='self' href='/'/>{inside}</feed>"
    )
}

fn entry(inside: &str) -> String {
    format!(
        "<entry xmlns='http://www.w3.org/2005/Atom'><id>urn:example:2</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
         <link href='/'/>{inside}</entry>"
    )
}

fn table() -> Vec<Row> {
    [atom::rows(), publishing::rows(), extensions::rows()].concat()
}

/// Rules that no document of its own violates: the reader's options, and what conversions check.
const ELSEWHERE: [Rule; 24] = [
    Rule::NamespaceSupplied,
    Rule::RepairedStart,
    Rule::RepairedDoctype,
    Rule::RepairedCharacter,
    Rule::RepairedAmpersand,
    Rule::RepairedEntity,
    Rule::RepairedHtmlEntity,
    Rule::RepairedPrefix,
    Rule::RepairedAttribute,
    Rule::RepairedEnd,
    Rule::ServiceDocument,
    Rule::OpmlVersion,
    Rule::OpmlHead,
    Rule::OpmlOutline,
    Rule::OpmlBody,
    Rule::OpmlText,
    Rule::OpmlType,
    Rule::OpmlUrl,
    Rule::ServiceSource,
    Rule::ServiceSummary,
    Rule::SourceDiffers,
    Rule::QueryRepeated,
    Rule::QueryScheme,
    Rule::ResponseType,
];

#[test]
fn every_rule_that_can_be_tolerated_is_in_a_table() {
    let table = table();
    for &rule in Rule::ALL {
        let is_there = table.iter().any(|row| row.0 == rule) || ELSEWHERE.contains(&rule);
        assert_eq!(is_there, rule.level() != Level::Fatal, "{rule}");
    }
}

#[test]
fn what_violates_no_rule_is_read_without_diagnostics() {
    for document in [feed(""), entry("")] {
        let strict = Reader::new().tolerance(Tolerance::STRICT);
        let reading: Reading<Document<'_>> = strict.read(&document).unwrap();
        let diagnostics = reading.diagnostics();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }
}

/// Each is beside a rule of a table, and right.
#[test]
fn what_is_beside_a_rule_is_read_without_diagnostics() {
    let dated = "<id>urn:example:3</id><title>S</title><updated>2026-01-01T00:00:00Z</updated>";
    let utm = "<gml:Point srsName='EPSG:32618'><gml:pos>586000 4500000</gml:pos></gml:Point>";
    for inside in [
        // RFC 9110 section 4.2: a host may be an IP address, and other schemes need none.
        "<link rel='via' href='http://[::1]:80/'/><link rel='via' href='tel:1'/>",
        // RFC 4287 section 3.1.1.3: vocabularies that are shown in XHTML.
        "<summary type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>\
         <svg xmlns='http://www.w3.org/2000/svg'><a xmlns='urn:x'/></svg></div></summary>",
        // Section 4.1.3.3: a document, with what may be beside its root.
        "<content type='Application/XHTML+XML; a=b'> <!-- a --><?b c?>\
         <html xmlns='http://www.w3.org/1999/xhtml'/></content>",
        "<content type='application/xml-external-parsed-entity'>a<b xmlns=''/><b xmlns=''/></content>",
        "<link rel='enclosure' href='/' length='0'/>",
        // Section 4.2.11: metadata of a feed, or an author that an entry would lose.
        &format!("<source>{dated}</source>"),
        "<source><author><name>B</name></author></source>",
        // RFC 4685 section 5: the total of replies is of an entry, and not of what it contains.
        "<t:total xmlns:t='http://purl.org/syndication/thread/1.0'>1</t:total>\
         <t:total xmlns:t='urn:x'>2</t:total>",
        // GeoRSS GML: another reference system has other ranges, and may not be known.
        &format!(
            "<g:where xmlns:g='http://www.georss.org/georss' \
             xmlns:gml='http://www.opengis.net/gml'>{utm}</g:where>"
        ),
        "<g:elev xmlns:g='http://www.georss.org/georss'> -3.5e1\n</g:elev>\
         <g:floor xmlns:g='http://www.georss.org/georss'>-1</g:floor>",
    ] {
        let source = entry(inside);
        let reading: Reading<Document<'_>> = Reader::new().read(&source).unwrap();
        let diagnostics = reading.diagnostics();
        assert!(diagnostics.is_empty(), "{inside}: {diagnostics:?}");
    }
    // RFC 5005 section 3: a feed of one page.
    let whole = "<h:complete xmlns:h='http://purl.org/syndication/history/1.0'/>\
        <link rel='first' href='/'/><link rel='last' href='/'/>";
    let source = feed(whole);
    let reading: Reading<Document<'_>> = Reader::new().read(&source).unwrap();
    assert!(reading.diagnostics().is_empty());
}

#[test]
fn each_violation_is_reported_where_it_is_and_strictly_refused() {
    for (rule, marked, written) in table() {
        let offset = marked.find('@').unwrap() as u64;
        let source = marked.replacen('@', "", 1);
        let reading = Reader::new().read::<Document<'_>>(&source).unwrap();
        let (document, diagnostics) = reading.into_parts();
        let reported: Vec<_> =
            diagnostics.iter().map(|one| (one.rule(), one.span().unwrap().start)).collect();
        assert_eq!(reported, [(rule, offset)], "{source}");
        let strict = Reader::new().tolerance(Tolerance::STRICT);
        let strictly: Result<Reading<Document<'_>>, _> = strict.read(&source);
        match rule.level() {
            Level::Advice => assert_eq!(strictly.unwrap().into_document(), document),
            _ => {
                let error = strictly.unwrap_err();
                assert_eq!((error.kind(), error.offset()), (ErrorKind::Rule(rule), offset));
                let position = error.position().unwrap();
                assert_eq!((position.line(), position.column()), (1, offset + 1));
            }
        }
        let all_but_this = Reader::new().tolerance(Tolerance::ALL.without(rule));
        let refused: Result<Reading<Document<'_>>, _> = all_but_this.read(&source);
        assert_eq!(refused.is_err(), rule.level() == Level::Must, "{rule}");
        match (Writer::new().to_string(&document), written) {
            (Ok(text), Clean) => {
                let again: Result<Reading<Document<'_>>, _> = strict.read(&text);
                assert_eq!(again.unwrap().into_document(), document, "{text}");
            }
            (Err(error), Refused(rule, path)) => {
                assert_eq!((error.kind(), error.path()), (ErrorKind::Rule(rule), Some(path)));
                let diagnostics = Writer::new().check(&document).unwrap();
                let found = |one: &Diagnostic| one.rule() == rule && one.path() == Some(path);
                assert!(diagnostics.iter().any(found), "{diagnostics:?}");
            }
            (other, _) => panic!("{rule}: {other:?}"),
        }
    }
}

#[test]
fn another_root_than_is_asked_for_is_refused() {
    let (of_feed, of_entry) = (feed(""), entry(""));
    let root = ErrorKind::Rule(Rule::RootElement);
    assert_eq!(Feed::parse(&of_entry).unwrap_err().kind(), root);
    assert_eq!(Entry::parse(&of_feed).unwrap_err().kind(), root);
    assert_eq!(Document::parse("<feed/>").unwrap_err().kind(), root);
    assert!(Document::parse(&of_feed).is_ok());
}

#[test]
fn xml_4_3_3_other_encodings_than_utf_8_are_refused() {
    let kind = |octets: &[u8]| {
        let read: Result<Reading<Document<'_>>, _> = Reader::new().read(octets);
        let error = read.unwrap_err();
        (error.kind(), error.offset())
    };
    let encoding = ErrorKind::Rule(Rule::Encoding);
    assert_eq!(kind(b"<feed xmlns='http://www.w3.org/2005/Atom'>\n\xE9</feed>"), (encoding, 43));
    assert_eq!(kind(b"<?xml version='1.0' encoding='ISO-8859-1'?><feed/>"), (encoding, 0));
    assert_eq!(kind(b"\xFF\xFE<\0f\0"), (encoding, 0));
}
