//! A page of the feed of a collection.

use crate::server::document;
use crate::server::markup;
use crate::server::refusal::Refusal;
use crate::store::collections::{Kind, StoredCollection};
use crate::store::members::{Cursor, Page, Start, View};
use crate::store::users::User;
use atom_fsm::Reader;
use atom_fsm::Tolerance;
use atom_fsm::app::Collection;
use atom_fsm::atom::{Date, Feed, Link, Person};
use atom_fsm::fsm::Bundle;
use atom_fsm::interaction::{FEED, feed_markup};
use http::StatusCode;

/// Reads which page a query asks for: none, `before=` or `after=` with a place.
pub(super) fn start(query: Option<&str>) -> Result<Start, Refusal> {
    let mut start = Start::Newest;
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let place = || {
            let detail = "no page begins there: follow the links of the feed";
            Cursor::parse(&value).ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, detail))
        };
        match &*name {
            "before" => start = Start::OlderThan(place()?),
            "after" => start = Start::NewerThan(place()?),
            _ => {}
        }
    }
    Ok(start)
}

/// Reads the document of a collection that is stored.
pub(super) fn collection(document: &[u8]) -> Result<Collection<'_>, Refusal> {
    let reader = Reader::new().tolerance(Tolerance::ALL);
    Ok(reader.read::<Collection<'_>>(document)?.into_document())
}

/// Writes a page. The stored entries are copied, and not read.
pub(super) fn written(
    uri: &str,
    service: &str,
    owner: &User,
    stored: &StoredCollection,
    view: View,
    start: &Start,
    page: &Page,
) -> Result<Vec<u8>, Refusal> {
    let collection = collection(&stored.document)?;
    let title = collection.title().cloned().unwrap_or_else(|| stored.name.clone().into());
    let updated = Date::from(match view {
        View::Owner => stored.modified,
        View::Others => stored.public_modified,
    });
    let mut feed = match stored.kind {
        Kind::Bundle => Bundle::new(stored.urn.clone(), title, updated, service).into_feed(),
        Kind::Plain => Feed::new()
            .with_id(stored.urn.clone())
            .with_title(title)
            .with_updated(updated)
            .with_link(Link::new(service).with_rel("service")),
    };
    feed.authors_mut().push(Person::new(owner.title().to_owned()));
    let at = |start: &Start| match start {
        Start::Newest => uri.to_owned(),
        Start::OlderThan(place) => format!("{uri}?before={place}"),
        Start::NewerThan(place) => format!("{uri}?after={place}"),
    };
    let newer = page.newer.clone().map(Start::NewerThan);
    let older = page.older.clone().map(Start::OlderThan);
    // RFC 5005 section 3. A feed on one page has no links to pages.
    let is_paged = *start != Start::Newest || older.is_some();
    let links = [
        ("self", Some(start)),
        ("first", is_paged.then_some(&Start::Newest)),
        ("previous", newer.as_ref()),
        ("next", older.as_ref()),
    ];
    for (relation, start) in links {
        if let Some(start) = start {
            feed.links_mut().push(Link::new(at(start)).with_rel(relation).with_type(FEED));
        }
    }
    let shown = feed_markup(&collection).filter(|element| {
        !markup::is_own(element) && (view == View::Owner || !markup::is_query(element))
    });
    feed.extensions_mut().extend(shown.cloned());
    let mut out = Vec::new();
    let (writer, _) = document::writer().feed(&feed, &mut out)?;
    page.entries.iter().for_each(|entry| document::append(&mut out, entry));
    writer.finish(&mut out)?;
    Ok(out)
}
