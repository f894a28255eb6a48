//! The errors of the storage.

use std::path::PathBuf;

/// An error of the storage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite failed.
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
    /// A temporary file, in which media resources are received, cannot be used.
    #[error("a temporary file cannot be used")]
    Io(#[from] std::io::Error),
    /// The file is a database of another program.
    #[error("{} is not a database of feed-manager", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by a later version of this program.
    #[error("the database has schema {found}, and this program knows schemas up to {known}")]
    Newer {
        /// The version of the schema in the file.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// The documents in the database have URIs of another server.
    #[error("the documents in the database have URIs of {known}, and not of {given}")]
    Origin {
        /// The scheme and authority of the URIs in the database.
        known: String,
        /// Those that the server was started with.
        given: String,
    },
    /// A thread that the storage needs has ended, or cannot be started.
    #[error("a thread of the storage has stopped")]
    Stopped,
    /// The function that reads or changes panicked, which is a defect of this program. It has changed
    /// nothing.
    #[error("a function that uses the storage panicked")]
    Panicked,
    /// What was to be changed has changed since it was read.
    #[error("the resource has changed meanwhile")]
    Changed,
    /// There is nothing to change.
    #[error("there is nothing to change")]
    Missing,
    /// The name is in use.
    #[error("the name is taken")]
    Taken,
    /// A user has as many collections or octets, or a collection as many members, as the limit allows.
    #[error("more than {limit} {what}")]
    Full {
        /// What there would be too many of.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// This cannot be the name of a user.
    #[error(
        "{0:?} cannot be the name of a user: use 1 to 32 of a-z, 0-9 and single hyphens between \
         them, and none of service, assets, fetch and health"
    )]
    UserName(String),
}
