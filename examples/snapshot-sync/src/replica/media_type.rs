//! The media type of an entity, as it was sent.

use http::{HeaderMap, header};
use multipart_package::Head;

/// What counts where none was sent (RFC 9110 section 8.3).
const UNKNOWN: &str = "application/octet-stream";

/// The media type of a part.
pub(crate) fn of_part(head: Head<&[u8]>) -> String {
    text(head.get("content-type"))
}

/// The media type of an answer.
pub(crate) fn of_answer(headers: &HeaderMap) -> String {
    text(headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes))
}

fn text(value: Option<&[u8]>) -> String {
    let value = value.map(String::from_utf8_lossy).filter(|value| !value.is_empty());
    value.map_or_else(|| UNKNOWN.to_owned(), std::borrow::Cow::into_owned)
}
