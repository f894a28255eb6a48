//! Entity tags and ids, which never repeat.

use atom_fsm::interaction::{EntityTag, Validators};
use chrono::{DateTime, Utc};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use uuid::Uuid;

/// The entity tag of one state of a resource: 122 random bits.
///
/// It says nothing of the order of states, so that it never repeats: not after a restart, and not
/// after a backup was restored, where a number that counts edits would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(u128);

impl Tag {
    /// Returns a tag that was never used before.
    #[must_use]
    pub fn unique() -> Self {
        Self(Uuid::new_v4().as_u128())
    }

    /// The validators of a resource in this state. What its owner gets and what others get have states of
    /// their own.
    #[must_use]
    pub fn validators(self, modified: DateTime<Utc>) -> Validators {
        let tag = EntityTag::strong(&format!("{:032x}", self.0));
        let validators = Validators::new().with_last_modified(modified);
        match tag {
            Some(tag) => validators.with_etag(tag),
            None => validators,
        }
    }
}

impl ToSql for Tag {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.to_be_bytes().to_vec()))
    }
}

impl FromSql for Tag {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(|octets| Self(u128::from_be_bytes(octets)))
    }
}

/// Whether a change changes what others see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seen {
    /// It does: what others see gets a new state.
    Changed,
    /// It does not: the state, and its date, say nothing of the change.
    Same,
}

/// Returns a new id for a feed or an entry.
#[must_use]
pub fn urn() -> String {
    Uuid::new_v4().urn().to_string()
}
