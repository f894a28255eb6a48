//! Why a document or a timeline was refused.

use crate::limits::{Limit, Limits};

/// Why a document, a timeline or an event id was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A limit was exceeded.
    #[error("more than {most} {} (Limits::{limit}); raise the limit if the publisher is trusted", limit.counted())]
    Limit {
        /// The limit.
        limit: Limit,
        /// Its value.
        most: u64,
    },
    /// A timeline is not JSON of the expected form.
    #[error("the timeline cannot be read at line {line}, column {column}: {reason}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column in octets, from 1.
        column: usize,
        /// What was expected.
        reason: String,
    },
    /// The runs of a timeline are in no order: a run begins before the one that is listed before it.
    #[error("run {index} of the timeline begins at event {first}, before the run in front of it")]
    Order {
        /// The index of the run, from 0.
        index: usize,
        /// The number of its first event.
        first: u64,
    },
    /// A document has two events with the same id, so that nobody can say behind which of them to go
    /// on.
    #[error("event {index} of the document has the id of an earlier event")]
    RepeatedEvent {
        /// The index of the second one, from 0.
        index: usize,
    },
    /// A timeline lists the same run twice.
    #[error("run {index} of the timeline has the id of an earlier run")]
    Repeated {
        /// The index of the second one, from 0.
        index: usize,
    },
    /// The id of a run is not what it must be: 32 lower-case hexadecimal digits.
    #[error("run {index} of the timeline has an id that is not 32 lower-case hexadecimal digits")]
    RunId {
        /// The index of the run, from 0.
        index: usize,
    },
}

impl Error {
    /// The limit that was exceeded, if that is the reason.
    #[must_use]
    pub const fn limit(&self) -> Option<Limit> {
        match self {
            Self::Limit { limit, .. } => Some(*limit),
            _ => None,
        }
    }
}

impl Limits {
    /// Refuses a count that exceeds a limit.
    pub(crate) fn check(&self, limit: Limit, count: usize) -> Result<(), Error> {
        match count as u64 > limit.of(self) {
            true => Err(Error::Limit { limit, most: limit.of(self) }),
            false => Ok(()),
        }
    }
}
