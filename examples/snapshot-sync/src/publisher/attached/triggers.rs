//! What is put into the application's database: three triggers, their log, and the table that says
//! what is attached.

use super::attachment::Attachment;
use super::identifier::quoted;
use super::table::Table;
use crate::error::Error;
use rusqlite::{Connection, OptionalExtension, params};

/// The table that says what is attached. It marks the application's database.
pub(super) const ATTACHED: &str = "snapshot_sync_attached";
/// The log of keys.
pub(super) const LOG: &str = "snapshot_sync_log";
const TRIGGERS: [&str; 3] =
    ["snapshot_sync_insert", "snapshot_sync_update", "snapshot_sync_delete"];

/// All names that are used, of which the application may have none.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    [ATTACHED, LOG].into_iter().chain(TRIGGERS)
}

/// The columns of the log that hold a key. They have no type, so that SQLite converts no value.
pub(super) fn log_columns(table: &Table) -> String {
    let columns: Vec<_> = (0..table.key.len()).map(|index| format!("k{index}")).collect();
    columns.join(", ")
}

/// The statements that create the log.
///
/// The number of an entry is the largest one and 1, which holds although the oldest are removed: the
/// last one stays. `AUTOINCREMENT` would leave a table of SQLite's own behind.
fn create_log(table: &Table) -> String {
    format!(
        "CREATE TABLE {LOG} (number INTEGER PRIMARY KEY, mark, {});
         INSERT INTO {LOG} (mark) VALUES (random())",
        log_columns(table)
    )
}

/// The statements that create the triggers.
///
/// They use nothing that an SQLite of the last fifteen years lacks, and no function but `random` and
/// `max`. No constraint is on the log, and no conflict can arise in it, so that they do not fail
/// whatever the values are. A key that was changed counts as two, by octets and not by the collation
/// of its column.
pub(super) fn create_triggers(table: &Table, attachment: &Attachment) -> [String; 3] {
    let on = quoted(&table.name);
    let (columns, keep) = (log_columns(table), attachment.keep_changes.max(1));
    let key = |row: &str| {
        let values: Vec<_> =
            table.key.iter().map(|column| format!("{row}.{}", quoted(&column.name))).collect();
        values.join(", ")
    };
    let log =
        |row: &str| format!("INSERT INTO {LOG} (mark, {columns}) SELECT random(), {}", key(row));
    let trim =
        format!("DELETE FROM {LOG} WHERE number <= (SELECT max(number) FROM {LOG}) - {keep}");
    let differs: Vec<_> = table
        .key
        .iter()
        .map(|column| {
            let name = quoted(&column.name);
            format!("OLD.{name} IS NOT NEW.{name} COLLATE BINARY")
        })
        .collect();
    let [insert, update, delete] = TRIGGERS;
    [
        format!("CREATE TRIGGER {insert} AFTER INSERT ON {on} BEGIN {}; {trim}; END", log("NEW")),
        format!(
            "CREATE TRIGGER {update} AFTER UPDATE ON {on} BEGIN {} WHERE {}; {}; {trim}; END",
            log("OLD"),
            differs.join(" OR "),
            log("NEW")
        ),
        format!("CREATE TRIGGER {delete} AFTER DELETE ON {on} BEGIN {}; {trim}; END", log("OLD")),
    ]
}

/// Puts everything into the application's database, within a transaction of the caller. What was there
/// of an earlier time is replaced.
pub(super) fn create(
    connection: &Connection,
    table: &Table,
    attachment: &Attachment,
    feed: &str,
) -> Result<(), Error> {
    remove(connection)?;
    connection.execute_batch(&create_log(table))?;
    for sql in create_triggers(table, attachment) {
        connection.execute_batch(&sql)?;
    }
    connection.execute_batch(&format!("CREATE TABLE {ATTACHED} (feed TEXT, options TEXT)"))?;
    let options = serde_json::to_string(attachment).map_err(Error::Manifest)?;
    let insert = format!("INSERT INTO {ATTACHED} (feed, options) VALUES (?1, ?2)");
    connection.execute(&insert, params![feed, options])?;
    Ok(())
}

/// Takes everything away, within a transaction of the caller.
pub(super) fn remove(connection: &Connection) -> Result<(), Error> {
    for trigger in TRIGGERS {
        connection.execute_batch(&format!("DROP TRIGGER IF EXISTS {trigger}"))?;
    }
    for table in [LOG, ATTACHED] {
        connection.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
    }
    Ok(())
}

/// Whether the triggers and the log are there as they were made.
pub(super) fn are_there(
    connection: &Connection,
    table: &Table,
    attachment: &Attachment,
) -> Result<bool, Error> {
    let select = "SELECT sql FROM sqlite_schema WHERE name = ?1";
    let mut select = connection.prepare_cached(select)?;
    for (name, made) in TRIGGERS.iter().zip(create_triggers(table, attachment)) {
        let sql: Option<String> = select.query_row([name], |row| row.get(0)).optional()?;
        if sql.as_deref() != Some(&made) {
            return Ok(false);
        }
    }
    Ok(select.exists([LOG])?)
}

/// What is attached to a database, and the id of its feed.
pub(super) fn attached(connection: &Connection) -> Result<Option<(Attachment, String)>, Error> {
    let exists = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    if !connection.prepare(exists)?.exists([ATTACHED])? {
        return Ok(None);
    }
    let select = format!("SELECT options, feed FROM {ATTACHED}");
    let (options, feed): (String, String) =
        connection.query_row(&select, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some((serde_json::from_str(&options).map_err(Error::Manifest)?, feed)))
}
