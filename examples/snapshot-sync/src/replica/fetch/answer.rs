//! Answers, and what their fields say.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};

/// An answer in memory.
#[derive(Debug)]
pub struct Answer {
    /// Its URI, after redirects and without a fragment.
    pub uri: String,
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// When the server made it (Date), where it says so.
    #[must_use]
    pub fn date(&self) -> Option<DateTime<Utc>> {
        let date = self.headers.get(header::DATE)?.to_str().ok()?;
        Some(httpdate::parse_http_date(date).ok()?.into())
    }
}

/// The URI of an answer, after redirects and without a fragment.
pub(crate) fn found(response: &reqwest::Response) -> String {
    let mut found = response.url().clone();
    found.set_fragment(None);
    found.into()
}

/// The entity tag of an answer, where it has one that is text.
pub(crate) fn entity_tag(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ETAG).and_then(|etag| etag.to_str().ok())
}
