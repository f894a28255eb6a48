//! What links say about the versions of a resource (RFC 5829), from any kind of record.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use version_links::{
    AnchorPolicy, Correspondence, Finding, Record, Relation, ResourceKind, VersionLink,
    VersionLinks, links,
};

const DOCUMENT: &str = "http://example.net/docs/test.txt";

fn about(value: &str) -> VersionLinks {
    VersionLinks::about(DOCUMENT).links(links(value.as_bytes()).flatten())
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
fn rfc9745_a_successor_beside_a_deprecation_is_one_of_an_api() {
    let value = "</v2/docs>; rel=successor-version, </why>; rel=sunset";
    let versions = about(value);
    assert_eq!(versions.successor_versions().count(), 0);
    let all: Vec<_> = versions.of(Relation::SUCCESSOR_VERSION).collect();
    assert!(all.len() == 1 && all[0].is_api_successor());
    let plain = "</v2/docs>; rel=successor-version";
    assert_eq!(about(plain).successor_versions().count(), 1);
    let declared =
        VersionLinks::about(DOCUMENT).deprecated().links(links(plain.as_bytes()).flatten());
    assert_eq!(declared.successor_versions().count(), 0);
    #[cfg(feature = "http")]
    for field in ["deprecation", "sunset"] {
        let mut headers = http::HeaderMap::new();
        headers.append("link", plain.parse().unwrap());
        assert_eq!(VersionLinks::about(DOCUMENT).headers(&headers).successor_versions().count(), 1);
        headers.append(field, "@1688169599".parse().unwrap());
        assert_eq!(VersionLinks::about(DOCUMENT).headers(&headers).successor_versions().count(), 0);
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
    let relative = VersionLinks::about("/relative").records([Record::new(Relation::NEXT, "x")]);
    assert_eq!(relative.findings(), [Finding::Unresolved("x".into())]);
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
    let written: Vec<_> = versions.to_links().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(about(&written.join(", ")), versions);
    assert_eq!(written[0], "</v/1>; rel=predecessor-version; title=\"One\"; x=y");
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
    let written = versions.to_links().unwrap();
    assert_eq!(
        written[0].to_string(),
        "<http://example.net/docs/v1>; rel=latest-version; x*=UTF-8''na%C3%AFf"
    );
    // RFC 3987 section 3.1: JSON and HTML have IRIs.
    let record = Record::new(Relation::NEXT, "/café");
    let versions = VersionLinks::about(DOCUMENT).records([record]);
    assert_eq!(versions.to_links().unwrap()[0].to_string(), "</caf%C3%A9>; rel=next");
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
