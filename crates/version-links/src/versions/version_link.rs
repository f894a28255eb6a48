//! One link of a resource, its target resolved.

use crate::relation::Relation;
use std::fmt;

/// A link of the context's, its target resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLink {
    pub(super) relation: Relation<'static>,
    pub(super) reference: String,
    pub(super) uri: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) crosses_authority: bool,
    pub(super) is_api_successor: bool,
}

impl VersionLink {
    /// The relation type.
    #[must_use]
    pub fn relation(&self) -> &Relation<'static> {
        &self.relation
    }

    /// The target, resolved.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The target as it stood.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The first attribute of a name, in any case, such as `title`, `type` or `datetime`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// All attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether the target's authority is another than the context's: agents should take care then
    /// (RFC 5829 section 5).
    #[must_use]
    pub fn crosses_authority(&self) -> bool {
        self.crosses_authority
    }

    /// Whether this is a successor version beside a notice of deprecation (RFC 9745) or of the
    /// resource's end (RFC 8594): it leads to another version of an API, or to a page about it, and
    /// to no later version of the document.
    #[must_use]
    pub fn is_api_successor(&self) -> bool {
        self.is_api_successor
    }
}

impl fmt::Display for VersionLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.relation, self.uri)
    }
}
