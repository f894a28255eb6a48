//! What links say about the versions of a resource (RFC 5829), from any kind of record.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use version_links::{
    AnchorPolicy, Correction, Correspondence, Crossing, Finding, LinkBuf, Record, Relation,
    ResourceKind, Rule, VersionLink, VersionLinks, WrittenLink, links,
};

const DOCUMENT: &str = "http://example.net/docs/test.txt";

fn about(value: &str) -> VersionLinks {
    VersionLinks::about(DOCUMENT).links(links(value.as_bytes()).flatten())
}

/// The links, none of which needs a correction.
fn written(versions: &VersionLinks) -> Vec<LinkBuf> {
    let uncorrected = |written: Result<WrittenLink, _>| {
        let written = written.unwrap();
        assert_eq!(written.corrections(), []);
        written.into_link()
    };
    versions.to_links().into_iter().map(uncorrected).collect()
}

fn uris<'a>(found: impl Iterator<Item = &'a VersionLink>) -> Vec<&'a str> {
    found.map(VersionLink::uri).collect()
}

#[test]
fn draft_brown_the_version_control_answer_is_about_the_document_by_its_anchor() {
    let value = "</system/v/84345634/1>; rel=latest-version; anchor=</docs/test.txt>, \
                 </system/vh/84345634>; rel=version-history; anchor=</docs/test.txt>";
    for (anchors, expected) in [
        (AnchorPolicy::SameDocument, true),
        (AnchorPolicy::Honour, true),
        (AnchorPolicy::Discard, false),
    ] {
        let read = links(value.as_bytes()).flatten();
        let versions = VersionLinks::about(DOCUMENT).anchors(anchors).links(read);
        let latest = versions.latest_version().map(VersionLink::uri);
        assert_eq!(latest, expected.then_some("http://example.net/system/v/84345634/1"));
        let history = versions.version_history().map(VersionLink::uri);
        assert_eq!(history, expected.then_some("http://example.net/system/vh/84345634"));
    }
}

#[test]
fn rfc8288_3_2_an_anchor_to_another_document_counts_where_it_is_honoured_for_that() {
    let value = "</v/1>; rel=latest-version; anchor=\"/other\", </v/2>; rel=latest-version";
    let ask = |anchors, context: &str| {
        let read = links(value.as_bytes()).flatten();
        let about = VersionLinks::about(DOCUMENT).anchors(anchors).context(context);
        uris(about.links(read).of(Relation::LATEST_VERSION)).join(" ")
    };
    assert_eq!(ask(AnchorPolicy::Honour, "/other"), "http://example.net/v/1");
    assert_eq!(ask(AnchorPolicy::SameDocument, "/other"), "");
    assert_eq!(ask(AnchorPolicy::Honour, DOCUMENT), "http://example.net/v/2");
    assert_eq!(ask(AnchorPolicy::SameDocument, DOCUMENT), "http://example.net/v/2");
    // Neither case in the host nor a fragment of the document's parts it from its anchor.
    let read = links(b"</v/1>; rel=latest-version; anchor=\"//EXAMPLE.net/docs/test.txt\"");
    let found = VersionLinks::about(format!("{DOCUMENT}#top")).links(read.flatten());
    assert_eq!(found.context(), DOCUMENT);
    assert!(found.latest_version().is_some());
    let part = links(b"</v/1>; rel=latest-version; anchor=\"#part\"").flatten();
    assert_eq!(VersionLinks::about(DOCUMENT).links(part).iter().count(), 0);
}

/// The rows and columns of the table of `AnchorPolicy`.
#[test]
fn rfc8288_3_2_each_anchor_policy_counts_the_links_that_its_table_says() {
    use AnchorPolicy::{Discard, Honour, SameDocument};
    let value = format!(
        "<none>; rel=item, <document>; rel=item; anchor=\"{DOCUMENT}\", \
         <other>; rel=item; anchor=\"/other\", <third>; rel=item; anchor=\"/third\""
    );
    for (context, policy, expected) in [
        (DOCUMENT, SameDocument, &["none", "document"][..]),
        (DOCUMENT, Honour, &["none", "document"]),
        (DOCUMENT, Discard, &["none"]),
        ("/other", SameDocument, &[]),
        ("/other", Honour, &["other"]),
        ("/other", Discard, &[]),
    ] {
        let read = links(value.as_bytes()).flatten();
        let versions = VersionLinks::about(DOCUMENT).context(context).anchors(policy).links(read);
        let found: Vec<_> = versions.iter().map(VersionLink::reference).collect();
        assert_eq!(found, expected, "{policy:?}, {context}");
    }
}

