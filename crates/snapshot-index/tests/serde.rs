//! An index as part of something larger.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use serde::{Deserialize, Serialize};
use serde_test::{Token, assert_ser_tokens};
use snapshot_index::{Rule, SnapshotIndex, SnapshotIndexRef};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use support::{EXAMPLE, and, rules, with};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept<I> {
    etag: String,
    index: I,
}

#[test]
fn an_index_is_read_and_written_inside_another_document() {
    let inner = and(r#""x":[1.0]"#);
    let text = format!(r#"{{"etag":"e","index":{inner}}}"#);
    let borrowed: Kept<SnapshotIndexRef<'_>> = serde_json::from_str(&text).unwrap();
    let owned: Kept<SnapshotIndex> = serde_json::from_reader(text.as_bytes()).unwrap();
    assert_eq!(borrowed.index, owned.index);
    assert!(text.as_bytes().as_ptr_range().contains(&borrowed.index.uri(0).unwrap().as_ptr()));
    assert_eq!(serde_json::to_string(&borrowed).unwrap(), text);
    assert_eq!(serde_json::to_string(&owned).unwrap(), text);
    assert_eq!(borrowed.index.unknown_member("x"), Some("[1.0]"));
}

#[test]
fn an_index_is_read_from_a_value_tree() {
    let value: serde_json::Value = serde_json::from_str(&and(r#""x":{"a":1}"#)).unwrap();
    let index: SnapshotIndex = serde_json::from_value(value).unwrap();
    assert_eq!(index.unknown_member("x"), Some(r#"{"a":1}"#));
}

#[test]
fn serde_refuses_what_from_slice_refuses_and_says_which_rule() {
    for (member, json, rule) in [
        ("started", "1435019805885.0", Rule::TimeInexact),
        ("started", "-1", Rule::TimeRange),
        ("completed", "1435019805884", Rule::CompletedBeforeStarted),
        ("id", "", Rule::MemberMissing),
        ("id", r#""a","id":"b""#, Rule::MemberRepeated),
    ] {
        let error = serde_json::from_str::<SnapshotIndex>(&with(member, json)).unwrap_err();
        assert!(error.to_string().contains(rule.name()), "{error}");
    }
    let nested = and(&format!(r#""x":{}{}"#, "[".repeat(65), "]".repeat(65)));
    let error = serde_json::from_str::<SnapshotIndexRef<'_>>(&nested).unwrap_err();
    assert!(error.to_string().contains("(Limits::depth)"), "{error}");
}

#[test]
fn serde_is_told_what_was_expected() {
    for (text, expected) in [
        ("[]".to_owned(), "expected a snapshot index"),
        (with("id", "1"), "expected a string"),
        (with("started", "{}"), "expected a number of milliseconds"),
        (with("completed", "{}"), "expected a number of milliseconds"),
        (with("uris", "{}"), "expected an array of URI references"),
    ] {
        let error = serde_json::from_str::<SnapshotIndex>(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_index_is_a_map_of_as_many_entries_as_it_says() {
    let entries = |input: &str| {
        let index: SnapshotIndex = input.parse().unwrap();
        let members = serde_json::to_value(&index).unwrap().as_object().unwrap().len();
        let mut tokens = vec![
            Token::Map { len: Some(members) },
            Token::Str("id"),
            Token::Str("a"),
            Token::Str("started"),
            Token::U64(1_435_019_805_885),
        ];
        if index.completed().is_some() {
            tokens.extend([Token::Str("completed"), Token::U64(1_435_019_872_400)]);
        }
        tokens.extend([Token::Str("uris"), Token::Seq { len: Some(1) }, Token::Str("/p")]);
        tokens.push(Token::SeqEnd);
        for (name, json) in index.unknown_members() {
            let name = Token::Str(name.to_owned().leak());
            let raw = "$serde_json::private::RawValue";
            let value = Token::Str(json.to_owned().leak());
            tokens.extend([name, Token::Struct { name: raw, len: 1 }, Token::Str(raw), value]);
            tokens.push(Token::StructEnd);
        }
        tokens.push(Token::MapEnd);
        assert_ser_tokens(&index, &tokens);
    };
    entries(r#"{"id":"a","started":1435019805885,"uris":["/p"]}"#);
    entries(r#"{"id":"a","started":1435019805885,"completed":1435019872400,"uris":["/p"]}"#);
    entries(r#"{"id":"a","started":1435019805885,"uris":["/p"],"x":[1],"y":null}"#);
}

#[test]
fn diagnostics_of_an_index_without_input_are_placed_in_its_written_form() {
    let index: SnapshotIndex = serde_json::from_str(&with("id", "\n\n\"nightly\"")).unwrap();
    assert_eq!(rules(index.diagnostics()), [Rule::IdNotStarted]);
    let span = index.diagnostics().as_slice()[0].span();
    let written = index.to_vec().unwrap();
    assert_eq!(&written[span.start as usize..span.end as usize], b"\"nightly\"");
}

#[test]
fn indexes_that_differ_in_one_member_differ_and_hash_apart() {
    let texts = [
        r#"{"id":"a","started":2,"completed":3,"uris":["/p"],"x":1}"#,
        r#"{"id":"b","started":2,"completed":3,"uris":["/p"],"x":1}"#,
        r#"{"id":"a","started":1,"completed":3,"uris":["/p"],"x":1}"#,
        r#"{"id":"a","started":2,"completed":4,"uris":["/p"],"x":1}"#,
        r#"{"id":"a","started":2,"uris":["/p"],"x":1}"#,
        r#"{"id":"a","started":2,"completed":3,"uris":["/q"],"x":1}"#,
        r#"{"id":"a","started":2,"completed":3,"uris":["/p"],"x":2}"#,
        r#"{"id":"a","started":2,"completed":3,"uris":["/p"],"y":1}"#,
    ];
    // The hasher's keys are always the same, and so is what comes of them.
    let hash = |index: &SnapshotIndex| {
        let mut hasher = DefaultHasher::new();
        index.hash(&mut hasher);
        hasher.finish()
    };
    let indexes = texts.map(|text| text.parse::<SnapshotIndex>().unwrap());
    for (number, one) in indexes.iter().enumerate() {
        for other in &indexes[..number] {
            assert_ne!(one, other);
            assert_ne!(hash(one), hash(other), "{one:?} {other:?}");
        }
    }
}

#[test]
fn indexes_that_say_the_same_are_equal_and_hash_alike() {
    let borrowed = SnapshotIndexRef::parse(EXAMPLE).unwrap();
    let owned = SnapshotIndex::from(borrowed.clone());
    let again = SnapshotIndex::from_slice(&owned.to_vec().unwrap()).unwrap();
    assert_eq!(owned, again);
    assert_eq!(owned, borrowed);
    assert_eq!(HashSet::from([owned, again]).len(), 1);
    let other = SnapshotIndexRef::parse(r#"{"id":"a","started":1,"uris":[],"x":1}"#).unwrap();
    let same = SnapshotIndexRef::parse(r#"{"id":"a","started":1,"uris":[],"x":2}"#).unwrap();
    assert_ne!(other, same);
    assert_ne!(SnapshotIndex::from(other.clone()), same);
    assert_ne!(same, SnapshotIndex::from(other));
}
