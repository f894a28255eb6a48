//! The errors of this library.

/// An error of the client or of the server.
///
/// Its text does not repeat the text of its source. A program prints both.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or socket failed.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
    /// A request failed.
    #[error("a request failed")]
    Http(#[from] reqwest::Error),
    /// An answer does not fit the request, or its document is refused.
    #[error("the answer of {uri} is refused")]
    Answer {
        /// The URI that was requested.
        uri: String,
        /// The reason.
        source: atom_fsm::Error,
    },
    /// A request or its document cannot be written.
    #[error("a request cannot be written")]
    Request(#[from] atom_fsm::Error),
    /// A server refused a request.
    #[error("{uri} was answered with {status}")]
    Status {
        /// The URI that was requested.
        uri: String,
        /// The status of the answer.
        status: http::StatusCode,
    },
    /// Something that the protocol requires is missing.
    #[error("{uri} has no {what}")]
    Missing {
        /// The URI that was requested.
        uri: String,
        /// What is missing.
        what: &'static str,
    },
    /// A document is larger than this client reads.
    #[error("{uri} has more than {limit} octets")]
    TooLarge {
        /// The URI of the document.
        uri: String,
        /// The limit in octets.
        limit: usize,
    },
}
