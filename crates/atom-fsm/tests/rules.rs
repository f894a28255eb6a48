//! Each rule that a document can break and still be read: a smallest document that breaks it and no
//! other. By default it is read and the breach reported where it stands, strictly it is refused, and
//! what was read is not written again, or without what broke the rule.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::app::Control;
use atom_fsm::atom::{Entry, Feed};
use atom_fsm::ext::Extension;
use atom_fsm::fsm::{Bundle, BundleReference, ServiceEntry};
use atom_fsm::xml::Element;
use atom_fsm::{
    Diagnostic, Diagnostics, Document, ErrorKind, Level, Reader, Reading, Rule, Tolerance, Writer,
};

/// What becomes of a value that was read under tolerance.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Written {
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

fn without(document: &str, piece: &str) -> String {
    assert!(document.contains(piece));
    format!("@{}", document.replace(piece, ""))
}

fn app(document: &str) -> String {
    let names = "xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom'";
    document.replacen("NAMES", names, 1)
}

fn added(inside: &str) -> String {
    inside.replace("NS", "xmlns:app='http://www.w3.org/2007/app'")
}

fn member(id: &str, updated: &str) -> String {
    format!(
        "<entry><id>urn:example:{id}</id><title>T</title><updated>{updated}</updated><content/></entry>"
    )
}

