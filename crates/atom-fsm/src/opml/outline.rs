//! The outline element.

use crate::xml::{Attribute, Element, SPACE};

/// An element of an outline: a feed, a reference to another list, a folder, or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline<'e, 'a>(&'e Element<'a>);

/// What an outline stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutlineKind {
    /// A feed: it has an `xmlUrl`, whatever its type.
    Feed,
    /// Another list, at its `url`: its type is `include`, or `link` with a URL that ends in `.opml`.
    Include,
    /// It contains outlines, and has no `xmlUrl`.
    Folder,
    /// Anything else, such as a link to a page, or a text alone.
    Other,
}

/// An attribute without a namespace, in its own case, or else in any case.
pub(super) fn attribute<'e>(element: &'e Element<'_>, local: &str) -> Option<&'e str> {
    let exact = element.attribute("", local);
    let found = exact.or_else(|| {
        let mut attributes = element.attributes().iter();
        let is_named = |name: &crate::xml::Name<'_>| {
            name.namespace().is_empty() && name.local().eq_ignore_ascii_case(local)
        };
        attributes.find(|it| is_named(it.name())).map(Attribute::value)
    });
    found.map(|value| value.trim_matches(SPACE)).filter(|value| !value.is_empty())
}

/// Whether an element has this name, in any case.
pub(super) fn is(element: &Element<'_>, local: &str) -> bool {
    let name = element.name();
    name.namespace().is_empty() && !name.is_unbound() && name.local().eq_ignore_ascii_case(local)
}

/// The outlines in an element.
pub(super) fn outlines<'e, 'a>(
    element: &'e Element<'a>,
) -> impl Iterator<Item = Outline<'e, 'a>> + 'e {
    element.children().filter(|child| is(child, "outline")).map(Outline)
}

impl<'e, 'a> Outline<'e, 'a> {
    /// What the outline stands for.
    #[must_use]
    pub fn kind(self) -> OutlineKind {
        if self.xml_url().is_some() {
            return OutlineKind::Feed;
        }
        let is = |known: &str| self.type_().is_some_and(|type_| type_.eq_ignore_ascii_case(known));
        let is_list = |url: &str| {
            url.len() >= 5
                && url.is_char_boundary(url.len() - 5)
                && url[url.len() - 5..].eq_ignore_ascii_case(".opml")
        };
        match self.url() {
            Some(url) if is("include") || is("link") && is_list(url) => OutlineKind::Include,
            _ if self.outlines().next().is_some() => OutlineKind::Folder,
            // A folder that somebody emptied has no type.
            _ if self.url().is_none()
                && (self.type_().is_none() || is("rss"))
                && self.html_url().is_none() =>
            {
                OutlineKind::Folder
            }
            _ => OutlineKind::Other,
        }
    }

    /// What is shown: the text, or where there is none, the title.
    #[must_use]
    pub fn text(self) -> Option<&'e str> {
        attribute(self.0, "text").or_else(|| attribute(self.0, "title"))
    }

    /// The type, such as `rss` or `include`.
    #[must_use]
    pub fn type_(self) -> Option<&'e str> {
        attribute(self.0, "type")
    }

    /// The URL of a feed.
    #[must_use]
    pub fn xml_url(self) -> Option<&'e str> {
        attribute(self.0, "xmlUrl")
    }

    /// The URL of the page that a feed belongs to.
    #[must_use]
    pub fn html_url(self) -> Option<&'e str> {
        attribute(self.0, "htmlUrl")
    }

    /// The URL of an included list, or of a link.
    #[must_use]
    pub fn url(self) -> Option<&'e str> {
        attribute(self.0, "url")
    }

    /// The description of a feed.
    #[must_use]
    pub fn description(self) -> Option<&'e str> {
        attribute(self.0, "description")
    }

    /// The outlines in it, in document order.
    pub fn outlines(self) -> impl Iterator<Item = Outline<'e, 'a>> + 'e {
        outlines(self.0)
    }

    /// The element, with what has no accessor.
    #[must_use]
    pub fn as_element(self) -> &'e Element<'a> {
        self.0
    }
}
