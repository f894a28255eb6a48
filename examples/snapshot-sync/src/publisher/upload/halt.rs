//! What ends an upload early: a signal, or the failure of another package.

use crate::shutdown::Asked;
use tokio::sync::watch;

/// What ends an upload early.
#[derive(Debug)]
pub(super) struct Halt<'a> {
    asked: &'a Asked,
    failed: watch::Sender<bool>,
}

impl<'a> Halt<'a> {
    pub(super) fn new(asked: &'a Asked) -> Self {
        Self { asked, failed: watch::Sender::new(false) }
    }

    /// Ends the uploads of the other packages.
    pub(super) fn fail(&self) {
        self.failed.send_replace(true);
    }

    /// Waits for a future, and returns its output; returns none if the upload ends before.
    pub(super) async fn or<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut failed = self.failed.subscribe();
        tokio::select! {
            biased;
            // The sender is there as long as this is.
            _ = failed.wait_for(|failed| *failed) => None,
            done = self.asked.or(future) => done,
        }
    }
}
