//! RFC 8259: what is a JSON text at all, and what is one object in it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use snapshot_index::{
    Error, ErrorKind, Limit, Limits, Place, Rule, SnapshotIndex, SnapshotIndexRef,
};
use support::{DRAFTS, EXAMPLE, STRICT, and, broken, exceeded, refused, with, with_uris};

fn read(input: &[u8]) -> Result<SnapshotIndexRef<'_>, Error> {
    SnapshotIndexRef::from_slice(input)
}

fn rule_and_offset(input: &[u8]) -> (ErrorKind, u64) {
    let error = read(input).unwrap_err();
    (error.kind(), error.offset())
}

#[test]
fn draft_3_1_the_example_reads_without_a_diagnostic() {
    for reader in [DRAFTS, STRICT] {
        let index = reader.read(EXAMPLE.as_bytes()).unwrap();
        assert_eq!(index.id(), "2015-06-23T00:36:45.885Z");
        assert_eq!(index.started_millis(), 1_435_019_805_885);
        assert_eq!(index.completed().unwrap().timestamp_millis(), 1_435_019_872_400);
        assert_eq!(index.package_count(), 3);
        let mut uris = index.uris();
        assert_eq!((uris.len(), uris.size_hint()), (3, (3, Some(3))));
        assert!(uris.next_back().unwrap().ends_with("/2"));
        assert!(uris.nth(1).unwrap().ends_with("/1"));
        assert_eq!((uris.next(), uris.len()), (None, 0));
        assert!(index.diagnostics().is_empty());
    }
}

