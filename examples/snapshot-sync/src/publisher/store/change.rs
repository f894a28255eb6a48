//! A change to an entity.

use super::media_type::MediaType;
use serde_json::Value;

/// A change to an entity, of a client or of a [`Generator`](crate::publisher::generate::Generator).
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The entity gets this state, of this media type, whether it exists or not.
    Put(String, MediaType, Vec<u8>),
    /// This JSON Merge Patch is applied to the entity, if it exists.
    Patch(String, Value),
    /// The entity is removed, if it exists.
    Delete(String),
    /// This asset is added to the entity, if it exists.
    Post(String, Value),
}

impl Change {
    /// About how many octets of memory the change takes.
    pub(super) fn octets(&self) -> usize {
        let body = match self {
            Self::Put(_, media_type, body) => media_type.as_str().len() + body.len(),
            Self::Patch(_, value) | Self::Post(_, value) => octets(value),
            Self::Delete(_) => 0,
        };
        body + self.uri().len()
    }

    /// The URI of the entity.
    #[must_use]
    pub fn uri(&self) -> &str {
        match self {
            Self::Put(uri, _, _) | Self::Patch(uri, _) | Self::Delete(uri) | Self::Post(uri, _) => {
                uri
            }
        }
    }
}

/// About how many octets of memory a value takes: each value in it counts as it is, and its texts.
fn octets(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.len(),
            Value::Array(values) => values.iter().map(octets).sum(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| name.len() + octets(value)).sum()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
}
