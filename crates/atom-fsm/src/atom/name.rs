//! The names of Atom's elements (RFC 4287 section 4), as a writer uses them.

use crate::namespace::ATOM;
use crate::xml::Name;

/// Declares a static `NAME: Name<'static>` for each row: its identifier, and the local part of the
/// element's name. It is no constant: each use of a constant that has something to drop makes a copy.
macro_rules! names {
    ($($constant:ident = $local:literal;)*) => {
        $(pub(crate) static $constant: Name<'static> = Name::known(ATOM, "", $local);)*
    };
}

names! {
    AUTHOR = "author";
    CONTRIBUTOR = "contributor";
    ENTRY = "entry";
    FEED = "feed";
    ICON = "icon";
    ID = "id";
    LOGO = "logo";
    PUBLISHED = "published";
    RIGHTS = "rights";
    SOURCE = "source";
    SUBTITLE = "subtitle";
    SUMMARY = "summary";
    TITLE = "title";
    UPDATED = "updated";
}
