//! What a client receives on success.

use super::super::conditions::Validators;
use super::super::entity_tag::StrongTag;
use super::head::Head;
use super::strong::NoStrongValidator;
use crate::app::Collection;
use crate::atom::{Base, Entry, Feed, Link};
use crate::error::Error;
use crate::reporting::Diagnostics;
use http::header::{CONTENT_LOCATION, LOCATION};

/// A document that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received<T> {
    pub(super) value: T,
    pub(super) head: Head,
    pub(super) diagnostics: Diagnostics,
}

impl<T> Received<T> {
    /// The document.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The document.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// The head of the response.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The validators, for the next conditional GET.
    #[must_use]
    pub fn validators(&self) -> Validators {
        self.head.validators()
    }

    /// The entity tag that can guard the next edit or deletion.
    ///
    /// # Errors
    /// When the response has no strong entity tag. A proxy that compresses makes tags weak: the value
    /// says how to ask once more.
    pub fn strong_tag(&self) -> Result<StrongTag, NoStrongValidator> {
        let validators = self.validators();
        let none = || NoStrongValidator::new(self.head.uri(), validators.etag().cloned());
        validators.strong_tag().ok_or_else(none)
    }

    /// The violations that were tolerated in the document. A media type that is missing or wrong is
    /// [`Rule::ResponseType`](crate::Rule::ResponseType).
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }
}

impl Received<Feed<'_>> {
    /// The URI of the next page of the collection, resolved (RFC 5023 section 10.1). Pages may form a
    /// loop: a [`Walk`](crate::ext::Walk) with [`Follow::Pages`](crate::ext::Follow::Pages) visits each
    /// once, and limits their number.
    #[must_use]
    pub fn next_page(&self) -> Option<String> {
        let base = Base::new(self.head.uri()).within(self.value.common());
        resolved(&base, self.value.next_page()?)
    }
}

impl Received<Entry<'_>> {
    /// The URI where the entry can be edited: its `edit` link, resolved (RFC 5023 section 11.1).
    #[must_use]
    pub fn edit_uri(&self) -> Option<String> {
        link(&self.value, self.head.uri(), "edit")
    }

    /// The URI where the media resource of a media link entry can be edited: its `edit-media` link,
    /// resolved (RFC 5023 section 11.2).
    #[must_use]
    pub fn edit_media_uri(&self) -> Option<String> {
        link(&self.value, self.head.uri(), "edit-media")
    }
}

fn link(entry: &Entry<'_>, uri: &str, relation: &str) -> Option<String> {
    resolved(&Base::new(uri).within(entry.common()), entry.link(relation)?)
}

fn resolved(base: &Base, link: &Link<'_>) -> Option<String> {
    base.within(link.common()).resolve(link.href()?)
}

/// The representation in the response to a creation or an edit, which servers may leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "one response is held at a time")]
pub enum Representation<T> {
    /// There is none: 204, or an empty body.
    None,
    /// The document.
    Document(T, Diagnostics),
    /// Something else than the document that was expected, such as a page for people.
    Unreadable(Error),
}

impl<T> Representation<T> {
    /// The document, if there is one.
    #[must_use]
    pub fn document(&self) -> Option<&T> {
        match self {
            Self::Document(document, _) => Some(document),
            Self::None | Self::Unreadable(_) => None,
        }
    }
}

/// The response to a POST that was performed (RFC 5023 section 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created<T> {
    pub(super) head: Head,
    pub(super) representation: Representation<T>,
}

impl<T> Created<T> {
    /// The head of the response. The status is 201 as a rule; servers send 200 and 204 too.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The URI of what was created, resolved. Some servers send none.
    #[must_use]
    pub fn location(&self) -> Option<String> {
        self.head.location()
    }

    /// What the server sent.
    #[must_use]
    pub fn representation(&self) -> &Representation<T> {
        &self.representation
    }

    /// The document that the server sent, if there is one.
    #[must_use]
    pub fn document(&self) -> Option<&T> {
        self.representation.document()
    }

    /// The document, if it is what a GET of the Location would give: Content-Location says so, where it equals
    /// the Location character for character (RFC 5023 section 9.2). Otherwise only a GET gives the whole
    /// document, and the tag for the next edit.
    #[must_use]
    pub fn complete(&self) -> Option<&T> {
        self.location()?;
        let headers = self.head.headers();
        let is_same = headers.get(LOCATION) == headers.get(CONTENT_LOCATION);
        self.document().filter(|_| is_same)
    }
}

impl Created<Collection<'_>> {
    /// The URI of the collection: the Location, or else the href of the collection in the response, resolved.
    #[must_use]
    pub fn collection_uri(&self) -> Option<String> {
        let of_collection = || {
            let collection = self.document()?;
            Base::new(self.head.uri()).within(collection.common()).resolve(collection.href()?)
        };
        self.location().or_else(of_collection)
    }
}

impl Created<Entry<'_>> {
    /// The URI where the entry can be edited: the Location, or else the `edit` link of the entry in
    /// the response.
    #[must_use]
    pub fn edit_uri(&self) -> Option<String> {
        let of_entry = || link(self.document()?, self.head.uri(), "edit");
        self.location().or_else(of_entry)
    }

    /// The URI where the media resource of a new media link entry can be edited.
    #[must_use]
    pub fn edit_media_uri(&self) -> Option<String> {
        link(self.document()?, self.head.uri(), "edit-media")
    }
}

/// The response to a PUT that was performed (RFC 5023 section 5.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited<T> {
    pub(super) head: Head,
    pub(super) representation: Representation<T>,
}

impl<T> Edited<T> {
    /// The head of the response. A validator in it says that the server stored what was sent, octet for
    /// octet (RFC 9110 section 9.3.4). Without one, a GET is needed before the next edit.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// What the server sent.
    #[must_use]
    pub fn representation(&self) -> &Representation<T> {
        &self.representation
    }

    /// The document that the server sent, if there is one. It need not be what is stored now: see
    /// [`complete`](Self::complete).
    #[must_use]
    pub fn document(&self) -> Option<&T> {
        self.representation.document()
    }

    /// The document, if it is what a GET of the edited resource would give: Content-Location says so, where it
    /// names that resource (RFC 9110 section 8.7). Otherwise the document may be anything that the server has
    /// to say of the edit.
    #[must_use]
    pub fn complete(&self) -> Option<&T> {
        let uri = self.head.uri().split('#').next();
        self.document().filter(|_| self.head.content_location().as_deref() == uri)
    }
}
