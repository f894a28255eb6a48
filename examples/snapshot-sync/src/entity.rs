//! An entity, as the databases of both sides have it.

/// The media type of generated entities, and of all entities of version 0.1.
pub const ENTITY_TYPE: &str = "application/entity-images+json";

/// An entity in its current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its URI.
    pub uri: String,
    /// Its entity tag with its quotes; empty where none is known.
    pub etag: String,
    /// The media type of its state, with parameters.
    pub media_type: String,
    /// Its state.
    pub body: Vec<u8>,
}

/// Reads a row of `uri, etag, type, body`.
pub(crate) fn to_entity(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entity> {
    Ok(Entity { uri: row.get(0)?, etag: row.get(1)?, media_type: row.get(2)?, body: row.get(3)? })
}
