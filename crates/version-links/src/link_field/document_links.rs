//! The links of a document, with their targets resolved.

use crate::error::Error;
use crate::link_field::link::Link;
#[cfg(feature = "http")]
use crate::link_field::links_in_headers::FieldValues;
use crate::link_field::links_in_headers::LinksInFields;
use crate::link_field::relations::Relations;
use crate::reader::Reader;
use crate::reference::{Base, normal};
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use nom::Offset;
use std::fmt;

impl Reader {
    /// Reads the links of the document at this URI from the Link fields of a message.
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn document_links<'a>(
        self,
        uri: &str,
        headers: &'a http::HeaderMap,
    ) -> DocumentLinks<'a, FieldValues<'a>> {
        self.document_links_in_fields(uri, FieldValues::of(headers))
    }

    /// Reads the links of the document at this URI from the values of the Link fields of a message.
    ///
    /// ```
    /// use version_links::Reader;
    ///
    /// let fields: [&[u8]; 1] = [b"<?page=3>; rel=next, <?page=1>; rel=prev"];
    /// let mut links = Reader::new().document_links_in_fields("http://example.net/items?page=2", fields);
    /// let next = links.find_map(|link| link.ok().filter(|link| link.has_rel("next")));
    /// assert_eq!(next.unwrap().uri(), "http://example.net/items?page=3");
    /// ```
    pub fn document_links_in_fields<'a, V>(
        self,
        uri: &str,
        values: V,
    ) -> DocumentLinks<'a, V::IntoIter>
    where
        V: IntoIterator<Item = &'a [u8]>,
    {
        let base = Base::new(uri);
        let document = normal(base.uri().unwrap_or(uri)).into_owned();
        let links = self.links_in_fields(values);
        DocumentLinks { links, base, document, others: Vec::new() }
    }
}

/// Reads the links of the document at this URI from the Link fields of a message, with the settings
/// of [`Reader::new`].
///
/// The URI is the one that the document was found at, after redirects. Targets are resolved against
/// it. A link with an anchor that names another resource says nothing about the document, so it is
/// left out, and [`DocumentLinks::others`] has it. A link that cannot be read is an error in its
/// place.
///
/// ```
/// # let headers: http::HeaderMap = [(
/// #     http::header::LINK,
/// #     "</evil>; rel=next; anchor=\"/other\", <?page=3>; rel=next".parse().unwrap(),
/// # )].into_iter().collect();
/// let mut links = version_links::document_links("https://example.net/items?page=2", &headers);
/// let next = links.by_ref().flatten().find(|link| link.has_rel("next"));
/// assert_eq!(next.unwrap().uri(), "https://example.net/items?page=3");
/// assert_eq!(links.others()[0].anchor().as_deref(), Some("/other"));
/// ```
#[cfg(feature = "http")]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub fn document_links<'a>(
    uri: &str,
    headers: &'a http::HeaderMap,
) -> DocumentLinks<'a, FieldValues<'a>> {
    Reader::new().document_links(uri, headers)
}

/// The links of a document in order, with their targets resolved.
///
/// The time is linear in the length of the fields, and in the number of links times the length of the
/// document's URI.
#[derive(Debug, Clone)]
#[must_use]
pub struct DocumentLinks<'a, V> {
    links: LinksInFields<'a, V>,
    base: Base,
    /// The URI of the document in normal form.
    document: String,
    others: Vec<Link<'a>>,
}

impl<'a, V> DocumentLinks<'a, V> {
    /// The links that were left out so far because their anchors name other resources. Each has its
    /// [`anchor`](Link::anchor).
    #[must_use]
    pub fn others(&self) -> &[Link<'a>] {
        &self.others
    }

    /// The violations that were tolerated so far, also in the links that were left out.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        self.links.diagnostics()
    }

    /// Whether a link is about the document.
    fn is_about_document(&self, link: Link<'a>) -> Result<bool, Error> {
        let Some(anchor) = link.anchor() else { return Ok(true) };
        match self.base.resolve(&anchor) {
            Some(anchor) => Ok(normal(&anchor) == self.document),
            None => Err(self.unresolved(link, anchor.as_bytes())),
        }
    }

    #[cold]
    fn unresolved(&self, link: Link<'a>, found: &[u8]) -> Error {
        let (field, value) = self.links.field();
        let offset = value.offset(link.target().as_bytes()) as u64;
        Error::violation(Rule::ReferenceUnresolved, field, offset, found)
    }
}

impl<'a, V: Iterator<Item = &'a [u8]>> Iterator for DocumentLinks<'a, V> {
    type Item = Result<DocumentLink<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let link = match self.links.next()? {
                Ok(link) => link,
                Err(error) => return Some(Err(error)),
            };
            match self.is_about_document(link) {
                Ok(true) => {}
                Ok(false) => {
                    self.others.push(link);
                    continue;
                }
                Err(error) => return Some(Err(error)),
            }
            let resolved = self.base.resolve(link.target());
            let resolved = resolved.map(|uri| DocumentLink { link, uri });
            let unresolved = || self.unresolved(link, link.target().as_bytes());
            return Some(resolved.ok_or_else(unresolved));
        }
    }
}

impl<'a, V: std::iter::FusedIterator<Item = &'a [u8]>> std::iter::FusedIterator
    for DocumentLinks<'a, V>
{
}

/// A link of a document, with its target resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DocumentLink<'a> {
    link: Link<'a>,
    uri: String,
}

impl<'a> DocumentLink<'a> {
    /// The resolved target.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The resolved target.
    #[must_use]
    pub fn into_uri(self) -> String {
        self.uri
    }

    /// The link as it was written, with all its parameters.
    #[must_use]
    pub fn link(&self) -> Link<'a> {
        self.link
    }

    /// The relation types, in order. See [`Link::rel`].
    #[must_use]
    pub fn rel(&self) -> Relations<'a> {
        self.link.rel()
    }

    /// Whether the link has a relation type. See [`Link::has_rel`].
    #[must_use]
    pub fn has_rel(&self, relation: impl AsRef<str>) -> bool {
        self.link.has_rel(relation)
    }
}

impl fmt::Display for DocumentLink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.uri)
    }
}
