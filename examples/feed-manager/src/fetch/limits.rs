//! How much a fetcher takes upon itself.

use std::time::Duration;

/// What bounds a [`Fetcher`](super::Fetcher).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// The octets of a document, as sent and as decompressed: 8 MiB by default, which few feeds exceed.
    pub octets: usize,
    /// The redirects that are followed for one document: 5 by default.
    pub redirects: u32,
    /// The time for one connection: 5 seconds by default.
    pub connect: Duration,
    /// The time in which nothing arrives: 5 seconds by default.
    pub read: Duration,
    /// The time for a document, with all redirects and the time that it waits for others: 20 seconds by
    /// default.
    pub total: Duration,
    /// The documents that are fetched at once, until they are read: 16 by default. Others wait.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            octets: 8 * 1024 * 1024,
            redirects: 5,
            connect: Duration::from_secs(5),
            read: Duration::from_secs(5),
            total: Duration::from_secs(20),
            at_once: 16,
        }
    }
}

impl Limits {
    /// Sets the octets of a document, as sent and as decompressed.
    #[must_use]
    pub fn octets(self, octets: usize) -> Self {
        Self { octets, ..self }
    }

    /// Sets how many redirects are followed.
    #[must_use]
    pub fn redirects(self, redirects: u32) -> Self {
        Self { redirects, ..self }
    }

    /// Sets the time for one connection.
    #[must_use]
    pub fn connect(self, connect: Duration) -> Self {
        Self { connect, ..self }
    }

    /// Sets the time in which nothing arrives.
    #[must_use]
    pub fn read(self, read: Duration) -> Self {
        Self { read, ..self }
    }

    /// Sets the time for a document.
    #[must_use]
    pub fn total(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// Sets how many documents are fetched at once.
    #[must_use]
    pub fn at_once(self, at_once: usize) -> Self {
        Self { at_once, ..self }
    }
}
