//! What is contradictory or unusual about the links of one resource.

use crate::relation::Relation;

/// Something contradictory or unusual about the links of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// This target is neither a URI reference nor an IRI reference, or it is relative and the
    /// document's URI is not absolute. The link is left out.
    Unresolved(String),
    /// A link uses this former name of a relation type. The link counts under the present name.
    Renamed(Relation<'static>),
    /// There are several latest versions. The first one counts.
    SeveralLatest,
    /// The context is its own predecessor or successor, as this relation type says.
    Itself(Relation<'static>),
    /// This URI is both a predecessor and a successor.
    BeforeAndAfter(String),
    /// The latest version, at this URI, is a predecessor.
    LatestBefore(String),
}
