//! What is kept beside a snapshot's packages, so that they are served as they are after a restart.

use serde::{Deserialize, Serialize};

/// The name of the file. Where it is there, all of the snapshot is.
pub(super) const NAME: &str = "manifest.json";

/// A snapshot, as it is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The feed that goes on from it.
    pub(super) feed: String,
    /// Its index.
    pub(super) index: String,
    /// The Content-Type of its packages.
    pub(super) content_type: String,
    /// Its packages, in the index's order.
    pub(super) packages: Vec<Entry>,
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Its octets, not coded.
    pub(super) octets: u64,
    /// How many entities it holds.
    pub(super) parts: u64,
    /// The last entity that it holds, in order of their URIs.
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
