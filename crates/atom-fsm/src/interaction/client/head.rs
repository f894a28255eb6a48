//! The head of a response, as a client uses it.

use super::super::conditions::Validators;
use super::super::http_date;
use crate::atom::Base;
use chrono::{DateTime, Utc};
use http::header::{CONTENT_LOCATION, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, response};

/// The head of a response, with the URI that was requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    uri: String,
    status: StatusCode,
    headers: HeaderMap,
}

/// When a server wants to be asked again (RFC 9110 section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// After so many seconds.
    Seconds(u64),
    /// At this time.
    At(DateTime<Utc>),
}

impl RetryAfter {
    /// The seconds from a time on; 0 for a time that is over.
    #[must_use]
    pub fn seconds_from(self, now: DateTime<Utc>) -> u64 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::At(date) => u64::try_from((date - now).num_seconds()).unwrap_or(0),
        }
    }
}

impl Head {
    pub(super) fn new(uri: &str, parts: &response::Parts) -> Self {
        let (status, headers) = (parts.status, parts.headers.clone());
        Self(Box::new(Inner { uri: uri.to_owned(), status, headers }))
    }

    /// The URI that was requested: after redirections, that of the last request.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.0.uri
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// All fields.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The entity tag and the date of the last modification. What is not one of these is left out.
    #[must_use]
    pub fn validators(&self) -> Validators {
        Validators::of(&self.0.headers)
    }

    /// The Location, resolved against the URI that was requested (RFC 9110 section 10.2.2). `None`
    /// where it is missing or cannot be resolved.
    #[must_use]
    pub fn location(&self) -> Option<String> {
        self.resolved(&LOCATION)
    }

    /// The Content-Location, resolved against the URI that was requested (RFC 9110 section 8.7).
    #[must_use]
    pub fn content_location(&self) -> Option<String> {
        self.resolved(&CONTENT_LOCATION)
    }

    /// When to ask again, if the server says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        let value = self.0.headers.get(RETRY_AFTER)?;
        let seconds = value.to_str().ok().and_then(|text| text.trim().parse().ok());
        let at = || http_date::parse(value.as_bytes()).map(RetryAfter::At);
        seconds.map(RetryAfter::Seconds).or_else(at)
    }

    fn resolved(&self, name: &HeaderName) -> Option<String> {
        // Some servers send an IRI in UTF-8.
        let value = self.0.headers.get(name).map(HeaderValue::as_bytes)?;
        Base::new(&self.0.uri).resolve(std::str::from_utf8(value).ok()?.trim())
    }
}
