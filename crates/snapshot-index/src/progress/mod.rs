//! Which packages of an index are done, over crashes and for parallel workers.

mod fingerprint;
mod ranges;
mod record;
mod saved;

pub use record::{Progress, Remaining};
