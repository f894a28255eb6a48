//! What makes a feed the same feed.

use super::entities::Entities;
use crate::error::Error;
use rusqlite::{Connection, types::Type};

/// The identity of a feed, which stays the same as long as its database exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedIdentity {
    /// A part of its event ids and entity tags, which differ from those of any other feed.
    pub id: String,
    /// The secret from which its boundaries are made: clients cannot predict them, but the same
    /// document always has the same one.
    pub secret: [u8; 16],
    /// The limit on events in an archive document.
    pub page_events: u64,
    /// The path of its entities.
    pub entities: Entities,
}

impl FeedIdentity {
    /// Reads the identity of a database's feed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(super) fn read(connection: &Connection) -> Result<Self, Error> {
        let select = "SELECT id, secret, page_events, entities FROM feed";
        Ok(connection.query_row(select, [], |row| {
            let (id, secret, page_events) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let entities = row.get::<_, String>(3)?.parse();
            let broken =
                |error| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(error));
            Ok(Self { id, secret, page_events, entities: entities.map_err(broken)? })
        })?)
    }
}
