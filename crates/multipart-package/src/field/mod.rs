//! The fields whose meaning this crate knows, a file each.
//!
//! Each file has a `parse` that a head's typed accessor calls, which takes all that is readable,
//! and a `breach` that a reader's pass over the head calls, which names what is not as it should be.

pub(crate) mod content_disposition;
pub(crate) mod content_id;
pub(crate) mod content_length;
pub(crate) mod content_location;
pub(crate) mod entity_tag;
pub(crate) mod event_type;
pub(crate) mod last_modified;

use crate::rule::Rule;

/// A field whose meaning this crate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    ContentDisposition,
    ContentId,
    ContentLength,
    ContentLocation,
    ContentType,
    Etag,
    EventType,
    LastModified,
}

impl Known {
    /// Which one a name stands for, in any case.
    #[inline]
    pub(crate) fn by_name(name: &[u8]) -> Option<Self> {
        let (known, spelled): (_, &[u8]) =
            match (name.len(), name[0] | 0x20, name[name.len() - 1] | 0x20) {
                (19, b'c', _) => (Self::ContentDisposition, b"content-disposition"),
                (10, b'c', _) => (Self::ContentId, b"content-id"),
                (14, b'c', _) => (Self::ContentLength, b"content-length"),
                (16, b'c', b'n') => (Self::ContentLocation, b"content-location"),
                (12, b'c', b'e') => (Self::ContentType, b"content-type"),
                (4, b'e', _) => (Self::Etag, b"etag"),
                (10, b'e', _) => (Self::EventType, b"event-type"),
                (13, b'l', _) => (Self::LastModified, b"last-modified"),
                _ => return None,
            };
        name.eq_ignore_ascii_case(spelled).then_some(known)
    }
}

/// The rule that a value breaks, if any.
///
/// Content-Type is read as a whole only when it is asked for: it bears on no part's frame.
#[inline]
pub(crate) fn breach(known: Known, value: &[u8]) -> Option<Rule> {
    match known {
        Known::ContentDisposition => content_disposition::breach(value),
        Known::ContentId => content_id::breach(value),
        Known::ContentLocation => content_location::breach(value),
        Known::Etag => entity_tag::breach(value),
        Known::EventType => event_type::breach(value),
        Known::LastModified => last_modified::breach(value),
        Known::ContentLength | Known::ContentType => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_5_1_names_are_known_in_any_case() {
        for (name, known) in [
            ("Content-Length", Known::ContentLength),
            ("CONTENT-LOCATION", Known::ContentLocation),
            ("content-type", Known::ContentType),
            ("eTag", Known::Etag),
            ("Event-Type", Known::EventType),
            ("Content-Id", Known::ContentId),
            ("Last-Modified", Known::LastModified),
            ("Content-Disposition", Known::ContentDisposition),
        ] {
            assert_eq!(Known::by_name(name.as_bytes()), Some(known));
        }
        for name in ["x", "Content-Lengtg", "content\u{0d}length", "ETag2", "E-Tag"] {
            assert_eq!(Known::by_name(name.as_bytes()), None, "{name}");
        }
    }
}
