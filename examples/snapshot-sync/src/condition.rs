//! Conditional requests (RFC 9110 section 13.1.2).

use http::{HeaderMap, header};

/// Whether If-None-Match names an entity tag, by weak comparison: then the answer is 304.
///
/// The tag is one of ours, without commas, so that splitting at commas finds it or nothing.
#[must_use]
pub fn none_match_names(headers: &HeaderMap, etag: &str) -> bool {
    let weak = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || weak(tag) == weak(etag))
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
}
