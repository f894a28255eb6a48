//! Following the feed: the actions of the consuming rules, over HTTP and in the database.

mod ahead;

use crate::consume::{Action, Consumer, Entry, Fetched, Want};
use crate::error::Error;
use crate::origin::Roots;
use crate::patch::patched;
use crate::replica::Replica;
use crate::replica::fetch::{Fetcher, entity_tag};
use crate::replica::media_type;
use crate::replica::page::{self, FeedPage, State};
use ahead::{Ahead, Get};
use chrono::Utc;
use http::StatusCode;
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
    /// The number of events whose target was fetched.
    pub fetched: u64,
    /// The number of those targets whose stored state was still current.
    pub not_modified: u64,
    /// The number of those targets that did not exist any more.
    pub gone: u64,
}

/// The answer to a request for a feed document.
enum Document {
    Found(FeedPage),
    Unchanged,
    Gone,
}

/// Consumes a feed into a replica that has a complete snapshot.
///
/// It blocks on the network and the database, so it must not be used on an async thread.
#[derive(Debug)]
pub struct Follower<'a> {
    runtime: &'a Handle,
    fetcher: &'a Fetcher,
    replica: &'a mut Replica,
    feed: &'a str,
    roots: Option<Roots>,
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
        Self { runtime, fetcher, replica, feed, roots: None, ahead, report }
    }

    /// Sets the roots that names are below. Without them, the publisher's root is the path `/`.
    #[must_use]
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = Some(roots);
        self
    }

    /// Sets the number of entities that are fetched at the same time.
    #[must_use]
    pub fn parallel(mut self, gets: usize) -> Self {
        self.ahead = Ahead::new(gets);
        self
    }

    /// What it has done so far.
    #[must_use]
    pub fn report(&self) -> FeedReport {
        self.report
    }

    /// Consumes the feed once, from the replica's position to the feed's end. `on_event` is called
    /// after each event.
    ///
    /// The position is stored in the same transaction as the effects of the events. After an error
    /// the next reading begins at the position that was stored last.
    ///
    /// # Errors
    /// Those of fetching, reading and storing; [`Error::HistoryCut`].
    pub fn read_to_end(&mut self, on_event: impl FnMut()) -> Result<(), Error> {
        let read = self.all_roots().and_then(|roots| self.try_read_to_end(&roots, on_event));
        self.ahead.restart();
        if read.is_err() {
            self.replica.roll_back()?;
        }
        read
    }

    fn all_roots(&self) -> Result<Roots, Error> {
        match &self.roots {
            Some(roots) => Ok(roots.clone()),
            None => self.fetcher.origins().roots_at_origin(self.feed),
        }
    }

    fn try_read_to_end(&mut self, roots: &Roots, mut on_event: impl FnMut()) -> Result<(), Error> {
        let position = self.replica.position()?.ok_or(Error::NoSnapshot)?;
        roots.check(self.feed, self.feed)?;
        let current = roots.name_of(self.feed).unwrap_or_default();
        let mut consumer = Consumer::new(&current, position);
        let mut states = Vec::new();
        self.replica.begin()?;
        loop {
            match consumer.step(self.replica)? {
                Want::Page { uri, etag } => {
                    self.replica.set_position(consumer.position())?;
                    self.replica.commit()?;
                    match self.document(roots, &roots.uri_of(&uri), etag.as_deref())? {
                        Document::Found(FeedPage { page, states: found }) => {
                            states = found;
                            self.ahead.restart();
                            consumer.page(page);
                        }
                        Document::Unchanged => consumer.page_unchanged(),
                        // If the feed itself is missing, that says nothing about its history.
                        Document::Gone if uri == current => {
                            return Err(Error::Gone { uri: self.feed.to_owned() });
                        }
                        Document::Gone => consumer.page_gone(),
                    }
                    self.replica.begin()?;
                }
                Want::Event(number, action) => {
                    let (Some(entry), Some(state)) = (consumer.entry(number), states.get(number))
                    else {
                        return Err(Error::Stopped("the feed's document"));
                    };
                    if action == Action::Fetch {
                        let get = self.get_ahead(roots, &consumer, number)?;
                        self.fetch(roots, &entry.target, get)?;
                    } else {
                        let reading = consumer.position().reading;
                        self.apply(roots, entry, action, reading, state)?;
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
    fn document(
        &mut self,
        roots: &Roots,
        uri: &str,
        etag: Option<&str>,
    ) -> Result<Document, Error> {
        let answer = self.runtime.block_on(self.fetcher.get(uri, etag))?;
        self.report.documents += 1;
        match answer.status {
            StatusCode::OK => {
                let name = format!("feed-{}.multipart", self.report.documents);
                if let Some(copy) = self.fetcher.copy_of(&name) {
                    std::fs::write(copy, &answer.body)?;
                }
                page::read(roots, &answer.uri, &answer.headers, &answer.body).map(Document::Found)
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
        roots: &Roots,
        entry: &Entry,
        action: Action,
        reading: u64,
        state: &State,
    ) -> Result<(), Error> {
        let (target, etag) = (&entry.target, state.etag.as_deref());
        match action {
            Action::Replace => {
                self.report.replaced += 1;
                self.replica.put(target, etag, &state.media_type, &state.body)
            }
            Action::Delete => {
                self.report.deleted += 1;
                self.replica.delete(target)
            }
            Action::Patch => {
                let entity = self.replica.entity(target)?;
                let patched = entity.and_then(|entity| {
                    Some((patched(target, &entity.body, &state.body).ok()?, entity.media_type))
                });
                let Some((state, media_type)) = patched else {
                    // An entity that is missing or is not JSON cannot be patched. Its state is
                    // fetched, and may include later patches.
                    self.replica.insert(target, reading)?;
                    return self.fetch(roots, target, None);
                };
                self.report.patched += 1;
                self.replica.put(target, etag, &media_type, &state)
            }
            Action::Fetch => self.fetch(roots, target, None),
        }
    }

    /// Takes the GET for an event, after beginning those for the events behind it.
    fn get_ahead(
        &mut self,
        roots: &Roots,
        consumer: &Consumer,
        number: usize,
    ) -> Result<Option<Get>, Error> {
        let replica = &*self.replica;
        let likely = |index| consumer.likely(index, replica);
        let resource = |index| {
            let target = consumer.entry(index).map_or("", |entry| &entry.target);
            Ok((roots.uri_of(target), etag_at_hand(replica, target)?))
        };
        self.ahead.fill(number, self.runtime, self.fetcher, likely, resource)?;
        Ok(self.ahead.take(number))
    }

    /// GETs an entity's current state, if it differs from the stored one.
    fn fetch(&mut self, roots: &Roots, target: &str, get: Option<Get>) -> Result<(), Error> {
        self.report.fetched += 1;
        let known = etag_at_hand(self.replica, target)?;
        let uri = roots.uri_of(target);
        // The stored state may have changed since the GET began. Then a 304 says nothing.
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
                let (etag, media_type) =
                    (entity_tag(&answer.headers), media_type::of_answer(&answer.headers));
                self.replica.put(target, etag, &media_type, &answer.body)
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

/// The entity tag of the stored state, if it has one.
fn etag_at_hand(replica: &Replica, target: &str) -> Result<Option<String>, Error> {
    let etag = replica.entity(target)?.map(|entity| entity.etag);
    Ok(etag.filter(|etag| !etag.is_empty()))
}
