//! Writing the CoRE Link Format, `application/link-format` (RFC 6690).

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use proptest::collection::vec;
use proptest::prelude::*;
use version_links::{
    Error, ErrorKind, Limit, Limits, Linkset, LinksetWriter, Reader, Record, Relation, Rule,
    Tolerance,
};

const CORE: &str = "coap://node/.well-known/core";

fn strict<'a>(text: &'a str, base: &str) -> Result<Linkset<'a>, Error> {
    Reader::new().tolerance(Tolerance::STRICT).link_format(text.as_bytes(), base)
}

/// Each link: context, relation, target and attributes.
fn told(linkset: &Linkset<'_>) -> Vec<String> {
    linkset.links().map(|link| format!("{:?}", link.unwrap())).collect()
}

fn one(relation: &'static str, target: &'static str) -> Record<'static> {
    Record::new(Relation::new(relation), target)
}

/// The examples of section 5 are written as they are in the RFC, but for the order of the parameters
/// and for quotes.
#[test]
fn rfc6690_5_the_examples_are_written_as_they_were_read() {
    for document in [
        "</sensors>;ct=40",
        "</sensors/temp>;rt=\"temperature-c\";if=\"sensor\",</sensors/light>;rt=\"light-lux\";if=\"sensor\"",
        "</sensors>;ct=40;title=\"Sensor Index\",\
         <http://www.example.com/sensors/t123>;anchor=\"/sensors/temp\";rel=\"describedby\",\
         </t>;anchor=\"/sensors/temp\";rel=\"alternate\"",
        "</firmware/v2.1>;rt=\"firmware\";sz=262144",
        "</a>;obs;title*=UTF-8'de'%C3%A9;hreflang=de;ep=\"a b\";ct=\"40 41\"",
        "",
    ] {
        assert_eq!(strict(document, CORE).unwrap().to_link_format(CORE).unwrap(), document);
    }
}

/// The context of a link without anchor is the origin of its target, or else that of the document.
#[test]
fn rfc6690_2_1_each_reference_is_written_as_short_as_it_means_the_same() {
    for (record, expected) in [
        (one("hosts", "/a").with_context("coap://node"), "</a>"),
        (one("hosts", "coap://other/a").with_context("coap://other"), "<coap://other/a>"),
        (
            one("hosts", "coap://other/a").with_context("coap://node"),
            "<coap://other/a>;anchor=\"coap://node\"",
        ),
        // A link of a linkset without anchor leads from the document.
        (one("hosts", "/a"), "</a>;anchor=\"/.well-known/core\""),
        (one("up", "b/..").with_context("/x/y"), "</.well-known/>;anchor=\"/x/y\";rel=\"up\""),
        (
            one("up", "coap://other/t").with_context("coap://other/x"),
            "</t>;anchor=\"coap://other/x\";rel=\"up\"",
        ),
        // What would be a network-path reference, or no path, is written in full.
        (one("hosts", "coap://node//a").with_context("coap://node"), "<coap://node//a>"),
        (one("hosts", "coap://node").with_context("coap://node"), "<coap://node>"),
        (one("hosts", "coap://node?a").with_context("coap://node"), "<coap://node?a>"),
        (one("hosts", "coap://node2/a").with_context("coap://node2"), "<coap://node2/a>"),
        (one("hosts", "urn:x:y").with_context("coap://node"), "<urn:x:y>"),
        (one("up", "urn:x:y").with_context("urn:a:b"), "<urn:x:y>;anchor=\"urn:a:b\";rel=\"up\""),
    ] {
        let linkset = Linkset::from_records([record]);
        let text = linkset.to_link_format(CORE).unwrap();
        assert_eq!(text, expected);
        assert_eq!(told(&strict(&text, CORE).unwrap()), told(&linkset.resolve(CORE)));
    }
}

