//! How to read: what is reported instead of refused, and how much is taken.

use crate::limits::Limits;
use crate::links::Links;
#[cfg(feature = "http")]
use crate::links_in::LinksIn;
use crate::tolerance::Tolerance;

/// How to read Link fields: what is reported instead of refused, and how much is taken.
///
/// ```
/// use version_links::{ErrorKind, Reader, Rule, Tolerance};
///
/// let draft = b"</system/vh/84345634>; rel=version-history; anchor=</docs/test.txt>";
/// let mut lenient = Reader::new().links(draft);
/// assert_eq!(lenient.next().unwrap()?.anchor().as_deref(), Some("/docs/test.txt"));
/// assert_eq!(lenient.diagnostics().as_slice()[0].rule(), Rule::AnchorBrackets);
///
/// let mut strict = Reader::new().tolerance(Tolerance::STRICT).links(draft);
/// let error = strict.next().unwrap().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Rule(Rule::AnchorBrackets));
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[must_use]
pub struct Reader {
    tolerance: Tolerance,
    limits: Limits,
}

impl Reader {
    /// [`Tolerance::DRAFTS`] and the default [`Limits`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets which breaches are reported instead of refused.
    pub const fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets how much is taken before the reader refuses.
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads the links of one field value.
    pub fn links(self, value: &[u8]) -> Links<'_> {
        Links::new(value, self.tolerance, self.limits)
    }

    /// Reads the links of all Link fields of a message, in order.
    #[cfg(feature = "http")]
    pub fn links_in(self, headers: &http::HeaderMap) -> LinksIn<'_> {
        LinksIn::new(headers, self.links(b""), self.limits.fields)
    }
}

/// Reads the links of one field value, as [`Reader::new`] has it.
///
/// A link that cannot be read is an error in its place and loses no neighbour, so that
/// `links(value).flatten()` gives those that can be read, and
/// `links(value).collect::<Result<Vec<_>, _>>()` all or the first error.
///
/// ```
/// use version_links::links;
///
/// // The Link fields of one part of a change event feed, as a multipart reader gives them.
/// let fields: [&[u8]; 2] = [br#"</products/7628827272>;rel="about""#, br#"</changes/1234>;rel="self""#];
/// let mut found = fields.into_iter().flat_map(links).flatten();
/// let about = found.find(|link| link.has_rel("about"));
/// assert_eq!(about.map(|link| link.target()), Some("/products/7628827272"));
/// ```
pub fn links(value: &[u8]) -> Links<'_> {
    Reader::new().links(value)
}

/// Reads the links of all Link fields of a message, in order, as [`Reader::new`] has it.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::LINK};
///
/// let mut headers = HeaderMap::new();
/// headers.append(LINK, HeaderValue::from_static("</v/84345634/1>; rel=latest-version"));
/// headers.append(LINK, HeaderValue::from_static("</vh/84345634>; rel=version-history"));
/// let history = version_links::links_in(&headers).flatten().find(|link| link.has_rel("version-history"));
/// assert_eq!(history.map(|link| link.target()), Some("/vh/84345634"));
/// ```
#[cfg(feature = "http")]
pub fn links_in(headers: &http::HeaderMap) -> LinksIn<'_> {
    Reader::new().links_in(headers)
}
