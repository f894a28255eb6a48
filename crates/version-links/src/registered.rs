//! Registered relation types, as constants.

use crate::relation::Relation;
use std::borrow::Cow;

/// Declares a constant of [`Relation`] for each row: its name, its source, and what it links to.
macro_rules! registered {
    ($($constant:ident = $name:literal, $source:literal, $sentence:literal;)*) => {
        /// Registered relation types between versions, and others that are common beside them.
        impl Relation<'static> {
            $(
                #[doc = concat!("`", $name, "`: ", $sentence, " (", $source, ").")]
                pub const $constant: Self = Self(Cow::Borrowed($name));
            )*

            /// The constant with this text, if there is one. No memory is allocated for it.
            pub(crate) fn constant(text: &str) -> Option<Self> {
                match text {
                    $($name => Some(Self::$constant),)*
                    _ => None,
                }
            }
        }
    };
}

registered! {
    VERSION_HISTORY = "version-history", "RFC 5829 section 3.1", "the resource that contains the history of versions";
    LATEST_VERSION = "latest-version", "RFC 5829 section 3.2", "the latest version in the history";
    WORKING_COPY = "working-copy", "RFC 5829 section 3.3", "a working copy of the resource";
    WORKING_COPY_OF = "working-copy-of", "RFC 5829 section 3.4", "the resource that a working copy was made from";
    PREDECESSOR_VERSION = "predecessor-version", "RFC 5829 section 3.5", "a version before this one";
    SUCCESSOR_VERSION = "successor-version", "RFC 5829 section 3.6", "a version after this one";
    ORIGINAL = "original", "RFC 7089 section 2.2.1", "the resource that a memento is of";
    TIMEGATE = "timegate", "RFC 7089 section 2.2.2", "the resource that redirects to the memento of a given time";
    TIMEMAP = "timemap", "RFC 7089 section 2.2.3", "the list of an original resource's mementos";
    MEMENTO = "memento", "RFC 7089 section 2.2.4", "the resource as it was at a time";
    FIRST = "first", "RFC 5988 section 6.2.2", "the first of a series";
    LAST = "last", "RFC 5988 section 6.2.2", "the last of a series";
    NEXT = "next", "HTML", "the next of a series";
    PREV = "prev", "HTML", "the previous of a series";
    PREVIOUS = "previous", "HTML 4.01", "the previous of a series, a synonym of `prev`";
    UP = "up", "RFC 5988 section 6.2.2", "the parent in a hierarchy";
    SELF = "self", "RFC 4287 section 4.2.7.2", "the same resource";
    EDIT = "edit", "RFC 5023 section 11.1", "the URI at which the resource can be edited";
    EDIT_MEDIA = "edit-media", "RFC 5023 section 11.2", "the URI at which the media resource can be edited";
    RELATED = "related", "RFC 4287 section 4.2.7.2", "a related resource";
    VIA = "via", "RFC 4287 section 4.2.7.2", "the resource that this one was taken from";
    ALTERNATE = "alternate", "RFC 4287 section 4.2.7.2", "another form of the resource";
    CANONICAL = "canonical", "RFC 6596", "the preferred form of the resource";
    COLLECTION = "collection", "RFC 6573", "the collection that contains the resource";
    ITEM = "item", "RFC 6573", "a member of the collection";
    LINKSET = "linkset", "RFC 9264 section 6", "a document of links";
    API_CATALOG = "api-catalog", "RFC 9727 section 3", "a list of the publisher's APIs";
    SERVICE_DESC = "service-desc", "RFC 8631", "a description of the API for programs";
    SERVICE_DOC = "service-doc", "RFC 8631", "the documentation of the API for people";
    SERVICE_META = "service-meta", "RFC 8631", "further metadata of the API, for programs";
    STATUS = "status", "RFC 8631", "the status of the API, such as whether it is available";
    HOSTS = "hosts", "RFC 6690", "a resource that the server hosts";
    DEPRECATION = "deprecation", "RFC 9745 section 3", "information on the deprecation of the resource";
    SUNSET = "sunset", "RFC 8594 section 6", "information on the end of the resource";
}
