//! Writing under a tolerance, and with corrections.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::app::Service;
use atom_fsm::atom::{Content, Entry, Feed, Link, Person, Text};
use atom_fsm::{
    Correction, Diagnostic, Diagnostics, Document, Level, Limits, Reader, Rule, Stage, Tolerance,
    Writer,
};

fn entry(inside: &str) -> String {
    format!(
        "<entry xmlns='http://www.w3.org/2005/Atom'><id>urn:example:2</id>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
         <link href='/'/>{inside}</entry>"
    )
}

fn feed(inside: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:example:1</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>\
         <link rel='self' href='/'/>{inside}</feed>"
    )
}

fn member(number: u32) -> String {
    format!(
        "<entry><id>urn:example:e{number}</id><title>T</title>\
         <updated>2026-01-01T00:00:00Z</updated><content/></entry>"
    )
}

fn write(writer: &Writer, document: &Document<'_>) -> (String, Diagnostics) {
    let mut out = Vec::new();
    let diagnostics = writer.write(document, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), diagnostics)
}

#[test]
fn what_was_read_is_written_under_the_same_tolerance_and_reported() {
    for source in [
        entry("<title type='text/html'>&lt;b&gt;</title>"),
        entry("<title>T</title><title>again</title><nonsense/>"),
        entry("<title>T</title><published>yesterday</published><summary type='xhtml'>a</summary>"),
        entry(""),
        feed(&format!("{}<subtitle>late</subtitle>{}<logo>/</logo>", member(1), member(2))),
        "<service xmlns='http://www.w3.org/2007/app'><workspace/><nonsense/></service>".to_owned(),
    ] {
        let document = Document::parse(&source).unwrap();
        assert_eq!(
            Writer::new().to_string(&document).unwrap_err().rule().unwrap().level(),
            Level::Must
        );
        let (written, diagnostics) = write(&Writer::new().tolerance(Tolerance::DRAFTS), &document);
        assert!(diagnostics.iter().any(|one| one.rule().level() == Level::Must), "{written}");
        assert!(diagnostics.iter().all(|one| one.path().is_some() && one.correction().is_none()));
        assert_eq!(diagnostics, Writer::new().check(&document).unwrap());
        assert_eq!(Document::parse(&written).unwrap(), document, "{written}");
    }
}

#[test]
fn a_tolerance_of_the_writer_holds_for_its_rules_alone_and_never_for_fatal_ones() {
    let untitled = Entry::parse("<entry xmlns='http://www.w3.org/2005/Atom'/>").unwrap();
    let writer = Writer::new().tolerance(Tolerance::ALL.without(Rule::EntryTitle));
    assert_eq!(writer.to_string(&untitled).unwrap_err().rule(), Some(Rule::EntryTitle));
    let control = Entry::new().with_title("\u{1}");
    let error = Writer::new().tolerance(Tolerance::ALL).to_string(&control).unwrap_err();
    assert_eq!((error.rule(), error.path()), (Some(Rule::Character), Some("/entry/title[1]")));
}

#[test]
fn rfc4287_4_1_1_metadata_after_entries_is_kept_in_its_place() {
    let source =
        feed(&format!("{}<subtitle>late</subtitle>{}<logo>/</logo>", member(1), member(2)));
    let feed = Feed::parse(&source).unwrap();
    assert_eq!(feed.subtitle().unwrap().value(), "late");
    let written = Writer::new().tolerance(Tolerance::DRAFTS).to_string(&feed).unwrap();
    let at = |piece: &str| written.find(piece).unwrap();
    assert!(at("e1<") < at("<subtitle") && at("<subtitle") < at("e2<") && at("e2<") < at("<logo"));
    // An entry that is taken out leaves what was behind it where it can be.
    let mut shorter = feed.clone();
    shorter.entries_mut().truncate(1);
    let written = Writer::new().tolerance(Tolerance::DRAFTS).to_string(&shorter).unwrap();
    assert!(
        written.ends_with("</entry><subtitle>late</subtitle><logo>/</logo></feed>"),
        "{written}"
    );
    shorter.entries_mut().clear();
    assert!(Writer::new().to_string(&shorter).is_ok());
}

