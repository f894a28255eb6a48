//! Comparing the publisher's database with the replica's, row by row.

use crate::entity::{Entity, to_entity};
use crate::error::Error;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// The result of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The publisher's side.
    pub publisher: Summary,
    /// The replica's side.
    pub replica: Summary,
    /// The URI of the first entity that differs.
    pub first_difference: Option<String>,
    /// The number of entities that differ.
    pub differences: u64,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The number of entities.
    pub count: u64,
    /// The SHA-256 of all of them, in order of their URIs, as hexadecimal digits.
    pub digest: String,
}

impl Comparison {
    /// Whether both sides contain the same entities.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.differences == 0 && self.publisher == self.replica
    }
}

/// Compares two databases that each have an `entity` table. One row of each is in memory at a time.
///
/// # Errors
/// [`Error::Database`].
pub fn compare(publisher: &Connection, replica: &Connection) -> Result<Comparison, Error> {
    const ROWS: &str = "SELECT uri, coalesce(etag, ''), type, body FROM entity ORDER BY uri";
    let (mut left, mut right) = (publisher.prepare(ROWS)?, replica.prepare(ROWS)?);
    let (mut left, mut right) = (Side::new(&mut left)?, Side::new(&mut right)?);
    let (mut first_difference, mut differences) = (None, 0);
    loop {
        let uri = match (&left.row, &right.row) {
            (None, None) => break,
            (Some(one), None) | (None, Some(one)) => one.uri.clone(),
            (Some(one), Some(other)) => one.uri.clone().min(other.uri.clone()),
        };
        if left.row != right.row {
            differences += 1;
            first_difference.get_or_insert_with(|| uri.clone());
        }
        left.pass(&uri)?;
        right.pass(&uri)?;
    }
    let (publisher, replica) = (left.summary(), right.summary());
    Ok(Comparison { publisher, replica, first_difference, differences })
}

struct Side<'a> {
    rows: rusqlite::Rows<'a>,
    row: Option<Entity>,
    count: u64,
    digest: Sha256,
}

impl<'a> Side<'a> {
    fn new(statement: &'a mut rusqlite::Statement<'_>) -> Result<Self, Error> {
        let mut side =
            Self { rows: statement.query([])?, row: None, count: 0, digest: Sha256::new() };
        side.row = side.rows.next()?.map(to_entity).transpose()?;
        Ok(side)
    }

    /// Advances to the next row if this one has that URI.
    fn pass(&mut self, uri: &str) -> Result<(), Error> {
        let Some(row) = self.row.take_if(|row| row.uri == uri) else { return Ok(()) };
        self.count += 1;
        let text = [&row.uri, &row.etag, &row.media_type].map(String::as_bytes);
        for field in text.into_iter().chain([&*row.body]) {
            self.digest.update((field.len() as u64).to_be_bytes());
            self.digest.update(field);
        }
        self.row = self.rows.next()?.map(to_entity).transpose()?;
        Ok(())
    }

    fn summary(self) -> Summary {
        Summary { count: self.count, digest: format!("{:x}", self.digest.finalize()) }
    }
}
