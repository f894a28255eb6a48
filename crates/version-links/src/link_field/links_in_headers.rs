//! The links of all Link fields of a message.

use crate::error::Error;
use crate::limits::Limit;
use crate::link_field::link::Link;
use crate::link_field::links::Links;
use crate::reader::Reader;
use crate::reporting::Diagnostics;
#[cfg(feature = "http")]
use http::header::{HeaderMap, HeaderValue, LINK, ValueIter};

impl Reader {
    /// Reads the links of all Link fields of a message, in order.
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn links_in_headers(self, headers: &HeaderMap) -> LinksInHeaders<'_> {
        self.links_in_fields(FieldValues::of(headers))
    }

    /// Reads the links of several field values, in order: all Link fields of a message.
    ///
    /// ```
    /// use version_links::Reader;
    ///
    /// let fields: [&[u8]; 2] = [b"</v/1>; rel=latest-version", b"</vh>; rel=version-history"];
    /// let mut links = Reader::new().links_in_fields(fields).flatten();
    /// let history = links.find(|link| link.has_rel("version-history"));
    /// assert_eq!(history.map(|link| link.target()), Some("/vh"));
    /// ```
    pub fn links_in_fields<'a, V>(self, values: V) -> LinksInFields<'a, V::IntoIter>
    where
        V: IntoIterator<Item = &'a [u8]>,
    {
        LinksInFields {
            values: values.into_iter(),
            links: self.links(b""),
            value: b"",
            fields: 0,
            limit: self.limits.fields,
        }
    }
}

/// Reads the links of all Link fields of a message, in order, with the settings of [`Reader::new`].
///
/// The links are as they were written: relative, and, if they have an anchor, about another resource.
/// For the links of the document itself, resolved, use [`document_links`](crate::document_links).
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
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub fn links_in_headers(headers: &HeaderMap) -> LinksInHeaders<'_> {
    Reader::new().links_in_headers(headers)
}

/// The links of all Link fields of a message, in order.
///
/// It reads each field as [`Links`] does. Errors and diagnostics say which field they are about. A
/// limit that is exceeded ends the reading, and is the last item.
#[derive(Debug, Clone)]
#[must_use]
pub struct LinksInFields<'a, V> {
    values: V,
    links: Links<'a>,
    /// The value that is being read.
    value: &'a [u8],
    /// How many fields were begun, and how many there may be.
    fields: usize,
    limit: u64,
}

/// The links of all Link fields of an `http::HeaderMap`, in order.
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub type LinksInHeaders<'a> = LinksInFields<'a, FieldValues<'a>>;

/// The values of the Link fields of an `http::HeaderMap`, in order.
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
#[derive(Debug)]
pub struct FieldValues<'a>(ValueIter<'a, HeaderValue>);

#[cfg(feature = "http")]
impl<'a> FieldValues<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        Self(headers.get_all(LINK).into_iter())
    }
}

#[cfg(feature = "http")]
impl<'a> Iterator for FieldValues<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(HeaderValue::as_bytes)
    }
}

impl<'a, V> LinksInFields<'a, V> {
    /// The violations that were tolerated so far.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.links.diagnostics()
    }

    /// The violations that were tolerated.
    #[must_use]
    pub fn into_diagnostics(self) -> Diagnostics {
        self.links.diagnostics().clone()
    }

    /// The field that was begun last, and its value.
    pub(crate) fn field(&self) -> (usize, &'a [u8]) {
        (self.fields.saturating_sub(1), self.value)
    }
}

impl<'a, V: Iterator<Item = &'a [u8]>> Iterator for LinksInFields<'a, V> {
    type Item = Result<Link<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(link) = self.links.next() {
                return Some(link);
            }
            if self.links.is_stopped() {
                return None;
            }
            self.value = self.values.next()?;
            if !self.links.next_field(self.fields, self.value) {
                return None;
            }
            if self.fields as u64 == self.limit {
                return Some(Err(self.links.stop(Limit::Fields, 0)));
            }
            self.fields += 1;
        }
    }
}

impl<'a, V: std::iter::FusedIterator<Item = &'a [u8]>> std::iter::FusedIterator
    for LinksInFields<'a, V>
{
}

#[cfg(feature = "http")]
impl std::iter::FusedIterator for FieldValues<'_> {}
