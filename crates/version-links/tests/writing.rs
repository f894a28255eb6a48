//! Making links and writing fields: what is written, a strict reader takes for what it was.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use proptest::prelude::*;
use version_links::{
    ErrorKind, Limit, Limits, LinkBuf, LinkBuilder, LinkFields, Reader, Relation, Rule, Tolerance,
    links,
};

fn strict(value: &str) -> Vec<LinkBuf> {
    let links = Reader::new().tolerance(Tolerance::STRICT).links(value.as_bytes());
    links.map(|link| link.unwrap().into_owned()).collect()
}

fn refused(builder: LinkBuilder) -> ErrorKind {
    builder.build().unwrap_err().kind()
}

fn link() -> LinkBuilder {
    LinkBuf::builder("/v/2").rel("next")
}

#[test]
fn rfc8288_3_values_are_quoted_where_they_are_no_tokens() {
    for (builder, expected) in [
        (link(), "</v/2>; rel=next"),
        (link().rel(Relation::LATEST_VERSION), "</v/2>; rel=\"next latest-version\""),
        (link().rel("http://example.org/x"), "</v/2>; rel=\"next http://example.org/x\""),
        (link().anchor("/a"), "</v/2>; rel=next; anchor=\"/a\""),
        (link().anchor("#a"), "</v/2>; rel=next; anchor=\"#a\""),
        (link().type_("text/html"), "</v/2>; rel=next; type=\"text/html\""),
        (link().hreflang("en").hreflang("de"), "</v/2>; rel=next; hreflang=en; hreflang=de"),
        (link().title("a \"b\" \\ c"), "</v/2>; rel=next; title=\"a \\\"b\\\" \\\\ c\""),
        (link().title("plain"), "</v/2>; rel=next; title=\"plain\""),
        (link().title("a").title_in("de", "b"), "</v/2>; rel=next; title=\"a\"; title*=UTF-8'de'b"),
        (link().title(""), "</v/2>; rel=next; title=\"\""),
        (link().title("naïf"), "</v/2>; rel=next; title*=UTF-8''na%C3%AFf"),
        (
            link().title_in("fr", "naïf, oui"),
            "</v/2>; rel=next; title*=UTF-8'fr'na%C3%AFf%2C%20oui",
        ),
        (link().parameter("x", "é"), "</v/2>; rel=next; x*=UTF-8''%C3%A9"),
        (link().flag("crossorigin"), "</v/2>; rel=next; crossorigin"),
        (link().parameter_in("fr", "x*", "oui"), "</v/2>; rel=next; x*=UTF-8'fr'oui"),
        (link().media("screen, print"), "</v/2>; rel=next; media=\"screen, print\""),
        (LinkBuf::builder("/a,b;c").rel("next"), "</a,b;c>; rel=next"),
        (LinkBuf::builder("/a,b;c").rel("next").encode_commas(), "</a%2Cb%3Bc>; rel=next"),
        (LinkBuf::builder("").rel("self"), "<>; rel=self"),
    ] {
        let link = builder.build().unwrap();
        assert_eq!(link.to_string(), expected);
        assert_eq!(strict(expected), [link]);
    }
}

