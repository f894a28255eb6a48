//! The publisher: the state of the HTTP server.

use super::access::Token;
use crate::error::Error;
use crate::publisher::feed::Feed;
use crate::publisher::name::Name;
use crate::publisher::snapshot::{Shelf, Snapshot};
use crate::publisher::store::Store;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};

/// The path that replicas begin with.
pub const START: &str = "/snapshots/latest";

/// A store, its feed and its snapshots, which the server serves.
#[derive(Debug)]
pub struct Publisher {
    pub(super) store: Arc<Store>,
    pub(super) feed: Feed,
    reader: Mutex<Connection>,
    pub(super) shelf: Shelf,
    pub(super) token: Option<Token>,
    /// Whether the entities change only as an application's table does.
    pub(super) is_copy: bool,
}

impl Publisher {
    /// A publisher of a store and its snapshots.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn new(store: Arc<Store>, shelf: Shelf) -> Result<Self, Error> {
        let (feed, reader) = (Feed::new(&store), Mutex::new(store.reader()?));
        let is_copy = store.is_copy()?;
        Ok(Self { store, feed, reader, shelf, token: None, is_copy })
    }

    /// Requires this token in each request.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
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

    /// The URI of the entity that has this name.
    pub(super) fn uri(&self, name: &Name) -> String {
        self.store.feed().entities.name(name.as_str())
    }

    /// Publishes a snapshot: from now on replicas begin with its index.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        self.shelf.publish(snapshot);
    }

    /// Reads the database in one transaction, off the async threads.
    pub(super) async fn read<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Self, &Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let task = tokio::task::spawn_blocking(move || {
            let connection = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            // Several statements must see the same state.
            let transaction = connection.unchecked_transaction()?;
            read(&self, &transaction)
        });
        task.await?
    }
}
