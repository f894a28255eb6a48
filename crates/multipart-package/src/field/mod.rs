//! The fields whose meaning this crate knows, in a file each.
//!
//! Each file has a `parse`, which the typed accessor of a head calls and which accepts everything
//! that can be read, and a `violation`, which a reader calls on its pass over the head and which
//! returns the rule that the value violates.

#[cfg(feature = "digest")]
pub(crate) mod content_digest;
pub(crate) mod content_disposition;
pub(crate) mod content_id;
pub(crate) mod content_length;
pub(crate) mod content_location;
pub(crate) mod content_range;
pub(crate) mod entity_tag;
pub(crate) mod event_type;
pub(crate) mod form_parameters;
pub(crate) mod last_modified;
pub(crate) mod transfer_encoding;

use crate::rule::Rule;

/// A field whose meaning this crate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    ContentDisposition,
    ContentId,
    ContentLength,
    ContentLocation,
    ContentRange,
    ContentTransferEncoding,
    ContentType,
    Etag,
    EventType,
    LastModified,
}

impl Known {
    /// Its bit in a set.
    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// The field with this name, compared case-insensitively.
    #[inline]
    pub(crate) fn by_name(name: &[u8]) -> Option<Self> {
        Self::by_line(name).filter(|(_, len)| *len == name.len()).map(|(known, _)| known)
    }

    /// The field whose name the line begins with, compared case-insensitively, and the length of
    /// that name.
    ///
    /// The octets after the name are not checked.
    #[inline]
    pub(crate) fn by_line(line: &[u8]) -> Option<(Self, usize)> {
        match Self::by_usual_line(line) {
            Some(found) => Some(found),
            None => Self::by_unusual_line(line),
        }
    }

    /// Finds names in their usual spelling, by comparing whole words.
    #[inline]
    fn by_usual_line(line: &[u8]) -> Option<(Self, usize)> {
        let Some((b"Content-", rest)) = line.split_first_chunk() else { return None };
        match rest {
            [b'D', ..] => usual(rest, b"Disposition", Self::ContentDisposition),
            [b'I', ..] => usual(rest, b"ID", Self::ContentId),
            [b'L', b'e', ..] => usual(rest, b"Length", Self::ContentLength),
            [b'L', ..] => usual(rest, b"Location", Self::ContentLocation),
            [b'R', ..] => usual(rest, b"Range", Self::ContentRange),
            [b'T', b'r', ..] => usual(rest, b"Transfer-Encoding", Self::ContentTransferEncoding),
            _ => usual(rest, b"Type", Self::ContentType),
        }
    }

    fn by_unusual_line(line: &[u8]) -> Option<(Self, usize)> {
        let letter = |at: usize| line.get(at).map_or(0, u8::to_ascii_lowercase);
        match (letter(0), letter(8), letter(9)) {
            (b'c', b't', b'r') => {
                begins(line, b"Content-Transfer-Encoding", Self::ContentTransferEncoding)
            }
            (b'c', b't', _) => begins(line, b"Content-Type", Self::ContentType),
            (b'c', b'l', b'e') => begins(line, b"Content-Length", Self::ContentLength),
            (b'c', b'l', _) => begins(line, b"Content-Location", Self::ContentLocation),
            (b'c', b'd', _) => begins(line, b"Content-Disposition", Self::ContentDisposition),
            (b'c', b'r', _) => begins(line, b"Content-Range", Self::ContentRange),
            (b'c', b'i', _) => begins(line, b"Content-ID", Self::ContentId),
            (b'l', ..) => begins(line, b"Last-Modified", Self::LastModified),
            (b'e', b'p', _) => begins(line, b"Event-Type", Self::EventType)
                .or_else(|| begins(line, b"ETag", Self::Etag)),
            (b'e', ..) => begins(line, b"ETag", Self::Etag),
            _ => None,
        }
    }
}

/// Compares what follows `Content-`.
#[inline]
fn usual<const N: usize>(rest: &[u8], name: &[u8; N], known: Known) -> Option<(Known, usize)> {
    (rest.first_chunk() == Some(name)).then_some((known, b"Content-".len() + N))
}

/// Compares with the usual spelling first, then case-insensitively without a branch per octet.
#[inline]
fn begins<const N: usize>(line: &[u8], name: &[u8; N], known: Known) -> Option<(Known, usize)> {
    let found = line.first_chunk::<N>()?;
    let differ = |all, (a, b): (&u8, &u8)| all | (a.to_ascii_lowercase() ^ b.to_ascii_lowercase());
    (found == name || found.iter().zip(name).fold(0, differ) == 0).then_some((known, N))
}

/// The rule that a value violates, if there is one.
///
/// Content-Type is checked only by its accessor, because it does not affect where a part ends.
#[inline]
pub(crate) fn violation(known: Known, value: &[u8]) -> Option<Rule> {
    match known {
        Known::ContentDisposition => content_disposition::violation(value),
        Known::ContentId => content_id::violation(value),
        Known::ContentLocation => content_location::violation(value),
        Known::ContentRange => content_range::violation(value),
        Known::ContentTransferEncoding => transfer_encoding::violation(value),
        Known::Etag => entity_tag::violation(value),
        Known::EventType => event_type::violation(value),
        Known::LastModified => last_modified::violation(value),
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
            ("Content-range", Known::ContentRange),
            ("Content-Transfer-Encoding", Known::ContentTransferEncoding),
            ("eTag", Known::Etag),
            ("Event-Type", Known::EventType),
            ("Content-Id", Known::ContentId),
            ("Last-Modified", Known::LastModified),
            ("Content-Disposition", Known::ContentDisposition),
        ] {
            for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                assert_eq!(Known::by_name(name.as_bytes()), Some(known), "{name}");
            }
        }
        // In the last one, two letters are wrong by the same bits.
        for name in ["x", "Content-Lengtg", "content\u{0d}length", "ETag2", "E-Tag", "content-tzpf"]
        {
            assert_eq!(Known::by_name(name.as_bytes()), None, "{name}");
        }
    }
}
