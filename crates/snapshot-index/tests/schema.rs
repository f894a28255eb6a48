//! The JSON Schema says what a strict reader says, as far as a schema can.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what fails by panicking, and its inputs are small"
)]

mod support;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use snapshot_index::{Rule, SCHEMA, Tolerance};
use support::STRICT;
use support::table::{self, Outcome, Schema};

/// The index examples of both revisions of the draft.
const EXAMPLES: [&str; 2] = [
    include_str!("../../../tests/data/web-event-sourcing/rev1/3.1-snapshot-index.json"),
    include_str!("../../../tests/data/web-event-sourcing/rev2/3.1-snapshot-index.json"),
];

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

#[test]
fn the_schema_is_a_schema_and_takes_its_own_examples() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = validator();
    let examples = schema["examples"].as_array().unwrap();
    assert!(!examples.is_empty());
    for example in examples {
        assert!(validator.is_valid(example), "{example}");
        let text = example.to_string();
        assert!(STRICT.read(text.as_bytes()).is_ok());
    }
    // One example beside each member, too.
    for (name, member) in schema["properties"].as_object().unwrap() {
        for example in member["examples"].as_array().into_iter().flatten() {
            assert_eq!(example, &examples[0][name], "{name}");
        }
    }
}

#[test]
fn draft_3_1_the_schema_takes_the_examples_and_not_without_a_member_or_with_another_type() {
    let validator = validator();
    for example in EXAMPLES {
        let example: Value = serde_json::from_str(example).unwrap();
        assert!(validator.is_valid(&example));
        for name in ["id", "started", "completed", "uris"] {
            let mut changed = example.clone();
            changed.as_object_mut().unwrap().remove(name);
            assert_eq!(validator.is_valid(&changed), name == "completed", "{name}");
            changed[name] = json!({});
            assert!(!validator.is_valid(&changed), "{name}");
        }
    }
}

#[test]
fn each_abuse_is_valid_or_not_as_the_table_says() {
    let validator = validator();
    for case in table::cases() {
        if case.schema == Schema::Slow {
            continue;
        }
        let found = match serde_json::from_slice::<Value>(&case.input) {
            Ok(document) if validator.is_valid(&document) => Schema::Valid,
            Ok(_) => Schema::Invalid,
            Err(_) => Schema::NoTree,
        };
        assert_eq!(found, case.schema, "{}", case.name);
        let is_taken = STRICT.read(&case.input).is_ok();
        assert!(found != Schema::Invalid || !is_taken, "{}", case.name);
    }
}

#[test]
fn what_the_schema_cannot_say_is_what_its_description_names() {
    let mut unsaid: Vec<Rule> = table::cases()
        .iter()
        .filter(|case| case.schema == Schema::Valid)
        .filter_map(|case| match &case.read {
            Outcome::Refused(rule) => Some(*rule),
            Outcome::Read(broken) => {
                broken.iter().copied().find(|&rule| !Tolerance::STRICT.tolerates(rule))
            }
            Outcome::Exceeded(_) => None,
        })
        .collect();
    unsaid.sort_unstable();
    unsaid.dedup();
    // A negative zero is the only time out of range that a schema accepts.
    let expected =
        [Rule::MemberRepeated, Rule::TimeInexact, Rule::TimeRange, Rule::CompletedBeforeStarted];
    assert_eq!(unsaid, expected);
}

fn time() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0..=253_402_300_799_999_u64).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!("1435019805885")),
    ]
}

fn uri() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "(/p/|https://h/|)[0-9a-c]{1,2}".prop_map(Value::from),
        2 => "[#-%./:?@\\[\\]a-c0-2]{0,6}".prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

proptest! {
    #[test]
    fn what_the_schema_refuses_a_strict_reader_refuses(
        id in prop_oneof![4 => any::<String>().prop_map(Value::from), 1 => Just(json!(1))],
        started in time(),
        completed in proptest::option::of(time()),
        uris in proptest::collection::vec(uri(), 0..4),
        without in 0..12_usize,
    ) {
        let mut document = json!({ "id": id, "started": started, "uris": uris });
        let members = document.as_object_mut().unwrap();
        members.extend(completed.map(|time| ("completed".to_owned(), time)));
        if let Some(name) = ["id", "started", "uris"].get(without) {
            members.remove(*name);
        }
        let text = document.to_string();
        let read = STRICT.read(text.as_bytes());
        let is_valid = validator().is_valid(&document);
        prop_assert!(is_valid || read.is_err(), "{}", text);
        match read {
            // What a strict reader takes is valid when it is written, too.
            Ok(index) => {
                let written = serde_json::from_slice(&index.to_vec().unwrap()).unwrap();
                prop_assert!(validator().is_valid(&written), "{}", text);
            }
            // The table has the other rules.
            Err(error) if is_valid => {
                let text = error.to_string();
                let known = [Rule::TimeInexact, Rule::TimeRange, Rule::CompletedBeforeStarted];
                prop_assert!(known.iter().any(|rule| text.contains(rule.name())), "{}", text);
            }
            Err(_) => {}
        }
    }
}
