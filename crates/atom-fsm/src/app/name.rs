//! The names of AtomPub's elements (RFC 5023), as a writer uses them.

use crate::namespace::APP;
use crate::xml::Name;

pub(super) static ACCEPT: Name<'static> = Name::known(APP, "", "accept");
pub(super) static CATEGORIES: Name<'static> = Name::known(APP, "", "categories");
pub(super) static COLLECTION: Name<'static> = Name::known(APP, "", "collection");
pub(super) static SERVICE: Name<'static> = Name::known(APP, "", "service");
pub(super) static WORKSPACE: Name<'static> = Name::known(APP, "", "workspace");
