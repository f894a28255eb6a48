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

    /// The field that a line begins with in its usual spelling, and where its value begins: after the
    /// colon and a space.
    ///
    /// It compares whole words.
    #[inline(always)]
    pub(crate) fn by_usual_line(line: &[u8]) -> Option<(Self, usize)> {
        let (content, rest) = line.split_first_chunk::<8>()?;
        let (name, behind) = rest.split_first_chunk::<8>()?;
        if content != b"Content-" {
            return None;
        }
        match () {
            () if name == b"Location" && behind.starts_with(b": ") => {
                Some((Self::ContentLocation, 18))
            }
            () if name == b"Length: " => Some((Self::ContentLength, 16)),
            () if name.starts_with(b"Type: ") => Some((Self::ContentType, 14)),
            () if name == b"Disposit" && behind.starts_with(b"ion: ") => {
                Some((Self::ContentDisposition, 21))
            }
            () if name.starts_with(b"ID: ") => Some((Self::ContentId, 12)),
            () if name == b"Transfer" && behind.starts_with(b"-Encoding: ") => {
                Some((Self::ContentTransferEncoding, 27))
            }
            () if name.starts_with(b"Range: ") => Some((Self::ContentRange, 15)),
            () => None,
        }
    }

    fn by_line(line: &[u8]) -> Option<(Self, usize)> {
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

/// Whether a value without control characters is one of those that almost all are, which violate no
/// rule.
///
/// This is the fast path of [`violation`], and may be false for any value.
#[inline]
pub(crate) fn is_usual(known: Known, value: &[u8]) -> bool {
    match known {
        Known::ContentDisposition => content_disposition::is_usual(value),
        Known::ContentTransferEncoding => transfer_encoding::is_usual(value),
        Known::ContentType => true,
        _ => false,
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

    /// The slow twin of `by_usual_line` is `by_name`.
    #[test]
    fn rfc9110_5_a_usual_line_is_known_by_the_name_before_its_colon() {
        let by_name = |line: &str| {
            let (name, value) = line.split_once(':')?;
            let known = Known::by_name(name.as_bytes())?;
            value.starts_with(' ').then_some((known, name.len() + 2))
        };
        for name in
            ["Location", "Length", "Type", "Disposition", "ID", "Transfer-Encoding", "Range"]
        {
            let line = format!("Content-{name}: value");
            let found = Known::by_usual_line(line.as_bytes());
            assert!(found.is_some(), "{line}");
            assert_eq!(found, by_name(&line), "{line}");
            for at in 0..line.len() {
                for other in ["x", ":", " ", ""] {
                    let line = format!("{}{other}{}", &line[..at], &line[at + 1..]);
                    let found = Known::by_usual_line(line.as_bytes());
                    assert!(found.is_none() || found == by_name(&line), "{line}");
                }
            }
        }
        assert_eq!(Known::by_usual_line(b"Content-Language: de"), None);
        assert_eq!(Known::by_usual_line(b"Content-Disposable: de"), None);
    }
}
