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
    Page(String),
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
}

impl Position {
    /// The position after a snapshot was stored.
    ///
    /// Events have whole seconds and snapshots milliseconds: the start is cut to its second, or an
    /// event would be lost.
    #[must_use]
    pub fn after_snapshot(started: DateTime<Utc>) -> Self {
        Self { start: started.trunc_subsecs(0), last: None, reading: 0 }
    }
}

/// How many documents are sought through for an event before the history counts as cut: a feed
/// whose archives refer to each other in a circle comes to an end.
const MOST_PAGES: u32 = 100_000;

/// The state machine that consumes a feed.
#[derive(Debug)]
pub struct Consumer {
    current: String,
    position: Position,
    state: State,
    page: Page,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    /// Going back to where to begin, over so many documents so far.
    Seek {
        uri: String,
        from_current: bool,
        pages: u32,
    },
    /// Going forward: the document after `page` was asked for.
    Follow(String),
    /// At an entry of `page`.
    Entry(usize),
    Cut,
}

impl Consumer {
    /// A consumer of the feed whose subscription document is at `current`.
    #[must_use]
    pub fn new(current: &str, position: Position) -> Self {
        Self { current: current.to_owned(), position, state: State::Idle, page: Page::default() }
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
        match &self.state {
            State::Idle => {
                let begin = match &self.position.last {
                    Some((_, Some(self_uri))) => self_uri.clone(),
                    _ => self.current.clone(),
                };
                let from_current = begin == self.current;
                self.state = State::Seek { uri: begin.clone(), from_current, pages: 0 };
                Ok(Want::Page(begin))
            }
            State::Seek { uri, .. } | State::Follow(uri) => Ok(Want::Page(uri.clone())),
            State::Entry(index) => {
                let index = *index;
                match self.page.entries.get(index) {
                    Some(_) => self.event(index, fetched),
                    None => self.page_end(fetched),
                }
            }
            State::Cut => Ok(Want::HistoryCut),
        }
    }

    /// Hands over the document that was asked for.
    pub fn page(&mut self, page: Page) {
        let follows_on = matches!(&self.state, State::Follow(_))
            && page.prev_archive.as_deref() == Some(&self.page.uri);
        let first = if follows_on { Some(0) } else { self.first_entry(&page) };
        self.state = match (first, &page.prev_archive) {
            (Some(index), _) => State::Entry(index),
            (None, Some(earlier)) => self.seek(earlier.clone()),
            (None, None) => self.seek_from_current(),
        };
        self.page = page;
    }

    /// Says that the document asked for is gone.
    pub fn page_gone(&mut self) {
        self.state = self.seek_from_current();
    }

    /// One document further back.
    fn seek(&self, uri: String) -> State {
        match self.state {
            State::Seek { pages: MOST_PAGES.., .. } => State::Cut,
            State::Seek { from_current, pages, .. } => {
                State::Seek { uri, from_current, pages: pages + 1 }
            }
            _ => State::Seek { uri, from_current: true, pages: 0 },
        }
    }

    /// A self link may lead astray or be gone: the subscription document leads back as well.
    fn seek_from_current(&self) -> State {
        match self.state {
            State::Seek { from_current: true, .. } => State::Cut,
            _ => State::Seek { uri: self.current.clone(), from_current: true, pages: 0 },
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

    fn event<F: Fetched>(&mut self, index: usize, fetched: &mut F) -> Result<Want, F::Error> {
        let entry = &self.page.entries[index];
        let in_window = self.position.reading == 0;
        let action = match entry.method {
            Method::Put => Action::Replace,
            Method::Delete => Action::Delete,
            Method::Post => Action::Fetch,
            Method::Patch if in_window || fetched.contains(&entry.target)? => Action::Fetch,
            Method::Patch => Action::Patch,
        };
        if action == Action::Fetch {
            fetched.insert(&entry.target, self.position.reading)?;
        }
        self.position.last = Some((entry.id.clone(), entry.self_uri.clone()));
        self.state = State::Entry(index + 1);
        Ok(Want::Event(index, action))
    }

    fn page_end<F: Fetched>(&mut self, fetched: &mut F) -> Result<Want, F::Error> {
        let next = match &self.page.next_archive {
            Some(next) => next.clone(),
            None if self.page.uri == self.current => {
                fetched.remove_before(self.position.reading)?;
                self.position.reading += 1;
                self.state = State::Idle;
                return Ok(Want::CaughtUp);
            }
            None => self.current.clone(),
        };
        self.state = State::Follow(next.clone());
        Ok(Want::Page(next))
    }
}
