//! Removes by and by what was deleted.

use crate::store::{Database, collections};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A task that removes the members of deleted collections, piece by piece, so that other changes are made in
/// between. It ends when this is dropped, and what is left is removed after the next start.
#[derive(Debug)]
pub(super) struct Sweeper {
    more: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Sweeper {
    /// Starts the task, which removes what is left of before.
    pub(super) fn start(database: Database) -> Self {
        let more = Arc::new(Notify::new());
        let woken = more.clone();
        let task = tokio::spawn(async move {
            loop {
                match database.write(collections::remove_piece).await {
                    Ok(true) => {}
                    Ok(false) => woken.notified().await,
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "what was deleted cannot be removed"
                        );
                        woken.notified().await;
                    }
                }
            }
        });
        Self { more, task }
    }

    /// Says that something was deleted.
    pub(super) fn wake(&self) {
        self.more.notify_one();
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}
