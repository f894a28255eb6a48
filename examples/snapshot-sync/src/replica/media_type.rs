//! The media type of an entity, as it was sent.

use http::{HeaderMap, header};
use std::borrow::Cow;

/// What counts where none was sent (RFC 9110 section 8.3).
const UNKNOWN: &str = "application/octet-stream";

/// The media type of a part, by the value of its Content-Type.
pub(crate) fn of_value(value: Option<&[u8]>) -> Cow<'_, str> {
    let value = value.map(String::from_utf8_lossy).filter(|value| !value.is_empty());
    value.unwrap_or(Cow::Borrowed(UNKNOWN))
}

/// The media type of an answer.
pub(crate) fn of_answer(headers: &HeaderMap) -> String {
    of_value(headers.get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes)).into_owned()
}
