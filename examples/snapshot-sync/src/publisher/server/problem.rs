//! Answers to requests that fail, as problem details (RFC 9457): what is wrong, and what to do.

use super::answer::finished;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

const MEDIA_TYPE: &str = "application/problem+json";

/// A problem that its status and a sentence describe.
pub(super) fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    document(status, "about:blank", title, detail)
}

/// The answer where an entity does not exist.
pub(super) fn absent() -> Response {
    problem(StatusCode::NOT_FOUND, "There is no entity with this id: PUT creates it.")
}

/// A problem of a type of its own. No cache keeps the answer, because the type is acted on.
pub(super) fn typed(status: StatusCode, kind: &str, title: &str, detail: &str) -> Response {
    let mut answer = document(status, kind, title, detail);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}

fn document(status: StatusCode, kind: &str, title: &str, detail: &str) -> Response {
    let body = json!({ "type": kind, "title": title, "status": status.as_u16(), "detail": detail });
    let builder = Response::builder().status(status).header(header::CONTENT_TYPE, MEDIA_TYPE);
    finished(builder, body.to_string().into_bytes())
}

/// Gives problem details to a failure that has none: to those of the libraries, which know neither
/// what the request was for nor what to do. The other header fields stay.
pub(crate) async fn described(response: Response) -> Response {
    let status = response.status();
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let is_described = content_type.is_some_and(|value| value == MEDIA_TYPE);
    if is_described || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let detail = match status {
        StatusCode::BAD_REQUEST => {
            "The path or the body cannot be read: encode an entity's id as one segment of a path."
        }
        StatusCode::NOT_FOUND => {
            "This publisher has no such resource: begin with snapshots/latest, changes/latest or \
             timeline below its root."
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            "The resource does not have this method: use one that the Allow field lists."
        }
        StatusCode::REQUEST_TIMEOUT => {
            "The request did not come in time, or its answer took too long: send it again."
        }
        StatusCode::PRECONDITION_FAILED => {
            "The resource has another entity tag than the condition states: get it again."
        }
        StatusCode::PAYLOAD_TOO_LARGE => "The body has more than 16 MiB: make the entity smaller.",
        StatusCode::RANGE_NOT_SATISFIABLE => {
            "The package has fewer octets: ask for a range within the length that Content-Range states."
        }
        _ => "The publisher cannot answer this request: its log says why.",
    };
    let (head, body) = problem(status, detail).into_parts();
    let (mut before, _) = response.into_parts();
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONTENT_ENCODING] {
        before.headers.remove(name);
    }
    before.headers.extend(head.headers);
    Response::from_parts(before, Body::new(body))
}
