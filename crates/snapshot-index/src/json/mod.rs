//! The JSON layer: one pass that reads an index, and a second one that finds where something is.

pub(crate) mod depth;
pub(crate) mod locate;
pub(crate) mod text;
pub(crate) mod visit;
