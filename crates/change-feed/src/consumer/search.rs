//! Finding the event to go on behind, and what follows if it is not found.

use super::{Consumer, Missing, Route, State, Want};
use crate::document::Document;
use crate::error::Error;
use crate::position::{Doubt, DoubtReason, LastEvent};
use crate::stop::Stop;
use crate::timeline::{EventId, Timeline};
use chrono::{DateTime, Utc};

/// The number of times that the next document may be a wrong one before the consumer waits.
const MOST_DETOURS: u32 = 3;

impl Consumer {
    /// Says whether to wait before the next attempt.
    pub(super) fn waiting(&self, now: DateTime<Utc>) -> Option<Want> {
        let doubt = self.position.doubt.as_ref().filter(|doubt| now < doubt.next)?;
        // A clock that has stepped back must not delay the next attempt for longer than was meant.
        let until = doubt.next.min(self.patience.next(doubt.attempts, now));
        Some(Want::Wait { until, reason: doubt.reason })
    }

    /// The state in which a reading begins.
    pub(super) fn begin(&mut self) -> State {
        self.search.asked_timeline = false;
        self.search.is_older = false;
        self.search.detours = 0;
        self.search.confirming = None;
        let seek = |uri: &str, route| State::Seek { uri: uri.to_owned(), route };
        let self_uri = self.position.last.as_ref().and_then(LastEvent::self_uri);
        match (&self.position.etag, self_uri) {
            (Some(_), _) => seek(&self.feed, Route::Poll),
            (None, Some(self_uri)) => seek(self_uri, Route::SelfLink),
            (None, None) => seek(&self.feed, Route::Back),
        }
    }

    /// Passes the requested document to the consumer.
    ///
    /// # Errors
    /// [`Error::Limit`]. The consumer then asks for the same document again.
    pub fn document(&mut self, document: Document, now: DateTime<Utc>) -> Result<(), Error> {
        document.check(&self.limits)?;
        let Some((asked, route)) = self.take_asked() else { return Ok(()) };
        self.failures = 0;
        self.search.confirming = None;
        // Redirects: a document has the URI of the request and that of the answer.
        let follows_on = route.is_none()
            && document
                .prev_archive()
                .is_some_and(|uri| [self.document.uri(), &self.asked].contains(&uri));
        self.is_youngest = document.uri() == self.feed || asked == self.feed;
        if self.is_youngest {
            self.position.seen = self.position.seen.max(document.date());
            let last = self.position.last.as_ref().and_then(LastEvent::time);
            self.search.is_older =
                document.youngest().is_some_and(|youngest| last.is_some_and(|it| youngest < it));
        }
        let first = if follows_on { Some(0) } else { self.first_event(&document) };
        (self.document, self.asked) = (document, asked);
        match first {
            Some(index) => self.state = State::Event(index),
            None => self.elsewhere(route, now),
        }
        Ok(())
    }

    /// Reports that the requested document still has the entity tag of the request (304), and the
    /// Date of that answer.
    pub fn not_modified(&mut self, date: Option<DateTime<Utc>>) {
        if self.take_asked().is_none() {
            return;
        }
        self.failures = 0;
        self.document = Document::new(self.feed.clone(), Vec::new())
            .with_etag(self.position.etag.clone())
            .with_date(date);
        self.is_youngest = true;
        self.asked.clear();
        self.state = State::Event(0);
    }

    /// Reports that the requested document does not exist (404 or 410).
    ///
    /// One answer may be that of a cache. So the consumer asks for the document once more, with
    /// `Cache-Control: no-cache`, before it believes that.
    pub fn missing(&mut self, missing: Missing, now: DateTime<Utc>) {
        let state = self.state.clone();
        let Some((asked, route)) = self.take_asked() else { return };
        if self.search.confirming.as_ref() != Some(&asked) {
            self.search.confirming = Some(asked);
            self.state = state;
            return;
        }
        self.search.confirming = None;
        match (route, missing) {
            (Some(Route::SelfLink), Missing::Gone) => self.stop(Stop::HistoryCut),
            (Some(Route::SelfLink), Missing::NeverIssued) => self.stop(Stop::OtherTimeline),
            _ if asked == self.feed => self.doubt(DoubtReason::NoDocument, now),
            (Some(Route::Back | Route::Poll), _) => self.not_found(now),
            (Some(Route::SelfLink) | None, _) => {
                // The documents before it are not those of another one.
                self.document = Document::default();
                self.elsewhere(route, now);
            }
        }
    }

    /// Passes the publisher's timeline to the consumer, and the Date of that answer. The caller may
    /// do so at any time; it should before the first step.
    pub fn timeline(
        &mut self,
        timeline: &Timeline,
        date: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) {
        self.search.tells_timeline = true;
        let was_asked = self.state == State::Timeline;
        if *self.position.feed.get_or_insert_with(|| timeline.feed().to_owned()) != timeline.feed()
        {
            return self.stop(Stop::OtherFeed);
        }
        let is_covered = self.position.event_id().is_none_or(|id| timeline.covers(&id));
        // An answer that is older than one before it may lack the last runs.
        let is_stale = date.is_some() && date < self.position.seen;
        match (is_covered || is_stale, was_asked) {
            (true, true) => self.no_timeline(now),
            (true, false) => {}
            (false, true) => self.stop(Stop::OtherTimeline),
            (false, false) => self.state = State::Timeline,
        }
    }

