//! A linkset that is a value within the document.

use crate::linkset::json::otherwise::otherwise;
use crate::linkset::json::text::{Text, span_within};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::ops::Range;

/// Where a member `linkset` was found whose value is an array.
pub(super) struct Wrapped {
    /// A JSON pointer (RFC 6901).
    pub(super) pointer: String,
    /// The value.
    pub(super) span: Range<usize>,
}

/// Finds the first member `linkset` of the document, or of an object in it, that is an array.
pub(super) fn find(document: &str) -> Option<Wrapped> {
    let mut search = Search { document, pointer: String::new(), found: None };
    // The search ends as an error.
    let _ = Part(&mut search).deserialize(&mut serde_json::Deserializer::from_str(document));
    search.found
}

struct Search<'d> {
    document: &'d str,
    pointer: String,
    found: Option<Wrapped>,
}

struct Part<'s, 'd>(&'s mut Search<'d>);

impl<'a> DeserializeSeed<'a> for Part<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Part<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(search) = self;
        let len = search.pointer.len();
        while let Some(Text(name)) = map.next_key()? {
            search.pointer.push('/');
            search.pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            if name == "linkset" {
                let value: &RawValue = map.next_value()?;
                let span = span_within(search.document.as_bytes(), value.get());
                if let Some(span) = span.filter(|_| value.get().starts_with('[')) {
                    let pointer = std::mem::take(&mut search.pointer);
                    search.found = Some(Wrapped { pointer, span });
                    return Err(A::Error::custom("found"));
                }
            } else {
                map.next_value_seed(Part(search))?;
            }
            search.pointer.truncate(len);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        let Self(search) = self;
        let len = search.pointer.len();
        for number in 0_u64.. {
            search.pointer.push('/');
            search.pointer.push_str(&number.to_string());
            let item = items.next_element_seed(Part(search))?;
            search.pointer.truncate(len);
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    otherwise!(self => Ok(()); scalar, string);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc6901_a_linkset_is_found_with_its_pointer() {
        for (document, expected) in [
            (r#"{"data": {"linkset": []}}"#, Some("/data/linkset")),
            (r#"[0, {"a/b~": [{"linkset": [{}]}]}]"#, Some("/1/a~1b~0/0/linkset")),
            (r#"{"a": {"linkset": {}}, "linkset": [1]}"#, Some("/linkset")),
            (r#"{"linkset": "x"}"#, None),
            (r#"{"a": 1, "b": ["linkset"]}"#, None),
            (r#"{"a": {"b""#, None),
        ] {
            let found = find(document);
            assert_eq!(found.as_ref().map(|found| &*found.pointer), expected, "{document}");
            assert!(found.is_none_or(|found| document[found.span].starts_with('[')));
        }
        assert!(find(&"[".repeat(100_000)).is_none(), "deep nesting is no problem");
    }
}
