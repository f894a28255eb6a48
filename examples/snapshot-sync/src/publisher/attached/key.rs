//! The id of an entity: it is made of a row's key, and leads back to it.
//!
//! Integers and texts stand as they are. What an id cannot contain, or what would be read as
//! something else, stands in hexadecimal digits behind `~t` (a text) or `~x` (a blob).

use crate::publisher::name::Name;
use percent_encoding::percent_decode_str;
use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::fmt::Write;

/// A value of a column of a key. Texts may be no UTF-8.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

/// A column of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyColumn {
    pub(super) name: String,
    /// Whether SQLite stores every number that is written to it as a text.
    pub(super) has_text_affinity: bool,
}

impl Value {
    /// Reads a value; none of NULL, which tells no row from another.
    pub(super) fn of(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Null => None,
            ValueRef::Integer(integer) => Some(Self::Integer(integer)),
            ValueRef::Real(real) => Some(Self::real(real)),
            ValueRef::Text(text) => Some(Self::Text(text.to_vec())),
            ValueRef::Blob(blob) => Some(Self::Blob(blob.to_vec())),
        }
    }

    /// A real number that is an integer is the same key as that.
    fn real(real: f64) -> Self {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        if real.fract() == 0.0 && (-LIMIT..LIMIT).contains(&real) {
            #[allow(clippy::cast_possible_truncation, reason = "it is an integer in the range")]
            return Self::Integer(real as i64);
        }
        Self::Real(real)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Real(real) => ValueRef::Real(*real),
            Self::Text(text) => ValueRef::Text(text),
            Self::Blob(blob) => ValueRef::Blob(blob),
        }))
    }
}

/// The id of the row with this key, as a segment of a path; none if it would be too long.
pub(super) fn id(columns: &[KeyColumn], key: &[Value]) -> Option<String> {
    let mut id = String::new();
    for (column, value) in columns.iter().zip(key) {
        if !id.is_empty() {
            id.push(',');
        }
        match value {
            Value::Integer(integer) => {
                let _ = write!(id, "{integer}");
            }
            Value::Real(real) => {
                let _ = write!(id, "{real:?}");
            }
            Value::Text(text) => match plain(text, column, columns.len() > 1) {
                Some(text) => id.push_str(text),
                None => push_digits(&mut id, "~t", text),
            },
            Value::Blob(blob) => push_digits(&mut id, "~x", blob),
        }
    }
    Some(Name::try_from(id).ok()?.as_str().to_owned())
}

/// The text, if it can stand as it is.
fn plain<'a>(text: &'a [u8], column: &KeyColumn, is_one_of_several: bool) -> Option<&'a str> {
    let text = std::str::from_utf8(text).ok()?;
    let is_bad = |c: char| c == '/' || c.is_control() || (is_one_of_several && c == ',');
    let is_number = !column.has_text_affinity && text.parse::<f64>().is_ok();
    let must_be_digits = matches!(text, "" | "." | "..")
        || text.starts_with('~')
        || text.contains(is_bad)
        || is_number;
    (!must_be_digits).then_some(text)
}

fn push_digits(id: &mut String, mark: &str, octets: &[u8]) {
    id.push_str(mark);
    for octet in octets {
        let _ = write!(id, "{octet:02x}");
    }
}

/// The key of the row with this id; none if no row can have it.
pub(super) fn key(columns: &[KeyColumn], id: &str) -> Option<Vec<Value>> {
    let decoded = percent_decode_str(id).decode_utf8().ok()?;
    let pieces: Vec<&str> = match columns.len() {
        1 => vec![&decoded],
        _ => decoded.split(',').collect(),
    };
    if pieces.len() != columns.len() {
        return None;
    }
    let value = |(column, piece): (&KeyColumn, &str)| {
        if let Some(digits) = piece.strip_prefix("~t") {
            return octets(digits).map(Value::Text);
        }
        if let Some(digits) = piece.strip_prefix("~x") {
            return octets(digits).map(Value::Blob);
        }
        if column.has_text_affinity {
            return Some(Value::Text(piece.as_bytes().to_vec()));
        }
        Some(match (piece.parse(), piece.parse()) {
            (Ok(integer), _) => Value::Integer(integer),
            (_, Ok(real)) => Value::real(real),
            _ => Value::Text(piece.as_bytes().to_vec()),
        })
    };
    columns.iter().zip(pieces).map(value).collect()
}

fn octets(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let pairs = digits.chunks_exact(2);
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.remainder().is_empty().then(|| pairs.map(octet).collect())?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    fn column(has_text_affinity: bool) -> KeyColumn {
        KeyColumn { name: "k".to_owned(), has_text_affinity }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn a_key_stands_as_it_is_where_an_id_can_contain_it() {
        for (is_text, value, expected) in [
            (false, Value::Integer(-7), "-7"),
            (false, Value::Real(1.5), "1.5"),
            (true, text("A-42"), "A-42"),
            (true, text("42"), "42"),
            (false, text("42"), "~t3432"),
            (true, text("a b"), "a%20b"),
            (true, text("a/b"), "~t612f62"),
            (true, text("a\nb"), "~t610a62"),
            (true, text(""), "~t"),
            (true, text(".."), "~t2e2e"),
            (true, text("~x00"), "~t7e783030"),
            (true, Value::Text(vec![0xFF]), "~tff"),
            (false, Value::Blob(vec![0, 255]), "~x00ff"),
            (false, Value::Blob(vec![]), "~x"),
        ] {
            let columns = [column(is_text)];
            let made = id(&columns, std::slice::from_ref(&value)).unwrap();
            assert_eq!(made, expected);
            assert_eq!(key(&columns, &made).unwrap(), [value]);
        }
        assert_eq!(id(&[column(true)], &[text(&"x".repeat(2000))]), None, "it is too long");
    }

    #[test]
    fn a_key_of_several_columns_has_commas() {
        let columns = [column(false), column(true)];
        let both = [Value::Integer(7), text("a,b")];
        assert_eq!(id(&columns, &both).unwrap(), "7,~t612c62");
        assert_eq!(key(&columns, "7,~t612c62").unwrap(), both);
        assert_eq!(key(&columns, "7"), None);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::Integer),
            any::<f64>().prop_filter("SQLite stores NULL", |it| !it.is_nan()).prop_map(Value::real),
            "[-0-9.,/~tx\u{0}-\u{20}a-cé]{0,6}".prop_map(|it| Value::Text(it.into_bytes())),
            proptest::collection::vec(any::<u8>(), 0..5).prop_map(Value::Text),
            proptest::collection::vec(any::<u8>(), 0..5).prop_map(Value::Blob),
        ]
    }

    proptest! {
        /// So two rows never have one id.
        #[test]
        fn an_id_leads_back_to_its_key(keys in proptest::collection::vec(any_value(), 1..4)) {
            let columns: Vec<_> = keys.iter().map(|_| column(false)).collect();
            let made = id(&columns, &keys).unwrap();
            prop_assert_eq!(key(&columns, &made).unwrap(), keys);
        }
    }
}
