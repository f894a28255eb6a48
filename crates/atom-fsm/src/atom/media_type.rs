//! The syntax of media types (RFC 4287 section 4.1.3.1, RFC 9110 section 8.3.1).

/// Whether this may be a media type: a type and a subtype of token characters, perhaps with
/// parameters (RFC 4287 section 4.1.3.1).
pub(crate) fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_token = |part: &str| {
        let is_char =
            |octet: u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet);
        !part.is_empty() && part.bytes().all(is_char)
    };
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4287_4_1_3_1_a_media_type_has_a_type_and_a_subtype() {
        for media in ["text/html", "application/atom+xml; type=entry", "a/b;c"] {
            assert!(is_media_type(media), "{media}");
        }
        for media in ["html", "text/", "/html", "application/atom=xml;type=entry", "a/b/c", ""] {
            assert!(!is_media_type(media), "{media}");
        }
    }
}
