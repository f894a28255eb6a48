//! The origins that requests may go to.

use super::roots::{Root, Roots, http};
use crate::error::Error;
use reqwest::Url;

/// The origins (RFC 6454) that a replica sends requests to: that of its publisher, and those that
/// the caller allows, below the path that the caller names.
///
/// ```
/// use snapshot_sync::origin::Origins;
///
/// let origins = Origins::of("http://example.net/snapshots/latest")?;
/// assert!(origins.check("http://example.net:80/changes/latest").is_ok());
/// assert!(origins.check("https://example.net/changes/latest").is_err());
/// let origins = origins.and("https://packages.example.org/mirror")?;
/// assert!(origins.check("https://packages.example.org/mirror/0").is_ok());
/// assert!(origins.check("https://packages.example.org/other/0").is_err());
/// # Ok::<(), snapshot_sync::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Origins {
    home: Url,
    allowed: Vec<Root>,
}

impl Origins {
    /// Allows the origin of a start URI.
    ///
    /// # Errors
    /// [`Error::NotHttp`].
    pub fn of(start: &str) -> Result<Self, Error> {
        Ok(Self { home: http(start)?, allowed: Vec::new() })
    }

    /// Allows what is below another URI.
    ///
    /// # Errors
    /// [`Error::NotHttp`].
    pub fn and(mut self, uri: &str) -> Result<Self, Error> {
        self.allowed.push(Root::below(uri)?);
        Ok(self)
    }

    /// Refuses a URI whose origin is not allowed.
    ///
    /// # Errors
    /// [`Error::NotHttp`], [`Error::OtherOrigin`].
    pub fn check(&self, uri: &str) -> Result<(), Error> {
        let parsed = http(uri)?;
        let is_allowed = parsed.origin() == self.home.origin()
            || self.allowed.iter().any(|root| root.rest(parsed.as_str()).is_some());
        match is_allowed {
            true => Ok(()),
            false => Err(Error::OtherOrigin { uri: uri.to_owned() }),
        }
    }

    /// Whether a URI has the same origin as the start URI.
    #[must_use]
    pub fn is_home(&self, uri: &str) -> bool {
        http(uri).is_ok_and(|uri| uri.origin() == self.home.origin())
    }

    /// The roots of a publisher whose documents are in the directory of this one, and of what else
    /// is allowed.
    ///
    /// # Errors
    /// [`Error::NotHttp`].
    pub fn roots(&self, document: &str) -> Result<Roots, Error> {
        Ok(Roots::new(Root::directory_of(document)?, self.allowed.clone()))
    }

    /// The roots of a publisher that says nothing about its root: it is the path `/` of the origin of
    /// this document.
    ///
    /// # Errors
    /// [`Error::NotHttp`].
    pub fn roots_at_origin(&self, document: &str) -> Result<Roots, Error> {
        Ok(Roots::new(Root::origin_of(document)?, self.allowed.clone()))
    }
}
