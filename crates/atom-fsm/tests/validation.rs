//! Validation: everything that is wrong, with its place.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::atom::{Entry, Feed, Link};
use atom_fsm::fsm::Profile;
use atom_fsm::validate::{Finding, Validation, Validator, holds};
use atom_fsm::{Document, Level, Limits, Reader, Rule, Stage, Tolerance};
use std::fmt::Write as _;

fn rules(validation: &Validation) -> Vec<Rule> {
    validation.findings().iter().filter_map(Finding::rule).collect()
}

fn places(validation: &Validation) -> Vec<(Rule, u64, u64)> {
    let place = |one: &Finding| {
        let position = one.position().unwrap();
        (one.rule().unwrap(), position.line(), position.column())
    };
    validation.findings().iter().map(place).collect()
}

const BUNDLE: &str = "<feed xmlns='http://www.w3.org/2005/Atom'>
 <id>urn:example:1</id><title>T</title><updated>2026-01-01T00:00:00Z</updated>
 <author><name>A</name></author><link rel='self' href='/'/>
 <link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>
 <entry><id>urn:example:2</id><title>T</title><updated>2026-01-01T00:00:00Z</updated>
  <link href='/a'/><link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>
  <summary/><content src='/b' type='a/b'/></entry>
 <entry><id>urn:example:3</id><title>T</title><updated>2026-01-01T00:00:00Z</updated>
  <link href='/c'/></entry>
</feed>";

#[test]
fn each_finding_in_a_document_has_its_line_and_column_in_their_order() {
    let validation = Validator::new().document(BUNDLE);
    assert_eq!(
        places(&validation),
        [
            (Rule::ServiceDocument, 1, 1),
            (Rule::SourceDiffers, 5, 2),
            (Rule::ProfileMissing, 8, 2),
            (Rule::ServiceSource, 8, 2),
            (Rule::ServiceSummary, 8, 2),
        ]
    );
    assert!(!validation.is_valid());
    assert_eq!(validation.findings()[0].span().unwrap().start, 0);
    let whole = Validator::new().document("<entry xmlns='http://www.w3.org/2005/Atom'/>");
    assert_eq!(
        rules(&whole),
        [
            Rule::EntryTitle,
            Rule::EntryId,
            Rule::EntryUpdated,
            Rule::EntryAuthor,
            Rule::EntryAlternate
        ]
    );
}

#[test]
fn each_finding_in_a_value_has_its_path() {
    let document = Document::parse(BUNDLE).unwrap();
    let validation = Validator::new().value(&document);
    let paths: Vec<_> = validation
        .findings()
        .iter()
        .map(|one| (one.rule().unwrap(), one.path().unwrap()))
        .collect();
    assert_eq!(
        paths,
        [
            (Rule::ServiceDocument, "/feed"),
            (Rule::SourceDiffers, "/feed/entry[1]"),
            (Rule::ProfileMissing, "/feed/entry[2]"),
            (Rule::ServiceSource, "/feed/entry[2]"),
            (Rule::ServiceSummary, "/feed/entry[2]"),
        ]
    );
    let control = Entry::new().with_title("\u{1}");
    let validation = Validator::new().value(&control.into());
    assert_eq!(rules(&validation), [Rule::Character]);
}

#[test]
fn fsm_2_its_rules_hold_where_a_profile_is_named_or_demanded() {
    let plain = BUNDLE.replace("rel='profile'", "rel='related'");
    assert_eq!(rules(&Validator::new().document(&plain)), []);
    let demanded = Validator::new().feed_service_management();
    assert_eq!(
        rules(&demanded.document(&plain))[..2],
        [Rule::ProfileMissing, Rule::ServiceDocument]
    );
    let entry = Entry::new().with_title("T").with_link(Link::new("/"));
    let submitted = || Validator::new().stage(Stage::Submitted);
    assert_eq!(rules(&submitted().value(&entry.clone().into())), []);
    let entry = entry.with_link(Profile::ServiceEntry.link());
    let found = rules(&submitted().value(&entry.into()));
    assert_eq!(found, [Rule::ServiceSource, Rule::ServiceSummary]);
    // An entry with a profile in a feed without one.
    let one = BUNDLE.replace("fsm/1.0/bundle", "other");
    assert_eq!(places(&Validator::new().document(&one)), [(Rule::SourceDiffers, 5, 2)]);
}

#[test]
fn rfc5023_9_2_what_a_server_adds_is_asked_of_what_is_stored_alone() {
    let collection = "<collection xmlns='http://www.w3.org/2007/app'><title xmlns='http://www.w3.org/2005/Atom'>T</title></collection>";
    let entry =
        "<entry xmlns='http://www.w3.org/2005/Atom'><title>T</title><link href='/'/></entry>";
    let mut of_stored = Vec::new();
    for document in [entry, collection] {
        of_stored.extend(rules(&Validator::new().document(document)));
        let submitted = Validator::new().stage(Stage::Submitted).document(document);
        assert!(submitted.is_valid() && submitted.findings().is_empty(), "{submitted:?}");
    }
    let differ: Vec<_> = Rule::ALL
        .iter()
        .copied()
        .filter(|rule| holds(*rule, Stage::Stored) != holds(*rule, Stage::Submitted))
        .collect();
    of_stored.sort_unstable();
    assert_eq!(of_stored, differ);
}

