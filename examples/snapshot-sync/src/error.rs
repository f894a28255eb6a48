//! What publishing and replicating can fail with.

/// What publishing and replicating can fail with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A database failed.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A file or socket failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// A request failed.
    #[error("request: {0}")]
    Http(#[from] reqwest::Error),
    /// A package or feed document broke its framing.
    #[error("{uri}: {source}")]
    Package {
        /// The document.
        uri: String,
        /// What was wrong.
        source: multipart_package::Error,
    },
    /// A part or document could not be written.
    #[error("writing: {0}")]
    Write(#[from] multipart_package::Error),
    /// An index was wrong.
    #[error("snapshot index: {0}")]
    Index(#[from] snapshot_index::Error),
    /// A Link field was wrong.
    #[error("{uri}: {source}")]
    Link {
        /// The document.
        uri: String,
        /// What was wrong.
        source: version_links::Error,
    },
    /// A server answered otherwise than the protocol has it.
    #[error("{uri}: answered {status}")]
    Status {
        /// What was asked for.
        uri: String,
        /// What was answered.
        status: http::StatusCode,
    },
    /// A document lacks what the protocol needs.
    #[error("{uri}: no {what}")]
    Missing {
        /// The document.
        uri: String,
        /// What it lacks.
        what: &'static str,
    },
    /// A document is larger than the replica takes.
    #[error("{uri}: more than {limit} octets")]
    TooLarge {
        /// The document.
        uri: String,
        /// The most that is taken.
        limit: usize,
    },
    /// A reference leads to another origin, or is none.
    #[error("{reference}: not a reference within {base}")]
    Foreign {
        /// The reference.
        reference: String,
        /// What it was resolved against.
        base: String,
    },
    /// A patch or the state that it applies to is no JSON.
    #[error("{uri}: {source}")]
    Patch {
        /// The entity.
        uri: String,
        /// What was wrong.
        source: serde_json::Error,
    },
    /// The event last processed is nowhere in the feed.
    #[error("the feed's history was cut: replicate again from a snapshot")]
    HistoryCut,
    /// A task of this program was stopped.
    #[error("a task was stopped: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// A part of this program went away while another waited for it.
    #[error("{0} has stopped")]
    Stopped(&'static str),
}
