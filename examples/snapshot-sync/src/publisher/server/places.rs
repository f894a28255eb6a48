//! The places for clients that wait for the next event, of which there are not too many.

use crate::preference::{self, PREFER};
use http::HeaderMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limits on clients that wait for the next event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// The number of clients that wait at the same time: 512. The others are answered at once, as if
    /// they had no such preference. Each has a connection: let it be at most
    /// [`Limits::most_waiting`](crate::publisher::listen::Limits::most_waiting), so that others are served
    /// too.
    pub clients: usize,
    /// The longest time for which a client waits: 20 s, which is less than the time in which an
    /// answer must begin ([`Limits::answer_time`](crate::publisher::listen::Limits)).
    pub longest: Duration,
    /// The time for which events are gathered, from its request on, before a client that waits is
    /// answered: 50 ms. So it gets at most twenty answers a second, however many events there are, and
    /// an event that comes later is sent at once.
    pub gather: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self { clients: 512, longest: Duration::from_secs(20), gather: Duration::from_millis(50) }
    }
}

/// The places for clients that wait.
#[derive(Debug)]
pub(super) struct Waiting {
    limits: Waits,
    free: Arc<Semaphore>,
    /// Whether a task looks for events of other processes.
    pub(super) is_looking: AtomicBool,
}

/// The place of a client that waits.
#[derive(Debug)]
pub(super) struct Place {
    /// How long it may wait, in whole seconds.
    pub(super) time: Duration,
    /// How long events are gathered for it.
    pub(super) gather: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Waiting {
    pub(super) fn new(limits: Waits) -> Self {
        let most = limits.clients.min(Semaphore::MAX_PERMITS);
        let limits = Waits { clients: most, ..limits };
        Self { limits, free: Arc::new(Semaphore::new(most)), is_looking: AtomicBool::new(false) }
    }

    /// A place for a client that prefers to wait, if there is one.
    pub(super) fn place(&self, headers: &HeaderMap) -> Option<Place> {
        let values = headers.get_all(PREFER);
        let asked = preference::wait(values.iter().map(http::HeaderValue::as_bytes))?;
        let time = asked.min(Duration::from_secs(self.limits.longest.as_secs()));
        let permit = self.free.clone().try_acquire_owned().ok()?;
        (!time.is_zero()).then_some(Place { time, gather: self.limits.gather, _permit: permit })
    }

    /// The number of clients that wait.
    pub(super) fn count(&self) -> usize {
        self.limits.clients - self.free.available_permits()
    }
}
