//! Every rule: what violates it, where, and what a reader does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use std::collections::HashSet;
use std::ops::Range;
use version_links::{Error, ErrorKind, Level, Link, Reader, Rule, Tolerance};

/// A value that violates one rule, and the octets that do so.
struct Violation {
    rule: Rule,
    value: &'static [u8],
    octets: &'static [u8],
}

macro_rules! violations {
    ($($rule:ident: $value:literal => $octets:literal;)*) => {
        [$(Violation { rule: Rule::$rule, value: $value, octets: $octets },)*]
    };
}

const MUST: &[Violation] = &violations! {
    FieldControl: b"<a>; rel=b; title=\"\x01\"" => b"\x01";
    FieldControl: b"<a>; rel=b; title=\"\x7f\"" => b"\x7f";
    FieldFold: b"<a>;\r\n rel=b" => b"\r\n ";
    FieldFold: b"<a>; rel=b,\n\t<c>; rel=d" => b"\n\t";
    FieldFold: b"<a>; rel=b; title=\"x\r\n y\"" => b"\r\n ";
    ReferenceAscii: b"<\xc3\xa9>; rel=b" => b"\xc3\xa9";
    ReferenceAscii: b"<a>; rel=b; anchor=\"#\\\xc3\xa9\"" => b"anchor=\"#\\\xc3\xa9\"";
    TargetSpace: b"< /a >; rel=b" => b" /a ";
    TargetSpace: b"<a\t>; rel=b" => b"a\t";
    TargetSpace: b"< >; rel=b" => b" ";
    TargetSyntax: b"<a b>; rel=c" => b"a b";
    TargetSyntax: b"<{id}>; rel=b" => b"{id}";
    TargetSyntax: b"<%zz>; rel=b" => b"%zz";
    TargetSyntax: b"<a\"b>; rel=b" => b"a\"b";
    LinkSeparator: b"<a>; rel=b <c>; rel=d" => b"<c>";
    LinkSeparator: b"<a>; rel=\"b\"<c>; rel=d" => b"<c>";
    ParameterSeparator: b"<a> rel=b; title=c" => b"rel=b";
    ParameterSeparator: b"<a>rel = \"b\"; title=c" => b"rel = \"b\"";
    ParameterSeparator: b"<a> x y; rel=b" => b"x y";
    ParameterSeparator: b"<a>; rel=\"b\"x; title=c" => b"x";
    ParameterEmpty: b"<a>; rel=b;" => b";";
    ParameterEmpty: b"<a>; ; rel=b" => b";";
    ParameterEmpty: b"<a>; rel=b;, <c>; rel=d" => b";";
    ParameterName: b"<a>; rel=b; \"c\"=d" => b"\"c\"=d";
    ParameterName: b"<a>; rel=b; =d" => b"=d";
    ParameterName: b"<a>; rel=b; \xe9" => b"\xe9";
    ParameterValue: b"<a>; rel=b; type=text/html" => b"type=text/html";
    ParameterValue: b"<a>; rel=b; title=" => b"title=";
    ParameterValue: b"<a>; rel=b; title=c d ; x" => b"title=c d";
    ParameterValue: b"<a>; rel=http://example.org/r" => b"rel=http://example.org/r";
    RelMissing: b"<a>" => b"<a>";
    RelMissing: b"<a>; title=c , <c>; rel=d" => b"<a>; title=c";
    RelRepeated: b"<a>; rel=b; REL=c" => b"REL=c";
    RelSyntax: b"<a>; rel" => b"rel";
    RelSyntax: b"<a>; rel=\"\"" => b"rel=\"\"";
    RelSyntax: b"<a>; rel=Next" => b"rel=Next";
    RelSyntax: b"<a>; rel=\"a\tb\"" => b"rel=\"a\tb\"";
    AnchorBrackets: b"<a>; rel=b; anchor=</c;d,e>" => b"anchor=</c;d,e>";
    AnchorSyntax: b"<a>; rel=b; anchor=\"< >\"" => b"anchor=\"< >\"";
    AnchorSyntax: b"<a>; rel=b; anchor" => b"anchor";
    ParameterRepeated: b"<a>; rel=b; title=c; title=d" => b"title=d";
    ParameterRepeated: b"<a>; rel=b; media=c; media=d" => b"media=d";
    ParameterRepeated: b"<a>; rel=b; type=\"c/d\"; type=\"e/f\"" => b"type=\"e/f\"";
    ParameterRepeated: b"<a>; rel=b; title*=UTF-8''c; title*=UTF-8''d" => b"title*=UTF-8''d";
    HreflangSyntax: b"<a>; rel=b; hreflang=de_AT" => b"hreflang=de_AT";
    HreflangSyntax: b"<a>; rel=b; hreflang" => b"hreflang";
    TypeSyntax: b"<a>; rel=b; type=\"text/html;charset=utf-8\"" => b"type=\"text/html;charset=utf-8\"";
    ExtValueSyntax: b"<a>; rel=b; title*=c" => b"title*=c";
    ExtValueSyntax: b"<a>; rel=b; title*=UTF-8''%zz" => b"title*=UTF-8''%zz";
    ExtValueSyntax: b"<a>; rel=b; other*" => b"other*";
    ExtValueQuoted: b"<a>; rel=b; title*=\"UTF-8''c\"" => b"title*=\"UTF-8''c\"";
    ExtValueCharset: b"<a>; rel=b; title*=ISO-8859-1''%E9" => b"title*=ISO-8859-1''%E9";
    ExtValueCharset: b"<a>; rel=b; title*=KOI8-R''%E9" => b"title*=KOI8-R''%E9";
};

