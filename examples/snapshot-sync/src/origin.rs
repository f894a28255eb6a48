//! URI references, and the origins that a replica sends requests to.

use crate::error::Error;
use iri_string::types::{UriAbsoluteStr, UriReferenceStr, UriStr, UriString};
use reqwest::Url;

/// The origins (RFC 6454) that a replica sends requests to: that of its publisher, and those that
/// the caller allows.
///
/// ```
/// use snapshot_sync::origin::Origins;
///
/// let origins = Origins::of("http://example.net/snapshots/latest")?;
/// assert!(origins.check("http://example.net:80/changes/latest").is_ok());
/// assert!(origins.check("https://example.net/changes/latest").is_err());
/// let origins = origins.and("https://packages.example.org")?;
/// assert!(origins.check("https://packages.example.org/0").is_ok());
/// # Ok::<(), snapshot_sync::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Origins {
    home: Url,
    allowed: Vec<Url>,
}

impl Origins {
    /// Allows the origin of a start URI.
    ///
    /// # Errors
    /// [`Error::NotHttp`].
    pub fn of(start: &str) -> Result<Self, Error> {
        Ok(Self { home: http(start)?, allowed: Vec::new() })
    }

    /// Allows the origin of another URI.
    ///
    /// # Errors
    /// [`Error::NotHttp`].
    pub fn and(mut self, uri: &str) -> Result<Self, Error> {
        self.allowed.push(http(uri)?);
        Ok(self)
    }

    /// Refuses a URI whose origin is not allowed.
    ///
    /// # Errors
    /// [`Error::NotHttp`], [`Error::OtherOrigin`].
    pub fn check(&self, uri: &str) -> Result<(), Error> {
        let origin = http(uri)?.origin();
        let mut known = self.allowed.iter().chain([&self.home]);
        match known.any(|known| known.origin() == origin) {
            true => Ok(()),
            false => Err(Error::OtherOrigin { uri: uri.to_owned() }),
        }
    }

    /// Whether a URI has the same origin as the start URI.
    #[must_use]
    pub fn is_home(&self, uri: &str) -> bool {
        http(uri).is_ok_and(|uri| uri.origin() == self.home.origin())
    }
}

fn http(uri: &str) -> Result<Url, Error> {
    let parsed = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.ok_or_else(|| Error::NotHttp { uri: uri.to_owned() })
}

/// The URI of a document. References in the document are resolved against it (RFC 3986 section 5).
#[derive(Debug, Clone)]
pub struct Base {
    uri: UriString,
}

impl Base {
    /// Parses the URI of a document.
    ///
    /// # Errors
    /// [`Error::Reference`] if it is not an absolute URI.
    pub fn new(uri: &str) -> Result<Self, Error> {
        let broken = |_| Error::Reference { reference: String::new(), base: uri.to_owned() };
        Ok(Self { uri: UriString::try_from(uri).map_err(broken)? })
    }

    /// The URI.
    #[must_use]
    pub fn uri(&self) -> &str {
        self.uri.as_str()
    }

    /// Resolves a reference to a URI, without its fragment.
    ///
    /// # Errors
    /// [`Error::Reference`].
    pub fn resolve(&self, reference: &str) -> Result<String, Error> {
        Ok(self.resolved(self.parse(reference)?))
    }

    /// Resolves a reference to its path and query, which is the key of an entity in the database. A
    /// document cannot name an entity of another origin.
    ///
    /// # Errors
    /// [`Error::Reference`], [`Error::OtherOrigin`].
    pub fn local(&self, reference: &str) -> Result<String, Error> {
        let parsed = self.parse(reference)?;
        match is_resolved_path(reference) {
            true => Ok(reference.to_owned()),
            false => self.local_of(&self.resolved(parsed)),
        }
    }

    fn parse<'r>(&self, reference: &'r str) -> Result<&'r UriReferenceStr, Error> {
        let broken =
            |_| Error::Reference { reference: reference.to_owned(), base: self.uri().to_owned() };
        UriReferenceStr::new(reference).map_err(broken)
    }

    fn resolved(&self, reference: &UriReferenceStr) -> String {
        let absolute: &UriAbsoluteStr = self.uri.to_absolute_and_fragment().0;
        let mut resolved: UriString = reference.resolve_against(absolute).into();
        resolved.set_fragment(None);
        resolved.into()
    }

    fn local_of(&self, resolved: &str) -> Result<String, Error> {
        let other = || Error::OtherOrigin { uri: resolved.to_owned() };
        let origin =
            |uri: &UriStr| Some((uri.scheme_str().to_owned(), uri.authority_str()?.to_owned()));
        let parsed = UriStr::new(resolved).map_err(|_| other())?;
        if origin(parsed).is_none() || origin(parsed) != origin(&self.uri) {
            return Err(other());
        }
        let path_at = resolved
            .find("://")
            .and_then(|scheme| resolved[scheme + 3..].find('/').map(|slash| scheme + 3 + slash));
        path_at.map(|at| resolved[at..].to_owned()).ok_or_else(other)
    }
}

/// Whether the path and query of the resolved reference are the reference itself (RFC 3986 section
/// 5.2.2). That is so for an absolute path without a fragment and without dot segments, plain or
/// percent-encoded; the references of most entities are such paths.
fn is_resolved_path(reference: &str) -> bool {
    reference.starts_with('/')
        && !reference.starts_with("//")
        && !reference.contains("/.")
        && !reference.contains("/%2")
        && !reference.contains('#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str = "http://127.0.0.1:8080/snapshots/latest";

    #[test]
    fn rfc3986_5_references_are_resolved() {
        let base = Base::new(BASE).unwrap();
        assert_eq!(base.resolve("/a:b/1#x").unwrap(), "http://127.0.0.1:8080/a:b/1");
        assert_eq!(base.resolve("../changes/1").unwrap(), "http://127.0.0.1:8080/changes/1");
        assert!(base.resolve("a b").is_err() && base.local("/a b").is_err());
        assert_eq!(base.local("/entities/1:2?x").unwrap(), "/entities/1:2?x");
        assert_eq!(base.local("/a/%2e%2E/b").unwrap(), "/b");
        assert!(Base::new("/snapshots/latest").is_err());
    }

    #[test]
    fn another_origin_is_refused_whatever_way_it_is_named() {
        let (origins, base) = (Origins::of(BASE).unwrap(), Base::new(BASE).unwrap());
        for bad in ["//host/x", "https://127.0.0.1:8080/", "http://127.0.0.1:8081/", "file:///x"] {
            assert!(base.local(bad).is_err(), "{bad}");
            assert!(origins.check(&base.resolve(bad).unwrap()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn rfc3986_5_2_2_what_is_taken_as_it_stands_would_be_resolved_to_the_same(
            pieces in prop::collection::vec(
                prop::sample::select(&["/", ".", "..", "a", ":", "?", "#", "%2e", "%", "@", " "][..]),
                0..12,
            ),
        ) {
            let (base, reference) = (Base::new(BASE).unwrap(), pieces.concat());
            let slowly = base.resolve(&reference).and_then(|resolved| base.local_of(&resolved));
            prop_assert_eq!(base.local(&reference).ok(), slowly.ok());
        }
    }
}
