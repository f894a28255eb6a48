//! The slips in draft-wilde-fsm-00: what each gives, strictly and by default.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::{
    Diagnostic, Document, ErrorKind, Reader, Reading, Rule, Stage, Tolerance, Writer, namespace,
};
use codec_tests::documents::drafts;

/// What reading gives: the rule by which it is refused, or the rules that it reports.
fn told(reader: &Reader, source: &str) -> Result<Vec<Rule>, Rule> {
    let read: Result<Reading<Document<'_>>, _> = reader.read(source);
    match read {
        Ok(reading) => Ok(reading.diagnostics().iter().map(Diagnostic::rule).collect()),
        Err(error) => match error.kind() {
            ErrorKind::Rule(rule) => Err(rule),
            other => panic!("{other:?}"),
        },
    }
}

fn source(name: &str) -> String {
    drafts().into_iter().find(|case| case.name == name).unwrap().source
}

fn default() -> Reader {
    Reader::new()
}

fn strict() -> Reader {
    Reader::new().tolerance(Tolerance::STRICT)
}

#[test]
fn section_2_1_atom_link_in_upper_case_is_taken_for_a_link() {
    let source = source("4.1.1-request").replace("<link", "<Link");
    let reader = default().stage(Stage::Submitted);
    let case = Rule::ElementNameCase;
    assert_eq!(told(&reader, &source), Ok(vec![case, case, Rule::ContentSourceType]));
    assert_eq!(told(&strict().stage(Stage::Submitted), &source), Err(case));
    // Read as the link that it means, it is written as one.
    let document = reader.read::<Document<'_>>(&source).unwrap().into_document();
    let written = Writer::new().stage(Stage::Submitted).to_string(&document).unwrap();
    assert!(written.contains("<link ") && !written.contains("<Link "));
}

#[test]
fn section_2_1_1_and_2_2_3_fragments_need_the_namespace_option() {
    for name in ["2.1.1-service-entry", "2.2.3-bundle-reference"] {
        let source = source(name);
        for reader in [default(), strict()] {
            let reader = reader.stage(Stage::Submitted);
            // Without a namespace it is not Atom's element.
            assert_eq!(told(&reader, &source), Err(Rule::RootElement));
            let reader = reader.namespace("", namespace::ATOM);
            let told = told(&reader, &source);
            match name {
                "2.1.1-service-entry" => assert_eq!(told, Err(Rule::PrefixUndeclared)),
                _ => assert_eq!(told, Ok(vec![Rule::NamespaceSupplied])),
            }
        }
    }
}

#[test]
fn section_2_2_2_georss_needs_the_namespace_option() {
    let source = source("2.2.2-bundle");
    for reader in [default(), strict()] {
        assert_eq!(told(&reader, &source), Err(Rule::PrefixUndeclared));
        let reader = reader.namespace("georss", namespace::GEORSS);
        assert_eq!(told(&reader, &source), Ok(vec![Rule::NamespaceSupplied]));
    }
}

#[test]
fn section_2_2_2_as_printed_is_incomplete_and_closed_it_holds_stray_text() {
    let printed = include_str!("../data/fsm/2.2.2-bundle.xml");
    let default = default().namespace("georss", namespace::GEORSS);
    let strict = strict().namespace("georss", namespace::GEORSS);
    assert_eq!(told(&default, printed), Err(Rule::Incomplete));
    assert_eq!(told(&strict, printed), Err(Rule::StrayText));
    let closed = format!("{}</feed>", printed.trim_end());
    let expected = vec![Rule::NamespaceSupplied, Rule::StrayText];
    assert_eq!(told(&default, &closed), Ok(expected));
    assert_eq!(told(&strict, &closed), Err(Rule::StrayText));
}

#[test]
fn section_4_1_1_an_entry_as_submitted_needs_no_id_date_or_author() {
    let source = source("4.1.1-request");
    let hint = Rule::ContentSourceType;
    for reader in [default(), strict()] {
        assert_eq!(told(&reader.stage(Stage::Submitted), &source), Ok(vec![hint]));
    }
    let stored = [hint, Rule::EntryId, Rule::EntryUpdated, Rule::EntryAuthor];
    assert_eq!(told(&default(), &source), Ok(stored.to_vec()));
    assert_eq!(told(&strict(), &source), Err(Rule::EntryId));
}

#[test]
fn section_2_1_1_an_entry_that_stands_alone_needs_an_author_and_one_in_a_bundle_inherits_it() {
    let alone = source("4.1.1-response");
    let with_fsm = |reader: Reader| reader.namespace("fsm", namespace::FSM);
    let stored = told(&with_fsm(default()), &alone);
    let (hint, supplied) = (Rule::ContentSourceType, Rule::NamespaceSupplied);
    assert_eq!(stored, Ok(vec![hint, supplied, Rule::EntryAuthor]));
    assert_eq!(told(&with_fsm(strict()), &alone), Err(Rule::EntryAuthor));
    let entry = alone.trim_start_matches("<?xml version=\"1.0\"?>\n");
    let bundle = source("2.2.2-bundle").replace("</feed>", &format!("{entry}</feed>"));
    let reader = with_fsm(strict()).namespace("georss", namespace::GEORSS);
    assert_eq!(told(&reader, &bundle), Ok(vec![supplied, hint]));
}

#[test]
fn section_4_2_1_a_collection_as_submitted_needs_no_href_and_its_accept_is_kept() {
    let source = source("4.2.1-request");
    let accept = Rule::AcceptSyntax;
    for reader in [default(), strict()] {
        assert_eq!(told(&reader.stage(Stage::Submitted), &source), Ok(vec![accept]));
    }
    assert_eq!(told(&default(), &source), Ok(vec![accept, Rule::CollectionHref]));
    assert_eq!(told(&strict(), &source), Err(Rule::CollectionHref));
}

#[test]
fn all_bodies_an_indented_declaration_is_refused() {
    for name in ["4.1.1-request", "4.1.1-response", "4.2.1-request", "4.2.1-response"] {
        let indented = format!("    {}", source(name));
        assert_eq!(told(&default(), &indented), Err(Rule::Declaration), "{name}");
        assert_eq!(told(&strict(), &indented), Err(Rule::Declaration), "{name}");
    }
}
