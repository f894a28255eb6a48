//! Following the feed: what the consuming rules want, over HTTP and in the database.

mod ahead;
mod answers;
mod documents;
mod waiting;

use crate::entity::Entity;
use crate::error::Error;
use crate::patch::patched;
use crate::replica::Replica;
use crate::replica::discover::Feed;
use crate::replica::fetch::Fetcher;
use crate::replica::page::State;
use ahead::Ahead;
use change_feed::{Action, Consumer, Event, Limits, Patience, Want};
use chrono::Utc;
use documents::{Documents, Found};
use std::time::Duration;
use tokio::runtime::Handle;

/// The default number of entities that are fetched at the same time.
const PARALLEL: usize = 8;

/// What a follower has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedReport {
    /// The number of readings of the feed.
    pub readings: u64,
    /// The number of feed documents that were requested.
    pub documents: u64,
    /// The number of those that were not modified since they were last read.
    pub documents_not_modified: u64,
    /// The number of events that replaced a state.
    pub replaced: u64,
    /// The number of events that were applied as patches.
    pub patched: u64,
    /// The number of events that removed an entity.
    pub deleted: u64,
    /// The number of entities that were fetched.
    pub fetched: u64,
    /// The number of those whose stored state was still current.
    pub not_modified: u64,
    /// The number of answers that did not count as an entity's state.
    pub ignored: u64,
}

/// Consumes a feed into a replica that has a complete snapshot.
///
/// It blocks on the network and the database, so it must not be used on an async thread.
#[derive(Debug)]
pub struct Follower<'a> {
    runtime: &'a Handle,
    fetcher: &'a Fetcher,
    replica: &'a mut Replica,
    documents: Documents<'a>,
    feed: &'a Feed,
    patience: Patience,
    limits: Limits,
    ahead: Ahead,
    report: FeedReport,
}

impl<'a> Follower<'a> {
    /// A follower of the feed that was discovered.
    #[must_use]
    pub fn new(
        runtime: &'a Handle,
        fetcher: &'a Fetcher,
        replica: &'a mut Replica,
        feed: &'a Feed,
    ) -> Self {
        Self {
            runtime,
            fetcher,
            replica,
            documents: Documents::new(runtime, fetcher, feed),
            feed,
            patience: Patience::default(),
            limits: Limits::default(),
            ahead: Ahead::new(PARALLEL),
            report: FeedReport::default(),
        }
    }

    /// Sets the number of entities that are fetched at the same time.
    #[must_use]
    pub fn parallel(mut self, gets: usize) -> Self {
        self.ahead = Ahead::new(gets);
        self
    }

    /// Sets how long the consuming rules wait before they conclude something.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Sets the limits of the consuming rules.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What it has done so far.
    #[must_use]
    pub fn report(&self) -> FeedReport {
        let (documents, documents_not_modified) = self.documents.counts();
        FeedReport { documents, documents_not_modified, ..self.report }
    }

    /// Consumes the feed once, from the replica's position to the feed's end. `on_event` is called
    /// after each event.
    ///
    /// The position is stored in the same transaction as the effects of the events. After an error
    /// the next reading begins at the position that was stored last. At the feed's end entities may
    /// be set aside ([`change_feed::Store::aside_count`]): the copy is incomplete then.
    ///
    /// # Errors
    /// Those of fetching, reading and storing; [`Error::Wait`] and [`Error::Stop`].
    pub fn read_to_end(&mut self, on_event: impl FnMut()) -> Result<(), Error> {
        self.read_next(Duration::ZERO, on_event).map(drop)
    }

    /// The same, but the publisher may wait for the next event, for this time at most (RFC 7240 section
    /// 4.3), and not longer than until an entity that is set aside is tried again. Returns whether it
    /// does so: then the next reading may begin at once.
    ///
    /// If the request is cut, which some proxies do, another one without a wait follows at once, and
    /// the next wait is a shorter one.
    ///
    /// # Errors
    /// Those of [`read_to_end`](Self::read_to_end).
    pub fn read_next(&mut self, wait: Duration, mut on_event: impl FnMut()) -> Result<bool, Error> {
        self.documents.begin(self.until_next_try(wait)?);
        let mut events = 0;
        let read = self.try_read_to_end(|| {
            events += 1;
            on_event();
        });
        self.ahead.restart();
        if read.is_err() {
            self.replica.roll_back()?;
        }
        read.map(|()| self.documents.has_waited(events))
    }

    /// A time, or the shorter one until an entity that is set aside is tried again.
    fn until_next_try(&self, time: Duration) -> Result<Duration, Error> {
        let next = self.replica.set_aside_entities(1)?;
        let until = next.first().map(|(_, aside)| aside.next() - Utc::now());
        Ok(until.map_or(time, |until| time.min(until.to_std().unwrap_or_default())))
    }