#[test]
fn uris_borrow_the_input_unless_they_are_escaped() {
    let input = with("uris", r#"["/plain","/\u0065scaped"]"#);
    let index = read(input.as_bytes()).unwrap();
    let range = input.as_bytes().as_ptr_range();
    assert!(range.contains(&index.uri(0).unwrap().as_ptr()));
    assert!(range.contains(&index.id().as_ptr()));
    assert_eq!(index.uri(1), Some("/escaped"));
    assert!(!range.contains(&index.uri(1).unwrap().as_ptr()));
    assert_eq!(index.uri(2), None);
}

#[test]
fn rfc8259_8_1_an_index_is_utf8_without_a_byte_order_mark() {
    let encoding = ErrorKind::Rule(Rule::Encoding);
    assert_eq!(rule_and_offset(&[b"\xEF\xBB\xBF", EXAMPLE.as_bytes()].concat()), (encoding, 0));
    let utf16 = |octets: fn(u16) -> [u8; 2]| -> Vec<u8> {
        EXAMPLE.encode_utf16().flat_map(octets).collect()
    };
    assert_eq!(rule_and_offset(&utf16(u16::to_le_bytes)), (encoding, 0));
    assert_eq!(rule_and_offset(&utf16(u16::to_be_bytes)), (encoding, 0));
    assert_eq!(rule_and_offset(&[b"\xFF\xFE", &utf16(u16::to_le_bytes)[..]].concat()).0, encoding);
    let latin = [br#"{"id":"caf"#, &b"\xE9"[..], br#"","started":1,"uris":[]}"#].concat();
    assert_eq!(rule_and_offset(&latin), (encoding, 10));
    assert!(read(&latin).unwrap_err().to_string().ends_with(r#"; found "\xe9""#));
    let overlong = [br#"{"id":""#, &b"\xC0\x80"[..], br#"","started":1,"uris":[]}"#].concat();
    assert_eq!(rule_and_offset(&overlong), (encoding, 7));
}

#[test]
fn rfc8259_7_a_lone_surrogate_is_refused_in_what_is_unescaped_and_kept_in_what_is_not() {
    let syntax = Some(Rule::JsonSyntax);
    assert_eq!(refused(&with("id", r#""\ud800""#)), syntax);
    assert_eq!(refused(&with("uris", r#"["/p/0","/\udc00"]"#)), syntax);
    assert_eq!(refused(&and(r#""\ud800":1"#)), syntax);
    let kept = and(r#""x":"\ud800""#);
    assert_eq!(read(kept.as_bytes()).unwrap().unknown_member("x"), Some(r#""\ud800""#));
}

#[test]
fn rfc8259_2_what_follows_an_index_is_refused_at_its_offset() {
    let sound = with("", "");
    for tail in ["{}", ",", "\0", "x", "]", &sound] {
        let input = format!("{sound}\r\n\t {tail}");
        assert_eq!(broken(&input, DRAFTS), Some((Rule::TrailingOctets, tail)), "{tail:?}");
    }
    assert!(read(format!("\n {sound}\r\n\t ").as_bytes()).is_ok());
}

#[test]
fn rfc8259_2_malformed_text_is_refused_where_it_is() {
    for (input, at) in [
        (r#"{"id":"a",}"#, "}"),
        (r#"{"id":"a" "started":1}"#, r#""started":1}"#),
        (r#"{"id":"a","uris":["a",],"started":1}"#, r#"],"started":1}"#),
        (r#"{"id":"a","uris":["a" "b"]}"#, r#""b"]}"#),
        (r#"{"id":'a'}"#, "'a'}"),
        (r#"{id:"a"}"#, r#"id:"a"}"#),
        ("{\"id\":\"a\n\"}", "\n\"}"),
        (r#"{"id":"\x"}"#, r#"x"}"#),
        (r#"{"started":01}"#, "1}"),
        (r#"{"started":+1}"#, "+1}"),
        (r#"{"x":1.}"#, "}"),
        (r#"{"x":nul}"#, "}"),
        ("// note\n{}", "// note\n{}"),
    ] {
        assert_eq!(broken(input, DRAFTS), Some((Rule::JsonSyntax, at)), "{input}");
    }
}

#[test]
fn an_error_tells_line_and_column() {
    let error =
        SnapshotIndexRef::parse("{\n  \"id\": \"a\",\n  \"started\": \"x\"\n}").unwrap_err();
    assert_eq!((error.line(), error.column(), error.offset()), (3, 14, 28));
    assert_eq!(error.place(), Place::Started);
    let text = error.to_string();
    assert!(
        text.contains(" is violated at line 3, column 14 (octet 28) in started: id is a"),
        "{text}"
    );
    assert!(text.ends_with(r#"; found "\"x\"""#), "{text}");
}

#[test]
fn rfc8259_2_an_index_cut_short_is_incomplete_at_its_end() {
    for end in 0..EXAMPLE.trim_end().len() {
        let cut = &EXAMPLE.as_bytes()[..end];
        let incomplete = ErrorKind::Rule(Rule::Incomplete);
        assert_eq!(rule_and_offset(cut), (incomplete, end as u64), "cut at {end}");
    }
    let inside_a_character = "{\"id\":\"\u{e9}".as_bytes();
    assert_eq!(rule_and_offset(&inside_a_character[..8]), (ErrorKind::Rule(Rule::Incomplete), 8));
}

#[test]
fn draft_3_1_an_index_is_an_object() {
    for input in ["[]", "null", "17", "\"a\"", "true", r#"[{"id":"a"}]"#] {
        assert_eq!(refused(input), Some(Rule::NotAnObject), "{input}");
    }
}

#[test]
fn draft_3_1_id_started_and_uris_are_required() {
    for (name, place) in [("id", Place::Id), ("started", Place::Started), ("uris", Place::Uris)] {
        let input = with(name, "");
        assert_eq!(refused(&input), Some(Rule::MemberMissing), "{name}");
        let error = read(input.as_bytes()).unwrap_err();
        assert_eq!((error.place(), error.offset()), (place, input.len() as u64 - 1));
    }
    assert_eq!(refused("{}"), Some(Rule::MemberMissing));
}

#[test]
fn draft_3_1_a_member_of_another_type_is_refused_at_its_value() {
    for (name, values) in [
        ("id", &["null", "17", "true", "[]", r#"{"a":1}"#][..]),
        ("started", &["null", r#""1435019805885""#, "true", "[1]", "{}"]),
        ("completed", &[r#""1435019872400""#, "false", "[]", "{}"]),
        ("uris", &["null", r#""/p/0""#, "{}", "7", "false"]),
    ] {
        for value in values {
            let input = with(name, value);
            assert_eq!(refused(&input), Some(Rule::MemberType), "{input}");
            let at = broken(&input, DRAFTS).unwrap().1;
            assert!(at.starts_with(value), "{input}: {at}");
        }
    }
}

#[test]
fn draft_3_1_an_item_of_uris_that_is_no_string_is_refused_at_its_place() {
    for item in ["7", "null", r#"["/p/1"]"#, r#"{"uri":"/p/1"}"#, "true"] {
        let input = with("uris", &format!(r#"["/p/0",{item},"/p/2"]"#));
        assert_eq!(refused(&input), Some(Rule::MemberType), "{input}");
        let error = read(input.as_bytes()).unwrap_err();
        assert_eq!(error.place(), Place::Uri(1));
        assert!(broken(&input, DRAFTS).unwrap().1.starts_with(item));
    }
}

#[test]
fn rfc8259_4_a_repeated_member_is_fatal_however_it_is_spelt() {
    for (more, place) in [
        (r#""id":"b""#, Place::Id),
        (r#""\u0069d":"b""#, Place::Id),
        (r#""uris":[]"#, Place::Uris),
        (r#""started":1435019805885"#, Place::Started),
        (r#""\u0073tarted":1435019805885"#, Place::Started),
        (r#""completed":null"#, Place::Completed),
        (r#""x":1,"x":1"#, Place::Unknown(1)),
        (r#""x":1,"y":2,"\u0078":3"#, Place::Unknown(2)),
    ] {
        let input = and(more);
        assert_eq!(refused(&input), Some(Rule::MemberRepeated), "{more}");
        let error = read(input.as_bytes()).unwrap_err();
        assert_eq!(error.place(), place);
        assert!(error.offset() as usize >= with("", "").len(), "the second is meant: {error}");
        // At the name, or at the quote behind it if it had to be unescaped.
        let at = broken(&input, DRAFTS).unwrap().1;
        assert_eq!(at.starts_with("\":"), more.contains('\\'), "{at}");
    }
    // Names are compared as they are: another case is another name.
    assert!(read(and(r#""Id":1,"ID":2,"":3"#).as_bytes()).is_ok());
}

#[test]
fn unknown_members_are_kept_as_they_stand_and_written_after_the_known_ones() {
    let input = r#"{"z":{"b" : [1.0, 1e400, "\u0041"],"a":1},"uris":[],"":"empty","started":1435019805885,"\u0041":-0,"id":"a"}"#;
    let index = read(input.as_bytes()).unwrap();
    let members: Vec<_> = index.unknown_members().collect();
    let z = r#"{"b" : [1.0, 1e400, "\u0041"],"a":1}"#;
    assert_eq!(members, [("z", z), ("", "\"empty\""), ("A", "-0")]);
    let written = index.to_vec().unwrap();
    let expected =
        format!(r#"{{"id":"a","started":1435019805885,"uris":[],"z":{z},"":"empty","A":-0}}"#);
    assert_eq!(String::from_utf8(written.clone()).unwrap(), expected);
    assert_eq!(SnapshotIndex::from_slice(&written).unwrap(), index);
}

#[test]
fn nesting_in_an_unknown_member_is_limited_without_recursion() {
    let nested = |depth: usize| and(&format!(r#""x":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
    assert!(read(nested(64).as_bytes()).is_ok());
    let input = nested(65);
    let error = read(input.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::Depth));
    assert_eq!(error.offset() as usize, input.find("[[[").unwrap() + 64);
    assert_eq!(exceeded(read(nested(100_000).as_bytes())), Some(Limit::Depth));
    let unlimited = DRAFTS.limits(Limits::unlimited());
    let deep = nested(100_000);
    let index = unlimited.read(deep.as_bytes()).unwrap();
    assert_eq!(index.unknown_member("x").unwrap().len(), 200_000);
    assert_eq!(refused(&format!("{{\"x\":{}", "[".repeat(100_000))), Some(Rule::Incomplete));
}

#[test]
fn nesting_where_a_known_member_stands_is_no_recursion_either() {
    for name in ["id", "started", "completed", "uris"] {
        let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            refused(&with(name, &format!("{open}{close}"))),
            Some(Rule::MemberType),
            "{name}"
        );
    }
    assert_eq!(refused(&"[".repeat(100_000)), Some(Rule::NotAnObject));
    assert_eq!(refused(&"{\"id\":".repeat(100_000)), Some(Rule::MemberType));
}

#[test]
fn every_limit_is_met_exactly_and_named() {
    let input = and(r#""x":[1]"#);
    let octets = input.len() as u64;
    let read = |limits: Limits| DRAFTS.limits(limits).read(input.as_bytes());
    let exact = Limits::default()
        .octets(octets)
        .uris(2)
        .uri_octets(4)
        .id_octets(24)
        .unknown_members(1)
        .unknown_octets(4)
        .depth(1);
    assert!(read(exact).is_ok());
    for (limits, limit, place) in [
        (exact.octets(octets - 1), Limit::Octets, Place::Document),
        (exact.uris(1), Limit::Uris, Place::Uri(1)),
        (exact.uri_octets(3), Limit::UriOctets, Place::Uri(0)),
        (exact.id_octets(23), Limit::IdOctets, Place::Id),
        (exact.unknown_members(0), Limit::UnknownMembers, Place::Unknown(0)),
        (exact.unknown_octets(3), Limit::UnknownOctets, Place::Unknown(0)),
        (exact.depth(0), Limit::Depth, Place::Unknown(0)),
    ] {
        let error = read(limits).unwrap_err();
        assert_eq!((error.kind(), error.place()), (ErrorKind::Limit(limit), place));
        assert!(error.to_string().contains(limit.name()), "{error}");
        assert!(error.offset() > 0);
    }
}

#[test]
fn a_limit_that_an_unescaped_name_exceeds_is_placed_at_the_value() {
    let input = and(r#""x":1,"\u0079":[2],"z":3"#);
    let reader = DRAFTS.limits(Limits::default().unknown_members(1));
    let error = reader.read(input.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit(Limit::UnknownMembers));
    assert_eq!(error.place(), Place::Unknown(1));
    assert_eq!(error.offset() as usize, input.find("[2]").unwrap());
}

#[test]
fn a_megabyte_of_one_text_is_refused_by_default() {
    let megabyte = "a".repeat(1 << 20);
    assert_eq!(exceeded(read(with_uris(&[&megabyte]).as_bytes())), Some(Limit::UriOctets));
    assert_eq!(
        exceeded(read(with("id", &format!("{megabyte:?}")).as_bytes())),
        Some(Limit::IdOctets)
    );
    let name = and(&format!("{megabyte:?}:1"));
    assert_eq!(exceeded(read(name.as_bytes())), Some(Limit::UnknownOctets));
}

#[test]
fn a_million_uris_pass_by_default() {
    let mut input = String::from(r#"{"id":"a","started":1435019805885,"uris":["/p""#);
    let items: Vec<_> = (0..999_999).map(|number| format!(",\"/p/{number}\"")).collect();
    input.push_str(&items.concat());
    input.push_str("]}");
    let index = read(input.as_bytes()).unwrap();
    assert_eq!(index.package_count(), 1_000_000);
    assert!(STRICT.read(input.as_bytes()).is_ok());
}
