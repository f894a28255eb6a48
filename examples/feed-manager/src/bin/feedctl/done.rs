//! How a command ended that did not fail.

/// Whether all of it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    Whole,
    Partly,
}
