//! The Slug field (RFC 5023 section 9.7).

use http::{HeaderMap, HeaderName, HeaderValue};

const SLUG: HeaderName = HeaderName::from_static("slug");

/// Returns the field for a text: its UTF-8, in which percent signs and all octets except printable
/// ASCII are percent-encoded.
pub(super) fn field(text: &str) -> (HeaderName, HeaderValue) {
    let mut value = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b' '..=b'$' | b'&'..=b'~' => value.push(char::from(octet)),
            _ => value.push_str(&format!("%{octet:02X}")),
        }
    }
    let value = HeaderValue::from_str(value.trim());
    (SLUG, value.unwrap_or(HeaderValue::from_static("")))
}

/// Returns the text of the field, if there is one, without octets that are not UTF-8.
pub(super) fn read(headers: &HeaderMap) -> Option<String> {
    let octets = headers.get(SLUG)?.as_bytes();
    let mut decoded = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let [first, after @ ..] = rest {
        let digit = |octet: Option<&u8>| octet.and_then(|octet| char::from(*octet).to_digit(16));
        let pair = (digit(after.first()), digit(after.get(1)));
        if let (b'%', (Some(high), Some(low))) = (first, pair) {
            decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            rest = &after[2..];
        } else {
            decoded.push(*first);
            rest = after;
        }
    }
    let text: String = String::from_utf8_lossy(&decoded).replace('\u{FFFD}', "");
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc5023_9_7_a_slug_is_percent_encoded_utf_8() {
        for (text, expected) in [
            ("The Beach", "The Beach"),
            ("The Beach at S\u{e8}te", "The Beach at S%C3%A8te"),
            ("100%\r\n", "100%25%0D%0A"),
        ] {
            let (name, value) = field(text);
            assert_eq!(value, expected);
            let headers = HeaderMap::from_iter([(name, value)]);
            assert_eq!(read(&headers).as_deref(), Some(text.trim()));
        }
        let odd = HeaderMap::from_iter([(SLUG, HeaderValue::from_static("a%2 %FF%"))]);
        assert_eq!(read(&odd).as_deref(), Some("a%2 %"));
    }
}
