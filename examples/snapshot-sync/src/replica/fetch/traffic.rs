//! What was fetched, counted.

use http::StatusCode;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What was fetched, counted since the start of the program.
#[derive(Debug, Default)]
pub struct Traffic {
    answers: Mutex<BTreeMap<u16, u64>>,
    octets: AtomicU64,
    retries: AtomicU64,
    youngest: AtomicU64,
}

impl Traffic {
    /// The number of answers of each status.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<u16, u64> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The number of octets that bodies had, as they were received.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets.load(Ordering::Relaxed)
    }

    /// The number of requests that were repeated because the one before had failed.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    /// The number of the youngest event that the subscription document of the feed had; 0 if there was none.
    #[must_use]
    pub fn youngest(&self) -> u64 {
        self.youngest.load(Ordering::Relaxed)
    }

    pub(crate) fn answered(&self, status: StatusCode) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry(status.as_u16()).or_default() += 1;
    }

    pub(crate) fn received(&self, octets: usize) {
        self.octets.fetch_add(octets as u64, Ordering::Relaxed);
    }

    pub(crate) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// The subscription document of the feed ends with the event of this number.
    pub(crate) fn saw(&self, number: u64) {
        self.youngest.store(number, Ordering::Relaxed);
    }
}
