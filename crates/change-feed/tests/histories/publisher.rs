//! The publisher: its states, its history, its backups and its snapshots.

use crate::dice::Dice;
use change_feed::{Document, Event, EventId, Method, Missing, Run, Snapshot, Timeline};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashSet};

/// A state: its entity tag, its media type and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) etag: String,
    pub(crate) media_type: String,
    pub(crate) body: String,
}

pub(crate) type States = BTreeMap<String, State>;

/// An event, and what it did.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) event: Event,
    pub(crate) before: Option<State>,
    pub(crate) after: Option<State>,
}

#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) snapshot: Snapshot,
    pub(crate) states: States,
    pub(crate) last: Option<String>,
    events: usize,
    started: i64,
}

/// What a backup contains.
#[derive(Debug, Clone, Default)]
struct Database {
    states: States,
    history: Vec<Change>,
    /// The ids of all events, also of those that were removed.
    issued: HashSet<String>,
    /// The index of each page's first event.
    pages: Vec<usize>,
    /// The number of pages that were removed.
    removed_pages: usize,
    runs: Vec<(u8, u64)>,
    /// The publisher's clock, which never steps back.
    clock: i64,
}

#[derive(Debug)]
pub(crate) struct Publisher {
    database: Database,
    backup: Database,
    snapshots: Vec<Written>,
    /// The most events of a page. A page may be full before, by its octets.
    page_events: usize,
    pub(crate) tells_runs: bool,
    tells_completed: bool,
    runs_drawn: u8,
    /// The real time.
    pub(crate) now: i64,
    /// By how much the clock of the publisher's events is ahead. It is stepped now and then.
    drift: i64,
    /// The entities that cannot be had, until when, and with which status.
    pub(crate) unavailable: BTreeMap<String, (i64, u16)>,
    pub(crate) was_restored: bool,
}

