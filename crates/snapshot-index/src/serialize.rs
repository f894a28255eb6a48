//! The document of an index: known members first, unknown members after them.

use crate::index::SnapshotIndexRef;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// An index as a document, whatever rules it violates.
pub(crate) struct AsItIs<'i, 'a>(pub(crate) &'i SnapshotIndexRef<'a>);

impl Serialize for AsItIs<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(index) = self;
        let known = 3 + usize::from(index.completed.is_some());
        let mut map = serializer.serialize_map(Some(known + index.unknown.len()))?;
        map.serialize_entry("id", &index.id)?;
        map.serialize_entry("started", &index.started.get())?;
        if let Some(completed) = index.completed {
            map.serialize_entry("completed", &completed.get())?;
        }
        map.serialize_entry("uris", &index.uris)?;
        for unknown in &index.unknown {
            map.serialize_entry(&unknown.name, &unknown.value)?;
        }
        map.end()
    }
}

/// The octets of that document.
pub(crate) fn as_it_is(index: &SnapshotIndexRef<'_>) -> Vec<u8> {
    // Neither a map with string keys nor a vector can fail.
    serde_json::to_vec(&AsItIs(index)).unwrap_or_default()
}
