//! The errors of this library.

/// An error in reading a history.
///
/// Its text does not repeat the text of its source. A program prints both.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A request failed.
    #[error("a request failed")]
    Http(#[from] reqwest::Error),
    /// A URI or method is not valid in a request.
    #[error("a request cannot be written")]
    Request(#[from] http::Error),
    /// A server answered with another status than 200.
    #[error("{uri} was answered with {status}")]
    Status {
        /// The URI that was requested.
        uri: String,
        /// The status of the answer.
        status: http::StatusCode,
    },
    /// The feed of a history cannot be read.
    #[error("{uri} cannot be read")]
    Feed {
        /// The URI of the feed.
        uri: String,
        /// The reason.
        source: atom_fsm::Error,
    },
    /// A document is larger than this client reads.
    #[error("{uri} has more than {limit} octets")]
    TooLarge {
        /// The URI of the document.
        uri: String,
        /// The limit in octets.
        limit: usize,
    },
    /// A resource lacks a link that is necessary to find the next version.
    #[error("{uri} has no link to its {relation}")]
    Missing {
        /// The URI of the resource.
        uri: String,
        /// The relation of the missing link.
        relation: &'static str,
    },
    /// A link leads to another server (RFC 5829 section 5).
    #[error("{uri} is on another server")]
    Foreign {
        /// The target of the link.
        uri: String,
    },
    /// A version has several predecessors or several successors. Only a history in one line is read.
    #[error("{uri} has several predecessors or successors")]
    Branched {
        /// The URI of the version.
        uri: String,
    },
    /// The links lead to a version for the second time.
    #[error("the links lead to {uri} twice")]
    Cycle {
        /// The URI of the version.
        uri: String,
    },
    /// The links to the predecessors and those to the successors do not lead to the same versions.
    #[error("the links contradict each other at {uri}")]
    Contradiction {
        /// The URI of the version.
        uri: String,
    },
    /// There are more versions than this client reads.
    #[error("there are more than {limit} versions")]
    TooMany {
        /// The limit on the number of versions.
        limit: usize,
    },
}
