//! What an entity is called in a request's path.

use crate::publisher::generate::ENTITIES;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// All but RFC 3986's `pchar`: `unreserved / pct-encoded / sub-delims / ":" / "@"` (section 3.3).
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

/// How many octets a name has at most: it stands in the head of a part, and in links.
const MOST_OCTETS: usize = 1024;

/// An entity's name, as it stands in URIs: a segment of a path, encoded the one way there is for
/// it, so that an entity has one URI however it is asked for.
///
/// It is read from a segment that is decoded; a request for what can be none is answered with 400.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Name(String);

/// A segment that is no name.
#[derive(Debug, thiserror::Error)]
#[error("no entity can have this name")]
pub(super) struct NoName;

impl TryFrom<String> for Name {
    type Error = NoName;

    fn try_from(decoded: String) -> Result<Self, NoName> {
        // Dots alone climb within a path, and many a server or proxy takes %2F for the slash.
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
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The entity's URI.
    pub(super) fn uri(&self) -> String {
        format!("{ENTITIES}{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(decoded: &str) -> Option<String> {
        Name::try_from(decoded.to_owned()).ok().map(|name| name.uri())
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
            assert_eq!(uri(decoded), Some(format!("{ENTITIES}{name}")), "{decoded}");
        }
        for decoded in ["", ".", "..", "a/b", "a\nb", "\0", "\u{85}", &"é".repeat(171)] {
            assert_eq!(uri(decoded), None, "{decoded:?}");
        }
    }
}
