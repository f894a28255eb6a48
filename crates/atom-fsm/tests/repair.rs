//! `Reader::repair`: what is not well-formed is read as feed readers must, each repair is reported where
//! it is, and truncation is an error that holds what was read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use atom_fsm::app::Categories;
use atom_fsm::atom::{Entry, Feed};
use atom_fsm::xml::Node;
use atom_fsm::{
    Correction, Diagnostic, Document, ForeignRoot, Level, Limits, Reader, Reading, Rule, Tolerance,
    Writer,
};

fn repair() -> Reader {
    Reader::new().repair()
}

/// The repairs of a document, with their offsets and lengths.
fn repairs<T>(reading: &Reading<T>) -> Vec<(Rule, u64, u64)> {
    let is_repair = |one: &&Diagnostic| one.rule().name().starts_with("repaired-");
    let repairs = reading.diagnostics().iter().filter(is_repair);
    repairs.map(|one| (one.rule(), one.span().unwrap().start, one.span().unwrap().end)).collect()
}

const ATOM: &str = "xmlns='http://www.w3.org/2005/Atom'";

fn feed(inside: &str) -> String {
    format!(
        "<feed {ATOM}><id>urn:example:1</id><title>T</title><updated>2026-01-01T00:00:00Z</updated>\
         <author><name>A</name></author><link rel='self' href='/'/>{inside}</feed>"
    )
}

/// Each repair: a document with `⟦` and `⟧` around what is repaired, and what refuses it otherwise.
#[test]
fn each_repair_is_a_rule_with_its_place() {
    for (marked, rule, otherwise) in [
        (format!("⟦ \n⟧<?xml version='1.0'?>{}", feed("")), Rule::RepairedStart, Rule::Declaration),
        (
            format!("\u{FEFF}⟦\u{FEFF}⟧<?xml version='1.0'?>{}", feed("")),
            Rule::RepairedStart,
            Rule::RootText,
        ),
        (format!("⟦\u{EF}\u{BB}\u{BF}⟧{}", feed("")), Rule::RepairedStart, Rule::RootText),
        (
            format!("⟦\n\u{EF}\u{BB}\u{BF} \u{FEFF}⟧<?xml version='1.0'?>{}", feed("")),
            Rule::RepairedStart,
            Rule::RootText,
        ),
        (
            format!("⟦<!DOCTYPE feed⟧{}", feed("")).replace("feed⟧<", "feed>⟧<"),
            Rule::RepairedDoctype,
            Rule::Doctype,
        ),
        (feed("<rights>a⟦\u{1}⟧b</rights>"), Rule::RepairedCharacter, Rule::Character),
        (feed("<rights>a⟦&#1;⟧b</rights>"), Rule::RepairedCharacter, Rule::CharacterReference),
        (feed("<rights><![CDATA[a⟦\u{B}⟧]]></rights>"), Rule::RepairedCharacter, Rule::Character),
        (feed("<x xmlns='u'><!--⟦\u{1}⟧--></x>"), Rule::RepairedCharacter, Rule::Character),
        (feed("<x xmlns='u'><?a ⟦\u{1}⟧?></x>"), Rule::RepairedCharacter, Rule::Character),
        (feed("<link rel='up' href='/?a⟦\u{1}⟧'/>"), Rule::RepairedCharacter, Rule::Character),
        (feed("<rights>a ⟦&⟧ b</rights>"), Rule::RepairedAmpersand, Rule::Reference),
        (feed("<link rel='up' href='/?a=1⟦&⟧b=2'/>"), Rule::RepairedAmpersand, Rule::Reference),
        (feed("<rights>⟦&nbsp;⟧</rights>"), Rule::RepairedHtmlEntity, Rule::Entity),
        (
            feed("<generator version='⟦&eacute;⟧'>A</generator>"),
            Rule::RepairedHtmlEntity,
            Rule::Entity,
        ),
        (feed("<rights>⟦&what;⟧</rights>"), Rule::RepairedEntity, Rule::Entity),
        (feed("<⟦media⟧:thumbnail/>"), Rule::RepairedPrefix, Rule::PrefixUndeclared),
        (feed("<rights ⟦media⟧:a='1'>a</rights>"), Rule::RepairedPrefix, Rule::PrefixUndeclared),
        (feed("") + "⟦text⟧", Rule::RepairedEnd, Rule::RootText),
        (feed("") + "\n⟦<script>a & b⟧", Rule::RepairedEnd, Rule::OneRoot),
        (feed("") + "<!-- a -->⟦</feed>⟧", Rule::RepairedEnd, Rule::EndTag),
        (feed("") + " ⟦<!-- a -- b --><c⟧", Rule::RepairedEnd, Rule::Comment),
        (feed("") + "⟦<!DOCTYPE a>⟧", Rule::RepairedEnd, Rule::Doctype),
        (feed("") + "⟦\0\0⟧", Rule::RepairedEnd, Rule::Character),
    ] {
        let (start, end) = (marked.find('⟦').unwrap(), marked.rfind('⟧').unwrap() - '⟦'.len_utf8());
        let source = marked.replace(['⟦', '⟧'], "");
        let reading = repair().read::<Document<'_>>(&source).unwrap();
        let expected = [(rule, start as u64, end as u64)];
        assert_eq!(repairs(&reading), expected, "{source}");
        assert!(reading.is_repaired());
        assert_eq!(rule.level(), Level::Advice);
        let strict = repair().tolerance(Tolerance::STRICT).read::<Document<'_>>(&source);
        let is_iri = source.contains("?a\u{1}");
        assert_eq!(strict.err().map(|error| error.rule()), is_iri.then_some(Some(Rule::IriSyntax)));
        let refused = Reader::new().tolerance(Tolerance::ALL).read::<Document<'_>>(&source);
        assert_eq!(refused.unwrap_err().rule(), Some(otherwise), "{source}");
    }
}

