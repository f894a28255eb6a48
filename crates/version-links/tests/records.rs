//! Links in the documents of products, made into records by a few lines each: Atom and CMIS by a
//! reader of XML, HAL and `links` arrays by a reader of JSON, and Link fields of servers. The files are
//! made for these tests, in the shape that the products give them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use quick_xml::XmlVersion;
use quick_xml::events::Event;
use serde_json::Value;
use std::path::Path;
use version_links::{
    Correction, Crossing, Finding, Record, Relation, VersionLink, VersionLinks, WrittenLink,
};

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/records");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The records of the Atom links in a document.
fn atom(xml: &str, relation: fn(&str) -> Relation<'static>) -> Vec<Record<'static>> {
    let (mut reader, mut records) = (quick_xml::Reader::from_str(xml), Vec::new());
    loop {
        let element = match reader.read_event().unwrap() {
            Event::Empty(element) | Event::Start(element) => element,
            Event::Eof => return records,
            _ => continue,
        };
        if element.local_name().as_ref() != "link" {
            continue;
        }
        let attributes = element.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let name = attribute.key.as_ref().to_owned();
            (name, attribute.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned())
        });
        let attributes: Vec<(String, String)> = attributes.collect();
        let of_name = |name: &str| attributes.iter().find(|(found, _)| found == name);
        let rel = of_name("rel").map_or("alternate", |(_, rel)| rel);
        let href = of_name("href").unwrap().1.clone();
        let record = Record::new(relation(rel), href);
        let others = attributes.iter().filter(|(name, _)| !matches!(&**name, "rel" | "href"));
        records.push(
            others
                .cloned()
                .fold(record, |record, (name, value)| record.with_attribute(name, value)),
        );
    }
}

/// The record of a link object: all its members that are text are attributes.
fn object<'a>(rel: &'a str, object: &'a Value) -> Option<Record<'a>> {
    let record = Record::new(Relation::new(rel), object["href"].as_str()?);
    let members =
        object.as_object()?.iter().filter(|(name, _)| !matches!(&***name, "rel" | "href"));
    let texts = members.filter_map(|(name, value)| Some((&**name, value.as_str()?)));
    Some(texts.fold(record, |record, (name, value)| record.with_attribute(name, value)))
}

/// The records of HAL's `_links`, whose members are link objects or arrays of them.
fn hal(document: &Value) -> impl Iterator<Item = Record<'_>> {
    let links = document["_links"].as_object().into_iter().flatten();
    links.flat_map(|(rel, links)| {
        let links = links.as_array().map_or(std::slice::from_ref(links), Vec::as_slice);
        links.iter().filter_map(move |link| object(rel, link))
    })
}

/// The records of a `links` array.
fn links(array: &Value) -> impl Iterator<Item = Record<'_>> {
    let links = array.as_array().into_iter().flatten();
    links.filter_map(|link| object(link["rel"].as_str()?, link))
}

/// What the Link fields of a message say about a document.
fn head(uri: &str, name: &str) -> VersionLinks {
    let head = file(name);
    let values = head.lines().filter_map(|line| line.strip_prefix("Link: "));
    VersionLinks::about(uri).fields(values.map(str::as_bytes))
}

fn json(name: &str) -> Value {
    serde_json::from_str(&file(name)).unwrap()
}

fn uris<'v>(links: impl Iterator<Item = &'v VersionLink>) -> Vec<&'v str> {
    links.map(VersionLink::uri).collect()
}

#[test]
fn rfc4287_4_2_7_atom_links_are_records() {
    let records = atom(&file("atom-entry.xml"), |rel| Relation::from_atom(rel).into_owned());
    let versions = VersionLinks::about("http://example.net/system/v/84345634/3").records(records);
    let before: Vec<_> = versions.predecessor_versions().collect();
    assert_eq!(uris(before.iter().copied()), ["http://example.net/system/v/84345634/2"]);
    let attributes: Vec<_> = before[0].attributes().collect();
    assert_eq!(attributes, [("title", "Second"), ("hreflang", "en")]);
    assert_eq!(versions.version_history().unwrap().uri(), "http://example.net/system/vh/84345634");
    assert_eq!(versions.of(Relation::ALTERNATE).count(), 1);
    assert_eq!(versions.findings(), []);
}

/// CMIS calls the latest version `current-version`. Its media types have parameters.
#[test]
fn cmis_1_1_the_current_version_is_the_latest_version() {
    let records = atom(&file("cmis-entry.xml"), |rel| Relation::from_cmis(rel).into_owned());
    let base = "http://cmis.example.com/rep/entry?id=budget";
    let versions = VersionLinks::about(base).records(records);
    let latest = versions.latest_version().unwrap();
    assert_eq!(latest.uri(), "http://cmis.example.com/rep/document/budget;3.0");
    assert_eq!(latest.attribute("type"), Some("application/atom+xml;type=entry"));
    assert_eq!(versions.working_copies().count(), 1);
    assert_eq!(versions.findings(), []);
    let written = versions.to_links();
    let written = written.iter().map(|link| link.as_ref().unwrap());
    let corrected = written.flat_map(WrittenLink::corrections);
    assert_eq!(corrected.clone().count(), 3);
    assert!(corrected.clone().all(|it| matches!(it, Correction::TypeParameters(_))));
}

