//! The members of an index, each in a file of its name (draft section 3.1).

pub(crate) mod id;
pub(crate) mod time;
pub(crate) mod unknown;
pub(crate) mod uris;
