//! Why a table of an application's database is not published, and what to do.

/// Why a table of an application's database is not published, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The database has no such table.
    #[error("it has no table {table}: name one of its tables with --table")]
    NoTable {
        /// The name that was given.
        table: String,
    },
    /// It is not an ordinary table, and SQLite has no triggers on it that see all its changes.
    #[error("{table} is a {kind}, of which no trigger sees the changes: attach a table")]
    NoOrdinaryTable {
        /// The table.
        table: String,
        /// What it is: a view, a virtual table, a table of SQLite or a table of a virtual table.
        kind: &'static str,
    },
    /// The table lacks a column.
    #[error("the table {table} has no column {column}")]
    NoColumn {
        /// The table.
        table: String,
        /// The name that was given.
        column: String,
    },
    /// No key was given, and the table has no primary key.
    #[error("the table {table} has no primary key: name the columns of a UNIQUE with --key")]
    NoKey {
        /// The table.
        table: String,
    },
    /// The columns of the key do not tell rows apart.
    #[error(
        "the columns {key} are neither the primary key of the table {table} nor those of a UNIQUE \
         (without WHERE, in the collations of the columns), so that they do not tell its rows apart"
    )]
    NotUnique {
        /// The table.
        table: String,
        /// The columns.
        key: String,
    },
    /// `OR REPLACE` may remove rows of which no trigger tells.
    #[error(
        "the table {table} has a second UNIQUE ({unique}), by which INSERT OR REPLACE removes rows \
         without a trigger: state how often all rows are compared with what is published, such as \
         --reconcile 1h"
    )]
    SecondUnique {
        /// The table.
        table: String,
        /// The constraint.
        unique: String,
    },
    /// `OR REPLACE` may remove a row of a key that its collation takes for the new one.
    #[error(
        "the key of the table {table} has the collation {collation}, by which INSERT OR REPLACE removes \
         rows of other keys without a trigger: state how often all rows are compared with what is \
         published, such as --reconcile 1h"
    )]
    Collation {
        /// The table.
        table: String,
        /// The collation.
        collation: String,
    },
    /// The application has a table or trigger of one of our names.
    #[error("the application has something of the name {name}, which is needed: rename it")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A table is attached already.
    #[error(
        "the table {table} is attached already: `publish` publishes it, `publish attach --resync` \
         renews its triggers, and `publish detach` ends it"
    )]
    AlreadyAttached {
        /// The table.
        table: String,
    },
    /// No table is attached.
    #[error("no table of it is attached: use `publish attach` first")]
    NotAttached,
    /// The triggers are not those that were made.
    #[error(
        "the table {table} was rebuilt or renamed, or its triggers were removed, so that changes may be \
         missing: use `publish attach --resync` when the application has finished that"
    )]
    Rebuilt {
        /// The table.
        table: String,
    },
    /// The file of the feed is missing, or it is another one.
    #[error(
        "{feed} is not the feed of its attached table: restore that file, or begin another feed with \
         `publish attach --resync`"
    )]
    OtherFeed {
        /// The file.
        feed: String,
    },
    /// A feed is left of an attach with other options, which a feed keeps.
    #[error(
        "{feed} is left of an attach that was interrupted, and has other options: attach with --entities \
         {entities} --page-events {page_events}, or remove that file"
    )]
    LeftOver {
        /// The file.
        feed: String,
        /// The path of its entities.
        entities: String,
        /// The limit on events in its archive documents.
        page_events: u64,
    },
    /// The file contains the feed of a table, and not what is published.
    #[error(
        "it is the feed of an attached table: name the application's database, which has the same name \
         without -feed"
    )]
    FeedItself,
    /// The content type is none.
    #[error("{content_type} is not a media type, such as application/json")]
    ContentType {
        /// The text that was given.
        content_type: String,
    },
    /// The file is no database of an application.
    #[error("it is a database of this program itself: name that of an application")]
    Ours,
}
