//! How a snapshot is replicated.

/// How a snapshot is replicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The number of packages that are fetched at the same time: four.
    pub parallel: usize,
    /// The limit on the octets of a package: 64 GiB. Packages are files until they are stored.
    pub package_octets: u64,
    /// The limit on the octets of an entity: 16 MiB. A few entities of each package that is being
    /// fetched may be in memory.
    pub entity_octets: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { parallel: 4, package_octets: 64 << 30, entity_octets: 16 << 20 }
    }
}
