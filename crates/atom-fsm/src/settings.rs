//! The settings that readers and writers share.

use crate::correction::Corrections;
use crate::limits::Limits;
use crate::reporting::Tolerance;

/// Whether a document is one that a client submits or one that a server stores: some rules hold
/// only for what is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// A document as a server stores and returns it. This is the default.
    #[default]
    Stored,
    /// A document as a client submits it. The server adds an entry's id, dates and author
    /// (RFC 5023 section 9.2), and a collection's href (draft-wilde-fsm-00 section 4.2.1).
    Submitted,
}

/// Whether the comments and processing instructions between the elements of Atom and AtomPub are
/// kept ([`Reader::comments`](crate::Reader::comments)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Comments {
    /// They are kept, and written again. This is the default.
    #[default]
    Kept,
    /// They are left out.
    Omitted,
}

/// Whether a reader repairs what is not well-formed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Repair {
    #[default]
    Off,
    On,
}

/// Where a writer declares namespaces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// On the root, or on an entry, those that several elements in it need; all others where they are
    /// needed first.
    #[default]
    Shared,
    /// Each where it is needed first. So a member takes in no feed more octets than on its own, and more
    /// than [`Limits::member_octets`] are refused while they are written.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "a server alone needs it"))]
    Own,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) repair: Repair,
    pub(crate) tolerance: Tolerance,
    pub(crate) limits: Limits,
    pub(crate) stage: Stage,
    pub(crate) comments: Comments,
    pub(crate) spelling: Spelling,
    /// What a writer mends; nothing for a reader.
    pub(crate) corrections: Corrections,
}
