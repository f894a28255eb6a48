//! Writing, which keeps to `Tolerance::STRICT`.

use crate::error::{Error, ErrorKind};
use crate::index::SnapshotIndexRef;
use crate::limits::Limits;
use crate::owned::SnapshotIndex;
use crate::place::Place;
use crate::tolerance::Tolerance;
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use std::io;

pub(crate) fn to_vec(index: &SnapshotIndexRef<'_>) -> Result<Vec<u8>, Error> {
    refuse_unsound(index)?;
    Ok(as_it_is(index))
}

pub(crate) fn to_writer<W: io::Write>(
    index: &SnapshotIndexRef<'_>,
    writer: W,
) -> Result<(), Error> {
    refuse_unsound(index)?;
    serde_json::to_writer(writer, &AsItIs(index)).map_err(|error| {
        let kind = ErrorKind::Io(error.io_error_kind().unwrap_or(io::ErrorKind::Other));
        Error::outside(kind, &Limits::default(), Place::Document, b"")
    })
}

/// The document, whatever rules it breaks.
pub(crate) fn as_it_is(index: &SnapshotIndexRef<'_>) -> Vec<u8> {
    // Neither a map with string keys nor a vector can fail.
    serde_json::to_vec(&AsItIs(index)).unwrap_or_default()
}

fn refuse_unsound(index: &SnapshotIndexRef<'_>) -> Result<(), Error> {
    if !index.is_sound {
        index.check(&Tolerance::STRICT)?;
    }
    Ok(())
}

struct AsItIs<'i, 'a>(&'i SnapshotIndexRef<'a>);

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

/// Serialises what [`to_vec`](SnapshotIndexRef::to_vec) writes, and refuses what it refuses.
///
/// Unknown members are raw JSON: a format other than JSON writes them as `serde_json` hands them
/// over, and cannot read them back.
impl Serialize for SnapshotIndexRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        refuse_unsound(self).map_err(S::Error::custom)?;
        AsItIs(self).serialize(serializer)
    }
}

/// As for [`SnapshotIndexRef`].
impl Serialize for SnapshotIndex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SnapshotIndexRef::serialize(self, serializer)
    }
}
