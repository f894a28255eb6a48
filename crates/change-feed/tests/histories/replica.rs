//! The replica, which stores effects and position together, and may be killed at any step.

use crate::dice::Dice;
use crate::network::Network;
use crate::publisher::{Publisher, State, States, Written, second};
use change_feed::{Action, Consumer, MemoryStore, Patience, Position, Stop, Store, Verdict, Want};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// What is in the database.
#[derive(Debug, Clone)]
struct Database {
    states: States,
    store: MemoryStore,
    position: Position,
    /// The ids of all events that the states contain or have contained.
    contained: HashSet<String>,
}

#[derive(Debug)]
pub(crate) struct Replica {
    /// As it was stored last.
    stored: Database,
    /// As it is in the transaction at hand.
    open: Database,
    consumer: Consumer,
    has_timeline: bool,
    /// Whether the last event was missing at some moment since it was processed, and whether the
    /// replica contained an event that the publisher has lost. An answer may be of that moment.
    was_cut: bool,
    was_lost: bool,
}

/// What came of a turn.
pub(crate) enum Turn {
    Busy,
    CaughtUp,
    Stopped(Stop),
}

fn number(id: &str) -> u64 {
    let local = id.split_once('@').unwrap().0;
    local.split('.').nth(1).unwrap_or(local).parse().unwrap()
}

impl Database {
    fn of(written: &Written, now: DateTime<Utc>) -> Self {
        let mut position = written.snapshot.position(now);
        let mut store = MemoryStore::new();
        let mut contained: HashSet<_> = written.last.iter().cloned().collect();
        for (target, state) in &written.states {
            position.contains_state(&state.etag);
            store.set_media_type(target, Some(&state.media_type));
            contained.insert(format!("{}@example.org", state.etag.trim_matches('"')));
        }
        Self { states: written.states.clone(), store, position, contained }
    }

    fn set(&mut self, target: &str, state: Option<State>) {
        self.store.set_media_type(target, state.as_ref().map(|state| state.media_type.as_str()));
        match state {
            Some(state) => {
                self.contained.insert(format!("{}@example.org", state.etag.trim_matches('"')));
                self.states.insert(target.to_owned(), state);
            }
            None => drop(self.states.remove(target)),
        }
    }
}

impl Replica {
    pub(crate) fn new(publisher: &Publisher) -> Self {
        let written = publisher.snapshot(&mut Dice::new(1)).unwrap();
        Self::with(Database::of(written, second(publisher.now)))
    }

    fn with(stored: Database) -> Self {
        let consumer = Consumer::new("now", stored.position.clone());
        let open = stored.clone();
        Self { stored, open, consumer, has_timeline: false, was_cut: false, was_lost: false }
    }

    pub(crate) fn kill(&mut self) {
        let (was_cut, was_lost) = (self.was_cut, self.was_lost);
        *self = Self { was_cut, was_lost, ..Self::with(self.stored.clone()) };
    }

    fn note(&mut self, publisher: &Publisher) {
        let last = self.stored.position.last().map(change_feed::LastEvent::id);
        self.was_cut |= match last {
            Some(last) => !publisher.is_at_hand(last),
            None => publisher.first_at_hand() > 0,
        };
        let contained = self.stored.contained.iter().map(String::as_str).chain(last);
        self.was_lost |= contained.into_iter().any(|id| !publisher.has_issued(id));
    }

    pub(crate) fn states(&self) -> &States {
        &self.stored.states
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.stored.store.aside_count() == Ok(0)
    }

    pub(crate) fn last_number(&self) -> Option<u64> {
        self.stored.position.last().map(|last| number(last.id()))
    }

    fn commit(&mut self) {
        self.was_cut &= self.stored.position.last() == self.consumer.position().last();
        self.open.position = self.consumer.position().clone();
        self.stored = self.open.clone();
    }

