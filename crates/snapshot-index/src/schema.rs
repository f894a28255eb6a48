//! The JSON Schema of an index, for programs that check one without this crate.

/// The text of the crate's `schema.json`: the JSON Schema (draft 2020-12) of an index.
///
/// A strict [`Reader`](crate::Reader) ([`Tolerance::STRICT`](crate::Tolerance::STRICT)) also
/// refuses every document that the schema refuses. It refuses more: repeated members, times that
/// are not written in digits alone, a `completed` before `started`, and what exceeds its limits. A
/// validator should check `format`; one that does not accepts more.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(snapshot_index::SCHEMA).unwrap();
/// assert_eq!(schema["required"], serde_json::json!(["id", "started", "uris"]));
/// ```
pub const SCHEMA: &str = include_str!("../schema.json");
