//! The feed's documents and the publisher's timeline, over HTTP.

use super::waiting::Waiting;
use crate::error::Error;
use crate::replica::discover::{Feed, Told};
use crate::replica::fetch::{Answer, Fetcher};
use crate::replica::page::{self, State};
use change_feed::{Document, EventId, Missing, NEVER_ISSUED};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use serde::Deserialize;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// The answer to a request for a feed document.
pub(super) enum Found {
    Document(Document, Vec<State>),
    NotModified(Option<DateTime<Utc>>),
    Missing(Missing),
}

/// Gets and reads feed documents.
#[derive(Debug)]
pub(super) struct Documents<'a> {
    runtime: &'a Handle,
    fetcher: &'a Fetcher,
    feed: &'a Feed,
    requested: u64,
    not_modified: u64,
    waiting: Waiting,
    /// The longest time that the publisher is asked to wait for the next event in this reading.
    wait: Duration,
}

impl<'a> Documents<'a> {
    pub(super) fn new(runtime: &'a Handle, fetcher: &'a Fetcher, feed: &'a Feed) -> Self {
        let (waiting, wait) = (Waiting::default(), Duration::ZERO);
        Self { runtime, fetcher, feed, requested: 0, not_modified: 0, waiting, wait }
    }

    /// The number of requests, and the number of those that were answered with 304.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.requested, self.not_modified)
    }

    /// Begins a reading of the feed, in which the publisher may wait for the next event for this time.
    pub(super) fn begin(&mut self, wait: Duration) {
        self.waiting.begin();
        self.wait = wait.min(self.fetcher.longest_wait());
    }

    /// Whether the publisher waits by itself, so that the next reading may begin at once: see
    /// [`Waiting::is_honoured`].
    pub(super) fn has_waited(&self, events: u64) -> bool {
        self.waiting.is_honoured(events)
    }

    /// Requests a document by its URI. Only the first request of a reading, for what is new since the
    /// last one, has an entity tag.
    fn request(&mut self, uri: &str, etag: Option<&str>, fresh: bool) -> Result<Answer, Error> {
        let Self { runtime, fetcher, .. } = *self;
        if let (Some(etag), Some(time), false) = (etag, self.waiting.time(self.wait), fresh) {
            let began = Instant::now();
            match runtime.block_on(fetcher.get_waiting(uri, etag, time)) {
                Ok(answer) => {
                    self.waiting.answered(&answer.headers, began.elapsed());
                    return Ok(answer);
                }
                Err(failed) => {
                    let is_cut = failed.is_cut();
                    if is_cut {
                        self.waiting.cut(time);
                    }
                    // What the server or a proxy refuses for now, it is not asked for again at once.
                    if !is_cut || matches!(failed.error(), Error::Later { .. }) {
                        return runtime.block_on(fetcher.get_after(failed, uri, Some(etag)));
                    }
                }
            }
        }
        runtime.block_on(async {
            match fresh {
                true => fetcher.get_fresh(uri, etag).await,
                false => fetcher.get(uri, etag).await,
            }
        })
    }

    /// Gets and reads a feed document, by its name.
    pub(super) fn get(
        &mut self,
        name: &str,
        etag: Option<&str>,
        fresh: bool,
    ) -> Result<Found, Error> {
        let uri = self.feed.roots.uri_of(name);
        let answer = self.request(&uri, etag, fresh)?;
        self.requested += 1;
        match answer.status {
            StatusCode::OK => {
                if let Some(copy) =
                    self.fetcher.copy_of(&format!("feed-{}.multipart", self.requested))
                {
                    std::fs::write(&copy, &answer.body)
                        .map_err(|source| Error::File { path: copy, source })?;
                }
                let read = page::read(&self.feed.roots, &answer)?;
                // An archive document ends with an older event.
                if self.feed.roots.name_of(&self.feed.uri).as_deref() == Some(name) {
                    let youngest = read.document.events().last();
                    let id = youngest.and_then(|event| event.id().parse::<EventId>().ok());
                    id.into_iter().for_each(|id| self.fetcher.traffic().saw(id.number()));
                }
                Ok(Found::Document(read.document, read.states))
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => {
                self.not_modified += 1;
                Ok(Found::NotModified(answer.date()))
            }
            StatusCode::NOT_FOUND => Ok(Found::Missing(not_found(&answer))),
            StatusCode::GONE => Ok(Found::Missing(Missing::Gone)),
            status => Err(Error::of_status(&uri, status)),
        }
    }

    /// Gets the publisher's timeline; none if it has none any more.
    pub(super) fn timeline(&self) -> Result<Option<Told>, Error> {
        let Some(told) = &self.feed.timeline else { return Ok(None) };
        self.runtime.block_on(told.again(self.fetcher))
    }
}

/// What a 404 says: its problem type (RFC 9457) may be that of an event that was never issued.
fn not_found(answer: &Answer) -> Missing {
    #[derive(Deserialize)]
    struct Problem {
        r#type: String,
    }
    let content_type = answer.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let is_problem = content_type.is_some_and(|it| it.starts_with("application/problem+json"));
    match serde_json::from_slice::<Problem>(&answer.body) {
        Ok(problem) if is_problem && problem.r#type == NEVER_ISSUED => Missing::NeverIssued,
        _ => Missing::NotFound,
    }
}