    /// Does one thing that the consumer wants.
    pub(crate) fn turn(
        &mut self,
        publisher: &mut Publisher,
        network: &mut Network,
        dice: &mut Dice,
    ) -> Turn {
        self.note(publisher);
        if !self.has_timeline {
            self.has_timeline = true;
            if let Some((timeline, date)) = network.timeline(publisher, dice) {
                self.consumer.timeline(&timeline, Some(date), second(publisher.now));
            }
        }
        let now = second(publisher.now);
        let Ok(want) = self.consumer.step(now, &mut self.open.store);
        match want {
            Want::Document { uri, etag, fresh } => {
                match network.document(publisher, (&uri, fresh), dice) {
                    Ok(document) if etag.is_some() && etag.as_deref() == document.etag() => {
                        self.consumer.not_modified(document.date());
                    }
                    Ok(document) => self.consumer.document(document, now).unwrap(),
                    Err(missing) => self.consumer.missing(missing, now),
                }
            }
            Want::Timeline => match network.timeline(publisher, dice) {
                Some((timeline, date)) => self.consumer.timeline(&timeline, Some(date), now),
                None => self.consumer.no_timeline(now),
            },
            Want::Event { index, action: Action::Fetch } => {
                let target = self.consumer.event(index).unwrap().target().to_owned();
                self.fetch(&target, publisher, network, dice);
            }
            Want::Event { index, action } => self.apply(index, action, publisher),
            Want::Retry { target } => self.fetch(&target, publisher, network, dice),
            Want::Wait { until, .. } => {
                self.commit();
                assert!(until > now, "there is a delay");
                publisher.now = until.timestamp() + 1;
            }
            Want::CaughtUp => return self.caught_up(publisher, dice),
            Want::Stop(stop) => return self.stop(stop, publisher, dice),
            other => panic!("{other:?}"),
        }
        Turn::Busy
    }

    fn apply(&mut self, index: usize, action: Action, publisher: &Publisher) {
        let event = self.consumer.event(index).unwrap().clone();
        // No event is skipped, none is processed twice, whatever was killed in between.
        if let Some(last) = self.last_number() {
            assert_eq!(number(event.id()), last + 1, "after {last}");
        }
        // A document may be of a timeline that the publisher has left: the replica stops later.
        let change = publisher.change_of(event.id()).cloned();
        let Some(change) = change else { return self.apply_lost(&event, action) };
        match action {
            Action::Replace => self.open.set(event.target(), change.after),
            Action::Patch => {
                assert_eq!(self.open.states.get(event.target()), change.before.as_ref());
                self.open.set(event.target(), change.after);
            }
            Action::Delete => self.open.set(event.target(), None),
            _ => {}
        }
        self.open.contained.insert(event.id().to_owned());
        self.commit();
    }

    /// Applies an event that only a cache still has.
    fn apply_lost(&mut self, event: &change_feed::Event, action: Action) {
        let body = Some(State {
            etag: format!("\"{}\"", event.id().split_once('@').unwrap().0),
            media_type: "text/plain".to_owned(),
            body: "lost".to_owned(),
        });
        match action {
            Action::Replace | Action::Patch => self.open.set(event.target(), body),
            Action::Delete => self.open.set(event.target(), None),
            _ => {}
        }
        self.open.contained.insert(event.id().to_owned());
        self.commit();
    }

    fn fetch(
        &mut self,
        target: &str,
        publisher: &Publisher,
        network: &mut Network,
        dice: &mut Dice,
    ) {
        let stored = self.open.states.get(target);
        let (answer, state) = network.entity(publisher, (target, stored), dice);
        let now = second(publisher.now);
        let Ok(verdict) = self.consumer.answered(&answer, now, &mut self.open.store);
        match verdict {
            Verdict::Store => self.open.set(target, state),
            Verdict::Remove => self.open.set(target, None),
            _ => {}
        }
        self.commit();
    }

    fn caught_up(&mut self, publisher: &mut Publisher, dice: &mut Dice) -> Turn {
        self.commit();
        publisher.now += i64::try_from(dice.below(200)).unwrap();
        // Nothing incomplete looks complete.
        let last = self.stored.position.last().map(change_feed::LastEvent::id);
        if !publisher.was_restored && self.is_complete() && last == publisher.last_id() {
            assert_eq!(self.states(), publisher.states());
        }
        Turn::CaughtUp
    }

    fn stop(&mut self, stop: Stop, publisher: &mut Publisher, dice: &mut Dice) -> Turn {
        self.commit();
        match stop {
            Stop::HistoryCut => assert!(self.was_cut, "the history is whole"),
            Stop::OtherTimeline => {
                assert!(self.was_lost, "the replica is on the publisher's timeline");
                return Turn::Stopped(stop);
            }
            _ => return Turn::Stopped(stop),
        }
        // A snapshot replaces the replica if it may.
        let now = second(publisher.now);
        let position = &self.stored.position;
        let patience = Patience::default();
        let snapshot = publisher.snapshot(dice);
        match snapshot.filter(|it| it.snapshot.admit(position, &patience, now).is_ok()) {
            Some(written) => {
                assert!(written.snapshot.started() >= position.time());
                *self = Self::with(Database::of(written, now));
            }
            None => {
                publisher.now += 600;
                publisher.write_snapshot(dice);
                self.kill();
            }
        }
        Turn::Busy
    }
}
