//! The names in URIs.

use crate::store::StoreError;
use std::fmt;

/// The paths that are no user's.
const RESERVED: [&str; 4] = ["service", "assets", "fetch", "health"];

/// The number of octets of the longest name of a collection or member that is derived from a text.
const MOST_OCTETS: usize = 64;

/// The name of a user: a segment of URIs.
///
/// ```
/// use feed_manager::store::UserName;
///
/// assert_eq!(UserName::parse("ann")?.as_str(), "ann");
/// assert!(UserName::parse("Ann").is_err());
/// assert!(UserName::parse("service").is_err());
/// # Ok::<(), feed_manager::store::StoreError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

impl UserName {
    /// Takes a text for the name of a user.
    ///
    /// # Errors
    /// [`StoreError::UserName`].
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let is_name = !text.is_empty()
            && text.len() <= 32
            && is_segment(text)
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--")
            && !RESERVED.contains(&text);
        if is_name { Ok(Self(text.to_owned())) } else { Err(StoreError::UserName(text.to_owned())) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text can be a segment of this server's URIs: it consists of a-z, 0-9 and hyphens.
pub(super) fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Returns the segment that a text suggests. `None` if no letter of the text has a counterpart in ASCII.
#[must_use]
pub fn segment(text: &str) -> Option<String> {
    // What is written in another script may become longer.
    let text: String = text.chars().take(MOST_OCTETS).collect();
    let mut segment = slug::slugify(text);
    segment.truncate(MOST_OCTETS);
    segment.truncate(segment.trim_end_matches('-').len());
    (!segment.is_empty() && is_segment(&segment)).then_some(segment)
}

/// Returns the first of `wish`, `wish-2`, `wish-3` ... that is not taken. After nine of them it tries
/// numbers at random, so that the search is short however many are taken.
///
/// # Errors
/// Those of `is_taken`.
pub fn available<E>(
    wish: &str,
    mut is_taken: impl FnMut(&str) -> Result<bool, E>,
) -> Result<String, E> {
    let near = (2..10_u64).map(|number| format!("{wish}-{number}"));
    for name in std::iter::once(wish.to_owned()).chain(near) {
        if !is_taken(&name)? {
            return Ok(name);
        }
    }
    loop {
        let name = format!("{wish}-{:016x}", rand::random::<u64>());
        if !is_taken(&name)? {
            return Ok(name);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    #[test]
    fn rfc5023_9_7_a_slug_becomes_a_safe_segment() {
        for (text, expected) in [
            ("The Beach at S\u{e8}te", Some("the-beach-at-sete")),
            ("../../etc/passwd", Some("etc-passwd")),
            ("\u{202e}", None),
            ("", None),
            ("%2e%2e", Some("2e-2e")),
        ] {
            assert_eq!(segment(text).as_deref(), expected, "{text}");
        }
        assert!(segment(&"\u{4e2d}".repeat(1000)).unwrap().len() <= MOST_OCTETS);
        for name in ["", "A", "a b", "-a", "a-", "a--b", "assets", "a/b", "..", &"a".repeat(33)] {
            assert!(UserName::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_free_name_is_found_however_many_are_taken() {
        let find =
            |taken: &[&str]| available("a", |name| Ok::<_, ()>(taken.contains(&name))).unwrap();
        assert_eq!(find(&[]), "a");
        assert_eq!(find(&["a", "a-2"]), "a-3");
        let name = available("a", |name| Ok::<_, ()>(name.len() < 5)).unwrap();
        assert_eq!(name.len(), 18);
    }
}
