//! Which URLs may be fetched, on a host that reads for others.

use crate::error::Error;
use percent_encoding::percent_decode_str;
use reqwest::redirect;
use std::sync::Arc;
use url::{Origin, Url};

/// How many redirects are followed one after the other.
const REDIRECTS: usize = 10;

/// The URLs that may be fetched: all of them, or those below some prefixes.
///
/// A prefix allows the URL that it is, and all URLs below it: `http://a/b` allows `http://a/b` and
/// `http://a/b/c`, and neither `http://a/bc` nor `http://a/b/../c`. URLs are compared after they are
/// parsed, with their paths percent-decoded, segment by segment. An HTTP redirect is followed only to
/// an allowed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed(Option<Arc<[Prefix]>>);

/// What URLs must begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Prefix {
    store: Url,
    segments: Vec<Vec<u8>>,
}

impl Default for Allowed {
    /// All URLs, as on the machine of the user who names them.
    fn default() -> Self {
        Self(None)
    }
}

impl Allowed {
    /// Only the URLs below some prefixes; with no prefix, no URL.
    ///
    /// # Errors
    /// [`Error::Prefix`] for a prefix that is no absolute URL, or has credentials, a query, a fragment
    /// or an unusual path.
    pub fn below<'a>(prefixes: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let prefixes = prefixes.into_iter().map(Prefix::parse);
        Ok(Self(Some(prefixes.collect::<Result<_, _>>()?)))
    }

    /// Checks that a URL may be fetched.
    ///
    /// # Errors
    /// [`Error::NotAllowed`].
    pub fn check(&self, url: &Url) -> Result<(), Error> {
        let Some(prefixes) = &self.0 else { return Ok(()) };
        let permits = |segments: Vec<Vec<u8>>| {
            prefixes.iter().any(|it| is_same_store(&it.store, url) && it.is_above(&segments))
        };
        match segments_of(url).is_some_and(permits) {
            true => Ok(()),
            false => Err(Error::NotAllowed { uri: url.to_string() }),
        }
    }

    /// Whether all URLs are allowed.
    pub(crate) fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// Whether any object of a store is allowed.
    pub(crate) fn has_store(&self, store: &Url) -> bool {
        let Some(prefixes) = &self.0 else { return true };
        prefixes.iter().any(|prefix| is_same_store(&prefix.store, store))
    }

    /// Follows redirects to allowed URLs alone.
    pub(crate) fn redirects(&self) -> redirect::Policy {
        let allowed = self.clone();
        redirect::Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTS {
                return attempt.error("there are too many redirects");
            }
            match allowed.check(attempt.url()) {
                Ok(()) => attempt.follow(),
                Err(error) => attempt.error(error),
            }
        })
    }
}

impl Prefix {
    fn parse(text: &str) -> Result<Self, Error> {
        let refused = |why| Error::Prefix { prefix: text.to_owned(), why };
        let store = Url::parse(text).map_err(|_| refused("it is no absolute URL"))?;
        if store.query().is_some() || store.fragment().is_some() {
            return Err(refused("it has a query or a fragment"));
        }
        let segments = segments_of(&store).ok_or_else(|| {
            refused("it has credentials, or a path that could be read in more than one way")
        })?;
        Ok(Self { store, segments })
    }

    fn is_above(&self, segments: &[Vec<u8>]) -> bool {
        segments.starts_with(&self.segments)
    }
}

/// Whether two URLs have the same scheme, host and port.
fn is_same_store(a: &Url, b: &Url) -> bool {
    match (a.origin(), b.origin()) {
        (Origin::Tuple(..), Origin::Tuple(..)) => a.origin() == b.origin(),
        // Schemes such as `s3` and `file`, of which the standard knows no origin.
        (Origin::Opaque(_), Origin::Opaque(_)) => {
            (a.scheme(), a.host_str(), a.port()) == (b.scheme(), b.host_str(), b.port())
        }
        _ => false,
    }
}

