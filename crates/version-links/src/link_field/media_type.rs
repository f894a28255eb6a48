//! The media type that a `type` parameter names.

use crate::link_field::class::Class;

/// ```abnf
/// type-name "/" subtype-name                              ; RFC 8288 section 3.4.1
/// type-name = restricted-name                             ; RFC 6838 section 4.2
/// restricted-name = restricted-name-first *126restricted-name-chars
/// ```
pub(crate) fn is_media_type(octets: &[u8]) -> bool {
    let is_name =
        |name: &[u8]| name.len() <= 127 && name.first().is_some_and(u8::is_ascii_alphanumeric);
    let slash = Class::MEDIA_TYPE.run(octets);
    let (name, rest) = octets.split_at(slash);
    let Some((b'/', subtype)) = rest.split_first() else { return false };
    is_name(name) && is_name(subtype) && Class::MEDIA_TYPE.run(subtype) == subtype.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8288_3_4_1_type_is_a_media_type_without_parameters() {
        for (text, expected) in [
            ("text/html", true),
            ("application/vnd.gkh.product+json", true),
            ("text/html;charset=utf-8", false),
            ("text", false),
            ("/html", false),
            ("text/", false),
            ("text/html/x", false),
            ("*/*", false),
            ("-a/b", false),
            ("a/b c", false),
            ("", false),
        ] {
            assert_eq!(is_media_type(text.as_bytes()), expected, "{text}");
        }
    }
}
