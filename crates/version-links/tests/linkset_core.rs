//! The CoRE Link Format, `application/link-format` (RFC 6690).

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use version_links::{CoreLink, Error, Limit, Limits, Linkset, Reader, Relation, Rule, Tolerance};

const CORE: &str = "coap://node/.well-known/core";

fn strict(document: &str) -> Result<Linkset<'_>, Error> {
    Reader::new().tolerance(Tolerance::STRICT).link_format(document.as_bytes(), CORE)
}

fn told(linkset: &Linkset<'_>) -> Vec<String> {
    let told = linkset.links().map(|link| match link {
        Ok(link) => {
            let attributes: String =
                link.attributes().map(|attribute| format!(" {attribute:?}")).collect();
            format!("{} {} {}{attributes}", link.anchor().unwrap(), link.relation(), link.href())
        }
        Err(error) => format!("{} at {}:{}", error.rule().unwrap(), error.line(), error.column()),
    });
    told.collect()
}

/// The examples of section 5, each in one line, as they are sent.
#[test]
fn rfc6690_5_the_examples_are_read_strictly() {
    for (document, expected) in [
        ("</sensors>;ct=40", &["coap://node hosts coap://node/sensors ct=\"40\""][..]),
        (
            "</sensors/temp>;rt=\"temperature-c\";if=\"sensor\",</sensors/light>;rt=\"light-lux\";if=\"sensor\"",
            &[
                "coap://node hosts coap://node/sensors/temp rt=\"temperature-c\" if=\"sensor\"",
                "coap://node hosts coap://node/sensors/light rt=\"light-lux\" if=\"sensor\"",
            ],
        ),
        (
            "</sensors>;ct=40;title=\"Sensor Index\",\
             </sensors/temp>;rt=\"temperature-c\";if=\"sensor\",\
             </sensors/light>;rt=\"light-lux\";if=\"sensor\",\
             <http://www.example.com/sensors/t123>;anchor=\"/sensors/temp\";rel=\"describedby\",\
             </t>;anchor=\"/sensors/temp\";rel=\"alternate\"",
            &[
                "coap://node hosts coap://node/sensors ct=\"40\" title=\"Sensor Index\"",
                "coap://node hosts coap://node/sensors/temp rt=\"temperature-c\" if=\"sensor\"",
                "coap://node hosts coap://node/sensors/light rt=\"light-lux\" if=\"sensor\"",
                "coap://node/sensors/temp describedby http://www.example.com/sensors/t123",
                "coap://node/sensors/temp alternate coap://node/t",
            ],
        ),
        (
            "</firmware/v2.1>;rt=\"firmware\";sz=262144",
            &["coap://node hosts coap://node/firmware/v2.1 rt=\"firmware\" sz=\"262144\""],
        ),
        ("", &[]),
    ] {
        let linkset = strict(document).unwrap();
        assert_eq!(told(&linkset), expected);
        assert!(linkset.diagnostics().is_empty(), "{:?}", linkset.diagnostics());
    }
}

#[test]
fn rfc6690_2_1_a_target_is_resolved_against_the_anchor_and_in_a_linkset_against_the_document() {
    let document = b"<c>;anchor=\"coap://other/a/b\";rel=\"up\"";
    let link_format = Reader::new().link_format(document, CORE).unwrap();
    assert_eq!(told(&link_format), ["coap://other/a/b up coap://other/a/c"]);
    let linkset = Linkset::from_text(document).unwrap().resolve(CORE);
    assert_eq!(told(&linkset), ["coap://other/a/b up coap://node/.well-known/c"]);
}

#[test]
fn rfc6690_3_and_rfc7252_7_2_1_the_attributes_of_the_format_are_typed() {
    let document = "</a>;rt=\"one two\";if=\"core.s\";sz=12;ct=\"40 41 99999\",</b>;sz=99999999999999999999,</c>";
    let linkset = strict(document).unwrap();
    let links: Vec<_> = linkset.links().map(|link| CoreLink::of(link.unwrap())).collect();
    assert!(links[0].resource_types().eq(["one", "two"]));
    assert!(links[0].interfaces().eq(["core.s"]));
    assert_eq!(links[0].size(), Some(12));
    assert_eq!(links[0].content_formats().collect::<Vec<_>>(), [40, 41]);
    assert_eq!((links[1].size(), links[2].size()), (None, None));
    assert_eq!(links[2].resource_types().chain(links[2].interfaces()).count(), 0);
    assert_eq!(links[2].target().relation(), Relation::HOSTS);
}

