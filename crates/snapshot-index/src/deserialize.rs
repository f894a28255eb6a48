//! Reading as part of something larger, by way of serde.

use crate::index::SnapshotIndexRef;
use crate::json::visit::{Context, IndexVisitor};
use crate::member::unknown::Raw;
use crate::options::Options;
use crate::owned::SnapshotIndex;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

fn deserialize<'de, R: Raw<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SnapshotIndexRef<'de>, D::Error> {
    let options = Options::DRAFTS;
    let context = Context::new(options.limited(), None);
    let parsed = deserializer.deserialize_map(IndexVisitor::<R>::new(&context))?;
    SnapshotIndexRef::admit(parsed, None, &options).map_err(D::Error::custom)
}

/// Reads under [`Options::DRAFTS`], but for [`Limits::octets`](crate::Limits), which the outer
/// reader has to see to; spans are those of the document as it would be written.
///
/// Borrows from `serde_json::from_slice` and `from_str`; for a reader, use [`SnapshotIndex`].
impl<'de: 'a, 'a> Deserialize<'de> for SnapshotIndexRef<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize::<&'de RawValue, D>(deserializer)
    }
}

/// As for [`SnapshotIndexRef`], from any source.
impl<'de> Deserialize<'de> for SnapshotIndex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize::<Box<RawValue>, D>(deserializer).map(SnapshotIndexRef::into_owned)
    }
}