#[test]
fn wordpress_the_revisions_of_a_post_are_hal_links() {
    let post = json("wordpress-post.json");
    let versions =
        VersionLinks::about("https://blog.example/wp-json/wp/v2/posts/51").records(hal(&post));
    let history = versions.version_history().unwrap();
    assert_eq!(history.uri(), "https://blog.example/wp-json/wp/v2/posts/51/revisions");
    let before = uris(versions.predecessor_versions());
    assert_eq!(before, ["https://blog.example/wp-json/wp/v2/posts/51/revisions/55"]);
    assert_eq!(versions.of(Relation::new("wp:term")).count(), 2);
    // The template of the CURIEs is no reference.
    assert_eq!(versions.findings(), [Finding::Unresolved("https://api.w.org/{rel}".into())]);
}

#[test]
fn w3c_the_versions_of_a_specification_are_hal_links() {
    let version = json("w3c-version.json");
    let uri = "https://specs.example/specifications/html5/versions/20141028";
    let versions = VersionLinks::about(uri).records(hal(&version));
    let latest = "https://specs.example/specifications/html5/versions/20180327";
    assert_eq!(versions.latest_version().unwrap().uri(), latest);
    assert_eq!(versions.latest_version().unwrap().attribute("title"), Some("Superseded"));
    assert_eq!(uris(versions.successor_versions()), [latest]);
    assert_eq!(versions.findings(), []);
}

/// The version extension's own `deprecated` is a member, not a link: it is no API's deprecation.
#[test]
fn stac_the_versions_of_an_item_are_in_its_links() {
    let item = json("stac-item.json");
    let versions = VersionLinks::about("https://stac.example/items/scene-2.json")
        .records(links(&item["links"]));
    let latest = versions.latest_version().unwrap();
    assert_eq!(latest.uri(), "https://stac.example/items/scene-3.json");
    assert_eq!(uris(versions.successor_versions()), [latest.uri()]);
    assert_eq!(uris(versions.predecessor_versions()), ["https://stac.example/items/scene-1.json"]);
    assert_eq!(versions.findings(), []);
    let written = versions.to_links();
    let of_latest = written.iter().flatten().map(|link| link.link().to_string());
    let of_latest = of_latest.filter(|link| link.contains("latest-version")).collect::<String>();
    assert_eq!(
        of_latest,
        "<./scene-3.json>; rel=latest-version; title*=UTF-8''Sc%C3%A8ne%203; type=\"application/geo+json\""
    );
}

#[test]
fn ogc_the_versions_of_a_record_are_in_its_links() {
    let record = json("ogc-record.json");
    let uri = "https://records.example/collections/x/items/lakes";
    let versions = VersionLinks::about(uri).records(links(&record["links"]));
    // The link template has no target.
    assert_eq!(versions.iter().len(), 3);
    let before = versions.predecessor_versions().next().unwrap();
    assert_eq!(before.uri(), "https://records.example/collections/x/items/lakes-2019");
    assert_eq!(before.attribute("created"), Some("2019-05-30T00:00:00Z"));
    let crossing = versions.of(Relation::new("license")).next().map(VersionLink::crossing);
    assert_eq!(crossing, Some(Crossing::Authority));
}

/// In OSCAL, what a link names is described in the document itself.
#[test]
fn oscal_latest_predecessor_and_successor_may_be_one_resource_in_the_document() {
    let catalog = json("oscal-catalog.json");
    let uri = "https://oscal.example/catalog.json";
    let links = links(&catalog["catalog"]["metadata"]["links"]);
    let versions = VersionLinks::about(uri).records(links);
    let target = format!("{uri}#9b0c9c43-2722-4bbb-b132-13d34fb94d45");
    assert_eq!(versions.iter().len(), 3);
    assert!(versions.iter().all(|link| link.uri() == target && !link.crosses_authority()));
    assert_eq!(
        versions.findings(),
        [Finding::BeforeAndAfter(target.clone()), Finding::LatestBefore(target)]
    );
}

#[test]
fn mediawiki_a_memento_may_be_a_predecessor_too() {
    let versions =
        head("https://wiki.example/w/index.php?title=Clock&oldid=2190", "mediawiki.head");
    assert_eq!(versions.findings(), []);
    let original = versions.original().unwrap();
    assert_eq!(versions.latest_version().map(VersionLink::uri), Some(original.uri()));
    let before = versions.predecessor_versions().next().unwrap();
    assert_eq!(before.uri(), "https://wiki.example/w/index.php?title=Clock&oldid=2087");
    assert_eq!(before.attribute("datetime"), Some("Sat, 01 Mar 2003 07:00:00 GMT"));
    assert_eq!(versions.mementos().count(), 3);
    assert!(versions.mementos().any(|memento| memento.uri() == before.uri()));
    let written = versions.to_links();
    assert_eq!(written.len(), 6, "one link for the relation types of one link");
}

#[test]
fn swift_package_registry_a_release_links_to_its_neighbours() {
    let versions = head("https://packages.example/mona/LinkedList/1.1.0", "swift-registry.head");
    let latest = versions.latest_version().unwrap();
    assert_eq!(latest.uri(), "https://packages.example/mona/LinkedList/1.1.1");
    assert_eq!(uris(versions.successor_versions()), [latest.uri()]);
    assert!(versions.of(Relation::ALTERNATE).all(VersionLink::crosses_authority));
    assert_eq!(versions.findings(), []);
    // The latest release itself has a link to itself, and no successor.
    let of_latest =
        head("https://packages.example:443/mona/LinkedList/1.1.1", "swift-registry.head");
    assert_eq!(of_latest.findings(), [Finding::Itself(Relation::SUCCESSOR_VERSION)]);
}
