//! AtomPub's documents (RFC 5023).

mod accept;
mod categories;
mod collection;
mod entry;
mod service;

pub use accept::Accept;
pub use categories::Categories;
pub use collection::Collection;
pub use entry::{Control, Edited};
pub use service::{Service, Workspace};

#[cfg(feature = "http")]
pub(crate) use accept::media;

/// The names of AtomPub's elements, as a writer wants them.
mod name {
    use crate::namespace::APP;
    use crate::xml::Name;

    pub(super) const ACCEPT: Name<'static> = Name::known(APP, "", "accept");
    pub(super) const CATEGORIES: Name<'static> = Name::known(APP, "", "categories");
    pub(super) const COLLECTION: Name<'static> = Name::known(APP, "", "collection");
    pub(super) const SERVICE: Name<'static> = Name::known(APP, "", "service");
    pub(super) const WORKSPACE: Name<'static> = Name::known(APP, "", "workspace");
}
