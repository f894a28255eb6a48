//! The collection that each user has from the beginning, so that a client that knows nothing of bundles
//! can post at once.

use crate::server::document;
use crate::server::markup;
use crate::server::place::Place;
use crate::store::StoreError;
use crate::store::collections::{self, Kind, NewCollection, Visibility};
use crate::store::users;
use atom_fsm::app::{Accept, Collection};
use atom_fsm::interaction::ENTRY;
use rusqlite::Connection;

/// Its name in URIs.
const NAME: &str = "inbox";

/// Gives each user an inbox who was never given one.
///
/// # Errors
/// Those of SQLite.
pub fn provide(connection: &Connection, origin: &str) -> Result<(), StoreError> {
    for user in users::take_those_without_inbox(connection)? {
        let place = Place::Collection { user: user.name().to_owned(), collection: NAME.to_owned() };
        let mut collection = Collection::new("Inbox")
            .with_href(format!("{origin}{}", place.path()))
            .with_accept(Accept::new(ENTRY))
            .with_accept(Accept::new("*/*"));
        let (kind, visibility) = (Kind::Plain, Visibility::Private);
        markup::state(&mut collection, kind, visibility);
        let document = document::written(&collection).map_err(|_| StoreError::Missing)?;
        let new = NewCollection { name: NAME.to_owned(), kind, visibility, document };
        match collections::create(connection, user.id, &new, u64::MAX) {
            Ok(_) | Err(StoreError::Taken) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
