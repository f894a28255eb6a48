//! The links of a document: resolved, and about no other resource.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use version_links::{Diagnostic, DocumentLink, ErrorKind, Limit, Limits, Reader, Rule};

const DOCUMENT: &str = "https://api.example/items?page=2";

/// The resolved target with this relation type, as a client finds the next page.
fn find(uri: &str, fields: &[&str], rel: &str) -> Option<String> {
    let values = fields.iter().map(|field| field.as_bytes());
    let links = Reader::new().document_links_in_fields(uri, values);
    links.flatten().find(|link| link.has_rel(rel)).map(DocumentLink::into_uri)
}

/// The obvious code over the raw list would take the first link, which is about another resource.
#[test]
fn rfc8288_3_2_the_next_page_is_not_taken_from_a_link_about_another_resource() {
    let field = "<https://evil.example/>; rel=next; anchor=\"https://api.example/other\", \
                 <?page=3>; rel=next";
    let raw = version_links::links(field.as_bytes()).flatten().find(|link| link.has_rel("next"));
    assert_eq!(raw.unwrap().target(), "https://evil.example/");
    let next = Some("https://api.example/items?page=3".to_owned());
    assert_eq!(find(DOCUMENT, &[field], "next"), next);
    assert_eq!(find(DOCUMENT, &["", "junk", field], "Next"), next);
    assert_eq!(find(DOCUMENT, &[field], "prev"), None);
}

#[test]
fn rfc8288_3_2_links_about_other_resources_are_left_out_and_given_apart() {
    let field = "<a>; rel=x; anchor=\"/other\", <b>; rel=x; anchor=\"?page=2\", \
                 <c>; rel=x; anchor=\"https://API.example:443/items?page=2\", <d>; rel=x; \
                 anchor=\"#part\", <e>; rel=x; anchor=</items?page=2>, <f>; rel=x; anchor=\"\"";
    let mut links = Reader::new().document_links_in_fields(DOCUMENT, [field.as_bytes()]);
    let targets: Vec<_> = links.by_ref().map(|link| link.unwrap().link().target()).collect();
    assert_eq!(targets, ["b", "c", "e", "f"]);
    let others: Vec<_> = links.others().iter().map(|link| link.target()).collect();
    assert_eq!(others, ["a", "d"]);
    assert_eq!(links.others()[0].anchor().as_deref(), Some("/other"));
    let reported: Vec<_> = links.diagnostics().iter().map(Diagnostic::rule).collect();
    assert_eq!(reported, [Rule::AnchorBrackets]);
    // The fragment of the document's URI names no other resource.
    let uri = format!("{DOCUMENT}#top");
    assert_eq!(
        find(&uri, &["<b>; rel=x; anchor=\"?page=2\""], "x").as_deref(),
        Some("https://api.example/b")
    );
}

#[test]
fn rfc3986_5_2_a_reference_that_cannot_be_resolved_is_an_error_in_its_place() {
    let field: &[u8] = b"<a>; rel=x, <a b>; rel=x, <c>; rel=x; anchor=\"d e\", <f>; rel=x";
    let read: Vec<_> = Reader::new()
        .document_links_in_fields(DOCUMENT, [b"<o>; rel=x".as_slice(), field])
        .collect();
    let found: Vec<_> = read
        .iter()
        .map(|link| match link {
            Ok(link) => link.link().target().to_owned(),
            Err(error) => {
                assert_eq!(error.rule(), Some(Rule::ReferenceUnresolved));
                format!("{} {}", error.field(), error.offset())
            }
        })
        .collect();
    assert_eq!(found, ["o", "a", "1 13", "1 27", "f"]);
    // Nothing relative can be resolved against a URI that is not absolute.
    let fields = ["<a>; rel=x, <http://h/>; rel=x"];
    assert_eq!(find("/items", &fields, "x").as_deref(), Some("http://h/"));
}

#[test]
fn a_limit_ends_the_links_of_a_document_with_an_error() {
    let reader = Reader::new().limits(Limits::default().links(1));
    let fields = [b"<a>; rel=x, <b>; rel=x".as_slice(), b"<c>; rel=x"];
    let read: Vec<_> = reader.document_links_in_fields(DOCUMENT, fields).collect();
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].as_ref().unwrap().uri(), "https://api.example/a");
    assert_eq!(read[1].as_ref().unwrap_err().kind(), ErrorKind::Limit(Limit::Links));
}

#[cfg(feature = "http")]
#[test]
fn a_header_map_gives_the_same_as_its_field_values() {
    let mut headers = http::HeaderMap::new();
    headers.append("link", "<a>; rel=x".parse().unwrap());
    headers.append("x-link", "<b>; rel=x".parse().unwrap());
    headers.append("link", "<c>; rel=\"x y\"; title=z".parse().unwrap());
    let links = version_links::document_links(DOCUMENT, &headers);
    let uris: Vec<_> = links.map(|link| link.unwrap().to_string()).collect();
    assert_eq!(uris, ["https://api.example/a", "https://api.example/c"]);
    let mut links = Reader::new().document_links(DOCUMENT, &headers).flatten();
    let link = links.find(|link| link.has_rel("y")).unwrap();
    assert!(link.rel().eq(["x", "y"]));
    assert_eq!(link.link().title().as_deref(), Some("z"));
}
