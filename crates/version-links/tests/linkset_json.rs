//! Linksets in JSON, `application/linkset+json` (RFC 9264 section 4.2).

#![cfg(feature = "json")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use version_links::{
    Diagnostic, Error, ErrorKind, Limit, Limits, Linkset, LinksetContext, LinksetTarget,
    LinksetWriter, Reader, Record, Relation, Rule, Tolerance, VersionLinks, links,
};

fn strict(document: &str) -> Result<Linkset<'_>, Error> {
    Reader::new().tolerance(Tolerance::STRICT).linkset_json(document.as_bytes())
}

fn lenient(document: &str) -> Linkset<'_> {
    Linkset::from_json(document.as_bytes()).unwrap()
}

/// Each link as `anchor relation href` and its attributes, and each error as its rule and place.
fn told(linkset: &Linkset<'_>) -> Vec<String> {
    let told = linkset.links().map(|link| match link {
        Ok(link) => {
            let anchor = link.anchor().unwrap_or("-");
            let attributes = link.attributes().map(|attribute| format!(" {attribute:?}"));
            let attributes: String = attributes.collect();
            format!("{anchor} {} {}{attributes}", link.relation(), link.href())
        }
        Err(error) => {
            format!("{} at {}:{}", error.rule().unwrap(), error.line(), error.column())
        }
    });
    told.collect()
}

fn rules(linkset: &Linkset<'_>) -> Vec<Rule> {
    linkset.diagnostics().iter().map(Diagnostic::rule).collect()
}

macro_rules! figure {
    ($name:literal) => {
        include_str!(concat!("data/linkset/", $name))
    };
}

const BAR: &str = "https://example.net/bar";

#[test]
fn rfc9264_4_2_figures_1_to_6_are_read_strictly_and_without_a_diagnostic() {
    for (document, expected) in [
        (figure!("figure-01.json"), &["https://example.net/bar next https://example.com/foo"][..]),
        (
            figure!("figure-02.json"),
            &[
                "https://example.net/bar item https://example.com/foo1",
                "https://example.net/bar item https://example.com/foo2",
            ],
        ),
        (
            figure!("figure-03.json"),
            &[
                "https://example.net/bar next https://example.com/foo1",
                "https://example.net/boo https://example.com/relations/baz https://example.com/foo2",
            ],
        ),
        (
            figure!("figure-04.json"),
            &["https://example.net/bar next https://example.com/foo \
               type=\"text/html\" hreflang=\"en\" hreflang=\"de\""],
        ),
        (
            figure!("figure-05.json"),
            &["https://example.net/bar next https://example.com/foo \
               type=\"text/html\" hreflang=\"en\" hreflang=\"de\" title=\"Next chapter\" \
               title*=\"nächstes Kapitel\" in Some(\"de\")"],
        ),
        (
            figure!("figure-06.json"),
            &["https://example.net/bar next https://example.com/foo type=\"text/html\" \
               foo=\"foovalue\" bar=\"barone\" bar=\"bartwo\" baz*=\"bazvalue\" in Some(\"en\")"],
        ),
    ] {
        let linkset = strict(document).unwrap();
        assert_eq!(told(&linkset), expected);
        assert!(linkset.diagnostics().is_empty(), "{:?}", linkset.diagnostics());
        let written = linkset.to_json().unwrap();
        assert_eq!(strict(&written).unwrap(), linkset, "{written}");
        let compact: String =
            serde_json::from_str::<serde_json::Value>(document).unwrap().to_string();
        let written: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(written.to_string(), compact);
    }
}