#[test]
fn what_the_format_cannot_hold_is_refused_by_the_rule() {
    let a = || one("hosts", "/a").with_context("coap://node");
    for (record, rule) in [
        (one("hosts", "a b"), Rule::TargetSyntax),
        (one("hosts", "/a").with_context("a b"), Rule::AnchorSyntax),
        (one("Next", "/a"), Rule::RelSyntax),
        (one("", "/a"), Rule::RelSyntax),
        (one("a b", "/a"), Rule::TargetBrackets),
        (one("next", "/a>,</b"), Rule::TargetSyntax),
        (one("next", "/\u{e9}"), Rule::ReferenceAscii),
        (a().with_attribute("rel", "x"), Rule::AttributeReserved),
        (a().with_attribute("ANCHOR", "x"), Rule::AttributeReserved),
        (a().with_attribute("x y", "x"), Rule::ParameterName),
        (a().with_attribute("", "x"), Rule::ParameterName),
        (a().with_attribute("x;y", "x"), Rule::ParameterName),
        (a().with_attribute("x%", "x"), Rule::LinkFormatName),
        (a().with_attribute("x'", "x"), Rule::LinkFormatName),
        (a().with_attribute("x", "a\r\n<b>"), Rule::FieldControl),
        (a().with_attribute_in("", "x*", "a\0"), Rule::FieldControl),
        (a().with_attribute_in("f'r", "x*", "a"), Rule::ExtValueSyntax),
        (a().with_attribute("sz", "012"), Rule::LinkFormatAttribute),
        (a().with_attribute("sz", "1 2"), Rule::LinkFormatValue),
        (a().with_attribute("SZ", ""), Rule::LinkFormatValue),
        (a().with_attribute("hreflang", "d e"), Rule::LinkFormatValue),
        (a().with_attribute("hreflang", "-"), Rule::HreflangSyntax),
        (a().with_attribute("rt", "Big"), Rule::LinkFormatAttribute),
        (a().with_attribute("ct", "a"), Rule::LinkFormatAttribute),
        (a().with_attribute("if", "a").with_attribute("if", "b"), Rule::LinkFormatAttribute),
        (a().with_attribute("type", "text/html;charset=utf-8"), Rule::TypeSyntax),
        (a().with_attribute("title", "a").with_attribute("title", "b"), Rule::ParameterRepeated),
    ] {
        let linkset = Linkset::from_records([record]);
        let error = linkset.to_link_format(CORE).unwrap_err();
        assert_eq!(error.rule(), Some(rule), "{linkset:?} {error}");
    }
    // A value that was not decoded cannot be encoded.
    let all = Reader::new().tolerance(Tolerance::ALL);
    let linkset = all.link_format(b"</a>;x*=y", CORE).unwrap();
    let error = LinksetWriter::new().tolerance(Tolerance::ALL).to_link_format(&linkset, CORE);
    assert_eq!(error.unwrap_err().rule(), Some(Rule::ExtValueSyntax));
    // Under every tolerance, what would be read as another relation type is refused.
    for relation in [" next", "next ", "next up"] {
        let linkset = Linkset::from_records([one(relation, "/a")]);
        let written = LinksetWriter::new().tolerance(Tolerance::ALL).to_link_format(&linkset, CORE);
        assert_eq!(
            written.map_err(|error| error.rule()),
            Err(Some(Rule::TargetBrackets)),
            "{relation}"
        );
    }
    // A link that could not be read is not left out.
    let linkset = Reader::new().link_format(b"</a>,<b", CORE).unwrap();
    let error = linkset.to_link_format(CORE).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::TargetBrackets));
    // Without a base, only absolute references can be written.
    assert_eq!(
        Linkset::from_records([one("hosts", "/a")]).to_link_format("relative").unwrap_err().rule(),
        Some(Rule::AnchorSyntax)
    );
}

#[cfg(feature = "json")]
#[test]
fn rfc9264_members_that_have_no_place_in_the_format_are_refused() {
    for (json, rule) in [
        ("{\"linkset\":[],\"x\":1}", Rule::LinksetSole),
        ("{\"linkset\":[{\"anchor\":\"/\",\"x\":\"y\"}]}", Rule::ContextExtension),
        ("{\"linkset\":[{\"next\":[{\"href\":\"/\",\"x\":[1]}]}]}", Rule::AttributeValue),
    ] {
        let linkset = Linkset::from_json(json.as_bytes()).unwrap();
        assert_eq!(linkset.to_link_format(CORE).unwrap_err().rule(), Some(rule), "{json}");
    }
}

#[test]
fn what_is_tolerated_is_written_and_reported_when_it_is_read() {
    let record = one("hosts", "/\u{e9}").with_context("coap://node").with_attribute("rt", "Big");
    let linkset = Linkset::from_records([record]);
    let tolerance = Tolerance::STRICT.with(Rule::ReferenceAscii).with(Rule::LinkFormatAttribute);
    let text = LinksetWriter::new().tolerance(tolerance).to_link_format(&linkset, CORE).unwrap();
    assert_eq!(text, "</\u{e9}>;rt=\"Big\"");
    let read = Reader::new().tolerance(tolerance).link_format(text.as_bytes(), CORE).unwrap();
    assert_eq!((told(&read), read.diagnostics().len()), (told(&linkset.resolve(CORE)), 2));
}

