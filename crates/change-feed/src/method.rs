//! The method that an event reports.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An unsafe method: an event of the `http-equiv` family reports that a request with this method
/// changed the target (draft of 2015-06-30, section 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
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
    /// The method's name, in upper case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Post => "POST",
        }
    }

    /// Finds the method that has this name. Names of methods are case-sensitive (RFC 9110 section
    /// 9.1).
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::Put, Self::Patch, Self::Delete, Self::Post]
            .into_iter()
            .find(|method| method.name() == name)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
