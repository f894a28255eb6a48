//! Publishing a snapshot into an object store: a bucket, or a directory.
//!
//! The keys below the prefix that the operator states:
//!
//! | key | |
//! |---|---|
//! | `snapshots/{time}-{hash}/{number}.multipart` | a package |
//! | `snapshots/{time}-{hash}/manifest.json` | the manifest: sizes, digests, parts, and the Content-Type of the packages |
//! | `snapshots/{time}-{hash}/index.json` | the index, which is put last, and only if it is not there |
//! | `latest.json` | the index of the latest snapshot, which is replaced |
//! | `conditions.json` | nothing: with it the publisher sees whether a bucket honours conditions |
//!
//! The hash is that of the manifest, which contains the digests of all packages and the index. So all
//! that can be put into a directory follows from its name: a publisher that continues what another one
//! has begun, or does the same at the same time, can only put the same octets there. A directory without
//! an index is no snapshot yet, and no reader looks into it.
//!
//! | module | |
//! |---|---|
//! | `place` | the URI of a store and a prefix in it |
//! | `turn` | the turn to publish a database, which one run has at a time |
//! | `target` | what is done in the store |
//! | `files` | what a directory needs and a bucket does not |
//! | `conditions` | whether a store honours the conditions of requests |
//! | `repeated` | requests with conditions that are repeated |
//! | `documents` | the names and the documents of a snapshot in the store |
//! | `halt` | what ends an upload early |
//! | `package` | one package: in one request, or in parts |
//! | `latest` | the index that is replaced |
//! | `run` | the order: packages, manifest, index, and then `latest.json` |

mod conditions;
mod documents;
mod error;
mod files;
mod halt;
mod latest;
mod options;
mod package;
mod place;
mod repeated;
mod run;
mod target;
mod turn;

pub use error::Error;
pub use latest::Latest;
pub use options::Options;
pub use place::Place;
pub use run::{Found, Outcome};
pub use target::Target;
pub use turn::Turn;
