//! The publisher's HTTP server.
//!
//! | URI | gives |
//! |---|---|
//! | `/snapshots/latest` | a redirect to the index of the latest snapshot |
//! | `/snapshots/{id}/index` | that index; its Link field leads to the feed |
//! | `/snapshots/{id}/{number}` | a package: whole, in ranges, on conditions, coded |
//! | `/changes/latest` | the feed's subscription document; its Link field leads to the index |
//! | `/changes/archive/{number}` | an archive document |
//! | `/changes/{event}` | a redirect to the document that holds the event |
//! | `/entities/variant/{id}` | an entity as it is now, to be read and written; its Link fields lead to its versions |
//! | `/versions/{id}/{number}` | a version of it; its Link fields lead to the others |
//! | `/histories/{id}` | its versions, as an Atom feed with the same links |
//!
//! VERSION-CONTROL on an entity is answered with links as the versioning draft's example has them.
//!
//! The draft leaves open how a consumer finds the index and the feed: here one start URI is told
//! out of band, and either document leads to the other by the registered relations `index` and
//! `current`. A replica may begin with either.

mod access;
mod answer;
mod changes;
mod entities;
mod name;
mod snapshots;
mod versions;
mod writes;

pub use access::Token;

use crate::error::Error;
use crate::publisher::feed::{Feed, SUBSCRIPTION};
use crate::publisher::snapshot::{Shelf, Snapshot};
use crate::publisher::store::{MOST_ENTITY_OCTETS, Store};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError};
use tower_http::limit::RequestBodyLimitLayer;

/// Where a replica begins.
pub const START: &str = "/snapshots/latest";

/// What the server serves.
#[derive(Debug)]
pub struct Publisher {
    store: Arc<Store>,
    feed: Feed,
    reader: Mutex<Connection>,
    shelf: Shelf,
    token: Option<Token>,
}

impl Publisher {
    /// A publisher of a store, and of what is on a shelf.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn new(store: Arc<Store>, shelf: Shelf) -> Result<Self, Error> {
        let (feed, reader) = (Feed::new(&store), Mutex::new(store.reader()?));
        Ok(Self { store, feed, reader, shelf, token: None })
    }

    /// Answers only who has this token.
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

    /// Publishes a snapshot: from now on its index is the one that replicas begin with.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        self.shelf.publish(snapshot);
    }

    /// The routes, to be served by the caller.
    pub fn router(self: Arc<Self>) -> Router {
        let entity = get(entities::entity)
            .put(writes::put)
            .patch(writes::patch)
            .delete(writes::delete)
            .post(writes::post)
            .fallback(versions::version_control);
        let routes = Router::new()
            .route(START, get(snapshots::latest))
            .route("/snapshots/{id}/index", get(snapshots::index))
            .route("/snapshots/{id}/{number}", get(snapshots::package))
            .route(SUBSCRIPTION, get(changes::subscription))
            .route("/changes/archive/{number}", get(changes::archive))
            .route("/changes/{event}", get(changes::event))
            .route("/entities/variant/{id}", entity)
            .route("/versions/{id}/{number}", get(versions::version))
            .route("/histories/{id}", get(versions::history))
            .layer(DefaultBodyLimit::disable())
            .layer(RequestBodyLimitLayer::new(MOST_ENTITY_OCTETS));
        let routes = match self.token.clone() {
            Some(token) => routes.layer(axum::middleware::from_fn_with_state(token, access::check)),
            None => routes,
        };
        routes.with_state(self)
    }

    /// Reads one point of the database's time, off the async threads.
    async fn read<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Self, &Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let task = tokio::task::spawn_blocking(move || {
            let connection = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            // What it reads with several statements belongs together.
            let transaction = connection.unchecked_transaction()?;
            read(&self, &transaction)
        });
        task.await?
    }
}
