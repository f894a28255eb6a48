//! Finding the event to go on behind, and what follows if it is not found.

use super::{Consumer, Missing, Route, Search, State, Want};
use crate::document::{Document, Event};
use crate::error::Error;
use crate::position::{Doubt, DoubtReason, LastEvent};
use crate::stop::Stop;
use crate::timeline::{EventId, pieces};
use chrono::{DateTime, Utc};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The number of times that the next document may be a wrong one before the consumer waits.
const MOST_DETOURS: u32 = 3;

impl Consumer {
    /// Says whether to wait before the next attempt.
    pub(super) fn waiting(&mut self, now: DateTime<Utc>) -> Option<Want> {
        let doubt = self.position.doubt.as_mut().filter(|doubt| now < doubt.next)?;
        // A clock that has stepped back must not delay the next attempt for longer than was meant. The
        // earlier time is kept: else each call would set it anew.
        doubt.next = doubt.next.min(self.patience.next(doubt.attempts, now));
        Some(Want::Wait { until: doubt.next, reason: doubt.reason })
    }

    /// The state in which a reading begins.
    pub(super) fn begin(&mut self) -> State {
        self.passed.clear();
        self.search = Search {
            documents: self.search.documents,
            is_contradicted: self.search.is_contradicted,
            ..Search::default()
        };
        if self.search.is_contradicted {
            return State::Timeline(None);
        }
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
    /// [`Error::Limit`], [`Error::RepeatedEvent`]. The consumer then asks for the same document again:
    /// stop, or wait before the next request.
    pub fn document(&mut self, document: Document, now: DateTime<Utc>) -> Result<(), Error> {
        document.check(&self.limits)?;
        let Some((asked, route)) = self.take_asked() else { return Ok(()) };
        self.failures = 0;
        self.search.confirming = None;
        self.undo = None;
        self.is_youngest = document.uri() == self.feed || asked == self.feed;
        self.position.seen = self.position.seen.max(document.date());
        if self.is_youngest {
            self.search.is_older = self.is_older(&document);
        }
        let is_next = matches!(route, Route::Next { .. });
        let follows_on = self.follows_on(&document, route);
        // A document that contains the last event shows by itself where to go on.
        let first = match (self.behind_last(&document), follows_on) {
            (Some(index), _) => Some(index),
            (None, true) => Some(0),
            (None, false) => self.first_event(&document),
        };
        // A cache may have another one of the same URI: it is asked for once more, past the caches.
        if first.is_none() && is_next && !self.is_youngest && self.search.detours == 0 {
            self.search.detours = 1;
            self.state = State::Seek { uri: asked, route };
            return Ok(());
        }
        if !follows_on && is_next {
            self.search.trail.clear();
        }
        if self.passed.len() as u64 >= self.limits.documents {
            self.passed.clear();
        }
        let is_entered = first.is_some() && is_next && !self.is_youngest;
        if is_entered && !self.passed.insert(hash(document.uri())) {
            self.doubt(DoubtReason::MissingEvent, now);
            return Ok(());
        }
        (self.document, self.asked) = (document, asked);
        match first {
            Some(index) => self.state = State::Event(index),
            None => self.elsewhere(route, now),
        }
        Ok(())
    }

    /// Whether a document begins where `document` ends.
    fn follows_on(&self, document: &Document, route: Route) -> bool {
        // Redirects: a document has the URI of the request and that of the answer.
        let own = [self.document.uri(), &self.asked];
        let is_after = document.prev_archive().is_some_and(|uri| own.contains(&uri));
        // The document at hand may be the subscription document under another URI. Then the one that
        // follows it now is the same one again, or it has got more events meanwhile.
        let is_same = document.uri() == self.document.uri() && self.document.events().is_empty();
        match route {
            Route::Next { is_final: true } => is_after && !self.leaves_out(document),
            Route::Next { is_final: false } => is_same,
            _ => false,
        }
    }

    /// Whether events are missing between the document at hand and the next one. A publisher that tells its runs
    /// numbers its events without gaps. After a restore its pages may end elsewhere, and caches have
    /// those of before.
    fn leaves_out(&self, next: &Document) -> bool {
        let number = |event: Option<&Event>| pieces(event?.id()).map(|(_, number, _)| number);
        let last = number(self.document.events().last());
        let first = number(next.events().first());
        let is_gap = |(last, first): (u64, u64)| last.checked_add(1) != Some(first);
        self.position.feed.is_some() && last.zip(first).is_some_and(is_gap)
    }

    /// Whether the subscription document does not reach the event that was processed last.
    fn is_older(&self, document: &Document) -> bool {
        let Some(last) = &self.position.last else { return false };
        // A publisher that tells its runs says so by 410 if it has removed all events.
        if document.events().is_empty() && document.prev_archive().is_none() {
            return self.position.feed.is_some();
        }
        let number = |id| pieces(id).map(|(_, number, _)| number);
        let youngest = document.events().last().and_then(|event| number(event.id()));
        let by_number = youngest.is_some_and(|it| number(&last.id).is_some_and(|last| it < last));
        let by_time = document.youngest().is_some_and(|it| last.time.is_some_and(|last| it < last));
        by_number || by_time
    }

    /// Reports that the requested document still has the entity tag of the request (304), and the
    /// Date of that answer.
    pub fn not_modified(&mut self, date: Option<DateTime<Utc>>) {
        let state = self.state.clone();
        match self.take_asked() {
            Some((_, Route::Poll)) => {}
            // The request had no condition.
            Some(_) => return self.state = state,
            None => return,
        }
        self.undo = None;
        self.failures = 0;
        self.position.seen = self.position.seen.max(date);
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
        self.search.missing = Some(asked.clone());
        // Other publishers have no such meaning in mind.
        let tells_runs = self.position.event_id().is_some();
        match (route, missing) {
            (Route::SelfLink, Missing::Gone) if tells_runs => self.stop(Stop::HistoryCut),
            (Route::SelfLink, Missing::NeverIssued) if tells_runs => self.stop(Stop::OtherTimeline),
            _ if asked == self.feed => self.doubt(DoubtReason::NoDocument, now),
            (Route::Back | Route::Poll, _) => self.not_found(now),
            (Route::SelfLink | Route::Next { .. }, _) => {
                // The documents before it are not those of another one.
                self.document = Document::default();
                self.elsewhere(route, now);
            }
        }
    }

    /// The state in which the document after `document` is requested.
    pub(super) fn follow(&mut self) -> State {
        let known = self.search.trail.pop();
        let next = self.document.next_archive().map(str::to_owned).or(known);
        let route = Route::Next { is_final: next.is_some() };
        State::Seek { uri: next.unwrap_or_else(|| self.feed.clone()), route }
    }

    /// The document that was requested, and why. Returns none if none was requested, or if there were
    /// too many of them.
    fn take_asked(&mut self) -> Option<(String, Route)> {
        let State::Seek { uri, route } = &self.state else { return None };
        let asked = (uri.clone(), *route);
        self.search.documents = self.search.documents.saturating_add(1);
        if self.search.documents > self.limits.documents {
            self.stop(Stop::TooManyDocuments);
            return None;
        }
        self.state = State::Idle;
        Some(asked)
    }

    /// Looks elsewhere, since `document` does not show where to begin.
    fn elsewhere(&mut self, route: Route, now: DateTime<Utc>) {
        let self_uri = self.position.last.as_ref().and_then(LastEvent::self_uri);
        let seek = |uri: &str, route| State::Seek { uri: uri.to_owned(), route };
        self.state = match (route, self_uri, self.document.prev_archive()) {
            (Route::Poll, Some(self_uri), _) => seek(self_uri, Route::SelfLink),
            (Route::Poll | Route::Back, _, Some(earlier)) if !self.is_far_back() => {
                self.search.trail.push(&self.asked);
                seek(earlier, Route::Back)
            }
            (Route::SelfLink, ..) => seek(&self.feed, Route::Back),
            // The document that was to follow is a wrong one, or events have moved meanwhile: all
            // documents can be reached from the subscription document.
            (Route::Next { .. }, ..) if self.search.detours < MOST_DETOURS => {
                self.search.detours += 1;
                seek(&self.feed, Route::Back)
            }
            _ => return self.not_found(now),
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
    pub(super) fn not_found(&mut self, now: DateTime<Utc>) {
        if self.position.event_id().is_some() && !self.search.asked_timeline {
            self.search.asked_timeline = true;
            self.state = State::Timeline(None);
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
    pub(super) fn doubt(&mut self, reason: DoubtReason, now: DateTime<Utc>) {
        self.state = State::Idle;
        self.search.documents = 0;
        // Attempts that say something else about the history begin to count anew.
        let document = self.search.missing.take();
        let is_same = |before: &Doubt| before.reason == reason && before.document == document;
        let before = self.position.doubt.take().filter(is_same);
        // A clock that was ahead must not delay the conclusion for ever.
        let since = before.as_ref().map_or(now, |before| before.since.min(now));
        let attempts = before.map_or(0, |before| before.attempts).saturating_add(1);
        let next = self.patience.next(attempts, now);
        self.position.doubt = Some(Doubt { reason, since, attempts, next, document });
        if reason == DoubtReason::MissingEvent && self.patience.is_over(attempts, since, now) {
            self.stop(Stop::HistoryCut);
        }
    }

    /// The event behind the one that was processed last, if the document contains that one.
    fn behind_last(&self, document: &Document) -> Option<usize> {
        let last = self.position.last.as_ref()?;
        document.events().iter().position(|event| event.id() == last.id).map(|index| index + 1)
    }

    /// The event of a document to begin the window with, if no event was processed yet and the
    /// document reaches back far enough to decide that.
    fn first_event(&self, document: &Document) -> Option<usize> {
        if self.position.last.is_some() {
            return None;
        }
        let events = document.events();
        let start = self.position.start;
        let index = events.iter().position(|event| event.time() >= start);
        let index = index.unwrap_or(events.len());
        if index > 0 {
            return Some(index);
        }
        // A feed that begins with a later event has lost those before it.
        let oldest = events.first().and_then(|event| event.id().parse().ok());
        let is_cut = oldest.is_some_and(|oldest: EventId| oldest.number() > 1);
        (document.prev_archive().is_none() && !is_cut).then_some(index)
    }
}

fn hash(uri: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    uri.hash(&mut hasher);
    hasher.finish()
}
