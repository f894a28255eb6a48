//! The path of entities below the publisher's root.

use std::fmt;
use std::str::FromStr;

/// The segments that other resources of the publisher have first in their paths.
const TAKEN: [&str; 5] = ["snapshots", "changes", "timeline", "versions", "histories"];

/// The path of entities below the publisher's root: an entity's path is this one and its id.
///
/// ```
/// use snapshot_sync::publisher::store::Entities;
///
/// let entities: Entities = "shop/products".parse()?;
/// assert_eq!(entities.name("7:1"), "/shop/products/7:1");
/// assert!("changes/x".parse::<Entities>().is_err());
/// # Ok::<(), snapshot_sync::publisher::store::NotEntities>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entities(String);

/// The error for a text that cannot be the path of entities.
#[derive(Debug, thiserror::Error)]
#[error(
    "{text:?} cannot be the path of entities: name segments of letters, digits and -._~!$&'()*+,;=:@ \
     with slashes between them, such as shop/products, of which the first is none of {}",
    TAKEN.join(", ")
)]
pub struct NotEntities {
    text: String,
}

impl Entities {
    /// The path without a slash at its begin and end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of an entity: its path below the publisher's root, with a leading slash.
    #[must_use]
    pub fn name(&self, id: &str) -> String {
        format!("/{}/{id}", self.0)
    }
}

impl Default for Entities {
    fn default() -> Self {
        Self("entities".to_owned())
    }
}

impl fmt::Display for Entities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Entities {
    type Err = NotEntities;

    /// Reads a path of RFC 3986's `pchar` (section 3.3), without percent-encoding. A slash at its
    /// begin and its end is left out.
    fn from_str(text: &str) -> Result<Self, NotEntities> {
        let path = text.strip_prefix('/').unwrap_or(text);
        let path = path.strip_suffix('/').unwrap_or(path);
        let is_pchar = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c);
        let is_segment =
            |segment: &str| !matches!(segment, "" | "." | "..") && segment.chars().all(is_pchar);
        let first = path.split('/').next().unwrap_or_default();
        if path.len() > 255 || !path.split('/').all(is_segment) || TAKEN.contains(&first) {
            return Err(NotEntities { text: text.to_owned() });
        }
        Ok(Self(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_3_3_the_path_of_entities_consists_of_segments_that_no_other_resource_has() {
        for (text, path) in [
            ("entities", Some("entities")),
            ("/shop/products/", Some("shop/products")),
            ("a:b/*c", Some("a:b/*c")),
            ("x/changes", Some("x/changes")),
            ("", None),
            ("/", None),
            ("a//b", None),
            ("a/../b", None),
            ("a b", None),
            ("a%20b", None),
            ("{id}", None),
            ("changes", None),
            ("timeline/x", None),
        ] {
            let read = text.parse::<Entities>().ok();
            assert_eq!(read.as_ref().map(Entities::as_str), path, "{text}");
        }
    }
}
