//! The record of which packages of an index are done.

mod fingerprint;
mod ranges;
mod record;
mod saved;

pub use record::{Progress, Remaining};