    /// Reports that the publisher's timeline cannot be had, or says nothing.
    pub fn no_timeline(&mut self, now: DateTime<Utc>) {
        if self.state != State::Timeline {
            return;
        }
        // A timeline that was asked for before any search leaves that search to come.
        self.state = State::Idle;
        if self.search.asked_timeline {
            self.not_found(now);
        }
    }

    /// The document that was requested, and on which route; no route where it was to follow
    /// `document`. Returns none if none was requested, or if there were too many of them.
    fn take_asked(&mut self) -> Option<(String, Option<Route>)> {
        let asked = match &self.state {
            State::Seek { uri, route } => (uri.clone(), Some(*route)),
            State::Follow(uri) => (uri.clone(), None),
            _ => return None,
        };
        self.search.documents += 1;
        if self.search.documents > self.limits.documents {
            self.stop(Stop::TooManyDocuments);
            return None;
        }
        self.state = State::Idle;
        Some(asked)
    }

    /// Looks elsewhere, since `document` does not show where to begin.
    fn elsewhere(&mut self, route: Option<Route>, now: DateTime<Utc>) {
        let self_uri = self.position.last.as_ref().and_then(LastEvent::self_uri);
        let seek = |uri: &str, route| State::Seek { uri: uri.to_owned(), route };
        self.state = match (route, self_uri, self.document.prev_archive()) {
            (Some(Route::Poll), Some(self_uri), _) => seek(self_uri, Route::SelfLink),
            (Some(Route::Poll | Route::Back), _, Some(earlier)) if !self.is_far_back() => {
                seek(earlier, Route::Back)
            }
            (Some(Route::SelfLink), ..) => seek(&self.feed, Route::Back),
            // The document that was to follow is a wrong one, or events have moved meanwhile: all
            // documents can be reached from the subscription document.
            (None, ..) if self.search.detours < MOST_DETOURS => {
                self.search.detours += 1;
                seek(&self.feed, Route::Back)
            }
            (None | Some(Route::Poll | Route::Back), ..) => return self.not_found(now),
        };
    }

    /// Whether all events of `document` are older than the one that was processed last, so that no
    /// document before it contains that one.
    fn is_far_back(&self) -> bool {
        let last = self.position.last.as_ref().and_then(LastEvent::time);
        !self.is_youngest
            && self.document.youngest().is_some_and(|it| last.is_some_and(|last| it < last))
    }

    /// The search has ended without a result.
    fn not_found(&mut self, now: DateTime<Utc>) {
        let has_run = self.position.event_id().is_some();
        if self.search.tells_timeline && has_run && !self.search.asked_timeline {
            self.search.asked_timeline = true;
            self.state = State::Timeline;
            return;
        }
        let reason = match self.search.is_older {
            true => DoubtReason::OlderDocument,
            false => DoubtReason::MissingEvent,
        };
        self.doubt(reason, now);
    }

    /// Counts an attempt that has failed, and concludes that the history was cut if that was the last
    /// one.
    fn doubt(&mut self, reason: DoubtReason, now: DateTime<Utc>) {
        self.state = State::Idle;
        // Attempts that say something else about the history begin to count anew.
        let before = self.position.doubt.take().filter(|before| before.reason == reason);
        let since = before.as_ref().map_or(now, |before| before.since);
        let attempts = before.map_or(0, |before| before.attempts).saturating_add(1);
        let next = self.patience.next(attempts, now);
        self.position.doubt = Some(Doubt { reason, since, attempts, next });
        if reason == DoubtReason::MissingEvent && self.patience.is_over(attempts, since, now) {
            self.stop(Stop::HistoryCut);
        }
    }

    /// The event of a document to begin with, if the document reaches back far enough to decide that.
    fn first_event(&mut self, document: &Document) -> Option<usize> {
        let events = document.events();
        if let Some(last) = &self.position.last {
            return events.iter().position(|event| event.id() == last.id).map(|index| index + 1);
        }
        let start = self.position.start;
        let index = events.iter().position(|event| event.time() >= start);
        let index = index.unwrap_or(events.len());
        if let Some(before) = index.checked_sub(1).and_then(|before| events.get(before)) {
            self.position.last = Some(LastEvent::of(before));
            return Some(index);
        }
        // A feed that begins with a later event has lost those before it.
        let oldest = events.first().and_then(|event| event.id().parse().ok());
        let is_cut = oldest.is_some_and(|oldest: EventId| oldest.number() > 1);
        (document.prev_archive().is_none() && !is_cut).then_some(index)
    }
}
