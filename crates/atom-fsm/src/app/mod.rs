//! AtomPub's documents (RFC 5023).

mod accept;
mod categories;
mod collection;
mod entry;
pub(crate) mod media_range;
mod name;
mod service;

pub use accept::Accept;
pub use categories::Categories;
pub use collection::Collection;
pub use entry::{Control, Edited};
pub use media_range::media_range_includes;
pub use service::{Service, Workspace};
