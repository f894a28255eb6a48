//! RFC 3986 section 5 and RFC 6454 section 5: where the packages are.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use snapshot_index::{
    Error, ErrorKind, Place, Policy, Resolver, Rule, SnapshotIndexRef, Tolerance,
};
use support::{rules, with_uris};

const BASE: &str = "https://example.org/a/b/index.json?x=1#part";

fn resolve(base: &str, policy: Policy, uri: &str) -> Result<String, ErrorKind> {
    let input = with_uris(&[uri]);
    let index = SnapshotIndexRef::parse(&input).unwrap();
    let resolved = Resolver::new(base).and_then(|resolver| resolver.policy(policy).resolve(&index));
    resolved.map(|resolved| resolved.get(0).unwrap().to_owned()).map_err(|error| error.kind())
}

#[test]
fn rfc3986_5_4_references_are_resolved_against_the_index() {
    for (uri, expected) in [
        ("p/0", "https://example.org/a/b/p/0"),
        ("/p/0", "https://example.org/p/0"),
        ("../p/0", "https://example.org/a/p/0"),
        ("../../../../p/0", "https://example.org/p/0"),
        ("./p/./0", "https://example.org/a/b/p/0"),
        ("?page=0", "https://example.org/a/b/index.json?page=0"),
        ("/p%2F0", "https://example.org/p%2F0"),
        ("/%7Ep", "https://example.org/%7Ep"),
        ("/p:0", "https://example.org/p:0"),
        ("/p/0#x", "https://example.org/p/0#x"),
        ("https://example.org/p/0", "https://example.org/p/0"),
        ("//example.org/p/0", "https://example.org/p/0"),
    ] {
        assert_eq!(resolve(BASE, Policy::SameOrigin, uri), Ok(expected.to_owned()), "{uri}");
    }
    // The draft's own, with colons in a segment.
    let index = SnapshotIndexRef::parse(support::EXAMPLE).unwrap();
    let resolved = index.resolve("http://example.org/resourcesync/variant/snapshot").unwrap();
    let last = "http://example.org/resourcesync/variant/snapshot/2015-06-23T00:36:45.885Z/2";
    assert_eq!(resolved.as_slice().last().map(String::as_str), Some(last));
    assert!(resolved.diagnostics().is_empty());
}

#[test]
fn rfc6454_5_another_origin_is_refused_unless_the_policy_allows_it() {
    let other = Err(ErrorKind::Rule(Rule::OtherAuthority));
    for (uri, web) in [
        ("//other.org/p", true),
        ("https://other.org/p", true),
        ("https://example.org:8443/p", true),
        ("https://user@example.org/p", true),
        ("https://example.org@other.org/p", true),
        ("https://example.org.other.org/p", true),
        ("http://example.org/p", false),
        ("file:///etc/passwd", false),
        ("javascript:alert(1)", false),
        ("data:,x", false),
        ("ftp://example.org/p", false),
        ("https:p", false),
        ("https:///p", false),
    ] {
        assert_eq!(resolve(BASE, Policy::SameOrigin, uri), other, "{uri}");
        assert_eq!(resolve(BASE, Policy::Web, uri).is_ok(), web, "{uri}");
        assert!(resolve(BASE, Policy::Anywhere, uri).is_ok(), "{uri}");
    }
    assert!(resolve("http://example.org/", Policy::Web, "http://other.org/").is_ok());
    assert!(resolve("http://example.org/", Policy::Web, "https://other.org/").is_ok());
}

#[test]
fn rfc6454_4_case_and_default_port_make_no_other_origin() {
    for uri in ["HTTPS://EXAMPLE.org/p", "https://example.org:443/p", "https://example.org:/p"] {
        assert!(resolve(BASE, Policy::SameOrigin, uri).is_ok(), "{uri}");
    }
    assert!(resolve("http://h:80/", Policy::SameOrigin, "http://h/p").is_ok());
    assert!(resolve("http://h:443/", Policy::SameOrigin, "http://h/p").is_err());
    assert!(resolve("https://u@h/", Policy::SameOrigin, "https://u@h/p").is_ok());
}

#[test]
fn rfc3986_5_2_what_is_no_uri_reference_is_not_resolved_under_any_policy() {
    let unresolvable = Err(ErrorKind::Rule(Rule::UriUnresolvable));
    for uri in ["/a b", "/a\\b", "\\\\other.org\\p", "/\u{e9}", " /p", "/p\n"] {
        assert_eq!(resolve(BASE, Policy::Anywhere, uri), unresolvable, "{uri:?}");
    }
    assert_eq!(resolve("x:a", Policy::Anywhere, ".///b"), unresolvable);
}

#[test]
fn rfc3986_5_1_a_base_is_absolute() {
    for base in
        ["", "/index.json", "example.org/index.json", "//example.org/", "http://[", "http://h/ "]
    {
        let error: Error = Resolver::new(base).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rule(Rule::BaseSyntax), "{base}");
    }
}

#[test]
fn rfc3986_6_2_2_items_that_are_one_resource_are_reported_or_refused_when_strict() {
    let input = with_uris(&["/p", "./../../p", "/%70", "HTTPS://example.ORG:443/p", "/P", "/p#x"]);
    let index = SnapshotIndexRef::parse(&input).unwrap();
    assert!(index.check(&Tolerance::STRICT).is_ok(), "as texts they differ");
    let resolved = index.resolve(BASE).unwrap();
    let found = resolved.diagnostics();
    let places: Vec<_> = found.iter().map(snapshot_index::Diagnostic::place).collect();
    assert!(rules(found).iter().all(|&rule| rule == Rule::UriResolvedRepeated));
    assert!(places.contains(&Place::Uri(1)) && places.contains(&Place::Uri(2)));
    assert!(places.contains(&Place::Uri(5)) && !places.contains(&Place::Uri(4)), "{places:?}");
    let strict = Resolver::new(BASE).unwrap().tolerance(Tolerance::STRICT);
    let error = strict.resolve(&index).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::UriResolvedRepeated));
    assert!(input[error.offset() as usize..].starts_with("\"./../../p\""));
}

#[test]
fn rfc3986_4_4_an_item_that_resolves_to_the_index_is_reported_or_refused_when_strict() {
    let base = "https://example.org/a/index.json";
    let input = with_uris(&["index.json"]);
    let index = SnapshotIndexRef::parse(&input).unwrap();
    assert_eq!(rules(index.resolve(base).unwrap().diagnostics()), [Rule::UriSameDocument]);
    let strict = Resolver::new(base).unwrap().tolerance(Tolerance::STRICT);
    let kind = strict.resolve(&index).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::Rule(Rule::UriSameDocument));
}

#[test]
fn what_was_resolved_keeps_its_numbers() {
    let index = SnapshotIndexRef::parse(support::EXAMPLE).unwrap();
    let resolved = index.resolve(BASE).unwrap();
    for (number, uri) in index.uris().enumerate() {
        assert!(resolved.get(number).unwrap().ends_with(uri));
    }
    assert_eq!(resolved.get(3), None);
    assert_eq!(resolved.iter().count(), 3);
    assert!((&resolved).into_iter().eq(resolved.as_slice()));
    assert_eq!(resolved.clone().into_iter().collect::<Vec<_>>(), resolved.into_vec());
}
