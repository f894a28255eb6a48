//! SIGTERM and SIGINT, which ask a program to stop.

use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Asks to stop when it is dropped: see [`Asked::when_dropped`].
#[derive(Debug)]
pub struct Stop {
    _sender: watch::Sender<bool>,
}

/// Whether the process, or a part of it, was asked to stop. Clones share the answer.
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

    /// What is asked to stop when the other value is dropped.
    #[must_use]
    pub fn when_dropped() -> (Stop, Self) {
        let (sender, asked) = watch::channel(false);
        (Stop { _sender: sender }, Self { asked })
    }

    /// Waits until it is asked to stop.
    pub async fn wait(&self) {
        let mut asked = self.asked.clone();
        // A sender that is gone has sent, or asks by that.
        let _ = asked.wait_for(|asked| *asked).await;
    }

    /// Waits for a future, and returns its output; returns none if it is asked to stop before.
    pub async fn or<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            () = self.wait() => None,
            done = future => Some(done),
        }
    }
}
