//! Linksets in text, `application/linkset` (RFC 9264 section 4.1).

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use version_links::{
    Error, ErrorKind, Level, Limit, Limits, LinkFields, Linkset, LinksetTarget, LinksetWriter,
    Reader, Record, Relation, Rule, Tolerance, VersionLinks, links,
};

fn strict(document: &str) -> Result<Linkset<'_>, Error> {
    Reader::new().tolerance(Tolerance::STRICT).linkset(document.as_bytes())
}

/// Each link as `anchor relation href`, and each error as its rule and place.
fn told(linkset: &Linkset<'_>) -> Vec<String> {
    let told = linkset.links().map(|link| match link {
        Ok(link) => {
            let anchor = link.anchor().unwrap_or("-");
            format!("{anchor} {} {}", link.relation(), link.href())
        }
        Err(error) => {
            format!("{} at {}:{}", error.rule().unwrap(), error.line(), error.column())
        }
    });
    told.collect()
}

const FIGURE_8: &str = include_str!("data/linkset/figure-08.linkset");

#[test]
fn rfc9264_7_1_figure_8_is_read_strictly() {
    let linkset = strict(FIGURE_8).unwrap();
    assert_eq!(
        told(&linkset),
        [
            "https://example.org/resource1 author https://authors.example.net/johndoe",
            "https://example.org/resource1 latest-version https://example.org/resource1?version=3",
            "https://example.org/resource1?version=3 predecessor-version https://example.org/resource1?version=2",
            "https://example.org/resource1?version=2 predecessor-version https://example.org/resource1?version=1",
            "https://example.org/resource1 memento https://example.org/resource1?version=1",
            "https://example.org/resource1 memento https://example.org/resource1?version=2",
            "https://example.org/resource1#comment=1 author https://authors.example.net/alice",
        ]
    );
    assert!(linkset.diagnostics().is_empty(), "{:?}", linkset.diagnostics());
    assert_eq!(linkset.contexts().len(), 5, "a context is a run of links with one anchor");
    let memento = linkset.links().flatten().nth(5).unwrap();
    assert_eq!(memento.type_(), Some("text/html"));
    let datetime = memento.attribute("Datetime").unwrap();
    assert_eq!(datetime.value(), Some("Sun, 21 Jul 2019 12:22:04 GMT"));
    assert_eq!(strict(&linkset.to_text().unwrap()).unwrap(), linkset);
}

/// Figures 12, 14 and 17: what leads to a linkset.
#[test]
fn rfc9264_7_3_a_link_leads_to_a_linkset_and_names_its_profile() {
    let figure_12 = include_str!("data/linkset/figure-12.field");
    let figure_14 = include_str!("data/linkset/figure-14.field");
    let figure_17 = include_str!("data/linkset/figure-17.field");
    let profile = "https://www.gs1.org/voc/?show=linktypes";
    for (field, relation, target, named) in [
        (figure_12, Relation::LINKSET, "https://example.org/links/resource1", None),
        (
            figure_14,
            Relation::LINKSET,
            "https://id.gs1.org/01/9506000134352?linkType=all",
            Some(profile),
        ),
        (figure_17, Relation::new("profile"), profile, None),
    ] {
        let link = links(field.trim_end().as_bytes()).next().unwrap().unwrap();
        assert!(link.has_rel(relation) && link.target() == target, "{field}");
        let found = link.parameter("profile").and_then(version_links::Parameter::value);
        assert_eq!(found.as_deref(), named);
    }
}

/// Separators contain CR LF, LF, tabs and empty lines, and nothing is copied.
#[test]
fn rfc9264_4_1_line_breaks_separate_like_spaces() {
    let document = "\r\n<https://a/1>\n;rel\t=\r\n\"next\"\r\n\r\n,\n\n<https://a/2>;\nrel=prev\n";
    for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS] {
        let linkset = Reader::new().tolerance(tolerance).linkset(document.as_bytes()).unwrap();
        assert_eq!(told(&linkset), ["- next https://a/1", "- prev https://a/2"]);
        for link in linkset.links().flatten() {
            let range = document.as_bytes().as_ptr_range();
            assert!(range.contains(&link.href().as_ptr()), "the target borrows the document");
        }
    }
}

