//! The server, which gives access to a store over HTTP.
//!
//! | URI | method | does |
//! |---|---|---|
//! | `/service` | GET | the service document, which lists every bundle |
//! | | POST | creates a bundle from a collection |
//! | `/bundles/{name}` | GET | the bundle as a feed |
//! | | POST | creates a member from an entry |
//! | | PUT, DELETE | edits the bundle by a collection; deletes it with its members |
//! | `/bundles/{name}/{number}` | GET, PUT, DELETE | a member |
//!
//! The codec determines what a request means, and refuses wrong requests. This module locks the store
//! and changes it.

#![allow(clippy::result_large_err, reason = "a refusal is a response, and is sent immediately")]

use crate::store::{Place, Store};
use atom_fsm::Reader;
use atom_fsm::app::Collection;
use atom_fsm::interaction::{CollectionType, Expected, Operation, Outcome, expect};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use http::{Response, StatusCode, header};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// The limit on the size of a body: 1 MiB, which is more than any service entry needs.
const MOST_OCTETS: usize = 1024 * 1024;

type Shared = Arc<Mutex<Store>>;

/// Serves an empty store on a socket, as long as the future is polled.
///
/// # Errors
/// The errors of the socket.
pub async fn serve(listener: TcpListener, owner: &str) -> std::io::Result<()> {
    let origin = format!("http://{}", listener.local_addr()?);
    axum::serve(listener, router(Store::new(&origin, owner))).await
}

/// Returns the routes for a store. The caller serves them.
pub fn router(store: Store) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(Mutex::new(store)))
}

async fn answer(State(store): State<Shared>, request: Request) -> Response<Body> {
    let answered = respond(&store, request).await.unwrap_or_else(|response| response);
    answered.map(Body::from)
}

type Answer = Response<Vec<u8>>;

/// Answers a request. The error is an answer too: the one that refuses the request.
async fn respond(store: &Shared, request: Request) -> Result<Answer, Answer> {
    let (parts, body) = request.into_parts();
    let place = Place::of(parts.uri.path()).ok_or_else(not_found)?;
    let (resource, _) = lock(store).find(&place).ok_or_else(not_found)?;
    let expected = expect(&parts, resource)?;
    let body = if expected.takes_body() {
        to_bytes(body, MOST_OCTETS).await.map_err(|_| plain(StatusCode::PAYLOAD_TOO_LARGE))?
    } else {
        axum::body::Bytes::new()
    };
    let media_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    // The resource is found again and changed under one lock, so that no other request intervenes.
    let mut store = lock(store);
    let (_, etag) = store.find(&place).ok_or_else(not_found)?;
    expected.check_precondition(etag.as_deref())?;
    if let Place::Bundle(name) = &place {
        check_accept(store.collection(name), media_type, &parts.method)?;
    }
    act(&mut store, &place, etag.as_deref(), expected, &body)
}

fn act(
    store: &mut Store,
    place: &Place,
    etag: Option<&str>,
    expected: Expected,
    body: &[u8],
) -> Result<Answer, Answer> {
    let done = match (expected.read(&Reader::new(), body)?, place) {
        (Operation::Get, Place::Service) => respond_with(Outcome::Service(&store.service()), None),
        (Operation::Get, Place::Bundle(name)) => {
            let feed = store.feed(name).ok_or_else(not_found)?;
            respond_with(Outcome::Bundle(&feed), etag)
        }
        (Operation::Get, Place::Member(bundle, name)) => {
            let entry = store.member(bundle, name).ok_or_else(not_found)?;
            respond_with(Outcome::Member(entry), etag)
        }
        (Operation::CreateBundle(collection, slug), Place::Service) => {
            let name = store.create_bundle(collection.into_owned(), slug.as_deref());
            let uri = store.bundle_uri(&name);
            let etag = store.find(&Place::Bundle(name.clone())).and_then(|(_, etag)| etag);
            let collection = store.collection(&name).ok_or_else(not_found)?;
            respond_with(Outcome::CreatedBundle(&uri, collection), etag.as_deref())
        }
        (Operation::EditBundle(collection), Place::Bundle(name)) => {
            store.edit_bundle(name, collection.into_owned()).ok_or_else(not_found)?;
            let collection = store.collection(name).ok_or_else(not_found)?;
            respond_with(Outcome::EditedBundle(collection), None)
        }
        (Operation::CreateMember(member, _), Place::Bundle(bundle)) => {
            let name = store.create_member(bundle, member.into_owned()).ok_or_else(not_found)?;
            let uri = store.member_uri(bundle, &name);
            let place = Place::Member(bundle.clone(), name.clone());
            let etag = store.find(&place).and_then(|(_, etag)| etag);
            let entry = store.member(bundle, &name).ok_or_else(not_found)?;
            respond_with(Outcome::CreatedMember(&uri, entry), etag.as_deref())
        }
        (Operation::EditMember(member), Place::Member(bundle, name)) => {
            let entry = store.edit_member(bundle, name, member.into_owned());
            respond_with(Outcome::Member(entry.ok_or_else(not_found)?), None)
        }
        (Operation::Delete, place) => {
            store.delete(place).ok_or_else(not_found)?;
            respond_with(Outcome::Deleted, None)
        }
        // The codec returns no operation that the resource does not support.
        _ => return Err(plain(StatusCode::INTERNAL_SERVER_ERROR)),
    };
    Ok(done)
}

/// RFC 5023 section 8.3.4: a collection accepts only the media types that it lists.
fn check_accept(
    collection: Option<&Collection<'_>>,
    media_type: Option<&str>,
    method: &http::Method,
) -> Result<(), Answer> {
    let takes = |collection: &Collection<'_>| collection.accepts_type(media_type.unwrap_or(""));
    if method == http::Method::POST && !collection.is_some_and(takes) {
        return Err(plain(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    Ok(())
}

fn respond_with(outcome: Outcome<'_, '_>, etag: Option<&str>) -> Answer {
    outcome.into_response(etag, CollectionType::default()).unwrap_or_else(|error| {
        // The content of the store cannot be written, which is not the fault of the client.
        tracing::error!(error = &error as &dyn std::error::Error, "an answer cannot be written");
        plain(StatusCode::INTERNAL_SERVER_ERROR)
    })
}

fn not_found() -> Answer {
    respond_with(Outcome::NotFound, None)
}

fn plain(status: StatusCode) -> Answer {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

fn lock(store: &Shared) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
