//! The draft's index, and functions that shorten what tests say about reading one like it.

#![allow(dead_code, reason = "not every test file that shares this module uses all of it")]

pub(crate) mod table;

use snapshot_index::{
    Diagnostics, Error, ErrorKind, Limit, Reader, Rule, SnapshotIndexRef, Tolerance,
};

pub(crate) const STRICT: Reader = Reader::new().tolerance(Tolerance::STRICT);
pub(crate) const DRAFTS: Reader = Reader::new();
pub(crate) const ALL: Reader = Reader::new().tolerance(Tolerance::ALL);

/// An index in the form of the draft's: `uris` first, `id` last.
pub(crate) const EXAMPLE: &str = r#"{
  "uris": [
    "/resourcesync/variant/snapshot/2015-06-23T00:36:45.885Z/0",
    "/resourcesync/variant/snapshot/2015-06-23T00:36:45.885Z/1",
    "/resourcesync/variant/snapshot/2015-06-23T00:36:45.885Z/2"
  ],
  "completed": 1435019872400,
  "started": 1435019805885,
  "id": "2015-06-23T00:36:45.885Z"
}
"#;

/// An index of which one member is given as JSON text, the others being sound.
pub(crate) fn with(member: &str, json: &str) -> String {
    let sound = [
        ("id", r#""2015-06-23T00:36:45.885Z""#),
        ("started", "1435019805885"),
        ("completed", "1435019872400"),
        ("uris", r#"["/p/0","/p/1"]"#),
    ];
    let members: Vec<_> = sound
        .map(|(name, value)| (name, if name == member { json } else { value }))
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!(r#""{name}":{value}"#))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// An index whose `uris` are the given texts.
pub(crate) fn with_uris(uris: &[&str]) -> String {
    with("uris", &serde_json::to_string(uris).unwrap())
}

/// A sound index with more members behind the known ones.
pub(crate) fn and(members: &str) -> String {
    let sound = with("", "");
    format!("{},{members}}}", sound.trim_end_matches('}'))
}

/// The rule that an input violates, and the octets from there on.
pub(crate) fn broken(input: &str, reader: Reader) -> Option<(Rule, &str)> {
    let error = reader.read(input.as_bytes()).err()?;
    let ErrorKind::Rule(rule) = error.kind() else { panic!("no rule: {error}") };
    Some((rule, &input[usize::try_from(error.offset()).unwrap()..]))
}

/// The rule that an input violates under every tolerance.
pub(crate) fn refused(input: &str) -> Option<Rule> {
    let strict = broken(input, STRICT);
    let lax = broken(input, ALL);
    assert_eq!(strict, lax, "{input}");
    strict.map(|(rule, _)| rule)
}

pub(crate) fn exceeded<T: std::fmt::Debug>(result: Result<T, Error>) -> Option<Limit> {
    match result.map_err(|error| error.kind()) {
        Err(ErrorKind::Limit(limit)) => Some(limit),
        _ => None,
    }
}

pub(crate) fn rules(diagnostics: &Diagnostics) -> Vec<Rule> {
    diagnostics.iter().map(snapshot_index::Diagnostic::rule).collect()
}

/// What the default reader reports.
pub(crate) fn reported(input: &str) -> Vec<Rule> {
    rules(SnapshotIndexRef::parse(input).unwrap().diagnostics())
}

/// What a full check reports, with the text of each span.
pub(crate) fn checked(input: &str, reader: Reader) -> Vec<(Rule, &str)> {
    let index = reader.read(input.as_bytes()).unwrap();
    let diagnostics = index.check(&Tolerance::ALL).unwrap();
    let place = |at: u64| usize::try_from(at).unwrap();
    let text = |span: std::ops::Range<u64>| &input[place(span.start)..place(span.end)];
    diagnostics.iter().map(|found| (found.rule(), text(found.span()))).collect()
}
