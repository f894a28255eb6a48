//! What exploring a history can fail with.

/// What exploring a history can fail with.
///
/// An error's own words do not repeat its source's: a program prints the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A request failed.
    #[error("a request failed")]
    Http(#[from] reqwest::Error),
    /// A URI or method cannot be asked for.
    #[error("a request cannot be made")]
    Request(#[from] http::Error),
    /// A server answered otherwise than with a document.
    #[error("{uri} was answered with {status}")]
    Status {
        /// What was asked for.
        uri: String,
        /// What was answered.
        status: http::StatusCode,
    },
    /// A history is not a feed that can be read.
    #[error("{uri} cannot be read")]
    Feed {
        /// The history.
        uri: String,
        /// What was wrong.
        source: atom_fsm::Error,
    },
    /// A document is larger than is taken.
    #[error("{uri} has more than {limit} octets")]
    TooLarge {
        /// The document.
        uri: String,
        /// The most that is taken.
        limit: usize,
    },
    /// A resource has no link that the walk needs.
    #[error("{uri} has no link to its {relation}")]
    Missing {
        /// The resource.
        uri: String,
        /// The relation.
        relation: &'static str,
    },
    /// A link leads to another server (RFC 5829 section 5).
    #[error("{uri} is on another server")]
    Foreign {
        /// The target.
        uri: String,
    },
    /// A version has several neighbours on one side: this walk draws a line only.
    #[error("{uri} has several versions on one side")]
    Branched {
        /// The version.
        uri: String,
    },
    /// The walk came to a version again.
    #[error("the walk comes to {uri} again")]
    Cycle {
        /// The version.
        uri: String,
    },
    /// The way back does not lead over the same versions as the way there.
    #[error("the links contradict each other at {uri}")]
    Contradiction {
        /// The version.
        uri: String,
    },
    /// There are more versions than are walked.
    #[error("there are more than {limit} versions")]
    TooMany {
        /// The most that are walked.
        limit: usize,
    },
}
