//! Snapshots: packages of the database at one moment, written once and served as files.

mod elsewhere;
mod files;
mod manifest;
mod options;
mod shelf;
mod write;

pub use files::{Package, Snapshot, index_path};
pub use options::{Opening, Options};
pub(crate) use shelf::remove_snapshots;
pub use shelf::{Found, Shelf};
