//! The state machine: it asks for documents, and says what to do about each event.

use super::document::{Entry, Page};
use super::fetched::Fetched;
use super::position::Position;
use crate::event::Method;

/// What to do about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Store the event's body as the target's state.
    Replace,
    /// Apply the event's body to the target's state.
    Patch,
    /// Remove the target.
    Delete,
    /// GET the target, conditional on the stored entity tag, and store the answer; remove the
    /// target on 404 or 410.
    Fetch,
}

/// What the caller is to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Get this feed document and pass it to [`Consumer::page`].
    Page {
        /// Its URI.
        uri: String,
        /// The entity tag for If-None-Match. A 304 is reported with [`Consumer::page_unchanged`].
        etag: Option<String>,
    },
    /// Do this about the entry of this index in the page that was passed last, and store
    /// [`Consumer::position`] in the same transaction.
    Event(usize, Action),
    /// The feed was consumed to its end: ask again later.
    CaughtUp,
    /// The feed does not contain the event that was processed last: start again from a snapshot.
    HistoryCut,
}

/// The limit on documents that are requested between two events. Behind it the history counts as
/// cut, so that a feed whose documents refer to each other in a circle ends.
const MOST_BARREN: u32 = 100_000;

/// The state machine that consumes a feed.
#[derive(Debug)]
pub struct Consumer {
    current: String,
    position: Position,
    state: State,
    page: Page,
    /// The URI that `page` was requested from.
    asked: String,
    /// Whether `page` is the subscription document.
    youngest: bool,
    /// The number of documents since the last event.
    barren: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    /// Looking for the entry to begin with: this document was requested.
    Seek(String, Route),
    /// Going forward: the document after `page` was requested.
    Follow(String),
    /// At an entry of `page`.
    Entry(usize),
    Cut,
}

/// How the event that was processed last is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// In the subscription document, which contained it at the last reading.
    Poll,
    /// By its self link.
    SelfLink,
    /// Back from the subscription document.
    Back,
}

impl Consumer {
    /// A consumer of the feed whose subscription document is at `current`.
    #[must_use]
    pub fn new(current: &str, position: Position) -> Self {
        Self {
            current: current.to_owned(),
            position,
            state: State::Idle,
            page: Page::default(),
            asked: String::new(),
            youngest: false,
            barren: 0,
        }
    }

