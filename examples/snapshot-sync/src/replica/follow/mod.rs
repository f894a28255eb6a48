//! Following the feed: what the consuming rules want, done over HTTP and in the database.

mod ahead;

use crate::consume::{Action, Consumer, Entry, Fetched, Want};
use crate::error::Error;
use crate::origin::Base;
use crate::publisher::store::patched;
use crate::replica::Replica;
use crate::replica::fetch::Fetcher;
use crate::replica::page::{self, FeedPage};
use ahead::{Ahead, Get};
use bytes::Bytes;
use chrono::Utc;
use http::{StatusCode, header};
use tokio::runtime::Handle;

/// How many entities are got at once, unless told otherwise.
const PARALLEL: usize = 8;

/// What consuming the feed did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedReport {
    /// How many readings of the feed.
    pub readings: u64,
    /// How many feed documents were asked for.
    pub documents: u64,
    /// How many of those were not modified since they were last read.
    pub documents_not_modified: u64,
    /// How many events replaced a state.
    pub replaced: u64,
    /// How many events were applied as patches.
    pub patched: u64,
    /// How many events removed an entity.
    pub deleted: u64,
    /// How many events made the current state be fetched.
    pub fetched: u64,
    /// How many of those found the state at hand still current.
    pub not_modified: u64,
    /// How many of those found the entity gone.
    pub gone: u64,
}

/// What came of asking for a feed document.
enum Document {
    Found(FeedPage),
    Unchanged,
    Gone,
}

/// Consumes a feed into a replica that holds a snapshot.
///
/// Blocks on the network and the database: not to be used on an async thread.
#[derive(Debug)]
pub struct Follower<'a> {
    runtime: &'a Handle,
    fetcher: &'a Fetcher,
    replica: &'a mut Replica,
    feed: &'a str,
    ahead: Ahead,
    report: FeedReport,
}

impl<'a> Follower<'a> {
    /// A follower of the feed whose subscription document is at `feed`.
    #[must_use]
    pub fn new(
        runtime: &'a Handle,
        fetcher: &'a Fetcher,
        replica: &'a mut Replica,
        feed: &'a str,
    ) -> Self {
        let (ahead, report) = (Ahead::new(PARALLEL), FeedReport::default());
        Self { runtime, fetcher, replica, feed, ahead, report }
    }

    /// Sets how many entities are got at once.
    #[must_use]
    pub fn parallel(mut self, gets: usize) -> Self {
        self.ahead = Ahead::new(gets);
        self
    }

    /// What was done so far.
    #[must_use]
    pub fn report(&self) -> FeedReport {
        self.report
    }

    /// Consumes the feed to its end once, from the replica's position on.
    ///
    /// The position is stored in the same transaction as what the events did; after an error the
    /// next reading begins at the last position stored.
    ///
    /// # Errors
    /// Whatever goes wrong in getting, reading or storing; [`Error::HistoryCut`].
    pub fn read_to_end(&mut self, on_event: impl FnMut()) -> Result<(), Error> {
        let read = self.try_read_to_end(on_event);
        self.ahead.restart();
        if read.is_err() {
            self.replica.roll_back()?;
        }
        read
    }

    fn try_read_to_end(&mut self, mut on_event: impl FnMut()) -> Result<(), Error> {
        let position = self.replica.position()?.ok_or(Error::NoSnapshot)?;
        let mut consumer = Consumer::new(self.feed, position);
        let mut states = Vec::new();
        self.replica.begin()?;
        loop {
            match consumer.step(self.replica)? {
                Want::Page { uri, etag } => {
                    self.replica.set_position(consumer.position())?;
                    self.replica.commit()?;
                    match self.document(&uri, etag.as_deref())? {
                        Document::Found(FeedPage { page, states: found }) => {
                            states = found;
                            self.ahead.restart();
                            consumer.page(page);
                        }
                        Document::Unchanged => consumer.page_unchanged(),
                        // The feed itself is away: that says nothing about its history.
                        Document::Gone if uri == self.feed => return Err(Error::Gone { uri }),
                        Document::Gone => consumer.page_gone(),
                    }
                    self.replica.begin()?;
                }
                Want::Event(number, action) => {
                    let (Some(entry), Some((etag, body))) =
                        (consumer.entry(number), states.get(number))
                    else {
                        return Err(Error::Stopped("the feed's document"));
                    };
                    if action == Action::Fetch {
                        let get = self.get_ahead(&consumer, number)?;
                        self.fetch(&entry.target, get)?;
                    } else {
                        let reading = consumer.position().reading;
                        self.apply(entry, action, reading, etag.as_deref(), body)?;
                    }
                    self.replica.count_event(entry.time)?;
                    on_event();
                }
                Want::CaughtUp => {
                    self.report.readings += 1;
                    self.replica.set_position(consumer.position())?;
                    self.replica.set_to_end(Utc::now())?;
                    return self.replica.commit();
                }
                Want::HistoryCut => return Err(Error::HistoryCut),
            }
        }
    }

