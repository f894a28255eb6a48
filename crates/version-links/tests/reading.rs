//! What is read from links that are well or badly made.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use version_links::{Link, Parameter, Rule, links};

fn link(value: &str) -> Link<'_> {
    links(value.as_bytes()).next().unwrap().unwrap()
}

/// The targets, and `!` for each link that cannot be read.
fn targets(value: &str) -> Vec<&str> {
    links(value.as_bytes()).map(|link| link.map_or("!", Link::target)).collect()
}

/// The rules whose violations are reported, with the octets.
fn diagnostics(value: &str) -> Vec<(Rule, String)> {
    let mut links = links(value.as_bytes());
    links.by_ref().for_each(drop);
    let octets = |span: std::ops::Range<u64>| {
        value[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()].to_owned()
    };
    links.diagnostics().iter().map(|one| (one.rule(), octets(one.span()))).collect()
}

fn rel(value: &str) -> Vec<String> {
    link(value).rel().map(|relation| relation.to_string()).collect()
}

#[test]
fn rfc8288_3_a_field_is_a_list_of_links() {
    for (value, expected) in [
        ("", &[] as &[&str]),
        (" \t ", &[]),
        ("<a>; rel=x", &["a"]),
        ("<a>; rel=x, <b>; rel=y", &["a", "b"]),
        ("<a>,<b>,<c>", &["a", "b", "c"]),
        (",, <a> , ,<b>,", &["a", "b"]),
        ("</a,b;c>; rel=x, <d>", &["/a,b;c", "d"]),
        (r#"<a>; title="b, <c>; \", <d>", <e>"#, &["a", "e"]),
        ("<a>; title=b, <c>", &["a", "c"]),
        ("<>, <?q>, <#f>", &["", "?q", "#f"]),
        ("<a>; anchor=<b, c>, <d>", &["a", "d"]),
    ] {
        assert_eq!(targets(value), expected, "{value}");
    }
}

/// Outside quotes, `<...>` before `;`, `,` or the end begins a link. A quote opens a string only behind
/// `=`, and only if it is closed.
#[test]
fn one_bad_link_loses_no_neighbour() {
    for (value, expected) in [
        ("junk", &["!"] as &[&str]),
        ("junk, <b>", &["!", "b"]),
        ("junk <b>; rel=x", &["!", "b"]),
        ("junk<b>", &["!", "b"]),
        ("junk\r\n<b>; rel=x", &["!", "!", "b"]),
        ("junk, more, <b>", &["!", "b"]),
        ("junk, <b> rel=x", &["!", "b"]),
        ("<a; x, <b> y; rel=z", &["!", "b"]),
        ("http://example.org/a; rel=x,<b>", &["!", "b"]),
        ("<a; rel=x, <b>; rel=y", &["!", "b"]),
        ("<a<b>; rel=x, <c>", &["!", "b", "c"]),
        ("<a>; rel=x, <b, <c>", &["a", "!", "c"]),
        ("<, <, <a>", &["!", "!", "a"]),
        (r#"<a>; title="x, <b>; rel=y"#, &["!", "b"]),
        (r#"<a>; title="x\", <b>; rel=y, <c>"#, &["!", "b", "c"]),
        (r#"junk "x, <a>", <b>"#, &["!", "b"]),
        (r#""x, <a>", <b>"#, &["!", "b"]),
        (r#"junk "x, <a>, <b>"#, &["!", "a", "b"]),
        (r#"junk; x="y, <a>; z", <b>"#, &["!", "b"]),
        ("junk <x, y>, <b>", &["!", "x, y", "b"]),
        ("junk <x, y>z, <b>", &["!", "b"]),
        ("junk, ,\t, <b>", &["!", "b"]),
        (r#"<a>; title="x" y, z; rel=next, <b>"#, &["a", "!", "b"]),
        (r#"<a>; title="x" "y, <b>; rel="c", <d>"#, &["a", "b", "d"]),
        (r#"<a>; title="x" y="z, <b>; w", <d>"#, &["a", "d"]),
        ("junk,", &["!"]),
    ] {
        assert_eq!(targets(value), expected, "{value}");
    }
}

#[test]
fn a_link_begins_whatever_stands_before_it() {
    for (value, expected) in [
        ("<a>; rel=x <b>; rel=y", &["a", "b"] as &[&str]),
        ("<a>; rel=x; <b>; rel=y", &["a", "b"]),
        ("<a>; rel=x;<b>", &["a", "b"]),
        (r#"<a>; rel="x"<b>; rel=y"#, &["a", "b"]),
        ("<a>; rel=x\r\n<b>; rel=y", &["a", "!", "b"]),
        ("<a>; rel=x\r\n <b>; rel=y", &["a", "b"]),
        ("<a><b>", &["a", "b"]),
        ("<a> <b> , <c>", &["a", "b", "c"]),
        ("<a>; crossorigin <b>", &["a", "b"]),
        ("<a>; crossorigin<b>", &["a", "b"]),
        ("<a> x <b>", &["a", "b"]),
        ("<a>; title=x y <b>", &["a", "b"]),
        ("<a>; anchor=</x><b>; rel=y", &["a", "b"]),
    ] {
        assert_eq!(targets(value), expected, "{value:?}");
        let rules: Vec<_> = diagnostics(value).into_iter().map(|(rule, _)| rule).collect();
        assert!(rules.contains(&Rule::LinkSeparator), "{value:?}: {rules:?}");
    }
    // The values end before the link.
    assert_eq!(rel("<a>; rel=x <b>; rel=y"), ["x"]);
    assert_eq!(link("<a>; title=x y\t<b>").title().unwrap(), "x y");
}

#[test]
fn a_value_forges_no_link() {
    for (value, expected) in [
        ("<a>; title=x<evil>", &["a"] as &[&str]),
        ("<a>; title=x<evil>; rel=y, <b>", &["a", "b"]),
        ("<a>; title=<evil>; rel=x", &["a"]),
        ("<a>; title= <evil>; rel=x", &["a"]),
        ("<a>; anchor=</docs/test.txt>", &["a"]),
        ("<a>; anchor=</docs/test.txt>; rel=x, <b>", &["a", "b"]),
        (r#"<a>; title="x <evil>; rel=y", <b>"#, &["a", "b"]),
        (r#"<a>; title="x\" <evil>; rel=y", <b>"#, &["a", "b"]),
        (r#"<a>; rel=x title="y <evil>; z", <b>"#, &["a", "b"]),
        ("<a>; title=x <b>y", &["a"]),
        ("<a>; title=x <b", &["a"]),
        ("title=x<evil>; rel=y", &["!"]),
        (r#"<a>; title="x<evil>; rel=y"#, &["!"]),
        (r#"<a; title="<evil>; x", <b>"#, &["!", "b"]),
    ] {
        assert_eq!(targets(value), expected, "{value}");
    }
}

/// Nothing of a link that cannot be read becomes part of another link.
#[test]
fn one_bad_link_gives_its_neighbours_nothing() {
    let value = r#"<a>; rel=x, <b; rel=evil; title=z, <c>; rel=y, <d>; title="w, <e>; rel=v"#;
    let read: Vec<_> = links(value.as_bytes()).flatten().map(|one| format!("{one:?}")).collect();
    let expected = [
        "a\", parameters: [rel=\"x\"]",
        "c\", parameters: [rel=\"y\"]",
        "e\", parameters: [rel=\"v\"]",
    ];
    assert_eq!(read, expected.map(|one| format!("Link {{ target: \"{one} }}")));
}

/// A quote that nothing closes loses its link alone; one that the quote of another link closes loses
/// the links up to there, and what follows is reported.
#[test]
fn rfc9110_5_6_4_a_quote_that_does_not_close_loses_what_the_docs_say() {
    let value = r#"<a>; rel=x; title="lost, <b>; rel=y, <c>; rel=z"#;
    assert_eq!(targets(value), ["!", "b", "c"]);
    let value = r#"<a>; rel=x; title="taken, <b>; title="y", <c>; rel=z, <d>; rel="w""#;
    assert_eq!(targets(value), ["a", "c", "d"]);
    assert_eq!(link(value).title().unwrap(), "taken, <b>; title=");
    assert_eq!(diagnostics(value)[0], (Rule::ParameterSeparator, "y\"".to_owned()));
    let value = r#"x"y, <a>; rel="b", <c>; rel="d""#;
    assert_eq!(targets(value), ["!", "a", "c"]);
}

#[test]
fn rfc8288_3_a_missing_semicolon_behind_the_target_loses_no_parameter() {
    for value in [
        r#"<https://e/> rel="hub""#,
        r#"<https://e/>rel=hub; title="x""#,
        r#"<https://e/> rel = hub"#,
    ] {
        assert_eq!(rel(value), ["hub"], "{value}");
        assert_eq!(diagnostics(value)[0].0, Rule::ParameterSeparator, "{value}");
    }
    assert_eq!(rel("<a> some text; rel=x"), ["x"]);
}

/// White space and control characters at the end of a link are between it and the next one, whatever
/// the link ends with.
#[test]
fn rfc9110_5_5_what_stands_between_links_is_an_error_of_its_own() {
    for end in ["rel=x", "rel=\"x\"", "rel=x; y", "rel=x; y=z w", "rel=x; anchor=</b>"] {
        for (between, rule) in [
            ("\r\n", Rule::FieldLineBreak),
            ("\n", Rule::FieldLineBreak),
            ("\0", Rule::FieldLineBreak),
            ("\x01", Rule::FieldControl),
            (" \x7f ", Rule::FieldControl),
        ] {
            for value in [
                format!("<a>; {end}{between}"),
                format!("<a>; {end}{between}, <b>"),
                format!("<a>; {end},{between}<b>"),
                format!("{between}<a>; {end}"),
            ] {
                let read: Vec<_> = links(value.as_bytes()).collect();
                let errors: Vec<_> =
                    read.iter().filter_map(|link| link.as_ref().err()?.rule()).collect();
                assert_eq!(errors, [rule], "{value:?}");
                let found: Vec<_> = read.iter().flatten().map(|link| link.target()).collect();
                assert_eq!(
                    found.len(),
                    1 + usize::from(value.contains("<b>;") || value.ends_with("<b>")),
                    "{value:?}"
                );
                let link = read.iter().flatten().next().unwrap();
                assert!(link.has_rel("x"), "{value:?}");
                let control = |text: &str| text.contains(char::is_control);
                let mut values = link.parameters().filter_map(Parameter::value);
                assert!(!values.any(|value| control(&value)), "{value:?}");
            }
        }
    }
}

#[test]
fn rfc8288_3_white_space_within_the_brackets_is_no_part_of_the_target() {
    for (value, expected) in
        [("< /a >", "/a"), ("<\t/a>", "/a"), ("</a  >", "/a"), ("< >", ""), ("</a b >", "/a b")]
    {
        assert_eq!(link(value).target(), expected, "{value:?}");
        assert_eq!(diagnostics(value)[0].0, Rule::TargetSpace, "{value:?}");
    }
}

#[test]
fn rfc8288_3_3_only_the_first_rel_counts() {
    assert_eq!(rel("<a>; rel=x; rel=y"), ["x"]);
    assert_eq!(rel(r#"<a>; REL="x y"; rel=z"#), ["x", "y"]);
    assert_eq!(rel("<a>; rel; rel=z"), [] as [&str; 0]);
    assert_eq!(rel("<a>; title=x"), [] as [&str; 0]);
    assert_eq!(rel("<a>; rel=http://example.org/r"), ["http://example.org/r"]);
}

#[test]
fn rfc8288_2_1_relations_are_compared_without_regard_to_case() {
    let link = link(r#"<a>; rel="Latest-Version http://Example.org/Rel"; rev=made"#);
    assert!(link.has_rel("latest-version"));
    assert!(link.has_rel("HTTP://example.org/rel"));
    assert!(link.has_rel(link.rel().next().unwrap()));
    assert!(!link.has_rel("latest"));
    assert!(!link.has_rel("latest-version http://example.org/rel"));
    assert!(!link.has_rel(""));
    assert!(!link.has_rel("made"));
    assert!(link.rev().any(|rev| rev == "made"));
    assert!(!link.rel().next().unwrap().is_extension());
    assert!(link.rel().nth(1).unwrap().is_extension());
}

/// In a Link field the IRI that Atom has for a registered relation is an extension relation
/// (appendix A.2).
#[test]
fn rfc8288_a_2_an_iana_iri_is_no_registered_relation() {
    let link = link(r#"<a>; rel="http://www.iana.org/assignments/relation/latest-version""#);
    assert!(!link.has_rel("latest-version"));
}

#[test]
fn rfc8288_3_2_an_anchor_is_given_without_quotes_or_brackets() {
    for (value, expected) in [
        ("<a>", None),
        ("<a>; anchor=b", Some("b")),
        (r#"<a>; anchor="/b""#, Some("/b")),
        (r#"<a>; anchor="\/b""#, Some("/b")),
        ("<a>; anchor=</docs/test.txt>", Some("/docs/test.txt")),
        ("<a>; anchor=</b;c,d>; rel=x", Some("/b;c,d")),
        ("<a>; anchor=</b", Some("</b")),
        ("<a>; anchor=/b; anchor=/c", Some("/b")),
        ("<a>; anchor", Some("")),
        ("<a>; Anchor=", Some("")),
    ] {
        assert_eq!(link(value).anchor().as_deref(), expected, "{value}");
    }
}

/// Appendix B.3 has the draft's form for no other parameter.
#[test]
fn rfc8288_3_2_brackets_are_taken_off_anchors_alone() {
    assert_eq!(rel("<a>; rel=<b>"), ["<b>"]);
    assert_eq!(link("<a>; rel=x; title=<b>").title().unwrap(), "<b>");
}

#[test]
fn rfc8288_3_4_1_the_first_of_media_title_and_type_counts_and_each_hreflang() {
    let link = link(
        r#"<a>; hreflang=de; title="x"; type=a/b; media=print; HREFLANG="en"; title=y; type=c/d; media=tv"#,
    );
    assert_eq!(link.title().unwrap(), "x");
    assert_eq!(link.type_().unwrap(), "a/b");
    assert_eq!(link.media().unwrap(), "print");
    assert_eq!(link.parameters().count(), 8, "the later ones are kept");
    assert_eq!(link.hreflang().collect::<Vec<_>>(), ["de", "en"]);
}

#[test]
fn rfc8288_3_4_1_title_star_is_decoded_and_preferred_unless_broken() {
    for (value, expected) in [
        ("<a>", None),
        ("<a>; title=x", Some("x")),
        ("<a>; title", None),
        ("<a>; title=x; title*=UTF-8''%c3%a4", Some("ä")),
        ("<a>; title*=utf-8'de'%C3%A4; title=x", Some("ä")),
        (r#"<a>; title=x; title*="UTF-8''y""#, Some("y")),
        ("<a>; title=x; title*=iso-8859-1''%e4", Some("ä")),
        ("<a>; title=x; title*=UTF-8''%e4", Some("x")),
        ("<a>; title=x; title*=UTF-8''%", Some("x")),
        ("<a>; title=x; title*=koi8-r''y", Some("x")),
        ("<a>; title=x; title*", Some("x")),
        ("<a>; title*=broken", None),
        ("<a>; title*=UTF-8''x; title*=UTF-8''y", Some("x")),
        ("<a>; title*=broken; title*=UTF-8''y; title=x", Some("x")),
    ] {
        assert_eq!(link(value).title().as_deref(), expected, "{value}");
    }
    let title = link("<a>; title*=UTF-8'de'x").parameter("Title*").unwrap();
    assert_eq!(title.ext_value().unwrap().language(), Some("de"));
    assert_eq!(title.value().unwrap(), "UTF-8'de'x");
    assert!(link("<a>; title=UTF-8''x").parameter("title").unwrap().ext_value().is_none());
}

#[test]
fn rfc8288_3_parameters_keep_order_repetition_and_spelling() {
    let link = link(r#"<a>; Rel=x; as=font;;crossorigin; "n"=1; as="s\"t" ; q= v w ;"#);
    let read: Vec<_> = link.parameters().map(|one| (one.name(), one.value())).collect();
    let expected = [
        ("Rel", Some("x")),
        ("as", Some("font")),
        ("crossorigin", None),
        ("as", Some("s\"t")),
        ("q", Some("v w")),
    ];
    assert_eq!(read, expected.map(|(name, value)| (name, value.map(Into::into))));
    assert_eq!(link.parameter("AS").unwrap().value().unwrap(), "font");
    assert!(link.parameter("nothing").is_none());
}

#[test]
fn rfc9110_5_5_octets_beyond_ascii_are_kept() {
    let link = links(b"<a>; rel=x; title=\"caf\xe9\"").next().unwrap().unwrap();
    assert_eq!(link.title().unwrap(), "café");
    assert_eq!(link.parameter("title").unwrap().octets().unwrap(), &b"caf\xe9"[..]);
}

#[test]
fn a_link_can_be_kept_beyond_its_field() {
    let kept = {
        let field = b"<a>; rel=x ".to_vec();
        links(&field).next().unwrap().unwrap().into_owned()
    };
    assert_eq!(kept.as_link(), link("<a>; rel=x"));
    assert_eq!(format!("{kept:?}"), r#"Link { target: "a", parameters: [rel="x"] }"#);
}
