//! The Link fields of the drafts, of RFC 8288 and of common peers: read as they were meant,
//! truncated at every octet, and with one octet changed at every position.
//!
//! A case is two files in `data/version-links`: `x.head`, the fields, and `x.links`, with a line for
//! each link (`field <target> relations name=value`), each error (`E field rule offset`) and each
//! diagnostic (`! field rule octets`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use codec_tests::link_fields;
use http::{HeaderMap, HeaderValue, header::LINK};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use version_links::{
    Diagnostic, Error, ErrorKind, Limits, Link, Reader, Rule, Tolerance, VersionLink, VersionLinks,
    links,
};

const TOLERANCES: [Tolerance; 3] = [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL];

/// The heads of all cases.
fn cases() -> Vec<PathBuf> {
    let cases: Vec<_> = link_fields::all().unwrap().into_iter().map(|fields| fields.path).collect();
    assert!(cases.len() >= 18, "cases are missing");
    cases
}

/// The values of the Link fields.
fn values(case: &Path) -> Vec<String> {
    let fields = link_fields::all().unwrap();
    fields.into_iter().find(|fields| fields.path == case).unwrap().values
}

fn rule(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Rule(rule) => rule.to_string(),
        kind => panic!("{kind:?}"),
    }
}

/// What was read, in the words of the expectation.
fn told(values: &[String]) -> String {
    let mut told = String::new();
    for (field, value) in values.iter().enumerate() {
        for link in links(value.as_bytes()) {
            match link {
                Ok(link) => {
                    let relations: Vec<_> = link.rel().map(|rel| rel.to_string()).collect();
                    write!(told, "{field} <{}> {}", link.target(), relations.join(" ")).unwrap();
                    let known = [
                        ("anchor", link.anchor()),
                        ("title", link.title()),
                        ("type", link.type_()),
                    ];
                    for (name, text) in known {
                        text.map_or(Ok(()), |text| write!(told, " {name}={text}")).unwrap();
                    }
                    told.push('\n');
                }
                Err(error) => {
                    writeln!(told, "E {field} {} {}", rule(&error), error.offset()).unwrap();
                }
            }
        }
    }
    for (field, value) in values.iter().enumerate() {
        let mut links = links(value.as_bytes());
        links.by_ref().for_each(drop);
        for one in links.diagnostics() {
            let (start, end) = (one.span().start, one.span().end);
            let octets = &value[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
            writeln!(told, "! {field} {} {octets}", one.rule()).unwrap();
        }
    }
    told
}

#[test]
fn every_example_is_read_as_it_was_meant() {
    for case in cases() {
        let expected = std::fs::read_to_string(case.with_extension("links")).unwrap();
        assert_eq!(told(&values(&case)), expected, "{}", case.display());
    }
}

#[test]
fn what_breaks_no_rule_is_read_by_a_strict_reader_too() {
    let strict = Reader::new().tolerance(Tolerance::STRICT);
    for case in cases() {
        let expected = std::fs::read_to_string(case.with_extension("links")).unwrap();
        let clean = !expected.lines().any(|line| line.starts_with(['!', 'E']));
        let read = values(&case)
            .iter()
            .all(|value| strict.links(value.as_bytes()).all(|link| link.is_ok()));
        assert_eq!(read, clean, "{}", case.display());
    }
}

#[test]
fn a_header_map_gives_the_same_links_with_the_index_of_their_field() {
    for case in cases() {
        let values = values(&case);
        let mut headers = HeaderMap::new();
        for value in &values {
            headers.append(LINK, HeaderValue::from_str(value).unwrap());
        }
        let expected: Vec<_> =
            values.iter().flat_map(|value| links(value.as_bytes())).map(Result::ok).collect();
        let mut found = version_links::links_in_headers(&headers);
        assert_eq!(found.by_ref().map(Result::ok).collect::<Vec<_>>(), expected);
        let fields: Vec<_> = found.diagnostics().iter().map(Diagnostic::field).collect();
        let told = told(&values);
        let expected = told.lines().filter_map(|line| line.strip_prefix("! "));
        let expected: Vec<usize> =
            expected.map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
        assert_eq!(fields, expected, "{}", case.display());
    }
}

/// The links of the versioning draft's answer of this name.
fn draft(name: &str) -> Vec<String> {
    let all = link_fields::all().unwrap();
    all.into_iter().find(|fields| fields.name == format!("draft-brown-{name}")).unwrap().values
}

#[test]
fn draft_brown_the_examples_are_read_written_and_read_again() {
    for name in ["2-versioned-resource", "3-version"] {
        let values = draft(name);
        let read: Vec<_> =
            values.iter().map(|value| links(value.as_bytes()).next().unwrap().unwrap()).collect();
        for (link, value) in read.iter().zip(&values) {
            assert_eq!(&link.to_field_value().unwrap(), value, "{name}");
            assert_eq!(link.to_builder().build().unwrap().as_link(), *link);
        }
    }
    // The anchor between angle brackets is refused by its rule, and corrected where that is asked.
    for value in draft("1-version-control") {
        let link = links(value.as_bytes()).next().unwrap().unwrap();
        let error = link.to_field_value().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rule(Rule::AnchorBrackets));
        let corrected = link.to_builder().build().unwrap();
        assert_eq!(corrected.to_string(), value.replace("</docs/test.txt>", "\"/docs/test.txt\""));
        let again = corrected.as_link();
        assert_eq!((again.target(), again.anchor()), (link.target(), link.anchor()));
        assert!(again.rel().eq(link.rel()));
    }
}

