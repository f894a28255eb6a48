//! What a server holds.

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
