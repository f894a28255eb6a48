//! Reports about the replication of a snapshot: what happens during it, and what it has done.

use crate::replica::discover::Feed;
use crate::replica::phase::Phase;
use change_feed::Position;

/// What the replication of a snapshot has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotReport {
    /// The snapshot's id.
    pub id: String,
    /// The number of packages that were stored.
    pub packages: u64,
    /// The number of packages that an earlier run had stored.
    pub packages_before: u64,
    /// The number of entities that were stored.
    pub entities: u64,
    /// The number of octets of packages that were received.
    pub octets: u64,
    /// The feed that continues from it.
    pub feed: Feed,
    /// The position from which the feed is to be consumed.
    pub position: Position,
}

/// What happens while a snapshot is replicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Another phase begins.
    Phase(Phase),
    /// This number of further entities is stored.
    Entities(u64),
}