#[test]
fn rfc9264_4_1_a_line_break_within_a_target_or_a_value_is_refused_or_reads_as_a_space() {
    let document = "<https://a/1>; rel=next; title=\"One\ntwo\",\n<https://a/2>; rel=prev";
    let linkset = strict(document).unwrap();
    assert_eq!(told(&linkset), ["linkset-line-break at 1:33", "- prev https://a/2"]);
    let linkset = Linkset::from_text(document.as_bytes()).unwrap();
    let titled = linkset.links().flatten().next().unwrap();
    assert_eq!(titled.title(), Some("One two"));
    let broken = linkset.diagnostics().iter().find(|one| one.rule() == Rule::LinksetLineBreak);
    assert_eq!(broken.unwrap().span(), 32..39);
    let linkset = strict("<https://a/\r\n1>; rel=next").unwrap();
    assert_eq!(linkset.links().count(), 1);
    assert!(linkset.links().all(|link| link.is_err()));
}

#[test]
fn rfc9264_4_1_a_link_that_cannot_be_read_is_an_error_in_its_place() {
    let document = "<https://a/1>; rel=next,\n<oops,\n<https://a/3>; title=x,\n<https://a/4>; rel=\"\",\n\
                    <https://a/5>; rel=prev; anchor=\"https://b/\"\n";
    let linkset = Linkset::from_text(document.as_bytes()).unwrap();
    assert_eq!(
        told(&linkset),
        [
            "- next https://a/1",
            "target-brackets at 2:1",
            "rel-missing at 3:2",
            "rel-missing at 4:2",
            "https://b/ prev https://a/5",
        ]
    );
    let error = linkset.links().find_map(Result::err).unwrap();
    assert_eq!(error.offset(), 25);
    assert!(error.to_string().contains("at line 2, column 1 (octet 25)"), "{error}");
    assert_eq!(linkset.to_text().unwrap_err(), *error, "the writer loses nothing in silence");
    let rest = linkset.without_refused();
    assert_eq!(told(&rest), ["- next https://a/1", "https://b/ prev https://a/5"]);
    assert_eq!(strict(&rest.to_text().unwrap()).unwrap(), rest);
}

#[test]
fn rfc9264_4_relative_references_and_absent_anchors_are_advised_against() {
    let linkset = strict("<2>; rel=next,\n<https://a/1>; rel=prev; anchor=\"/x\"").unwrap();
    let found = linkset.diagnostics().iter().map(|one| (one.rule(), one.line(), one.span()));
    let found: Vec<_> = found.collect();
    assert_eq!(
        found,
        [
            (Rule::ReferenceRelative, 1, 1..2),
            (Rule::AnchorMissing, 1, 1..2),
            (Rule::ReferenceRelative, 2, 48..50),
        ]
    );
    assert!(linkset.diagnostics().iter().all(|one| one.rule().level() == Level::Advice));
}

#[test]
fn rfc8288_3_3_a_link_with_several_relation_types_is_several_links() {
    let document =
        "<https://a/1>; rel=\"next last\"; hreflang=de; hreflang=en; title*=UTF-8'de'%C3%A9";
    let linkset = strict(document).unwrap();
    assert_eq!(told(&linkset), ["- next https://a/1", "- last https://a/1"]);
    for link in linkset.links().flatten() {
        assert_eq!(link.hreflang().collect::<Vec<_>>(), ["de", "en"]);
        assert_eq!(link.title(), Some("é"));
        assert_eq!(link.attribute("title*").unwrap().language(), Some("de"));
    }
    let relations = linkset.contexts().next().unwrap().relations();
    assert_eq!(relations.collect::<Vec<_>>(), ["next", "last"]);
}

