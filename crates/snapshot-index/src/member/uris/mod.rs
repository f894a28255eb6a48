//! The member `uris`: the list of the packages' URI references, and what is checked about it.

pub(crate) mod list;
pub(crate) mod numbering;
pub(crate) mod reference;
pub(crate) mod repeats;
