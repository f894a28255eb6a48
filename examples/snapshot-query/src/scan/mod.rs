//! Reading the ranges of packages, as batches of rows.

mod ahead;
mod opener;
mod rows;

pub use ahead::FIRST;
pub(crate) use opener::{Opener, task_of};