#[test]
fn what_needs_no_repair_is_not_repaired() {
    let plain = feed("<rights>&amp;&#233;</rights>");
    for source in [
        plain.clone(),
        format!("\u{FEFF}<?xml version='1.0'?>\n{plain} <!-- a -->\n"),
        format!("\n {plain}"),
    ] {
        let reading = repair().read::<Feed<'_>>(&source).unwrap();
        assert!(!reading.is_repaired() && reading.diagnostics().is_empty());
        assert_eq!(reading.document(), Reader::new().read::<Feed<'_>>(&source).unwrap().document());
    }
}

#[test]
fn cut_categories_and_collections_hold_what_is_complete() {
    const NAMES: &str = "xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom'";
    let source = format!(
        "<categories {NAMES} fixed='yes'><a:category term='1'/><a:category term='2'/><a:cat"
    );
    let error = repair().read::<Categories<'_>>(&source).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::Incomplete));
    let part = error.partial::<Categories<'static>>().unwrap().document();
    assert_eq!((part.categories().len(), part.is_fixed()), (2, true));
    let source =
        format!("<collection {NAMES} href='/'><a:title>T</a:title><accept/><categories><a:cat");
    let error = repair().read::<Document<'_>>(&source).unwrap_err();
    let Document::Collection(part) = error.partial::<Document<'static>>().unwrap().document()
    else {
        panic!("it is a collection");
    };
    assert_eq!((part.href(), part.accepts().len(), part.categories().len()), (Some("/"), 1, 0));
    assert_eq!(part.title().unwrap().value(), "T");
}

#[test]
fn the_values_of_repaired_text_are_those_that_people_see() {
    let source = feed(
        "<rights>a & b &nbsp;&lt;&what;\u{1}&#0;</rights><link rel='up' href='/?a=1&b=2&copy;'/>",
    );
    let reading = repair().read::<Feed<'_>>(&source).unwrap();
    let feed = reading.document();
    assert_eq!(feed.rights().unwrap().value(), "a & b \u{A0}<&what;\u{FFFD}\u{FFFD}");
    assert_eq!(feed.link("up").unwrap().href(), Some("/?a=1&b=2©"));
    let written = Writer::new().to_string(feed).unwrap();
    assert_eq!(&Feed::parse(&written).unwrap(), feed);
}

#[test]
fn a_document_type_is_skipped_and_none_of_its_entities_expanded() {
    let laughs = "<!DOCTYPE feed [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>";
    let source = format!("<?xml version='1.0'?>{laughs}{}", feed("<rights>&b;&c;</rights>"));
    let reading = repair().read::<Feed<'_>>(&source).unwrap();
    assert_eq!(reading.document().rights().unwrap().value(), "&b;&c;");
    let rules: Vec<_> = repairs(&reading).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, [Rule::RepairedDoctype, Rule::RepairedEntity, Rule::RepairedEntity]);
    let cut = "<!DOCTYPE feed [<!ENTITY a 'ha'>";
    assert_eq!(repair().read::<Feed<'_>>(cut).unwrap_err().rule(), Some(Rule::Incomplete));
    let html = repair().read::<Feed<'_>>("<!DOCTYPE html><html lang=en>").unwrap_err();
    assert_eq!(html.foreign_root(), Some(ForeignRoot::Html));
}

#[test]
fn an_unbound_name_equals_no_other_and_is_written_only_by_its_correction() {
    let source = feed(
        "<subtitle m:href='/'>S</subtitle><m:a m:b='1' b='2'>c<m:d/></m:a><n:a/><link m:href='/'/>",
    );
    let reading = repair().read::<Feed<'_>>(&source).unwrap();
    let feed = reading.document();
    let [a, other] = feed.extensions() else { panic!("{feed:?}") };
    let name = a.name();
    assert!(name.is_unbound() && !name.is("", "a") && name != other.name());
    assert_eq!((name.prefix(), name.local(), name.namespace()), ("m", "a", ""));
    assert_eq!((a.attribute("", "b"), a.attributes().len()), (Some("2"), 2));
    assert_eq!(feed.links()[1].href(), None);
    let error = Writer::new().tolerance(Tolerance::ALL).to_string(feed).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::PrefixUndeclared));
    let writer = Writer::new().tolerance(Tolerance::DRAFTS).correction(Correction::UnboundNames);
    let mut out = Vec::new();
    let diagnostics = writer.write(feed, &mut out).unwrap();
    let mended =
        diagnostics.iter().filter(|one| one.correction() == Some(Correction::UnboundNames));
    assert_eq!(mended.count(), 4);
    let again = Feed::parse(std::str::from_utf8(&out).unwrap()).unwrap();
    assert_eq!(again.extensions(), []);
    assert_eq!(again.subtitle().unwrap().value(), "S");
    let owned = feed.clone().into_owned();
    assert_eq!(&owned, feed);
    // Prefixes that Reader::namespace supplies are bound.
    let bound = repair().namespace("m", "urn:m").namespace("n", "urn:n");
    let bound = bound.read::<Feed<'_>>(&source).unwrap();
    assert!(!bound.is_repaired() && bound.document().extensions()[0].name().is("urn:m", "a"));
}

