//! Why a consumer stops.

use serde::{Deserialize, Serialize};

/// Why a consumer stops.
///
/// A consumer that has stopped does not go on. A new one with the same position begins anew, and may
/// find that the reason is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stop {
    /// The feed does not contain the event that was processed last, or, before any event was processed,
    /// does not reach back to the start of the snapshot. The replica needs a new snapshot (draft of
    /// 2015-06-30, section 7). [`Snapshot::admit`](crate::Snapshot::admit) says whether a snapshot may
    /// replace the replica.
    #[error("the feed no longer contains the event that was processed last")]
    HistoryCut,
    /// The event that was processed last, or a state that is ahead of the feed, belongs to no run of the
    /// publisher, as after a restore from a backup. The replica must not be replaced unless its operator
    /// says so; then only [`Snapshot::is_due`](crate::Snapshot::is_due) is asked.
    #[error("the event that was processed last is not on the publisher's timeline")]
    OtherTimeline,
    /// The publisher tells the identity of another feed.
    #[error("the publisher has another feed than the one that was consumed")]
    OtherFeed,
    /// The publisher refuses to answer for an entity without credentials, or with these (401). Begin
    /// again with other credentials.
    #[error("the publisher asks for credentials")]
    Unauthorized,
    /// Many entities failed one after the other ([`Patience::failures`](crate::Patience)) and nothing else
    /// was answered: this is no fault of single entities. Begin again later.
    #[error("no entity can be had at present")]
    Outage,
    /// More entities than [`Limits::set_aside`](crate::Limits) cannot be had.
    #[error("too many entities cannot be had (Limits::set_aside)")]
    TooManySetAside,
    /// More documents than [`Limits::documents`](crate::Limits) were requested without an event.
    #[error("too many feed documents lead to no event (Limits::documents)")]
    TooManyDocuments,
}
