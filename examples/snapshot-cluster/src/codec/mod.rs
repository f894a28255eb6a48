//! What travels: a table from the client to the scheduler, and scans from there to the executors.
//!
//! The functions read and write octets. The codecs that Ballista calls stand on them.

pub mod targets;

mod logical;
mod physical;
mod wire;

pub use logical::LogicalCodec;
pub use physical::PhysicalCodec;
pub use wire::{Terms, read_scan, read_table, write_scan, write_table};
