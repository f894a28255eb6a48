//! URI references, and the origins that a replica asks.

use crate::error::Error;
use iri_string::types::{UriAbsoluteStr, UriReferenceStr, UriStr, UriString};
use reqwest::Url;

/// The origins (RFC 6454) that a replica asks: its publisher's, and what it is told besides.
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
    /// The origin of a start URI alone.
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

    /// Refuses a URI of an origin that is not among them.
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

    /// Whether a URI is of the publisher's own origin.
    #[must_use]
    pub fn is_home(&self, uri: &str) -> bool {
        http(uri).is_ok_and(|uri| uri.origin() == self.home.origin())
    }
}

fn http(uri: &str) -> Result<Url, Error> {
    let parsed = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.ok_or_else(|| Error::NotHttp { uri: uri.to_owned() })
}

/// Resolves a reference against a document's URI (RFC 3986 section 5); the fragment is dropped.
///
/// # Errors
/// [`Error::Reference`].
pub fn resolve(base: &str, reference: &str) -> Result<String, Error> {
    let broken = || Error::Reference { reference: reference.to_owned(), base: base.to_owned() };
    let base = UriStr::new(base).map_err(|_| broken())?;
    let absolute: &UriAbsoluteStr = base.to_absolute_and_fragment().0;
    let reference = UriReferenceStr::new(reference).map_err(|_| broken())?;
    let mut resolved: UriString = reference.resolve_against(absolute).into();
    resolved.set_fragment(None);
    Ok(resolved.into())
}

/// The path and query of a reference within the origin of a document: what entities are stored by,
/// so that a document says nothing about another origin's entities.
///
/// # Errors
/// [`Error::Reference`], [`Error::OtherOrigin`].
pub fn local(base: &str, reference: &str) -> Result<String, Error> {
    let resolved = resolve(base, reference)?;
    let authority = |uri: &str| {
        let uri = UriStr::new(uri).ok()?;
        Some((uri.scheme_str().to_owned(), uri.authority_str()?.to_owned()))
    };
    let other = || Error::OtherOrigin { uri: resolved.clone() };
    if authority(&resolved).is_none() || authority(&resolved) != authority(base) {
        return Err(other());
    }
    let path_at = resolved
        .find("://")
        .and_then(|scheme| resolved[scheme + 3..].find('/').map(|slash| scheme + 3 + slash));
    path_at.map(|at| resolved[at..].to_owned()).ok_or_else(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://127.0.0.1:8080/snapshots/latest";

    #[test]
    fn rfc3986_5_references_are_resolved() {
        assert_eq!(resolve(BASE, "/a:b/1#x").unwrap(), "http://127.0.0.1:8080/a:b/1");
        assert_eq!(resolve(BASE, "../changes/1").unwrap(), "http://127.0.0.1:8080/changes/1");
        assert!(resolve(BASE, "a b").is_err());
        assert_eq!(local(BASE, "/entities/1:2?x").unwrap(), "/entities/1:2?x");
    }

    #[test]
    fn another_origin_is_refused_whatever_way_it_is_named() {
        let origins = Origins::of(BASE).unwrap();
        for bad in ["//host/x", "https://127.0.0.1:8080/", "http://127.0.0.1:8081/", "file:///x"] {
            assert!(local(BASE, bad).is_err(), "{bad}");
            assert!(origins.check(&resolve(BASE, bad).unwrap()).is_err(), "{bad}");
        }
    }
}
