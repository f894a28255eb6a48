//! The name of an entity in a request's path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// All characters but those of RFC 3986's `pchar`: `unreserved / pct-encoded / sub-delims / ":" /
/// "@"` (section 3.3).
const NOT_PCHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The limit on the octets of a name, which is written into heads of parts and into links.
const MOST_OCTETS: usize = 1024;

/// An entity's name in URIs: one path segment, percent-encoded in a normal form, so that an entity
/// has one URI however a client writes it.
///
/// It is made from a decoded segment. The answer to a request with an invalid name is 400.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(String);

/// The error for a segment that is not a valid name.
#[derive(Debug, thiserror::Error)]
#[error("an entity cannot have this name")]
pub(crate) struct NoName;

impl TryFrom<String> for Name {
    type Error = NoName;

    fn try_from(decoded: String) -> Result<Self, NoName> {
        // Segments of dots move up within a path, and some servers and proxies treat %2F as a
        // slash.
        let is_none = matches!(decoded.as_str(), "" | "." | "..")
            || decoded.contains(|c: char| c == '/' || c.is_control());
        let name = utf8_percent_encode(&decoded, NOT_PCHAR).to_string();
        if is_none || name.len() > MOST_OCTETS {
            return Err(NoName);
        }
        Ok(Self(name))
    }
}

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(decoded: &str) -> Option<String> {
        Name::try_from(decoded.to_owned()).ok().map(|name| name.as_str().to_owned())
    }

    #[test]
    fn rfc3986_3_3_a_name_is_a_segment_in_which_all_but_pchar_is_encoded() {
        for (decoded, name) in [
            ("16325906:001:99999", "16325906:001:99999"),
            ("-._~!$&'()*+,;=:@", "-._~!$&'()*+,;=:@"),
            ("a b", "a%20b"),
            ("é", "%C3%A9"),
            ("a#b?c", "a%23b%3Fc"),
            ("<a>\"\\^`{|}[]", "%3Ca%3E%22%5C%5E%60%7B%7C%7D%5B%5D"),
            ("50%", "50%25"),
            ("%41", "%2541"),
            ("...", "..."),
        ] {
            assert_eq!(named(decoded).as_deref(), Some(name), "{decoded}");
        }
        for decoded in ["", ".", "..", "a/b", "a\nb", "\0", "\u{85}", &"é".repeat(171)] {
            assert_eq!(named(decoded), None, "{decoded:?}");
        }
    }
}
