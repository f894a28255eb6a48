//! Feeds in several documents: complete, paged and archived feeds (RFC 5005).

use super::extension::Extension;
use super::value::element_value;
use crate::atom::{Feed, Link};
use crate::namespace;
use crate::xml::Element;

element_value! {
    /// Says that a feed document contains every entry of its feed: an entry that is not in it is no
    /// longer part of the feed (RFC 5005 section 2).
    ///
    /// ```
    /// use atom_fsm::{atom::Feed, ext::Complete};
    ///
    /// let mut feed = Feed::new();
    /// feed.set_extension(&Complete::new());
    /// assert!(feed.is_complete());
    /// ```
    Complete, namespace::HISTORY, "fh", "complete"
}

element_value! {
    /// Says that a feed document is an archive: its entries and its URI do not change
    /// (RFC 5005 section 4).
    Archive, namespace::HISTORY, "fh", "archive"
}

impl Complete<'static> {
    /// Returns the element.
    #[must_use]
    pub fn new() -> Self {
        Self(Element::new(Self::name()))
    }
}

impl Default for Complete<'static> {
    fn default() -> Self {
        Self::new()
    }
}

impl Archive<'static> {
    /// Returns the element.
    #[must_use]
    pub fn new() -> Self {
        Self(Element::new(Self::name()))
    }
}

impl Default for Archive<'static> {
    fn default() -> Self {
        Self::new()
    }
}

/// RFC 5005. Each link is the first of its relation; a [`Walk`](super::Walk) follows them.
impl<'a> Feed<'a> {
    /// Whether the document contains every entry of the feed (RFC 5005 section 2).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.extensions().iter().any(Complete::is)
    }

    /// Whether the document is an archive, which does not change (RFC 5005 section 4).
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.extensions().iter().any(Archive::is)
    }

    /// Whether the document is one page of a paged feed: it has a link to another page
    /// (RFC 5005 section 3).
    #[must_use]
    pub fn is_paged(&self) -> bool {
        ["first", "last", "previous", "next"].into_iter().any(|page| self.link(page).is_some())
    }

    /// The link to the archive with the entries that come before these (RFC 5005 section 4).
    #[must_use]
    pub fn previous_archive(&self) -> Option<&Link<'a>> {
        self.link("prev-archive")
    }

    /// The link to the archive with the entries that come after these (RFC 5005 section 4).
    #[must_use]
    pub fn next_archive(&self) -> Option<&Link<'a>> {
        self.link("next-archive")
    }

    /// The link from an archive to the document with the newest entries (RFC 5005 section 4).
    #[must_use]
    pub fn current(&self) -> Option<&Link<'a>> {
        self.link("current")
    }

    /// The link to the next page (RFC 5005 section 3).
    #[must_use]
    pub fn next_page(&self) -> Option<&Link<'a>> {
        self.link("next")
    }

    /// The link to the previous page. RFC 5005 section 3 names it `previous`; `prev`, which HTML
    /// uses, is taken too.
    #[must_use]
    pub fn previous_page(&self) -> Option<&Link<'a>> {
        self.link("previous").or_else(|| self.link("prev"))
    }
}
