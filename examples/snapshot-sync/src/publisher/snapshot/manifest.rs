//! The manifest beside a snapshot's packages, with which a restarted publisher serves them again.

use serde::{Deserialize, Serialize};

/// The name of the file. It is written last: if it exists, the snapshot is complete.
pub(super) const NAME: &str = "manifest.json";

/// A snapshot, as it is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The identity of the feed that continues from it.
    pub(super) feed: String,
    /// The base URI that its references were written below; none if they are relative. Version 0.1
    /// wrote paths, and no such member.
    #[serde(default = "of_version_0_1")]
    pub(super) base: Option<String>,
    /// The id of the last event before it, if there was one.
    #[serde(default)]
    pub(super) last_event: Option<String>,
    /// Its index.
    pub(super) index: String,
    /// The Content-Type of its packages.
    pub(super) content_type: String,
    /// Its packages, in the index's order.
    pub(super) packages: Vec<Entry>,
}

/// What stands for the base of a snapshot of version 0.1, which no other has.
fn of_version_0_1() -> Option<String> {
    Some("/".to_owned())
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its size in octets, without a content coding.
    pub(super) octets: u64,
    /// The number of entities in it.
    pub(super) parts: u64,
    /// The URI of its last entity, in the order of URIs.
    pub(super) last_uri: String,
    /// Its Repr-Digests.
    pub(super) digests: Digests,
}

/// The Repr-Digest of each form of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Digests {
    pub(super) identity: String,
    pub(super) gzip: Option<String>,
    pub(super) zstd: Option<String>,
}
