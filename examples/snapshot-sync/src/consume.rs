//! The consuming rules of a change event feed, without IO (draft of 2015-06-30, sections 6 and 7).
//!
//! The machine asks for feed documents by URI, is handed what they hold, and says of each event
//! what to do about it. It knows three rules that a consumer gets wrong alone:
//!
//! - **The window.** A snapshot need not hold what changed while it was made. So the feed is
//!   replayed from the second in which the snapshot was started, to its end; in this window a patch
//!   is never applied: the target's current state is fetched instead.
//! - **A fetched state may be younger than the feed as read**, and a patch that is in it already
//!   would be applied twice. So an entity that was fetched stays in the window until a reading of
//!   the feed that began after its last GET was consumed to the end without another one.
//! - **Pages move.** Events go from the subscription document to archive documents while the feed
//!   is read. So every next document must follow on the one before, or hold the event last
//!   processed; else the machine goes back until one does.
//!
//! A reading of the feed begins where the last one ended: with a conditional GET of the
//! subscription document; where that has moved on, with the last event's self link; without one,
//! with the walk back from the subscription document.

use chrono::{DateTime, SubsecRound, Utc};
use std::collections::HashMap;

/// An unsafe method, of the `http-equiv` family (section 4.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// The target has a new state, which is the event's body.
    Put,
    /// The target was changed as the event's body says.
    Patch,
    /// The target is gone.
    Delete,
    /// The target did something with the event's body that only its server knows.
    Post,
}

/// One event, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The Content-ID.
    pub id: String,
    /// The event's target.
    pub target: String,
    /// Where the event itself can be asked for.
    pub self_uri: Option<String>,
    /// What befell the target.
    pub method: Method,
    /// When: whole seconds.
    pub time: DateTime<Utc>,
}

/// A feed document, its URIs resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Where it was found, after redirects.
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

/// What to do about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Store the event's body as the target's state.
    Replace,
    /// Apply the event's body to the target's state.
    Patch,
    /// Remove the target.
    Delete,
    /// GET the target, conditional on the entity tag at hand, and store what comes; remove it on
    /// 404 or 410.
    Fetch,
}

/// What the machine wants next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Get this feed document and hand it over with [`Consumer::page`].
    Page {
        /// Where it is.
        uri: String,
        /// The entity tag for If-None-Match: a 304 is told by [`Consumer::page_unchanged`].
        etag: Option<String>,
    },
    /// Do this about the entry of that index in the page last handed over, together with storing
    /// [`Consumer::position`].
    Event(usize, Action),
    /// The feed was consumed to its end: poll again later.
    CaughtUp,
    /// The event last processed is nowhere in the feed: start again from a snapshot.
    HistoryCut,
}

/// Which entities were fetched, and in which reading of the feed, for as long as that matters.
pub trait Fetched {
    /// What storing can fail with.
    type Error;
    /// Whether the target is in the set.
    ///
    /// # Errors
    /// Those of the store.
    fn contains(&self, target: &str) -> Result<bool, Self::Error>;
    /// Puts a target in, or moves it to a later reading.
    ///
    /// # Errors
    /// Those of the store.
    fn insert(&mut self, target: &str, reading: u64) -> Result<(), Self::Error>;
    /// Takes out all that were put in before a reading.
    ///
    /// # Errors
    /// Those of the store.
    fn remove_before(&mut self, reading: u64) -> Result<(), Self::Error>;
}

impl Fetched for HashMap<String, u64> {
    type Error = std::convert::Infallible;

    fn contains(&self, target: &str) -> Result<bool, Self::Error> {
        Ok(self.contains_key(target))
    }

    fn insert(&mut self, target: &str, reading: u64) -> Result<(), Self::Error> {
        HashMap::insert(self, target.to_owned(), reading);
        Ok(())
    }

    fn remove_before(&mut self, reading: u64) -> Result<(), Self::Error> {
        self.retain(|_, last| *last >= reading);
        Ok(())
    }
}

/// How far a feed was consumed: what a replica stores with every event's effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The second in which the snapshot was started.
    pub start: DateTime<Utc>,
    /// The event last processed, and where it can be asked for.
    pub last: Option<(String, Option<String>)>,
    /// Counts the readings of the feed; the first is the window's.
    pub reading: u64,
    /// The entity tag of the subscription document, when that was consumed to its end.
    pub etag: Option<String>,
}

