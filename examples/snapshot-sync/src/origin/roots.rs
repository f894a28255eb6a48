//! Roots: URIs below which everything has a name.

use super::reference::resolve;
use crate::error::Error;
use iri_string::types::UriStr;
use reqwest::Url;

/// A URI of http or https whose path ends with a slash, without a query, in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    uri: String,
    /// Where the path begins in the URI.
    path_at: usize,
}

impl Root {
    /// The root of what is below a URI: its path is a directory.
    pub(super) fn below(uri: &str) -> Result<Self, Error> {
        let parsed = http(uri)?;
        let path = parsed.path().strip_suffix('/').unwrap_or(parsed.path());
        Ok(Self::new(&parsed, &format!("{path}/")))
    }

    /// The directory that a document is in.
    pub(super) fn directory_of(document: &str) -> Result<Self, Error> {
        let parsed = http(document)?;
        let end = parsed.path().rfind('/').map_or(0, |slash| slash + 1);
        Ok(Self::new(&parsed, &parsed.path()[..end]))
    }

    /// The path `/` of a document's origin.
    pub(super) fn origin_of(document: &str) -> Result<Self, Error> {
        Ok(Self::new(&http(document)?, "/"))
    }

    fn new(uri: &Url, path: &str) -> Self {
        let origin = uri.origin().ascii_serialization();
        Self { uri: format!("{origin}{path}"), path_at: origin.len() }
    }

    pub(super) fn path(&self) -> &str {
        &self.uri[self.path_at..]
    }

    /// What of a URI in its normal form is below the root.
    pub(super) fn rest<'u>(&self, uri: &'u str) -> Option<&'u str> {
        uri.strip_prefix(&self.uri)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.rest(&other.uri).is_some() || other.rest(&self.uri).is_some()
    }
}

/// The roots below which entities and documents have names: that of the publisher, and those of
/// what else is allowed. The same name below any of them is the same thing.
///
/// ```
/// use snapshot_sync::origin::Origins;
///
/// let origins = Origins::of("http://example.net/a/snapshots/latest")?;
/// let roots = origins.roots("http://example.net/a/timeline")?;
/// assert_eq!(roots.name_of("http://example.net/a/entities/x").as_deref(), Some("/entities/x"));
/// assert_eq!(roots.name_of("http://example.net/b/entities/x"), None);
/// assert_eq!(roots.uri_of("/entities/x"), "http://example.net/a/entities/x");
/// # Ok::<(), snapshot_sync::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roots {
    home: Root,
    others: Vec<Root>,
}

impl Roots {
    pub(super) fn new(home: Root, mut others: Vec<Root>) -> Self {
        others.retain(|other| *other != home);
        Self { home, others }
    }

    /// The publisher's root.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home.uri
    }

    /// The name of a URI: its path below the root that it is in, with its query; none if it is in no
    /// root. The publisher's root comes first.
    #[must_use]
    pub fn name_of(&self, uri: &str) -> Option<String> {
        self.located(&resolve(self.home(), uri).ok()?)
    }

    /// The URI of a name, below the publisher's root.
    #[must_use]
    pub fn uri_of(&self, name: &str) -> String {
        format!("{}{}", self.home.uri, name.strip_prefix('/').unwrap_or(name))
    }

    /// Refuses a URI that is in no root.
    ///
    /// # Errors
    /// [`Error::Outside`], which says that `document` refers to the URI.
    pub fn check(&self, document: &str, uri: &str) -> Result<(), Error> {
        match self.name_of(uri) {
            Some(_) => Ok(()),
            None => Err(Error::Outside {
                reference: uri.to_owned(),
                document: document.to_owned(),
                root: self.home().to_owned(),
            }),
        }
    }

    /// The name of a URI without dot segments and without a fragment.
    pub(super) fn located(&self, uri: &str) -> Option<String> {
        let below = |uri: &str| {
            let mut roots = std::iter::once(&self.home).chain(&self.others);
            roots.find_map(|root| root.rest(uri)).map(|rest| format!("/{rest}"))
        };
        // A URI may spell its scheme and authority in another way.
        below(uri).or_else(|| below(&normal(uri)?))
    }

    /// The path of the only root that a URI can be in; none if it is in none, or if roots overlap.
    pub(super) fn only_path(&self, uri: &str) -> Option<&str> {
        let all = || std::iter::once(&self.home).chain(&self.others);
        let root = all().find(|root| root.rest(uri).is_some())?;
        (all().filter(|other| root.overlaps(other)).count() == 1).then(|| root.path())
    }
}

/// A URI with its scheme and authority in their normal form (RFC 3986 section 6.2.2). Its path and
/// query are part of a name, and stay as they are. None if it is not one of http or https, or if it
/// names a user.
fn normal(uri: &str) -> Option<String> {
    let parsed = UriStr::new(uri).ok()?;
    parsed.authority_components().filter(|authority| authority.userinfo().is_none())?;
    let origin = http(uri).ok()?.origin().ascii_serialization();
    let rest_at = parsed.scheme_str().len() + "://".len() + parsed.authority_str()?.len();
    let rest = uri.get(rest_at..)?;
    let slash = if rest.starts_with('/') { "" } else { "/" };
    Some(format!("{origin}{slash}{rest}"))
}

pub(super) fn http(uri: &str) -> Result<Url, Error> {
    let parsed = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.ok_or_else(|| Error::NotHttp { uri: uri.to_owned() })
}
