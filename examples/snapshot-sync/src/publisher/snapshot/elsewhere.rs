//! The documents of a snapshot whose packages are elsewhere than this publisher serves them.

use super::files::Snapshot;
use super::manifest::{Digests, Entry, Manifest};
use crate::error::Error;
use snapshot_index::SnapshotIndex;

impl Snapshot {
    /// The index with other references to the packages, and with one more member (its name, and its value
    /// as JSON).
    ///
    /// # Errors
    /// [`Error::Index`].
    pub fn index_with(
        &self,
        reference: impl Fn(usize) -> String,
        member: Option<(&str, String)>,
    ) -> Result<Vec<u8>, Error> {
        let index = self.document();
        let mut builder = SnapshotIndex::builder()
            .id(index.id())
            .started(index.started())
            .uris((0..self.packages().len()).map(reference));
        if let Some(completed) = index.completed() {
            builder = builder.completed(completed);
        }
        for (name, json) in index.unknown_members() {
            builder = builder.unknown_member(name, json);
        }
        if let Some((name, json)) = member {
            builder = builder.unknown_member(name, json);
        }
        Ok(builder.build()?.to_vec()?)
    }

    /// The manifest for packages that stand beside it with another index, and without coded forms.
    ///
    /// # Errors
    /// [`Error::Manifest`].
    pub fn manifest_with(&self, index: &[u8]) -> Result<Vec<u8>, Error> {
        let manifest = self.manifest();
        let packages = manifest.packages.iter().map(|entry| Entry {
            digests: Digests { gzip: None, zstd: None, ..entry.digests.clone() },
            ..entry.clone()
        });
        let index = String::from_utf8_lossy(index).into_owned();
        let manifest = Manifest { index, packages: packages.collect(), ..manifest.clone() };
        serde_json::to_vec(&manifest).map_err(Error::Manifest)
    }
}
