//! The documents of the change event feed, and redirects from events to documents.

use super::answer::{Answer, finished, not_modified, redirect};
use super::problem::{problem, typed};
use super::publisher::{Latest, Publisher, START};
use super::timeline;
use super::waiting::{Ended, Wait};
use crate::digest;
use crate::error::Error;
use crate::preference::{self, PREFER, PREFERENCE_APPLIED};
use crate::publisher::condition::none_match_names;
use crate::publisher::feed::{Document, Place, SUBSCRIPTION, archive_name, event_name};
use crate::publisher::store::{EventId, Standing, standing};
use crate::shutdown::Asked;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use change_feed::{NEVER_ISSUED, PRUNED};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rusqlite::Connection;
use std::sync::{Arc, PoisonError};

const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

/// The subscription document. A client that prefers to wait (RFC 7240 section 4.3) and knows the
/// current document is answered when there is another one, and when the time is over.
pub(super) async fn subscription(
    State(publisher): State<Arc<Publisher>>,
    asked: Option<Extension<Asked>>,
    headers: HeaderMap,
) -> Answer {
    let place = publisher.waiting.place(&headers);
    let headers = Arc::new(headers);
    let (mut answer, is_applied) = match &place {
        Some(place) => {
            let asked = asked.map(|Extension(asked)| asked);
            waited(Wait::new(&publisher, place, asked), headers).await?
        }
        None => {
            let now = publisher.read(move |publisher, connection| {
                let etag = publisher.feed.etag(connection)?;
                current(publisher, connection, &headers, &etag)
            });
            (now.await?, false)
        }
    };
    answer.headers_mut().insert(header::VARY, HeaderValue::from(PREFER));
    if let Some(place) = place.filter(|_| is_applied)
        && let Ok(applied) = preference::wait_of(place.time).parse()
    {
        answer.headers_mut().insert(PREFERENCE_APPLIED, applied);
    }
    Ok(answer)
}

/// Waits for another document than the current one. Returns whether the client has waited as it
/// prefers: not if the server stops.
async fn waited(mut wait: Wait, headers: Arc<HeaderMap>) -> Result<(Response, bool), Error> {
    let shared = headers.clone();
    let first = wait.publisher().read(move |publisher, connection| {
        let etag = publisher.feed.etag(connection)?;
        let is_known = !shared.contains_key(header::IF_NONE_MATCH);
        Ok((is_known || none_match_names(&shared, &etag)).then_some(etag))
    });
    // Who knows an older document is answered at once, but no more often than those who wait: for a client
    // that asks again and again there is always a new one.
    let (known, mut ended) = match first.await? {
        Some(etag) => (Some(Arc::new(etag)), wait.next().await),
        None => (None, wait.gather().await),
    };
    loop {
        let (headers, known) = (headers.clone(), known.clone());
        let answer = wait.publisher().read(move |publisher, connection| {
            let etag = publisher.feed.etag(connection)?;
            let is_due = ended != Ended::Committed || known.is_none_or(|known| etag != *known);
            is_due.then(|| current(publisher, connection, &headers, &etag)).transpose()
        });
        if let Some(answer) = answer.await? {
            return Ok((answer, ended != Ended::Stopping));
        }
        ended = wait.next().await;
    }
}

/// The current subscription document, which has this entity tag, or 304.
fn current(
    publisher: &Publisher,
    connection: &Connection,
    headers: &HeaderMap,
    etag: &str,
) -> Answer {
    if none_match_names(headers, etag) {
        let mut answer = not_modified(etag);
        answer.headers_mut().insert(header::CACHE_CONTROL, NO_CACHE);
        return Ok(answer);
    }
    let mut latest = publisher.latest.lock().unwrap_or_else(PoisonError::into_inner);
    let made = match latest.take().filter(|latest| latest.etag == etag) {
        Some(latest) => latest,
        None => {
            let mut document = publisher.feed.subscription(connection)?;
            let fields = fields(publisher, &document, "no-cache");
            let body = std::mem::take(&mut document.body).into();
            let headers = finished(fields, Body::empty()).into_parts().0.headers;
            Latest { etag: document.etag, headers, body }
        }
    };
    let mut answer = Response::new(Body::from(made.body.clone()));
    answer.headers_mut().clone_from(&made.headers);
    *latest = Some(made);
    Ok(answer)
}

