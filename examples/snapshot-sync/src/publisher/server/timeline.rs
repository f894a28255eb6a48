//! The timeline: the runs of the publisher.

use super::answer::{Answer, finished, not_modified};
use super::publisher::Publisher;
use crate::digest;
use crate::publisher::condition::none_match_names;
use crate::publisher::store::Timeline;
use axum::extract::State;
use axum::response::Response;
use change_feed::TIMELINE_RELATION;
use http::{HeaderMap, header};
use std::sync::Arc;

/// The name of the timeline. Its directory is the publisher's root.
pub(super) const TIMELINE: &str = "/timeline";

/// The link to it from a document.
pub(super) fn link(publisher: &Publisher, document: &str) -> String {
    let timeline = publisher.store.references().from(document, TIMELINE);
    format!("<{timeline}>; rel=\"{TIMELINE_RELATION}\"")
}

pub(super) async fn timeline(
    State(publisher): State<Arc<Publisher>>,
    headers: HeaderMap,
) -> Answer {
    publisher
        .read(move |publisher, connection| {
            let feed = publisher.store.feed();
            // Within a run it stays the same.
            let etag = format!("\"{}-{}\"", feed.id, feed.run);
            if none_match_names(&headers, &etag) {
                return Ok(not_modified(&etag));
            }
            let body = Timeline::read(connection)?.to_json()?.into_bytes();
            let builder = Response::builder()
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ETAG, etag)
                .header(header::CACHE_CONTROL, "no-cache")
                .header("Content-Digest", digest::of_octets(&body));
            Ok(finished(builder, body))
        })
        .await
}
