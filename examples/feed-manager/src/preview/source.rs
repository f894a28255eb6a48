//! A document as it came.

use url::Url;

/// A document that was fetched.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its absolute URI, after all redirects.
    pub uri: &'a str,
    /// The Content-Type field that it came with.
    pub content_type: Option<&'a str>,
    /// Its octets.
    pub octets: &'a [u8],
}

impl<'a> Source<'a> {
    /// The charset parameter of the media type (RFC 9110 section 8.3.2).
    pub(super) fn charset(&self) -> Option<&'a str> {
        let mut parameters = self.content_type?.split(';').skip(1);
        parameters.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
        })
    }
}

/// An absolute http or https URI, which a page may link to; `None` for any other.
pub(super) fn web_uri(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9110_8_3_2_the_charset_is_a_parameter_in_any_case() {
        for (content_type, charset) in [
            ("application/atom+xml", None),
            ("application/atom+xml; charset=utf-8", Some("utf-8")),
            ("application/atom+xml;type=feed;CharSet=\"ISO-8859-1\"", Some("ISO-8859-1")),
        ] {
            let source = Source { uri: "", content_type: Some(content_type), octets: b"" };
            assert_eq!(source.charset(), charset, "{content_type}");
        }
    }

    #[test]
    fn only_links_to_the_web_are_kept() {
        for (uri, kept) in [
            ("http://example.org/a b", Some("http://example.org/a%20b")),
            ("https://example.org/\"><script>", Some("https://example.org/%22%3E%3Cscript%3E")),
            ("javascript:alert(1)", None),
            (" JaVaScRiPt:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("data:text/html,<script>alert(1)</script>", None),
            ("vbscript:x", None),
            ("file:///etc/passwd", None),
            ("/relative", None),
        ] {
            assert_eq!(web_uri(uri).as_deref(), kept, "{uri}");
        }
    }
}