/// Each rule, the document with an `@` where the breach shows, and what becomes of it.
fn table() -> Vec<(Rule, String, Written)> {
    use Rule::*;
    let (of_feed, of_entry) = (feed(""), entry(""));
    let kept = Refused(ElementUnexpected, "/entry");
    vec![
        (ElementNameCase, entry("@<Summary>x</Summary>"), Clean),
        (ElementUnexpected, entry("@<nonsense/>"), kept),
        (ElementUnexpected, feed("@<summary/>"), Refused(ElementUnexpected, "/feed")),
        (ElementRepeated, entry("@<id>urn:example:3</id>"), kept),
        (ElementRepeated, entry("<content/>@<content/>"), kept),
        (ElementUnexpected, entry(&added("@<app:service NS/>")), kept),
        (
            ElementUnexpected,
            feed(&added("@<app:edited NS>2026-01-01T00:00:00Z</app:edited>")),
            Refused(ElementUnexpected, "/feed"),
        ),
        (
            ElementUnexpected,
            entry(&added("<app:control NS>@<app:edited/></app:control>")),
            Refused(ElementUnexpected, "/entry/control[1]"),
        ),
        (
            ElementUnexpected,
            entry("<link rel='up' href='/'>@<title/></link>"),
            Refused(ElementUnexpected, "/entry/link[2]"),
        ),
        (
            ElementUnexpected,
            entry("<category term='a'>@<link/></category>"),
            Refused(ElementUnexpected, "/entry/category[1]"),
        ),
        (
            ElementUnexpected,
            entry(&added("<contributor><name>A</name>@<app:draft NS/></contributor>")),
            Refused(ElementUnexpected, "/entry/contributor[1]"),
        ),
        (
            ElementRepeated,
            entry(&added("<app:control NS/>@<app:control NS/>")),
            Refused(ElementRepeated, "/entry"),
        ),
        (
            ElementRepeated,
            entry(&added(
                "<app:edited NS>2026-01-01T00:00:00Z</app:edited>@<app:edited NS>2026-01-01T00:00:00Z</app:edited>",
            )),
            Refused(ElementRepeated, "/entry"),
        ),
        (
            ElementRepeated,
            entry(&added(
                "<app:control NS><app:draft>yes</app:draft>@<app:draft>no</app:draft></app:control>",
            )),
            Refused(ElementRepeated, "/entry/control[1]"),
        ),
        (
            ControlDraft,
            entry(&added("@<app:control NS><app:draft>Yes</app:draft></app:control>")),
            Refused(ControlDraft, "/entry/control[1]"),
        ),
        (
            TextMarkup,
            entry(&added("@<app:control NS><app:draft><b/></app:draft></app:control>")),
            Refused(TextMarkup, "/entry/control[1]"),
        ),
        (
            DateSyntax,
            entry(&added("@<app:edited NS>yesterday</app:edited>")),
            Refused(DateSyntax, "/entry/edited[1]"),
        ),
        (
            ValueSpace,
            entry(&added("@<app:edited NS> 2026-01-01T00:00:00Z </app:edited>")),
            Refused(ValueSpace, "/entry/edited[1]"),
        ),
        (
            TextMarkup,
            entry(&added("@<app:edited NS><b/></app:edited>")),
            Refused(TextMarkup, "/entry/edited[1]"),
        ),
        (AttributeUnexpected, entry("@<summary x='y'/>"), Clean),
        (StrayText, entry("@text"), Clean),
        (TextMarkup, entry("@<summary><b/></summary>"), Refused(TextMarkup, "/entry/summary[1]")),
        (
            TextMarkup,
            entry("@<rights type='html'>a<b/></rights>"),
            Refused(TextMarkup, "/entry/rights[1]"),
        ),
        (TextMarkup, entry("@<published><b/></published>"), kept),
        (
            TextMarkup,
            entry("@<content type='text/html'><p>a</p></content>"),
            Refused(TextMarkup, "/entry/content[1]"),
        ),
        (
            TextMarkup,
            entry("<summary/>@<content type='image/png'><p>a</p></content>"),
            Refused(TextMarkup, "/entry/content[1]"),
        ),
        (ValueSpace, entry("@<published> 2026-01-01T00:00:00Z\n</published>"), Clean),
        (ValueSpace, entry("@<link rel='up' href=' /\n'/>"), Clean),
        (ValueSpace, entry("@<link rel=' up' href='/'/>"), Clean),
        (ValueSpace, entry("<summary/>@<content type='a/b' src='/x '/>"), Clean),
        (ValueSpace, entry("@<category term='a' scheme='&#9;http://example.org/'/>"), Clean),
        (ValueSpace, entry("@<summary xml:base=' /a '/>"), Clean),
        (ValueSpace, feed("@<generator uri=' /a'>A</generator>"), Clean),
        (ValueSpace, app("@<categories NAMES href=' /'/>"), Clean),
        (ValueSpace, app("@<categories NAMES scheme='http://example.org/ '/>"), Clean),
        (ValueSpace, app("@<collection NAMES href=' /'><a:title>T</a:title></collection>"), Clean),
        (IriSyntax, entry("@<link rel='up' href='a b'/>"), Refused(IriSyntax, "/entry/link[2]")),
        (IriSyntax, feed("@<icon>a b</icon>"), Refused(IriSyntax, "/feed/icon[1]")),
        (IriSyntax, entry("@<summary xml:base='a b'/>"), Refused(IriSyntax, "/entry/summary[1]")),
        (
            IdAbsolute,
            of_entry.replace("<id>urn:example:2", "@<id>relative"),
            Refused(IdAbsolute, "/entry/id[1]"),
        ),
        (IdNormal, entry("").replace("<id>urn:example:2", "@<id>http://Example.org"), Clean),
        (IdTag, entry("").replace("<id>urn:example:2", "@<id>tag:a"), Clean),
        (IdUrn, entry("").replace("<id>urn:example:2", "@<id>urn:x:2"), Clean),
        (IdUuid, entry("").replace("<id>urn:example:2", "@<id>urn:uuid:2"), Clean),
        (NameEmpty, entry("<contributor>@<name> </name></contributor>"), Clean),
        (TitleEmpty, entry("").replace("<title>T<", "@<title>\n<"), Clean),
        (
            TitleEmpty,
            feed("").replace(
                "<title>T<",
                "@<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'/><",
            ),
            Clean,
        ),
        (
            DateSyntax,
            entry("@<published>yesterday</published>"),
            Refused(DateSyntax, "/entry/published[1]"),
        ),
        (
            TextType,
            entry("@<summary type='text/plain'>x</summary>"),
            Refused(TextType, "/entry/summary[1]"),
        ),
        (
            TextType,
            entry("@<summary type='a/b'><b/></summary>"),
            Refused(TextType, "/entry/summary[1]"),
        ),
        (
            XhtmlDiv,
            entry("@<summary type='xhtml'>x</summary>"),
            Refused(XhtmlDiv, "/entry/summary[1]"),
        ),
        (
            XhtmlDiv,
            entry("@<content type='xhtml'><div/></content>"),
            Refused(XhtmlDiv, "/entry/content[1]"),
        ),
        (PersonName, entry("@<contributor/>"), Refused(PersonName, "/entry/contributor[1]")),
        (
            PersonEmail,
            entry("<contributor><name>A</name>@<email>x</email></contributor>"),
            Refused(PersonEmail, "/entry/contributor[1]/email[1]"),
        ),
        (
            PersonEmail,
            entry("<contributor><name>A</name>@<email>mailto:a@b</email></contributor>"),
            Refused(PersonEmail, "/entry/contributor[1]/email[1]"),
        ),
        (
            PersonEmail,
            entry("<contributor><name>A</name>@<email>a@@b</email></contributor>"),
            Refused(PersonEmail, "/entry/contributor[1]/email[1]"),
        ),
        (LanguageTag, entry("@<summary xml:lang='no_NO'/>"), Clean),
        (FeedId, without(&of_feed, "<id>urn:example:1</id>"), Refused(FeedId, "/feed")),
        (FeedTitle, without(&of_feed, "<title>T</title>"), Refused(FeedTitle, "/feed")),
        (
            FeedUpdated,
            without(&of_feed, "<updated>2026-01-01T00:00:00Z</updated>"),
            Refused(FeedUpdated, "/feed"),
        ),
        (
            FeedAuthor,
            without(
                &feed(
                    "<entry><id>urn:example:2</id><title>T</title><updated>2026-01-01T00:00:00Z</updated><content/></entry>",
                ),
                "<author><name>A</name></author>",
            ),
            Refused(FeedAuthor, "/feed"),
        ),
        (FeedSelf, without(&of_feed, "<link rel='self' href='/'/>"), Clean),
        (
            AlternateRepeated,
            format!("@{}", entry("<link rel='alternate' href='/2'/>")),
            Refused(AlternateRepeated, "/entry"),
        ),
        (
            AlternateRepeated,
            format!("@{}", feed("<link href='/1' type='a/b'/><link href='/2' type='A/B'/>")),
            Refused(AlternateRepeated, "/feed"),
        ),
        (
            MetadataOrder,
            feed(&format!("{}@<subtitle/>", member("3", "2026-01-01T00:00:00Z"))),
            Refused(MetadataOrder, "/feed"),
        ),
        (
            MetadataOrder,
            feed(&format!("{}@<a:b xmlns:a='u'/>", member("3", "2026-01-01T00:00:00Z"))),
            Refused(MetadataOrder, "/feed"),
        ),
        (
            EntryRepeated,
            feed(&format!(
                "{}@{}",
                member("3", "2026-01-01T00:00:00Z"),
                member("3", "2026-01-01T01:00:00+01:00")
            )),
            Clean,
        ),
        (EntryId, without(&of_entry, "<id>urn:example:2</id>"), Refused(EntryId, "/entry")),
        (EntryTitle, without(&of_entry, "<title>T</title>"), Refused(EntryTitle, "/entry")),
        (
            EntryUpdated,
            without(&of_entry, "<updated>2026-01-01T00:00:00Z</updated>"),
            Refused(EntryUpdated, "/entry"),
        ),
        (
            EntryAuthor,
            without(&of_entry, "<author><name>A</name></author>"),
            Refused(EntryAuthor, "/entry"),
        ),
        (EntryAlternate, without(&of_entry, "<link href='/'/>"), Refused(EntryAlternate, "/entry")),
        (
            EntrySummary,
            format!("@{}", entry("<content src='/x' type='a/b'/>")),
            Refused(EntrySummary, "/entry"),
        ),
        (
            EntrySummary,
            format!("@{}", entry("<content type='image/png'>AAAA</content>")),
            Refused(EntrySummary, "/entry"),
        ),
        (
            ContentType,
            entry("@<content type='multipart/mixed'>no base64</content>"),
            Refused(ContentType, "/entry/content[1]"),
        ),
        (
            ContentSource,
            entry("<summary/>@<content type='a/b' src='/x'>text</content>"),
            Refused(ContentSource, "/entry/content[1]"),
        ),
        (
            ContentSource,
            entry("<summary/>@<content type='a/b' src='/x'><b/></content>"),
            Refused(ContentSource, "/entry/content[1]"),
        ),
        (
            ContentSource,
            entry("<summary/>@<content type='html' src='/x'/>"),
            Refused(ContentSource, "/entry/content[1]"),
        ),
        (ContentSourceType, entry("<summary/>@<content src='/x'/>"), Clean),
        (
            ContentBase64,
            entry("<summary/>@<content type='image/png'>***</content>"),
            Refused(ContentBase64, "/entry/content[1]"),
        ),
        (CategoryTerm, entry("@<category/>"), Refused(CategoryTerm, "/entry/category[1]")),
        (LinkHref, entry("@<link rel='up'/>"), Refused(LinkHref, "/entry/link[2]")),
        (LinkRel, entry("@<link rel='' href='/'/>"), Refused(LinkRel, "/entry/link[2]")),
        (LinkRel, feed("@<link rel='a b' href='/'/>"), Refused(LinkRel, "/feed/link[2]")),
        (
            LinkType,
            entry("@<link rel='up' type='html' href='/'/>"),
            Refused(LinkType, "/entry/link[2]"),
        ),
        (
            LinkHreflang,
            entry("@<link rel='up' hreflang='no_NO' href='/'/>"),
            Refused(LinkHreflang, "/entry/link[2]"),
        ),
        (LinkRelCase, entry("@<link rel='Up' href='/'/>"), Clean),
        (
            LinkRelCase,
            entry("@<link rel='http://www.iana.org/assignments/relation/UP' href='/'/>"),
            Clean,
        ),
        (LinkRelUnregistered, entry("@<link rel='shortlink' href='/'/>"), Clean),
        (ServiceWorkspace, app("@<service NAMES/>"), Refused(ServiceWorkspace, "/service")),
        (
            WorkspaceTitle,
            app("<service NAMES>@<workspace/></service>"),
            Refused(WorkspaceTitle, "/service/workspace[1]"),
        ),
        (
            CollectionHref,
            app("@<collection NAMES><a:title>T</a:title></collection>"),
            Refused(CollectionHref, "/collection"),
        ),
        (
            CollectionTitle,
            app("@<collection NAMES href='/'/>"),
            Refused(CollectionTitle, "/collection"),
        ),
        (
            AcceptSyntax,
            app(
                "<collection NAMES href='/'><a:title>T</a:title>@<accept>html</accept></collection>",
            ),
            Clean,
        ),
        (
            CategoriesOutOfLine,
            app("@<categories NAMES href='/' fixed='yes'/>"),
            Refused(CategoriesOutOfLine, "/categories"),
        ),
        (
            CategoriesOutOfLine,
            app("@<categories NAMES href='/'><b xmlns='u'/></categories>"),
            Refused(CategoriesOutOfLine, "/categories"),
        ),
        (StrayText, app("<categories NAMES href='/'>@text</categories>"), Clean),
        (
            CategoriesFixed,
            app("@<categories NAMES fixed='maybe'/>"),
            Refused(CategoriesFixed, "/categories"),
        ),
    ]
    .into_iter()
    .chain(of_extensions())
    .collect()
}

