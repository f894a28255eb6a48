//! What a server holds.

use atom_fsm::app::Service;
use atom_fsm::atom::{Base, Entry, Feed};
use atom_fsm::fsm::Bundle;
use atom_fsm::interaction::{Guard, Validators};

/// Something that a server holds, with its URI and its validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// Its URI.
    pub uri: String,
    /// Its entity tag and the date of its last change, as far as the server gives them.
    pub validators: Validators,
    /// The thing itself.
    pub value: T,
}

impl<T> Found<T> {
    /// What guards an edit of this state: its strong entity tag, or else its date. Without either the
    /// result is [`Guard::Unguarded`]: an edit may overwrite that of somebody else.
    #[must_use]
    pub fn guard(&self) -> Guard {
        match (self.validators.strong_tag(), self.validators.last_modified()) {
            (Some(tag), _) => Guard::IfMatch(tag),
            // A server that has tags compares those.
            (None, Some(date)) if self.validators.etag().is_none() => {
                Guard::IfUnmodifiedSince(date)
            }
            _ => Guard::Unguarded,
        }
    }
}

impl Found<Feed<'_>> {
    /// What the references in its entries resolve against: the URI of the document, which is that of the
    /// last request, within the feed's `xml:base`.
    #[must_use]
    pub fn base(&self) -> Base {
        Base::new(&self.uri).within(self.value.common())
    }
}

impl Found<Bundle<'_>> {
    /// What the references in its members resolve against: the URI of the document, which is that of the
    /// last request, within the feed's `xml:base`.
    #[must_use]
    pub fn base(&self) -> Base {
        Base::new(&self.uri).within(self.value.feed().common())
    }
}

impl Found<Entry<'_>> {
    /// What the entry's references resolve against, without its own `xml:base`: the URI of the document,
    /// which is that of the last request.
    #[must_use]
    pub fn base(&self) -> Base {
        Base::new(&self.uri)
    }
}

impl Found<Service<'_>> {
    /// What the references in its workspaces resolve against: the URI of the document, which is that of the
    /// last request, within its `xml:base`.
    #[must_use]
    pub fn base(&self) -> Base {
        Base::new(&self.uri).within(self.value.common())
    }
}
