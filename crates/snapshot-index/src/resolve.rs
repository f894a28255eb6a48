//! From URI references to URIs, if a policy allows them.

use crate::error::{Error, ErrorKind};
use crate::index::SnapshotIndexRef;
use crate::limits::Limits;
use crate::place::Place;
use crate::report::{Refused, Report};
use crate::reporting::{Diagnostics, Tolerance};
use crate::rule::Rule;
use iri_string::resolve::FixedBaseResolver;
use iri_string::types::{UriAbsoluteStr, UriAbsoluteString, UriReferenceStr, UriStr};
use std::collections::HashSet;

/// Which URIs a package may have, compared with the URI of its index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// URIs with the scheme, host and port of the index (RFC 6454 section 5), and with the same
    /// user information. A default port may be left out. An index at a `file:` URI may name any
    /// `file:` URI of the same host.
    #[default]
    SameOrigin,
    /// Any http or https URI with a host, but no http URI if the index was retrieved over https.
    Web,
    /// Any URI of any scheme. The caller checks each URI.
    Anywhere,
}

impl SnapshotIndexRef<'_> {
    /// Resolves the packages' URI references against the URI that the index was retrieved from, and
    /// allows only URIs of the same origin.
    ///
    /// Use a [`Resolver`] for another policy.
    ///
    /// # Errors
    ///
    /// Those of [`Resolver::new`] and [`Resolver::resolve`].
    pub fn resolve(&self, base: &str) -> Result<Resolved, Error> {
        Resolver::new(base)?.resolve(self)
    }
}

/// Resolves the packages' URI references (RFC 3986 section 5).
///
/// ```
/// use snapshot_index::{Policy, Resolver, SnapshotIndexRef};
///
/// let index = SnapshotIndexRef::parse(
///     r#"{"id":"a","started":1435019805885,"uris":["../p/0","//cdn.example.org/p/1"]}"#,
/// )?;
/// let base = "https://example.org/snapshot/index.json";
/// assert!(index.resolve(base).is_err());
///
/// let resolved = Resolver::new(base)?.policy(Policy::Web).resolve(&index)?;
/// assert_eq!(resolved.as_slice(), ["https://example.org/p/0", "https://cdn.example.org/p/1"]);
/// # Ok::<(), snapshot_index::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Resolver {
    base: UriAbsoluteString,
    policy: Policy,
    tolerance: Tolerance,
    limits: Limits,
}

impl Resolver {
    /// Starts with the URI that the index was retrieved from, after redirects.
    ///
    /// A fragment of the URI is ignored. The policy is [`Policy::SameOrigin`] and the tolerance is
    /// [`Tolerance::DRAFTS`].
    ///
    /// # Errors
    ///
    /// [`Rule::BaseSyntax`] if the base is not an absolute URI.
    pub fn new(base: &str) -> Result<Self, Error> {
        let (policy, tolerance, limits) = Default::default();
        let without_fragment = base.split_once('#').map_or(base, |split| split.0);
        match UriAbsoluteStr::new(without_fragment) {
            Ok(uri) => Ok(Self { base: uri.to_owned(), policy, tolerance, limits }),
            Err(_) => {
                let kind = ErrorKind::Rule(Rule::BaseSyntax);
                Err(Error::outside(kind, &limits, Place::Document, base.as_bytes()))
            }
        }
    }

    /// Sets which URIs packages may have.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets which violations are reported instead of refused.
    ///
    /// A resolver checks two rules of [`Level::Must`](crate::Level::Must):
    /// [`Rule::UriResolvedRepeated`] and [`Rule::UriSameDocument`]. It also finds an item that
    /// names the index by its URI; reading and [`check`](SnapshotIndexRef::check) find only an
    /// empty item and a fragment alone.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the limits. A resolver uses [`Limits::diagnostics`] alone.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Resolves every item of `uris`.
    ///
    /// A URI keeps its fragment. Repeated items stay, so that numbers stay the same: a repeated
    /// package has two numbers.
    ///
    /// # Errors
    ///
    /// - [`Rule::UriUnresolvable`] for an item that is not a URI reference, or that resolves to no
    ///   URI.
    /// - [`Rule::OtherAuthority`] for an item that resolves to a URI that the policy does not
    ///   allow.
    /// - Another violation that is not tolerated.
    pub fn resolve(&self, index: &SnapshotIndexRef<'_>) -> Result<Resolved, Error> {
        let mut report = Report::new(self.tolerance, self.limits.diagnostics);
        let uris =
            self.resolve_all(index, &mut report).map_err(|refused| index.refused(refused))?;
        Ok(Resolved { uris, diagnostics: report.into_diagnostics(index) })
    }