    /// Gets and reads a feed document.
    fn document(&mut self, uri: &str, etag: Option<&str>) -> Result<Document, Error> {
        let answer = self.runtime.block_on(self.fetcher.get(uri, etag))?;
        self.report.documents += 1;
        match answer.status {
            StatusCode::OK => {
                let name = format!("feed-{}.multipart", self.report.documents);
                if let Some(copy) = self.fetcher.copy_of(&name) {
                    std::fs::write(copy, &answer.body)?;
                }
                page::read(&answer.uri, &answer.headers, &answer.body).map(Document::Found)
            }
            StatusCode::NOT_MODIFIED if etag.is_some() => {
                self.report.documents_not_modified += 1;
                Ok(Document::Unchanged)
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Document::Gone),
            status => Err(Error::Status { uri: uri.to_owned(), status }),
        }
    }

    fn apply(
        &mut self,
        entry: &Entry,
        action: Action,
        reading: u64,
        etag: Option<&str>,
        body: &Bytes,
    ) -> Result<(), Error> {
        let target = &entry.target;
        match action {
            Action::Replace => {
                self.report.replaced += 1;
                self.replica.put(target, etag, body)
            }
            Action::Delete => {
                self.report.deleted += 1;
                self.replica.delete(target)
            }
            Action::Patch => {
                let entity = self.replica.entity(target)?;
                let patched = entity.and_then(|entity| patched(target, &entity.body, body).ok());
                let Some(state) = patched else {
                    // What is not there, or no JSON, cannot be patched: its state is fetched, which
                    // may hold later patches.
                    self.replica.insert(target, reading)?;
                    return self.fetch(target, None);
                };
                self.report.patched += 1;
                self.replica.put(target, etag, &state)
            }
            Action::Fetch => self.fetch(target, None),
        }
    }

    /// The GET for an event, begun together with those for events after it.
    fn get_ahead(&mut self, consumer: &Consumer, number: usize) -> Result<Option<Get>, Error> {
        let (replica, feed) = (&*self.replica, self.feed);
        let likely = |index| consumer.likely(index, replica);
        let resource = |index| {
            let target = consumer.entry(index).map_or("", |entry| &entry.target);
            Ok((Base::new(feed)?.resolve(target)?, etag_at_hand(replica, target)?))
        };
        self.ahead.fill(number, self.runtime, self.fetcher, likely, resource)?;
        Ok(self.ahead.take(number))
    }

    /// GETs an entity's current state, on condition that it is another than the one at hand.
    fn fetch(&mut self, target: &str, get: Option<Get>) -> Result<(), Error> {
        self.report.fetched += 1;
        let known = etag_at_hand(self.replica, target)?;
        let uri = Base::new(self.feed)?.resolve(target)?;
        // What was at hand when it began may have been replaced since: then 304 says nothing.
        let is_of_old = get.as_ref().is_some_and(|get| get.etag != known);
        let answer = get.map(|get| get.wait(self.runtime)).transpose()?;
        let answer =
            answer.filter(|answer| !(is_of_old && answer.status == StatusCode::NOT_MODIFIED));
        let answer = match answer {
            Some(answer) => answer,
            None => self.runtime.block_on(self.fetcher.get(&uri, known.as_deref()))?,
        };
        match answer.status {
            StatusCode::OK => {
                let etag = answer.headers.get(header::ETAG).and_then(|etag| etag.to_str().ok());
                self.replica.put(target, etag, &answer.body)
            }
            StatusCode::NOT_MODIFIED if known.is_some() => {
                self.report.not_modified += 1;
                Ok(())
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                self.report.gone += 1;
                self.replica.delete(target)
            }
            status => Err(Error::Status { uri, status }),
        }
    }
}

/// The entity tag of the state at hand, where it has one.
fn etag_at_hand(replica: &Replica, target: &str) -> Result<Option<String>, Error> {
    let etag = replica.entity(target)?.map(|entity| entity.etag);
    Ok(etag.filter(|etag| !etag.is_empty()))
}
