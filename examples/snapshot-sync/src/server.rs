//! The publisher's HTTP server.
//!
//! | URI | gives |
//! |---|---|
//! | `/snapshots/latest` | the index of the latest snapshot; its Link field leads to the feed |
//! | `/snapshots/{id}/{number}` | a package |
//! | `/changes/latest` | the feed's subscription document; its Link field leads to the index |
//! | `/changes/archive/{number}` | an archive document |
//! | `/changes/{event}` | a redirect to the document that holds the event |
//! | `/entities/variant/{id}` | an entity as it is now; its Link fields lead to its versions |
//! | `/versions/{id}/{number}` | a version of it; its Link fields lead to the others |
//! | `/histories/{id}` | its versions, as an Atom feed with the same links |
//!
//! VERSION-CONTROL on an entity is answered with links as the versioning draft's example has them.
//!
//! The draft leaves open how a consumer finds the index and the feed: here one start URI is told
//! out of band, and either document leads to the other by the registered relations `index` and
//! `current`. A replica may begin with either.

use crate::condition::none_match_names;
use crate::error::Error;
use crate::feed::{Document, Feed, Place, SUBSCRIPTION};
use crate::generate::ENTITIES;
use crate::snapshot::{ENTITY_TYPE, Snapshot};
use crate::store::{self, Store};
use crate::versions::Versions;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, Method, StatusCode, header};
use rusqlite::Connection;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tower::ServiceExt;
use tower_http::services::ServeFile;

/// Where a replica begins.
pub const START: &str = "/snapshots/latest";

/// What the server serves.
#[derive(Debug)]
pub struct Publisher {
    store: Arc<Store>,
    feed: Feed,
    reader: Mutex<Connection>,
    snapshot: RwLock<Option<Arc<Snapshot>>>,
}

impl Publisher {
    /// A publisher of a store.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub fn new(store: Arc<Store>) -> Result<Self, Error> {
        let (feed, reader) = (Feed::new(&store), Mutex::new(store.reader()?));
        Ok(Self { store, feed, reader, snapshot: RwLock::new(None) })
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Publishes a snapshot: from now on its index is the one that replicas begin with.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Some(snapshot);
    }

    /// The snapshot that is published.
    #[must_use]
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The routes, to be served by the caller.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route(START, get(index))
            .route("/snapshots/{id}/{number}", get(package))
            .route(SUBSCRIPTION, get(subscription))
            .route("/changes/archive/{number}", get(archive))
            .route("/changes/{event}", get(event))
            .route("/entities/variant/{id}", get(entity).fallback(version_control))
            .route("/versions/{id}/{number}", get(version))
            .route("/histories/{id}", get(history))
            .with_state(self)
    }

    /// Reads the database off the async threads.
    async fn read<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Self, &Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let task = tokio::task::spawn_blocking(move || {
            let connection = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            read(&self, &connection)
        });
        task.await?
    }
}

type Answer = Result<Response, Error>;

