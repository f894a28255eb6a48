//! How much of a snapshot is accepted, and how strictly it is read.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much a query accepts before it fails by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of a body, in queries that need the column `body`: 64 MiB by default. Each partition
    /// holds one such body, and up to 8 MiB of others, which the memory limit of the engine does not
    /// count. A column cannot hold a body of 2 GiB or more, whatever the limit is.
    pub body_octets: u64,
    /// How long a store may give nothing while a query waits for it: 3 minutes by default. That is
    /// longer than the two minutes for which a request that fails is repeated. The time in which a
    /// query does not ask for octets does not count, so that slow consumers and large ranges fail
    /// nothing.
    pub silence: Duration,
    /// Into how many ranges a scan may be cut: 262,144 by default, which are 32 TiB where each has at most
    /// [`RangeSizes::most`](crate::RangeSizes). A server may state any size, and each range needs memory
    /// before it is read. There are no more partitions than that either.
    pub ranges: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_octets: 64 * 1024 * 1024,
            silence: Duration::from_secs(180),
            ranges: 256 * 1024,
        }
    }
}

impl Limits {
    /// Sets [`Limits::body_octets`](#structfield.body_octets).
    #[must_use]
    pub const fn body_octets(mut self, octets: u64) -> Self {
        self.body_octets = octets;
        self
    }

    /// Sets [`Limits::silence`](#structfield.silence).
    #[must_use]
    pub const fn silence(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// Sets [`Limits::ranges`](#structfield.ranges).
    #[must_use]
    pub const fn ranges(mut self, ranges: u64) -> Self {
        self.ranges = ranges;
        self
    }
}

/// Which violations in packages are tolerated.
///
/// No tolerance accepts a package without its close delimiter, since nothing would show then that it
/// is complete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Tolerance {
    /// What the drafts' own examples and common peers need:
    /// [`DRAFTS`](multipart_package::Tolerance::DRAFTS).
    #[default]
    Drafts,
    /// None: any violation fails the query.
    Strict,
}

impl Tolerance {
    /// The tolerance of the reader of packages.
    pub(crate) fn of_reader(self) -> multipart_package::Tolerance {
        match self {
            Self::Drafts => multipart_package::Tolerance::DRAFTS,
            Self::Strict => multipart_package::Tolerance::STRICT,
        }
    }
}
