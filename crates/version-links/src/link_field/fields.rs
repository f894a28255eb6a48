//! Writing links to Link fields.

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::link_field::builder::verify;
use crate::link_field::link::LinkBuf;
use crate::relation::Relation;
#[cfg(feature = "http")]
use crate::rule::Rule;

/// Writes links to as many Link fields as they need, and no more than are allowed.
///
/// ```
/// use version_links::{LinkBuf, LinkFields, Relation};
///
/// let links = [
///     LinkBuf::builder("/system/v/84345634/1").rel(Relation::LATEST_VERSION).build()?,
///     LinkBuf::builder("/system/vh/84345634").rel(Relation::VERSION_HISTORY).build()?,
/// ];
/// assert_eq!(
///     LinkFields::new().values(&links)?,
///     ["</system/v/84345634/1>; rel=latest-version, </system/vh/84345634>; rel=version-history"]
/// );
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct LinkFields {
    limits: Limits,
    linkset: Option<LinkBuf>,
}

impl Default for LinkFields {
    fn default() -> Self {
        Self { limits: Limits::default().field_octets(4096).fields(8), linkset: None }
    }
}

impl LinkFields {
    /// Up to 8 fields of up to 4,096 octets, which any HTTP software takes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the most octets of one field's value. A link is never parted.
    pub fn field_octets(mut self, octets: u64) -> Self {
        self.limits = self.limits.field_octets(octets);
        self
    }

    /// Sets the most fields.
    pub fn fields(mut self, fields: u64) -> Self {
        self.limits = self.limits.fields(fields);
        self
    }

    /// Sets the most links. Default 1,024, as many as this crate's reader takes of a message.
    pub fn links(mut self, links: u64) -> Self {
        self.limits = self.limits.links(links);
        self
    }

    /// Sets the document of links that stands in for all of them when there are more than the
    /// fields hold (RFC 9264 section 6).
    ///
    /// # Errors
    /// When the target is no URI reference.
    pub fn linkset(mut self, target: &str) -> Result<Self, Error> {
        self.linkset = Some(LinkBuf::builder(target).rel(Relation::LINKSET).build()?);
        Ok(self)
    }

    /// The fields' values.
    ///
    /// # Errors
    /// The rule that a link breaks, if a strict reader would refuse it; [`Limit::FieldOctets`],
    /// [`Limit::Fields`] or [`Limit::Links`] when they do not fit and no linkset stands in for them.
    pub fn values(&self, links: &[LinkBuf]) -> Result<Vec<String>, Error> {
        match (self.fit(links), &self.linkset) {
            (Err(error), Some(linkset)) if is_limit(&error) => Ok(vec![linkset.to_string()]),
            (fitted, _) => fitted,
        }
    }

    /// The fields' values, to be set one by one.
    ///
    /// # Errors
    /// As [`values`](Self::values).
    #[cfg(feature = "http")]
    pub fn header_values(&self, links: &[LinkBuf]) -> Result<Vec<http::HeaderValue>, Error> {
        let header_value = |value: String| {
            http::HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| Error::violation(Rule::FieldControl, 0, 0, value.as_bytes()))
        };
        self.values(links)?.into_iter().map(header_value).collect()
    }

    /// Appends the fields to a message's head, or nothing if they do not fit.
    ///
    /// # Errors
    /// As [`values`](Self::values).
    #[cfg(feature = "http")]
    pub fn append_to(&self, links: &[LinkBuf], headers: &mut http::HeaderMap) -> Result<(), Error> {
        for value in self.header_values(links)? {
            headers.append(http::header::LINK, value);
        }
        Ok(())
    }

    fn fit(&self, links: &[LinkBuf]) -> Result<Vec<String>, Error> {
        let limits = &self.limits;
        let fits = |octets: usize| octets as u64 <= limits.field_octets;
        let mut values: Vec<String> = Vec::new();
        for (index, link) in links.iter().enumerate() {
            verify(link)?;
            let count = values.len();
            let unfit = |limit| Err(Error::unfit(limit, limits, count));
            if index as u64 >= limits.links {
                return unfit(Limit::Links);
            }
            let text = link.to_string();
            if !fits(text.len()) {
                return unfit(Limit::FieldOctets);
            }
            match values.last_mut() {
                Some(value) if fits(value.len() + ", ".len() + text.len()) => {
                    value.push_str(", ");
                    value.push_str(&text);
                }
                _ if count as u64 >= limits.fields => return unfit(Limit::Fields),
                _ => values.push(text),
            }
        }
        Ok(values)
    }
}

fn is_limit(error: &Error) -> bool {
    matches!(error.kind(), crate::error::ErrorKind::Limit(_))
}
