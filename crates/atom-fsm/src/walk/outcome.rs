//! What a walk wants, and what came of it.

use crate::fsm::Bundle;

/// A URI that a walk wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want<'w> {
    pub(super) uri: &'w str,
    pub(super) after: Option<u64>,
}

impl<'w> Want<'w> {
    /// The URI to get.
    #[must_use]
    pub fn uri(&self) -> &'w str {
        self.uri
    }

    /// After how many seconds to ask again, where an earlier answer was [`Outcome::TryAfter`]: at most
    /// [`Limits::delay_seconds`](crate::Limits::delay_seconds). The walk
    /// has no clock: the caller counts from that answer.
    #[must_use]
    pub fn after(&self) -> Option<u64> {
        self.after
    }
}

/// What came of a URI that a walk wants.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'o, 'a> {
    /// The bundle was found. `uri` is that of the last request, which differs from the wanted one
    /// after redirections.
    Found {
        /// The URI of the last request.
        uri: &'o str,
        /// The bundle, with the entries of all its pages.
        bundle: &'o Bundle<'a>,
    },
    /// There is no bundle, or none any more: 404 or 410, or a feed that is no bundle.
    Gone,
    /// The server does not give it to this client: 401, 403 or another refusal.
    Refused,
    /// No answer, or none that could be read.
    Failed,
    /// The server wants to be asked again after so many seconds: 429 or 503 with Retry-After. When
    /// this was the answer as often as [`Limits::attempts`](crate::Limits::attempts) allows, the visit
    /// has failed. A caller that will not wait answers [`Failed`](Self::Failed).
    TryAfter(u64),
}

/// What a walk did with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answered {
    /// It was taken.
    Taken,
    /// The walk wants the same URI again.
    Again,
    /// The walk does not want this URI, or had its answer: nothing has changed.
    NotWanted,
}
