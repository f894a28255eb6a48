//! The table as it is: its key, its columns, and why it may be refused.

use super::attachment::{Attachment, Body};
use super::identifier::quoted;
use super::key::KeyColumn;
use crate::error::Error;
use crate::publisher::store::MediaType;
use crate::refusal::Refusal;
use rusqlite::{Connection, OptionalExtension};

/// A table that can be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// Its name, as the database has it.
    pub(super) name: String,
    /// The columns of the key, in the order of the index that they have.
    pub(super) key: Vec<KeyColumn>,
    /// The columns of which the state is made.
    pub(super) columns: Vec<String>,
    pub(super) media_type: MediaType,
}

struct Column {
    name: String,
    has_text_affinity: bool,
    /// Its place in the primary key, from 1; 0 if it is none of its columns.
    primary: u32,
}

/// A constraint by which rows differ.
struct Unique {
    name: String,
    /// The columns; none stands for an expression.
    columns: Vec<Option<String>>,
    is_partial: bool,
    /// A collation that takes different values for one.
    collation: Option<String>,
}

/// Looks at the table of an attachment. Nothing is written.
///
/// # Errors
/// A [`Refusal`] if it cannot be published as the attachment says; [`Error::Database`].
pub(super) fn inspect(
    connection: &Connection,
    attachment: &Attachment,
) -> Result<Result<Table, Refusal>, Error> {
    let Attachment { table: given, content_type, .. } = attachment;
    let select = "SELECT name, type FROM pragma_table_list
                  WHERE schema = 'main' AND name = ?1 COLLATE NOCASE";
    let found = connection.query_row(select, [given], |row| Ok((row.get(0)?, row.get(1)?)));
    let Some((table, kind)): Option<(String, String)> = found.optional()? else {
        return Ok(Err(Refusal::NoTable { table: given.clone() }));
    };
    let kind = match kind.as_str() {
        "table" if table.starts_with("sqlite_") => Some("table of SQLite itself"),
        "table" if is_shadow(connection, &table)? => Some("table of a virtual table"),
        "table" => None,
        "view" => Some("view"),
        "virtual" => Some("virtual table"),
        _ => Some("table of a virtual table"),
    };
    if let Some(kind) = kind {
        return Ok(Err(Refusal::NoOrdinaryTable { table, kind }));
    }
    let columns = columns(connection, &table)?;
    let uniques = uniques(connection, &table, &columns)?;
    let media_type = MediaType::parse(content_type.as_bytes());
    let chosen = || -> Result<Table, Refusal> {
        let column = |given: &String| {
            let found = columns.iter().find(|column| column.name.eq_ignore_ascii_case(given));
            found.ok_or_else(|| Refusal::NoColumn { table: table.clone(), column: given.clone() })
        };
        let key = key(&table, attachment, &columns, &uniques)?;
        let key = key.iter().map(|name| {
            let Column { name, has_text_affinity, .. } = column(name)?;
            Ok(KeyColumn { name: name.clone(), has_text_affinity: *has_text_affinity })
        });
        let names = match &attachment.body {
            Body::Column(name) => vec![column(name)?],
            Body::Columns(names) => names.iter().map(column).collect::<Result<_, _>>()?,
            Body::All => columns.iter().collect(),
        };
        let media_type = media_type
            .ok_or_else(|| Refusal::ContentType { content_type: content_type.clone() })?;
        Ok(Table {
            name: table.clone(),
            key: key.collect::<Result<_, _>>()?,
            columns: names.into_iter().map(|column| column.name.clone()).collect(),
            media_type,
        })
    };
    let chosen = match chosen() {
        Ok(chosen) => chosen,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // Rows that are read in the order of the key must not be sorted each time.
    let explained = format!("EXPLAIN QUERY PLAN {}", chosen.select_after(true, 1));
    let mut plan = connection.prepare(&explained)?;
    let nulls = vec![rusqlite::types::Null; plan.parameter_count()];
    let mut steps = plan.query(rusqlite::params_from_iter(nulls))?;
    while let Some(step) = steps.next()? {
        if step.get::<_, String>(3)?.contains("TEMP B-TREE") {
            return Ok(Err(not_unique(&chosen.name, chosen.key.iter().map(|it| &it.name))));
        }
    }
    Ok(Ok(chosen))
}

impl Table {
    fn list(&self) -> String {
        let names = self.key.iter().map(|column| &column.name).chain(&self.columns);
        names.map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
    }

    fn key_list(&self) -> String {
        self.key.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Selects the key's columns and the state's of the row with a key.
    pub(super) fn select_one(&self) -> String {
        let is: Vec<_> = self.key.iter().map(|it| format!("{} = ?", quoted(&it.name))).collect();
        format!("SELECT {} FROM {} WHERE {}", self.list(), quoted(&self.name), is.join(" AND "))
    }

    /// Selects the key's columns of the row with a key.
    pub(super) fn select_key(&self) -> String {
        let is: Vec<_> = self.key.iter().map(|it| format!("{} = ?", quoted(&it.name))).collect();
        format!("SELECT {} FROM {} WHERE {}", self.key_list(), quoted(&self.name), is.join(" AND "))
    }

    /// Selects the key's columns and the state's of the first rows in the order of the key, or of those behind a key. A row whose
    /// key contains NULL is not among them.
    pub(super) fn select_after(&self, has_begun: bool, most: usize) -> String {
        let (list, table, key) = (self.list(), quoted(&self.name), self.key_list());
        let some: Vec<_> =
            self.key.iter().map(|it| format!("{} IS NOT NULL", quoted(&it.name))).collect();
        let values = vec!["?"; self.key.len()].join(", ");
        let after = if has_begun { format!(" AND ({key}) > ({values})") } else { String::new() };
        format!(
            "SELECT {list} FROM {table} WHERE {}{after} ORDER BY {key} LIMIT {most}",
            some.join(" AND ")
        )
    }

    /// Counts the rows whose key contains NULL.
    pub(super) fn count_null(&self) -> String {
        let none: Vec<_> =
            self.key.iter().map(|it| format!("{} IS NULL", quoted(&it.name))).collect();
        format!("SELECT count(*) FROM {} WHERE {}", quoted(&self.name), none.join(" OR "))
    }
}

/// Whether a table is one that a virtual table of SQLite's own keeps. SQLite says so only where it has
/// loaded that virtual table before.
fn is_shadow(connection: &Connection, table: &str) -> Result<bool, Error> {
    const ENDS: [&str; 11] = [
        "data", "idx", "content", "docsize", "config", "segments", "segdir", "stat", "node",
        "parent", "rowid",
    ];
    let Some((of, end)) = table.rsplit_once('_') else { return Ok(false) };
    let exists = "SELECT 1 FROM sqlite_schema
                  WHERE name = ?1 COLLATE NOCASE AND type = 'table' AND rootpage = 0";
    Ok(ENDS.contains(&end) && connection.prepare(exists)?.exists([of])?)
}

fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>, Error> {
    // A hidden column of 1 is one of a virtual table; 2 and 3 are generated.
    let select = "SELECT name, type, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid";
    let mut select = connection.prepare(select)?;
    let columns = select.query_map([table], |row| {
        let declared: String = row.get(1)?;
        let declared = declared.to_ascii_uppercase();
        // https://www.sqlite.org/datatype3.html section 3.1
        let has_text_affinity = !declared.contains("INT")
            && ["CHAR", "CLOB", "TEXT"].iter().any(|it| declared.contains(it));
        Ok(Column { name: row.get(0)?, has_text_affinity, primary: row.get(2)? })
    })?;
    Ok(columns.collect::<Result<_, _>>()?)
}

/// The constraints of a table.
fn uniques(connection: &Connection, table: &str, columns: &[Column]) -> Result<Vec<Unique>, Error> {
    let mut uniques = Vec::new();
    // A primary key that is the rowid has no index.
    let mut rowid: Vec<_> = columns.iter().filter(|column| column.primary > 0).collect();
    let select = "SELECT name, partial, origin = 'pk' FROM pragma_index_list(?1)
                  WHERE \"unique\" ORDER BY name";
    let mut select = connection.prepare(select)?;
    let found = select.query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for found in found {
        let (name, is_partial, is_primary): (String, bool, bool) = found?;
        let select = "SELECT name, coll FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno";
        let mut of_index = connection.prepare(select)?;
        let columns = of_index.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let columns: Vec<(Option<String>, String)> = columns.collect::<Result<_, _>>()?;
        let other = columns.iter().find(|(_, collation)| collation != "BINARY");
        let collation = other.map(|(_, collation)| collation.clone());
        let columns = columns.into_iter().map(|(name, _)| name).collect();
        let name = if is_primary { "its primary key".to_owned() } else { name };
        uniques.push(Unique { name, columns, is_partial, collation });
        if is_primary {
            rowid.clear();
        }
    }
    if !rowid.is_empty() {
        let (name, columns) = ("its primary key".to_owned(), rowid.into_iter());
        let columns = columns.map(|column| Some(column.name.clone())).collect();
        uniques.push(Unique { name, columns, is_partial: false, collation: None });
    }
    Ok(uniques)
}

/// The columns of the key, in the order of their constraint.
fn key(
    table: &str,
    attachment: &Attachment,
    columns: &[Column],
    uniques: &[Unique],
) -> Result<Vec<String>, Refusal> {
    let mut given: Vec<_> = attachment.key.iter().map(|it| it.to_ascii_lowercase()).collect();
    if given.is_empty() {
        given = columns
            .iter()
            .filter(|it| it.primary > 0)
            .map(|it| it.name.to_ascii_lowercase())
            .collect();
    }
    if given.is_empty() {
        return Err(Refusal::NoKey { table: table.to_owned() });
    }
    for name in &given {
        if !columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
            return Err(Refusal::NoColumn { table: table.to_owned(), column: name.clone() });
        }
    }
    given.sort();
    let is_key = |unique: &&Unique| {
        let mut names: Vec<_> =
            unique.columns.iter().flatten().map(|it| it.to_ascii_lowercase()).collect();
        names.sort();
        !unique.is_partial && unique.columns.iter().all(Option::is_some) && names == given
    };
    let Some(found) = uniques.iter().find(is_key) else {
        return Err(not_unique(table, given.iter()));
    };
    let collation = uniques.iter().filter(is_key).find_map(|unique| unique.collation.clone());
    if let (Some(collation), None) = (collation, attachment.reconcile) {
        return Err(Refusal::Collation { table: table.to_owned(), collation });
    }
    let second = uniques.iter().find(|unique| !is_key(unique));
    if let (Some(second), None) = (second, attachment.reconcile) {
        let names: Vec<_> = second.columns.iter().flatten().map(String::as_str).collect();
        let unique = format!("{} {}", second.name, names.join(", ")).trim_end().to_owned();
        return Err(Refusal::SecondUnique { table: table.to_owned(), unique });
    }
    Ok(found.columns.iter().flatten().cloned().collect())
}

fn not_unique<'a>(table: &str, key: impl Iterator<Item = &'a String>) -> Refusal {
    let key = key.map(String::as_str).collect::<Vec<_>>().join(", ");
    Refusal::NotUnique { table: table.to_owned(), key }
}
