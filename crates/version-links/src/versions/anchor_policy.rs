//! Which links count, depending on their anchor.

/// Which links count, depending on their anchor.
///
/// An anchor says that a link is about another resource than the document that contains the link
/// (RFC 8288 section 3.2). The *context* is the resource that is asked about: the document, unless
/// [`VersionLinksBuilder::context`](crate::VersionLinksBuilder::context) names another one. An
/// anchor is resolved, and compared in normal form (RFC 3986 sections 6.2.2 and 6.2.3), with its
/// fragment. [`VersionLinks::others`](crate::VersionLinks::others) counts the links that are ignored.
/// A link whose anchor cannot be resolved is a
/// [`Finding::UnresolvedContext`](crate::Finding::UnresolvedContext).
///
/// | context | the link has | `SameDocument` | `Honour` | `Discard` |
/// |---|---|---|---|---|
/// | the document | no anchor | counts | counts | counts |
/// | the document | an anchor that names the document | counts | counts | ignored |
/// | the document | an anchor that names another resource | ignored | ignored | ignored |
/// | another resource | no anchor | ignored | ignored | ignored |
/// | another resource | an anchor that names the context | ignored | counts | ignored |
/// | another resource | an anchor that names the document, or a third resource | ignored | ignored | ignored |
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum AnchorPolicy {
    /// Only links about the document count, whether they have no anchor or one that names the
    /// document, as in the answer to VERSION-CONTROL. This is the default.
    #[default]
    SameDocument,
    /// Links about the context count, whichever resource it is. The server of one document can then
    /// say anything about another resource.
    Honour,
    /// Links with an anchor are ignored.
    Discard,
}
