//! The replica: a copy of what a publisher serves, in a database.

mod database;
pub mod discover;
pub mod fetch;
pub mod follow;
mod media_type;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod page;
pub mod phase;
mod related;
pub mod replicate;
pub mod replicator;
pub mod status;

pub use database::{Consumed, Replica};
