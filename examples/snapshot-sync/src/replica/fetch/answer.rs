//! Answers, and what their fields say.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};
use reqwest::Url;

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
    without_fragment(response.url().clone())
}

/// Whether an answer comes from the URI that was asked for, and not from where a redirect led.
pub(crate) fn is_direct(asked: &str, found: &str) -> bool {
    Url::parse(asked).is_ok_and(|asked| without_fragment(asked) == found)
}

fn without_fragment(mut uri: Url) -> String {
    uri.set_fragment(None);
    uri.into()
}

/// The entity tag of an answer, where it has one that is text.
pub(crate) fn entity_tag(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ETAG).and_then(|etag| etag.to_str().ok())
}
