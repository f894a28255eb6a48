//! The links of all Link fields of a message.

use crate::error::Error;
use crate::limits::Limit;
use crate::link_field::link::Link;
use crate::link_field::links::Links;
use crate::reader::Reader;
use crate::reporting::Diagnostics;
use http::header::{HeaderMap, HeaderValue, LINK, ValueIter};

impl Reader {
    /// Reads the links of all Link fields of a message, in order.
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn links_in_headers(self, headers: &HeaderMap) -> LinksInHeaders<'_> {
        LinksInHeaders::new(headers, self.links(b""), self.limits.fields)
    }
}

/// Reads the links of all Link fields of a message, in order, with the settings of [`Reader::new`].
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::LINK};
///
/// let mut headers = HeaderMap::new();
/// headers.append(LINK, HeaderValue::from_static("</v/84345634/1>; rel=latest-version"));
/// headers.append(LINK, HeaderValue::from_static("</vh/84345634>; rel=version-history"));
/// let mut links = version_links::links_in_headers(&headers).flatten();
/// let history = links.find(|link| link.has_rel("version-history"));
/// assert_eq!(history.map(|link| link.target()), Some("/vh/84345634"));
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub fn links_in_headers(headers: &HeaderMap) -> LinksInHeaders<'_> {
    Reader::new().links_in_headers(headers)
}

/// The links of all Link fields of a message, in order.
///
/// It reads each field as [`Links`] does. Errors and diagnostics say which field they are about.
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug)]
#[must_use]
pub struct LinksInHeaders<'a> {
    values: ValueIter<'a, HeaderValue>,
    links: Links<'a>,
    /// How many fields were begun, and how many there may be.
    fields: usize,
    limit: u64,
}

impl<'a> LinksInHeaders<'a> {
    /// Starts with the links of an empty value.
    pub(crate) fn new(headers: &'a HeaderMap, links: Links<'a>, limit: u64) -> Self {
        Self { values: headers.get_all(LINK).into_iter(), links, fields: 0, limit }
    }

    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.links.diagnostics()
    }
}

impl<'a> Iterator for LinksInHeaders<'a> {
    type Item = Result<Link<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(link) = self.links.next() {
                return Some(link);
            }
            let value = self.values.next()?;
            if !self.links.next_field(self.fields, value.as_bytes()) {
                return None;
            }
            if self.fields as u64 == self.limit {
                return Some(Err(self.links.stop(Limit::Fields, 0)));
            }
            self.fields += 1;
        }
    }
}

impl std::iter::FusedIterator for LinksInHeaders<'_> {}
