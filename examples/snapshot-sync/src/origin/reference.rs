//! Resolving references (RFC 3986 section 5).

use crate::error::Error;
use iri_string::types::{UriAbsoluteStr, UriReferenceStr, UriStr, UriString};

/// Resolves a reference in the document at `base` to a URI, without its fragment.
///
/// # Errors
/// [`Error::Reference`].
pub fn resolve(base: &str, reference: &str) -> Result<String, Error> {
    let parsed = parse(base, reference)?;
    let base = UriStr::new(base).map_err(|_| broken(base, reference))?;
    Ok(resolved(base, parsed))
}

pub(super) fn parse<'r>(base: &str, reference: &'r str) -> Result<&'r UriReferenceStr, Error> {
    UriReferenceStr::new(reference).map_err(|_| broken(base, reference))
}

pub(super) fn broken(base: &str, reference: &str) -> Error {
    Error::Reference { reference: reference.to_owned(), base: base.to_owned() }
}

pub(super) fn resolved(base: &UriStr, reference: &UriReferenceStr) -> String {
    let absolute: &UriAbsoluteStr = base.to_absolute_and_fragment().0;
    let mut resolved: UriString = reference.resolve_against(absolute).into();
    resolved.set_fragment(None);
    resolved.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3986_5_references_are_resolved() {
        let base = "http://127.0.0.1:8080/snapshots/latest";
        assert_eq!(resolve(base, "/a:b/1#x").unwrap(), "http://127.0.0.1:8080/a:b/1");
        assert_eq!(resolve(base, "../changes/1").unwrap(), "http://127.0.0.1:8080/changes/1");
        assert!(resolve(base, "a b").is_err() && resolve("/snapshots/latest", "a").is_err());
    }
}