#[test]
fn what_a_strict_reader_accepts_is_valid_and_nothing_else() {
    let feed = BUNDLE.replace("rel='profile'", "rel='related'");
    for source in [
        feed.clone(),
        feed.replace("<title>T</title>", ""),
        feed.replace("<link rel='self' href='/'/>", ""),
        feed.replace("</feed>", ""),
        feed.replace("</feed>", "&nbsp;</feed>"),
        feed.replace("<feed", " <?xml version='1.0'?><feed"),
        "<rss version='2.0'/>".to_owned(),
        String::new(),
    ] {
        let strict = Reader::new().tolerance(Tolerance::STRICT).read::<Document<'_>>(&source);
        let validation = Validator::new().document(&source);
        assert_eq!(validation.is_valid(), strict.is_ok(), "{source}");
        let repaired = Validator::new().repair().document(&source);
        assert_eq!(repaired.is_valid(), strict.is_ok(), "{source}");
    }
}

#[test]
fn what_is_behind_a_fault_is_found_under_repair() {
    let source = BUNDLE.replace("<author>", "<author>&nbsp;").replace("'/c'", "'a b'");
    let plain = Validator::new().document(&source);
    assert_eq!(places(&plain), [(Rule::Entity, 3, 10)]);
    assert_eq!(plain.findings()[0].level(), Level::Fatal);
    let repaired = Validator::new().repair().document(&source);
    let found = rules(&repaired);
    assert!(found.contains(&Rule::RepairedHtmlEntity) && found.contains(&Rule::IriSyntax));
    assert!(repaired.is_repaired());
    // What was read before the end is validated.
    let cut = Validator::new().repair().document(&source[..source.len() - 9]);
    assert_eq!(cut.findings().last().and_then(Finding::rule), Some(Rule::Incomplete));
    assert!(cut.findings().len() > 1);
}

/// What is known from the part that can be read is reported too, in the order of the places, with or without
/// repair, and with the rules of FSM for each entry that is complete.
#[test]
fn what_is_before_a_fault_is_validated_in_the_order_of_the_places() {
    let source =
        BUNDLE.replace("<title>T</title>", "<title/>").replace("<link href='/c'/>", "&nope;");
    let expected = [
        (Rule::TitleEmpty, 2, 24),
        (Rule::SourceDiffers, 5, 2),
        (Rule::TitleEmpty, 5, 31),
        (Rule::TitleEmpty, 8, 31),
        (Rule::Entity, 9, 3),
    ];
    assert_eq!(places(&Validator::new().document(&source)), expected);
    let cut = &source[..source.find("&nope;").unwrap()];
    for validator in [Validator::new(), Validator::new().repair()] {
        let found = places(&validator.document(cut));
        assert_eq!(found[..4], expected[..4]);
        assert_eq!(found[4..], [(Rule::Incomplete, 9, 3)]);
    }
    // An entry alone is not complete.
    let entry = "<entry xmlns='http://www.w3.org/2005/Atom'><title/>";
    let found = rules(&Validator::new().feed_service_management().document(entry));
    assert_eq!(found, [Rule::TitleEmpty, Rule::Incomplete]);
}

/// draft-wilde-fsm-00 section 2: a profile of another vocabulary says nothing about a service.
#[test]
fn fsm_2_a_profile_link_of_another_vocabulary_asks_for_no_rules() {
    for other in ["http://example.org/profile", "http://dret.net/fsm/1.1/bundle", ""] {
        let source = BUNDLE.replace("http://dret.net/fsm/1.0/bundle", other);
        let source = source.replace("http://dret.net/fsm/1.0/service-entry", other);
        assert_eq!(rules(&Validator::new().document(&source)), []);
    }
}

#[test]
fn findings_beyond_the_limit_are_counted() {
    let source = BUNDLE.replace("T</title>", "</title>");
    let validator = Validator::new().limits(Limits::default().diagnostics(4));
    let validation = validator.document(&source);
    assert_eq!((validation.findings().len(), validation.omitted()), (4, 4));
    assert!(!validation.is_valid());
    let limited = Validator::new().limits(Limits::default().depth(1)).document(&source);
    assert!(limited.findings()[0].limit().is_some());
    assert_eq!(limited.findings()[0].level(), Level::Fatal);
    let feed: Feed<'_> = Feed::parse(&source).unwrap();
    assert_eq!(validator.value(&feed.into()).findings().len(), 4);
}

/// The documentation of the rules, from the code.
fn documentation() -> String {
    let mut out = String::from(
        "# Rules\n\nEach thing that this crate checks. This page is made from the code.\n\n\
         A violation of a *fatal* rule is always an error. A violation of a *must* is an error under\n\
         `Tolerance::STRICT`, and otherwise reported. *Advice* is only ever reported. Rules with a star\n\
         hold for what a server stores, and not for what a client submits.\n\n\
         | rule | level | section | what must hold |\n|---|---|---|---|\n",
    );
    for &rule in Rule::ALL {
        let level = match rule.level() {
            Level::Fatal => "fatal",
            Level::Must => "must",
            Level::Advice => "advice",
        };
        let star = if holds(rule, Stage::Submitted) { "" } else { "\\*" };
        let (section, sentence) = (rule.section(), rule.sentence().replace('|', "\\|"));
        writeln!(out, "| `{rule}`{star} | {level} | {section} | {sentence} |").unwrap();
    }
    out
}

/// `UPDATE_RULES=1 cargo test -p atom-fsm --test validation` writes the page.
#[test]
fn the_page_of_the_rules_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
    if std::env::var_os("UPDATE_RULES").is_some() {
        std::fs::write(path, documentation()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), documentation());
}
