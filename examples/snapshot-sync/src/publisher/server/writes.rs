//! Writing entities. Each change and its event are stored in one transaction.

use super::answer::{Answer, finished, plain};
use super::name::Name;
use super::publisher::Publisher;
use crate::error::Error;
use crate::patch::PATCH_TYPE;
use crate::publisher::condition::Conditions;
use crate::publisher::store::{Change, MediaType, Outcome, is_json};
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use std::sync::Arc;

/// PUT: the body is the entity's new state. Its media type is kept.
pub(super) async fn put(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let Some(media_type) = media_type(&headers) else {
        return Ok(plain(StatusCode::BAD_REQUEST));
    };
    let is_broken = || serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err();
    if is_json(media_type.as_str()) && is_broken() {
        return Ok(plain(StatusCode::BAD_REQUEST));
    }
    let uri = publisher.uri(&name);
    write(publisher, headers, Change::Put(uri, media_type, body.to_vec())).await
}

/// PATCH: the body is a JSON Merge Patch (RFC 7396).
pub(super) async fn patch(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    if !is_merge_patch(&headers) {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let builder = Response::builder().status(status).header("Accept-Patch", PATCH_TYPE);
        return Ok(finished(builder, Vec::new()));
    }
    let Ok(patch) = serde_json::from_slice(&body) else {
        return Ok(plain(StatusCode::BAD_REQUEST));
    };
    let uri = publisher.uri(&name);
    write(publisher, headers, Change::Patch(uri, patch)).await
}

/// The media type of a body; none if the field is no media type.
fn media_type(headers: &HeaderMap) -> Option<MediaType> {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    match (values.next(), values.next()) {
        (None, _) => Some(MediaType::JSON),
        (Some(value), None) => MediaType::parse(value.as_bytes()),
        (Some(_), Some(_)) => None,
    }
}

/// Whether the body has the only supported media type of patches (RFC 5789 section 2.2).
fn is_merge_patch(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mime = value.and_then(|value| value.parse::<mime::Mime>().ok());
    mime.is_some_and(|mime| mime.essence_str() == PATCH_TYPE)
}

/// DELETE: the entity is removed.
pub(super) async fn delete(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    headers: HeaderMap,
) -> Answer {
    let uri = publisher.uri(&name);
    write(publisher, headers, Change::Delete(uri)).await
}

/// POST: the body is an asset that is added to the entity. A reader of the feed cannot know this
/// effect, so it fetches the entity.
pub(super) async fn post(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let Ok(asset) = serde_json::from_slice(&body) else {
        return Ok(plain(StatusCode::BAD_REQUEST));
    };
    let uri = publisher.uri(&name);
    write(publisher, headers, Change::Post(uri, asset)).await
}

async fn write(publisher: Arc<Publisher>, headers: HeaderMap, change: Change) -> Answer {
    let conditions = Conditions::of(&headers);
    Ok(match publisher.store.write_async(change, conditions).await {
        Ok(Outcome::Changed { etag: Some(etag), is_new, .. }) => {
            let status = if is_new { StatusCode::CREATED } else { StatusCode::NO_CONTENT };
            finished(Response::builder().status(status).header(header::ETAG, etag), Vec::new())
        }
        Ok(Outcome::Changed { etag: None, .. }) => plain(StatusCode::NO_CONTENT),
        Ok(Outcome::Absent) => plain(StatusCode::NOT_FOUND),
        Ok(Outcome::Refused) => plain(StatusCode::PRECONDITION_FAILED),
        // The current state is not JSON that can be patched, or it has no assets.
        Err(Error::Patch { .. }) => plain(StatusCode::CONFLICT),
        Err(Error::TooLarge { .. }) => plain(StatusCode::PAYLOAD_TOO_LARGE),
        Err(error) => return Err(error),
    })
}