/// The RFC gives `datetime` a string, where section 4.2.4.3 asks for an array.
#[test]
fn rfc9264_7_2_figure_10_says_what_figure_8_says() {
    let error = strict(figure!("figure-10.json")).unwrap();
    assert_eq!(
        told(&error)[1..3],
        ["attribute-array at 12:24", "attribute-array at 16:24"],
        "the two mementos are refused, no other link"
    );
    assert_eq!(error.links().flatten().count(), 5);

    let figure_10 = lenient(figure!("figure-10.json"));
    assert_eq!(rules(&figure_10), [Rule::AttributeArray; 2]);
    let figure_8 = Linkset::from_text(figure!("figure-08.linkset").as_bytes()).unwrap();
    let sorted = |linkset: &Linkset<'_>| {
        let mut told = told(linkset);
        told.sort();
        told
    };
    assert_eq!(sorted(&figure_10), sorted(&figure_8));
    // Written, both have each context once, and arrays.
    for linkset in [&figure_10, &figure_8] {
        let written = linkset.to_json().unwrap();
        let again = strict(&written).unwrap();
        assert_eq!(sorted(&again), sorted(&figure_8));
        assert_eq!(again.contexts().len(), 4);
        assert!(written.contains(r#""datetime":["Thu, 13 Jun 2019 09:34:33 GMT"]"#), "{written}");
    }
    let as_text = Linkset::from_text(figure_10.to_text().unwrap().as_bytes()).unwrap().into_owned();
    assert_eq!(sorted(&as_text), sorted(&figure_8));
}

#[test]
fn rfc9264_7_4_3_figure_18_declares_its_profile_by_a_link() {
    let linkset = strict(figure!("figure-18.json")).unwrap();
    let own = "https://id.gs1.org/01/9506000134352?linkType=all";
    let mut profile = linkset.of(own, Relation::new("profile"));
    assert_eq!(profile.next().unwrap().href(), "https://www.gs1.org/voc/?show=linktypes");
    assert_eq!(strict(&linkset.to_json().unwrap()).unwrap(), linkset);
}

#[test]
fn rfc9264_appendix_a_figure_19_has_a_title_in_each_of_two_languages() {
    let linkset = strict(figure!("figure-19.json")).unwrap();
    assert!(linkset.diagnostics().is_empty());
    let video = linkset.links().flatten().last().unwrap();
    assert_eq!(video.title(), Some("See it in action!"));
    let titles = video.attributes().filter(|one| one.is("title*"));
    let titles: Vec<_> =
        titles.map(|one| (one.language().unwrap(), one.value().unwrap())).collect();
    assert_eq!(titles, [("en", "See it in action!"), ("fr", "Voyez-le en action!")]);
    assert_eq!(video.hreflang().collect::<Vec<_>>(), ["en", "fr"]);
    assert_eq!(strict(&linkset.to_json().unwrap()).unwrap(), linkset);
    // RFC 8288 section 3.4.1 allows a Link field one title*.
    assert_eq!(linkset.to_text().unwrap_err().rule(), Some(Rule::ParameterRepeated));
}

#[test]
fn rfc9264_appendix_a_figure_20_a_json_ld_context_is_no_linkset() {
    let error = Linkset::from_json(figure!("figure-20.json").as_bytes()).unwrap_err();
    assert_eq!(error.rule(), Some(Rule::LinksetMissing));
}

#[test]
fn rfc9264_4_2_1_a_linkset_elsewhere_than_expected_is_told_with_its_place() {
    for (document, rule, position, found) in [
        (r#"{"data": {"linkset": [{}]}}"#, Rule::LinksetWrapped, 22, "/data/linkset"),
        (r#"{"a": [{"b": {"linkset": []}}]}"#, Rule::LinksetWrapped, 26, "/a/0/b/linkset"),
        (r#"[{"anchor": "a", "b": [{"href": "c"}]}]"#, Rule::LinksetBare, 1, "[{"),
        (r#"{"anchor": "a", "b": [{"href": "c"}]}"#, Rule::LinksetMissing, 1, "{"),
        (r#"{"linkset": {"linkset": []}}"#, Rule::ContextArray, 13, "{"),
        ("17", Rule::LinksetMissing, 1, "17"),
        (r#""linkset""#, Rule::LinksetMissing, 1, "\\\"linkset"),
        ("{}", Rule::LinksetMissing, 1, "{}"),
        (r#"{"linkset": 17}"#, Rule::ContextArray, 13, "17"),
        (r#"{"linkset": null}"#, Rule::ContextArray, 13, "null"),
    ] {
        let error = strict(document).unwrap_err();
        assert_eq!((error.rule(), error.column()), (Some(rule), position), "{document}: {error}");
        assert!(error.to_string().contains(&format!("; found \"{found}")), "{error}");
    }
}

#[test]
fn rfc9264_4_2_1_linkset_is_the_only_member_unless_tolerated() {
    let document = r#"{"@context": {"a": [1]}, "linkset": [], "x": "y"}"#;
    let error = strict(document).unwrap_err();
    assert_eq!((error.rule(), error.offset()), (Some(Rule::LinksetSole), 13));
    let linkset = lenient(document);
    let members: Vec<_> = linkset.unknown_members().collect();
    assert_eq!(members, [("@context", r#"{"a": [1]}"#), ("x", r#""y""#)]);
    assert_eq!(rules(&linkset), [Rule::LinksetSole; 2]);
    assert_eq!(linkset.to_json().unwrap_err().rule(), Some(Rule::LinksetSole));
    let writer = LinksetWriter::new().tolerance(Tolerance::DRAFTS);
    assert_eq!(lenient(&writer.to_json(&linkset).unwrap()), linkset);
    assert_eq!(linkset.without_unknown_members().to_json().unwrap(), r#"{"linkset":[]}"#);
}

#[test]
fn rfc9264_4_2_1_one_context_without_an_array_is_tolerated() {
    let document = r#"{"linkset": {"anchor": "https://a/", "next": [{"href": "https://b/"}]}}"#;
    assert_eq!(strict(document).unwrap_err().rule(), Some(Rule::ContextArray));
    let linkset = lenient(document);
    assert_eq!(told(&linkset), ["https://a/ next https://b/"]);
    assert_eq!(rules(&linkset), [Rule::ContextArray]);
}

/// Seen in resolvers of product codes.
#[test]
fn rfc9264_4_2_5_string_members_beside_the_anchor_are_kept() {
    let document = r#"{"linkset": [{
        "anchor": "https://id.example/01/1",
        "itemDescription": "Caf\u00e9 \"noir\"",
        "gs1:pip": [{"href": "https://example.com/pip", "fwqs": true}],
        "count": 3, "none": null, "unixtime": 1635000000000
    }]}"#;
    for linkset in [strict(document).unwrap(), lenient(document)] {
        let context = linkset.contexts().next().unwrap();
        let members: Vec<_> = context.unknown_members().collect();
        let expected = [
            ("itemDescription", r#""Caf\u00e9 \"noir\"""#),
            ("count", "3"),
            ("none", "null"),
            ("unixtime", "1635000000000"),
        ];
        assert_eq!(members, expected);
        assert_eq!(context.unknown_member("count"), Some("3"));
        assert_eq!(
            rules(&linkset).iter().filter(|&&rule| rule == Rule::ContextExtension).count(),
            4
        );
    }
    let linkset = lenient(document);
    assert_eq!(
        told(&linkset),
        ["https://id.example/01/1 gs1:pip https://example.com/pip fwqs=true"]
    );
    let link = linkset.links().flatten().next().unwrap();
    assert_eq!(link.attribute("fwqs").unwrap().json(), Some("true"));
    assert_eq!(linkset.to_json().unwrap_err().rule(), Some(Rule::AttributeValue));
    let writer = LinksetWriter::new().tolerance(Tolerance::DRAFTS);
    assert_eq!(lenient(&writer.to_json(&linkset).unwrap()), linkset);
    assert_eq!(linkset.to_text().unwrap_err().rule(), Some(Rule::ContextExtension));
}

/// Found by fuzzing: written again, it had another order.
#[test]
fn other_members_follow_the_relations_when_contexts_become_one() {
    let document = r#"{"linkset":[{"x":1,"a":[]},{"y":2,"b":[]}]}"#;
    let written = lenient(document).to_json().unwrap();
    assert_eq!(written, r#"{"linkset":[{"a":[],"b":[],"x":1,"y":2}]}"#);
    assert_eq!(lenient(&written).to_json().unwrap(), written);
}

#[test]
fn a_context_without_relations_and_an_empty_relation_are_kept() {
    let document = r#"{"linkset":[{"anchor":"https://a/"},{},{"anchor":"https://b/","item":[]}]}"#;
    let linkset = strict(document).unwrap();
    assert_eq!(linkset.links().count(), 0);
    let anchors: Vec<_> = linkset.contexts().map(LinksetContext::anchor).collect();
    assert_eq!(anchors, [Some("https://a/"), None, Some("https://b/")]);
    let relations = linkset.contexts().last().unwrap().relations();
    assert_eq!(relations.collect::<Vec<_>>(), ["item"]);
    assert_eq!(rules(&linkset), [Rule::AnchorMissing]);
    assert_eq!(linkset.diagnostics().as_slice()[0].span(), 36..38);
    assert_eq!(linkset.to_json().unwrap(), document);
    assert_eq!(strict(r#"{"linkset":[]}"#).unwrap(), Linkset::default());
    assert_eq!(Linkset::default().to_json().unwrap(), r#"{"linkset":[]}"#);
}

#[test]
fn hreflang_of_one_is_read_as_a_string_and_written_as_an_array() {
    let document =
        r#"{"linkset":[{"anchor":"https://a/","next":[{"href":"https://b/","hreflang":"de"}]}]}"#;
    assert_eq!(told(&strict(document).unwrap()), ["attribute-array at 1:77"]);
    let linkset = lenient(document);
    let written = linkset.to_json().unwrap();
    assert_eq!(written, document.replace(r#""de""#, r#"["de"]"#));
    assert_eq!(told(&strict(&written).unwrap()), told(&linkset));
}

#[test]
fn one_bad_link_does_not_lose_the_set() {
    let document = r#"{"linkset": [
{"anchor": "https://a/", "next": [
  17,
  {"type": "text/html"},
  {"href": "https://b/1"},
  {"href": 5, "title": {"x": [1]}},
  {"href": "https://b/2", "href": "https://b/3"},
  {"href": "https://b/4", "type": "a/b", "type": "c/d"},
  {"href": "https://b/5"}
 ], "prev": {"href": "https://b/6"}, "next": [{"href": "https://b/7"}], "up": [{"href": "https://b/8"}]},
"context",
{"anchor": {}, "next": [{"href": "https://b/9"}], "x": "y"},
{"next": [{"href": "https://b/10"}], "anchor": "https://c/", "anchor": "https://d/"},
{"anchor": "https://e/", "next": [{"href": "https://b/11"}]}
]}"#;
    assert_eq!(
        told(&lenient(document)),
        [
            "target-object at 3:3",
            "href-missing at 4:3",
            "https://a/ next https://b/1",
            "href-missing at 6:12",
            "member-repeated at 7:35",
            "member-repeated at 8:50",
            "https://a/ next https://b/5",
            "https://a/ prev https://b/6",
            "member-repeated at 10:46",
            "https://a/ up https://b/8",
            "context-object at 11:1",
            "anchor-string at 12:12",
            "member-repeated at 13:72",
            "https://e/ next https://b/11",
        ]
    );
    let tolerant = Reader::new().tolerance(Tolerance::ALL).linkset_json(document.as_bytes());
    let tolerant = tolerant.unwrap();
    let told = told(&tolerant);
    assert_eq!(told.len(), 14);
    for link in [
        "https://a/ next https://b/2",
        "https://a/ next https://b/4 type=\"a/b\" type=\"c/d\"",
        "https://a/ next https://b/7",
        "https://c/ next https://b/10",
    ] {
        assert!(told.iter().any(|one| one == link), "the first counts, the later are kept: {link}");
    }
    let rest = lenient(document).without_refused();
    assert_eq!(strict(&rest.to_json().unwrap()).unwrap().links().count(), 5);
}

#[test]
fn strict_and_lenient_are_rules_with_sections() {
    let link = |members: &str| {
        format!(
            r#"{{"linkset":[{{"anchor":"https://a/","next":[{{"href":"https://b/"{members}}}]}}]}}"#
        )
    };
    let context = |member: &str| format!(r#"{{"linkset":[{{"anchor":"https://a/",{member}}}]}}"#);
    for (document, rule) in [
        (link(r#","hreflang":"de""#), Rule::AttributeArray),
        (link(r#","x*":{"value":"y"}"#), Rule::AttributeArray),
        (link(r#","x":["a",1]"#), Rule::AttributeValue),
        (link(r#","x":{"value":"a"}"#), Rule::AttributeValue),
        (link(r#","title":null"#), Rule::AttributeValue),
        (link(r#","title":["a"]"#), Rule::AttributeValue),
        (link(r#","title*":"UTF-8''a""#), Rule::AttributeValue),
        (link(r#","title*":["a"]"#), Rule::AttributeValue),
        (link(r#","title*":[{"value":"a","more":1}]"#), Rule::AttributeValue),
        (link(r#","title*":[{"language":"de"}]"#), Rule::AttributeValue),
        (link(r#","x":[]"#), Rule::AttributeAbsent),
        (link(r#","rel":["next"]"#), Rule::AttributeReserved),
        (link(r#","anchor":["next"]"#), Rule::AttributeReserved),
        (link(r#","a b":["c"]"#), Rule::ParameterName),
        (link(r#","type":"text/html; charset=utf-8""#), Rule::TypeSyntax),
        (link(r#","hreflang":["de_AT"]"#), Rule::HreflangSyntax),
        (link(r#","title*":[{"value":"a","language":"?"}]"#), Rule::HreflangSyntax),
        (context(r#""next":[{"href":"a b"}]"#), Rule::TargetSyntax),
        (context(r#""next":[{"href":"https://\u00e9/"}]"#), Rule::ReferenceAscii),
        (context(r#""Next":[{"href":"https://b/"}]"#), Rule::RelSyntax),
        (context(r#""a b":[{"href":"https://b/"}]"#), Rule::RelSyntax),
        (context(r#""next":{"href":"https://b/"}"#), Rule::TargetArray),
        (
            r#"{"linkset":[{"anchor":"a b","next":[{"href":"https://b/"}]}]}"#.into(),
            Rule::AnchorSyntax,
        ),
    ] {
        let refused = strict(&document).unwrap();
        let refused: Vec<_> =
            refused.links().map(|link| link.unwrap_err().rule().unwrap()).collect();
        assert_eq!(refused, [rule], "{document}");
        let linkset = lenient(&document);
        assert_eq!(linkset.links().flatten().count(), 1, "{document}");
        assert!(rules(&linkset).contains(&rule), "{document}: {:?}", linkset.diagnostics());
        let place = linkset.diagnostics().iter().find(|one| one.rule() == rule).unwrap().span();
        assert!(place.start > 11 && place.end < document.len() as u64, "{document}: {place:?}");
        let written = LinksetWriter::new().tolerance(Tolerance::DRAFTS).to_json(&linkset);
        match rule {
            Rule::AttributeReserved => assert_eq!(written.unwrap_err().rule(), Some(rule)),
            _ => assert_eq!(lenient(&written.unwrap()), linkset, "{document}"),
        }
    }
}

#[test]
fn every_rule_of_a_linkset_is_tested_here_or_with_the_other_forms() {
    let tests = [
        include_str!("linkset_json.rs"),
        include_str!("linkset_text.rs"),
        include_str!("linkset_core.rs"),
    ];
    for rule in Rule::ALL {
        let name = format!("Rule::{rule:?}");
        let mut sources = ["RFC 9264", "RFC 8259", "RFC 6690"].into_iter();
        let is_of_linksets = sources.any(|source| rule.section().starts_with(source));
        let told = format!("{rule} at");
        let is_tested = tests.iter().any(|test| test.contains(&name) || test.contains(&told));
        assert!(!is_of_linksets || is_tested, "{name}");
    }
}

#[test]
fn rfc9264_4_relative_references_are_advised_against_with_their_place() {
    let document = "{\"linkset\": [\n{\"next\": [{\"href\": \"\\u002fx\"}, {\"href\": \"\"}]}]}";
    let linkset = strict(document).unwrap();
    let found = linkset.diagnostics().iter().map(|one| (one.rule(), one.line(), one.column()));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            (Rule::AnchorMissing, 2, 1),
            (Rule::ReferenceRelative, 2, 20),
            (Rule::ReferenceRelative, 2, 42),
        ]
    );
    let resolved = linkset.resolve("https://example.org/links/1");
    assert_eq!(
        told(&resolved),
        [
            "https://example.org/links/1 next https://example.org/x",
            "https://example.org/links/1 next https://example.org/links/1",
        ]
    );
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    for (document, rule, line, column) in [
        (&b"{\"linkset\": [{\n  \"a\": [}]"[..], Rule::JsonSyntax, 2, 9),
        (b"{\"linkset\": [", Rule::JsonIncomplete, 1, 14),
        (b"", Rule::JsonIncomplete, 1, 1),
        (b"{\"linkset\": []}\n x", Rule::JsonSyntax, 2, 2),
        (b"{\"linkset\": []} {}", Rule::JsonSyntax, 1, 17),
        (b"\xef\xbb\xbf{\"linkset\": []}", Rule::JsonEncoding, 1, 1),
        (b"{\"linkset\": [{\"a\": \"\xff\"}]}", Rule::JsonEncoding, 1, 21),
        (b"{\"linkset\": [{\"a\": \"\xc3", Rule::JsonIncomplete, 1, 22),
        (b"{\"linkset\": [{\"a\": \"\n\"}]}", Rule::JsonSyntax, 1, 21),
    ] {
        let error = Linkset::from_json(document).unwrap_err();
        let place = (error.rule(), error.line(), error.column());
        assert_eq!(place, (Some(rule), line, column), "{}: {error}", document.escape_ascii());
    }
    assert_eq!(Linkset::from_json(b"\r\n {\"linkset\":[]}\r\n").unwrap(), Linkset::default());
}

#[test]
fn strings_borrow_the_document_unless_they_contain_escapes() {
    let document = r#"{"linkset":[{"anchor":"https://a/","n\u0065xt":[{"href":"https://b/","t\u0069tle":"c\n"}]}]}"#;
    let linkset = strict(document).unwrap();
    let link = linkset.links().flatten().next().unwrap();
    let range = document.as_bytes().as_ptr_range();
    assert!(
        range.contains(&link.href().as_ptr()) && range.contains(&link.anchor().unwrap().as_ptr())
    );
    assert_eq!((link.relation(), link.title()), (Relation::NEXT, Some("c\n")));
    let owned: Linkset<'static> = strict(document.to_owned().as_str()).unwrap().into_owned();
    assert_eq!(owned, linkset);
}

#[test]
fn each_limit_of_a_linkset_names_itself_and_the_place() {
    let document = r#"{"linkset": [{"a": [{"href": "1"}, {"href": "2", "x": [[[0]]], "y": ["", ""]}], "b": []}]}"#;
    let refused = |limits: Limits| {
        let read = Reader::new().limits(limits).linkset_json(document.as_bytes());
        let error = read.unwrap_err();
        (error.kind(), error.line(), error.offset())
    };
    let limits = Limits::default();
    let limit = ErrorKind::Limit;
    assert_eq!(refused(limits.linkset_octets(20)), (limit(Limit::LinksetOctets), 1, 20));
    assert_eq!(refused(limits.linkset_links(1)), (limit(Limit::LinksetLinks), 1, 35));
    assert_eq!(refused(limits.parameters(2)), (limit(Limit::Parameters), 1, 68));
    assert_eq!(refused(limits.linkset_depth(2)), (limit(Limit::LinksetDepth), 1, 56));
    let exact = limits
        .linkset_octets(document.len() as u64)
        .linkset_links(2)
        .parameters(3)
        .linkset_depth(3);
    assert!(Reader::new().limits(exact).linkset_json(document.as_bytes()).is_ok());
    for document in [
        r#"{"linkset": [{}, {}, {}]}"#,
        r#"{"linkset": [{"a": [], "b": [], "c": []}]}"#,
        r#"{"linkset": [{"a": 1, "b": 2, "c": 3}]}"#,
        r#"{"linkset": [], "a": 1, "b": 2, "c": 3}"#,
        r#"{"linkset": [0, 0, 0]}"#,
        r#"{"linkset": [{"a": [0, 0, 0]}]}"#,
        r#"{"linkset": [{"a": [{"href": "", "b": 1, "c": 1, "d": 1}]}]}"#,
    ] {
        let read = |most| {
            Reader::new().limits(limits.linkset_links(most)).linkset_json(document.as_bytes())
        };
        assert_eq!(read(2).unwrap_err().kind(), limit(Limit::LinksetLinks), "{document}");
        assert!(read(3).is_ok(), "{document}");
    }
}

#[test]
fn rfc9264_4_2_4_what_json_cannot_carry_is_an_error_that_names_it() {
    for (field, rule) in [
        ("<https://b/>; rel=next; crossorigin", Rule::AttributeAbsent),
        ("<https://b/>; rel=next; rev=prev", Rule::AttributeReserved),
        ("<https://b/>; rel=next; rel=prev", Rule::AttributeReserved),
        ("<https://b/>; rel=next; anchor=a; anchor=b", Rule::AttributeReserved),
        ("<https://b/>; rel=next; href=x", Rule::AttributeReserved),
        ("<https://b/>; rel=anchor", Rule::RelationAnchor),
        ("<https://b/>; rel=next; title=a; Title=b", Rule::ParameterRepeated),
        ("<https://b/>; rel=next; title*=broken", Rule::ExtValueSyntax),
        ("<https://b/>", Rule::RelMissing),
        ("<a b>; rel=next", Rule::TargetSyntax),
    ] {
        let linkset = Linkset::from_links(links(field.as_bytes()).flatten());
        assert_eq!(linkset.to_json().unwrap_err().rule(), Some(rule), "{field}");
    }
    let document =
        r#"{"linkset":[{"anchor":"https://a/","x":"y"},{"anchor":"https://a/","x":[]}]}"#;
    assert_eq!(strict(document).unwrap().to_json().unwrap_err().rule(), Some(Rule::MemberRepeated));
}

#[test]
fn names_of_attributes_are_grouped_without_regard_to_case_and_known_ones_in_lower_case() {
    let field = "<https://b/>; rel=next; Foo=1; HrefLang=de; foo=2; TYPE=\"a/b\"; hreflang=en; \
                 Title*=UTF-8'de'%C3%A4; anchor=\"https://a/\"";
    let linkset = Linkset::from_links(links(field.as_bytes()).flatten());
    let written = linkset.to_json().unwrap();
    assert_eq!(
        written,
        "{\"linkset\":[{\"anchor\":\"https://a/\",\"next\":[{\"href\":\"https://b/\",\
         \"Foo\":[\"1\",\"2\"],\"hreflang\":[\"de\",\"en\"],\"type\":\"a/b\",\
         \"title*\":[{\"value\":\"ä\",\"language\":\"de\"}]}]}]}"
    );
    strict(&written).unwrap().links().for_each(|link| assert!(link.is_ok()));
}

#[test]
fn nothing_can_be_injected_into_json() {
    let evil = "\"}]}],\"x\":\"\\\u{0}\r\n\u{2028}</script>";
    let linkset = Linkset::from_records([Record::new(Relation::NEXT, "https://b/")
        .with_attribute("title", evil)
        .with_attribute("x", evil)]);
    let written = linkset.to_json().unwrap();
    assert!(written.bytes().all(|octet| octet >= b' '), "{written}");
    let again = strict(&written).unwrap();
    assert_eq!(again.links().flatten().next().unwrap().title(), Some(evil));
    assert_eq!(again.links().count(), 1);
}

#[test]
fn a_linkset_in_json_says_what_it_says_about_versions() {
    let linkset = lenient(figure!("figure-10.json"));
    let document = "https://example.org/resource1";
    let versions = VersionLinks::about(document).records(linkset.records());
    assert_eq!(versions.latest_version().unwrap().uri(), "https://example.org/resource1?version=3");
    assert_eq!(versions.mementos().count(), 2);
    let datetime = versions.mementos().next().unwrap().attribute("datetime");
    assert_eq!(datetime, Some("Thu, 13 Jun 2019 09:34:33 GMT"));
    let version = VersionLinks::about("https://example.org/resource1?version=3");
    let version = version.records(linkset.records());
    assert_eq!(version.predecessor_versions().count(), 1);
}

/// Text, JSON, Link fields and records: what all can express survives any way around.
#[test]
fn conversions_lose_nothing() {
    let document = figure!("figure-04.json");
    let linkset = strict(document).unwrap();
    let text = linkset.to_text().unwrap();
    let from_text = Linkset::from_text(text.as_bytes()).unwrap();
    assert_eq!(from_text, linkset);
    let fields: Vec<_> = linkset.to_links().collect::<Result<_, _>>().unwrap();
    let from_links = Linkset::from_links(fields.iter().map(|link| link.as_link()));
    assert_eq!(from_links, linkset);
    assert_eq!(Linkset::from_records(linkset.records()), linkset);
    assert_eq!(from_links.to_json().unwrap(), linkset.to_json().unwrap());
    assert!(linkset.links().flatten().map(LinksetTarget::anchor).all(|anchor| anchor == Some(BAR)));
}

#[test]
fn hostile_documents_are_read_in_linear_time() {
    const N: usize = 1 << 16;
    let repeated = |head: &str, piece: &str, tail: &str| {
        head.to_owned() + &piece.repeat(N / piece.len()) + tail
    };
    let numbered = |head: &str, piece: &dyn Fn(usize) -> String, tail: &str| {
        head.to_owned() + &(0..N / 12).map(piece).collect::<String>() + tail
    };
    let start = r#"{"linkset":["#;
    let in_link = r#"{"linkset":[{"a":[{"href":"""#;
    for document in [
        "[".repeat(N),
        "{\"a\":".repeat(N / 5),
        repeated(start, "{},", "0]}"),
        repeated(start, "0,", "0]}"),
        repeated(start, "[[],", "0]}"),
        repeated(start, r#"{"a":{}},"#, "0]}"),
        repeated(start, r#"{"a":[{}]},"#, "0]}"),
        repeated(start, r#"{"a":[{"href":"\n"}]},"#, "0]}"),
        repeated(&format!("{start}{{\"a\":["), "{},", "0]}]}"),
        repeated(&format!("{start}{{\"a\":["), "0,", "0]}]}"),
        repeated(&format!("{start}{{"), "\"a\":1,", "\"b\":2}]}"),
        repeated(&format!("{start}{{"), "\"anchor\":1,", "\"b\":2}]}"),
        numbered(&format!("{start}{{"), &|n| format!("\"{n:x}\":1,"), "\"b\":2}]}"),
        numbered(&format!("{start}{{"), &|n| format!("\"{n:x}\":[],"), "\"b\":2}]}"),
        repeated(in_link, ",\"x\":1", "}]}]}"),
        repeated(in_link, ",\"x\":[1]", "}]}]}"),
        repeated(&format!("{in_link},\"x\":["), "\"\",", "0]}]}]}"),
        numbered(in_link, &|n| format!(",\"{n:x}\":[\"\"]"), "}]}]}"),
        numbered(in_link, &|n| format!(",\"{n:x}\":{{}}"), "}]}]}"),
        repeated(r#"{"linkset":[]"#, r#","a":[]"#, "}"),
        format!(r#"{{"linkset":[{{"x":{}0{}}}]}}"#, "[".repeat(N), "]".repeat(N)),
    ] {
        for tolerance in [Tolerance::STRICT, Tolerance::ALL] {
            let reader = Reader::new().tolerance(tolerance);
            for limits in [Limits::default(), Limits::unlimited()] {
                let began = std::time::Instant::now();
                let read = reader.limits(limits).linkset_json(document.as_bytes());
                if let Ok(linkset) = read {
                    let _ = (
                        linkset.links().count(),
                        LinksetWriter::new().tolerance(tolerance).to_json(&linkset),
                    );
                }
                // Quadratic work on 64 KiB takes minutes.
                assert!(began.elapsed().as_secs() < 20, "{}", &document[..40]);
            }
        }
    }
}
