//! Content-ID (RFC 2045 section 7): the permanent name of an event within its feed.

use crate::rule::Rule;

/// The id without its angle brackets. An id that has none is accepted as it is.
///
/// ```abnf
/// id = "Content-ID" ":" "<" id-left "@" id-right ">"
/// ```
pub(crate) fn parse(value: &[u8]) -> Option<&str> {
    let inner = value.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    let id = inner.unwrap_or(value);
    if id.is_empty() || !id.iter().all(|&octet| is_id(octet)) {
        return None;
    }
    std::str::from_utf8(id).ok()
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    let sound = value.starts_with(b"<") && parse(value).is_some();
    (!sound).then_some(Rule::ContentIdSyntax)
}

const fn is_id(octet: u8) -> bool {
    octet.is_ascii_graphic() && !matches!(octet, b'<' | b'>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc2045_7_a_content_id_stands_in_angle_brackets() {
        assert_eq!(parse(b"<1234@products.example.org>"), Some("1234@products.example.org"));
        assert_eq!(violation(b"<1234@products.example.org>"), None);
        assert_eq!(parse(b"1234@x"), Some("1234@x"));
        assert_eq!(violation(b"1234@x"), Some(Rule::ContentIdSyntax));
        for bad in [&b""[..], b"<>", b"<a", b"a>", b"<a b>", b"<a<b>", b"<\xe4>"] {
            assert_eq!(parse(bad), None, "{}", bad.escape_ascii());
            assert_eq!(violation(bad), Some(Rule::ContentIdSyntax));
        }
    }
}
