//! Writing entities. Each change and its event are stored in one transaction.

use super::answer::{Answer, finished, no_content};
use super::problem::{absent, problem};
use super::publisher::Publisher;
use crate::error::Error;
use crate::patch::PATCH_TYPE;
use crate::publisher::condition::Conditions;
use crate::publisher::name::Name;
use crate::publisher::store::{Change, MediaType, Outcome, is_json};
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::sync::Arc;

/// PUT: the body is the entity's new state. Its media type is kept.
pub(super) async fn put(
    State(publisher): State<Arc<Publisher>>,
    Path(name): Path<Name>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let Some(media_type) = media_type(&headers) else {
        return Ok(problem(
            StatusCode::BAD_REQUEST,
            "Content-Type is not one media type such as text/plain; charset=utf-8 of up to 1,024 octets.",
        ));
    };
    let is_broken = || serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_err();
    if is_json(media_type.as_str()) && is_broken() {
        return Ok(problem(
            StatusCode::BAD_REQUEST,
            "The body is not the JSON that its media type says: send JSON, or another Content-Type.",
        ));
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
        let mut answer =
            problem(status, "Patches have the media type that the Accept-Patch field states.");
        answer.headers_mut().insert("Accept-Patch", HeaderValue::from_static(PATCH_TYPE));
        return Ok(answer);
    }
    let Ok(patch) = serde_json::from_slice(&body) else {
        return Ok(problem(
            StatusCode::BAD_REQUEST,
            "The body is not JSON: send a JSON Merge Patch.",
        ));
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
        return Ok(problem(
            StatusCode::BAD_REQUEST,
            "The body is not JSON: send an asset as JSON.",
        ));
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
        Ok(Outcome::Changed { etag: None, .. }) => no_content(),
        Ok(Outcome::Absent) => absent(),
        Ok(Outcome::Refused) => problem(
            StatusCode::PRECONDITION_FAILED,
            "The entity is not in the state that the condition states: get it again.",
        ),
        // The current state is not JSON that can be patched, or it has no assets.
        Err(Error::Patch { .. }) => problem(
            StatusCode::CONFLICT,
            "The entity is not JSON, or it has no assets: PUT a state that can be changed so.",
        ),
        Err(Error::TooLarge { .. }) => problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The entity, or its change, would have more than 16 MiB: make it smaller.",
        ),
        Err(error) => return Err(error),
    })
}