/// Each correction: a value that violates its rule, where, and what is written in its place.
#[test]
fn each_correction_mends_its_rules_and_is_reported() {
    let titled = |inside: &str| entry(&format!("<title>T</title>{inside}"));
    for (correction, rule, path, source, expected) in [
        (Correction::UnexpectedElements, Rule::ElementUnexpected, "/entry", titled("<nonsense/>"), "<link href=\"/\"/></entry>"),
        (Correction::UnexpectedElements, Rule::ElementUnexpected, "/entry", titled("<title>2</title>"), "<title>T</title>"),
        (Correction::UnexpectedElements, Rule::ElementRepeated, "/entry",
            titled("<a:control xmlns:a='http://www.w3.org/2007/app'/><a:control xmlns:a='http://www.w3.org/2007/app'/>"), "<a:control/></entry>"),
        (Correction::UnexpectedElements, Rule::ElementUnexpected, "/service",
            "<service xmlns='http://www.w3.org/2007/app'><workspace><a:title xmlns:a='http://www.w3.org/2005/Atom'>T</a:title></workspace><b/></service>".to_owned(), "</workspace></service>"),
        (Correction::MetadataOrder, Rule::MetadataOrder, "/feed", feed(&format!("{}<subtitle>late</subtitle>", member(1))), "<subtitle>late</subtitle><updated>"),
        (Correction::MissingTitles, Rule::EntryTitle, "/entry", entry(""), "<title/>"),
        (Correction::MissingTitles, Rule::FeedTitle, "/feed", feed("").replace("<title>T</title>", ""), "<title/>"),
        (Correction::MissingTitles, Rule::WorkspaceTitle, "/service/workspace[1]",
            "<service xmlns='http://www.w3.org/2007/app'><workspace/></service>".to_owned(), "<atom:title/>"),
        (Correction::MissingTitles, Rule::CollectionTitle, "/collection",
            "<collection xmlns='http://www.w3.org/2007/app' href='/'/>".to_owned(), "<atom:title/>"),
        (Correction::MissingNames, Rule::PersonName, "/entry/contributor[1]", titled("<contributor><uri>/</uri></contributor>"), "<contributor><name/><uri>"),
        (Correction::TextTypes, Rule::TextType, "/entry/title[1]", entry("<title type='text/html'>&lt;b&gt;</title>"), "<title type=\"html\">&lt;b&gt;</title>"),
        (Correction::TextTypes, Rule::TextType, "/entry/title[1]", entry("<title type='text/plain'>a</title>"), "<title>a</title>"),
        (Correction::TextTypes, Rule::TextMarkup, "/entry/summary[1]",
            titled("<summary>a<i xmlns='http://www.w3.org/1999/xhtml'>b</i></summary>"),
            "<summary type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">a<i>b</i></div></summary>"),
        (Correction::TextTypes, Rule::XhtmlDiv, "/entry/summary[1]", titled("<summary type='xhtml'>a</summary>"),
            "<summary type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">a</div></summary>"),
        (Correction::RepeatedAlternates, Rule::AlternateRepeated, "/entry", titled("<link rel='alternate' href='/2'/><link rel='alternate' type='a/b' href='/3'/>"),
            "<link href=\"/\"/><link href=\"/3\" rel=\"alternate\" type=\"a/b\"/></entry>"),
        (Correction::RepeatedAlternates, Rule::AlternateRepeated, "/feed", feed("<link href='/1'/><link href='/2'/>"), "<link href=\"/1\"/></feed>"),
        (Correction::LinkHints, Rule::LinkType, "/entry/link[2]", titled("<link rel='up' href='/' type='html'/>"), "<link href=\"/\" rel=\"up\"/>"),
        (Correction::LinkHints, Rule::LinkHreflang, "/entry/link[2]", titled("<link rel='up' href='/' hreflang='no_NO'/>"), "<link href=\"/\" rel=\"up\"/>"),
    ] {
        assert!(correction.rules().contains(&rule));
        let document = Document::parse(&source).unwrap();
        let refused = Writer::new().to_string(&document).unwrap_err();
        assert!(correction.rules().contains(&refused.rule().unwrap()), "{refused}");
        let (written, diagnostics) = write(&Writer::new().correction(correction), &document);
        assert!(written.contains(expected), "{correction:?}: {written}");
        let mended = |one: &&Diagnostic| one.correction().is_some();
        let mended: Vec<_> = diagnostics.iter().filter(mended).collect();
        assert_eq!(mended.len(), 1, "{diagnostics:?}");
        assert_eq!((mended[0].rule(), mended[0].path()), (rule, Some(path)));
        assert_eq!(mended[0].correction(), Some(correction));
        let strict = Reader::new().tolerance(Tolerance::STRICT);
        let again = strict.read::<Document<'_>>(&written).unwrap().into_document();
        // What is mended stays so.
        assert_eq!(Writer::new().to_string(&again).unwrap(), written);
        assert!(Writer::new().check(&document).unwrap().iter().all(|one| one.correction().is_none()));
    }
}

/// A link whose hints are left out may repeat another: found by the law on what was read.
#[test]
fn corrections_see_what_others_leave_out() {
    let source = entry("<title>T</title><link href='/2' type='html'/>");
    let document = Document::parse(&source).unwrap();
    let both =
        Writer::new().correction(Correction::LinkHints).correction(Correction::RepeatedAlternates);
    let (written, diagnostics) = write(&both, &document);
    assert!(!written.contains("\"/2\""), "{written}");
    let mended: Vec<_> = diagnostics.iter().filter_map(Diagnostic::correction).collect();
    assert_eq!(mended, [Correction::RepeatedAlternates]);
    let hints = Writer::new().correction(Correction::LinkHints).to_string(&document);
    assert_eq!(hints.unwrap_err().rule(), Some(Rule::AlternateRepeated));
}

/// An element that could not be used is not missing, unless a correction leaves it out: a strict writer does
/// not write then what a strict reader refuses.
#[test]
fn an_element_that_a_correction_leaves_out_is_missing() {
    let with = |id: &str, updated: &str, name: &str| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'>{id}<title>T</title>{updated}<author>{name}</author>\
             <entry>{id}<title>T</title>{updated}<content>c</content></entry></feed>"
        )
    };
    let (id, updated) = ("<id>urn:example:1</id>", "<updated>2026-01-01T00:00:00Z</updated>");
    let x = "<x xmlns='u'/>";
    for (source, rule) in [
        (with(&format!("<id>a{x}</id>"), updated, "<name>A</name>"), Rule::FeedId),
        (with(id, &format!("<updated>{x}</updated>"), "<name>A</name>"), Rule::FeedUpdated),
        (with(id, updated, &format!("<name>{x}</name>")), Rule::PersonName),
    ] {
        let feed = Feed::parse(&source).unwrap();
        let writer = Writer::new().correction(Correction::UnexpectedElements);
        assert_eq!(writer.to_string(&feed).unwrap_err().rule(), Some(rule));
        let writer = writer.tolerance(Tolerance::DRAFTS);
        let mut out = Vec::new();
        let diagnostics = writer.write(&feed, &mut out).unwrap();
        assert!(diagnostics.iter().any(|one| one.rule() == rule));
        let reading = Reader::new().read::<Feed<'_>>(&out).unwrap();
        assert!(reading.diagnostics().iter().any(|one| one.rule() == rule));
    }
    // The name that could not be used stays the only one where it is not left out.
    let source = with(id, updated, &format!("<name>{x}</name>"));
    let feed = Feed::parse(&source).unwrap();
    let writer = Writer::new().tolerance(Tolerance::DRAFTS).correction(Correction::MissingNames);
    assert_eq!(writer.to_string(&feed).unwrap().matches("<name").count(), 1);
}