#[test]
fn an_empty_linkset_is_read_and_written() {
    for document in ["", "\n", " , ,\n"] {
        let linkset = strict(document).unwrap();
        assert_eq!(linkset.links().count(), 0);
        assert_eq!(linkset.to_text().unwrap(), "");
        assert_eq!(linkset, Linkset::default());
    }
}

#[test]
fn each_limit_of_a_linkset_names_itself_and_the_place() {
    let document = "<a>; rel=\"b c\",\n<d>; rel=e; f; g";
    let refused = |limits: Limits| {
        let error = Reader::new().limits(limits).linkset(document.as_bytes()).unwrap_err();
        (error.kind(), error.line(), error.column())
    };
    let limits = Limits::default();
    let limit = ErrorKind::Limit;
    assert_eq!(refused(limits.linkset_octets(20)), (limit(Limit::LinksetOctets), 2, 5));
    assert_eq!(refused(limits.linkset_links(2)), (limit(Limit::LinksetLinks), 2, 2));
    assert_eq!(refused(limits.parameters(2)), (limit(Limit::Parameters), 2, 16));
    let few = limits.linkset_octets(document.len() as u64).linkset_links(3).parameters(3);
    let linkset = Reader::new().limits(few.field_octets(0).links(0)).linkset(document.as_bytes());
    assert_eq!(linkset.unwrap().links().count(), 3, "limits of Link fields do not count");
    let error = Reader::new().limits(limits.linkset_links(2)).linkset(document.as_bytes());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("(Limits::linkset_links)"), "{error}");
}

#[test]
fn diagnostics_are_kept_up_to_the_limit_and_counted_beyond() {
    let document = "<a>; rel=b,\n".repeat(100);
    let linkset = Linkset::from_text(document.as_bytes()).unwrap();
    let diagnostics = linkset.diagnostics();
    assert_eq!(diagnostics.len(), 64);
    // Two of each link, and the comma at the end.
    assert_eq!(diagnostics.len() as u64 + diagnostics.omitted(), 201);
    assert_eq!(diagnostics.as_slice()[63].line(), 32);
}

#[test]
fn what_is_copied_outlives_the_document_and_is_equal() {
    let linkset = strict(FIGURE_8).unwrap();
    let owned: Linkset<'static> = strict(FIGURE_8.to_owned().as_str()).unwrap().into_owned();
    assert_eq!(owned, linkset);
    assert_eq!(owned.diagnostics(), linkset.diagnostics());
}

#[test]
fn rfc9264_4_references_are_resolved_against_the_uri_of_the_linkset() {
    let document = "<../v/2>; rel=next,\n<3>; rel=prev; anchor=\"#a\",\n<?q>; rel=up; anchor=\"//b/\",\n<https://c/d>; rel=via; anchor=\"urn:e:f\"";
    let linkset = strict(document).unwrap().resolve("https://a/b/c?d#e");
    assert_eq!(
        told(&linkset),
        [
            "https://a/b/c?d next https://a/v/2",
            "https://a/b/c?d#a prev https://a/b/3",
            "https://b/ up https://a/b/c?q",
            "urn:e:f via https://c/d",
        ]
    );
    let linkset = strict(document).unwrap().resolve("/relative");
    let rules = [Rule::AnchorSyntax, Rule::AnchorSyntax, Rule::AnchorSyntax];
    let refused: Vec<_> =
        linkset.links().filter_map(Result::err).map(|error| error.rule().unwrap()).collect();
    assert_eq!(refused, rules);
    assert_eq!(linkset.links().flatten().count(), 1, "an absolute link needs no base");
}

