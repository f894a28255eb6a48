//! The phases of a replica's work.

use std::fmt;

/// A phase of a replica's work. The phases follow in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Finding the index and reading it.
    Index,
    /// Fetching and storing the packages.
    Packages,
    /// Replacing the former entities by those of the snapshot.
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
