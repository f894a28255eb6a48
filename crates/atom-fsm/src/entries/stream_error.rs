//! Why a feed that comes from elsewhere ended early.

use crate::error::Error;

/// Why the reading of a feed that comes from elsewhere ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError<E> {
    /// The feed cannot be read.
    #[error(transparent)]
    Feed(#[from] Error),
    /// What the octets come from failed.
    #[error("the source of the feed's octets failed")]
    Source(#[source] E),
}
