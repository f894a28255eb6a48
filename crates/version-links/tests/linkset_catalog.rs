//! Catalogs of APIs (RFC 9727): the examples of its last draft.

#![cfg(feature = "json")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use version_links::{ApiCatalog, Linkset, LinksetTarget, Relation, Rule};

const CATALOG: &str = "https://www.example.com/.well-known/api-catalog";

fn catalog(document: &str) -> ApiCatalog<'_> {
    ApiCatalog::new(Linkset::from_json(document.as_bytes()).unwrap(), CATALOG)
}

fn hrefs<'s>(links: impl Iterator<Item = LinksetTarget<'s>>) -> Vec<&'s str> {
    links.map(LinksetTarget::href).collect()
}

const APIS: [&str; 3] = [
    "https://developer.example.com/apis/foo_api",
    "https://developer.example.com/apis/bar_api",
    "https://developer.example.com/apis/cantona_api",
];

#[test]
fn rfc9727_a_1_apis_are_found_by_what_describes_them() {
    let catalog = catalog(include_str!("data/linkset/api-catalog-a1.json"));
    assert_eq!(catalog.apis(), [APIS[0], APIS[1], "https://apis.example.net/apis/cantona_api"]);
    for (relation, expected) in [
        (Relation::SERVICE_DESC, "https://developer.example.com/apis/foo_api/spec"),
        (Relation::SERVICE_DOC, "https://developer.example.com/apis/foo_api/doc"),
        (Relation::SERVICE_META, "https://developer.example.com/apis/foo_api/policies"),
        (Relation::STATUS, "https://developer.example.com/apis/foo_api/status"),
    ] {
        assert_eq!(hrefs(catalog.of(APIS[0], relation)), [expected]);
    }
    let described =
        catalog.of("HTTPS://Developer.example.com/apis/./foo_api", Relation::SERVICE_DESC);
    assert_eq!(described.map(LinksetTarget::type_).collect::<Vec<_>>(), [Some("application/yaml")]);
    assert_eq!(hrefs(catalog.of(APIS[1], Relation::SERVICE_META)), [] as [&str; 0]);
}

#[test]
fn rfc9727_a_2_apis_are_items_of_the_catalog() {
    let catalog = catalog(include_str!("data/linkset/api-catalog-a2.json"));
    assert_eq!(catalog.apis(), APIS);
    assert_eq!(catalog.catalogs().count(), 0);
}

#[test]
fn rfc9727_a_4_a_catalog_leads_to_others() {
    let catalog = catalog(include_str!("data/linkset/api-catalog-a4.json"));
    assert_eq!(
        catalog.catalogs().collect::<Vec<_>>(),
        [
            "https://apis.example.com/iot/api-catalog",
            "https://ecommerce.example.com/api-catalog",
            "https://developer.example.com/gaming/api-catalog",
        ]
    );
    assert!(catalog.apis().is_empty());
}

/// The example gives the relation type `api-catalog` a string, which RFC 9264 does not define.
#[test]
fn rfc9727_5_1_a_string_in_the_place_of_links_is_kept_and_reported() {
    let catalog = catalog(include_str!("data/linkset/api-catalog-5-1.json"));
    assert_eq!(catalog.apis(), APIS);
    let linkset = catalog.linkset();
    let kept = linkset.contexts().next().unwrap().unknown_member("api-catalog");
    assert_eq!(kept, Some("\"https://www.example.net/.well-known/api-catalog\""));
    assert!(linkset.diagnostics().iter().any(|one| one.rule() == Rule::ContextExtension));
}

/// The same links in another order, in other contexts, with relative references.
#[test]
fn the_place_in_the_document_makes_no_difference() {
    let document = r#"{"linkset": [
        {"status": [{"href": "x"}], "anchor": "https://developer.example.com/apis/bar_api"},
        {"anchor": "https://other.example/", "item": [{"href": "https://other.example/1"}]},
        {"item": [{"href": "https://developer.example.com/apis/foo_api"}]},
        {"anchor": "/.well-known/api-catalog", "up": [{"href": "/"}], "Item": [{"href": "/apis/baz"}]},
        {"anchor": "https://developer.example.com/apis/bar_api", "service-desc": [{"href": "/y"}]}
    ]}"#;
    let catalog = catalog(document);
    assert_eq!(catalog.apis(), [APIS[1], APIS[0], "https://www.example.com/apis/baz"]);
    assert_eq!(hrefs(catalog.of(APIS[1], Relation::SERVICE_DESC)), ["https://www.example.com/y"]);
    assert_eq!(
        hrefs(catalog.of(APIS[1], Relation::STATUS)),
        ["https://www.example.com/.well-known/x"]
    );
}
