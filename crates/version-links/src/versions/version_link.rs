//! One link of a resource, with its target resolved.

use crate::reference::Crossing;
use crate::relation::Relation;
use crate::versions::attribute::{self, Attribute};
use std::fmt;
use std::sync::Arc;

/// A link of the context, with its target resolved.
///
/// The relation types of one link share its target and its attributes, so that a clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLink {
    pub(super) relation: Relation<'static>,
    pub(super) target: Arc<Target>,
    pub(super) is_about_api: bool,
}

/// What the relation types of one link have in common.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The target as it was spelled, unless it was spelled as the URI.
    pub(super) reference: Option<String>,
    pub(super) uri: String,
    pub(super) attributes: Vec<Attribute<'static>>,
    pub(super) crossing: Crossing,
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
        &self.target.uri
    }

    /// The target as the link spelled it.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.target.reference.as_deref().unwrap_or(&self.target.uri)
    }

    /// The first attribute with this name, such as `title`, `type` or `datetime`. Case does not
    /// matter. For `title`, the first `title*` is preferred (RFC 8288 section 3.4.1). An attribute
    /// without a value, such as `crossorigin`, has the value `""`.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        attribute::first(&self.target.attributes, name).map(Attribute::text)
    }

    /// The language that the link states for the value of [`attribute`](Self::attribute), if it
    /// does: only an attribute whose name ends in `*` has one (RFC 8187).
    #[must_use]
    pub fn attribute_language(&self, name: &str) -> Option<&str> {
        attribute::first(&self.target.attributes, name).and_then(Attribute::language)
    }

    /// All attributes in the order of the link, with repeated ones, of which only the first one
    /// counts if RFC 8288 allows one: `type`, `media`, `title` and `title*`. The values of names that
    /// end in `*` are decoded.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.target.attributes.iter().map(|one| (&*one.name, one.text()))
    }

    /// Whether the target has another authority than the context, or the same one in another scheme.
    /// A client should then not trust the link as it trusts the context (RFC 5829 section 5).
    ///
    /// [`crossing`](Self::crossing) tells the two apart.
    #[must_use]
    pub fn crosses_authority(&self) -> bool {
        self.target.crossing != Crossing::None
    }

    /// How the authority of the target differs from that of the context.
    #[must_use]
    pub fn crossing(&self) -> Crossing {
        self.target.crossing
    }

    /// Whether the link is about the versions of an API, not of the document.
    ///
    /// It is if its relation type is `successor-version` or `latest-version` and the message also
    /// announces a deprecation (RFC 9745) or a sunset (RFC 8594): by a field, or by a link of the
    /// context with the relation type `deprecation` or `sunset`, from whatever source. Such a link
    /// leads to another version of the API, or to a page about it.
    #[must_use]
    pub fn is_about_api(&self) -> bool {
        self.is_about_api
    }
}

impl fmt::Display for VersionLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.relation, self.uri())
    }
}