const FATAL: &[Violation] = &violations! {
    FieldLineBreak: b"<a>; rel=b; title=\"\x00\"" => b"\x00";
    FieldLineBreak: b"<a>; rel=b\r\n" => b"\r";
    FieldLineBreak: b"<a>; rel=b; title=\"c\nd\"" => b"\n";
    FieldLineBreak: b"<a\r\n b>; rel=c" => b"\r\n b";
    TargetBrackets: b"a; rel=b" => b"a; rel=b";
    TargetBrackets: b"<a; rel=b" => b"<a; rel=b";
    TargetBrackets: b"<a<b>; rel=c" => b"<a<b>; rel=c";
    ReferenceUtf8: b"<\xe9>; rel=b" => b"\xe9";
    ReferenceUtf8: b"<a>; rel=b; anchor=\"\\\xe9\"" => b"anchor=\"\\\xe9\"";
    QuoteUnclosed: b"<a>; rel=\"b" => b"\"b";
    QuoteUnclosed: b"<a>; rel=b; title=\"c\\\"" => b"\"c\\\"";
};

const ADVICE: &[Violation] = &violations! {
    ElementEmpty: b"<a>; rel=b, ,<c>; rel=d" => b", ,";
    ElementEmpty: b", <a>; rel=b" => b", ";
    ElementEmpty: b"<a>; rel=b ," => b",";
    ElementEmpty: b"," => b",";
    ParameterSpace: b"<a>; rel =b" => b"rel =b";
    ParameterSpace: b"<a>; rel= \"b\"" => b"rel= \"b\"";
    ValueAscii: b"<a>; rel=b; title=\"caf\xe9\"" => b"caf\xe9";
    ExtValueControl: b"<a>; rel=b; title*=UTF-8''c%0D%0Ad" => b"title*=UTF-8''c%0D%0Ad";
    ExtValueControl: b"<a>; rel=b; other*=UTF-8''%C2%85" => b"other*=UTF-8''%C2%85";
    AnchorRepeated: b"<a>; rel=b; anchor=\"#c\"; anchor=\"#d\"" => b"anchor=\"#d\"";
    RevDeprecated: b"<a>; rel=b; rev=c" => b"rev=c";
    RelRenamed: b"<a>; rel=\"b all-versions\"" => b"rel=\"b all-versions\"";
};

fn read(
    violation: &Violation,
    tolerance: Tolerance,
) -> (Result<Vec<Link<'static>>, Error>, Vec<Found>) {
    let mut links = Reader::new().tolerance(tolerance).links(violation.value);
    let read = links.by_ref().collect();
    assert_eq!(links.diagnostics().omitted(), 0);
    (read, links.diagnostics().iter().map(|one| (one.rule(), one.span())).collect())
}

type Found = (Rule, Range<u64>);

/// The place of the octets that violate the rule: the last such octets in the value.
fn span(violation: &Violation) -> Range<u64> {
    let mut windows = violation.value.windows(violation.octets.len());
    let start = windows.rposition(|window| window == violation.octets).unwrap() as u64;
    start..start + violation.octets.len() as u64
}

