//! The scheme and authority of the URIs in the stored documents.

use crate::store::StoreError;
use rusqlite::{Connection, OptionalExtension as _};

/// Returns the scheme and authority of the URIs in the stored documents. `None` before a server has
/// served the database.
///
/// # Errors
/// Those of SQLite.
pub fn origin(connection: &Connection) -> Result<Option<String>, StoreError> {
    let found = connection.query_row("SELECT uri FROM origin", [], |row| row.get(0));
    Ok(found.optional()?)
}

/// Sets the scheme and authority of the URIs in the stored documents, once and for all.
///
/// # Errors
/// [`StoreError::Origin`] if the documents have others, and those of SQLite.
pub fn set_origin(connection: &Connection, given: &str) -> Result<(), StoreError> {
    match origin(connection)? {
        Some(known) if known == given => Ok(()),
        Some(known) => Err(StoreError::Origin { known, given: given.to_owned() }),
        None => {
            connection.execute("INSERT INTO origin (uri) VALUES (?1)", [given])?;
            Ok(())
        }
    }
}
