//! Being asked to stop, by SIGTERM or SIGINT.

use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Whether the process was asked to stop, for as many as want to know.
#[derive(Debug, Clone)]
pub struct Asked {
    asked: watch::Receiver<bool>,
}

impl Asked {
    /// Begins to listen; to be called within a runtime.
    ///
    /// # Errors
    /// When signals cannot be listened to.
    pub fn new() -> io::Result<Self> {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (sender, asked) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            // Nobody may be left who wants to know.
            let _ = sender.send(true);
        });
        Ok(Self { asked })
    }

    /// Waits until the process is asked to stop.
    pub async fn wait(&self) {
        let mut asked = self.asked.clone();
        // Its sender lives until it has sent.
        let _ = asked.wait_for(|asked| *asked).await;
    }

    /// What a future gives, or nothing where the process is asked to stop before.
    pub async fn or<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            () = self.wait() => None,
            done = future => Some(done),
        }
    }
}