#[test]
fn a_must_rule_is_refused_when_strict_and_reported_when_tolerated() {
    for violation in MUST {
        let shown = violation.value.escape_ascii();
        assert_eq!(violation.rule.level(), Level::Must, "{shown}");
        let error = read(violation, Tolerance::STRICT).0.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rule(violation.rule), "{shown}");
        // With this rule alone tolerated, it is the one thing found beside advice.
        let (links, found) = read(violation, Tolerance::STRICT.with(violation.rule));
        assert!(links.is_ok(), "{shown}: {links:?}");
        let mut must = found.iter().filter(|(rule, _)| rule.level() == Level::Must);
        assert!(must.all(|(rule, _)| *rule == violation.rule), "{shown}: {found:?}");
        let index = |offset| usize::try_from(offset).unwrap();
        let octets = |span: &Range<u64>| &violation.value[index(span.start)..index(span.end)];
        let mut found = found.iter().map(|(rule, span)| (*rule, octets(span)));
        assert!(found.any(|found| found == (violation.rule, violation.octets)), "{shown}");
        assert_eq!(links, read(violation, Tolerance::ALL).0, "{shown}");
    }
}

#[test]
fn a_fatal_rule_is_refused_whatever_the_tolerance() {
    for violation in FATAL {
        let shown = violation.value.escape_ascii();
        assert_eq!(violation.rule.level(), Level::Fatal, "{shown}");
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            let error = read(violation, tolerance).0.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Rule(violation.rule), "{shown}");
            assert_eq!(error.offset(), span(violation).start, "{shown}: {error}");
        }
    }
}

#[test]
fn advice_is_only_ever_reported() {
    for violation in ADVICE {
        let shown = violation.value.escape_ascii();
        assert_eq!(violation.rule.level(), Level::Advice, "{shown}");
        let (links, found) = read(violation, Tolerance::STRICT);
        assert!(links.is_ok(), "{shown}: {links:?}");
        assert_eq!(found, [(violation.rule, span(violation))], "{shown}");
    }
}

#[test]
fn every_rule_is_tested_here() {
    let tested: HashSet<_> =
        [MUST, FATAL, ADVICE].into_iter().flatten().map(|violation| violation.rule).collect();
    // This rule is about the URI of the document too: see `document_links.rs`.
    let tested = &tested | &HashSet::from([Rule::ReferenceUnresolved]);
    // Those of TimeMaps are tested in memento_timemap.rs.
    let of_timemaps =
        [Rule::MementoDatetime, Rule::DatetimeSyntax, Rule::DatetimeWeekday, Rule::DatetimeDigits];
    let tested: HashSet<_> = tested.into_iter().chain(of_timemaps).collect();
    // Those of documents of links are tested with these documents.
    let of_fields = |rule: &Rule| {
        !["RFC 9264", "RFC 8259", "RFC 6690"].iter().any(|rfc| rule.section().starts_with(rfc))
    };
    let rules = Rule::ALL.iter().filter(|rule| of_fields(rule));
    let missing: Vec<_> = rules.filter(|rule| !tested.contains(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn rfc8288_3_what_the_grammar_allows_is_read_without_a_word() {
    for value in [
        "",
        "<>; rel=self",
        "<a>;rel=b",
        "<a>\t;\trel=b\t,\t<c>;rel=d",
        "<a>; rel=b; crossorigin; nopush",
        r#"<a>; rel="b"; title="x, <y>; z=\"1\" \\""#,
        r#"<http://example.org/a,b;c?d=e>; rel="http://example.org/rel#x next""#,
        r##"<//example.org/a#f>; rel=b; anchor="#c""##,
        r#"<a>; rel=b; hreflang=de; hreflang=en-GB; type="text/html"; media="print, screen""#,
        "<a>; rel=b; title*=UTF-8'de'n%c3%a4chstes; TITLE=x; anchor=c",
        "<a>; rel=b; anchor=\"\"; title=\"\"",
        "<urn:x:y>; rel=b; rel-x=1",
    ] {
        let mut links = Reader::new().tolerance(Tolerance::STRICT).links(value.as_bytes());
        let read: Result<Vec<_>, _> = links.by_ref().collect();
        assert!(read.is_ok(), "{value}: {read:?}");
        assert!(links.diagnostics().is_empty(), "{value}: {:?}", links.diagnostics());
    }
}
