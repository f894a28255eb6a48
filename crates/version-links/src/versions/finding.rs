//! What is contradictory or unusual about the links of one resource.

use crate::error::Error;
use crate::relation::Relation;
use std::fmt;

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

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(error) => write!(f, "a link was not read: {error}"),
            Self::TooManyRelationTypes(target) => write!(
                f,
                "the link to {target:?} has more relation types than Limits::relation_types allows"
            ),
            Self::Unresolved(target) => write!(f, "the target {target:?} cannot be resolved"),
            Self::UnresolvedContext(context) => {
                write!(f, "the context {context:?} cannot be resolved")
            }
            Self::Renamed(former) => write!(f, "{former} is a former name of a relation type"),
            Self::SeveralLatest => f.write_str("there are several latest versions"),
            Self::Itself(relation) => write!(f, "the context is its own {relation}"),
            Self::BeforeAndAfter(uri) => {
                write!(f, "{uri:?} is both a predecessor and a successor")
            }
            Self::LatestBefore(uri) => write!(f, "the latest version, {uri:?}, is a predecessor"),
            Self::LatestBeforeSuccessor(uri) => {
                write!(f, "the context is the latest version, and has the successor {uri:?}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;

    #[test]
    fn each_finding_is_a_sentence_and_the_uris_in_it_are_escaped() {
        let relation = Relation::PREDECESSOR_VERSION;
        let error = Error::violation(Rule::RelMissing, 0, 3, b"");
        for (finding, expected) in [
            (
                Finding::Unread(error),
                "a link was not read: rule rel-missing is violated at octet 3 of field 0: a link \
                 has a rel parameter (RFC 8288 section 3.3)",
            ),
            (
                Finding::TooManyRelationTypes("/a".into()),
                "the link to \"/a\" has more relation types than Limits::relation_types allows",
            ),
            (Finding::Unresolved("a\n".into()), "the target \"a\\n\" cannot be resolved"),
            (Finding::UnresolvedContext("a b".into()), "the context \"a b\" cannot be resolved"),
            (
                Finding::Renamed(Relation::new("all-versions")),
                "all-versions is a former name of a relation type",
            ),
            (Finding::SeveralLatest, "there are several latest versions"),
            (Finding::Itself(relation), "the context is its own predecessor-version"),
            (
                Finding::BeforeAndAfter("u:a".into()),
                "\"u:a\" is both a predecessor and a successor",
            ),
            (Finding::LatestBefore("u:a".into()), "the latest version, \"u:a\", is a predecessor"),
            (
                Finding::LatestBeforeSuccessor("u:a".into()),
                "the context is the latest version, and has the successor \"u:a\"",
            ),
        ] {
            assert_eq!(finding.to_string(), expected);
        }
    }
}
