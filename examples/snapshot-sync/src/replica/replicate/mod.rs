//! Replicating a snapshot: packages are fetched in parallel, and each is stored when it is
//! complete.

mod batch;
mod download;
mod options;
mod package;
mod read;
mod report;
mod snapshot;
mod spool;
mod storing;
mod transfer;

pub use options::{Admission, Options};
pub use report::{Happening, SnapshotReport};
pub use snapshot::snapshot;
pub(crate) use spool::Spool;
