//! Rows become entities.

use super::attachment::Attachment;
use super::body;
use super::key::{self, Value};
use super::table::Table;
use crate::error::Error;
use crate::publisher::store::{Copying, Entities};
use rusqlite::{Connection, Row, params_from_iter};

/// How the rows of a table become entities.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) connection: &'a Connection,
    pub(super) table: &'a Table,
    pub(super) selects: &'a Selects,
    pub(super) attachment: &'a Attachment,
    pub(super) entities: &'a Entities,
}

/// The statements that select the row with a key. They are made once: they are executed for each row.
#[derive(Debug)]
pub(super) struct Selects {
    one: String,
    key: String,
}

impl Selects {
    pub(super) fn of(table: &Table) -> Self {
        Self { one: table.select_one(), key: table.select_key() }
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// An entity has the row's state, or there is no entity as there is no row.
    Published,
    /// The row is not published: its key would make an id that is too long, or its state would be
    /// larger than an entity may be.
    TooLarge,
}

impl Rows<'_> {
    /// Publishes what the table has with this key, or that it has nothing.
    pub(super) fn publish(
        &self,
        copying: &mut Copying<'_>,
        key: &[Value],
    ) -> Result<Became, Error> {
        let Some(id) = key::id(&self.table.key, key) else { return Ok(Became::TooLarge) };
        let mut select = self.connection.prepare_cached(&self.selects.one)?;
        let mut rows = select.query(params_from_iter(key))?;
        if let Some(row) = rows.next()?
            // The collation of a column may take another key for this one.
            && self.key(row)?.as_deref() == Some(key)
        {
            return self.put(copying, row, &id);
        }
        copying.remove(&self.entities.name(&id))?;
        Ok(Became::Published)
    }

    /// Whether the table has a row with this key.
    pub(super) fn has(&self, key: &[Value]) -> Result<bool, Error> {
        let mut select = self.connection.prepare_cached(&self.selects.key)?;
        let mut rows = select.query(params_from_iter(key))?;
        // The collation of a column may take another key for this one.
        Ok(rows.next()?.map(|row| self.key(row)).transpose()?.flatten().as_deref() == Some(key))
    }

    /// Publishes a row of those that the table's statements select.
    pub(super) fn publish_row(
        &self,
        copying: &mut Copying<'_>,
        row: &Row<'_>,
    ) -> Result<(Option<Vec<Value>>, Became), Error> {
        let key = self.key(row)?;
        let id = key.as_deref().and_then(|key| key::id(&self.table.key, key));
        let became = match id {
            Some(id) => self.put(copying, row, &id)?,
            None => Became::TooLarge,
        };
        Ok((key, became))
    }

    fn put(&self, copying: &mut Copying<'_>, row: &Row<'_>, id: &str) -> Result<Became, Error> {
        let Table { key, columns, media_type, .. } = self.table;
        let values = (key.len()..key.len() + columns.len()).map(|index| row.get_ref(index));
        let values = values.collect::<Result<Vec<_>, _>>()?;
        let Attachment { body, .. } = self.attachment;
        let uri = self.entities.name(id);
        match body::state(body, media_type.as_str(), columns, &values) {
            Some(state) => copying.put(&uri, media_type, &state)?,
            None => {
                copying.remove(&uri)?;
                return Ok(Became::TooLarge);
            }
        }
        Ok(Became::Published)
    }

    fn key(&self, row: &Row<'_>) -> Result<Option<Vec<Value>>, Error> {
        key_of(row, 0, self.table.key.len())
    }

    /// The key that an entity has by its URI; none if it can be no row's.
    pub(super) fn key_of_uri(&self, uri: &str) -> Option<Vec<Value>> {
        let id = uri.strip_prefix(&self.entities.name(""))?;
        let key = key::key(&self.table.key, id)?;
        // The id may be one of a time when the columns were others.
        (key::id(&self.table.key, &key).as_deref() == Some(id)).then_some(key)
    }
}

/// Reads a key from a row; none if it contains NULL.
pub(super) fn key_of(
    row: &Row<'_>,
    first: usize,
    count: usize,
) -> Result<Option<Vec<Value>>, Error> {
    let mut key = Vec::with_capacity(count);
    for index in first..first + count {
        match Value::of(row.get_ref(index)?) {
            Some(value) => key.push(value),
            None => return Ok(None),
        }
    }
    Ok(Some(key))
}