#[test]
fn attributes_in_atoms_own_namespace_are_taken_where_there_is_no_other() {
    let source = "<a:entry xmlns:a='http://www.w3.org/2005/Atom'><a:title a:type='html'>&lt;b></a:title>\
         <a:link a:href='/1' a:rel='up'/><a:link href='/2' a:href='/3'/><a:category a:term='b' a:x='y'/></a:entry>";
    let reading = repair().read::<Entry<'_>>(&source).unwrap();
    let entry = reading.document();
    assert_eq!(entry.link("up").unwrap().href(), Some("/1"));
    assert_eq!(entry.links()[1].href(), Some("/2"));
    assert_eq!(entry.links()[1].common().attributes()[0].value(), "/3");
    assert_eq!(entry.categories()[0].term(), Some("b"));
    assert_eq!(entry.title().unwrap().type_(), atom_fsm::atom::TextType::Html);
    assert_eq!(repairs(&reading).len(), 4);
    assert!(reading.is_repaired());
    // Without repair they are attributes of another vocabulary.
    let exact = Reader::new().read::<Entry<'_>>(&source).unwrap();
    assert_eq!(exact.document().links()[0].href(), None);
    assert_eq!(exact.document().links()[0].common().attributes().len(), 2);
}

#[test]
fn what_is_read_twice_is_reported_once_and_in_the_order_of_its_places() {
    let inside = "<rights m:b='&nbsp;' d='&nbsp;'>&nbsp;<m:p e='&'/>&nbsp;</rights><link rel='up' href='&'>&nbsp;</link>";
    let source = feed(inside);
    let reading = repair().read::<Feed<'_>>(&source).unwrap();
    let places: Vec<_> = repairs(&reading).into_iter().map(|(_, start, _)| start).collect();
    let expected: Vec<_> = source.match_indices(['&', 'm']).map(|(at, _)| at as u64).collect();
    let expected: Vec<_> = expected
        .into_iter()
        .filter(|at| {
            let at = usize::try_from(*at).unwrap();
            source[at..].starts_with('&') || source[at..].starts_with("m:")
        })
        .collect();
    assert_eq!(places, expected);
    assert!(matches!(
        reading.document().rights().unwrap().nodes(),
        [Node::Text(_), Node::Element(_), Node::Text(_)]
    ));
}

#[test]
fn places_count_the_lines_that_were_left_out() {
    let source = format!("\n\n<?xml version='1.0'?>\n{}", feed("<rights>\n&</rights>"));
    let reading = repair().read::<Feed<'_>>(&source).unwrap();
    let lines: Vec<_> = reading.diagnostics().iter().map(|one| one.position().unwrap()).collect();
    let lines: Vec<_> = lines.iter().map(|it| (it.line(), it.column())).collect();
    assert_eq!(lines, [(1, 1), (5, 1)]);
    // Several places of one line, and places that are found late.
    let source = format!("\n é& &<a>{}</a>é&\n&", "é");
    let source = feed(&format!("<rights>{source}</rights>")).replace("<updated>", "<updated> ");
    let reading = repair().read::<Feed<'_>>(&source).unwrap();
    for one in reading.diagnostics() {
        let position = one.position().unwrap();
        let before = &source[..usize::try_from(position.offset()).unwrap()];
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() as u64 + 1;
        assert_eq!((position.line(), position.column()), (line, column), "{one}");
    }
    assert_eq!(reading.diagnostics().len(), 6, "{:?}", reading.diagnostics());
}