#[test]
fn rfc9110_5_5_nothing_can_be_injected() {
    for (builder, rule) in [
        (LinkBuf::builder("/a>; rel=evil, </b").rel("next"), Rule::TargetBrackets),
        (LinkBuf::builder("/a\r\nSet-Cookie: b").rel("next"), Rule::FieldLineBreak),
        (LinkBuf::builder("/é").rel("next"), Rule::ReferenceAscii),
        (LinkBuf::builder("/a b").rel("next"), Rule::TargetSyntax),
        (LinkBuf::builder("/a"), Rule::RelMissing),
        (LinkBuf::builder("/a").rel(""), Rule::RelSyntax),
        (LinkBuf::builder("/a").rel("next prev"), Rule::RelSyntax),
        (LinkBuf::builder("/a").rel("Next"), Rule::RelSyntax),
        (LinkBuf::builder("/a").rel("next\", </b>; rel=\"x"), Rule::RelSyntax),
        (LinkBuf::builder("/a").rel("all-versions"), Rule::RelRenamed),
        (LinkBuf::builder("/a").rel("Working-Resource"), Rule::RelSyntax),
        (link().anchor("a b"), Rule::AnchorSyntax),
        (link().anchor("/é"), Rule::ReferenceAscii),
        (link().title("a\r\nb"), Rule::FieldControl),
        (link().title("a\0b"), Rule::FieldControl),
        (link().title("a\u{7f}b"), Rule::FieldControl),
        // Nor where an encoding would hide it.
        (link().title("é\r\n"), Rule::FieldControl),
        (link().title_in("en", "a\nb"), Rule::FieldControl),
        (link().parameter("x*", "a\0b"), Rule::FieldControl),
        (link().media("é"), Rule::ValueAscii),
        (link().parameter("rev", "all-versions"), Rule::RelRenamed),
        (link().title("a").title("b"), Rule::ParameterRepeated),
        (link().type_("text"), Rule::TypeSyntax),
        (link().hreflang("en_US"), Rule::HreflangSyntax),
        (link().title_in("e'n", "a"), Rule::ExtValueSyntax),
        (link().flag("a b"), Rule::ParameterName),
        (link().flag("rel"), Rule::RelRepeated),
        (link().parameter_in("fr", "x", "oui"), Rule::ExtValueSyntax),
        (link().parameter_in("fr", "x*", "o\nui"), Rule::FieldControl),
        (link().parameter("a b", "c"), Rule::ParameterName),
        (link().parameter("", "c"), Rule::ParameterName),
        (link().parameter("a=b; c", "d"), Rule::ParameterName),
        (link().parameter("rel", "d"), Rule::RelRepeated),
    ] {
        let shown = format!("{builder:?}");
        assert_eq!(refused(builder), ErrorKind::Rule(rule), "{shown}");
    }
}

#[test]
fn what_was_read_is_written_octet_for_octet_or_refused_by_the_rule_it_breaks() {
    for value in [
        "</a>; rel=next; title=\"é\"",
        "</a>; rel=next; title=\"x\"; foo; bar=\"baz, </b>\"; title*=UTF-8'en'y",
        "</a>;rel=\"next  prev\";hreflang=en;hreflang=de",
    ] {
        let link = links(value.as_bytes()).next().unwrap().unwrap();
        assert_eq!(link.to_field_value().unwrap(), value);
    }
    for (value, rule, corrected) in [
        ("</a>; rel=next; anchor=</b>", Rule::AnchorBrackets, "</a>; rel=next; anchor=\"/b\""),
        ("</a>; rel=next;", Rule::ParameterEmpty, "</a>; rel=next"),
        ("</a>; rel=next;; x=y", Rule::ParameterEmpty, "</a>; rel=next; x=y"),
        ("</a> rel=next", Rule::ParameterSeparator, ""),
        ("</a>; rel=\"up all-versions\"", Rule::RelRenamed, "</a>; rel=\"up version-history\""),
        ("</a>; rel=working-resource", Rule::RelRenamed, "</a>; rel=working-copy"),
        ("</a>; rel=next; rel=prev", Rule::RelRepeated, "</a>; rel=next"),
        (
            "</a>; x=y; rel=next; type=\"a/b\"; type=\"c/d\"",
            Rule::ParameterRepeated,
            "</a>; rel=next; x=y; type=\"a/b\"",
        ),
        (
            "</a>; rel=next; title*=\"UTF-8''y\"",
            Rule::ExtValueQuoted,
            "</a>; rel=next; title*=UTF-8''y",
        ),
        (
            "</a>; rel=next; title*=ISO-8859-1''caf%E9",
            Rule::ExtValueCharset,
            "</a>; rel=next; title*=UTF-8''caf%C3%A9",
        ),
        (
            "</a>; rel=next; title*=UTF-8''a*b",
            Rule::ExtValueSyntax,
            "</a>; rel=next; title*=UTF-8''a%2Ab",
        ),
        ("</a>; rel=next; x=\"a\r\n b\"", Rule::FieldFold, "</a>; rel=next; x=\"a b\""),
    ] {
        let Some(Ok(link)) = links(value.as_bytes()).next() else { continue };
        assert_eq!(link.to_field_value().unwrap_err().kind(), ErrorKind::Rule(rule), "{value}");
        if !corrected.is_empty() {
            assert_eq!(link.to_builder().build().unwrap().to_string(), corrected);
        }
    }
}

