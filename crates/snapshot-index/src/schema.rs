//! The schema of an index, for those who check one without this crate.

/// The JSON Schema (draft 2020-12) of an index, as text: the crate's `schema.json`.
///
/// What it refuses, a reader under [`Tolerance::STRICT`](crate::Tolerance::STRICT) refuses too,
/// given a validator that checks `format`. The reader refuses more: repeated members, times that are
/// not written as digits alone, `completed` before `started`, and what exceeds its limits.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(snapshot_index::SCHEMA).unwrap();
/// assert_eq!(schema["required"], serde_json::json!(["id", "started", "uris"]));
/// ```
pub const SCHEMA: &str = include_str!("../schema.json");
