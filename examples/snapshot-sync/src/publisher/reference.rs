//! How references are written, so that they hold wherever a proxy puts the publisher.
//!
//! A *name* is the path of a resource below the publisher's root, with a leading slash. A reference
//! is relative to the document that contains it, so that it holds below any path prefix, or absolute
//! below a base URI that the operator states. What a request says about host and scheme is not used.

use crate::error::Error;
use iri_string::types::UriAbsoluteStr;

/// How references are written: by default, relative to the document that contains them.
///
/// ```
/// use snapshot_sync::publisher::reference::References;
///
/// let references = References::default();
/// assert_eq!(references.from("/changes/latest", "/entities/7:1"), "../entities/7:1");
/// let references = References::below("https://example.org/shop")?;
/// assert_eq!(
///     references.from("/changes/latest", "/entities/7:1"),
///     "https://example.org/shop/entities/7:1"
/// );
/// # Ok::<(), snapshot_sync::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    base: Option<String>,
}

impl References {
    /// Writes absolute references below a base URI, which is the publisher's root as its clients see
    /// it. A slash at its end may be omitted.
    ///
    /// # Errors
    /// [`Error::BaseUri`] if it is not an absolute http or https URI, or has a query.
    pub fn below(uri: &str) -> Result<Self, Error> {
        let broken = || Error::BaseUri { uri: uri.to_owned() };
        let parsed = UriAbsoluteStr::new(uri).map_err(|_| broken())?;
        let is_http =
            ["http", "https"].iter().any(|it| parsed.scheme_str().eq_ignore_ascii_case(it));
        let host = parsed.authority_str().unwrap_or_default();
        if !is_http || host.is_empty() || parsed.query_str().is_some() {
            return Err(broken());
        }
        let slash = if uri.ends_with('/') { "" } else { "/" };
        Ok(Self { base: Some(format!("{uri}{slash}")) })
    }

    /// The base URI, with a slash at its end; none if references are relative.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// The reference in a document to a resource, both by their names. A fragment may follow the
    /// name of the resource.
    #[must_use]
    pub fn from(&self, document: &str, name: &str) -> String {
        match &self.base {
            Some(base) => format!("{base}{}", name.strip_prefix('/').unwrap_or(name)),
            None => relative(document, name),
        }
    }
}

/// The shortest relative reference from one name to another (RFC 3986 section 4.2).
fn relative(document: &str, name: &str) -> String {
    let directory = |name: &str| name.rfind('/').map_or(0, |slash| slash + 1);
    let (from, to) = (&document[..directory(document)], &name[..directory(name)]);
    // The directories that both are in.
    let shared = from.split_inclusive('/').zip(to.split_inclusive('/'));
    let shared: usize =
        shared.take_while(|(from, to)| from == to).map(|(from, _)| from.len()).sum();
    let up = from[shared..].matches('/').count();
    let rest = &name[shared..];
    let first = rest.split('/').next().unwrap_or_default();
    // A first segment with a colon would be read as a scheme.
    let here = if up == 0 && (first.is_empty() || first.contains(':')) { "./" } else { "" };
    format!("{here}{}{rest}", "../".repeat(up))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use iri_string::types::{UriReferenceStr, UriString};
    use proptest::prelude::*;

    #[test]
    fn rfc3986_4_2_a_reference_is_relative_to_its_document() {
        for (document, name, reference) in [
            ("/snapshots/latest", "/snapshots/2015-06:1Z/index", "./2015-06:1Z/index"),
            ("/snapshots/1/index", "/snapshots/1/0", "0"),
            ("/snapshots/1/0", "/entities/7:1", "../../entities/7:1"),
            ("/changes/latest", "/changes/archive/3#a.1", "archive/3#a.1"),
            ("/changes/archive/3", "/changes/archive/2", "2"),
            ("/changes/archive/3", "/changes/latest", "../latest"),
            ("/changes/latest", "/timeline", "../timeline"),
            ("/timeline", "/timeline", "timeline"),
            ("/entities/7:1", "/entities/7:1", "./7:1"),
        ] {
            assert_eq!(References::default().from(document, name), reference);
        }
    }

    #[test]
    fn a_base_uri_is_absolute_and_of_http() {
        for uri in ["", "/x/", "ftp://a/", "http:x", "http:///x", "https://a/?b", "https://a/#b"] {
            assert!(References::below(uri).is_err(), "{uri}");
        }
        let base = |uri| References::below(uri).unwrap().base().unwrap().to_owned();
        assert_eq!(base("https://a.example/p/q"), "https://a.example/p/q/");
        assert_eq!(base("http://a.example:81/"), "http://a.example:81/");
    }

    proptest! {
        #[test]
        fn rfc3986_5_2_below_any_prefix_a_reference_leads_to_what_it_names(
            prefix in "(/[a-c:]{1,3}){0,2}",
            document in "(/[a-c:]{1,2}){1,4}",
            name in "(/[a-c:]{1,2}){1,4}",
        ) {
            let base: UriString = format!("http://h{prefix}{document}").parse().unwrap();
            let reference = References::default().from(&document, &name);
            let reference = UriReferenceStr::new(&reference).unwrap();
            let resolved: UriString = reference.resolve_against(base.to_absolute_and_fragment().0).into();
            prop_assert_eq!(resolved.as_str(), format!("http://h{prefix}{name}"));
        }
    }
}
