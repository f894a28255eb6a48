//! Content-Location (RFC 9110 section 8.7): the URI reference of the entity in a part.

use crate::ascii_scan::is_graphic;
use crate::grammar;
use crate::rule::Rule;

/// The reference as text. Only the code that resolves it checks it against RFC 3986.
pub(crate) fn parse(value: &[u8]) -> Option<&str> {
    let (reference, _) = grammar::without_comments(value);
    if !is_graphic(reference) {
        return None;
    }
    std::str::from_utf8(reference).ok()
}

#[inline]
pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    if is_graphic(value) { None } else { Some(unusual_violation(value)) }
}

#[cold]
fn unusual_violation(value: &[u8]) -> Rule {
    let commented = grammar::without_comments(value);
    let is_sound = matches!(commented, (reference, true) if is_graphic(reference));
    if is_sound { Rule::FieldComment } else { Rule::ContentLocationSyntax }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draft_3_2_a_content_location_may_hold_colons_in_a_segment() {
        let value = "/entities/variant/16325906:001:99999";
        assert_eq!(parse(value.as_bytes()), Some(value));
        assert_eq!(parse(b""), Some(""));
        for reference in ["(a)", "/a(b)", "(a"] {
            assert_eq!(parse(reference.as_bytes()), Some(reference));
            assert_eq!(violation(reference.as_bytes()), None);
        }
        for commented in [&b"/a (b)"[..], b"(b) /a", b"(b) /a (c) (d)"] {
            assert_eq!(parse(commented), Some("/a"), "{}", commented.escape_ascii());
            assert_eq!(violation(commented), Some(Rule::FieldComment));
        }
        for bad in [&b"/a b"[..], b"/a (b", b"(a) (b) c d", b"/\xe4", b"/\x7f", b"/\t"] {
            assert_eq!(parse(bad), None);
        }
    }
}
