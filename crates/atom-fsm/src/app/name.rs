//! The names of AtomPub's elements (RFC 5023), as a writer uses them.

use crate::namespace::APP;
use crate::xml::Name;

pub(super) const ACCEPT: Name<'static> = Name::known(APP, "", "accept");
pub(super) const CATEGORIES: Name<'static> = Name::known(APP, "", "categories");
pub(super) const COLLECTION: Name<'static> = Name::known(APP, "", "collection");
pub(super) const SERVICE: Name<'static> = Name::known(APP, "", "service");
pub(super) const WORKSPACE: Name<'static> = Name::known(APP, "", "workspace");