impl axum::response::IntoResponse for Error {
    fn into_response(self) -> Response {
        // What went wrong inside is not the client's business.
        tracing::error!(error = &self as &dyn std::error::Error, "a request cannot be answered");
        plain(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

async fn index(State(publisher): State<Arc<Publisher>>) -> Answer {
    let Some(snapshot) = publisher.snapshot() else { return Ok(plain(StatusCode::NOT_FOUND)) };
    let builder = Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::LINK, format!("<{SUBSCRIPTION}>; rel=\"current\""));
    Ok(finished(builder, snapshot.document().to_vec()?))
}

async fn package(
    State(publisher): State<Arc<Publisher>>,
    Path((id, number)): Path<(String, usize)>,
    request: Request,
) -> Answer {
    let snapshot = publisher.snapshot().filter(|snapshot| snapshot.document().id() == id);
    let Some(snapshot) = snapshot else { return Ok(plain(StatusCode::NOT_FOUND)) };
    let Some(package) = snapshot.packages().get(number) else {
        return Ok(plain(StatusCode::NOT_FOUND));
    };
    package.request();
    let mime = snapshot.content_type().parse().unwrap_or(mime::APPLICATION_OCTET_STREAM);
    let served = ServeFile::new_with_mime(package.path(), &mime).oneshot(request).await;
    let mut response =
        served.map_or_else(|never| match never {}, |response| response.map(Body::new));
    let immutable = header::HeaderValue::from_static("max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, immutable);
    Ok(response)
}

async fn subscription(State(publisher): State<Arc<Publisher>>, headers: HeaderMap) -> Answer {
    publisher
        .read(move |publisher, connection| {
            let etag = publisher.feed.etag(connection)?;
            Ok(if none_match_names(&headers, &etag) {
                not_modified(&etag)
            } else {
                feed_document(publisher.feed.subscription(connection)?, "no-cache")
            })
        })
        .await
}

async fn archive(
    State(publisher): State<Arc<Publisher>>,
    Path(number): Path<u64>,
    headers: HeaderMap,
) -> Answer {
    publisher
        .read(move |publisher, connection| match publisher.feed.place(connection, number)? {
            Place::Archive(number) => {
                let etag = publisher.feed.archive_etag(number);
                if none_match_names(&headers, &etag) {
                    return Ok(not_modified(&etag));
                }
                let document = publisher.feed.archive(connection, number)?;
                Ok(feed_document(document, "max-age=31536000, immutable"))
            }
            Place::Subscription => Ok(redirect(StatusCode::FOUND, SUBSCRIPTION)),
            Place::Nowhere => Ok(plain(StatusCode::NOT_FOUND)),
        })
        .await
}

/// Section 4.2: 302 while the event is in the subscription document, 301 once it is archived.
async fn event(State(publisher): State<Arc<Publisher>>, Path(event): Path<u64>) -> Answer {
    publisher
        .read(move |publisher, connection| {
            Ok(match publisher.feed.place_of_event(connection, event)? {
                Place::Subscription => {
                    redirect(StatusCode::FOUND, &format!("{SUBSCRIPTION}#{event}"))
                }
                Place::Archive(number) => {
                    let location = format!("/changes/archive/{number}#{event}");
                    redirect(StatusCode::MOVED_PERMANENTLY, &location)
                }
                Place::Nowhere => plain(StatusCode::NOT_FOUND),
            })
        })
        .await
}

async fn entity(
    State(publisher): State<Arc<Publisher>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let uri = format!("{ENTITIES}{id}");
    publisher
        .read(move |_, connection| {
            let Some(entity) = store::entity(connection, &uri)? else {
                let gone = store::has_been(connection, &uri)?;
                return Ok(plain(if gone { StatusCode::GONE } else { StatusCode::NOT_FOUND }));
            };
            if none_match_names(&headers, &entity.etag) {
                return Ok(not_modified(&entity.etag));
            }
            let versions = store::versions(connection, &uri)?;
            let links = Versions::new(&id, &versions).map(|versions| versions.of_entity());
            let builder = linked(links.transpose()?)
                .header(header::CONTENT_TYPE, ENTITY_TYPE)
                .header(header::ETAG, entity.etag);
            Ok(finished(builder, entity.body))
        })
        .await
}

/// RFC 3253 section 3.5: every entity is under version control, so nothing changes.
async fn version_control(
    State(publisher): State<Arc<Publisher>>,
    Path(id): Path<String>,
    method: Method,
) -> Answer {
    if method.as_str() != "VERSION-CONTROL" {
        let builder = Response::builder().status(StatusCode::METHOD_NOT_ALLOWED);
        return Ok(finished(
            builder.header(header::ALLOW, "GET, HEAD, VERSION-CONTROL"),
            Vec::new(),
        ));
    }
    let uri = format!("{ENTITIES}{id}");
    publisher
        .read(move |_, connection| {
            if store::entity(connection, &uri)?.is_none() {
                return Ok(plain(StatusCode::NOT_FOUND));
            }
            let versions = store::versions(connection, &uri)?;
            let links = Versions::new(&id, &versions).map(|versions| versions.of_version_control());
            Ok(finished(linked(links.transpose()?), Vec::new()))
        })
        .await
}

async fn version(
    State(publisher): State<Arc<Publisher>>,
    Path((id, number)): Path<(String, u64)>,
) -> Answer {
    let uri = format!("{ENTITIES}{id}");
    publisher
        .read(move |_, connection| {
            let Some(state) = store::state(connection, &uri, number)? else {
                return Ok(plain(StatusCode::NOT_FOUND));
            };
            let versions = store::versions(connection, &uri)?;
            let links = Versions::new(&id, &versions).map(|versions| versions.of_version(number));
            let builder = linked(links.transpose()?).header(header::CONTENT_TYPE, ENTITY_TYPE);
            Ok(finished(builder, state))
        })
        .await
}

async fn history(State(publisher): State<Arc<Publisher>>, Path(id): Path<String>) -> Answer {
    let uri = format!("{ENTITIES}{id}");
    publisher
        .read(move |publisher, connection| {
            let versions = store::versions(connection, &uri)?;
            let Some(versions) = Versions::new(&id, &versions) else {
                return Ok(plain(StatusCode::NOT_FOUND));
            };
            let feed = versions.feed(&format!("{}.example", publisher.store.feed().id))?;
            let builder = Response::builder()
                .header(header::CONTENT_TYPE, "application/atom+xml;type=feed")
                .header(header::CACHE_CONTROL, "no-cache");
            Ok(finished(builder, feed))
        })
        .await
}

/// An answer with these Link fields.
fn linked(fields: Option<Vec<String>>) -> http::response::Builder {
    let fields = fields.unwrap_or_default().into_iter();
    fields.fold(Response::builder(), |builder, field| builder.header(header::LINK, field))
}

fn feed_document(document: Document, cache_control: &'static str) -> Response {
    let mut builder = Response::builder();
    if let Some(time) = document.last_modified {
        let time = time.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        builder = builder.header(header::LAST_MODIFIED, time);
    }
    let builder = builder
        .header(header::CONTENT_TYPE, document.content_type)
        .header(header::LINK, document.link)
        .header(header::LINK, format!("<{START}>; rel=\"index\""))
        .header(header::ETAG, document.etag)
        .header(header::CACHE_CONTROL, cache_control);
    finished(builder, document.body)
}

fn redirect(status: StatusCode, location: &str) -> Response {
    finished(Response::builder().status(status).header(header::LOCATION, location), Vec::new())
}

fn not_modified(etag: &str) -> Response {
    let builder = Response::builder().status(StatusCode::NOT_MODIFIED).header(header::ETAG, etag);
    finished(builder, Vec::new())
}

fn plain(status: StatusCode) -> Response {
    finished(Response::builder().status(status), Vec::new())
}

fn finished(builder: http::response::Builder, body: Vec<u8>) -> Response {
    builder.body(Body::from(body)).unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}