pub(crate) fn second(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

impl Publisher {
    pub(crate) fn new(page_events: usize, tells_runs: bool, tells_completed: bool) -> Self {
        let mut publisher = Self {
            database: Database { clock: 1000, ..Database::default() },
            backup: Database::default(),
            snapshots: Vec::new(),
            page_events,
            tells_runs,
            tells_completed,
            runs_drawn: 0,
            now: 1000,
            drift: 0,
            unavailable: BTreeMap::new(),
            was_restored: false,
        };
        publisher.start();
        publisher.backup = publisher.database.clone();
        publisher
    }

    /// Lets time pass, in which anything may happen.
    pub(crate) fn happen(&mut self, dice: &mut Dice, replica: Option<u64>) {
        self.now += i64::try_from(dice.below(3)).unwrap();
        match dice.below(100) {
            0..35 => self.change(dice),
            35..37 => self.start(),
            37..41 => self.backup = self.database.clone(),
            41 if self.tells_runs => self.restore(),
            42..45 => self.write_snapshot(dice),
            45..47 => self.remove_events(dice, replica),
            47..50 => {
                // An entity that is not found for long does not exist any more: the network alone
                // answers 404 for one that does.
                let statuses = [403, 503, 500, 200];
                let status = statuses[usize::try_from(dice.below(4)).unwrap()];
                let until = self.now + i64::try_from(dice.below(2000)).unwrap();
                self.unavailable.insert(target(dice), (until, status));
            }
            50..53 => self.drift = i64::try_from(dice.below(7)).unwrap(),
            _ => {}
        }
    }

    pub(crate) fn mend(&mut self) {
        self.unavailable.clear();
    }

    /// A patch appends, so that one that is applied twice, too late or not at all shows.
    fn change(&mut self, dice: &mut Dice) {
        let database = &mut self.database;
        let number = database.history.len() as u64 + 1;
        let (target, body) = (target(dice), format!("{number}."));
        let random = u8::try_from(dice.below(256)).unwrap();
        let run = database.runs.last().unwrap().0;
        let id = match self.tells_runs {
            true => EventId::new([run; 16], number, [random; 8]).to_string(),
            false => number.to_string(),
        };
        database.clock = database.clock.max(self.now + self.drift);
        let before = database.states.get(&target).cloned();
        let etag = if self.tells_runs { format!("\"{id}\"") } else { format!("\"s{number}\"") };
        let made = |media_type: &str, body| {
            Some(State { etag: etag.clone(), media_type: media_type.to_owned(), body })
        };
        let (method, after) = match (dice.below(8), &before) {
            (0..3, _) | (_, None) => {
                let types = ["text/plain", "application/json"];
                (Method::Put, made(types[usize::from(dice.one_in(3))], body))
            }
            (3..6, Some(it)) => (Method::Patch, made(&it.media_type, it.body.clone() + &body)),
            (6, Some(it)) => (Method::Post, made(&it.media_type, it.body.clone() + "*")),
            _ => (Method::Delete, None),
        };
        match &after {
            Some(state) => drop(database.states.insert(target.clone(), state.clone())),
            None => drop(database.states.remove(&target)),
        }
        let event = Event::new(format!("{id}@example.org"), target, method, second(database.clock))
            .with_self_uri(format!("event/{id}"));
        database.issued.insert(event.id().to_owned());
        let count = database.history.len();
        let is_full = |first: &usize| count - first >= self.page_events || dice.one_in(8);
        if database.pages.last().is_none_or(is_full) {
            database.pages.push(count);
        }
        database.history.push(Change { event, before, after });
    }

    /// Each start draws a run.
    fn start(&mut self) {
        self.runs_drawn += 1;
        let first = self.database.history.len() as u64 + 1;
        self.database.runs.retain(|(_, other)| *other != first);
        self.database.runs.push((self.runs_drawn, first));
    }

    pub(crate) fn restore(&mut self) {
        self.was_restored = true;
        self.database = self.backup.clone();
        let events = self.database.history.len();
        self.snapshots.retain(|written| written.events <= events);
        self.start();
    }

    pub(crate) fn write_snapshot(&mut self, dice: &mut Dice) {
        self.database.clock = self.database.clock.max(self.now + self.drift);
        let (started, timeline) = (self.database.clock, self.timeline());
        let first = self.database.history.len();
        for _ in 0..dice.below(6) {
            self.now += 1;
            self.change(dice);
        }
        // A snapshot need not be of one moment: each entity is as it was at some moment since.
        let moments = (self.database.history.len() - first + 1) as u64;
        let mut states = States::new();
        for target in (0..5).map(name) {
            let moment = first + usize::try_from(dice.below(moments)).unwrap();
            let changes = self.database.history[..moment].iter().rev();
            let last = changes.into_iter().find(|change| change.event.target() == target);
            if let Some(state) = last.and_then(|change| change.after.clone()) {
                states.insert(target, state);
            }
        }
        self.database.clock = self.database.clock.max(self.now + self.drift);
        let completed = self.tells_completed.then(|| second(self.database.clock));
        let last = self.last_id().map(str::to_owned);
        let id = last.as_deref().and_then(|id| id.parse().ok());
        let timeline = timeline.map(|timeline| timeline.with_last(id));
        let snapshot =
            Snapshot::new(second(started)).with_completed(completed).with_timeline(timeline);
        let events = self.database.history.len();
        self.snapshots.push(Written { snapshot, states, last, events, started });
    }

    /// The last snapshot, or sometimes an older one that a cache has.
    pub(crate) fn snapshot(&self, dice: &mut Dice) -> Option<&Written> {
        let is_old = self.tells_runs && dice.one_in(5) && self.snapshots.len() > 1;
        let back = if is_old { 2 } else { 1 };
        self.snapshots.get(self.snapshots.len().checked_sub(back)?)
    }

    /// Removes pages of events from before the last snapshot.
    fn remove_events(&mut self, dice: &mut Dice, replica: Option<u64>) {
        let Some(started) = self.snapshots.last().map(|written| written.started) else { return };
        // Without numbers a replica that has processed no event cannot see what is missing.
        if replica.is_none() && !self.tells_runs {
            return;
        }
        let history = self.database.history.iter();
        let old = history.filter(|change| change.event.time() < second(started)).count();
        // The pages that have no other events. The last page stays.
        let most = self.database.pages.iter().skip(1).filter(|end| **end <= old).count() as u64;
        let most = usize::try_from(most - dice.below(most + 1).min(most)).unwrap();
        self.database.removed_pages = self.database.removed_pages.max(most);
    }

    pub(crate) fn states(&self) -> &States {
        &self.database.states
    }

    pub(crate) fn last_id(&self) -> Option<&str> {
        self.database.history.last().map(|change| change.event.id())
    }

    /// The change of an event, also of one that was removed meanwhile.
    pub(crate) fn change_of(&self, id: &str) -> Option<&Change> {
        self.database.history.iter().find(|change| change.event.id() == id)
    }

    pub(crate) fn is_at_hand(&self, id: &str) -> bool {
        let mut at_hand = self.database.history.iter().skip(self.first_at_hand());
        at_hand.any(|change| change.event.id() == id)
    }

    pub(crate) fn first_at_hand(&self) -> usize {
        self.database.pages.get(self.database.removed_pages).copied().unwrap_or(0)
    }

    pub(crate) fn has_issued(&self, id: &str) -> bool {
        self.database.issued.contains(id)
    }

    pub(crate) fn timeline(&self) -> Option<Timeline> {
        let runs = self.database.runs.iter().map(|(id, first)| Run::new([*id; 16], *first));
        self.tells_runs.then(|| Timeline::new("feed", runs.collect()).unwrap())
    }

    /// The document of a URI as it is now.
    pub(crate) fn document(&self, uri: &str) -> Result<Document, Missing> {
        let database = &self.database;
        let youngest = database.pages.len().saturating_sub(1);
        let page: usize = match uri.split_once('/') {
            Some(("archive", number)) => number.parse().unwrap(),
            Some((_, id)) => self.page_of(id)?,
            None => youngest,
        };
        let is_youngest = page == youngest;
        let is_removed = page < database.removed_pages || page > youngest;
        if is_removed || (uri.starts_with("archive") && is_youngest) {
            return Err(Missing::NotFound);
        }
        let archive = |page: usize| format!("archive/{page}");
        let first = |page: usize| database.pages.get(page).copied();
        let end = first(page + 1).unwrap_or(database.history.len());
        let events = &database.history[first(page).unwrap_or(end)..end];
        let uri = if is_youngest { "now".to_owned() } else { archive(page) };
        let prev = page.checked_sub(1).filter(|page| *page >= database.removed_pages);
        let next = if page + 1 == youngest { "now".to_owned() } else { archive(page + 1) };
        let etag = format!("\"{:?} {:?}\"", self.last_id(), database.runs.last());
        Ok(Document::new(uri, events.iter().map(|change| change.event.clone()).collect())
            .with_etag(is_youngest.then_some(etag))
            .with_date(Some(second(self.now)))
            .with_prev_archive(prev.map(archive))
            .with_next_archive((!is_youngest).then_some(next)))
    }

    /// The URIs of all documents.
    pub(crate) fn documents(&self) -> Vec<String> {
        let archives = 0..self.database.pages.len();
        archives.map(|page| format!("archive/{page}")).chain(["now".to_owned()]).collect()
    }

    fn page_of(&self, id: &str) -> Result<usize, Missing> {
        let full = format!("{id}@example.org");
        let history = &self.database.history;
        let at = history.iter().position(|change| change.event.id() == full);
        let page = at.map(|at| self.database.pages.partition_point(|first| *first <= at) - 1);
        match page.filter(|page| *page >= self.database.removed_pages) {
            Some(page) => Ok(page),
            None if !self.tells_runs => Err(Missing::NotFound),
            None if self.has_issued(&full) => Err(Missing::Gone),
            None => Err(Missing::NeverIssued),
        }
    }
}

pub(crate) fn name(number: u64) -> String {
    format!("t{number}")
}

fn target(dice: &mut Dice) -> String {
    name(dice.below(5))
}