#[test]
fn rfc8288_3_4_1_a_second_parameter_of_a_name_that_occurs_once_is_refused() {
    let repeated = ErrorKind::Rule(Rule::ParameterRepeated);
    assert_eq!(refused(link().title("a").title("b")), repeated);
    assert_eq!(refused(link().title("é").title_in("fr", "b")), repeated);
    assert_eq!(refused(link().media("a").media("b")), repeated);
    assert_eq!(refused(link().type_("a/b").type_("c/d")), repeated);
    let anchors = ErrorKind::Rule(Rule::AnchorRepeated);
    assert_eq!(refused(link().anchor("/a").anchor("/b")), anchors);
    assert_eq!(refused(link().parameter("ANCHOR", "/a").anchor("/a")), anchors);
    let many = (0..65).fold(link(), |link, number| link.parameter(format!("x{number}"), "y"));
    assert_eq!(refused(many), ErrorKind::Limit(Limit::Parameters));
    let rev = links(b"</a>; rel=next; rev=all-versions").next().unwrap().unwrap();
    assert_eq!(refused(rev.to_builder()), ErrorKind::Rule(Rule::RelRenamed));
}

#[test]
fn rfc9110_5_5_what_is_not_utf8_is_written_in_utf8_where_that_is_asked() {
    let link = links(b"</a>; rel=next; x=\"caf\xe9\"").next().unwrap().unwrap();
    let error = link.to_field_value().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::ValueAscii));
    let error = LinkFields::new().values(&[link.into_owned()]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::ValueAscii));
    assert_eq!(link.to_builder().build().unwrap().to_string(), "</a>; rel=next; x=\"café\"");
}

/// A title is written alike, whether it was given to the builder or read from a field.
#[test]
fn rfc8187_3_a_title_outside_ascii_that_was_read_is_written_as_one_that_was_given() {
    let given = link().title("é").build().unwrap();
    for read in ["</v/2>; rel=next; title=\"é\"", "</v/2>; rel=next; title*=ISO-8859-1''%E9"] {
        let read = links(read.as_bytes()).next().unwrap().unwrap();
        assert_eq!(read.to_builder().build().unwrap(), given);
    }
    let latin1 = links(b"</v/2>; rel=next; title=\"\xe9\"").next().unwrap().unwrap();
    assert_eq!(latin1.to_builder().build().unwrap(), given);
    // Beside a title* it stays what it was.
    let both = "</v/2>; rel=next; title=\"é\"; title*=UTF-8'fr'%C3%A9t%C3%A9";
    let read = links(both.as_bytes()).next().unwrap().unwrap();
    assert_eq!(read.to_builder().build().unwrap().to_string(), both);
}

#[test]
fn an_error_of_a_writer_names_a_limit_that_the_writer_has() {
    let many = || (0..65).fold(link(), |link, number| link.flag(format!("x{number}")));
    let error = many().build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Parameters));
    assert!(error.to_string().contains("(LinkBuilder::limits, Limits::parameters)"), "{error}");
    let long = link().title("x".repeat(65 * 1024));
    let error = long.clone().build().unwrap_err();
    assert!(error.to_string().contains("(LinkBuilder::limits, Limits::field_octets)"), "{error}");
    let limits = Limits::default().parameters(66).field_octets(66 * 1024);
    assert!(long.limits(limits).build().is_ok());
    let many = many().limits(limits).build().unwrap();
    let error = LinkFields::new().values(std::slice::from_ref(&many)).unwrap_err();
    assert!(error.to_string().contains("(LinkFields::parameters)"), "{error}");
    let fields = LinkFields::new().parameters(66);
    assert_eq!(fields.values(std::slice::from_ref(&many)).unwrap(), [many.to_string()]);
}