    fn resolve_all(
        &self,
        index: &SnapshotIndexRef<'_>,
        report: &mut Report,
    ) -> Result<Vec<String>, Refused> {
        let resolver = FixedBaseResolver::new(&self.base);
        let base: &UriStr = self.base.as_ref();
        let own = normal(base);
        let mut seen = HashSet::with_capacity(index.package_count());
        let mut uris = Vec::with_capacity(index.package_count());
        for (number, uri) in index.uris().enumerate() {
            let place = Place::Uri(number);
            let unresolvable = (Rule::UriUnresolvable, place);
            let reference = UriReferenceStr::new(uri).map_err(|_| unresolvable)?;
            let resolved = resolver.resolve(reference);
            resolved.ensure_rfc3986_normalizable().map_err(|_| unresolvable)?;
            let text = resolved.to_string();
            let target = UriStr::new(&text).map_err(|_| unresolvable)?;
            if !self.policy.allows(base, target) {
                return Err((Rule::OtherAuthority, place));
            }
            let key = normal(target);
            if key == own {
                report.violation(Rule::UriSameDocument, place)?;
            }
            if !seen.insert(key) {
                report.violation(Rule::UriResolvedRepeated, place)?;
            }
            uris.push(text);
        }
        Ok(uris)
    }
}

impl Policy {
    fn allows(self, base: &UriStr, target: &UriStr) -> bool {
        match self {
            Self::SameOrigin => Origin::of(base) == Origin::of(target),
            Self::Web => {
                let is_secure = |uri: &UriStr| uri.scheme_str().eq_ignore_ascii_case("https");
                let is_open = target.scheme_str().eq_ignore_ascii_case("http");
                let has_host =
                    target.authority_components().is_some_and(|at| !at.host().is_empty());
                has_host && (is_secure(target) || is_open && !is_secure(base))
            }
            Self::Anywhere => true,
        }
    }
}

/// The origin of a URI: two URIs have the same origin if these are equal.
#[derive(PartialEq)]
struct Origin {
    scheme: String,
    authority: Option<(Option<String>, String, Option<String>)>,
}

impl Origin {
    fn of(uri: &UriStr) -> Self {
        let scheme = uri.scheme_str().to_ascii_lowercase();
        let default_port = match &*scheme {
            "http" => Some("80"),
            "https" => Some("443"),
            _ => None,
        };
        let authority = uri.authority_components().map(|authority| {
            let port = authority.port().filter(|port| !port.is_empty()).or(default_port);
            let host = authority.host().to_ascii_lowercase();
            (authority.userinfo().map(str::to_owned), host, port.map(str::to_owned))
        });
        Self { scheme, authority }
    }
}

/// A URI in the form in which URIs are compared: normalised (RFC 3986 section 6.2.2), without its
/// fragment.
fn normal(uri: &UriStr) -> String {
    let mut text = uri.normalize().to_string();
    if let Some(fragment) = text.find('#') {
        text.truncate(fragment);
    }
    text
}

/// The packages' URIs in order, and the violations that were reported while resolving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    uris: Vec<String>,
    diagnostics: Diagnostics,
}

impl Resolved {
    /// The URIs in order. A package's number is the position of its URI, counted from 0.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.uris
    }

    /// The URI of the package with this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&str> {
        self.uris.get(number).map(String::as_str)
    }

    /// Iterates over the URIs.
    pub fn iter(&self) -> std::slice::Iter<'_, String> {
        self.uris.iter()
    }

    /// Gives the URIs, without the diagnostics.
    #[must_use]
    pub fn into_vec(self) -> Vec<String> {
        self.uris
    }

    /// The violations that were reported.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}

impl IntoIterator for Resolved {
    type Item = String;
    type IntoIter = std::vec::IntoIter<String>;

    fn into_iter(self) -> Self::IntoIter {
        self.uris.into_iter()
    }
}

impl<'r> IntoIterator for &'r Resolved {
    type Item = &'r String;
    type IntoIter = std::slice::Iter<'r, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
