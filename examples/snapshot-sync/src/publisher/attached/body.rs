//! The state of an entity: it is made of a row.

use super::attachment::Body;
use crate::publisher::store::{MOST_ENTITY_OCTETS, is_json};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::ValueRef;
use serde::de::IgnoredAny;

/// The state that a row's values make; none if it is larger than an entity may be.
///
/// `values` are those of `columns`, in that order.
pub(super) fn state(
    body: &Body,
    content_type: &str,
    columns: &[String],
    values: &[ValueRef<'_>],
) -> Option<Vec<u8>> {
    // What is too large is not copied.
    if values.iter().map(octets).sum::<usize>() > MOST_ENTITY_OCTETS {
        return None;
    }
    let state = match (body, values) {
        (Body::Column(_), [value]) => as_it_is(*value, is_json(content_type)),
        _ => object(columns, values),
    };
    (state.len() <= MOST_ENTITY_OCTETS).then_some(state)
}

fn octets(value: &ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(octets) | ValueRef::Blob(octets) => octets.len(),
        _ => 0,
    }
}

/// The value of a column. Where the media type is one of JSON, a value that is no JSON becomes JSON by
/// its type.
fn as_it_is(value: ValueRef<'_>, must_be_json: bool) -> Vec<u8> {
    match value {
        ValueRef::Text(octets) | ValueRef::Blob(octets)
            if !must_be_json || serde_json::from_slice::<IgnoredAny>(octets).is_ok() =>
        {
            octets.to_vec()
        }
        ValueRef::Null if !must_be_json => Vec::new(),
        value => json(value).into_bytes(),
    }
}

fn object(columns: &[String], values: &[ValueRef<'_>]) -> Vec<u8> {
    let members = columns.iter().zip(values);
    let members: Vec<_> =
        members.map(|(name, value)| format!("{}:{}", quoted(name), json(*value))).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

/// A value as JSON, by its type: a blob, and a text that is no UTF-8, as base64; an infinity, which
/// JSON does not have, as a text.
fn json(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "null".to_owned(),
        ValueRef::Integer(integer) => integer.to_string(),
        ValueRef::Real(real) => serde_json::Number::from_f64(real)
            .map_or_else(|| quoted(&format!("{real:?}")), |number| number.to_string()),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => quoted(text),
            Err(_) => quoted(&STANDARD.encode(text)),
        },
        ValueRef::Blob(blob) => quoted(&STANDARD.encode(blob)),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn columns_are_members_of_an_object_by_their_types() {
        let columns = ["id", "na\"me", "price", "photo", "none", "far", "odd"].map(str::to_owned);
        let values = [
            ValueRef::Integer(i64::MAX),
            ValueRef::Text("a\"\n\u{1}é".as_bytes()),
            ValueRef::Real(0.1),
            ValueRef::Blob(&[0, 255, 16]),
            ValueRef::Null,
            ValueRef::Real(f64::INFINITY),
            ValueRef::Text(&[0xFF]),
        ];
        let state = state(&Body::All, "application/json", &columns, &values).unwrap();
        let expected = r#"{"id":9223372036854775807,"na\"me":"a\"\n\u0001é","price":0.1,"photo":"AP8Q","none":null,"far":"inf","odd":"/w=="}"#;
        assert_eq!(String::from_utf8(state).unwrap(), expected);
    }

    #[test]
    fn a_column_is_the_state_as_it_is_and_is_json_where_the_media_type_says_so() {
        let body = Body::Column("b".to_owned());
        let is = |content_type: &str, value| {
            String::from_utf8(state(&body, content_type, &["b".to_owned()], &[value]).unwrap())
        };
        let text = |text: &'static str| ValueRef::Text(text.as_bytes());
        for (content_type, value, expected) in [
            ("application/json", text("{ \"a\": 1 }"), "{ \"a\": 1 }"),
            ("application/json", text("no JSON"), "\"no JSON\""),
            ("application/json", ValueRef::Null, "null"),
            ("application/json", ValueRef::Blob(b"[1]"), "[1]"),
            ("text/plain", text("no JSON"), "no JSON"),
            ("text/plain", ValueRef::Integer(7), "7"),
            ("text/plain", ValueRef::Null, ""),
        ] {
            assert_eq!(is(content_type, value).unwrap(), expected);
        }
        let large = vec![b'x'; MOST_ENTITY_OCTETS + 1];
        assert_eq!(state(&body, "text/plain", &[], &[ValueRef::Blob(&large)]), None);
    }
}
