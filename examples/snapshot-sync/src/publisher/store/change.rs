//! A change to an entity.

use serde_json::Value;

/// A change to an entity, of a client or of a [`Generator`](crate::publisher::generate::Generator).
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The entity gets this state, whether it exists or not.
    Put(String, Vec<u8>),
    /// This JSON Merge Patch is applied to the entity, if it exists.
    Patch(String, Value),
    /// The entity is removed, if it exists.
    Delete(String),
    /// This asset is added to the entity, if it exists.
    Post(String, Value),
}

impl Change {
    /// The URI of the entity.
    #[must_use]
    pub fn uri(&self) -> &str {
        match self {
            Self::Put(uri, _) | Self::Patch(uri, _) | Self::Delete(uri) | Self::Post(uri, _) => uri,
        }
    }
}