/// The rows of the extensions.
fn of_extensions() -> Vec<(Rule, String, Written)> {
    use Rule::*;
    let history = |inside: &str| {
        let document = feed(inside);
        document.replace("<feed", "@<feed xmlns:fh='http://purl.org/syndication/history/1.0'")
    };
    let thread = |inside: &str| {
        entry(&inside.replace("NS", "xmlns:thr='http://purl.org/syndication/thread/1.0'"))
    };
    let tombstone =
        |inside: &str| inside.replace("NS", "xmlns:at='http://purl.org/atompub/tombstones/1.0'");
    let georss =
        |inside: &str| entry(&inside.replace("NS", "xmlns:georss='http://www.georss.org/georss'"));
    let deleted = "ref='urn:example:3' when='2026-01-01T00:00:00Z'";
    let again = "ref='urn:example:3' when='2026-01-01T01:00:00+01:00'";
    vec![
        (
            HistoryEmpty,
            feed(
                "@<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'>yes</fh:complete>",
            ),
            Clean,
        ),
        (HistoryKind, history("<fh:complete/><link rel='prev-archive' href='/1'/>"), Clean),
        (HistoryKind, history("<fh:complete/><fh:archive/><link rel='current' href='/'/>"), Clean),
        (ArchiveCurrent, history("<fh:archive/>"), Clean),
        (PageLink, history("<link rel='next' href='/1'/><link rel='next' href='/2'/>"), Clean),
        (
            ReplyReference,
            thread("@<thr:in-reply-to NS href='/1'/>"),
            Refused(ReplyReference, "/entry/in-reply-to[1]"),
        ),
        (
            ReplyReference,
            thread("@<thr:in-reply-to NS ref='1'/>"),
            Refused(ReplyReference, "/entry/in-reply-to[1]"),
        ),
        (
            IriSyntax,
            thread("@<thr:in-reply-to NS ref='urn:example:1' source='a b'/>"),
            Refused(IriSyntax, "/entry/in-reply-to[1]"),
        ),
        (
            ReplyType,
            thread("@<thr:in-reply-to NS ref='urn:example:1' type='html'/>"),
            Refused(ReplyType, "/entry/in-reply-to[1]"),
        ),
        (
            ReplyTotal,
            thread("@<thr:total NS>many</thr:total>"),
            Refused(ReplyTotal, "/entry/total[1]"),
        ),
        (
            ReplyCount,
            thread("@<link NS rel='replies' href='/r' thr:count='-1'/>"),
            Refused(ReplyCount, "/entry/link[2]"),
        ),
        (
            DateSyntax,
            thread("@<link NS rel='replies' href='/r' thr:updated='today'/>"),
            Refused(DateSyntax, "/entry/link[2]"),
        ),
        (ReplyLink, thread("@<link NS rel='related' href='/r' thr:count='1'/>"), Clean),
        (
            TombstoneReference,
            feed(&tombstone("@<at:deleted-entry NS when='2026-01-01T00:00:00Z'/>")),
            Refused(TombstoneReference, "/feed/deleted-entry[1]"),
        ),
        (
            TombstoneWhen,
            feed(&tombstone("@<at:deleted-entry NS ref='urn:example:3' when='2026-01-01'/>")),
            Refused(TombstoneWhen, "/feed/deleted-entry[1]"),
        ),
        (
            TombstoneWhen,
            tombstone("@<at:deleted-entry NS ref='urn:example:3'/>"),
            Refused(TombstoneWhen, "/deleted-entry"),
        ),
        (
            TombstoneChild,
            feed(&tombstone(&format!(
                "@<at:deleted-entry NS {deleted}><at:comment/><at:comment/></at:deleted-entry>"
            ))),
            Refused(TombstoneChild, "/feed/deleted-entry[1]"),
        ),
        (
            TombstoneRepeated,
            feed(&tombstone(&format!(
                "<at:deleted-entry NS {deleted}/><at:deleted-entry NS {again}/>"
            )))
            .replace("<feed", "@<feed"),
            Refused(TombstoneRepeated, "/feed"),
        ),
        (LocationSyntax, georss("@<georss:point NS>45.256</georss:point>"), Clean),
        (LocationSyntax, georss("@<georss:point NS>91 0</georss:point>"), Clean),
        (LocationSyntax, georss("@<georss:point NS>45.256,-71.92</georss:point>"), Clean),
        (LocationSyntax, georss("@<georss:line NS>45 1 NaN 2</georss:line>"), Clean),
        (LocationSyntax, georss("@<georss:polygon NS>1 1 2 2 3 3 4 4</georss:polygon>"), Clean),
        (
            LocationSyntax,
            georss("@<georss:where NS><georss:circle>1 1</georss:circle></georss:where>"),
            Clean,
        ),
    ]
}