#[test]
fn rfc5829_3_several_predecessors_after_a_merge_and_successors_after_a_branch() {
    let versions = about(
        "<2>; rel=predecessor-version, <3>; rel=\"prev Predecessor-Version\", \
         <5>; rel=successor-version, <6>; rel=successor-version, <../w>; rel=working-copy, \
         <//other.example/v>; rel=working-copy-of",
    );
    let predecessors = uris(versions.predecessor_versions());
    assert_eq!(predecessors, ["http://example.net/docs/2", "http://example.net/docs/3"]);
    assert_eq!(uris(versions.successor_versions()).len(), 2);
    assert_eq!(uris(versions.working_copies()), ["http://example.net/w"]);
    let of = versions.working_copy_of().unwrap();
    assert!(of.crosses_authority());
    assert_eq!((of.uri(), of.reference()), ("http://other.example/v", "//other.example/v"));
    assert!(!versions.working_copies().next().unwrap().crosses_authority());
    assert_eq!(versions.findings(), []);
}

#[test]
fn rfc7089_mementos_and_what_leads_to_them() {
    let versions = about(
        "</original>; rel=\"original latest-version\", </tg>; rel=timegate, </tm>; rel=timemap, \
         </m/1>; rel=\"memento predecessor-version\"; datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\"",
    );
    assert_eq!(versions.original().unwrap().uri(), "http://example.net/original");
    assert_eq!(versions.timegate().unwrap().uri(), "http://example.net/tg");
    assert_eq!(versions.timemap().unwrap().uri(), "http://example.net/tm");
    let memento = versions.mementos().next().unwrap();
    assert_eq!(memento.attribute("DateTime"), Some("Tue, 20 Jun 2000 18:02:59 GMT"));
}

#[test]
fn rfc9745_successor_and_latest_beside_a_deprecation_are_those_of_an_api() {
    let value = "</v2/docs>; rel=\"successor-version latest-version\", </why>; rel=sunset, \
                 </v0>; rel=predecessor-version";
    let versions = about(value);
    assert_eq!(versions.successor_versions().count(), 0);
    assert_eq!(versions.latest_version(), None);
    assert_eq!(versions.predecessor_versions().count(), 1);
    for relation in [Relation::SUCCESSOR_VERSION, Relation::LATEST_VERSION] {
        let all: Vec<_> = versions.of(relation).collect();
        assert!(all.len() == 1 && all[0].is_about_api());
    }
    let plain = "</v2/docs>; rel=\"successor-version latest-version\"";
    let found = |versions: VersionLinks| {
        (versions.successor_versions().count(), versions.latest_version().is_some())
    };
    assert_eq!(found(about(plain)), (1, true));
    let declared =
        VersionLinks::about(DOCUMENT).deprecated().links(links(plain.as_bytes()).flatten());
    assert_eq!(found(declared), (0, false));
    #[cfg(feature = "http")]
    for field in ["deprecation", "sunset"] {
        let mut headers = http::HeaderMap::new();
        headers.append("link", plain.parse().unwrap());
        assert_eq!(found(VersionLinks::about(DOCUMENT).headers(&headers)), (1, true));
        headers.append(field, "@1688169599".parse().unwrap());
        assert_eq!(found(VersionLinks::about(DOCUMENT).headers(&headers)), (0, false));
    }
}

#[test]
fn rfc5829_what_contradicts_itself_is_told() {
    let versions = about(
        "<>; rel=\"predecessor-version successor-version\", </1>; rel=latest-version, \
         </2>; rel=latest-version, </old>; rel=all-versions",
    );
    assert_eq!(
        versions.findings(),
        [
            Finding::Renamed(Relation::new("all-versions")),
            Finding::SeveralLatest,
            Finding::Itself(Relation::PREDECESSOR_VERSION),
            Finding::Itself(Relation::SUCCESSOR_VERSION),
            Finding::BeforeAndAfter(DOCUMENT.into()),
        ]
    );
    assert_eq!(versions.latest_version().unwrap().uri(), "http://example.net/1");
    assert_eq!(versions.version_history().unwrap().uri(), "http://example.net/old");
    // The latest version is before the document; case in the host does not part two URIs.
    let versions = about(
        "<HTTP://Example.NET/v/1>; rel=predecessor-version, </v/1>; rel=latest-version, \
         <http://EXAMPLE.net/v/1>; rel=latest-version",
    );
    let latest = "http://example.net/v/1".to_owned();
    assert_eq!(versions.findings(), [Finding::LatestBefore(latest)]);
    // The latest version has no successor.
    let versions = about("<>; rel=latest-version, </v/9>; rel=successor-version");
    let successor = "http://example.net/v/9".to_owned();
    assert_eq!(versions.findings(), [Finding::LatestBeforeSuccessor(successor)]);
    let relative = VersionLinks::about("/relative").records([Record::new(Relation::NEXT, "x")]);
    assert_eq!(relative.findings(), [Finding::Unresolved("x".into())]);
    let record = Record::new(Relation::NEXT, "http://a/").with_context("a b");
    let unclear = VersionLinks::about(DOCUMENT).records([record]);
    assert_eq!(unclear.findings(), [Finding::UnresolvedContext("a b".into())]);
}