#[test]
fn a_correction_changes_nothing_where_its_rules_hold() {
    let source =
        feed(&member(1)).replacen("</title>", "</title><subtitle type='html'>a</subtitle>", 1);
    let sourced = entry("<title>T</title><source><id>urn:example:3</id></source>");
    for source in [source, sourced] {
        let document = Document::parse(&source).unwrap();
        let plain = Writer::new().to_string(&document).unwrap();
        for &correction in Correction::ALL {
            let (written, diagnostics) = write(&Writer::new().correction(correction), &document);
            assert_eq!(written, plain, "{correction:?}");
            assert!(diagnostics.iter().all(|one| one.correction().is_none()));
        }
    }
}

#[test]
fn rfc4287_4_2_7_2_relations_are_compared_exactly_once_ianas_form_is_mapped() {
    const IANA: &str = "http://www.iana.org/assignments/relation/";
    let source = entry(&format!(
        "<title>T</title><link rel='Alternate' href='/1'/><link rel='{IANA}edit' href='/2'/>"
    ));
    let entry = Entry::parse(&source).unwrap();
    assert_eq!(entry.link("edit").unwrap().href(), Some("/2"));
    assert_eq!(entry.link(&format!("{IANA}edit")).unwrap().href(), Some("/2"));
    assert_eq!(entry.link("Edit"), None);
    assert_eq!(entry.link_ignoring_case("EDIT").unwrap().href(), Some("/2"));
    // The rule on repeated alternates agrees: the link in another case is none.
    assert_eq!(entry.link("alternate").unwrap().href(), Some("/"));
    let diagnostics = Writer::new().check(&entry).unwrap();
    let rules: Vec<_> = diagnostics.iter().map(Diagnostic::rule).collect();
    assert_eq!(rules, [Rule::LinkRelCase]);
    let alone = Entry::new().with_link(Link::new("/").with_rel("ALTERNATE")).with_title("T");
    let submitted = Writer::new().stage(Stage::Submitted);
    assert_eq!(submitted.to_string(&alone).unwrap_err().rule(), Some(Rule::EntryAlternate));
    let feed = Feed::new().with_link(Link::new("/").with_rel("Self"));
    assert_eq!((feed.link("self"), feed.link_ignoring_case("self").is_some()), (None, true));
}

