//! What publishing into an object store can fail with.

use crate::error::Error as Failed;
use std::path::PathBuf;

/// What publishing into an object store can fail with.
///
/// Whatever it is, no reader sees a part of a snapshot, and another attempt continues.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A text is not a place to publish into.
    #[error("place: nothing can be published into {text:?}: {why}")]
    Place {
        /// The text, without what may be credentials.
        text: String,
        /// Why, and what to do.
        why: &'static str,
    },
    /// The store cannot be used from here.
    #[error("store: {url} cannot be used: {why}")]
    NoStore {
        /// The URI of the store.
        url: String,
        /// What is missing, and what to do.
        why: &'static str,
    },
    /// The store failed, after all attempts.
    #[error("store: {key} cannot be {what}: {cause}")]
    Store {
        /// The key.
        key: String,
        /// What was attempted.
        what: &'static str,
        /// What the store says. Its message contains those of its own sources.
        cause: object_store::Error,
    },
    /// The store ignores the conditions of requests.
    #[error(
        "conditions: the store does not refuse to put {key} on a condition that is not met ({condition}), so \
         that publishers could replace each other's indexes"
    )]
    NoConditions {
        /// The key of the object with which that was attempted.
        key: String,
        /// The condition.
        condition: &'static str,
    },
    /// Another publisher publishes into the same directory.
    #[error("in-use: another publisher publishes into {} at present", directory.display())]
    InUse {
        /// The directory.
        directory: PathBuf,
    },
    /// Another run publishes the same database into a store.
    #[error("uploading: another run publishes {} at present", database.display())]
    Uploading {
        /// The database.
        database: PathBuf,
    },
    /// The snapshots of the publisher that serves the database have other references.
    #[error(
        "other-base: the references of the snapshots in {} are {}", directory.display(),
        base.as_ref().map_or_else(|| "relative".to_owned(), |base| format!("below {base}"))
    )]
    OtherBase {
        /// The directory.
        directory: PathBuf,
        /// The base URI of the references; none if they are relative.
        base: Option<String>,
    },
    /// The place has the snapshots of another database.
    #[error("other-database: {key} is the index of a snapshot of another database")]
    OtherDatabase {
        /// The key.
        key: String,
    },
    /// The latest index is none.
    #[error("latest: {key} is no index of a snapshot")]
    Latest {
        /// The key.
        key: String,
        /// What is wrong with it.
        source: snapshot_index::Error,
    },
    /// A document in the store is longer than an index may be.
    #[error("latest: {key} has more than {limit} octets")]
    TooLong {
        /// The key.
        key: String,
        /// The limit.
        limit: u64,
    },
    /// Other publishers replaced the latest index again and again.
    #[error("latest: {key} was replaced by others at each of {attempts} attempts")]
    Contended {
        /// The key.
        key: String,
        /// The number of attempts.
        attempts: u32,
    },
    /// The store has something else than was put into it.
    #[error("differs: {key} is not what was put there: {what}")]
    Differs {
        /// The key.
        key: String,
        /// What differs.
        what: &'static str,
    },
    /// The program was asked to stop.
    #[error("stopped: the upload is not complete")]
    Stopped,
    /// There is no snapshot to publish.
    #[error("no-snapshot: {} contains no complete snapshot", directory.display())]
    NoSnapshot {
        /// The directory.
        directory: PathBuf,
    },
    /// The snapshot on this machine cannot be used.
    #[error(transparent)]
    Snapshot(#[from] Failed),
}

impl Error {
    /// What an operator can do about it, where the message does not say it.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Self::Store { cause, .. } => match cause {
                // A list of a bucket that is not there has no error of its own.
                cause if cause.to_string().contains("NoSuchBucket") => {
                    "create the bucket, or name another one"
                }
                cause if cause.to_string().contains("RequestTimeTooSkewed") => {
                    "set the clock of this machine: the store refuses what is signed at another time"
                }
                object_store::Error::PermissionDenied { .. }
                | object_store::Error::Unauthenticated { .. } => {
                    "check the credentials, and that they permit to list, get and put below the prefix"
                }
                _ => "run it again, and the upload continues",
            },
            Self::NoConditions { .. } => {
                "publish into a store that has conditional writes (If-None-Match and If-Match of PUT)"
            }
            Self::InUse { .. } | Self::Uploading { .. } => "wait until that one has finished",
            Self::OtherBase { .. } => {
                "state the --base-uri of the publisher that serves the database"
            }
            Self::OtherDatabase { .. } => "name another prefix",
            Self::Latest { .. } | Self::TooLong { .. } => {
                "remove it if nobody needs it, or name another prefix"
            }
            Self::Contended { .. } => "run it again",
            Self::Differs { .. } => {
                "remove the directory that it is in, find out what else writes there, and run it again"
            }
            Self::Stopped => "run it again, and the upload continues",
            Self::NoSnapshot { .. } => {
                "wait until the publisher that serves the database has written one"
            }
            Self::Snapshot(Failed::Digest { .. } | Failed::Length { .. }) => {
                "its disk has damaged it: remove the directory that it is in, and run it again"
            }
            Self::Snapshot(error) => return error.advice(),
            Self::Place { .. } | Self::NoStore { .. } => return None,
        })
    }
}
