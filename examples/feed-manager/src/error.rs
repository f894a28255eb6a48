//! What managing feeds can fail with.

/// What managing feeds can fail with.
///
/// An error's own words do not repeat its source's: a program prints the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or socket failed.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
    /// A request failed.
    #[error("a request failed")]
    Http(#[from] reqwest::Error),
    /// An answer is no answer to the request, or its document is refused.
    #[error("the answer of {uri} is refused")]
    Answer {
        /// What was asked.
        uri: String,
        /// What was wrong.
        source: atom_fsm::Error,
    },
    /// A request or document cannot be made.
    #[error("a request cannot be made")]
    Request(#[from] atom_fsm::Error),
    /// A server refused.
    #[error("{uri} was answered with {status}")]
    Status {
        /// What was asked.
        uri: String,
        /// What was answered.
        status: http::StatusCode,
    },
    /// A document lacks what the protocol needs.
    #[error("{uri} has no {what}")]
    Missing {
        /// The document.
        uri: String,
        /// What it lacks.
        what: &'static str,
    },
    /// A document is larger than this client takes.
    #[error("{uri} has more than {limit} octets")]
    TooLarge {
        /// The document.
        uri: String,
        /// The most that is taken.
        limit: usize,
    },
}