/// A path counts siblings. Before, each diagnostic counted all again: here, some ten billion.
#[test]
fn the_paths_of_any_number_of_diagnostics_are_found_in_linear_time() {
    const MANY: usize = 150_000;
    let mut entry = Entry::new().with_title("T").with_content(Content::text("a"));
    for _ in 0..MANY {
        entry.links_mut().push(Link::new("a b").with_rel("up"));
    }
    entry.links_mut().push(Link::new("/").with_rel("up"));
    entry.contributors_mut().push(Person::new("A").with_uri("a b"));
    let writer =
        Writer::new().stage(Stage::Submitted).limits(Limits::unlimited().diagnostics(u64::MAX));
    let diagnostics = writer.check(&entry).unwrap();
    let paths: Vec<_> = diagnostics.iter().filter_map(Diagnostic::path).collect();
    assert_eq!(paths.len(), MANY + 1);
    assert_eq!(paths[0], "/entry/contributor[1]/uri[1]");
    assert_eq!(paths[1], "/entry/link[1]");
    assert_eq!(paths[MANY], format!("/entry/link[{MANY}]"));
}

#[test]
fn a_service_without_a_workspace_is_written_under_tolerance() {
    let service = Service::new();
    assert!(Writer::new().to_string(&service).is_err());
    let written = Writer::new().tolerance(Tolerance::ALL).to_string(&service).unwrap();
    assert_eq!(Service::parse(&written).unwrap(), service);
    let title = Entry::new().with_title(Text::plain("T"));
    assert!(Writer::new().tolerance(Tolerance::STRICT).to_string(&title).is_err());
}
