//! Links that are made to take long. The tests count what is read and resolved.

use crate::link_field::parameters_read;
use crate::reference::octets_resolved;
use crate::{Limits, Reader, VersionLinks};

/// Octets of each input: enough that quadratic work is thousands of times the linear.
const N: usize = 1 << 16;

/// One link, whose text is this long.
fn versions(value: &str) -> VersionLinks {
    let reader = Reader::new().limits(Limits::unlimited());
    VersionLinks::about("http://a/b/c").reader(reader).fields([value.as_bytes()])
}

#[test]
fn anchor_and_target_are_resolved_once_for_all_relation_types_of_a_link() {
    let relations = "b ".repeat(N / 4);
    let dots = "a/".repeat(N / 10) + &"../".repeat(N / 10);
    for value in [
        format!("<c>; rel=\"{relations}\""),
        format!("<{dots}>; rel=\"{relations}\"; anchor=\"{dots}c\""),
        format!("<{dots}>; rel=\"{relations}\"; title=\"{dots}\"; anchor=\"\\{dots}c\""),
        format!("<{dots}>; rel=\"{}\"", "successor-version predecessor-version ".repeat(N / 80)),
        format!("<{dots}>; rel=\"{}\"", "latest-version ".repeat(N / 30)),
    ] {
        let (parameters, octets) = (parameters_read(), octets_resolved());
        let versions = versions(&value);
        assert!(parameters_read() - parameters <= 3, "{}", &value[..24]);
        let resolved = octets_resolved() - octets;
        assert!(resolved <= 4 * value.len(), "{resolved} octets of {}", value.len());
        assert!(versions.iter().len() > N / 80);
        assert!(versions.findings().len() <= 4);
        let first = versions.iter().next().unwrap();
        let shares =
            |link: &crate::VersionLink| std::sync::Arc::ptr_eq(&link.target, &first.target);
        assert!(versions.iter().all(shares), "the relation types share what they have in common");
    }
}

#[test]
fn many_links_are_resolved_in_linear_time() {
    for piece in [
        "<a>;rel=b,",
        "<a/../../..>;rel=b,",
        "<a>;rel=b;anchor=c,",
        "<a>;rel=b;anchor=\"../b/c\",",
        "<>;rel=\"predecessor-version successor-version latest-version\",",
        "<a>;rel=all-versions,",
        "<a>;rel=b;title=c;title*=UTF-8''%41;d,",
        "<%>;rel=b,",
        "<a>;rel=b;anchor=\"%\",",
    ] {
        let value = piece.repeat(N / piece.len());
        let octets = octets_resolved();
        let versions = versions(&value);
        let resolved = octets_resolved() - octets;
        assert!(resolved <= 8 * value.len(), "{resolved} octets of {} for {piece}", value.len());
        assert!(versions.findings().len() <= value.len() / piece.len() + 4, "{piece}");
    }
}

#[test]
fn at_default_limits_few_of_many_relation_types_count() {
    let value = format!("<c>; rel=\"{}\"", "b ".repeat(N / 4));
    let versions = VersionLinks::about("http://a/b/c").fields([value.as_bytes()]);
    assert_eq!(versions.iter().len(), 64);
    assert_eq!(versions.findings(), [crate::Finding::TooManyRelationTypes("c".into())]);
}