#[test]
fn what_exceeds_a_limit_is_an_error_that_names_it_in_each_form() {
    let record = || one("up", "coap://node/a").with_context("coap://node/b");
    let linkset = Linkset::from_records([
        record().with_attribute("x", "1").with_attribute("y", "2"),
        record(),
    ]);
    let limits = Limits::default();
    let writer = |limits| LinksetWriter::new().limits(limits);
    for (limits, limit) in [
        (limits.linkset_links(1), Limit::LinksetLinks),
        (limits.linkset_octets(40), Limit::LinksetOctets),
        (limits.parameters(1), Limit::Parameters),
        // The anchor and the relation type are parameters too.
        (limits.parameters(3), Limit::Parameters),
    ] {
        let writer = writer(limits);
        for written in [writer.to_link_format(&linkset, CORE), writer.to_text(&linkset)] {
            let error = written.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Limit(limit));
            let name = format!("LinksetWriter::limits, Limits::{limit}");
            assert!(error.to_string().contains(&name), "{error}");
        }
        #[cfg(feature = "json")]
        if limit != Limit::Parameters {
            assert_eq!(writer.to_json(&linkset).unwrap_err().kind(), ErrorKind::Limit(limit));
        }
    }
    // Each limit is met exactly by what is written.
    let text = linkset.to_link_format(CORE).unwrap();
    let exact = limits.linkset_links(2).parameters(4).linkset_octets(text.len() as u64);
    assert_eq!(writer(exact).to_link_format(&linkset, CORE).unwrap(), text);
    assert!(Reader::new().limits(exact).link_format(text.as_bytes(), CORE).is_ok());
    let text = linkset.to_text().unwrap();
    let exact = exact.linkset_octets(text.len() as u64);
    assert_eq!(writer(exact).to_text(&linkset).unwrap(), text);
    let short = exact.linkset_octets(text.len() as u64 - 1);
    assert!(writer(short).to_text(&linkset).is_err());
    #[cfg(feature = "json")]
    {
        let json = linkset.to_json().unwrap();
        let exact = exact.linkset_octets(json.len() as u64);
        assert_eq!(writer(exact).to_json(&linkset).unwrap(), json);
        assert!(writer(exact.linkset_octets(json.len() as u64 - 1)).to_json(&linkset).is_err());
    }
}

fn reference() -> impl Strategy<Value = String> {
    prop_oneof![
        "coap://[a-c](:[0-9])?(/[a-c.]{0,2}){0,3}(\\?[a-c]{1,3})?",
        "(/|//)?[a-c./]{0,5}",
        "urn:a:[a-c]",
        "[ -~\u{e9}]{0,4}",
    ]
}

fn record() -> impl Strategy<Value = Record<'static>> {
    let relation = proptest::sample::select(vec!["hosts", "next", "https://example.org/rel", "X"]);
    let name =
        proptest::sample::select(vec!["rt", "if", "sz", "ct", "title", "hreflang", "x", "y%"]);
    let value = prop_oneof!["[0-9]{0,3}", "[a-z]{1,3}( [a-z]{1,2})?", "[ -~\u{e9}\t]{0,5}"];
    let language = proptest::sample::select(vec!["de", ""]);
    let attributes = vec((name, value), 0..4);
    let starred = proptest::option::of((language, "\\PC{0,4}"));
    (relation, reference(), proptest::option::of(reference()), attributes, starred).prop_map(
        |(relation, target, context, attributes, starred)| {
            let record = Record::new(Relation::new(relation), target);
            let record = context.into_iter().fold(record, Record::with_context);
            let record = attributes
                .into_iter()
                .fold(record, |record, (name, value)| record.with_attribute(name, value));
            starred.into_iter().fold(record, |record, (language, value)| {
                record.with_attribute_in(language, "title*", value)
            })
        },
    )
}

proptest! {
    /// What is written, the strict reader reads back without a diagnostic: the same links, resolved.
    #[test]
    fn what_is_written_is_read_back(records in vec(record(), 0..4), base in reference()) {
        let linkset = Linkset::from_records(records);
        for base in [CORE, &base] {
            let Ok(text) = linkset.to_link_format(base) else { continue };
            let read = strict(&text, base).unwrap();
            prop_assert_eq!(told(&read), told(&linkset.clone().resolve(base)), "{}", text);
            prop_assert!(read.diagnostics().is_empty(), "{} {:?}", text, read.diagnostics());
            prop_assert_eq!(read.to_link_format(base).unwrap(), text);
        }
    }

    /// What was read under a tolerance, the writer with the same tolerance writes, or it refuses.
    #[test]
    fn what_was_read_is_written_and_read_again(
        pieces in vec(proptest::sample::select(vec![
            "<", ">", "</a>", "<coap://n/b>", ";", ",", "=", "\"", "rt", "sz", "=1", "=\"a b\"", "anchor=\"/x\"",
            "rel=\"up\"", "rel=hosts", "title=\"\u{e9}\"", "title*=UTF-8'de'%C3%A9", "x*=%0A", " ", "\n", "\\", "hreflang=de",
        ]), 0..16),
    ) {
        let document = pieces.concat();
        for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            let reader = Reader::new().tolerance(tolerance);
            let read = reader.link_format(document.as_bytes(), CORE).unwrap();
            if let Ok(text) = LinksetWriter::new().tolerance(tolerance).to_link_format(&read, CORE) {
                let again = reader.link_format(text.as_bytes(), CORE).unwrap();
                prop_assert_eq!(told(&again), told(&read), "{}", text);
            } else if tolerance == Tolerance::STRICT {
                // Of what the strict reader reads, the writer refuses only what could not be read, and
                // what this crate refuses to write although the format has it.
                let refusals: Vec<_> = read.links().filter_map(Result::err).collect();
                let has_controls = read.links().flatten().any(|link| {
                    link.attributes().any(|one| one.value().is_some_and(|it| it.contains(char::is_control)))
                });
                prop_assert!(!refusals.is_empty() || has_controls, "{document}");
            }
        }
    }
}
