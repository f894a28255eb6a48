//! A document of the feed, without the bodies of its events.

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::method::Method;
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// An event, without its body.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Event {
    id: String,
    target: String,
    self_uri: Option<String>,
    method: Method,
    time: DateTime<Utc>,
}

impl Event {
    /// Makes an event from its Content-ID, its target (`rel=about`), the method of its Event-Type,
    /// and its Last-Modified (draft of 2015-06-30, section 4).
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        target: impl Into<String>,
        method: Method,
        time: DateTime<Utc>,
    ) -> Self {
        Self { id: id.into(), target: target.into(), self_uri: None, method, time }
    }

    /// Sets the URI of the event itself (`rel=self`).
    #[must_use]
    pub fn with_self_uri(mut self, uri: impl Into<String>) -> Self {
        self.self_uri = Some(uri.into());
        self
    }

    /// The event's id, which is its Content-ID without the angle brackets.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The entity that the event is about.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The URI of the event itself, if it has one.
    #[must_use]
    pub fn self_uri(&self) -> Option<&str> {
        self.self_uri.as_deref()
    }

    /// The method that changed the target.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The time of the change. HTTP gives it in whole seconds.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        self.time
    }
}

/// A document of the feed: the subscription document, or an archive document (RFC 5005 section 4).
///
/// The consumer compares URIs octet for octet and resolves nothing. Give it all URIs in one form:
/// all absolute, or all as paths below the root of the feed. Paths are the better choice if the
/// publisher may move, because a [`Position`](crate::Position) contains URIs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    uri: String,
    etag: Option<String>,
    date: Option<DateTime<Utc>>,
    events: Vec<Event>,
    prev_archive: Option<String>,
    next_archive: Option<String>,
}

impl Document {
    /// Makes a document from its URI after redirects, without its fragment, and its events, the
    /// oldest first.
    #[must_use]
    pub fn new(uri: impl Into<String>, events: Vec<Event>) -> Self {
        Self { uri: uri.into(), events, ..Self::default() }
    }

    /// Sets its entity tag (the ETag field).
    #[must_use]
    pub fn with_etag(mut self, etag: Option<String>) -> Self {
        self.etag = etag;
        self
    }

    /// Sets the time at which the publisher sent it (the Date field, which caches keep).
    #[must_use]
    pub fn with_date(mut self, date: Option<DateTime<Utc>>) -> Self {
        self.date = date;
        self
    }

    /// Sets the archive document before it (`rel=prev-archive`).
    #[must_use]
    pub fn with_prev_archive(mut self, uri: Option<String>) -> Self {
        self.prev_archive = uri;
        self
    }

    /// Sets the document after it (`rel=next-archive`). The subscription document has none.
    #[must_use]
    pub fn with_next_archive(mut self, uri: Option<String>) -> Self {
        self.next_archive = uri;
        self
    }

    /// Its URI.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Its entity tag.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The time at which the publisher sent it.
    #[must_use]
    pub fn date(&self) -> Option<DateTime<Utc>> {
        self.date
    }

    /// Its events, the oldest first.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The archive document before it.
    #[must_use]
    pub fn prev_archive(&self) -> Option<&str> {
        self.prev_archive.as_deref()
    }

    /// The document after it.
    #[must_use]
    pub fn next_archive(&self) -> Option<&str> {
        self.next_archive.as_deref()
    }

    /// The time of its youngest event.
    pub(crate) fn youngest(&self) -> Option<DateTime<Utc>> {
        self.events.iter().map(Event::time).max()
    }

    /// Refuses a document that would make the position too large, or that has no unique order of
    /// events.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), Error> {
        limits.check(Limit::Events, self.events.len())?;
        let own = [Some(&self.uri), self.prev_archive.as_ref(), self.next_archive.as_ref()];
        for uri in own.into_iter().flatten().chain(&self.etag) {
            limits.check(Limit::UriOctets, uri.len())?;
        }
        let mut ids = HashSet::with_capacity(self.events.len());
        for (index, event) in self.events.iter().enumerate() {
            if !ids.insert(event.id()) {
                return Err(Error::RepeatedEvent { index });
            }
            limits.check(Limit::IdOctets, event.id.len())?;
            for uri in [Some(&event.target), event.self_uri.as_ref()].into_iter().flatten() {
                limits.check(Limit::UriOctets, uri.len())?;
            }
        }
        Ok(())
    }
}
