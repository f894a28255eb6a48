//! The publisher: the state of the HTTP server.

use super::access::Token;
use super::places::{Waiting, Waits};
use super::requests::Requests;
use crate::error::Error;
use crate::publisher::attached::Distance;
use crate::publisher::feed::Feed;
use crate::publisher::name::Name;
use crate::publisher::snapshot::{Shelf, Snapshot};
use crate::publisher::store::Store;
use bytes::Bytes;
use http::HeaderMap;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// A subscription document, ready to be sent: all who wait for it get the same one.
#[derive(Debug, Clone)]
pub(super) struct Latest {
    pub(super) etag: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The path that replicas begin with.
pub const START: &str = "/snapshots/latest";

/// A store, its feed and its snapshots, which the server serves.
#[derive(Debug)]
pub struct Publisher {
    pub(super) store: Arc<Store>,
    pub(super) feed: Feed,
    reader: Mutex<Connection>,
    /// Who waits for the reader waits here, where that takes no thread.
    turn: Semaphore,
    pub(super) shelf: Shelf,
    pub(super) token: Option<Token>,
    /// Whether the entities change only as an application's table does.
    pub(super) is_copy: bool,
    pub(super) waiting: Waiting,
    /// The subscription document that was made last.
    pub(super) latest: Mutex<Option<Latest>>,
    pub(super) requests: Arc<Requests>,
    distance: Option<Arc<Distance>>,
}

impl Publisher {
    /// A publisher of a store and its snapshots.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn new(store: Arc<Store>, shelf: Shelf) -> Result<Self, Error> {
        let (feed, reader) = (Feed::new(&store), Mutex::new(store.reader()?));
        let is_copy = store.is_copy()?;
        let (turn, waiting) = (Semaphore::new(1), Waiting::new(Waits::default()));
        let (token, requests, latest, distance) = (None, Arc::default(), Mutex::default(), None);
        Ok(Self {
            store,
            feed,
            reader,
            turn,
            shelf,
            token,
            is_copy,
            waiting,
            latest,
            requests,
            distance,
        })
    }

    /// Requires this token in each request.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the limits on clients that wait for the next event.
    #[must_use]
    pub fn waits(mut self, waits: Waits) -> Self {
        self.waiting = Waiting::new(waits);
        self
    }

    /// Sets the distance to the log of the application whose table is published.
    #[must_use]
    pub fn behind(mut self, distance: Option<Arc<Distance>>) -> Self {
        self.distance = distance;
        self
    }

    /// The distance to the log of the application whose table is published.
    #[must_use]
    pub fn distance(&self) -> Option<&Distance> {
        self.distance.as_deref()
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The snapshots.
    #[must_use]
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The requests that were answered.
    #[must_use]
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// The number of clients that wait for the next event.
    #[must_use]
    pub fn waiting_clients(&self) -> usize {
        self.waiting.count()
    }

    /// The URI of the entity that has this name.
    pub(super) fn uri(&self, name: &Name) -> String {
        self.store.feed().entities.name(name.as_str())
    }

    /// Publishes a snapshot: from now on replicas begin with its index.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        self.shelf.publish(snapshot);
    }

    /// Reads the database in one transaction, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Self, &Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let publisher = self.clone();
        let _turn = publisher.turn.acquire().await.map_err(|_| Error::Stopped("the publisher"))?;
        let task = tokio::task::spawn_blocking(move || {
            let connection = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            // Several statements must see the same state.
            let transaction = connection.unchecked_transaction()?;
            read(&self, &transaction)
        });
        task.await?
    }
}