#[test]
fn octets_that_are_not_utf_8_are_left_out_behind_the_root_and_refused_in_it() {
    let mut source = feed("").into_bytes();
    let end = source.len() as u64;
    source.extend(b"\xFF<b");
    let reading = repair().read::<Feed<'_>>(&source).unwrap();
    assert_eq!(repairs(&reading), [(Rule::RepairedEnd, end, end)]);
    let mut source = feed("\u{1F600}").into_bytes();
    let at = source.iter().position(|octet| *octet == 0xF0).unwrap();
    source[at] = 0xFF;
    let error = repair().read::<Feed<'_>>(&source).unwrap_err();
    assert_eq!((error.rule(), error.offset()), (Some(Rule::Encoding), at as u64));
    assert!(error.partial::<Feed<'static>>().is_none());
}

#[test]
fn truncation_is_never_repaired_and_the_error_holds_each_complete_entry() {
    let entry = |number| {
        format!(
            "<entry><id>urn:example:é{number}</id><title>T &amp; &nbsp;</title>\
             <updated>2026-01-01T00:00:00Z</updated><content/></entry>"
        )
    };
    let source = format!("<?xml version='1.0'?>{}", feed(&(0..3).map(entry).collect::<String>()));
    let whole = repair().read::<Feed<'_>>(&source).unwrap();
    let ends: Vec<_> = source.match_indices("</entry>").map(|(at, end)| at + end.len()).collect();
    for len in 0..source.len() {
        let cut = &source.as_bytes()[..len];
        let error = repair().read::<Feed<'_>>(cut).unwrap_err();
        let rule = error.rule().unwrap();
        let of_document = repair().read::<Document<'_>>(cut).unwrap_err();
        assert_eq!(of_document.rule(), Some(rule));
        if rule != Rule::Incomplete {
            // A declaration that is cut is another violation, before there is anything to hold.
            assert!(len < source.find("<feed").unwrap(), "{len}: {error}");
            continue;
        }
        let complete = ends.iter().filter(|end| **end <= len).count();
        let Some(partial) = error.partial::<Feed<'static>>() else {
            assert!(len < source.find("<id>").unwrap(), "{len}");
            continue;
        };
        let part = partial.document();
        assert_eq!(part.entries(), &whole.document().entries()[..complete], "{len}");
        // A reference that is cut is an ampersand in what was read.
        let is_repaired = partial.is_repaired();
        assert!(!is_repaired || len > source.find('&').unwrap(), "{len}");
        assert!(is_repaired || len < source.find("&nbsp;").unwrap() + "&nbsp;</".len(), "{len}");
        assert!(error.partial::<Document<'static>>().is_none());
        let of_document = of_document.partial::<Document<'static>>().unwrap();
        assert_eq!(of_document.document(), &Document::Feed(part.clone()));
        // Without repair, the error holds nothing.
        let exact = Reader::new().read::<Feed<'_>>(cut).unwrap_err();
        assert!(exact.partial::<Feed<'static>>().is_none());
        assert_eq!(error.clone(), error);
    }
}

#[test]
fn what_no_repair_is_for_stays_an_error() {
    for (source, rule) in [
        (feed("<rights>]]></rights>"), Rule::CdataEnd),
        (feed("<rights>a < b</rights>"), Rule::Name),
        (feed("<rights a=b/>"), Rule::AttributeValue),
        (feed("<b></c>"), Rule::EndTag),
        (feed("<rights a='1' a='2'/>"), Rule::AttributeRepeated),
        (feed("<a\u{1}/>"), Rule::Name),
        (format!("text{}", feed("")), Rule::RootText),
    ] {
        let error = repair().read::<Feed<'_>>(&source).unwrap_err();
        assert_eq!(error.rule(), Some(rule), "{source}");
        assert!(error.partial::<Feed<'static>>().is_none());
    }
    let limited =
        repair().limits(Limits::default().octets(100)).read::<Feed<'_>>(&feed("")).unwrap_err();
    assert_eq!(limited.rule(), None);
}

#[test]
fn repairs_beyond_the_limit_on_diagnostics_are_counted() {
    let source = feed(&format!("<rights>{}<m:a/>{}</rights>", "&".repeat(100), "&".repeat(50)));
    for most in [0, 10, 100, 120, 1000] {
        let reader = repair().limits(Limits::default().diagnostics(most));
        let reading = reader.read::<Feed<'_>>(&source).unwrap();
        let diagnostics = reading.diagnostics();
        // One more for the markup in the text, which is reported at its end.
        let all = 100 + 1 + 50 + 1;
        assert_eq!(diagnostics.len() as u64, most.min(all));
        assert_eq!(diagnostics.omitted(), all - most.min(all));
        assert!(reading.is_repaired());
    }
}
