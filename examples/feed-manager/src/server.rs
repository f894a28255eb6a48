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
use atom_fsm::Limits;
use atom_fsm::app::Accept;
use atom_fsm::interaction::{
    ENTRY, Expected, Operation, Outcome, Problem, Server, Slug, Target, Validators,
};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use chrono::Utc;
use http::{Response, StatusCode};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// The limit on the size of a body: 1 MiB, which is more than any service entry needs.
const MOST_OCTETS: u32 = 1024 * 1024;

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
    let expected = {
        let store = lock(store);
        let (resource, _) = store.find(&place).ok_or_else(not_found)?;
        let uri = store.uri(&place);
        let target = Target::new(resource, &uri);
        let server = Server::new().limits(Limits::default().octets(u64::from(MOST_OCTETS)));
        match &place {
            Place::Bundle(name) => {
                let collection = store.collection(name).ok_or_else(not_found)?;
                server.expect(&parts, &target.collection(collection))?
            }
            Place::Service | Place::Member(..) => server.expect(&parts, &target)?,
        }
    };
    let body = if expected.takes_body() {
        let too_long = |_| plain(StatusCode::PAYLOAD_TOO_LARGE);
        to_bytes(body, MOST_OCTETS as usize).await.map_err(too_long)?
    } else {
        axum::body::Bytes::new()
    };
    // The resource is found again and changed under one lock, so that no other request intervenes.
    let mut store = lock(store);
    let (_, validators) = store.find(&place).ok_or_else(not_found)?;
    expected.check(Some(&validators))?;
    act(&mut store, &place, &validators, &expected, &body)
}

fn act(
    store: &mut Store,
    place: &Place,
    validators: &Validators,
    expected: &Expected,
    body: &[u8],
) -> Result<Answer, Answer> {
    let read = |outcome| respond_with(expected, outcome, validators);
    let edited = |outcome| respond_with(expected, outcome, &Validators::new());
    let done = match (expected.read(body)?, place) {
        (Operation::Get, Place::Service) => read(Outcome::Service(&store.service())),
        (Operation::Get, Place::Bundle(name)) => {
            read(Outcome::Feed(&store.feed(name).ok_or_else(not_found)?))
        }
        (Operation::Get, Place::Member(bundle, name)) => {
            read(Outcome::Entry(store.member(bundle, name).ok_or_else(not_found)?))
        }
        (Operation::CreateCollection(posted, slug), Place::Service) => {
            let name = store.free_name(slug.as_ref().map(Slug::text), posted.collection());
            let stored = posted.store(&store.bundle_uri(&name), takes_entries)?;
            store.create_bundle(&name, stored.collection().clone());
            let (_, validators) = store.find(&Place::Bundle(name)).ok_or_else(not_found)?;
            respond_with(expected, Outcome::CreatedCollection(&stored), &validators)
        }
        (Operation::EditCollection(posted), Place::Bundle(name)) => {
            let stored = posted.store(&store.bundle_uri(name), takes_entries)?;
            store.edit_bundle(name, stored.collection().clone()).ok_or_else(not_found)?;
            edited(Outcome::EditedCollection(&stored))
        }
        (Operation::CreateMember(posted, _), Place::Bundle(bundle)) => {
            let (name, fields) = store.new_member(bundle, Utc::now()).ok_or_else(not_found)?;
            let stored = posted.store(&fields)?;
            store.put_member(bundle, &name, &stored).ok_or_else(not_found)?;
            let place = Place::Member(bundle.clone(), name);
            let (_, validators) = store.find(&place).ok_or_else(not_found)?;
            respond_with(expected, Outcome::CreatedMember(&stored), &validators)
        }
        (Operation::EditMember(posted), Place::Member(bundle, name)) => {
            let fields = store.edit_fields(bundle, name, Utc::now()).ok_or_else(not_found)?;
            let stored = posted.store(&fields)?;
            store.put_member(bundle, name, &stored).ok_or_else(not_found)?;
            edited(Outcome::EditedMember(&stored))
        }
        (Operation::Delete, place) => {
            store.delete(place).ok_or_else(not_found)?;
            edited(Outcome::Deleted)
        }
        // The codec returns no operation that the resource does not support.
        _ => return Err(plain(StatusCode::INTERNAL_SERVER_ERROR)),
    };
    Ok(done)
}

/// Whether a bundle can honour a media range: it takes entries, and nothing else.
fn takes_entries(range: &str) -> bool {
    Accept::new(range).accepts(ENTRY)
}

fn respond_with(expected: &Expected, outcome: Outcome<'_, '_>, validators: &Validators) -> Answer {
    expected.respond(outcome, validators).unwrap_or_else(|error| {
        // The content of the store cannot be written, which is not the fault of the client.
        tracing::error!(error = &error as &dyn std::error::Error, "an answer cannot be written");
        plain(StatusCode::INTERNAL_SERVER_ERROR)
    })
}

fn not_found() -> Answer {
    plain(StatusCode::NOT_FOUND)
}

fn plain(status: StatusCode) -> Answer {
    Problem::of_status(status).into_response()
}

fn lock(store: &Shared) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
