//! The rules as data: each line of `tests/data/` is an input and what comes of it.
//!
//! The columns of a file stand in its first line. Inputs are escaped as in Rust, and `{n*text}` is
//! a repetition. What comes of an input is: the bodies in quotes, long ones as their length; each
//! tolerated breach as `~rule`; the error as `!rule@offset`, or `!limit@offset`. `=` stands for what
//! the column before it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]

mod inputs;
// One file serves this crate's tests and those that cross crates.
#[path = "../../../tests/src/reading.rs"]
#[allow(dead_code, unreachable_pub, reason = "it is public where it belongs")]
mod reading;
#[path = "../../../tests/src/resyncing.rs"]
#[allow(unreachable_pub, reason = "it is public where it belongs")]
mod resyncing;

use inputs::{octets, reader, rows};
use multipart_package::{ContentType, Error, ErrorKind, Head, Reader, Rule, Tolerance};
use reading::{Outcome, in_chunks, whole};
use resyncing::{Given, given};
use std::fmt::Write;

const PRESETS: [(&str, Tolerance); 3] =
    [("strict", Tolerance::STRICT), ("drafts", Tolerance::DRAFTS), ("all", Tolerance::ALL)];

fn short(octets: &[u8]) -> String {
    if octets.len() > 80 {
        format!("{} octets", octets.len())
    } else {
        octets.escape_ascii().to_string()
    }
}

fn error_text(error: &Error) -> String {
    let name = match error.kind() {
        ErrorKind::Rule(rule) => rule.name().to_owned(),
        ErrorKind::Limit(limit) => limit.name().to_owned(),
        kind => panic!("{kind:?}"),
    };
    format!("!{name}@{}", error.offset())
}

/// What came of a reading, as the tables write it.
fn told(outcome: &Outcome) -> String {
    let mut text = String::new();
    let (mut bodies, mut same) = (outcome.parts.iter().map(|(_, body)| body).peekable(), 1);
    while let Some(body) = bodies.next() {
        if bodies.peek() == Some(&body) && outcome.parts.len() > 5 {
            same += 1;
            continue;
        }
        let times = if same > 1 { format!("{same}*") } else { String::new() };
        let _ = write!(text, "{times}\"{}\" ", short(body));
        same = 1;
    }
    for rule in outcome.rules() {
        let _ = write!(text, "~{rule} ");
    }
    if let Some(error) = &outcome.error {
        text.push_str(&error_text(error));
    }
    if text.is_empty() { "nothing".to_owned() } else { text.trim_end().to_owned() }
}

/// Reads whole and in chunks, and asserts that both give the same.
fn read(name: &str, reader: &Reader, input: &[u8]) -> String {
    let expected = whole(reader, input);
    let sizes =
        if input.len() < 300 { (1..=input.len().max(1)).collect() } else { vec![1, 3, 4096] };
    for size in sizes {
        let outcome = in_chunks(reader, input.chunks(size));
        assert!(outcome.agrees_with(&expected), "{name}: in chunks of {size}");
    }
    told(&expected)
}

/// Compares each preset's cell of a row; gives the rows that are otherwise.
fn differing(row: &[&str], cells: &[&str], found: &[String]) -> Option<String> {
    let mut said: Vec<String> = Vec::new();
    for cell in cells {
        let before = said.last().cloned().unwrap_or_default();
        said.push(if *cell == "=" { before } else { (*cell).to_owned() });
    }
    let kept = row[..row.len() - cells.len()].join(" | ");
    (said != found).then(|| format!("{kept} | {}", found.join(" | ")))
}

fn check(differing: &[String]) {
    assert!(differing.is_empty(), "these came out otherwise:\n{}", differing.join("\n"));
}

fn check_frames<const N: usize>(table: &str, presets: [(&str, Tolerance); N]) {
    let mut found = Vec::new();
    for row in rows(table) {
        let [name, settings, input, cells @ ..] = &row[..] else { panic!("{row:?}") };
        let (reader, input) = (reader(settings), octets(input));
        let outcomes =
            presets.map(|(_, tolerance)| read(name, &reader.clone().tolerance(tolerance), &input));
        // Both readers agree under every other tolerance, too.
        for other in [Tolerance::MIME, Tolerance::STRICT.with(Rule::BareLineFeed)] {
            read(name, &reader.clone().tolerance(other), &input);
        }
        found.extend(differing(&row, cells, &outcomes));
    }
    check(&found);
}

#[test]
fn framing() {
    check_frames(include_str!("data/framing.txt"), PRESETS);
}

