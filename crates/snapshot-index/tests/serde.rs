//! An index as part of something larger.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use serde::{Deserialize, Serialize};
use snapshot_index::{Rule, SnapshotIndex, SnapshotIndexRef};
use std::collections::HashSet;
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
    assert!(error.to_string().contains("limit depth"), "{error}");
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
}
