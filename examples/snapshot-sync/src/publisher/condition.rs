//! Conditional requests (RFC 9110 section 13.1).

use http::{HeaderMap, HeaderName, header};

/// Whether If-None-Match contains an entity tag, by weak comparison. The answer is then 304.
///
/// The entity tags of this publisher contain no comma, so the field can be split at its commas.
#[must_use]
pub fn none_match_names(headers: &HeaderMap, etag: &str) -> bool {
    tags(headers, &header::IF_NONE_MATCH).iter().flatten().any(|tag| weakly_equal(tag, etag))
}

fn weakly_equal(tag: &str, etag: &str) -> bool {
    let weak = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    tag == "*" || weak(tag) == weak(etag)
}

/// The entity tags in a field; none where there is no such field.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let tags = values.flat_map(|value| value.split(',')).map(|tag| tag.trim().to_owned());
    headers.contains_key(name).then(|| tags.collect())
}

/// The conditions under which a request changes a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    if_match: Option<Vec<String>>,
    if_none_match: Option<Vec<String>>,
}

impl Conditions {
    /// Reads the conditions of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self {
            if_match: tags(headers, &header::IF_MATCH),
            if_none_match: tags(headers, &header::IF_NONE_MATCH),
        }
    }

    /// Whether they are met by a resource with this entity tag, or by one that does not exist.
    ///
    /// If-Match uses strong comparison: a weak tag never matches.
    #[must_use]
    pub fn hold(&self, etag: Option<&str>) -> bool {
        let is_matched = self.if_match.as_ref().is_none_or(|tags| {
            etag.is_some_and(|etag| tags.iter().any(|tag| tag == "*" || tag == etag))
        });
        let is_excluded = self.if_none_match.as_ref().is_some_and(|tags| {
            etag.is_some_and(|etag| tags.iter().any(|tag| weakly_equal(tag, etag)))
        });
        is_matched && !is_excluded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_13_1_2_if_none_match_is_a_list_or_a_star_and_compares_weakly() {
        let names = |value: &'static str| {
            let value = http::HeaderValue::from_static(value);
            none_match_names(&HeaderMap::from_iter([(header::IF_NONE_MATCH, value)]), "\"7\"")
        };
        for value in ["\"7\"", "W/\"7\"", "*", "\"6\", \"7\"", "\"6\" ,W/\"7\""] {
            assert!(names(value), "{value}");
        }
        for value in ["\"77\"", "7", "", "\"6\"", "w/\"7\""] {
            assert!(!names(value), "{value}");
        }
        assert!(!none_match_names(&HeaderMap::new(), "\"7\""));
    }

    #[test]
    fn rfc9110_13_1_1_and_2_a_change_is_made_on_its_conditions() {
        let hold = |fields: &[(HeaderName, &'static str)], etag: Option<&str>| {
            let fields = fields.iter().cloned();
            let fields = fields.map(|(name, value)| (name, http::HeaderValue::from_static(value)));
            Conditions::of(&fields.collect()).hold(etag)
        };
        let (one, none) = (header::IF_MATCH, header::IF_NONE_MATCH);
        assert!(hold(&[], None) && hold(&[], Some("\"7\"")));
        for (field, there, absent) in [
            ((one.clone(), "*"), true, false),
            ((one.clone(), "\"6\", \"7\""), true, false),
            ((one.clone(), "\"6\""), false, false),
            ((one, "W/\"7\""), false, false),
            ((none.clone(), "*"), false, true),
            ((none.clone(), "\"6\""), true, true),
            ((none, "W/\"7\""), false, true),
        ] {
            assert_eq!(hold(std::slice::from_ref(&field), Some("\"7\"")), there, "{field:?}");
            assert_eq!(hold(std::slice::from_ref(&field), None), absent, "{field:?}");
        }
    }
}