pub(super) async fn archive(
    State(publisher): State<Arc<Publisher>>,
    Path(number): Path<u64>,
    headers: HeaderMap,
) -> Answer {
    publisher
        .read(move |publisher, connection| match publisher.feed.place(connection, number)? {
            Place::Archive(page) => {
                let etag = publisher.feed.etag_of(connection, &page)?;
                if none_match_names(&headers, &etag) {
                    return Ok(not_modified(&etag));
                }
                let document = publisher.feed.document(connection, &page)?;
                let fields = fields(publisher, &document, "max-age=31536000, immutable");
                Ok(finished(fields, document.body))
            }
            Place::Subscription => {
                let references = publisher.store.references();
                let location = references.from(&archive_name(number), SUBSCRIPTION);
                Ok(redirect(StatusCode::FOUND, &location))
            }
            Place::Pruned => Ok(typed(
                StatusCode::GONE,
                PRUNED,
                "The events were removed",
                "The feed had this archive document and has removed its events: begin again with a snapshot.",
            )),
            Place::Nowhere => Ok(problem(
                StatusCode::NOT_FOUND,
                "The feed has no archive document with this number: begin with changes/latest.",
            )),
        })
        .await
}

/// Section 4.2: 302 while the event is in the subscription document, 301 once it is archived.
pub(super) async fn event(
    State(publisher): State<Arc<Publisher>>,
    Path(event): Path<String>,
) -> Answer {
    publisher
        .read(move |publisher, connection| {
            let Ok(id) = event.parse::<EventId>() else { return Ok(never_issued()) };
            let to = |status, name: &str| {
                let references = publisher.store.references();
                redirect(status, &references.from(&event_name(id), &format!("{name}#{id}")))
            };
            Ok(match standing(connection, id)? {
                Standing::NeverIssued => never_issued(),
                Standing::Pruned => typed(
                    StatusCode::GONE,
                    PRUNED,
                    "The event was removed",
                    "The feed had this event and has removed it: begin again with a snapshot.",
                ),
                Standing::There => match publisher.feed.place_of_event(connection, id.number())? {
                    Place::Subscription => to(StatusCode::FOUND, SUBSCRIPTION),
                    Place::Archive(page) => {
                        to(StatusCode::MOVED_PERMANENTLY, &archive_name(page.number))
                    }
                    Place::Pruned | Place::Nowhere => never_issued(),
                },
            })
        })
        .await
}

fn never_issued() -> Response {
    typed(
        StatusCode::NOT_FOUND,
        NEVER_ISSUED,
        "The event was never issued",
        "This feed never had an event with this id: compare the list of its runs in timeline, since \
         the publisher may have been restored from a backup.",
    )
}

/// The header fields of a document's answer.
fn fields(
    publisher: &Publisher,
    document: &Document,
    cache_control: &'static str,
) -> http::response::Builder {
    let mut builder = Response::builder();
    if let Some(time) = document.last_modified {
        let time = time.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        builder = builder.header(header::LAST_MODIFIED, time);
    }
    let index = publisher.store.references().from(&document.name, START);
    builder
        .header(header::CONTENT_TYPE, &document.content_type)
        .header(header::LINK, &document.link)
        .header(header::LINK, format!("<{index}>; rel=\"index\""))
        .header(header::LINK, timeline::link(publisher, &document.name))
        .header(header::ETAG, &document.etag)
        .header(header::CACHE_CONTROL, cache_control)
        .header("Content-Digest", digest::of_octets(&document.body))
}
