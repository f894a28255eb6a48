//! How documents are fetched.

use super::limits::Limits;
use super::retry::Retries;
use http::HeaderValue;
use std::path::PathBuf;
use std::time::Duration;

/// How documents are fetched.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often and when a failed attempt is repeated.
    pub retries: Retries,
    /// The limits on what is fetched.
    pub limits: Limits,
    /// The time to wait for the begin of an answer, and for each next octet of it: a minute.
    pub stall: Duration,
    /// The time in which a document that should be there is waited for, while it is answered with 404
    /// or cannot be had: five minutes.
    pub patience: Duration,
    /// The value of the Authorization field for the publisher. It is never sent to another origin.
    pub token: Option<HeaderValue>,
    /// The directory for a copy of each document, if copies are wanted.
    pub keep: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let (retries, limits) = (Retries::default(), Limits::default());
        let (stall, patience) = (Duration::from_secs(60), Duration::from_secs(300));
        Self { retries, limits, stall, patience, token: None, keep: None }
    }
}
