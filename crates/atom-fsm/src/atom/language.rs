//! The language in scope (RFC 4287 section 2, XML 1.0 section 2.12).

use super::common_attributes::Common;
use crate::namespace;
use crate::xml::Element;
use std::borrow::Cow;

/// The language of the texts in an element: that of the nearest `xml:lang` from the element up to the
/// root (RFC 4287 section 2).
///
/// ```
/// use atom_fsm::atom::{Feed, Language};
///
/// let feed = Feed::parse(
///     "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de'><title>Titel</title>\
///      <entry><title xml:lang='en'>Title</title><summary>Inhalt</summary></entry></feed>",
/// )?;
/// let of_feed = Language::default().within(feed.common());
/// let of_entry = of_feed.within(feed.entries()[0].common());
/// let title = feed.entries()[0].title().unwrap();
/// assert_eq!(of_entry.as_str(), Some("de"));
/// assert_eq!(of_entry.within(title.common()).as_str(), Some("en"));
/// # Ok::<(), atom_fsm::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Language<'a>(Option<Cow<'a, str>>);

impl<'a> Language<'a> {
    /// Returns the language of a document whose root has no `xml:lang`, such as one that the
    /// `Content-Language` of a response names. The default is that it is not known.
    pub fn new(language: impl Into<Cow<'a, str>>) -> Self {
        Self(Some(language.into())).known()
    }

    /// Returns the language within an element that has these attributes.
    #[must_use]
    pub fn within<'b>(&self, common: &'b Common<'_>) -> Language<'b>
    where
        'a: 'b,
    {
        self.under(common.lang())
    }

    /// Returns the language within an element of XHTML or of another vocabulary. In XHTML, the
    /// attribute `lang` counts where there is no `xml:lang`.
    #[must_use]
    pub fn within_element<'b>(&self, element: &'b Element<'_>) -> Language<'b>
    where
        'a: 'b,
    {
        let is_xhtml = namespace::same(element.name().namespace(), namespace::XHTML);
        let of_html = element.attribute("", "lang").filter(|_| is_xhtml);
        self.under(element.attribute(namespace::XML, "lang").or(of_html))
    }

    /// The language tag. `None` when the language is not known: no element around has an `xml:lang`,
    /// or the nearest is empty.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn under<'b>(&self, own: Option<&'b str>) -> Language<'b>
    where
        'a: 'b,
    {
        match own {
            Some(own) => Language(Some(Cow::Borrowed(own))).known(),
            None => self.clone(),
        }
    }

    fn known(self) -> Self {
        Self(self.0.filter(|language| !language.is_empty()))
    }
}
