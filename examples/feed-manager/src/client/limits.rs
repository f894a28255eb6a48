//! How much a client reads, and how long it waits.

use std::time::Duration;

/// The limits of a client. Each has a default that suits lists of feeds, and is safe where a server is
/// hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Limits {
    octets: u64,
    entries: usize,
    pages: u64,
    redirects: usize,
    connect: Duration,
    silence: Duration,
    exchange: Duration,
    patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            octets: 16 * 1024 * 1024,
            entries: 100_000,
            pages: 2_000,
            redirects: 5,
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            exchange: Duration::from_secs(120),
            patience: Duration::from_secs(600),
        }
    }
}

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident, $with:ident: $type:ty;)*) => {
        impl Limits {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> $type {
                    self.$name
                }

                #[doc = concat!("Sets [`", stringify!($name), "`](Self::", stringify!($name), ").")]
                pub fn $with(mut self, $name: $type) -> Self {
                    self.$name = $name;
                    self
                }
            )*
        }
    };
}

limits! {
    /// The octets of one response, after its content coding is taken off: 16 MiB.
    octets, with_octets: u64;
    /// The entries of a bundle, on all its pages: 100,000.
    entries, with_entries: usize;
    /// The pages of a bundle: 2,000.
    pages, with_pages: u64;
    /// The redirections that follow each other: 5.
    redirects, with_redirects: usize;
    /// The time until a connection stands: 10 seconds.
    connect, with_connect: Duration;
    /// The time in which no octet comes: 30 seconds.
    silence, with_silence: Duration;
    /// The time of one request with its whole response: 120 seconds.
    exchange, with_exchange: Duration;
    /// The time for which a request of an import, or of an update of a followed list, waits in all while the
    /// server answers with 429 and says when to ask again: 10 minutes. Other requests do not wait.
    patience, with_patience: Duration;
}
