//! The five components of a reference (RFC 3986 section 3).

/// The components of a URI reference or an IRI reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Components<'a> {
    pub(super) scheme: Option<&'a str>,
    pub(super) authority: Option<&'a str>,
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    pub(super) fragment: Option<&'a str>,
}

impl<'a> Components<'a> {
    /// Splits a reference, as the regular expression of RFC 3986 appendix B does.
    pub(super) fn of(reference: &'a str) -> Self {
        let (rest, fragment) = before(reference, b'#');
        let (rest, query) = before(rest, b'?');
        let (scheme, rest) = match memchr::memchr2(b':', b'/', rest.as_bytes()) {
            Some(end) if rest.as_bytes()[end] == b':' => (Some(&rest[..end]), &rest[end + 1..]),
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = memchr::memchr(b'/', rest.as_bytes()).unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query, fragment }
    }

    /// Whether a glance tells that a reference is valid: nothing is percent-encoded or outside ASCII,
    /// and so on. The components of a text that is no reference are not evidently valid.
    pub(super) fn is_evidently_valid(self) -> bool {
        let is_scheme = |scheme: &str| {
            let is_of_scheme =
                |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.');
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(is_of_scheme)
        };
        let is_host =
            |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'_' | b'~');
        self.scheme.is_none_or(is_scheme)
            && self.authority.is_none_or(|authority| authority.bytes().all(is_host))
            && self.path.bytes().all(|octet| IS_PLAIN[usize::from(octet)])
            && [self.query, self.fragment]
                .into_iter()
                .flatten()
                .all(|text| text.bytes().all(|octet| octet == b'?' || IS_PLAIN[usize::from(octet)]))
    }

    /// The host and the port, if there is an authority. A colon without a port is no port.
    pub(super) fn host_and_port(self) -> Option<(&'a str, Option<&'a str>)> {
        let authority = self.authority?;
        let start = memchr::memrchr(b'@', authority.as_bytes()).map_or(0, |at| at + 1);
        let host_and_port = &authority[start..];
        // The colons within the brackets of an IPv6 address separate no port.
        let host_end = memchr::memrchr(b']', host_and_port.as_bytes()).map_or(0, |at| at + 1);
        match memchr::memrchr(b':', &host_and_port.as_bytes()[host_end..]) {
            Some(colon) => {
                let (host, port) = host_and_port.split_at(host_end + colon);
                Some((host, Some(&port[1..]).filter(|port| !port.is_empty())))
            }
            None => Some((host_and_port, None)),
        }
    }
}

/// `pchar` (RFC 3986 section 3.3) without percent-encoding, and `/`.
const IS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0_u8;
    while octet < 128 {
        table[octet as usize] = octet.is_ascii_alphanumeric()
            || matches!(octet, b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b'/')
            || matches!(octet, b'!' | b'$' | b'&' | b'\'' | b'(' | b')')
            || matches!(octet, b'*' | b'+' | b',' | b';' | b'=');
        octet += 1;
    }
    table
};

/// What stands before the first such octet, and what stands after it.
fn before(text: &str, octet: u8) -> (&str, Option<&str>) {
    match memchr::memchr(octet, text.as_bytes()) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_3_a_reference_has_five_components() {
        let split = |text| {
            let Components { scheme, authority, path, query, fragment } = Components::of(text);
            (scheme, authority, path, query, fragment)
        };
        for (text, expected) in [
            ("", (None, None, "", None, None)),
            ("a:b", (Some("a"), None, "b", None, None)),
            ("a://b", (Some("a"), Some("b"), "", None, None)),
            ("//b:8/c:d", (None, Some("b:8"), "/c:d", None, None)),
            ("a:///b?//c#?d", (Some("a"), Some(""), "/b", Some("//c"), Some("?d"))),
            ("./a:b?", (None, None, "./a:b", Some(""), None)),
            ("?a:b", (None, None, "", Some("a:b"), None)),
            ("#a:b", (None, None, "", None, Some("a:b"))),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn rfc3986_3_2_an_authority_has_a_host_and_perhaps_a_port() {
        for (text, expected) in [
            ("a:b", None),
            ("a://b", Some(("b", None))),
            ("a://b:80/c", Some(("b", Some("80")))),
            ("a://b:/c", Some(("b", None))),
            ("a://u:p@b:80", Some(("b", Some("80")))),
            ("a://[::1]", Some(("[::1]", None))),
            ("a://[::1]:80", Some(("[::1]", Some("80")))),
            ("a://", Some(("", None))),
        ] {
            assert_eq!(Components::of(text).host_and_port(), expected, "{text}");
        }
    }
}
