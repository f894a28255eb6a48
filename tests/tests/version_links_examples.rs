//! The Link fields of the drafts, of RFC 8288 and of common peers: read as they were meant,
//! truncated at every octet, and with one octet changed at every position.
//!
//! A case is two files in `data/version-links`: `x.head`, the fields, and `x.links`, with a line for
//! each link (`field <target> relations name=value`), each error (`E field rule offset`) and each
//! diagnostic (`! field rule octets`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use http::{HeaderMap, HeaderValue, header::LINK};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use version_links::{Diagnostic, Error, ErrorKind, Limits, Link, Reader, Tolerance, links};

const TOLERANCES: [Tolerance; 3] = [Tolerance::STRICT, Tolerance::DRAFTS, Tolerance::ALL];

/// The heads of all cases.
fn cases() -> Vec<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/version-links");
    let folders = std::fs::read_dir(data).unwrap().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = files.map(|file| file.unwrap().path());
    let mut cases: Vec<_> =
        files.filter(|file| file.extension() == Some("head".as_ref())).collect();
    cases.sort();
    assert!(cases.len() >= 18, "cases are missing");
    cases
}

/// The values of the Link fields.
fn values(case: &Path) -> Vec<String> {
    let head = std::fs::read_to_string(case).unwrap();
    head.lines().filter_map(|line| line.strip_prefix("Link: ")).map(str::to_owned).collect()
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
        let mut found = version_links::links_in(&headers);
        assert_eq!(found.by_ref().map(Result::ok).collect::<Vec<_>>(), expected);
        let fields: Vec<_> = found.diagnostics().iter().map(Diagnostic::field).collect();
        let told = told(&values);
        let expected = told.lines().filter_map(|line| line.strip_prefix("! "));
        let expected: Vec<usize> =
            expected.map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
        assert_eq!(fields, expected, "{}", case.display());
    }
}

/// The links of octets that may be damaged. Errors and diagnostics must lie within them.
fn read(value: &[u8], tolerance: Tolerance) -> Vec<Option<Link<'_>>> {
    let reader = Reader::new().tolerance(tolerance).limits(Limits::unlimited());
    let mut links = reader.links(value);
    let read = links.by_ref().map(|link| {
        let offset = link.as_ref().err().map_or(0, Error::offset);
        assert!(offset <= value.len() as u64, "{offset} in {}", value.escape_ascii());
        link.ok()
    });
    let read = read.collect();
    for one in links.diagnostics() {
        assert!(one.span().end <= value.len() as u64, "{one} in {}", value.escape_ascii());
    }
    read
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
