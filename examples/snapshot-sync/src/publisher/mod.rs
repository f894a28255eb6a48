//! The publisher: a database, its snapshots and its feed, served over HTTP.

pub mod attached;
pub mod clock;
pub mod condition;
pub mod feed;
pub mod generate;
pub mod listen;
#[cfg(feature = "metrics")]
pub mod metrics;
mod name;
pub mod range;
pub mod reference;
pub mod server;
pub mod snapshot;
pub mod store;
#[cfg(feature = "object-store")]
pub mod upload;
pub mod versions;