#[test]
fn rfc3986_6_2_3_an_anchor_with_the_default_port_is_the_document() {
    for (anchor, counts) in [
        ("http://example.net:80/docs/test.txt", 1),
        ("//EXAMPLE.net:/docs/test.txt", 1),
        ("http://example.net:8080/docs/test.txt", 0),
        ("https://example.net/docs/test.txt", 0),
    ] {
        let versions = about(&format!("</v>; rel=next; anchor=\"{anchor}\""));
        assert_eq!((versions.iter().len(), versions.others()), (counts, 1 - counts as u64));
    }
}

#[test]
fn rfc5829_5_a_link_to_another_authority_is_told_from_one_to_another_scheme() {
    let crossing = |value: &str| about(value).iter().next().unwrap().crossing();
    assert_eq!(crossing("</v>; rel=next"), Crossing::None);
    assert_eq!(crossing("<http://example.net:80/v>; rel=next"), Crossing::None);
    assert_eq!(crossing("<https://example.net/v>; rel=next"), Crossing::Scheme);
    assert_eq!(crossing("<http://example.net:81/v>; rel=next"), Crossing::Authority);
    let versions = VersionLinks::about("urn:a:1").records(
        ["urn:a:1#b", "urn:a:2", "http://a/"].map(|target| Record::new(Relation::NEXT, target)),
    );
    let crossings: Vec<_> = versions.iter().map(VersionLink::crosses_authority).collect();
    assert_eq!(crossings, [false, true, true]);
}

#[test]
fn records_of_any_origin_give_the_same_as_link_fields() {
    let fields =
        about("</v/1>; rel=predecessor-version; title=\"One\", </vh>; rel=version-history");
    // As an Atom reader and a HAL reader have them.
    let atom = Relation::from_atom("http://www.iana.org/assignments/relation/predecessor-version");
    let records = [
        Record::new(atom, "/v/1").with_attribute("title", "One"),
        Record::new(Relation::new("version-history"), "/vh").with_context(DOCUMENT),
    ];
    assert_eq!(VersionLinks::about(DOCUMENT).records(records), fields);
    // Outside of Atom that IRI is an extension relation.
    let elsewhere = Relation::new("http://www.iana.org/assignments/relation/predecessor-version");
    assert_ne!(elsewhere, Relation::PREDECESSOR_VERSION);
}

#[test]
fn back_to_link_fields_nothing_is_lost() {
    let value = "</v/1>; rel=predecessor-version; title=\"One\"; x=y, </vh>; rel=version-history";
    let versions = about(value);
    let written: Vec<_> = written(&versions).iter().map(ToString::to_string).collect();
    assert_eq!(about(&written.join(", ")), versions);
    assert_eq!(written[0], "</v/1>; rel=predecessor-version; title=\"One\"; x=y");
}

/// The relation types of one link are one link again.
#[test]
fn back_to_link_fields_a_link_with_several_relation_types_is_one_link() {
    let value =
        "</v/1>; rel=\"prev predecessor-version memento\"; crossorigin; x=\"\", </v/2>; rel=next";
    let versions = about(value);
    assert_eq!(versions.iter().len(), 4);
    let links: Vec<_> = written(&versions).iter().map(ToString::to_string).collect();
    assert_eq!(links.join(", "), value);
}

/// RFC 8288 section 3.4.1: the first one counts, also in what is written; the later ones are kept.
#[test]
fn back_to_link_fields_of_repeated_attributes_the_first_one_is_written() {
    let versions = about(
        "<a>; title=b; rel=next; title=c; type=\"d/e\"; type=\"f/g\"; media=h; media=i; rel=up; \
         title*=UTF-8'en'j; title*=UTF-8''k; anchor=\"\"; anchor=\"/other\"; hreflang=l; hreflang=m",
    );
    let link = versions.iter().next().unwrap();
    let attributes: Vec<_> =
        link.attributes().map(|(name, value)| [name, value].join("=")).collect();
    assert_eq!(
        attributes.join(" "),
        "title=b title=c type=d/e type=f/g media=h media=i title*=j title*=k hreflang=l hreflang=m"
    );
    let first = ["title", "title*", "type", "media", "hreflang"].map(|name| link.attribute(name));
    assert_eq!(first, [Some("j"), Some("j"), Some("d/e"), Some("h"), Some("l")]);
    assert_eq!(link.attribute_language("title"), Some("en"));
    let written = versions.to_links().remove(0).unwrap();
    let repeated = |name: &str| Correction::Repeated(name.into());
    let expected = ["title", "type", "media", "title*"].map(repeated);
    assert_eq!(written.corrections(), expected);
    assert_eq!(
        written.link().to_string(),
        "<a>; rel=next; title=\"b\"; type=\"d/e\"; media=h; title*=UTF-8'en'j; hreflang=l; hreflang=m"
    );
}