#[test]
fn heads() {
    check_frames(include_str!("data/heads.txt"), PRESETS);
}

/// What the two strict presets refuse, each by the rules of its own specifications.
#[test]
fn mime() {
    let presets = [("strict", Tolerance::STRICT), ("mime", Tolerance::MIME)];
    check_frames(include_str!("data/mime.txt"), presets);
}

#[test]
fn hostile() {
    check_frames(include_str!("data/hostile.txt"), PRESETS);
}

/// Reads three parts of which the second is this, and broken: it alone is lost, to the octet.
fn loses_part_2(name: &str, second: &[u8], outcome: &str) -> bool {
    let Some((rule, _)) = outcome.strip_prefix('!').and_then(|rest| rest.split_once('@')) else {
        return false;
    };
    let rule = Rule::ALL.iter().find(|known| known.name() == rule).expect("a rule's name");
    let first = b"--b\r\n\r\none\r\n--b\r\n";
    let package = [first, second, b"--b\r\n\r\nthree\r\n--b--"].concat();
    let lost = first.len() as u64..(first.len() + second.len()) as u64;
    let expected = [
        Given::Body(b"one".to_vec()),
        Given::Lost(ErrorKind::Rule(*rule), lost),
        Given::Body(b"three".to_vec()),
    ];
    let strict = reader("delimiter").tolerance(Tolerance::STRICT);
    assert_eq!(given(&strict, &package), expected, "{name}");
    true
}

