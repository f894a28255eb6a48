//! The documents of the change event feed, and redirects from events to documents.

use super::answer::{Answer, finished, not_modified, plain, redirect};
use super::publisher::{Publisher, START};
use crate::digest;
use crate::publisher::condition::none_match_names;
use crate::publisher::feed::{Document, Place, SUBSCRIPTION};
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use std::sync::Arc;

pub(super) async fn subscription(
    State(publisher): State<Arc<Publisher>>,
    headers: HeaderMap,
) -> Answer {
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

pub(super) async fn archive(
    State(publisher): State<Arc<Publisher>>,
    Path(number): Path<u64>,
    headers: HeaderMap,
) -> Answer {
    publisher
        .read(move |publisher, connection| match publisher.feed.place(connection, number)? {
            Place::Archive(page) => {
                let etag = publisher.feed.etag_of(&page);
                if none_match_names(&headers, &etag) {
                    return Ok(not_modified(&etag));
                }
                let document = publisher.feed.document(connection, &page)?;
                Ok(feed_document(document, "max-age=31536000, immutable"))
            }
            Place::Subscription => Ok(redirect(StatusCode::FOUND, SUBSCRIPTION)),
            Place::Nowhere => Ok(plain(StatusCode::NOT_FOUND)),
        })
        .await
}

/// Section 4.2: 302 while the event is in the subscription document, 301 once it is archived.
pub(super) async fn event(
    State(publisher): State<Arc<Publisher>>,
    Path(event): Path<u64>,
) -> Answer {
    publisher
        .read(move |publisher, connection| {
            Ok(match publisher.feed.place_of_event(connection, event)? {
                Place::Subscription => {
                    redirect(StatusCode::FOUND, &format!("{SUBSCRIPTION}#{event}"))
                }
                Place::Archive(page) => {
                    let location = format!("/changes/archive/{}#{event}", page.number);
                    redirect(StatusCode::MOVED_PERMANENTLY, &location)
                }
                Place::Nowhere => plain(StatusCode::NOT_FOUND),
            })
        })
        .await
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
        .header(header::CACHE_CONTROL, cache_control)
        .header("Content-Digest", digest::of_octets(&document.body));
    finished(builder, document.body)
}
