//! An answer that is ready to be sent.

use crate::server::refusal::Answer;
use crate::store::StoredMedia;
use tokio::sync::OwnedSemaphorePermit;

/// An answer, and the media resource that is its body, if it is one.
pub(super) struct Answered {
    pub(super) answer: Answer,
    pub(super) media: Option<StoredMedia>,
    /// What is in memory counts until this is dropped.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

impl From<Answer> for Answered {
    fn from(answer: Answer) -> Self {
        Self { answer, media: None, permit: None }
    }
}
