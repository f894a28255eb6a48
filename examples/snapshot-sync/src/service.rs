//! What systemd is told of a program (`Type=notify`): if it does not listen, nothing happens.

/// A state of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The program does its work from now on.
    Ready,
    /// The program is about to end.
    Stopping,
}

/// Tells systemd the state of this program, if systemd has started it and the feature `systemd` is on.
pub fn tell(state: State) {
    #[cfg(feature = "systemd")]
    {
        let state = match state {
            State::Ready => sd_notify::NotifyState::Ready,
            State::Stopping => sd_notify::NotifyState::Stopping,
        };
        if let Err(error) = sd_notify::notify(&[state]) {
            tracing::warn!(error = &error as &dyn std::error::Error, "systemd cannot be told");
        }
    }
    #[cfg(not(feature = "systemd"))]
    let _ = state;
}
