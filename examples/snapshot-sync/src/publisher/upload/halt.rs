//! What ends an upload early: a signal, or the failure of another package.

use crate::shutdown::Asked;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long what is better not left undone is waited for, after the upload has ended early.
const PATIENCE: Duration = Duration::from_secs(5);

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

    /// Waits for a future that is better not left undone. If the upload ends before, it is waited for a few
    /// seconds more, and the result is none if it takes longer.
    pub(super) async fn finish<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        match self.or(&mut future).await {
            None => timeout(PATIENCE, future).await.ok(),
            done => done,
        }
    }
}
