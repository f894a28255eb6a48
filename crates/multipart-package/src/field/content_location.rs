//! Content-Location (RFC 9110 section 8.7): the URI reference of the entity in a part.

use crate::ascii_scan::is_graphic;
use crate::rule::Rule;

/// The reference as text. Only the code that resolves it checks it against RFC 3986.
pub(crate) fn parse(value: &[u8]) -> Option<&str> {
    if violation(value).is_some() {
        return None;
    }
    std::str::from_utf8(value).ok()
}

#[inline]
pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    (!is_graphic(value)).then_some(Rule::ContentLocationSyntax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draft_3_2_a_content_location_may_hold_colons_in_a_segment() {
        let value = "/entities/variant/16325906:001:99999";
        assert_eq!(parse(value.as_bytes()), Some(value));
        assert_eq!(parse(b""), Some(""));
        for bad in [&b"/a b"[..], b"/\xe4", b"/\x7f", b"/\t"] {
            assert_eq!(parse(bad), None);
        }
    }
}