#[test]
fn rfc2046_5_1_1_resync_goes_on_behind_each_head_that_strict_reading_refuses() {
    let mut tried = 0;
    for row in rows(include_str!("data/heads.txt")) {
        let [name, "delimiter", input, outcome, ..] = row[..] else { continue };
        let input = octets(input);
        let second = input.strip_prefix(b"--b\r\n").and_then(|rest| rest.strip_suffix(b"--b--"));
        tried += usize::from(loses_part_2(name, second.unwrap(), outcome));
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn rfc2046_5_1_1_resync_goes_on_behind_each_field_that_strict_reading_refuses() {
    let mut tried = 0;
    for row in rows(include_str!("data/fields.txt")) {
        let [name, head, _, outcome, ..] = row[..] else { panic!("{row:?}") };
        let second = [&octets(head)[..], b"\r\n\r\nx\r\n"].concat();
        tried += usize::from(loses_part_2(name, &second, outcome));
    }
    assert!(tried > 15, "{tried}");
}

#[test]
fn boundaries() {
    let mut found = Vec::new();
    for row in rows(include_str!("data/boundaries.txt")) {
        let [_, value, cells @ ..] = &row[..] else { panic!("{row:?}") };
        let value = octets(value);
        let outcomes = PRESETS.map(|(_, tolerance)| {
            let read = ContentType::parse_with(&value, tolerance)
                .and_then(|read| Ok((read.read_boundary()?, read.diagnostics().clone())));
            match read {
                Ok((boundary, diagnostics)) => {
                    let mut text =
                        format!("\"{}\"", short(boundary.as_bytes()).replace("\\'", "'"));
                    if let Some(rule) = boundary.violation() {
                        let _ = write!(text, " ~{rule}");
                    }
                    for diagnostic in diagnostics.iter() {
                        let _ = write!(text, " ~{}", diagnostic.rule());
                    }
                    text
                }
                Err(error) => error_text(&error),
            }
        });
        found.extend(differing(&row, cells, &outcomes));
    }
    check(&found);
}

/// What a head's typed accessor gives.
fn accessed(accessor: &str, head: Head<&[u8]>) -> String {
    let text = |read: Result<Option<String>, Error>| match read {
        Ok(Some(text)) if text.is_empty() => "empty".to_owned(),
        Ok(Some(text)) => text,
        Ok(None) => "none".to_owned(),
        Err(error) => error_text(&error),
    };
    text(match accessor {
        "location" => head.content_location().map(|read| read.map(str::to_owned)),
        "id" => head.content_id().map(|read| read.map(str::to_owned)),
        "length" => head.content_length().map(|read| read.map(|octets| octets.to_string())),
        "event" => head.event_type().map(|read| {
            read.map(|event| {
                let method =
                    event.http_equiv().map_or(String::new(), |name| format!(" http-equiv {name}"));
                format!("{}={}{method}", event.family(), event.name())
            })
        }),
        "etag" => head.etag().map(|read| {
            read.map(|etag| {
                let weak = if etag.is_weak() { "weak " } else { "" };
                format!("{weak}{}", etag.opaque().escape_ascii())
            })
        }),
        "modified" => head.last_modified().map(|read| read.map(|time| time.to_rfc3339())),
        "filename" => head.content_disposition().map(|read| {
            read.map(|read| {
                let name = read.filename().map_or("none".to_owned(), std::borrow::Cow::into_owned);
                format!("{} {name}", read.type_())
            })
        }),
        "name" | "name*0" => head
            .content_disposition()
            .map(|read| read.and_then(|read| read.parameter(accessor).map(|value| short(&value)))),
        "range" => match head.content_range() {
            Ok(Some(read)) => Ok(Some(format!(
                "{} {:?} {:?}",
                read.unit(),
                read.positions(),
                read.complete_length()
            ))),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        },
        "transfer" => {
            head.content_transfer_encoding().map(|read| read.map(|read| read.to_string()))
        }
        "form" => head.form_name().and_then(|name| {
            let text = |name: Option<std::borrow::Cow<'_, str>>| match name {
                Some(name) if name.is_empty() => "empty".to_owned(),
                Some(name) => short(name.as_bytes()),
                None => "none".to_owned(),
            };
            Ok(Some(format!("{} {}", text(name), text(head.form_filename()?))))
        }),
        "charset" => head
            .content_type()
            .map(|read| read.and_then(|read| read.parameter(accessor).map(|value| short(&value)))),
        "A" => Ok(head.get(accessor).map(short)),
        _ => panic!("no accessor: {accessor}"),
    })
}

#[test]
fn fields() {
    let mut found = Vec::new();
    for row in rows(include_str!("data/fields.txt")) {
        let [name, head, accessor, cells @ ..] = &row[..] else { panic!("{row:?}") };
        let head = octets(head);
        let input = [b"--b\r\n", &head[..], b"\r\n\r\nx\r\n--b--"].concat();
        let outcomes = [Tolerance::STRICT, Tolerance::DRAFTS].map(|tolerance| {
            let reader = reader("delimiter").tolerance(tolerance);
            let outcome = read(name, &reader, &input);
            outcome.strip_prefix("\"x\"").map_or(outcome.clone(), |rest| format!("read{rest}"))
        });
        let all = reader("delimiter").tolerance(Tolerance::ALL);
        let first = all.parts(&input).next().unwrap().unwrap();
        let outcomes = [outcomes[0].clone(), outcomes[1].clone(), accessed(accessor, first.head())];
        found.extend(differing(&row, cells, &outcomes));
    }
    check(&found);
}

#[test]
fn rfc9110_8_6_the_table_of_lengths_in_the_docs_is_what_comes_of_them() {
    let mut table = "| Content-Length | body | framing | strict | drafts (default) | all |\n|---|---|---|---|---|---|\n".to_owned();
    for row in rows(include_str!("data/lengths.txt")) {
        let [name, field, body] = row[..] else { panic!("{row:?}") };
        let field =
            if field == "none" { Vec::new() } else { [&octets(field)[..], b"\r\n"].concat() };
        let body_octets = octets(body);
        let input = [b"--b\r\n", &field[..], b"\r\n", &body_octets, b"\r\n--b--\r\n"].concat();
        for (framing, settings) in [("delimiter", "delimiter"), ("length", "length")] {
            let cells = PRESETS.map(|(_, tolerance)| {
                let reader = reader(settings).tolerance(tolerance);
                let outcome = read(name, &reader, &input);
                let (bodies, rest) =
                    outcome.split_at(outcome.find(['~', '!']).unwrap_or(outcome.len()));
                let bodies = match bodies.trim_end() {
                    "" => String::new(),
                    bodies => format!("`{bodies}`"),
                };
                let rest = rest.split('@').next().unwrap_or_default();
                let rest = rest.replace('~', "reported: ").replace('!', "refused: ");
                let rest = rest.trim_end().replace(" ref", "; ref").replace(" rep", "; rep");
                match (bodies.is_empty(), rest.is_empty()) {
                    (true, _) => rest,
                    (_, true) => bodies,
                    _ => format!("{bodies}; {rest}"),
                }
            });
            let body = if body_octets.is_empty() { "empty" } else { &format!("`{body}`") };
            let _ = writeln!(table, "| {name} | {body} | {framing} | {} |", cells.join(" | "));
        }
    }
    let documented = include_str!("../src/lengths.md");
    assert!(documented.ends_with(&table), "the table is now:\n{table}");
}
