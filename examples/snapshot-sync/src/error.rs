//! What publishing and replicating can fail with.

/// What publishing and replicating can fail with.
///
/// The message of an error does not repeat that of its source: a program prints the whole chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A database failed.
    #[error("a database failed")]
    Database(#[from] rusqlite::Error),
    /// A file or socket failed.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
    /// A file cannot be used.
    #[error("{} cannot be used", path.display())]
    File {
        /// The file or directory.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file is not a database of this program, or not of this side of it.
    #[error("{} {what}", path.display())]
    Foreign {
        /// The file.
        path: std::path::PathBuf,
        /// What it is, and what to do.
        what: String,
    },
    /// A table of an application's database cannot be published.
    #[error("{}: {refused}", path.display())]
    Table {
        /// The application's database.
        path: std::path::PathBuf,
        /// Why, and what to do.
        refused: crate::refusal::Refusal,
    },
    /// The server cannot listen on an address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another publisher serves a database: two would issue the same numbers.
    #[error(
        "another publisher serves {}: stop that one, or name another database", path.display()
    )]
    Served {
        /// The database.
        path: std::path::PathBuf,
    },
    /// A text cannot be the base URI of a publisher.
    #[error(
        "{uri:?} cannot be the base URI: state the http or https URI of the publisher's root, without \
         a query, such as https://example.org/shop/"
    )]
    BaseUri {
        /// The text.
        uri: String,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Http(#[from] reqwest::Error),
    /// A request failed.
    #[error("a request failed for {uri}")]
    Request {
        /// The requested URI.
        uri: String,
        /// What was wrong.
        source: reqwest::Error,
    },
    /// A server that was connected to sends nothing more.
    #[error(
        "{uri}: the server sent nothing for as long as was waited for the next octet (--stall)"
    )]
    Stalled {
        /// The requested URI.
        uri: String,
        /// What was wrong.
        source: reqwest::Error,
    },
    /// No connection to a server can be made.
    #[error("no connection can be made for {uri}: is the server there, and running?")]
    Unreachable {
        /// The requested URI.
        uri: String,
        /// What was wrong.
        source: reqwest::Error,
    },
    /// A redirect leads to where no request may go.
    #[error("{uri} redirects to {to}, which is of another origin: {advice}")]
    Redirect {
        /// The requested URI.
        uri: String,
        /// Where it redirects to.
        to: String,
        /// What to do.
        advice: &'static str,
    },
    /// A URI of https, in a program that does not support it.
    #[error(
        "{uri} cannot be requested: this program was built without the feature tls, which https needs"
    )]
    NoTls {
        /// The URI.
        uri: String,
    },
    /// The start URI leads to nothing.
    #[error("{uri} was answered with {status}: is this the URI of an index or a feed?")]
    Start {
        /// The start URI, after redirects.
        uri: String,
        /// The status of the last answer.
        status: http::StatusCode,
    },
    /// The start URI leads to something else than an index or a feed.
    #[error(
        "{uri} was answered with a document of the type {media_type}, which is neither an index \
         (application/json) nor a feed (multipart/mixed): is this the right URI, or did a login page \
         or a proxy answer?"
    )]
    NoIndex {
        /// The start URI, after redirects.
        uri: String,
        /// The media type of the answer.
        media_type: String,
    },
    /// A server wants to know who asks, or refuses who asks (401 or 403).
    #[error("{uri} was answered with {status}: does the publisher require a token (--token-file)?")]
    Forbidden {
        /// The requested URI.
        uri: String,
        /// The status of the answer.
        status: http::StatusCode,
    },
    /// A package or feed document violates a rule or exceeds a limit.
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
    /// An index is invalid, or it is the index of another snapshot.
    #[error("the snapshot's index is refused")]
    Index(#[from] snapshot_index::Error),
    /// The index of a snapshot is invalid.
    #[error("the index at {uri} is refused")]
    IndexAt {
        /// The index.
        uri: String,
        /// What was wrong.
        source: snapshot_index::Error,
    },
    /// A timeline document is invalid.
    #[error("the timeline at {uri} cannot be read")]
    Timeline {
        /// The document.
        uri: String,
        /// What was wrong.
        source: serde_json::Error,
    },
    /// The manifest beside a snapshot's packages cannot be read or written.
    #[error("a snapshot's manifest cannot be read or written")]
    Manifest(#[source] serde_json::Error),
    /// A directory contains a snapshot of another database.
    #[error("{} is a snapshot of another database: use another directory", path.display())]
    OtherFeed {
        /// The snapshot.
        path: std::path::PathBuf,
    },
    /// The progress of a replication cannot be serialized.
    #[error("the progress cannot be written")]
    Progress(#[source] serde_json::Error),
    /// A Link field is invalid.
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
    /// A server answered with a status that the protocol does not expect.
    #[error("{uri} was answered with {status}")]
    Status {
        /// The requested URI.
        uri: String,
        /// The status of the answer.
        status: http::StatusCode,
    },
    /// A server asks the client to wait longer than the longest delay between attempts.
    #[error("{uri} was answered with {status}; the server asks to wait for {} s", after.as_secs())]
    Later {
        /// The requested URI.
        uri: String,
        /// The status of the answer.
        status: http::StatusCode,
        /// How long to wait (Retry-After).
        after: std::time::Duration,
    },
    /// A document lacks something that the protocol requires.
    #[error("{uri} has no {what}")]
    Missing {
        /// The document.
        uri: String,
        /// What it lacks.
        what: &'static str,
    },
    /// A document or entity exceeds a limit.
    #[error("{uri} has more than {limit} octets")]
    TooLarge {
        /// The document or entity.
        uri: String,
        /// The limit, in octets.
        limit: usize,
    },
    /// A text is not a URI reference.
    #[error("{reference} is not a URI reference within {base}")]
    Reference {
        /// The text.
        reference: String,
        /// The URI of the document that contains it.
        base: String,
    },
    /// A URI is not one of http or https.
    #[error("{uri} is not an http or https URI, such as http://example.net/snapshots/latest")]
    NotHttp {
        /// The URI.
        uri: String,
    },
    /// A URI is of an origin that the replica may not request anything from.
    #[error("{uri} is of another origin; allow that origin if it is trusted")]
    OtherOrigin {
        /// The URI.
        uri: String,
    },
    /// A reference leads out of all roots.
    #[error(
        "{reference:?} in {document} leads out of {root}: if it is trusted, allow where it leads with \
         --allow-origin"
    )]
    Outside {
        /// The reference.
        reference: String,
        /// The URI of the document that contains it.
        document: String,
        /// The publisher's root.
        root: String,
    },
    /// An answer has a content coding that this program does not decode.
    #[error(
        "{uri} was sent with the content coding {coding}, although none was asked for: let the server \
         or proxy send it as it is, or with gzip{}", if cfg!(feature = "zstd") { " or zstd" } else { "" }
    )]
    Coded {
        /// The document.
        uri: String,
        /// The coding, or several.
        coding: String,
    },
    /// The octets of an answer are not in the stated content coding, or end too early.
    #[error("{uri} was sent with the content coding {coding}, and cannot be decoded")]
    Undecodable {
        /// The document.
        uri: String,
        /// The coding.
        coding: String,
        /// What was wrong.
        source: std::io::Error,
    },
    /// An answer has more decoded octets than the limit allows for those that were received.
    #[error(
        "{uri} was sent with the content coding {coding}, and its first {received} octets become more \
         than {limit}"
    )]
    Inflated {
        /// The document.
        uri: String,
        /// The coding.
        coding: String,
        /// The number of octets that were received.
        received: u64,
        /// The limit for so many octets.
        limit: u64,
    },
    /// The octets of a document do not match its digest.
    #[error("{uri} does not match its digest")]
    Digest {
        /// The document.
        uri: String,
    },
    /// A package does not have the stated length.
    #[error("{uri} has {octets} octets; {stated} were stated")]
    Length {
        /// The package.
        uri: String,
        /// The number of octets that were received.
        octets: u64,
        /// The number of octets that were stated.
        stated: u64,
    },
    /// The answer to a range request does not fit the request.
    #[error("{uri}: {what}")]
    Range {
        /// The package.
        uri: String,
        /// The reason.
        what: &'static str,
    },
    /// A document is not there (404 or 410), although it was waited for; where it is a package or an
    /// index, a newer snapshot may have replaced its snapshot.
    #[error("{uri} was answered with {status}")]
    Gone {
        /// The document.
        uri: String,
        /// The status of the last answer.
        status: http::StatusCode,
    },
    /// The index changed while its packages were being read.
    #[error("the index at {uri} changed while its packages were being read")]
    Changed {
        /// The index.
        uri: String,
    },
    /// Two parts of one snapshot contain the same entity.
    #[error("{uri} contains {entity}, which another part of the snapshot contains too")]
    Twice {
        /// The package.
        uri: String,
        /// The entity.
        entity: String,
    },
    /// A patch, or the state to which it is applied, is not JSON.
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
    /// The replica has no complete snapshot, so that it cannot consume the feed.
    #[error("the replica has no complete snapshot yet")]
    NoSnapshot,
    /// The consuming rules cannot go on before a time.
    #[error("{uri}: {}; the next attempt is made at {until}", waiting(*reason))]
    Wait {
        /// The feed.
        uri: String,
        /// When they can go on.
        until: chrono::DateTime<chrono::Utc>,
        /// Why they cannot go on now.
        reason: change_feed::DoubtReason,
    },
    /// The consuming rules have stopped.
    #[error("{uri}: {stop}{}", what_to_do(*stop))]
    Stop {
        /// The feed.
        uri: String,
        /// Why.
        stop: change_feed::Stop,
    },
    /// A snapshot may not replace the copy.
    #[error("{uri} is not taken: {refused}")]
    Refused {
        /// The snapshot's index.
        uri: String,
        /// Why.
        refused: change_feed::Refused,
    },
    /// A feed document or a timeline exceeds a limit, or is invalid.
    #[error("{uri} is refused")]
    Rules {
        /// The document.
        uri: String,
        /// What was wrong.
        source: change_feed::Error,
    },
    /// A task of this program panicked or was cancelled.
    #[error("a task panicked or was cancelled")]
    Task(#[from] tokio::task::JoinError),
    /// A part of this program stopped while another one waited for it.
    #[error("{0} has stopped")]
    Stopped(&'static str),
}

impl Error {
    /// Turns the system's error about a file into one that names the file.
    pub(crate) fn of_file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }

    /// Whether a request or its answer is the cause, and nothing on this side.
    pub(crate) fn is_of_request(&self) -> bool {
        matches!(
            self,
            Self::Http(_)
                | Self::Request { .. }
                | Self::Unreachable { .. }
                | Self::Redirect { .. }
                | Self::Forbidden { .. }
                | Self::Status { .. }
                | Self::Later { .. }
                | Self::TooLarge { .. }
                | Self::OtherOrigin { .. }
                | Self::Coded { .. }
                | Self::Digest { .. }
                | Self::Gone { .. }
        )
    }

    /// What an operator can do about it, where the message does not say it.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        use std::io::ErrorKind;
        match self {
            Self::File { source, .. } => Some(match source.kind() {
                ErrorKind::NotFound => "create it, or name another one",
                ErrorKind::PermissionDenied => {
                    "give this user the right to read and write it, or name another one"
                }
                ErrorKind::ReadOnlyFilesystem => "name one on a disk that can be written",
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk",
                ErrorKind::IsADirectory => "name a file",
                ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
                    "name a directory, or remove the file that has its name"
                }
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                    "restore it, or remove the directory that it is in"
                }
                _ => return None,
            }),
            Self::Listen { source, .. } => Some(match source.kind() {
                ErrorKind::AddrInUse => {
                    "another program listens there: stop that one, or name another address"
                }
                ErrorKind::AddrNotAvailable => {
                    "this machine does not have it: name another address"
                }
                ErrorKind::PermissionDenied => "name a port from 1024 on",
                _ => return None,
            }),
            Self::Database(error) => Some(match error.sqlite_error_code()? {
                rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => {
                    "another program writes to it: end that one, or try again later"
                }
                rusqlite::ErrorCode::DiskFull => "make room on the disk",
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase => {
                    "the file is damaged: restore it from a copy"
                }
                _ => return None,
            }),
            _ => None,
        }
    }

    /// Whether the content of a package is the cause, so that a repeated request would fail too.
    pub(crate) fn is_of_package(&self) -> bool {
        matches!(
            self,
            Self::Package { .. }
                | Self::Twice { .. }
                | Self::Missing { .. }
                | Self::Reference { .. }
                | Self::OtherOrigin { .. }
                | Self::Outside { .. }
        )
    }
}

fn waiting(reason: change_feed::DoubtReason) -> &'static str {
    use change_feed::DoubtReason as Reason;
    match reason {
        Reason::OlderDocument => "the feed is older than what was consumed, as from a cache",
        Reason::NoDocument => "the feed was not found",
        Reason::MissingEvent => "the feed does not contain the last processed event",
        _ => "the feed cannot be consumed at present",
    }
}

fn what_to_do(stop: change_feed::Stop) -> &'static str {
    use change_feed::Stop;
    match stop {
        Stop::OtherTimeline => {
            ", as after its restore from a backup: if the copy may lose what the publisher has lost, \
             use --replace-other-timeline"
        }
        Stop::OtherFeed => {
            ": check the URI, or use --replace-other-timeline to replace the copy by this feed"
        }
        Stop::Unauthorized => ": name a file with a valid token (--token-file)",
        Stop::Outage => ": the replica tries again later",
        Stop::TooManySetAside => ": `replicate status` lists some of them with the reasons",
        _ => "",
    }
}
