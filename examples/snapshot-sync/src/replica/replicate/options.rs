//! How a snapshot is replicated.

use change_feed::Patience;

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
    /// Which snapshot may replace a copy that is complete already.
    pub admission: Admission,
    /// How long the consuming rules wait between two whole snapshots.
    pub patience: Patience,
}

/// Which snapshot may replace a copy that is complete already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Admission {
    /// One that the consuming rules admit: of the same feed and timeline, not older than the copy,
    /// and not too soon after the last one.
    #[default]
    ByTheRules,
    /// One of any feed and timeline, whatever its age, since the operator said so.
    AnyTimeline,
    /// The same, but not too soon after the last one.
    AnyTimelineWhenDue,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            parallel: 4,
            package_octets: 64 << 30,
            entity_octets: 16 << 20,
            admission: Admission::ByTheRules,
            patience: Patience::default(),
        }
    }
}