impl Position {
    /// The position after a snapshot was stored.
    ///
    /// Events have whole seconds and snapshots milliseconds: the start is cut to its second, or an
    /// event would be lost.
    #[must_use]
    pub fn after_snapshot(started: DateTime<Utc>) -> Self {
        Self { start: started.trunc_subsecs(0), last: None, reading: 0, etag: None }
    }
}

/// How many documents are asked for between two events before the history counts as cut: a feed
/// whose documents refer to each other in a circle comes to an end.
const MOST_BARREN: u32 = 100_000;

/// The state machine that consumes a feed.
#[derive(Debug)]
pub struct Consumer {
    current: String,
    position: Position,
    state: State,
    page: Page,
    /// Where `page` was asked for.
    asked: String,
    /// Whether `page` is the subscription document.
    youngest: bool,
    /// How many documents were handed over since the last event.
    barren: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    /// On the way to where to begin: this document was asked for.
    Seek(String, Route),
    /// Going forward: the document after `page` was asked for.
    Follow(String),
    /// At an entry of `page`.
    Entry(usize),
    Cut,
}

/// How the event is sought that was processed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// In the subscription document, which held it when it was last read.
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

    /// How far the feed was consumed, the event last wanted included.
    #[must_use]
    pub fn position(&self) -> &Position {
        &self.position
    }

    /// An entry of the page last handed over.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        self.page.entries.get(index)
    }

    /// What is to be done next; after [`Want::CaughtUp`] this begins another reading.
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

    /// Where a reading begins.
    fn begin(&self) -> State {
        match (&self.position.etag, &self.position.last) {
            (Some(_), _) => State::Seek(self.current.clone(), Route::Poll),
            (None, Some((_, Some(self_uri)))) => State::Seek(self_uri.clone(), Route::SelfLink),
            (None, _) => State::Seek(self.current.clone(), Route::Back),
        }
    }

    /// Hands over the document that was asked for.
    pub fn page(&mut self, page: Page) {
        let (asked, route) = self.take_asked();
        // Documents may be found elsewhere than they are asked for: either URI names them.
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

    /// Says that the document asked for is the one that its entity tag was of.
    pub fn page_unchanged(&mut self) {
        let etag = self.position.etag.clone();
        self.page = Page { uri: self.current.clone(), etag, ..Page::default() };
        self.youngest = true;
        self.asked.clear();
        self.state = State::Entry(0);
    }

    /// Says that the document asked for is gone.
    pub fn page_gone(&mut self) {
        let (_, route) = self.take_asked();
        self.state = self.elsewhere(route, None);
    }

    /// The document that was asked for, and on which route if not to follow on the one before.
    fn take_asked(&mut self) -> (String, Option<Route>) {
        self.barren += 1;
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Seek(uri, route) => (uri, Some(route)),
            State::Follow(uri) => (uri, None),
            State::Idle | State::Entry(_) | State::Cut => (String::new(), None),
        }
    }

    /// Where to look on when a document does not tell where to begin, and has this one before it.
    fn elsewhere(&self, route: Option<Route>, prev_archive: Option<String>) -> State {
        let self_uri = self.position.last.as_ref().and_then(|(_, self_uri)| self_uri.clone());
        match (route, self_uri, prev_archive) {
            _ if self.barren >= MOST_BARREN => State::Cut,
            (Some(Route::Poll), Some(self_uri), _) => State::Seek(self_uri, Route::SelfLink),
            (Some(Route::Poll | Route::Back), _, Some(earlier)) => {
                State::Seek(earlier, Route::Back)
            }
            // A self link may lead astray or be gone, and so may a document that was to follow:
            // the subscription document leads back to all.
            (Some(Route::SelfLink) | None, ..) => State::Seek(self.current.clone(), Route::Back),
            (Some(Route::Poll | Route::Back), _, None) => State::Cut,
        }
    }

    /// Where to begin in a page, when it reaches back far enough to tell.
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

    /// What would be done about an entry of the page last handed over, were it the next; those
    /// before it may change that.
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
        // It is of the subscription document as it was when it was consumed to its end.
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