/// The decoded segments of a path, without an empty last one.
///
/// There are none for a URL that two programs could read in two ways: with credentials, empty
/// segments, or segments that contain a slash, a backslash, an octet that no path has, or dots alone
/// after they are decoded.
fn segments_of(url: &Url) -> Option<Vec<Vec<u8>>> {
    if !url.username().is_empty() || url.password().is_some() || url.cannot_be_a_base() {
        return None;
    }
    let mut segments: Vec<Vec<u8>> =
        url.path_segments()?.map(|text| percent_decode_str(text).collect()).collect();
    if segments.last().is_some_and(Vec::is_empty) {
        segments.pop();
    }
    let is_plain = |segment: &Vec<u8>| {
        let is_odd = |octet: &u8| matches!(octet, b'/' | b'\\' | b'%' | 0..=0x1f | 0x7f);
        !segment.is_empty()
            && !matches!(segment.as_slice(), b"." | b"..")
            && !segment.iter().any(is_odd)
    };
    segments.iter().all(is_plain).then_some(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(prefix: &str, url: &str) -> bool {
        let allowed = Allowed::below([prefix]).unwrap();
        Url::parse(url).is_ok_and(|url| allowed.check(&url).is_ok())
    }

    #[test]
    fn a_prefix_allows_whole_segments_of_the_same_store() {
        for (prefix, url, expected) in [
            ("http://a/b", "http://a/b", true),
            ("http://a/b", "http://a/b/", true),
            ("http://a/b", "http://a/b/c/d", true),
            ("http://a/b/", "http://a/b/c", true),
            ("http://a", "http://a/b", true),
            ("http://a/", "http://a:80/b", true),
            ("http://A/b", "HTTP://a/b/c", true),
            ("http://a/%62", "http://a/b/c", true),
            ("http://a/b", "http://a/%62/c", true),
            ("http://a/b c", "http://a/b%20c/d", true),
            ("http://a/b", "http://a/b/c?d", true),
            ("http://[::1]:8/b", "http://[0:0:0:0:0:0:0:1]:8/b/c", true),
            ("http://127.0.0.1/b", "http://0x7f.1/b", true),
            ("s3://bucket/b", "s3://bucket/b/c", true),
            ("file:///b", "file:///b/c", true),
            // A longer segment, or a shorter path.
            ("http://a/b", "http://a/bc", false),
            ("http://a/b", "http://a/b.c", false),
            ("http://a/b/c", "http://a/b", false),
            ("http://a/b", "http://a/B/c", false),
            // Another store.
            ("http://host", "http://host.evil/b", false),
            ("http://host/b", "http://evil/http://host/b", false),
            ("http://a/b", "https://a/b", false),
            ("http://a/b", "http://a:8080/b", false),
            ("http://a:8080/b", "http://a/b", false),
            ("http://127.0.0.1/b", "http://127.0.0.2/b", false),
            ("s3://bucket/b", "s3://bucket.evil/b", false),
            ("s3://bucket/b", "http://bucket/b", false),
            ("file:///b", "file://host/b", false),
            ("file:///b", "http:///b", false),
            // Credentials, also such that look like a host.
            ("http://host/b", "http://host@evil/b", false),
            ("http://host/b", "http://host:80@evil/b", false),
            ("http://host/b", "http://u:p@host/b", false),
            ("http://host/b", "http://evil\\@host/b", false),
            ("http://host/b", "http://evil#@host/b", false),
            // Ways up, and ways to write them.
            ("http://a/b", "http://a/b/../c", false),
            ("http://a/b", "http://a/b/%2e%2e/c", false),
            ("http://a/b", "http://a/b/.%2E/c", false),
            ("http://a/b", "http://a/b\\..\\c", false),
            ("http://a/b", "http://a/b/..%2fc", false),
            ("http://a/b", "http://a/b%2f..%2fc", false),
            ("http://a/b", "http://a/b/%2e%2e%5cc", false),
            ("http://a/b", "http://a/b/%252e%252e/c", false),
            ("http://a/b", "http://a/b/c%00", false),
            ("http://a/b", "http://a/b//c", false),
            ("http://a/b", "http://a//b/c", false),
            ("s3://bucket/b", "s3://bucket/b/../c", false),
            ("s3://bucket/b", "s3://bucket/b\\..\\c", false),
            ("file:///b", "file:///b/../etc/passwd", false),
            ("file:///b", "file:///b/%2e%2e/etc/passwd", false),
            ("http://a/b", "data:,b", false),
            ("http://a/b", "mailto:a/b", false),
        ] {
            assert_eq!(permits(prefix, url), expected, "{prefix} {url}");
        }
    }

    #[test]
    fn without_a_prefix_nothing_is_allowed() {
        let url = Url::parse("http://a/b").unwrap();
        let none = Allowed::below([]).unwrap();
        assert_eq!(none.check(&url).unwrap_err().name(), "not-allowed");
        assert!(!none.has_store(&url));
        assert!(Allowed::default().check(&url).is_ok());
    }

    #[test]
    fn a_prefix_that_could_be_misread_is_refused() {
        for prefix in [
            "a/b",
            "//a/b",
            "http://u@a/b",
            "http://a/b?c",
            "http://a/b#c",
            "http://a//b",
            "http://a/b%2fc",
            "http://a/%252e",
            "mailto:a",
            "",
        ] {
            let refused = Allowed::below([prefix]).unwrap_err();
            assert_eq!(refused.name(), "prefix", "{prefix}");
        }
    }
}
