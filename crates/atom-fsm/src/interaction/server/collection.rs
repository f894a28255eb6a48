//! What becomes of a collection that a client posts: one that can be stored, or a refusal.

use super::refusal::{refuse_document, refuse_rule};
use super::settings::Server;
use super::standing;
use crate::app::{Accept, Categories, Collection, Service, Workspace, media_range};
use crate::atom::{Base, Date, Feed, Person};
use crate::error::Error;
use crate::limits::Limits;
use crate::namespace;
use crate::reporting::Diagnostics;
use crate::rule::Rule;
use crate::xml::Element;
use http::{Response, StatusCode};

/// A collection that a client posts, read but not yet fit to be stored.
#[derive(Debug, Clone)]
pub struct PostedCollection {
    pub(super) collection: Collection<'static>,
    pub(super) diagnostics: Diagnostics,
    pub(super) base: String,
    pub(super) server: Server,
}

/// A collection as it is to be stored, which can be written into a service document.
#[derive(Debug, Clone)]
pub struct StoredCollection {
    collection: Collection<'static>,
    uri: String,
}

impl StoredCollection {
    /// The collection, whose href is its URI.
    #[must_use]
    pub fn collection(&self) -> &Collection<'static> {
        &self.collection
    }

    /// The collection.
    #[must_use]
    pub fn into_collection(self) -> Collection<'static> {
        self.collection
    }

    /// The URI of the collection.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }
}

/// The foreign markup of a collection that its feed may show: a bundle may be extended with metadata
/// (draft-wilde-fsm-00 section 2.2). Elements of Atom and AtomPub mean something else in a feed, and
/// tombstones (RFC 6721) and the elements of RFC 5005 speak of its entries, which are not all the client's
/// own: they are not among them.
pub fn feed_markup<'c, 'a>(
    collection: &'c Collection<'a>,
) -> impl Iterator<Item = &'c Element<'a>> {
    let is_foreign = |element: &&Element<'_>| {
        let of_feeds = [namespace::ATOM, namespace::APP, namespace::TOMBSTONES, namespace::HISTORY];
        !of_feeds.contains(&element.name().namespace())
    };
    collection.extensions().iter().filter(is_foreign)
}

type Refusal = Response<Vec<u8>>;

impl PostedCollection {
    /// The collection as the client sent it.
    #[must_use]
    pub fn collection(&self) -> &Collection<'static> {
        &self.collection
    }

    /// The collection, for a server that states something in it, such as who may read it. What is stored is
    /// checked with it.
    #[must_use]
    pub fn collection_mut(&mut self) -> &mut Collection<'static> {
        &mut self.collection
    }

    /// The violations in what the client sent.
    #[must_use]
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// Makes the collection that is stored at an absolute URI, or refuses it. `honours` says whether the
    /// server can store a media range of an accept element: [`media_range_includes`](crate::app::media_range_includes) compares them. The
    /// draft's slip `application/atom=xml` is given to it as `application/atom+xml`, and the violations
    /// have it ([`Rule::AcceptSyntax`]).
    ///
    /// A collection has at most a sixteenth of [`Limits::member_octets`](crate::Limits::member_octets) and
    /// of [`Limits::member_elements`](crate::Limits::member_elements): a service document has all of them.
    ///
    /// # Errors
    /// Returns the response to send: 400, with the rule that the collection would violate, the path, and
    /// the line in what was sent, if that is known; 413 when it would exceed a limit.
    #[allow(clippy::result_large_err, reason = "the response is to be sent, not passed on")]
    pub fn store(
        self,
        uri: &str,
        honours: impl Fn(&str) -> bool,
    ) -> Result<StoredCollection, Refusal> {
        let Self { collection, diagnostics, base, server } = self;
        let mut ranges = collection.accepts().iter().flat_map(Accept::ranges);
        let is_honoured = ranges.all(|range| honours(&media_range::mended(range)));
        drop(ranges);
        if !is_honoured {
            return Err(refuse_rule(StatusCode::BAD_REQUEST, Rule::AcceptUnsupported));
        }
        let mut collection = collection.with_href(uri.to_owned());
        let is_elsewhere = collection.categories().iter().any(|it| Categories::href(it).is_some());
        if collection.common().base().is_some() || is_elsewhere {
            let base = Base::new(&base).within(collection.common()).resolve("");
            if let Some(base) = base {
                let common = collection.common().clone().with_base(base);
                collection = collection.with_common(common);
            }
        }
        let limits = server.member_limits();
        let limits = limits
            .member_octets(limits.member_octets / 16)
            .member_elements(limits.member_elements / 16)
            .elements(limits.elements / 16);
        check(&collection, &server, &limits).map_err(|error| {
            let error = match error.rule() {
                Some(rule) => Error::built(rule, "/collection", ""),
                None => error,
            };
            refuse_document(&error, &limits, Some(&diagnostics))
        })?;
        Ok(StoredCollection { collection, uri: uri.to_owned() })
    }
}

/// Writes the collection into a service document and its foreign markup into a feed, and reads both
/// again.
fn check(collection: &Collection<'static>, server: &Server, limits: &Limits) -> Result<(), Error> {
    let workspace = Workspace::new("A").with_collection(collection.clone());
    let service = Service::new().with_workspace(workspace);
    standing::check(&service, server, limits, |reader, octets| {
        reader.read::<Service<'_>>(octets).map(drop)
    })?;
    let mut feed = Feed::new()
        .with_id("urn:uuid:00000000-0000-0000-0000-000000000000")
        .with_title(collection.title().cloned().unwrap_or_else(|| "A".into()))
        .with_updated(Date::new("2012-01-01T00:00:00Z"))
        .with_author(Person::new("A"));
    feed.extensions_mut().extend(feed_markup(collection).cloned());
    standing::check(&feed, server, limits, |reader, octets| {
        reader.read::<Feed<'_>>(octets).map(drop)
    })?;
    // The document of its own, which the response has.
    server.writer().write(collection, &mut Vec::new()).map(drop)
}
