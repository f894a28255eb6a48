//! Laws that hold for any index and for any octets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use chrono::DateTime;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use snapshot_index::{Error, Limits, Rule, SnapshotIndex, SnapshotIndexRef, Tolerance};
use support::{ALL, EXAMPLE, STRICT, and};

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            btree_map(any::<String>(), inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn sound()(
        id in any::<String>(),
        started in 0..=253_402_300_799_999_i64,
        lasted in proptest::option::of(0..100_000_i64),
        uris in btree_set("[a-z0-9/%~.:?=-]{1,12}", 0..8),
        unknown in btree_map("\\PC{0,8}", json(), 0..3),
    ) -> (SnapshotIndex, usize) {
        let time = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        let mut builder = SnapshotIndex::builder().id(id).started(time(started));
        if let Some(lasted) = lasted {
            builder = builder.completed(time((started + lasted).min(253_402_300_799_999)));
        }
        let valid: Vec<_> = uris.into_iter().filter(|uri| is_reference(uri)).collect();
        builder = builder.uris(&valid);
        for (name, value) in unknown {
            if !["id", "started", "completed", "uris"].contains(&&*name) {
                builder = builder.unknown_member(name, value.to_string());
            }
        }
        (builder.build().unwrap(), valid.len())
    }
}

fn is_reference(uri: &str) -> bool {
    let builder = SnapshotIndex::builder().started(DateTime::UNIX_EPOCH).uri(uri);
    builder.build().is_ok()
}

/// What an index says is read again from what it writes, by a strict reader too.
fn round_trips(index: &SnapshotIndexRef<'_>) -> Result<(), Error> {
    let written = index.to_vec()?;
    let strict = STRICT.read(&written)?;
    assert_eq!(&strict, index);
    assert_eq!(strict.to_vec()?, written);
    let mut streamed = Vec::new();
    index.to_writer(&mut streamed)?;
    assert_eq!(streamed, written);
    assert_eq!(serde_json::to_vec(index).unwrap(), written);
    Ok(())
}

/// What holds of any octets: a value or an error inside them, however they are read.
fn holds_of(input: &[u8]) {
    let inside = |error: &Error| assert!(error.offset() <= input.len() as u64, "{error}");
    let strict = STRICT.read(input);
    let lax = ALL.read(input);
    match (&strict, &lax) {
        (Ok(strict), Ok(lax)) => {
            assert_eq!(strict, lax);
            round_trips(strict).unwrap();
        }
        (Err(error), Ok(lax)) => {
            inside(error);
            assert_eq!(lax.check(&Tolerance::STRICT).as_ref(), Err(error));
        }
        (Err(error), Err(fatal)) => {
            assert_eq!(error, fatal);
            inside(error);
        }
        (Ok(_), Err(error)) => panic!("strict takes what nothing else takes: {error}"),
    }
    if let Ok(index) = lax {
        for found in index.diagnostics().iter().chain(&index.check(&Tolerance::ALL).unwrap()) {
            let span = found.span();
            assert!(span.start < span.end && span.end <= input.len() as u64, "{found}");
        }
        let resolved = index.resolve("https://example.org/a/b");
        resolved.map_or_else(|error| inside(&error), |_| ());
    }
}

proptest! {
    #[test]
    fn what_is_built_is_read_by_a_strict_reader((index, packages) in sound()) {
        prop_assert_eq!(index.package_count(), packages);
        round_trips(&index).unwrap();
    }

    #[test]
    fn any_octets_give_a_value_or_an_error(input in vec(any::<u8>(), 0..64)) {
        holds_of(&input);
    }

    #[test]
    fn pieces_of_indexes_give_a_value_or_an_error(pieces in vec(prop_oneof![
        Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\""), Just("\\u00"),
        Just("\"id\":\"a\""), Just("\"started\":1435019805885"), Just("\"completed\":"), Just("null"),
        Just("\"uris\":["), Just("\"/p/0\""), Just("\"\\u0069d\""), Just("\"x\":"), Just("1e9"),
        Just("-"), Just("\n"), Just(" "),
    ], 0..16)) {
        holds_of(pieces.concat().as_bytes());
        holds_of(format!("{{{}}}", pieces.join(",")).as_bytes());
    }
}

#[test]
fn truncated_at_every_octet_an_index_is_an_error_inside_what_is_left() {
    let with_unknown = and("\"x\":{\"caf\u{e9}\":[1,\"\\u00e9\"]}");
    for whole in [EXAMPLE.trim_end(), &with_unknown] {
        for end in 0..whole.len() {
            let cut = &whole.as_bytes()[..end];
            assert!(ALL.read(cut).is_err(), "cut at {end}");
            holds_of(cut);
        }
    }
}

#[test]
fn an_octet_changed_anywhere_gives_a_value_or_an_error() {
    let with_unknown = and("\"x\":{\"caf\u{e9}\":[1,\"\\u00e9\"]}");
    for whole in [EXAMPLE, &with_unknown] {
        for at in 0..whole.len() {
            for octet in
                [0, b' ', b'"', b'\\', b'0', b',', b'.', b'[', b'}', b'e', b'-', 0x80, 0xC3, 0xFF]
            {
                let mut changed = whole.as_bytes().to_vec();
                changed[at] = octet;
                holds_of(&changed);
            }
        }
    }
}

#[test]
fn limits_of_nothing_refuse_and_do_not_panic() {
    let nothing = Limits::default()
        .octets(u64::MAX)
        .uris(0)
        .uri_octets(0)
        .id_octets(0)
        .unknown_members(0)
        .unknown_octets(0)
        .depth(0)
        .diagnostics(0);
    for end in 0..=EXAMPLE.len() {
        let input = &EXAMPLE.as_bytes()[..end];
        assert!(ALL.limits(nothing).read(input).is_err());
    }
    let empty = br#"{"id":"","started":0,"uris":[]}"#;
    let index = ALL.limits(nothing).read(empty).unwrap();
    assert_eq!(index.diagnostics().omitted(), 4, "{:?}", Rule::ALL);
}
