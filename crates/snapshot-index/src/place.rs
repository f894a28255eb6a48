//! Which part of an index a finding is about.

use std::fmt;

/// Which part of an index an error or a diagnostic is about.
///
/// Displays as a path: `started`, `uris[3]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// The document as a whole.
    Document,
    /// The member `id`.
    Id,
    /// The member `started`.
    Started,
    /// The member `completed`.
    Completed,
    /// The member `uris` as a whole.
    Uris,
    /// One item of `uris`, numbered from 0.
    Uri(usize),
    /// One of the unknown members, numbered from 0 in their own order.
    Unknown(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("the document"),
            Self::Id => f.write_str("id"),
            Self::Started => f.write_str("started"),
            Self::Completed => f.write_str("completed"),
            Self::Uris => f.write_str("uris"),
            Self::Uri(number) => write!(f, "uris[{number}]"),
            Self::Unknown(number) => write!(f, "unknown member {number}"),
        }
    }
}
