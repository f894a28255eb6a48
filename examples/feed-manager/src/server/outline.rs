//! A bundle as OPML.

use crate::outline::{Queries, document};
use crate::server::feed;
use crate::server::find::Found;
use crate::server::limits::Limits;
use crate::server::place::Place;
use crate::server::refusal::Refusal;
use crate::server::site::Site;
use crate::store::collections::StoredCollection;
use crate::store::members::{self, Start};
use atom_fsm::atom::Feed;
use atom_fsm::fsm::Bundle;
use atom_fsm::{ErrorKind, Reader, Tolerance};
use http::StatusCode;
use rusqlite::Connection;

/// Writes the whole bundle as one document, in which OPML has no pages. `queries=included` in the query
/// asks for the queries of services, which only their owner gets.
pub(super) fn written(
    connection: &Connection,
    site: &Site,
    query: Option<&str>,
    found: &Found,
    stored: &StoredCollection,
) -> Result<Vec<u8>, Refusal> {
    let limits = &site.limits;
    let (view, start) = (found.view, &Start::Newest);
    let (entries, octets) = (limits.outline_entries, limits.outline_octets);
    let page = members::page(connection, stored.id, view, start, entries, octets)?;
    if page.older.is_some() {
        return Err(too_large(limits));
    }
    let (user, collection) = (found.owner.name().to_owned(), stored.name.clone());
    let service = site.uri(&Place::Service { user: user.clone() }.path());
    let uri = site.uri(&Place::Collection { user, collection }.path());
    let feed = feed::written(&uri, &service, &found.owner, stored, view, start, &page)?;
    let tolerance = Tolerance::ALL;
    // Each member is within the limits of a reader, and all of them together may not be.
    let within = |error: atom_fsm::Error| match error.kind() {
        ErrorKind::Limit(_) => too_large(limits),
        _ => error.into(),
    };
    let read = Reader::new().tolerance(tolerance).read::<Feed<'_>>(&feed).map_err(within)?;
    let (bundle, _) = Bundle::from_feed(read.into_document(), tolerance).map_err(within)?;
    let mut asked = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let is_asked = asked.any(|(name, value)| name == "queries" && value == "included");
    let queries = if is_asked { Queries::Included } else { Queries::LeftOut };
    document(&bundle, &uri, queries).map_err(within)
}

fn too_large(limits: &Limits) -> Refusal {
    let (entries, octets) = (limits.outline_entries, limits.outline_octets);
    let detail = format!(
        "the bundle has more than {entries} members or {octets} octets, or more elements than can be read \
         at once, which is the limit of its OPML"
    );
    Refusal::new(StatusCode::NOT_FOUND, detail)
}
