//! Reading the ranges of packages, as batches of rows.

mod ahead;
mod opener;
mod rows;

pub use ahead::READ_AHEAD_OCTETS;
pub(crate) use opener::{Opener, task_of};
