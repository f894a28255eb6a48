//! Bundles as OPML, the format in which readers of feeds exchange their lists, and back.
//!
//! A service entry is an outline with `xmlUrl`, a reference to a bundle an outline of the type
//! `include`, and a bundle that was walked to an outline that contains others.
//!
//! | | |
//! |---|---|
//! | [`document`] | a bundle as an OPML document: what a server answers for `/{user}/{collection}.opml` |
//! | [`folder`], [`walked`] | a bundle as a folder, alone or with the bundles that it leads to |
//! | [`import`] | what a folder holds, added to a bundle |

mod export;
mod import;

pub use export::{Exported, OPML, Queries, document, folder, walked};
pub use import::{Imported, import};