    fn try_read_to_end(&mut self, mut on_event: impl FnMut()) -> Result<(), Error> {
        let position = self.replica.position()?.ok_or(Error::NoSnapshot)?;
        let feed = self.feed;
        feed.roots.check(&feed.uri, &feed.uri)?;
        let name = feed.roots.name_of(&feed.uri).unwrap_or_default();
        let mut consumer =
            Consumer::new(name, position).patience(self.patience).limits(self.limits);
        if let Some(told) = &feed.timeline {
            consumer.timeline(&told.timeline, told.date, Utc::now());
        }
        let mut states = Vec::new();
        self.replica.begin()?;
        loop {
            match consumer.step(Utc::now(), self.replica)? {
                Want::Document { uri, etag, fresh } => {
                    self.pause(&consumer)?;
                    match self.documents.get(&uri, etag.as_deref(), fresh)? {
                        Found::Document(document, found) => {
                            states = found;
                            self.ahead.restart();
                            let refused =
                                |source| Error::Rules { uri: feed.roots.uri_of(&uri), source };
                            consumer.document(document, Utc::now()).map_err(refused)?;
                        }
                        Found::NotModified(date) => consumer.not_modified(date),
                        Found::Missing(missing) => consumer.missing(missing, Utc::now()),
                    }
                    self.replica.begin()?;
                }
                Want::Timeline => {
                    self.pause(&consumer)?;
                    match self.documents.timeline()? {
                        Some(told) => consumer.timeline(&told.timeline, told.date, Utc::now()),
                        None => consumer.no_timeline(Utc::now()),
                    }
                    self.replica.begin()?;
                }
                Want::Event { index, action } => {
                    let state = states.get(index).ok_or(Error::Stopped("the feed's document"))?;
                    if self.act(&mut consumer, index, action, state)? {
                        on_event();
                    }
                }
                Want::Retry { target } => {
                    let get = self.get(&target)?;
                    self.take(&mut consumer, &target, get)?;
                }
                Want::CaughtUp => {
                    self.report.readings += 1;
                    self.replica.set_to_end(Utc::now())?;
                    return self.pause(&consumer);
                }
                Want::Wait { until, reason } => {
                    self.pause(&consumer)?;
                    return Err(Error::Wait { uri: self.feed.uri.clone(), until, reason });
                }
                Want::Stop(stop) => {
                    self.pause(&consumer)?;
                    return Err(Error::Stop { uri: self.feed.uri.clone(), stop });
                }
                _ => return Err(Error::Stopped("the consuming rules")),
            }
        }
    }

    /// Commits what was done, with the position.
    fn pause(&mut self, consumer: &Consumer) -> Result<(), Error> {
        self.replica.set_position(consumer.position())?;
        self.replica.commit()
    }

    /// Does what the rules say about an event, and returns whether the event is done.
    fn act(
        &mut self,
        consumer: &mut Consumer,
        index: usize,
        action: Action,
        state: &State,
    ) -> Result<bool, Error> {
        let event = consumer.event(index).ok_or(Error::Stopped("the feed's document"))?.clone();
        match action {
            Action::Replace => {
                self.report.replaced += 1;
                self.replica.put(
                    event.target(),
                    state.etag.as_deref(),
                    &state.media_type,
                    &state.body,
                )?;
            }
            Action::Delete => {
                self.report.deleted += 1;
                self.replica.delete(event.target())?;
            }
            Action::Patch if self.patch(&event, state)? => self.report.patched += 1,
            // An entity that is missing or is not JSON cannot be patched. Its state is fetched, and
            // may include later patches.
            Action::Patch => {
                consumer.fetch_instead();
                return Ok(false);
            }
            Action::Fetch => {
                let get = self.get_ahead(consumer, index)?;
                self.take(consumer, event.target(), get)?;
                let last = consumer.position().last();
                if last.is_none_or(|last| last.id() != event.id()) {
                    return Ok(false);
                }
            }
            // The target is set aside, or the snapshot contains the event.
            _ => {}
        }
        // What is left before the start of the snapshot does not count.
        if action != Action::Leave || event.time() >= consumer.position().start() {
            self.replica.count_event(event.time())?;
        }
        Ok(true)
    }

    /// Applies a patch, if the stored state can be patched.
    fn patch(&mut self, event: &Event, state: &State) -> Result<bool, Error> {
        let Some(entity) = self.replica.entity(event.target())? else { return Ok(false) };
        let Entity { uri, media_type, body, .. } = entity;
        let Ok(patched) = patched(&uri, &body, &state.body) else { return Ok(false) };
        self.replica.put(&uri, state.etag.as_deref(), &media_type, &patched)?;
        Ok(true)
    }
}
