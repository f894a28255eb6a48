//! OPML 2.0, the format of lists of feeds, and its relation to bundles.
//!
//! An outline with `xmlUrl` is a service entry, one with the type `include` is a reference to a bundle,
//! and one that contains others is a bundle: [`Opml::to_folder`] and [`Opml::from_folder`].
//!
//! ```
//! use atom_fsm::opml::{Item, Opml};
//!
//! let opml = Opml::parse(
//!     "<opml version='2.0'><head><title>Mine</title></head><body><outline text='News'>\
//!      <outline text='A' type='rss' xmlUrl='http://example.org/a'/></outline></body></opml>",
//! )?;
//! let folder = opml.to_folder();
//! assert_eq!(folder.title(), "Mine");
//! let Item::Folder(news) = &folder.items()[0] else { unreachable!() };
//! let Item::Service(service) = &news.items()[0] else { unreachable!() };
//! assert_eq!((&*service.title(), service.uri()), ("A", "http://example.org/a"));
//! # Ok::<(), atom_fsm::Error>(())
//! ```

mod check;
mod document;
mod folder;
mod outline;

pub use document::Opml;
pub use folder::{Folder, Item};
pub use outline::{Outline, OutlineKind};
