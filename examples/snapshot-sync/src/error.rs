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
    /// What is kept beside a snapshot's packages could not be read or written.
    #[error("a snapshot's manifest cannot be read or written")]
    Manifest(#[source] serde_json::Error),
    /// A snapshot is of another database.
    #[error("{} is a snapshot of another database: use another directory", path.display())]
    OtherFeed {
        /// Where it is.
        path: std::path::PathBuf,
    },
    /// What is done could not be written down.
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
    /// A server asks to be left alone for longer than a request is waited with.
    #[error("{uri} was answered with {status}, and not to be asked again for {} s", after.as_secs())]
    Later {
        /// What was asked for.
        uri: String,
        /// What was answered.
        status: http::StatusCode,
        /// For how long (Retry-After).
        after: std::time::Duration,
    },
    /// A document lacks what the protocol needs.
    #[error("{uri} has no {what}")]
    Missing {
        /// The document.
        uri: String,
        /// What it lacks.
        what: &'static str,
    },
    /// A document or entity is larger than is taken.
    #[error("{uri} has more than {limit} octets")]
    TooLarge {
        /// The document.
        uri: String,
        /// The most that is taken.
        limit: usize,
    },
    /// A reference is none.
    #[error("{reference} is not a URI reference within {base}")]
    Reference {
        /// The reference.
        reference: String,
        /// What it was resolved against.
        base: String,
    },
    /// A URI is not one of http or https.
    #[error("{uri} is not an http or https URI")]
    NotHttp {
        /// The URI.
        uri: String,
    },
    /// A URI leads to an origin that the replica was not told to ask.
    #[error("{uri} is of another origin; allow it, if it is to be asked")]
    OtherOrigin {
        /// The URI.
        uri: String,
    },
    /// A server sent a content coding that nobody asked for.
    #[error("{uri} came in a content coding that was not asked for")]
    Coded {
        /// The document.
        uri: String,
    },
    /// Octets are not those whose digest was claimed.
    #[error("{uri} is not what its digest says")]
    Digest {
        /// The document.
        uri: String,
    },
    /// A package ended elsewhere than where it was said to.
    #[error("{uri} has {octets} octets, not {stated}")]
    Length {
        /// The package.
        uri: String,
        /// How many came.
        octets: u64,
        /// How many it was said to have.
        stated: u64,
    },
    /// A server answered a range otherwise than it was asked for.
    #[error("{uri}: {what}")]
    Range {
        /// The package.
        uri: String,
        /// What was wrong.
        what: &'static str,
    },
    /// A package or index is gone: another snapshot may have taken the place of this one.
    #[error("{uri} is gone")]
    Gone {
        /// The document.
        uri: String,
    },
    /// The index changed while its packages were read.
    #[error("the index at {uri} changed while its packages were read")]
    Changed {
        /// The index.
        uri: String,
    },
    /// Two parts of one snapshot are of the same entity.
    #[error("{uri} has a part for {entity}, which another part is of too")]
    Twice {
        /// The package.
        uri: String,
        /// The entity.
        entity: String,
    },
    /// A patch, or the state that it applies to, is not JSON.
    #[error("{uri} cannot be patched")]
    Patch {
        /// The entity.
        uri: String,
        /// What was wrong.
        source: serde_json::Error,
    },
    /// Another process replicates into the same database.
    #[error("another process replicates into {}", path.display())]
    InUse {
        /// The database.
        path: std::path::PathBuf,
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

impl Error {
    /// Whether it lies in what a package holds: the same would come again.
    pub(crate) fn is_of_package(&self) -> bool {
        matches!(
            self,
            Self::Package { .. }
                | Self::Twice { .. }
                | Self::Missing { .. }
                | Self::Reference { .. }
                | Self::OtherOrigin { .. }
        )
    }
}
