//! The media type of an entity's state.

use crate::entity::ENTITY_TYPE;
use multipart_package::{ContentType, Tolerance};
use std::borrow::Cow;

/// The limit on the octets of a media type, which is written into heads of parts.
const MOST_OCTETS: usize = 1024;

/// The media type of an entity's state, as the client has written it, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// JSON (RFC 8259), which a state counts as if a client names no media type.
    pub const JSON: Self = Self(Cow::Borrowed("application/json"));
    /// The media type of generated entities, which is that of the draft's examples.
    pub const GENERATED: Self = Self(Cow::Borrowed(ENTITY_TYPE));

    /// Reads the value of a Content-Type field (RFC 9110 section 8.3). Returns none if it is not a
    /// media type, or if it is too long.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?.trim_matches([' ', '\t']);
        let is_text = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
        // Readers of packages and of the feed shall take what is written for this one.
        let is_strict = ContentType::parse_with(text.as_bytes(), Tolerance::STRICT).is_ok();
        let is_one = is_text && is_strict && text.len() <= MOST_OCTETS;
        is_one.then(|| Self(text.to_owned().into()))
    }

    /// The media type as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a media type is `application/json` or has the suffix `+json` (RFC 6839).
pub(crate) fn is_json(media_type: &str) -> bool {
    ContentType::parse(media_type.as_bytes()).is_ok_and(|media_type| {
        let subtype = media_type.subtype().to_ascii_lowercase();
        media_type.is("application", "json") || subtype.ends_with("+json")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_8_3_a_media_type_is_kept_as_it_was_written() {
        for (value, read, json) in [
            ("application/json", Some("application/json"), true),
            (
                " Application/JSON;charset=\"utf-8\" ",
                Some("Application/JSON;charset=\"utf-8\""),
                true,
            ),
            ("application/vnd.x+json; v=1", Some("application/vnd.x+json; v=1"), true),
            ("text/plain; charset=utf-8", Some("text/plain; charset=utf-8"), false),
            ("image/png", Some("image/png"), false),
            ("application/xjson", Some("application/xjson"), false),
            ("json", None, false),
            ("", None, false),
            ("text/", None, false),
            ("text/plain, text/html", None, false),
            ("text/plain; charset", None, false),
            ("text/é", None, false),
        ] {
            let media_type = MediaType::parse(value.as_bytes());
            assert_eq!(media_type.as_ref().map(MediaType::as_str), read, "{value}");
            assert_eq!(media_type.is_some_and(|it| is_json(it.as_str())), json, "{value}");
        }
        let long = format!("text/plain; x={}", "y".repeat(2000));
        assert_eq!(MediaType::parse(long.as_bytes()), None);
    }
}
