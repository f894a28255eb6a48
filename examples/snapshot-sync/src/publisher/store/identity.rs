//! What makes a feed the same feed, and the run that continues it.

use super::entities::Entities;
use super::event_id::RunId;
use crate::error::Error;
use rusqlite::{Connection, types::Type};

/// The identity of a feed, which stays the same as long as its database exists, and its current run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedIdentity {
    /// The id of the feed, which differs from that of any other feed.
    pub id: String,
    /// The secret from which its boundaries are made: clients cannot predict them, but the same
    /// document always has the same one.
    pub secret: [u8; 16],
    /// The run of the publisher that issues its next events.
    pub run: RunId,
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
    pub(super) fn read(connection: &Connection, run: RunId) -> Result<Self, Error> {
        let select = "SELECT id, secret, page_events, entities FROM feed";
        Ok(connection.query_row(select, [], |row| {
            let (id, secret, page_events) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let entities = row.get::<_, String>(3)?.parse();
            let broken =
                |error| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(error));
            Ok(Self { id, secret, run, page_events, entities: entities.map_err(broken)? })
        })?)
    }
}