/// RFC 9264 section 6: a link to a linkset stands in, within the limits too.
#[test]
fn the_linkset_that_stands_in_counts_against_the_limits() {
    let links: Vec<_> = (0..3).map(|_| link().build().unwrap()).collect();
    let linkset = "</links>; rel=linkset";
    let fields = |octets| LinkFields::new().fields(1).field_octets(octets).linkset("/links");
    let octets = linkset.len() as u64;
    assert_eq!(fields(octets).unwrap().values(&links).unwrap(), [linkset]);
    let error = fields(octets - 1).unwrap().values(&links).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::FieldOctets));
    for (fields, limit) in [
        (fields(octets).unwrap().fields(0), Limit::Fields),
        (fields(octets).unwrap().links(0), Limit::Links),
        (fields(octets).unwrap().parameters(0), Limit::Parameters),
    ] {
        assert_eq!(fields.values(&links).unwrap_err().kind(), ErrorKind::Limit(limit));
    }
}

#[test]
fn fields_hold_what_fits_and_a_linkset_stands_in_for_more() {
    let link = |number: u32| LinkBuf::builder(format!("/{number:04}")).rel("item").build().unwrap();
    let links: Vec<_> = (0..10).map(link).collect();
    let one = links[0].to_string().len() as u64;
    let fields = LinkFields::new().field_octets(one * 2 + 2).fields(5);
    let values = fields.values(&links).unwrap();
    assert_eq!(values.len(), 5);
    assert_eq!(values.iter().flat_map(|value| strict(value)).collect::<Vec<_>>(), links);
    let error = fields.clone().fields(4).values(&links).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Fields));
    let error = fields.clone().field_octets(one - 1).values(&links).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::FieldOctets));
    let error = fields.clone().links(9).values(&links).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Links));
    let standing_in = fields.fields(4).linkset("/links").unwrap().values(&links).unwrap();
    assert_eq!(standing_in, ["</links>; rel=linkset"]);
    assert_eq!(LinkFields::new().values(&[]).unwrap(), Vec::<String>::new());
}