/// Rules that no document of its own breaks: the reader's options, and what conversions check.
const ELSEWHERE: [Rule; 21] = [
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
    Rule::OpmlBody,
    Rule::OpmlText,
    Rule::OpmlType,
    Rule::OpmlUrl,
    Rule::ServiceSource,
    Rule::ServiceSummary,
    Rule::SourceDiffers,
    Rule::QueryRepeated,
    Rule::QueryScheme,
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
fn what_breaks_no_rule_is_read_without_a_word() {
    for document in [feed(""), entry("")] {
        let strict = Reader::new().tolerance(Tolerance::STRICT);
        let reading: Reading<Document<'_>> = strict.read(&document).unwrap();
        let diagnostics = reading.diagnostics();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }
}

#[test]
fn each_breach_is_reported_where_it_stands_and_strictly_refused() {
    for (rule, marked, written) in table() {
        let offset = marked.find('@').unwrap() as u64;
        let source = marked.replacen('@', "", 1);
        let reading = Reader::new().read::<Document<'_>>(&source).unwrap();
        let (document, diagnostics) = reading.into_parts();
        let told: Vec<_> =
            diagnostics.iter().map(|one| (one.rule(), one.span().unwrap().start)).collect();
        assert_eq!(told, [(rule, offset)], "{source}");
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

fn rules(diagnostics: &Diagnostics) -> Vec<Rule> {
    diagnostics.iter().map(Diagnostic::rule).collect()
}

const PROFILE: &str = "<link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>";
const BUNDLE: &str = "<link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>";
const QUERY: &str = "<q:query xmlns:q='http://dret.net/fsm/1.0'";

#[test]
fn fsm_2_each_breach_of_a_service_entry_is_told_and_strictly_refused() {
    for (inside, expected) in [
        (PROFILE.to_owned(), None),
        (format!("{PROFILE}{QUERY}/>"), None),
        (format!("{PROFILE}{QUERY} scheme='a b'/>"), Some(Rule::QueryScheme)),
        (format!("{PROFILE}{QUERY}/>{QUERY}/>"), Some(Rule::QueryRepeated)),
        (format!("{PROFILE}<summary/><content type='a/b' src='/x'/>"), Some(Rule::SourceDiffers)),
        (String::new(), Some(Rule::ProfileMissing)),
        (BUNDLE.to_owned(), Some(Rule::ProfileUnknown)),
        (format!("{PROFILE}{BUNDLE}"), Some(Rule::ProfileTwice)),
        ("<link rel='profile' href='/x'/>".to_owned(), Some(Rule::ProfileUnknown)),
    ] {
        let source = entry(&inside);
        let parsed = Entry::parse(&source).unwrap();
        let default = ServiceEntry::from_entry(parsed.clone(), Tolerance::DRAFTS);
        let strict = ServiceEntry::from_entry(parsed.clone(), Tolerance::STRICT);
        let broken: Vec<_> = expected.into_iter().collect();
        match expected.map(Rule::level) {
            Some(Level::Fatal) => {
                let kind = ErrorKind::Rule(broken[0]);
                assert_eq!(default.unwrap_err().kind(), kind);
                assert_eq!(strict.unwrap_err().path(), Some("/entry"));
            }
            level => {
                let (service, diagnostics) = default.unwrap();
                assert_eq!(service.into_entry(), parsed);
                assert_eq!(rules(&diagnostics), broken, "{inside}");
                assert!(diagnostics.iter().all(|one| one.path() == Some("/entry")));
                assert_eq!(strict.is_err(), level == Some(Level::Must), "{inside}");
            }
        }
    }
    let no_alternate = entry(&format!("{PROFILE}<content/>")).replace("<link href='/'/>", "");
    let error = ServiceEntry::try_from(Entry::parse(&no_alternate).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::ServiceUri));
    let error = BundleReference::try_from(Entry::parse(&no_alternate).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::ProfileUnknown));
}

#[test]
fn fsm_2_2_a_bundle_links_to_its_profile_and_its_service_document() {
    let service = "<link rel='service' href='/service'/>";
    let convert = |inside: &str, tolerance| {
        let source = feed(inside);
        let feed = Feed::parse(&source).unwrap().into_owned();
        Bundle::from_feed(feed, tolerance)
            .map(|(_, diagnostics)| rules(&diagnostics))
            .map_err(|error| error.kind())
    };
    let whole = format!("{BUNDLE}{service}");
    assert_eq!(convert(&whole, Tolerance::STRICT), Ok(vec![]));
    let rule = Rule::ServiceDocument;
    assert_eq!(convert(BUNDLE, Tolerance::DRAFTS), Ok(vec![rule]));
    assert_eq!(convert(BUNDLE, Tolerance::STRICT), Err(ErrorKind::Rule(rule)));
    for (inside, rule) in [(service, Rule::ProfileMissing), (PROFILE, Rule::ProfileUnknown)] {
        assert_eq!(convert(inside, Tolerance::ALL), Err(ErrorKind::Rule(rule)));
    }
}

#[test]
fn rfc5023_13_1_1_draft_is_yes_or_no() {
    let control = |draft: &str| {
        let source = format!("<control xmlns='http://www.w3.org/2007/app'>{draft}</control>");
        Control::from_element(&Element::parse(&source).unwrap()).map_err(|error| error.kind())
    };
    assert_eq!(control("<draft>yes</draft>"), Ok(Control::Draft));
    assert_eq!(control("<draft>no</draft>"), Ok(Control::Published));
    assert_eq!(control(""), Ok(Control::Published));
    assert_eq!(control("<draft>true</draft>"), Err(ErrorKind::Rule(Rule::ControlDraft)));
    for control in [Control::Draft, Control::Published] {
        assert_eq!(Control::from_element(&control.to_element()), Ok(control));
    }
}
