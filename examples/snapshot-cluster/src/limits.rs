//! How much a scheduler or an executor takes from others.

use crate::error::Error;

/// How much a scheduler or an executor takes from others.
///
/// Each limit has a name, which the error says that a violation fails with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// `message`: the octets of a scan or a table in a message, 15 MiB by default. The messages
    /// themselves have 16 MiB at most, which is what Ballista sets by default, and what the rest of a
    /// plan must fit into too.
    pub message: usize,
    /// `partitions`: the partitions of a scan, 65,536 by default.
    pub partitions: usize,
    /// `tasks`: the ranges of packages in a scan, 262,144 by default.
    pub tasks: usize,
    /// `text`: the octets of a URI, a path, an entity tag or a Content-Type, 8,192 by default, as
    /// many as common servers take of a URI.
    pub text: usize,
    /// `range`: the fewest octets that a table may ask to cut packages into, 64 KiB by default: each
    /// range is a task's worth of memory in the scheduler.
    pub range: u64,
}

/// What Ballista's messages have at most, unless its limit is set higher.
pub const GRPC: usize = 16 * 1024 * 1024;

/// What is left in a message for the rest of a plan.
const REST: usize = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: GRPC - REST,
            partitions: 65_536,
            tasks: 262_144,
            text: 8_192,
            range: 64 * 1024,
        }
    }
}

impl Limits {
    /// Sets how many octets a message of Ballista's may have, of which 1 MiB is kept for the rest of a
    /// plan.
    #[must_use]
    pub fn with_message(mut self, octets: usize) -> Self {
        self.message = octets.saturating_sub(REST).max(REST);
        self
    }

    /// How many octets the messages that contain `count` scans may have.
    #[must_use]
    pub fn messages(&self, count: usize) -> u32 {
        let one = self.message.saturating_add(REST);
        u32::try_from(one.saturating_mul(count.max(1))).unwrap_or(u32::MAX)
    }

    /// Checks the octets of a scan or a table in a message.
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub fn message(&self, octets: usize) -> Result<(), Error> {
        at_most("message", octets as u64, self.message as u64)
    }

    /// Checks the number of partitions of a scan.
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub fn partitions(&self, count: usize) -> Result<(), Error> {
        at_most("partitions", count as u64, self.partitions as u64)
    }

    /// Checks the number of ranges of a scan.
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub fn tasks(&self, count: usize) -> Result<(), Error> {
        at_most("tasks", count as u64, self.tasks as u64)
    }

    /// Checks the octets of a text.
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub fn text(&self, text: &str) -> Result<(), Error> {
        at_most("text", text.len() as u64, self.text as u64)
    }
}

fn at_most(limit: &'static str, found: u64, most: u64) -> Result<(), Error> {
    if found > most { Err(Error::Limit { limit, found, bound: most }) } else { Ok(()) }
}
