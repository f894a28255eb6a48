//! Content-ID (RFC 2045 section 7): the permanent name of an event within its feed.

use crate::grammar;
use crate::rule::Rule;

/// The id without its angle brackets and the comments around it. An id that has no angle brackets is
/// accepted as it is.
///
/// ```abnf
/// id     = "Content-ID" ":" msg-id                       ; RFC 2045 section 7
/// msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]    ; RFC 5322 section 3.6.4
/// ```
pub(crate) fn parse(value: &[u8]) -> Option<&str> {
    let (value, _) = grammar::without_comments(value);
    let inner = value.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">"));
    let id = inner.unwrap_or(value);
    if id.is_empty() || !id.iter().all(|&octet| is_id(octet)) {
        return None;
    }
    std::str::from_utf8(id).ok()
}

/// Whether a value of printable ASCII without spaces is an id in angle brackets.
///
/// This is the fast path of [`violation`].
#[inline]
pub(crate) fn is_usual(value: &[u8]) -> bool {
    let [b'<', id @ .., b'>'] = value else { return false };
    // Without a branch, the compiler looks at many octets at once.
    let is_bracketed =
        id.iter().fold(false, |found, &octet| found | (octet == b'<') | (octet == b'>'));
    !id.is_empty() && !is_bracketed
}

pub(crate) fn violation(value: &[u8]) -> Option<Rule> {
    let (id, is_commented) = grammar::without_comments(value);
    let sound = id.starts_with(b"<") && parse(value).is_some();
    match is_commented {
        _ if !sound => Some(Rule::ContentIdSyntax),
        true => Some(Rule::FieldComment),
        false => None,
    }
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
        assert!(is_usual(b"<1234@products.example.org>"));
        assert_eq!(parse(b"1234@x"), Some("1234@x"));
        assert_eq!(violation(b"1234@x"), Some(Rule::ContentIdSyntax));
        for commented in [&b"(a) <1@x>"[..], b"<1@x> (a (b))", b"(a)\r\n <1@x>\t(b)"] {
            assert_eq!(parse(commented), Some("1@x"));
            assert_eq!(violation(commented), Some(Rule::FieldComment));
        }
        assert_eq!(violation(b"1@x (a)"), Some(Rule::ContentIdSyntax));
        for bad in [
            &b""[..],
            b"<1@x> (",
            b"<1@x> (a) b",
            b"<>",
            b"<a",
            b"a>",
            b"<a b>",
            b"<a<b>",
            b"<\xe4>",
        ] {
            assert_eq!(parse(bad), None, "{}", bad.escape_ascii());
            assert_eq!(violation(bad), Some(Rule::ContentIdSyntax));
        }
    }
}
