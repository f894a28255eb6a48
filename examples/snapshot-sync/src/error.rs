//! What publishing and replicating can fail with.

/// What publishing and replicating can fail with.
///
/// An error's own words do not repeat its source's: a program prints the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A database failed.
    #[error("a database failed")]
    Database(#[from] rusqlite::Error),
    /// A file or socket failed.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
    /// A request failed.
    #[error("a request failed")]
    Http(#[from] reqwest::Error),
    /// A package or feed document broke a rule or a limit.
    #[error("{uri} cannot be read")]
    Package {
        /// The document.
        uri: String,
        /// What was wrong.
        source: multipart_package::Error,
    },
    /// A part or document could not be written.
    #[error("a package or feed document cannot be written")]
    Write(#[from] multipart_package::Error),
    /// An index was wrong, or belongs to another snapshot.
    #[error("the snapshot's index is refused")]
    Index(#[from] snapshot_index::Error),
    /// Which packages are done could not be written down.
    #[error("the progress cannot be written")]
    Progress(#[source] serde_json::Error),
    /// A Link field was wrong.
    #[error("a Link field of {uri} cannot be read")]
    Link {
        /// The document.
        uri: String,
        /// What was wrong.
        source: version_links::Error,
    },
    /// The links of a version cannot be written.
    #[error("a Link field cannot be written")]
    Links(#[from] version_links::Error),
    /// The history of an entity cannot be written.
    #[error("a history cannot be written")]
    History(#[from] atom_fsm::Error),
    /// A server answered otherwise than the protocol has it.
    #[error("{uri} was answered with {status}")]
    Status {
        /// What was asked for.
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
    /// A document is larger than the replica takes.
    #[error("{uri} has more than {limit} octets")]
    TooLarge {
        /// The document.
        uri: String,
        /// The most that is taken.
        limit: usize,
    },
    /// A reference leads to another origin, or is none.
    #[error("{reference} is not a reference within the origin of {base}")]
    Foreign {
        /// The reference.
        reference: String,
        /// What it was resolved against.
        base: String,
    },
    /// A patch, or the state that it applies to, is not JSON.
    #[error("{uri} cannot be patched")]
    Patch {
        /// The entity.
        uri: String,
        /// What was wrong.
        source: serde_json::Error,
    },
    /// The replica holds no snapshot that a feed could be consumed on top of.
    #[error("the replica holds no snapshot yet")]
    NoSnapshot,
    /// The event last processed is nowhere in the feed.
    #[error("the feed's history was cut: replicate again from a snapshot")]
    HistoryCut,
    /// A task of this program panicked or was stopped.
    #[error("a task was stopped")]
    Task(#[from] tokio::task::JoinError),
    /// A part of this program went away while another waited for it.
    #[error("{0} has stopped")]
    Stopped(&'static str),
}