    /// How far the feed was consumed, including the event of the last [`Want::Event`].
    #[must_use]
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// An entry of the page that was passed last.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        self.page.entries.get(index)
    }

    /// Returns what is to be done next. After [`Want::CaughtUp`] this begins another reading.
    ///
    /// # Errors
    /// Those of the set of fetched entities.
    pub fn step<F: Fetched>(&mut self, fetched: &mut F) -> Result<Want, F::Error> {
        if self.state == State::Idle {
            self.state = self.begin();
        }
        match &self.state {
            State::Seek(uri, Route::Poll) => {
                Ok(Want::Page { uri: uri.clone(), etag: self.position.etag.clone() })
            }
            State::Seek(uri, _) | State::Follow(uri) => {
                Ok(Want::Page { uri: uri.clone(), etag: None })
            }
            State::Entry(index) if *index < self.page.entries.len() => self.event(*index, fetched),
            State::Entry(_) | State::Idle => self.page_end(fetched),
            State::Cut => Ok(Want::HistoryCut),
        }
    }

    /// The state in which a reading begins.
    fn begin(&self) -> State {
        match (&self.position.etag, &self.position.last) {
            (Some(_), _) => State::Seek(self.current.clone(), Route::Poll),
            (None, Some((_, Some(self_uri)))) => State::Seek(self_uri.clone(), Route::SelfLink),
            (None, _) => State::Seek(self.current.clone(), Route::Back),
        }
    }

    /// Passes the requested document to the machine.
    pub fn page(&mut self, page: Page) {
        let (asked, route) = self.take_asked();
        // Redirects: a document has the URI of the request and that of the answer.
        let follows_on = route.is_none()
            && page
                .prev_archive
                .as_ref()
                .is_some_and(|uri| [&self.page.uri, &self.asked].contains(&uri));
        let first = if follows_on { Some(0) } else { self.first_entry(&page) };
        self.state = match first {
            Some(index) => State::Entry(index),
            None => self.elsewhere(route, page.prev_archive.clone()),
        };
        self.youngest = [&page.uri, &asked].contains(&&self.current);
        (self.page, self.asked) = (page, asked);
    }

    /// Reports that the requested document still has the same entity tag (304).
    pub fn page_unchanged(&mut self) {
        let etag = self.position.etag.clone();
        self.page = Page { uri: self.current.clone(), etag, ..Page::default() };
        self.youngest = true;
        self.asked.clear();
        self.state = State::Entry(0);
    }

    /// Reports that the requested document does not exist (404 or 410).
    pub fn page_gone(&mut self) {
        let (_, route) = self.take_asked();
        self.state = self.elsewhere(route, None);
    }

    /// The document that was requested, and on which route; none where it was to follow `page`.
    fn take_asked(&mut self) -> (String, Option<Route>) {
        self.barren += 1;
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Seek(uri, route) => (uri, Some(route)),
            State::Follow(uri) => (uri, None),
            State::Idle | State::Entry(_) | State::Cut => (String::new(), None),
        }
    }

    /// Where to look next if a document does not show where to begin; `prev_archive` is the one
    /// before it.
    fn elsewhere(&self, route: Option<Route>, prev_archive: Option<String>) -> State {
        let self_uri = self.position.last.as_ref().and_then(|(_, self_uri)| self_uri.clone());
        match (route, self_uri, prev_archive) {
            _ if self.barren >= MOST_BARREN => State::Cut,
            (Some(Route::Poll), Some(self_uri), _) => State::Seek(self_uri, Route::SelfLink),
            (Some(Route::Poll | Route::Back), _, Some(earlier)) => {
                State::Seek(earlier, Route::Back)
            }
            // The document of a self link, or one that was to follow, may be missing or a wrong
            // one: all documents can be reached from the subscription document.
            (Some(Route::SelfLink) | None, ..) => State::Seek(self.current.clone(), Route::Back),
            (Some(Route::Poll | Route::Back), _, None) => State::Cut,
        }
    }

    /// The entry of a page to begin with, if the page reaches back far enough to decide that.
    fn first_entry(&mut self, page: &Page) -> Option<usize> {
        if let Some((last, _)) = &self.position.last {
            return page.entries.iter().position(|entry| entry.id == *last).map(|index| index + 1);
        }
        let start = self.position.start;
        let index = page.entries.iter().position(|entry| entry.time >= start);
        let index = index.unwrap_or(page.entries.len());
        if let Some(before) = index.checked_sub(1).and_then(|before| page.entries.get(before)) {
            self.position.last = Some((before.id.clone(), before.self_uri.clone()));
            return Some(index);
        }
        page.prev_archive.is_none().then_some(index)
    }

    /// Returns the action for an entry of the page that was passed last, as if it were the next
    /// one. The entries before it may still change that action.
    ///
    /// # Errors
    /// Those of the set of fetched entities.
    pub fn likely<F: Fetched>(
        &self,
        index: usize,
        fetched: &F,
    ) -> Result<Option<Action>, F::Error> {
        self.entry(index).map(|entry| self.action(entry, fetched)).transpose()
    }

    fn action<F: Fetched>(&self, entry: &Entry, fetched: &F) -> Result<Action, F::Error> {
        let in_window = self.position.reading == 0;
        Ok(match entry.method {
            Method::Put => Action::Replace,
            Method::Delete => Action::Delete,
            Method::Post => Action::Fetch,
            Method::Patch if in_window || fetched.contains(&entry.target)? => Action::Fetch,
            Method::Patch => Action::Patch,
        })
    }

    fn event<F: Fetched>(&mut self, index: usize, fetched: &mut F) -> Result<Want, F::Error> {
        let entry = &self.page.entries[index];
        let action = self.action(entry, fetched)?;
        if action == Action::Fetch {
            fetched.insert(&entry.target, self.position.reading)?;
        }
        self.position.last = Some((entry.id.clone(), entry.self_uri.clone()));
        // The entity tag is only valid while no event follows the end of the feed.
        self.position.etag = None;
        self.barren = 0;
        self.state = State::Entry(index + 1);
        Ok(Want::Event(index, action))
    }

    fn page_end<F: Fetched>(&mut self, fetched: &mut F) -> Result<Want, F::Error> {
        if self.youngest {
            self.barren = 0;
            fetched.remove_before(self.position.reading)?;
            self.position.reading += 1;
            self.position.etag = self.page.etag.clone();
            self.state = State::Idle;
            return Ok(Want::CaughtUp);
        }
        if self.barren >= MOST_BARREN {
            self.state = State::Cut;
            return Ok(Want::HistoryCut);
        }
        let next = self.page.next_archive.as_ref().unwrap_or(&self.current).clone();
        self.state = State::Follow(next.clone());
        Ok(Want::Page { uri: next, etag: None })
    }
}
