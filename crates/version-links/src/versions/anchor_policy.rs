//! Which links count although they have an anchor.

/// Which links with an anchor are believed: an anchor says that the link is about another resource
/// than the document it came with (RFC 8288 section 3.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum AnchorPolicy {
    /// Links whose anchor names the document itself, as in the answer to VERSION-CONTROL. The
    /// default.
    #[default]
    SameDocument,
    /// Links whose anchor names the context that is asked about, whichever that is: the document's
    /// server may then say anything about it.
    Honour,
    /// None.
    Discard,
}