#[test]
fn draft_brown_the_examples_tell_the_versions() {
    let about = |uri: &str, name: &str| {
        let values = draft(name);
        let found = values.iter().flat_map(|value| links(value.as_bytes()).flatten());
        VersionLinks::about(uri).links(found)
    };
    let document = "http://example.net/docs/test.txt";
    for name in ["1-version-control", "2-versioned-resource"] {
        let versions = about(document, name);
        let latest = versions.latest_version().unwrap();
        assert_eq!(latest.uri(), "http://example.net/system/v/84345634/1", "{name}");
        let history = versions.version_history().unwrap();
        assert_eq!(history.uri(), "http://example.net/system/vh/84345634", "{name}");
        assert!(versions.findings().is_empty() && !latest.crosses_authority());
    }
    let version = about("http://example.net/system/v/84345634/3", "3-version");
    let before: Vec<_> = version.predecessor_versions().map(VersionLink::uri).collect();
    assert_eq!(before, ["http://example.net/system/v/84345634/2"]);
}

/// The links of octets that may be damaged. Errors and diagnostics must lie within them.
fn read(value: &[u8], tolerance: Tolerance) -> Vec<Option<Link<'_>>> {
    let reader = Reader::new().tolerance(tolerance).limits(Limits::unlimited());
    let mut links = reader.links(value);
    let read = links.by_ref().map(|link| {
        let offset = link.as_ref().err().map_or(0, Error::offset);
        assert!(offset <= value.len() as u64, "{offset} in {}", value.escape_ascii());
        write_again(link.as_ref().ok());
        link.ok()
    });
    let read = read.collect();
    for one in links.diagnostics() {
        assert!(one.span().end <= value.len() as u64, "{one} in {}", value.escape_ascii());
    }
    read
}

/// What was read is written as it was or refused by a rule; what is corrected says the same.
fn write_again(link: Option<&Link<'_>>) {
    let Some(link) = link else { return };
    if let Ok(written) = link.to_field_value() {
        assert_eq!(links(written.as_bytes()).next(), Some(Ok(*link)));
    }
    if let Ok(corrected) = link.to_builder().build() {
        let again = corrected.as_link();
        assert_eq!((again.target(), again.anchor()), (link.target(), link.anchor()));
        assert!(again.rel().eq(link.rel().map(|found| found.renamed().unwrap_or(found))));
    }
}

/// How many elements lie before an octet and are not touched by what happens there.
fn untouched(value: &str, at: usize) -> usize {
    value.match_indices(", <").filter(|(comma, _)| comma + 2 < at).count()
}

#[test]
fn truncated_at_every_octet_the_links_before_the_last_are_the_same() {
    for value in cases().iter().flat_map(|case| values(case)) {
        for tolerance in TOLERANCES {
            let whole = read(value.as_bytes(), tolerance);
            for len in 0..value.len() {
                let cut = read(&value.as_bytes()[..len], tolerance);
                let same = untouched(&value, len);
                assert_eq!(cut[..same], whole[..same], "{len} octets of {value}");
            }
        }
    }
}

#[test]
fn one_octet_changed_at_every_position_leaves_the_links_before_it_the_same() {
    let octets = *b"<>,;=\"\\ \t'*%/aZ\r\n\0\x7f\xe9";
    for value in cases().iter().flat_map(|case| values(case)) {
        for tolerance in TOLERANCES {
            let whole = read(value.as_bytes(), tolerance);
            for at in 0..value.len() {
                for octet in octets {
                    let mut changed = value.clone().into_bytes();
                    changed[at] = octet;
                    let same = untouched(&value, at);
                    let read = read(&changed, tolerance);
                    assert_eq!(read[..same], whole[..same], "{octet:#x} at {at} of {value}");
                }
            }
        }
    }
}
