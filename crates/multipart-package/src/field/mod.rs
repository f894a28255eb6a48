//! The fields whose meaning this crate knows, a file each.
//!
//! Each file has a `parse` that a head's typed accessor calls, which takes all that is readable,
//! and a `breach` that a reader's pass over the head calls, which names what is not as it should be.

#[cfg(feature = "digest")]
pub(crate) mod content_digest;
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
    /// Its place in a set.
    pub(crate) const fn bit(self) -> u32 {
        1 << self as u32
    }

    /// Which one a name stands for, in any case.
    #[inline]
    pub(crate) fn by_name(name: &[u8]) -> Option<Self> {
        Self::by_line(name).filter(|(_, len)| *len == name.len()).map(|(known, _)| known)
    }

    /// Which one a line may begin with, in any case, and the length of that name.
    ///
    /// The octets after the name are not looked at.
    #[inline]
    pub(crate) fn by_line(line: &[u8]) -> Option<(Self, usize)> {
        match Self::by_usual_line(line) {
            Some(found) => Some(found),
            None => Self::by_unusual_line(line),
        }
    }

    /// The same for names in their usual spelling, by comparisons of whole words.
    #[inline]
    fn by_usual_line(line: &[u8]) -> Option<(Self, usize)> {
        let Some((b"Content-", rest)) = line.split_first_chunk() else { return None };
        match rest {
            [b'D', ..] => usual(rest, b"Disposition", Self::ContentDisposition),
            [b'I', ..] => usual(rest, b"ID", Self::ContentId),
            [b'L', b'e', ..] => usual(rest, b"Length", Self::ContentLength),
            [b'L', ..] => usual(rest, b"Location", Self::ContentLocation),
            _ => usual(rest, b"Type", Self::ContentType),
        }
    }

    fn by_unusual_line(line: &[u8]) -> Option<(Self, usize)> {
        let letter = |at: usize| line.get(at).map_or(0, u8::to_ascii_lowercase);
        match (letter(0), letter(8), letter(9)) {
            (b'c', b't', _) => begins(line, b"Content-Type", Self::ContentType),
            (b'c', b'l', b'e') => begins(line, b"Content-Length", Self::ContentLength),
            (b'c', b'l', _) => begins(line, b"Content-Location", Self::ContentLocation),
            (b'c', b'd', _) => begins(line, b"Content-Disposition", Self::ContentDisposition),
            (b'c', b'i', _) => begins(line, b"Content-ID", Self::ContentId),
            (b'l', ..) => begins(line, b"Last-Modified", Self::LastModified),
            (b'e', b'p', _) => begins(line, b"Event-Type", Self::EventType)
                .or_else(|| begins(line, b"ETag", Self::Etag)),
            (b'e', ..) => begins(line, b"ETag", Self::Etag),
            _ => None,
        }
    }
}

/// Compares what stands behind `Content-`.
#[inline]
fn usual<const N: usize>(rest: &[u8], name: &[u8; N], known: Known) -> Option<(Known, usize)> {
    (rest.first_chunk() == Some(name)).then_some((known, b"Content-".len() + N))
}

/// Compares with the usual spelling first, then in any case without a branch per octet.
#[inline]
fn begins<const N: usize>(line: &[u8], name: &[u8; N], known: Known) -> Option<(Known, usize)> {
    let found = line.first_chunk::<N>()?;
    let differ = |all, (a, b): (&u8, &u8)| all | (a.to_ascii_lowercase() ^ b.to_ascii_lowercase());
    (found == name || found.iter().zip(name).fold(0, differ) == 0).then_some((known, N))
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
