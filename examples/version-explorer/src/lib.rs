//! Walks the history of a versioned document over HTTP: from the document to its first version and
//! on to the latest, by links alone, or by its history's Atom feed.
//!
//! The codecs read what servers say (`version-links`, `atom-fsm`); this library asks them.
//!
//! | | |
//! |---|---|
//! | [`explorer`] | asking servers |
//! | [`history`] | a history: versions in order, from links of any origin |

#![forbid(unsafe_code)]

pub mod error;
pub mod explorer;
pub mod history;

pub use error::Error;
pub use explorer::Explorer;
pub use history::History;
