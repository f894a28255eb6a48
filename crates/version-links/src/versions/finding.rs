//! What is contradictory or unusual about the links of one resource.

use crate::error::Error;
use crate::relation::Relation;

/// Something contradictory or unusual about the links of one resource, or something that was left
/// out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A link of a Link field could not be read, or the fields exceed a limit, so that the rest of
    /// them was not read. The error says which, and where.
    Unread(Error),
    /// The link to this target has more relation types than
    /// [`Limits::relation_types`](crate::Limits::relation_types) allows. The first ones count.
    TooManyRelationTypes(String),
    /// This target is neither a URI reference nor an IRI reference, or it is relative and the
    /// document's URI is not absolute. The link is left out.
    Unresolved(String),
    /// This context of a link is neither a URI reference nor an IRI reference, or it is relative and
    /// the document's URI is not absolute. The link is left out.
    UnresolvedContext(String),
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
    /// The context is the latest version, and yet has a successor, at this URI.
    LatestBeforeSuccessor(String),
}
