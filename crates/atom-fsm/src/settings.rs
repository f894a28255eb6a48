//! What readers and writers are told beforehand.

use crate::limits::Limits;
use crate::reporting::Tolerance;

/// Whose document this is: some rules hold for what a server stores and not for what a client
/// submits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// As a server stores and shows it. The default.
    #[default]
    Stored,
    /// As a client submits it: the server gives an entry its id, its dates and its author
    /// (RFC 5023 section 9.2), and a collection its href (draft-wilde-fsm-00 section 4.2.1).
    Submitted,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(crate) tolerance: Tolerance,
    pub(crate) limits: Limits,
    pub(crate) stage: Stage,
}
