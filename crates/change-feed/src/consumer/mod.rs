//! The state machine: it asks for documents, and says what to do about each event.

mod answers;
mod events;
mod search;
mod timeline;
mod trail;

use crate::document::{Document, Event};
use crate::limits::Limits;
use crate::patience::Patience;
use crate::position::{DoubtReason, LastEvent, Position};
use crate::stop::Stop;
use crate::store::Store;
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use trail::Trail;

/// What the caller is to do next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Want {
    /// Get this feed document, and pass it to [`Consumer::document`]. Report 304 with
    /// [`Consumer::not_modified`], and 404 or 410 with [`Consumer::missing`].
    Document {
        /// Its URI.
        uri: String,
        /// The entity tag for If-None-Match, if the request is to be conditional.
        etag: Option<String>,
        /// Whether caches must ask the publisher (`Cache-Control: no-cache`).
        fresh: bool,
    },
    /// Get the publisher's timeline with `Cache-Control: no-cache`, and pass it to
    /// [`Consumer::timeline`]. Report 404 and 410 with [`Consumer::no_timeline`]; after a request that
    /// failed, call nothing, and ask again with a delay.
    Timeline,
    /// Do this about the event of this index in the document that was passed last.
    ///
    /// For [`Action::Fetch`], pass the answer to [`Consumer::answered`] and do what it says. Store
    /// [`Consumer::position`] in the same transaction as the effect.
    Event {
        /// The index of the event: see [`Consumer::event`].
        index: usize,
        /// What to do.
        action: Action,
    },
    /// GET an entity that was set aside, with `Cache-Control: no-cache`, conditional on the stored
    /// entity tag, pass the answer to [`Consumer::answered`], and do what it says.
    Retry {
        /// The entity.
        target: String,
    },
    /// Wait: the consumer cannot go on before this time. Store [`Consumer::position`] before.
    Wait {
        /// When to call [`Consumer::step`] again.
        until: DateTime<Utc>,
        /// Why.
        reason: DoubtReason,
    },
    /// The feed was consumed to its end: store [`Consumer::position`], and ask again later. The copy
    /// is complete if no entity is set aside ([`Store::aside_count`]).
    CaughtUp,
    /// Stop: the consumer cannot go on unless the caller does something. Store
    /// [`Consumer::position`].
    Stop(Stop),
}

/// What to do about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Store the event's body, entity tag and media type as the target's state.
    Replace,
    /// Apply the event's body to the target's state, and store the event's entity tag with it, or none.
    /// The media type stays. If the patch cannot be applied, call [`Consumer::fetch_instead`].
    Patch,
    /// Remove the target, if it is stored.
    Delete,
    /// GET the target with `Cache-Control: no-cache`, conditional on the stored entity tag, and pass
    /// the answer to [`Consumer::answered`]. A state from a cache may lack the event.
    Fetch,
    /// Do nothing: the target is set aside, or the snapshot contains the event.
    Leave,
}

/// What the answer said if a document does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Missing {
    /// It was not found (404).
    NotFound,
    /// It was not found, and the problem type of the answer is [`NEVER_ISSUED`](crate::NEVER_ISSUED). If
    /// the URI of the last event itself says so twice, the replica is on another timeline.
    NeverIssued,
    /// It is gone (410).
    Gone,
}

/// The state machine that consumes a feed.
///
/// Call [`step`](Self::step) again and again, and do what it wants. The time that each function
/// takes is that of the caller's clock. The consumer does no IO; it allocates for what it keeps: one
/// document and its position.
#[derive(Debug)]
pub struct Consumer {
    feed: String,
    position: Position,
    patience: Patience,
    limits: Limits,
    state: State,
    document: Document,
    /// The URI that `document` was requested from.
    asked: String,
    /// Whether `document` is the subscription document.
    is_youngest: bool,
    search: Search,
    /// The archive documents of this reading that were entered from the one before, by their hashes: a
    /// circle of them would be read for ever.
    passed: HashSet<u64>,
    /// The event of the last `Want::Event`, and the one that was processed before it.
    undo: Option<(usize, Option<LastEvent>)>,
    /// The runs of a timeline that contains all that the replica contains, each with its numbers.
    trusted: HashMap<String, Range<u64>>,
    /// When the entities that are set aside began to be requested in this reading of the feed.
    retrying: Option<DateTime<Utc>>,
    /// The number of requests for the entity of the current event.
    tries: u32,
    /// The number of entities that failed one after the other.
    failures: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    /// This document was requested.
    Seek {
        uri: String,
        route: Route,
    },
    /// The timeline was requested: before this event of `document`, whose run is not known yet; or,
    /// without an event, because a search has failed, or to confirm what another copy of it says.
    Timeline(Option<usize>),
    /// At an event of `document`, or at its end.
    Event(usize),
    /// The entity of this event was requested.
    Fetch(usize),
    /// An entity that was set aside was requested.
    Retry(String),
    Stopped(Stop),
}

