//! SIGTERM and SIGINT, which ask a program to stop.

use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Whether the process was asked to stop. Clones share the answer.
#[derive(Debug, Clone)]
pub struct Asked {
    asked: watch::Receiver<bool>,
}

impl Asked {
    /// Begins to listen for the signals. It must be called within a tokio runtime.
    ///
    /// # Errors
    /// If the signal handlers cannot be installed.
    pub fn new() -> io::Result<Self> {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (sender, asked) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            // All receivers may be gone.
            let _ = sender.send(true);
        });
        Ok(Self { asked })
    }

    /// Waits until the process is asked to stop.
    pub async fn wait(&self) {
        let mut asked = self.asked.clone();
        // The sender is dropped only after it has sent.
        let _ = asked.wait_for(|asked| *asked).await;
    }

    /// Waits for a future, and returns its output; returns none if the process is asked to stop
    /// before.
    pub async fn or<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            () = self.wait() => None,
            done = future => Some(done),
        }
    }
}
