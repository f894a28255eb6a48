//! What an operator asks for when a table is attached. It is kept in the application's database.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A table that is published, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The table.
    pub table: String,
    /// The columns of its key; none stands for its primary key.
    pub key: Vec<String>,
    /// What of a row is the entity's state.
    pub body: Body,
    /// The media type of all entities.
    pub content_type: String,
    /// How often all rows are compared with what is published, in seconds; none if only the log
    /// counts.
    pub reconcile: Option<u64>,
    /// How many changes the log keeps. If the publisher was away for more, all rows are compared.
    pub keep_changes: u64,
}

/// What of a row is the entity's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// The value of a column, as it is.
    Column(String),
    /// These columns, as the members of a JSON object.
    Columns(Vec<String>),
    /// All columns that the table has, as the members of a JSON object.
    All,
}

impl Attachment {
    /// How many changes the log keeps by default: about 30 MB.
    pub const KEEP_CHANGES: u64 = 1_000_000;

    /// How often all rows are compared with what is published.
    #[must_use]
    pub fn every(&self) -> Option<Duration> {
        self.reconcile.map(Duration::from_secs)
    }
}
