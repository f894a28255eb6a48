//! Language tags (RFC 5646).

/// ```abnf
/// obs-language-tag = primary-subtag *( "-" subtag )       ; RFC 4646 section 2.1
/// primary-subtag   = 1*8ALPHA
/// subtag           = 1*8( ALPHA / DIGIT )
/// ```
///
/// Each Language-Tag of RFC 5646 has this form.
pub(crate) fn is_language_tag(octets: &[u8]) -> bool {
    let mut subtags = octets.split(|&octet| octet == b'-');
    let fits = |subtag: &[u8]| (1..=8).contains(&subtag.len());
    subtags.next().is_some_and(|first| fits(first) && first.iter().all(u8::is_ascii_alphabetic))
        && subtags.all(|subtag| fits(subtag) && subtag.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc5646_2_1_a_language_tag_is_subtags_of_up_to_eight_characters() {
        for (tag, expected) in [
            ("de", true),
            ("de-CH-1996", true),
            ("x-private", true),
            ("i-klingon", true),
            ("", false),
            ("*", false),
            ("de_AT", false),
            ("de-", false),
            ("419", false),
            ("englishes", false),
        ] {
            assert_eq!(is_language_tag(tag.as_bytes()), expected, "{tag}");
        }
    }
}
