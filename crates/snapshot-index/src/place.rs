//! Which part of an index an error or a diagnostic is about.

use std::fmt;

/// Which part of an index an error or a diagnostic is about.
///
/// It is displayed as a path, such as `started` or `uris[3]`. Items and unknown members are counted
/// from 0.
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
    /// The item of `uris` with this number, counted from 0.
    Uri(usize),
    /// The unknown member with this number, counted from 0 among the unknown members.
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
