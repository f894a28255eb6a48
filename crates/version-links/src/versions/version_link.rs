//! One link of a resource, with its target resolved.

use crate::relation::Relation;
use std::fmt;

/// A link of the context, with its target resolved.
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

    /// The resolved target.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The target as the link spelled it.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The first attribute with this name, such as `title`, `type` or `datetime`. Case does not
    /// matter.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &**value)
    }

    /// All attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether the target has another authority than the context. A client should then not trust
    /// the link as it trusts the context (RFC 5829 section 5).
    ///
    /// User information, host and port are compared as they are written, without regard to case. So
    /// a default port that only one of the two URIs states counts as a difference. The schemes are
    /// not compared.
    #[must_use]
    pub fn crosses_authority(&self) -> bool {
        self.crosses_authority
    }

    /// Whether this is the successor of an API, not of the document.
    ///
    /// It is one if its relation type is `successor-version` and the message also announces a
    /// deprecation (RFC 9745) or a sunset (RFC 8594): by a field, or by a link of the context with
    /// the relation type `deprecation` or `sunset`, from whatever source. Such a successor leads to
    /// another version of the API, or to a page about it.
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
