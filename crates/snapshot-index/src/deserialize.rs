//! Reading an index through serde, as a part of something larger.

use crate::index::SnapshotIndexRef;
use crate::json::visit::{Context, IndexVisitor};
use crate::limits::Limits;
use crate::member::unknown::Raw;
use crate::owned::SnapshotIndex;
use crate::read::Reader;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

fn deserialize<'de, R: Raw<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SnapshotIndexRef<'de>, D::Error> {
    let context = Context::new(Limits::DEFAULT, None);
    let parsed = deserializer.deserialize_map(IndexVisitor::<R>::new(&context))?;
    Reader::new().admit(parsed, None).map_err(D::Error::custom)
}

/// Reads with the default [`Reader`], except that [`Limits::octets`] is not checked: only the
/// caller knows how long the input is.
///
/// Strings borrow the input of `serde_json::from_slice` and `serde_json::from_str`; to read from an
/// `io::Read`, use [`SnapshotIndex`]. The spans of diagnostics are counted in the document that
/// [`to_vec`](SnapshotIndexRef::to_vec) writes.
impl<'de: 'a, 'a> Deserialize<'de> for SnapshotIndexRef<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize::<&'de RawValue, D>(deserializer)
    }
}

/// Reads like [`SnapshotIndexRef`], from any source, and copies.
impl<'de> Deserialize<'de> for SnapshotIndex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize::<Box<RawValue>, D>(deserializer).map(SnapshotIndexRef::into_owned)
    }
}
