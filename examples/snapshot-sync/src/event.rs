//! The method that an event of the feed reports.

/// An unsafe method, of the `http-equiv` family of event types (draft of 2015-06-30, section 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// The event's body is the new state of the target.
    Put,
    /// The event's body is a patch that was applied to the target.
    Patch,
    /// The target was removed.
    Delete,
    /// The server processed the event's body in a way that only the server knows.
    Post,
}

impl Method {
    /// The method's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Post => "POST",
        }
    }

    /// The method that has this name, if there is one.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Put, Self::Patch, Self::Delete, Self::Post]
            .into_iter()
            .find(|method| method.name() == name)
    }
}
