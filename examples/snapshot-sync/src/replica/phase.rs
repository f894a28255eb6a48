//! What a replica is doing.

use std::fmt;

/// What a replica is doing, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Finding the index and reading it.
    Index,
    /// Getting and storing the packages.
    Packages,
    /// Letting the snapshot take the place of what was there.
    Switch,
    /// Consuming the feed for the first time after a snapshot: the window.
    Replay,
    /// Consuming the feed from then on.
    Follow,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Index => "index",
            Self::Packages => "packages",
            Self::Switch => "switch",
            Self::Replay => "replay",
            Self::Follow => "follow",
        })
    }
}