#[test]
fn the_links_of_a_context_are_found_by_anchor_and_relation_never_by_position() {
    let linkset = strict(FIGURE_8).unwrap();
    let of = |anchor, relation| {
        let found = linkset.of(anchor, relation).map(LinksetTarget::href);
        found.collect::<Vec<_>>()
    };
    let resource = "https://example.org/resource1";
    assert_eq!(
        of(resource, Relation::MEMENTO),
        ["https://example.org/resource1?version=1", "https://example.org/resource1?version=2"]
    );
    assert_eq!(of(resource, Relation::new("AUTHOR")), ["https://authors.example.net/johndoe"]);
    assert_eq!(of("https://example.org/", Relation::MEMENTO), [] as [&str; 0]);
}

#[test]
fn links_of_fields_become_a_linkset_and_links_of_fields_again() {
    let field = "</1>; rel=next; type=\"text/html\", </2>; rel=prev; anchor=\"/x\"; title*=UTF-8'de'%C3%A9; \
                 crossorigin; datetime=\"Sun, 21 Jul 2019 12:22:04 GMT\"";
    let linkset = Linkset::from_links(links(field.as_bytes()).flatten());
    assert_eq!(told(&linkset), ["- next /1", "/x prev /2"]);
    let written: Vec<_> = linkset.to_links().collect::<Result<_, _>>().unwrap();
    let values = LinkFields::new().values(&written).unwrap();
    let again =
        Linkset::from_links(values.iter().flat_map(|value| links(value.as_bytes())).flatten());
    assert_eq!(again, linkset);
    let crossorigin = again.links().flatten().nth(1).unwrap().attribute("crossorigin").unwrap();
    assert_eq!((crossorigin.value(), crossorigin.json()), (None, None));
}

#[test]
fn a_link_that_no_field_can_hold_is_an_error_in_its_place() {
    let linkset = Linkset::from_records([
        Record::new(Relation::NEXT, "/a b"),
        Record::new(Relation::NEXT, "/ok"),
        Record::new(Relation::new("a b"), "/2"),
        Record::new(Relation::NEXT, "/>; rel=evil, </evil"),
        Record::new(Relation::NEXT, "/3").with_attribute("title", "a\r\nSet-Cookie: b"),
        Record::new(Relation::NEXT, "/4").with_attribute("x y", "z"),
        Record::new(Relation::NEXT, "/5").with_attribute("x", "a\0b"),
        Record::new(Relation::NEXT, "/6").with_attribute("x*", "a\nb"),
        Record::new(Relation::NEXT, "/7").with_attribute("rel", "evil"),
        Record::new(Relation::NEXT, "/8").with_attribute("anchor", "/evil"),
        Record::new(Relation::NEXT, "/9").with_context("\"; rel=evil"),
        Record::new(Relation::NEXT, "/10").with_attribute("media", "é"),
        Record::new(Relation::NEXT, "/11")
            .with_attribute("title", "é")
            .with_attribute("title*", "e"),
        Record::new(Relation::NEXT, "/12")
            .with_attribute("type", "a")
            .with_attribute("type", "a/b"),
        Record::new(Relation::NEXT, "/13").with_attribute("x; rel=evil", ""),
        Record::new(Relation::NEXT, "/14")
            .with_attribute("media", "a")
            .with_attribute("Media", "b"),
        Record::new(Relation::new("all-versions"), "/15"),
        Record::new(Relation::NEXT, "/caf\u{e9}"),
    ]);
    let rules: Vec<_> = linkset
        .to_links()
        .map(|link| link.map_or_else(|error| error.rule().unwrap().name(), |_| "written"))
        .collect();
    assert_eq!(
        rules,
        [
            "target-syntax",
            "written",
            "rel-syntax",
            "target-brackets",
            "field-control",
            "parameter-name",
            "field-control",
            "field-control",
            "attribute-reserved",
            "attribute-reserved",
            "anchor-syntax",
            "value-ascii",
            "value-ascii",
            "type-syntax",
            "parameter-name",
            "parameter-repeated",
            "written",
            "reference-ascii",
        ]
    );
    assert!(linkset.to_text().is_err());
}

