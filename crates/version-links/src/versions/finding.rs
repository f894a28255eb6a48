//! What is odd about the links of one resource.

use crate::relation::Relation;

/// Something odd about the links.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A target is no URI reference, or relative where the document's URI is not absolute: the link
    /// is left out.
    Unresolved(String),
    /// A relation type was called by a name that the draft has given up: it is taken for the new
    /// one.
    Renamed(Relation<'static>),
    /// There are several latest versions: the first counts.
    SeveralLatest,
    /// The context is its own predecessor or successor.
    Itself(Relation<'static>),
    /// This URI is both a predecessor and a successor.
    BeforeAndAfter(String),
    /// The latest version, at this URI, is a predecessor.
    LatestBefore(String),
}
