//! The resources of a server, and what may be done with each.

use crate::app::{Accept, Collection};
use http::Method;

/// The kind of resource that a request is for, which the server's router knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// The service document. Its URI also accepts new collections (draft-wilde-fsm-00 section 4.2).
    ServiceDocument,
    /// A category document.
    Categories,
    /// A collection of RFC 5023: it accepts any entry, and the media types of its accept elements.
    Collection,
    /// A bundle: a collection that accepts service entries and bundle references only. GET of its URI
    /// returns a feed; PUT accepts a collection.
    Bundle,
    /// A member of a collection that is not a media link entry.
    Member,
    /// A service entry in a bundle.
    ServiceEntry,
    /// A bundle reference, not the bundle that it refers to.
    BundleReference,
    /// A member that describes a media resource (RFC 5023 section 9.6).
    MediaLinkEntry,
    /// A media resource, at its edit-media URI.
    Media,
}

/// What a server's router knows of the resource that a request is for.
///
/// ```
/// use atom_fsm::app::{Accept, Collection};
/// use atom_fsm::interaction::{Resource, Target};
///
/// let pictures = Collection::new("Pictures").with_accept(Accept::new("image/*"));
/// let target = Target::new(Resource::Collection, "http://example.org/pictures").collection(&pictures);
/// assert_eq!(target.allow(), "GET, HEAD, OPTIONS, POST, PUT, DELETE");
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Target<'t> {
    resource: Resource,
    uri: &'t str,
    collection: Option<&'t Collection<'t>>,
    is_read_only: bool,
}

impl<'t> Target<'t> {
    /// Returns a resource at an absolute URI of http or https. References in what is posted are resolved
    /// against it. Under any other URI, [`Server::expect`](super::Server::expect) answers every request
    /// with 500.
    pub fn new(resource: Resource, uri: &'t str) -> Self {
        Self { resource, uri, collection: None, is_read_only: false }
    }

    /// Sets the collection that the resource is, or that it is a member of. Its accept elements decide
    /// what may be posted; without a collection, entries may.
    pub fn collection(mut self, collection: &'t Collection<'t>) -> Self {
        self.collection = Some(collection);
        self
    }

    /// Allows only what changes nothing.
    pub fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// The value of the field Allow: the methods that the resource supports (RFC 9110 section 10.2.1).
    #[must_use]
    pub fn allow(&self) -> &'static str {
        let accepts_nothing = self.collection.is_some_and(|collection| {
            let mut ranges = collection.accepts().iter().flat_map(Accept::ranges);
            !collection.accepts().is_empty() && ranges.next().is_none()
        });
        match self.resource {
            Resource::Categories => "GET, HEAD, OPTIONS",
            _ if self.is_read_only => "GET, HEAD, OPTIONS",
            Resource::ServiceDocument => "GET, HEAD, OPTIONS, POST",
            // RFC 5023 section 8.3.4: an empty accept element.
            Resource::Collection | Resource::Bundle if accepts_nothing => {
                "GET, HEAD, OPTIONS, PUT, DELETE"
            }
            Resource::Collection | Resource::Bundle => "GET, HEAD, OPTIONS, POST, PUT, DELETE",
            Resource::Member
            | Resource::ServiceEntry
            | Resource::BundleReference
            | Resource::MediaLinkEntry
            | Resource::Media => "GET, HEAD, OPTIONS, PUT, DELETE",
        }
    }

    /// The kind of the resource.
    #[must_use]
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// The URI of the resource.
    #[must_use]
    pub fn uri(&self) -> &'t str {
        self.uri
    }

    pub(super) fn allows(&self, method: &Method) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method.as_str())
    }

    pub(super) fn accepts(&self, media_type: &str) -> bool {
        match self.collection {
            Some(collection) => collection.accepts_type(media_type),
            None => Collection::default().accepts_type(media_type),
        }
    }

    /// Whether a media resource may have this type: any, where the collection is not known.
    pub(super) fn keeps(&self, media_type: &str) -> bool {
        self.collection.is_none_or(|collection| collection.accepts_type(media_type))
    }

    /// The media ranges that may be posted, for the field Accept.
    pub(super) fn accept_field(&self) -> String {
        let accepts = self.collection.map(Collection::accepts).unwrap_or_default();
        let ranges: Vec<_> = accepts.iter().flat_map(Accept::ranges).collect();
        if ranges.is_empty() { super::super::media::ENTRY.to_owned() } else { ranges.join(", ") }
    }
}
