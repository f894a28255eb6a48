//! Answers to GET and HEAD.

use crate::outline::OPML;
use crate::server::answered::Answered;
use crate::server::feed;
use crate::server::find::{Found, What};
use crate::server::media::{Readers, protect};
use crate::server::outline;
use crate::server::place::Place;
use crate::server::refusal::Refusal;
use crate::server::service;
use crate::server::site::Site;
use crate::store::{collections, media_of, members};
use atom_fsm::interaction::{ENTRY, Expected, FEED, Outcome, SERVICE, Validators};
use http::header::CONTENT_LENGTH;
use rusqlite::Connection;

/// Answers with the resource. `validators` are those of the same state of the database.
pub(super) fn answer(
    connection: &Connection,
    site: &Site,
    query: Option<&str>,
    found: &Found,
    expected: &Expected,
    validators: &Validators,
) -> Result<Answered, Refusal> {
    let respond = |media_type: &str, octets: &[u8]| {
        let answer = expected.respond(Outcome::Octets(media_type, octets), validators)?;
        Ok(Answered::from(answer))
    };
    let owner = &found.owner;
    match &found.what {
        What::Service => {
            let collections = collections::list(connection, owner.id)?;
            respond(SERVICE, &service::written(owner, &collections, found.view)?)
        }
        What::Collection(stored) => {
            let start = feed::start(query)?;
            let limits = &site.limits;
            let page = members::page(
                connection,
                stored.id,
                found.view,
                &start,
                limits.page_entries,
                limits.page_octets,
            )?;
            let user = owner.name().to_owned();
            let service = site.uri(&Place::Service { user: user.clone() }.path());
            let place = Place::Collection { user, collection: stored.name.clone() };
            let uri = site.uri(&place.path());
            let document = feed::written(&uri, &service, owner, stored, found.view, &start, &page)?;
            respond(FEED, &document)
        }
        What::Outline(stored) => {
            respond(OPML, &outline::written(connection, site, query, found, stored)?)
        }
        What::Member(_, member) => {
            respond(ENTRY, member.octets(found.view).ok_or_else(Refusal::not_found)?)
        }
        What::Media(collection, member) => {
            let media = media_of(connection, member.id)?.ok_or_else(Refusal::not_found)?;
            let mut answered = respond(&media.media_type, b"")?;
            let headers = answered.answer.headers_mut();
            headers.insert(CONTENT_LENGTH, media.size.into());
            let readers = if collection.is_public() { Readers::Everyone } else { Readers::Owner };
            protect(headers, &media.media_type, readers);
            Ok(Answered { media: Some(media), ..answered })
        }
    }
}
