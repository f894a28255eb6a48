//! Limits: each holds at its number, and says where it was met.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use version_links::{ErrorKind, Limit, Limits, Links, Reader};

fn limited(value: &[u8], limits: Limits) -> Links<'_> {
    Reader::new().limits(limits).links(value)
}

/// The limit that ended the reading, after how many links, and where.
fn met(value: &str, limits: Limits) -> Option<(Limit, usize, u64)> {
    let mut links = limited(value.as_bytes(), limits);
    let mut count = 0;
    let met = links.by_ref().find_map(|link| match link.map_err(|error| (error.kind(), error)) {
        Err((ErrorKind::Limit(limit), error)) => Some((limit, count, error.offset())),
        _ => {
            count += 1;
            None
        }
    });
    assert!(met.is_none() || links.next().is_none(), "the reading goes on behind a limit");
    met
}

#[test]
fn a_limit_holds_at_its_number_and_not_before() {
    let field = "<a>; rel=b, <c>; rel=d; x; y, junk";
    let long = Limit::FieldOctets;
    let default = Limits::default();
    for (limits, expected) in [
        (default, None),
        (default.field_octets(field.len() as u64), None),
        (default.field_octets(field.len() as u64 - 1), Some((long, 2, 33))),
        (default.field_octets(28), Some((long, 2, 28))),
        (default.field_octets(27), Some((long, 1, 27))),
        (default.field_octets(10), Some((long, 1, 10))),
        (default.field_octets(9), Some((long, 0, 9))),
        (default.field_octets(0), Some((long, 0, 0))),
        (default.links(3), None),
        (default.links(2), Some((Limit::Links, 2, 30))),
        (default.links(0), Some((Limit::Links, 0, 0))),
        (default.parameters(3), None),
        (default.parameters(2), Some((Limit::Parameters, 1, 27))),
    ] {
        assert_eq!(met(field, limits), expected, "{limits:?}");
    }
}

/// What stands behind the last link counts too.
#[test]
fn a_value_of_commas_can_be_too_long() {
    let default = Limits::default();
    let long = Limit::FieldOctets;
    assert_eq!(met("<a>; rel=b, , ", default.field_octets(13)), Some((long, 1, 13)));
    assert_eq!(met("<a>; rel=b, , ", default.field_octets(14)), None);
    assert_eq!(met(" , ", default.field_octets(2)), Some((long, 0, 2)));
}

#[test]
fn an_empty_parameter_counts_as_one() {
    assert_eq!(met("<a>;;;;", Limits::default().parameters(3)), Some((Limit::Parameters, 0, 6)));
}

#[test]
fn diagnostics_beyond_the_limit_are_counted() {
    let mut links = limited(b"<a>;;;;;rel=b", Limits::default().diagnostics(3));
    assert!(links.next().unwrap().is_ok());
    assert_eq!((links.diagnostics().len(), links.diagnostics().omitted()), (3, 1));
    let mut links = limited(b"<a>;;;;;rel=b", Limits::default().diagnostics(0));
    assert!(links.next().unwrap().is_ok());
    assert!(!links.diagnostics().is_empty());
}

#[cfg(feature = "http")]
mod fields {
    use super::*;
    use http::{HeaderMap, HeaderValue, header::LINK};
    use version_links::{Diagnostic, ErrorKind, Finding, Link, Rule};

    fn headers(values: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(LINK, HeaderValue::from_static(value));
            headers.append("x-other", HeaderValue::from_static("<x>; rel=x"));
        }
        headers
    }

    #[test]
    fn all_link_fields_are_read_in_order_and_errors_tell_the_field() {
        let headers = headers(&["<a>; rel=b, <c>", "", "junk, <d>; rel=e;", "<f>; rel=g"]);
        let mut links = version_links::links_in_headers(&headers);
        let read: Vec<_> = links.by_ref().collect();
        let targets: Vec<_> =
            read.iter().map(|link| link.as_ref().map_or("!", |link| link.target())).collect();
        assert_eq!(targets, ["a", "c", "!", "d", "f"]);
        let error = read[2].as_ref().unwrap_err();
        assert_eq!((error.field(), error.offset()), (2, 0));
        let found: Vec<_> =
            links.diagnostics().iter().map(|one| (one.rule(), one.field(), one.span())).collect();
        assert_eq!(found, [(Rule::RelMissing, 0, 12..15), (Rule::ParameterEmpty, 2, 16..17)],);
    }

    /// A limit is never silent: what was read before it counts, and a finding says what was left out.
    #[test]
    fn a_limit_that_is_exceeded_is_a_finding_about_the_message() {
        let headers = headers(&["<a>; rel=b, <c>; rel=\"next d e\"", "<f>; rel=g"]);
        let ask = |limits| {
            let reader = Reader::new().limits(limits);
            version_links::VersionLinks::about("http://h/").reader(reader).headers(&headers)
        };
        let default = Limits::default();
        for (limits, links, left_out) in [
            (default, 5, None),
            (default.field_octets(12), 1, Some((Limit::FieldOctets, 0, 12))),
            (default.field_octets(3), 0, Some((Limit::FieldOctets, 0, 3))),
            (default.fields(1), 4, Some((Limit::Fields, 1, 0))),
            (default.links(2), 4, Some((Limit::Links, 1, 0))),
            (default.parameters(0), 0, Some((Limit::Parameters, 0, 5))),
        ] {
            let versions = ask(limits);
            assert_eq!(versions.iter().len(), links, "{limits:?}");
            let found: Vec<_> = versions
                .findings()
                .iter()
                .map(|finding| match finding {
                    Finding::Unread(error) => match error.kind() {
                        ErrorKind::Limit(limit) => (limit, error.field(), error.offset()),
                        other => panic!("{other:?}"),
                    },
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(found, Vec::from_iter(left_out), "{limits:?}");
        }
        let versions = ask(default.relation_types(2));
        assert_eq!(versions.findings(), [Finding::TooManyRelationTypes("c".into())]);
        assert_eq!(versions.iter().len(), 4);
    }

    #[test]
    fn a_link_that_cannot_be_read_is_a_finding_about_the_message() {
        let headers = headers(&["<a>; rel=b", "junk, <c>; rel=d;; x"]);
        let versions = version_links::VersionLinks::about("http://h/").headers(&headers);
        assert_eq!(versions.iter().len(), 2);
        let [Finding::Unread(error)] = versions.findings() else { panic!("{versions:?}") };
        assert_eq!((error.rule(), error.field()), (Some(Rule::TargetBrackets), 1));
        let tolerated: Vec<_> = versions.diagnostics().iter().map(Diagnostic::rule).collect();
        assert_eq!(tolerated, [Rule::ParameterEmpty]);
    }

    #[test]
    fn limits_of_links_and_fields_are_those_of_the_message() {
        let headers = headers(&["<a>; rel=b", "<c>; rel=d", "<e>; rel=f"]);
        for (limits, expected) in [
            (Limits::default().fields(3).links(3), None),
            (Limits::default().fields(2), Some((Limit::Fields, 2))),
            (Limits::default().links(1), Some((Limit::Links, 1))),
        ] {
            let mut links = Reader::new().limits(limits).links_in_headers(&headers);
            let read: Vec<Result<Link<'_>, _>> = links.by_ref().collect();
            let met = read.iter().find_map(|link| link.as_ref().err());
            let met = met.map(|error| match error.kind() {
                ErrorKind::Limit(limit) => (limit, error.field()),
                other => panic!("{other:?}"),
            });
            assert_eq!(met, expected);
            assert!(links.next().is_none());
        }
    }
}