/// Why a document is requested: to find the event that was processed last, or to go forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// In the subscription document, which contained it at the last reading.
    Poll,
    /// By its self link.
    SelfLink,
    /// Back from the subscription document.
    Back,
    /// The one that follows `document`.
    Next {
        /// Whether nothing can be added to `document` any more.
        is_final: bool,
    },
}

/// What is known of the way since the last event.
#[derive(Debug, Default)]
struct Search {
    /// Whether the timeline was asked for in this search.
    asked_timeline: bool,
    /// Whether the timeline was asked for at the end of this reading.
    asked_at_end: bool,
    /// Whether a timeline that has to be confirmed contradicts the position.
    is_contradicted: bool,
    /// Whether the subscription document is older than what was consumed.
    is_older: bool,
    /// The document that was not found, and is asked for once more.
    confirming: Option<String>,
    /// The document that was not found last.
    missing: Option<String>,
    /// The number of documents since the last event.
    documents: u64,
    /// The number of times that the next document was a wrong one, since the last event.
    detours: u32,
    /// The documents on the way back from the subscription document, for a feed without links to the
    /// next archive document.
    trail: Trail,
}

impl Consumer {
    /// Makes a consumer of the feed whose subscription document is at `feed`.
    #[must_use]
    pub fn new(feed: impl Into<String>, position: Position) -> Self {
        Self {
            feed: feed.into(),
            position,
            patience: Patience::default(),
            limits: Limits::default(),
            state: State::Idle,
            document: Document::default(),
            asked: String::new(),
            is_youngest: false,
            search: Search::default(),
            undo: None,
            trusted: HashMap::new(),
            passed: HashSet::new(),
            retrying: None,
            tries: 0,
            failures: 0,
        }
    }

    /// Sets how long it waits before it concludes something.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Sets its limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How far the feed was consumed, including the event of the last [`Want::Event`] unless that is
    /// still to be fetched.
    #[must_use]
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// Returns an event of the document that was passed last.
    #[must_use]
    pub fn event(&self, index: usize) -> Option<&Event> {
        self.document.events().get(index)
    }

    /// Returns what is to be done next.
    ///
    /// It writes to the store. An event whose action is not [`Action::Fetch`] counts as done as soon as
    /// it is returned: do not call this function again before the effect is stored. All other wants are
    /// returned again until the caller has passed what they ask for. After [`Want::CaughtUp`] it begins
    /// another reading of the feed.
    ///
    /// # Errors
    /// Those of the store.
    pub fn step<S: Store>(&mut self, now: DateTime<Utc>, store: &mut S) -> Result<Want, S::Error> {
        loop {
            match &self.state {
                State::Idle => {
                    if let Some(wait) = self.waiting(now) {
                        return Ok(wait);
                    }
                    self.state = self.begin();
                }
                State::Seek { uri, route } => {
                    let etag = self.position.etag.clone().filter(|_| *route == Route::Poll);
                    let fresh = self.is_fresh(uri);
                    return Ok(Want::Document { uri: uri.clone(), etag, fresh });
                }
                State::Timeline(_) => return Ok(Want::Timeline),
                State::Event(index) => {
                    let index = *index;
                    if self.is_off_timeline(index) {
                        self.state = State::Timeline(Some(index));
                    } else if index < self.document.events().len() {
                        return self.process(index, store);
                    } else if let Some(want) = self.end(now, store)? {
                        return Ok(want);
                    }
                }
                State::Fetch(index) => {
                    return Ok(Want::Event { index: *index, action: Action::Fetch });
                }
                State::Retry(target) => return Ok(Want::Retry { target: target.clone() }),
                State::Stopped(stop) => return Ok(Want::Stop(*stop)),
            }
        }
    }

    /// Whether caches must ask the publisher: a search has failed, or the window would end too early
    /// with an old subscription document.
    fn is_fresh(&self, uri: &str) -> bool {
        self.position.doubt.is_some()
            || self.search.confirming.is_some()
            || self.search.is_older
            || self.search.detours > 0
            || (self.position.reading == 0 && uri == self.feed)
    }

    fn stop(&mut self, stop: Stop) {
        self.position.stopped = Some(stop);
        self.state = State::Stopped(stop);
    }
}
