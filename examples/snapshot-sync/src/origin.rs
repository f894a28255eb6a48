//! URI references within one origin.

use crate::error::Error;
use iri_string::types::{UriAbsoluteStr, UriReferenceStr, UriStr, UriString};

/// Resolves a reference against a document's URI; only what is of the same origin is taken, so
/// that a document cannot make a replica ask others. The fragment is dropped.
///
/// # Errors
/// [`Error::Foreign`].
pub fn resolve(base: &str, reference: &str) -> Result<String, Error> {
    let foreign = || Error::Foreign { reference: reference.to_owned(), base: base.to_owned() };
    let base_uri = UriStr::new(base).map_err(|_| foreign())?;
    let absolute: &UriAbsoluteStr = base_uri.to_absolute_and_fragment().0;
    let reference_uri = UriReferenceStr::new(reference).map_err(|_| foreign())?;
    let mut resolved: UriString = reference_uri.resolve_against(absolute).into();
    resolved.set_fragment(None);
    let origin =
        |uri: &UriStr| (uri.scheme_str().to_owned(), uri.authority_str().map(str::to_owned));
    if origin(&resolved) != origin(base_uri) {
        return Err(foreign());
    }
    Ok(resolved.into())
}

/// The path and query of a reference within the origin of a document: what entities are stored by.
///
/// # Errors
/// [`Error::Foreign`].
pub fn local(base: &str, reference: &str) -> Result<String, Error> {
    let resolved = resolve(base, reference)?;
    let path_at = resolved
        .find("://")
        .and_then(|scheme| resolved[scheme + 3..].find('/').map(|slash| scheme + 3 + slash));
    match path_at {
        Some(at) => Ok(resolved[at..].to_owned()),
        None => Err(Error::Foreign { reference: reference.to_owned(), base: base.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_5_references_are_resolved_and_other_origins_refused() {
        let base = "http://127.0.0.1:8080/snapshots/latest";
        assert_eq!(resolve(base, "/a:b/1#x").unwrap(), "http://127.0.0.1:8080/a:b/1");
        assert_eq!(resolve(base, "../changes/1").unwrap(), "http://127.0.0.1:8080/changes/1");
        assert_eq!(local(base, "/entities/1:2?x").unwrap(), "/entities/1:2?x");
        for bad in
            ["//host/x", "https://127.0.0.1:8080/", "http://127.0.0.1:8081/", "file:///x", "a b"]
        {
            assert!(resolve(base, bad).is_err(), "{bad}");
        }
    }
}