#[cfg(feature = "http")]
#[test]
fn fields_are_appended_to_a_message() {
    let links = [link().build().unwrap(), LinkBuf::builder("/").rel("up").build().unwrap()];
    let mut headers = http::HeaderMap::new();
    LinkFields::new().append_to(&links, &mut headers).unwrap();
    let read: Vec<_> =
        version_links::links_in_headers(&headers).map(|link| link.unwrap().into_owned()).collect();
    assert_eq!(read, links);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    /// RFC 8288 section 3: whatever is given, what is built is read back as it was given.
    #[test]
    fn what_is_built_is_read_as_it_was_given(
        target in "[ -~é\r\n]{0,12}|[a-z/?#:.,;]{0,12}",
        relations in prop::collection::vec("[a-z][a-z.-]{0,5}|[ -~]{0,6}", 0..3),
        title in "[ -~]{0,8}|\\PC{0,8}|.{0,8}",
        name in "[a-z*]{0,4}|[ -~]{0,4}",
        value in "[ -~]{0,8}|.{0,8}",
    ) {
        let builder = relations.iter().fold(LinkBuf::builder(&*target), LinkBuilder::rel);
        let built = builder.title(&*title).parameter(&*name, &*value).build();
        if let Ok(built) = built {
            let text = built.to_string();
            let read = strict(&text);
            prop_assert_eq!(read.len(), 1, "{}", text);
            let read = read[0].as_link();
            prop_assert_eq!(read.target(), &target);
            let found = read.title().map(std::borrow::Cow::into_owned);
            prop_assert_eq!(found.as_ref(), Some(&title));
            let found: Vec<_> = read.rel().map(|found| found.as_str().to_owned()).collect();
            prop_assert_eq!(found, relations);
            let last = read.parameters().last().unwrap();
            let found = last.ext_value().map(|found| found.text().to_owned());
            let found = found.or_else(|| last.value().map(std::borrow::Cow::into_owned));
            prop_assert_eq!(found, Some(value));
        }
    }

    /// RFC 8288 section 3.4: neither is any other attribute changed, nor a limit overrun in fields.
    #[test]
    fn what_is_built_with_all_attributes_is_read_as_it_was_given(
        anchor in "[a-z/?#:.,;]{0,12}|[ -~é]{0,6}",
        languages in prop::collection::vec("[a-z]{1,3}(-[A-Z]{2})?|[ -~]{0,3}", 0..3),
        media in "[ -~é]{0,8}",
        title in "\\PC{0,8}|.{0,8}",
        language in "[a-z]{2}|[ -~]{0,3}",
        kind in "[a-z]{1,3}/[a-z+.]{1,5}|[ -~]{0,6}",
        budget in 1_u64..200,
    ) {
        let builder = languages.iter().fold(link().anchor(&*anchor), LinkBuilder::hreflang);
        let builder = builder.media(&*media).title_in(&*language, &*title).type_(&*kind);
        if let Ok(built) = builder.build() {
            let read = strict(&built.to_string());
            prop_assert_eq!(&read[..], std::slice::from_ref(&built));
            let read = read[0].as_link();
            prop_assert!(read.anchor().as_deref() == Some(&*anchor));
            prop_assert!(read.hreflang().eq(languages.iter().map(|one| &**one)));
            prop_assert!(read.media().as_deref() == Some(&*media));
            prop_assert!(read.type_().as_deref() == Some(&*kind));
            prop_assert!(read.title().as_deref() == Some(&*title));
            let extended = read.parameter("title*").unwrap().ext_value().unwrap();
            prop_assert_eq!(extended.language().unwrap_or_default(), &language);

            let links = [built.clone(), link().build().unwrap(), built];
            let fields = LinkFields::new().field_octets(budget).fields(2);
            match fields.values(&links) {
                Ok(values) => {
                    prop_assert!(values.len() <= 2);
                    prop_assert!(values.iter().all(|value| value.len() as u64 <= budget));
                    let read: Vec<_> = values.iter().flat_map(|value| strict(value)).collect();
                    prop_assert_eq!(&read[..], &links);
                }
                Err(error) => prop_assert!(matches!(error.kind(), ErrorKind::Limit(_))),
            }
        }
    }

    /// What is read and can be written is written as it was; what is corrected is strict.
    #[test]
    fn what_is_read_is_written_as_it_was(value in "[<>;,=\"'*/a-c \t%é]{0,24}|<[a-c/]{0,4}>(; ?[a-c*]{1,3}(=[a-c]{1,3}|=\"[a-c,;<>]{0,4}\")?){0,3}; rel=a") {
        for link in links(value.as_bytes()).flatten() {
            if let Ok(written) = link.to_field_value() {
                prop_assert!(value.contains(&written));
                let read = strict(&written);
                prop_assert_eq!(read, vec![link.into_owned()]);
            }
            if let Ok(corrected) = link.to_builder().build() {
                let text = corrected.to_string();
                let read = strict(&text);
                let read = read[0].as_link();
                prop_assert_eq!(read.target(), link.target());
                let relations = link.rel().map(|found| found.renamed().unwrap_or(found));
                prop_assert!(read.rel().eq(relations));
                prop_assert_eq!(read.anchor(), link.anchor());
                prop_assert_eq!(read.title(), link.title());
            }
        }
    }
}
