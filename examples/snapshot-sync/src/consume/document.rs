//! A feed document, without the bodies of its events.

use crate::event::Method;
use chrono::{DateTime, Utc};

/// One event, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The Content-ID.
    pub id: String,
    /// The event's target.
    pub target: String,
    /// The URI of the event itself, if it has a self link.
    pub self_uri: Option<String>,
    /// The method that changed the target.
    pub method: Method,
    /// The time of the change, in whole seconds.
    pub time: DateTime<Utc>,
}

/// A feed document, with resolved references.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Its URI, after redirects.
    pub uri: String,
    /// Its entity tag.
    pub etag: Option<String>,
    /// Its events, the oldest first.
    pub entries: Vec<Entry>,
    /// The archive document before it.
    pub prev_archive: Option<String>,
    /// The document after it; the subscription document has none.
    pub next_archive: Option<String>,
}
