//! Writing, which keeps to `Tolerance::STRICT`.

use crate::error::{Error, ErrorKind};
use crate::index::SnapshotIndexRef;
use crate::limits::Limits;
use crate::owned::SnapshotIndex;
use crate::place::Place;
use crate::reporting::Tolerance;
use crate::serialize::{self, AsItIs};
use serde::ser::{Error as _, Serialize, Serializer};
use std::io;

impl SnapshotIndexRef<'_> {
    /// Writes the document in one line: the known members, then the unknown ones as they were read.
    ///
    /// # Errors
    ///
    /// The first violation that [`Tolerance::STRICT`] refuses, which an index can have if it was
    /// read under another tolerance. [`SnapshotIndex::without_completed`] and
    /// [`SnapshotIndex::without_repeated_uris`] correct two of them. For the others, `uri-syntax`
    /// and `uri-same-document`, there is no correction: build a new index.
    pub fn to_vec(&self) -> Result<Vec<u8>, Error> {
        self.refuse_unsound()?;
        Ok(serialize::as_it_is(self))
    }

    /// Writes the document of [`to_vec`](Self::to_vec) to a writer.
    ///
    /// The document is written in many small pieces, so wrap a file or a socket in a
    /// [`BufWriter`](io::BufWriter).
    ///
    /// # Errors
    ///
    /// Those of [`to_vec`](Self::to_vec), before anything is written, and [`ErrorKind::Io`] if the
    /// writer fails.
    pub fn to_writer<W: io::Write>(&self, writer: W) -> Result<(), Error> {
        self.refuse_unsound()?;
        serde_json::to_writer(writer, &AsItIs(self)).map_err(|error| {
            let kind = ErrorKind::Io(error.io_error_kind().unwrap_or(io::ErrorKind::Other));
            Error::outside(kind, &Limits::DEFAULT, Place::Document, b"")
        })
    }

    fn refuse_unsound(&self) -> Result<(), Error> {
        if !self.is_sound {
            self.check(&Tolerance::STRICT)?;
        }
        Ok(())
    }
}

/// Serialises the document that [`to_vec`](SnapshotIndexRef::to_vec) writes, with the same errors.
///
/// Unknown members are raw JSON. A format other than JSON writes them in the form in which
/// `serde_json` represents raw JSON, and they cannot be read again from that format.
impl Serialize for SnapshotIndexRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.refuse_unsound().map_err(S::Error::custom)?;
        AsItIs(self).serialize(serializer)
    }
}

/// Serialises the same document as [`SnapshotIndexRef`].
impl Serialize for SnapshotIndex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SnapshotIndexRef::serialize(self, serializer)
    }
}