#[test]
fn rfc6690_2_values_without_quotes_may_contain_more_than_a_token_and_titles_are_utf8() {
    let document =
        "</a>;ep=node/1[2]:3@x;type=text/plain;title=\"Pr\u{e9}sence\";obs;title*=UTF-8'de'%C3%A9";
    let linkset = strict(document).unwrap();
    assert_eq!(
        told(&linkset),
        ["coap://node hosts coap://node/a ep=\"node/1[2]:3@x\" type=\"text/plain\" \
          title=\"Pr\u{e9}sence\" obs title*=\"\u{e9}\" in Some(\"de\")"]
    );
    assert!(linkset.diagnostics().is_empty(), "{:?}", linkset.diagnostics());
}

#[test]
fn what_the_format_does_not_allow_is_refused_when_strict_and_reported_when_tolerated() {
    for (document, rule, column) in [
        (&b"</a>; ct=40"[..], Rule::LinkFormatSpace, 6),
        (b"</a>;ct = 40", Rule::LinkFormatSpace, 8),
        (b" </a>;ct=40", Rule::LinkFormatSpace, 1),
        (b"</a>;title=x", Rule::LinkFormatValue, 12),
        (b"</a>;x=", Rule::LinkFormatValue, 8),
        (b"</a>;x=a\\b", Rule::LinkFormatValue, 8),
        (b"</a>;sz=\"12\"", Rule::LinkFormatValue, 10),
        (b"</a>;hreflang=\"de\"", Rule::LinkFormatValue, 16),
        (b"</a>;x%y=1", Rule::LinkFormatName, 6),
        (b"</a>;*=UTF-8''a", Rule::LinkFormatName, 6),
        (b"</a>;x'", Rule::LinkFormatName, 6),
        (b"</a>;x**=UTF-8''a", Rule::LinkFormatName, 6),
        (b"</a>;rt=Temperature", Rule::LinkFormatAttribute, 9),
        (b"</a>;rt=a;RT=b", Rule::LinkFormatAttribute, 14),
        (b"</a>;if=\"\"", Rule::LinkFormatAttribute, 10),
        (b"</a>;sz=012", Rule::LinkFormatAttribute, 9),
        (b"</a>;sz=1-2", Rule::LinkFormatAttribute, 9),
        (b"</a>;ct=x", Rule::LinkFormatAttribute, 9),
        (b"</a>;ct=\"40 x\"", Rule::LinkFormatAttribute, 10),
        (b"</a>;x=\"\xff\"", Rule::LinkFormatUtf8, 9),
        (b"</a>;rel=a;rel=b", Rule::RelRepeated, 12),
        (b"</a>;", Rule::ParameterEmpty, 5),
    ] {
        let shown = document.escape_ascii();
        let read = Reader::new().tolerance(Tolerance::STRICT).link_format(document, CORE).unwrap();
        let refused = read.links().map(|link| {
            let error = link.unwrap_err();
            (error.rule().unwrap(), error.column())
        });
        assert_eq!(refused.collect::<Vec<_>>(), [(rule, column)], "{shown}");
        let read = Reader::new().link_format(document, CORE).unwrap();
        assert_eq!(read.links().flatten().count(), 1, "{shown}");
        let reported = read.diagnostics().iter().map(|one| (one.rule(), one.column()));
        assert!(reported.clone().any(|found| found == (rule, column)), "{shown}");
    }
}

#[test]
fn the_second_of_two_links_over_two_lines_is_read_with_a_diagnostic() {
    let document = "</a>;ct=40,\n</b>;ct=41\n";
    assert_eq!(told(&strict(document).unwrap())[1], "link-format-space at 1:12");
    let linkset = Reader::new().link_format(document.as_bytes(), CORE).unwrap();
    assert_eq!(linkset.links().flatten().count(), 2);
    assert_eq!(linkset.diagnostics().len(), 1, "the line break at the end is no violation");
}

#[test]
fn a_link_that_cannot_be_read_or_resolved_is_an_error_in_its_place() {
    let document = "</a>,<b,</c>;anchor=\"a b\",<urn:x:y>,</d>";
    let linkset = Reader::new().link_format(document.as_bytes(), CORE).unwrap();
    assert_eq!(
        told(&linkset),
        [
            "coap://node hosts coap://node/a",
            "target-brackets at 1:6",
            "target-syntax at 1:10",
            "coap://node hosts urn:x:y",
            "coap://node hosts coap://node/d",
        ]
    );
    let linkset = Reader::new().link_format(b"</a>,<coap://n/b>", "relative").unwrap();
    assert_eq!(told(&linkset), ["target-syntax at 1:2", "coap://n hosts coap://n/b"]);
}

#[test]
fn the_limits_are_those_of_a_linkset() {
    let limits = Limits::default();
    for (limits, limit) in [
        (limits.linkset_octets(8), Limit::LinksetOctets),
        (limits.linkset_links(1), Limit::LinksetLinks),
        (limits.parameters(1), Limit::Parameters),
    ] {
        let error = Reader::new().limits(limits).link_format(b"</a>,</b>;c;d", CORE).unwrap_err();
        assert_eq!(error.kind(), version_links::ErrorKind::Limit(limit));
    }
}