/// A link that cannot be written does not take the others with it.
#[test]
fn back_to_link_fields_each_link_has_its_own_result() {
    let record = |target: &'static str| Record::new(Relation::NEXT, target);
    let versions = VersionLinks::about(DOCUMENT).records([
        record("/1").with_attribute("type", "text/html; charset=utf-8"),
        record("/2").with_attribute("title", "One\r\n\r\nTwo").with_attribute("x", "y"),
        Record::new(Relation::new("no relation"), "/3"),
        record("/4").with_attribute("hreflang", "en_US").with_attribute("a b", "c"),
        record("/5").with_attribute("title", "é").with_attribute_in("fr", "title*", "è"),
        record("/6").with_attribute("rel", "prev").with_attribute("anchor", "/7"),
        record("/7").with_attribute("title", "One"),
    ]);
    let written: Vec<_> = versions.to_links();
    let shown = |index: usize| {
        let written: &Result<WrittenLink, _> = &written[index];
        written.as_ref().map(|written| (written.link().to_string(), written.corrections().to_vec()))
    };
    let type_ = Correction::TypeParameters("text/html; charset=utf-8".into());
    let expected = "</1>; rel=next; type=\"text/html\"".to_owned();
    assert_eq!(shown(0), Ok((expected, vec![type_])));
    let title = Correction::ControlCharacters("title".into());
    let expected = "</2>; rel=next; title=\"One Two\"; x=y".to_owned();
    assert_eq!(shown(1), Ok((expected, vec![title])));
    assert_eq!(shown(2).unwrap_err().rule(), Some(Rule::RelSyntax));
    let left_out = |name: &str, rule| Correction::LeftOut(name.into(), rule);
    let hreflang = left_out("hreflang", Rule::HreflangSyntax);
    let name = left_out("a b", Rule::ParameterName);
    assert_eq!(shown(3), Ok(("</4>; rel=next".to_owned(), vec![hreflang, name])));
    let title = Correction::Repeated("title*".into());
    let expected = "</5>; rel=next; title*=UTF-8''%C3%A9".to_owned();
    assert_eq!(shown(4), Ok((expected, vec![title])));
    let rel = left_out("rel", Rule::RelRepeated);
    let anchor = left_out("anchor", Rule::AnchorRepeated);
    assert_eq!(shown(5), Ok(("</6>; rel=next".to_owned(), vec![rel, anchor])));
    assert_eq!(shown(6).unwrap().1, []);
}

#[test]
fn back_to_link_fields_targets_name_the_same_from_the_context() {
    // Relative to the document, but sent with the context.
    let read = links(b"<v1>; rel=Latest-Version; anchor=\"/other/place\"; x*=UTF-8'en'na%C3%AFf");
    let about = VersionLinks::about(DOCUMENT).anchors(AnchorPolicy::Honour).context("/other/place");
    let versions = about.links(read.flatten());
    let latest = versions.latest_version().unwrap();
    assert_eq!(latest.uri(), "http://example.net/docs/v1");
    assert_eq!(latest.attributes().collect::<Vec<_>>(), [("x*", "naïf")]);
    assert_eq!(latest.attribute_language("x*"), Some("en"));
    assert_eq!(
        written(&versions)[0].to_string(),
        "<http://example.net/docs/v1>; rel=latest-version; x*=UTF-8'en'na%C3%AFf"
    );
    // RFC 3987 section 3.1: JSON and HTML have IRIs.
    let record = Record::new(Relation::NEXT, "/café");
    let versions = VersionLinks::about(DOCUMENT).records([record]);
    assert_eq!(written(&versions)[0].to_string(), "</caf%C3%A9>; rel=next");
}

#[test]
fn rfc5829_a_relations_correspond_to_properties_by_the_kind_of_resource() {
    let of = |relation, kind| Correspondence::of(&relation, kind);
    let latest = of(Relation::LATEST_VERSION, ResourceKind::VersionedResource).unwrap();
    assert_eq!(latest.webdav(), ["DAV:checked-in", "DAV:checked-out"]);
    assert_eq!(latest.jcr(), Some("jcr:baseVersion"));
    assert_eq!(of(Relation::LATEST_VERSION, ResourceKind::Version), None);
    let history = of(Relation::VERSION_HISTORY, ResourceKind::Version).unwrap();
    assert_eq!((history.webdav(), history.jcr()), (&["DAV:version-history"][..], None));
    assert_eq!(of(Relation::NEXT, ResourceKind::Version), None);
    for row in Correspondence::all() {
        assert_eq!(of(row.relation().clone(), row.kind()), Some(row));
    }
}
