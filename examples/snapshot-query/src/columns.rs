//! The columns of the table.

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A column of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Column {
    /// The Content-Location of the part, as it stands in its head.
    Location,
    /// The Content-Type of the part, as it stands in its head.
    ContentType,
    /// The number of octets of the body.
    Length,
    /// The Content-Digest of the part, as it stands in its head.
    ContentDigest,
    /// The body.
    Body,
    /// The URI of the package.
    Package,
    /// Where the head of the part begins, in octets from the start of the package.
    Offset,
}

/// How the column `body` is typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BodyType {
    /// As text. A body that is not UTF-8 fails the query.
    #[default]
    Text,
    /// As octets.
    Binary,
}

impl Column {
    /// All columns, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Location,
        Self::ContentType,
        Self::Length,
        Self::ContentDigest,
        Self::Body,
        Self::Package,
        Self::Offset,
    ];

    /// The name of the column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::ContentType => "content_type",
            Self::Length => "length",
            Self::ContentDigest => "content_digest",
            Self::Body => "body",
            Self::Package => "package",
            Self::Offset => "offset",
        }
    }

    /// The position of the column in the table.
    #[must_use]
    pub fn position(self) -> usize {
        Self::ALL.iter().position(|column| *column == self).unwrap_or_default()
    }

    fn field(self, body: BodyType) -> Field {
        let (data_type, nullable) = match self {
            Self::Location | Self::ContentType | Self::ContentDigest => (DataType::Utf8, true),
            Self::Length | Self::Offset => (DataType::Int64, false),
            Self::Package => (DataType::Utf8, false),
            Self::Body => match body {
                BodyType::Text => (DataType::Utf8, false),
                BodyType::Binary => (DataType::Binary, false),
            },
        };
        Field::new(self.name(), data_type, nullable)
    }
}

/// The schema of the table.
#[must_use]
pub fn schema(body: BodyType) -> SchemaRef {
    Arc::new(Schema::new(Column::ALL.map(|column| column.field(body)).to_vec()))
}

/// The schema of some columns of the table, in this order.
#[must_use]
pub(crate) fn schema_of(columns: &[Column], body: BodyType) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|column| column.field(body)).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_at_its_position() {
        for (position, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(column.position(), position);
            assert_eq!(schema(BodyType::Text).field(position).name(), column.name());
        }
        assert_eq!(schema(BodyType::Text).fields().len(), Column::ALL.len());
    }
}