#[test]
fn rfc8187_a_title_that_is_not_ascii_is_written_with_a_star() {
    let linkset = Linkset::from_records([Record::new(Relation::NEXT, "/1")
        .with_attribute("title", "Première")
        .with_attribute("x", "é")]);
    let text = linkset.to_text().unwrap();
    assert_eq!(text, "</1>; rel=\"next\"; title*=UTF-8''Premi%C3%A8re; x*=UTF-8''%C3%A9\n");
    let again = strict(&text).unwrap();
    assert_eq!(again.links().flatten().next().unwrap().title(), Some("Première"));
}

/// Found by fuzzing: the second title became the one that counts.
#[test]
fn a_second_title_that_is_not_ascii_is_refused() {
    let linkset = Linkset::from_records([Record::new(Relation::NEXT, "/1")
        .with_attribute("title", "a")
        .with_attribute("title", "é")]);
    let writer = LinksetWriter::new().tolerance(Tolerance::ALL);
    assert_eq!(writer.to_text(&linkset).unwrap_err().rule(), Some(Rule::ValueAscii));
}

#[test]
fn a_link_with_more_attributes_than_a_reader_takes_is_not_written_as_text() {
    let record = |count| {
        let record = Record::new(Relation::NEXT, "/1");
        (0..count).fold(record, |record, _| record.with_attribute("x", "é"))
    };
    assert!(Linkset::from_records([record(63)]).to_text().is_ok());
    for count in [64, 65, 100_000] {
        let error = Linkset::from_records([record(count)]).to_text().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit(Limit::Parameters), "{count}");
    }
}

#[test]
fn rfc8187_3_2_1_a_language_that_no_ext_value_can_hold_is_not_written_as_text() {
    let linkset = |language| {
        let record = Record::new(Relation::NEXT, "/1");
        Linkset::from_records([record.with_attribute_in(language, "title*", "a")]).into_owned()
    };
    let writer = LinksetWriter::new().tolerance(Tolerance::ALL);
    for language in ["*fr", "f'r", "f r", "\u{e9}"] {
        let error = writer.to_text(&linkset(language.to_owned())).unwrap_err();
        assert_eq!(error.rule(), Some(Rule::ExtValueSyntax), "{language}");
    }
    let text = writer.to_text(&linkset("no-language-tag".to_owned())).unwrap();
    let again = Reader::new().tolerance(Tolerance::ALL).linkset(text.as_bytes()).unwrap();
    assert_eq!(writer.to_text(&again).unwrap(), text);
}

#[test]
fn a_linkset_says_what_its_link_fields_say_about_versions() {
    let field = "</v/2>; rel=\"latest-version x\"; title=b; title*=UTF-8'de'c; hreflang=de; y, \
                 </v/1>; rel=predecessor-version; anchor=\"/doc\", </z>; rel=up; anchor=\"/other\"";
    let about = || VersionLinks::about("https://example.org/doc");
    let linkset = Linkset::from_links(links(field.as_bytes()).flatten());
    let versions = about().records(linkset.records());
    assert_eq!(versions, about().links(links(field.as_bytes()).flatten()));
    assert_eq!(versions.latest_version().unwrap().attribute("title"), Some("c"));
    let again = Linkset::from_records(linkset.records());
    assert_eq!(again, linkset, "languages and parameters without value are kept");
}

#[test]
fn a_writer_with_a_tolerance_writes_what_a_reader_with_it_reads() {
    let linkset = Linkset::from_text(b"</a b>; rel=Next; type=x; hreflang=\"de_AT\"").unwrap();
    for tolerance in [Tolerance::STRICT, Tolerance::DRAFTS] {
        let text = LinksetWriter::new().tolerance(tolerance).to_text(&linkset);
        match tolerance == Tolerance::STRICT {
            true => assert_eq!(text.unwrap_err().rule(), Some(Rule::TargetSyntax)),
            false => assert_eq!(Linkset::from_text(text.unwrap().as_bytes()).unwrap(), linkset),
        }
    }
}
