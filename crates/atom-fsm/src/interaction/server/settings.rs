//! The server, with its settings.

use super::super::media::CollectionType;
use crate::limits::Limits;
use crate::reader::Reader;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use crate::settings::{Spelling, Stage};
use crate::writer::{Declaration, Writer};

/// Understands requests and builds responses. It stores nothing and does no IO.
///
/// ```
/// use atom_fsm::interaction::{Resource, Server, Target};
///
/// let (parts, ()) = http::Request::delete("/service").body(()).unwrap().into_parts();
/// let target = Target::new(Resource::ServiceDocument, "http://example.org/service");
/// let response = Server::new().expect(&parts, &target).unwrap_err();
/// assert_eq!(response.status(), 405);
/// assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS, POST");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Server {
    pub(super) limits: Limits,
    pub(super) tolerance: Tolerance,
    pub(super) collection_type: CollectionType,
    pub(super) demands_conditions: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            tolerance: Self::TOLERANCE,
            collection_type: CollectionType::default(),
            demands_conditions: false,
        }
    }
}

impl Server {
    /// What a server tolerates in what it stores: elements of Atom's and AtomPub's namespaces that the
    /// specifications do not define. They are foreign markup, which nobody must stop at (RFC 4287
    /// section 6.3).
    pub const TOLERANCE: Tolerance = Tolerance::STRICT.with(Rule::ElementUnexpected);

    /// Returns a server with the default limits, which demands no conditions: clients that have no
    /// entity tag send none.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how large a document, a media resource and a slug may be, and what is stored of a document
    /// ([`Limits::member_octets`], [`Limits::member_elements`]). The defaults are for reading feeds: a
    /// server sets fewer [`Limits::octets`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets which violations are stored. The default is [`Server::TOLERANCE`].
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the media type of the collections that are sent.
    pub fn collection_type(mut self, collection_type: CollectionType) -> Self {
        self.collection_type = collection_type;
        self
    }

    /// Refuses each PUT and DELETE that does not say which state it changes, by If-Match or
    /// If-Unmodified-Since, with 428 (RFC 6585 section 3).
    pub fn demand_conditions(mut self) -> Self {
        self.demands_conditions = true;
        self
    }

    /// The reader of what is submitted. What a server overwrites may be wrong, so everything is read that
    /// can be, and what would be stored is checked.
    pub(super) fn reader(&self) -> Reader {
        Reader::new().tolerance(Tolerance::ALL).limits(self.limits).stage(Stage::Submitted)
    }

    /// The reader of what is stored.
    pub(super) fn stored_reader(&self) -> Reader {
        Reader::new().tolerance(self.tolerance).limits(self.limits)
    }

    /// The limits for what stands in a document beside others of its kind: all namespaces of the others
    /// may be in scope there, and declared on its elements.
    pub(super) fn member_limits(&self) -> Limits {
        let (own, usual) = (self.limits, Limits::default());
        let elements = own.member_elements.min(own.elements);
        own.member_octets(own.member_octets.min(own.entry_octets))
            .member_elements(elements)
            .elements(elements)
            .octets(u64::MAX)
            .namespaces(own.namespaces.min(usual.namespaces) / 2)
            .attributes(own.attributes.min(usual.attributes) / 2)
            .namespace_octets(own.namespace_octets.min(usual.namespace_octets))
            .depth(own.depth.min(usual.depth).saturating_sub(1))
    }

    /// The writer of what stands in a document beside others.
    pub(super) fn standing_writer(&self, limits: &Limits) -> Writer {
        let mut writer = self.writer().limits(*limits);
        writer.settings.spelling = Spelling::Own;
        writer
    }

    pub(super) fn writer(&self) -> Writer {
        Writer::new().tolerance(self.tolerance).declaration(Declaration::Written)
    }
}
