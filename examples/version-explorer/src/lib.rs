//! Reads the history of a versioned document over HTTP: by links alone, from version to version, or
//! by the Atom feed of the history.
//!
//! The codecs `version-links` and `atom-fsm` read the answers. This library sends the requests.
//!
//! | | |
//! |---|---|
//! | [`explorer`] | the client |
//! | [`history`] | the versions in their order, from Link fields or from a feed |

#![forbid(unsafe_code)]

pub mod error;
pub mod explorer;
pub mod history;

pub use error::Error;
pub use explorer::Explorer;
pub use history::History;
