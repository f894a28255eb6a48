//! The members of collections, and pages of them.

use crate::store::collections::{seen_if, touch};
use crate::store::users::time;
use crate::store::{Seen, StoreError, Tag, is_segment};
use chrono::{DateTime, Utc};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// The kind of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberKind {
    /// Any entry.
    Plain,
    /// A service entry of a bundle.
    Service,
    /// A reference to a bundle.
    Reference,
    /// The description of a media resource.
    MediaLink,
}

impl ToSql for MemberKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Plain => 0,
            Self::Service => 1,
            Self::Reference => 2,
            Self::MediaLink => 3,
        }))
    }
}

impl FromSql for MemberKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match i64::column_result(value)? {
            0 => Ok(Self::Plain),
            1 => Ok(Self::Service),
            2 => Ok(Self::Reference),
            3 => Ok(Self::MediaLink),
            other => Err(FromSqlError::OutOfRange(other)),
        }
    }
}

/// Whether a member is in the feeds that others read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Publication {
    /// It is.
    Published,
    /// It is for the owner alone (RFC 5023 section 13.1.1).
    Draft,
}

/// Whose view of a collection is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// That of its owner, who sees all.
    Owner,
    /// That of others: without drafts and without `fsm:query`.
    Others,
}

/// What is stored of a member.
#[derive(Debug, Clone)]
pub struct StoredMember {
    pub(crate) id: i64,
    pub(crate) kind: MemberKind,
    pub(crate) publication: Publication,
    pub(crate) edited: DateTime<Utc>,
    pub(crate) tag: Tag,
    /// The state, and the time of the edit, that others see.
    pub(crate) public_tag: Tag,
    pub(crate) public_edited: DateTime<Utc>,
    octets: Vec<u8>,
    public_octets: Option<Vec<u8>>,
}

impl StoredMember {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let is_draft: bool = row.get(2)?;
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            publication: if is_draft { Publication::Draft } else { Publication::Published },
            edited: time(row.get(3)?),
            tag: row.get(4)?,
            octets: row.get(5)?,
            public_octets: row.get(6)?,
            public_tag: row.get(7)?,
            public_edited: time(row.get(8)?),
        })
    }

    /// Whether others see something else of it than its owner does.
    #[must_use]
    pub fn has_private(&self) -> bool {
        self.public_octets.is_some()
    }

    /// The entry as a document. `None` for a draft, if the view is not its owner's.
    #[must_use]
    pub fn octets(&self, view: View) -> Option<&[u8]> {
        match (view, self.publication) {
            (View::Owner, _) => Some(&self.octets),
            (View::Others, Publication::Draft) => None,
            (View::Others, Publication::Published) => {
                Some(self.public_octets.as_deref().unwrap_or(&self.octets))
            }
        }
    }
}

/// A member to be stored.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub(crate) kind: MemberKind,
    pub(crate) publication: Publication,
    pub(crate) edited: DateTime<Utc>,
    pub(crate) octets: Vec<u8>,
    /// What others see, if that is something else.
    pub(crate) public_octets: Option<Vec<u8>>,
    /// Whether others see something else than before.
    pub(crate) seen: Seen,
}

/// Finds a member of a collection. For others there are no drafts: nothing of one is read for them, so that
/// it takes as long as for a name that does not exist.
///
/// # Errors
/// Those of SQLite.
pub fn find(
    connection: &Connection,
    collection: i64,
    name: &str,
    view: View,
) -> Result<Option<StoredMember>, StoreError> {
    let sql = "SELECT id, kind, is_draft, edited, tag, octets, public_octets, public_tag,
        public_edited FROM members WHERE collection = ?1 AND name = ?2 AND (is_draft = 0 OR ?3)";
    let mut statement = connection.prepare_cached(sql)?;
    let with_drafts = view == View::Owner;
    let found = statement.query_row(params![collection, name, with_drafts], StoredMember::of);
    Ok(found.optional()?)
}

/// Returns the name of a member.
///
/// # Errors
/// Those of SQLite.
pub fn name(connection: &Connection, id: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT name FROM members WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?)
}

/// Whether a name is taken.
///
/// # Errors
/// Those of SQLite.
pub fn is_taken(connection: &Connection, collection: i64, name: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM members WHERE collection = ?1 AND name = ?2";
    Ok(connection.prepare_cached(sql)?.exists(params![collection, name])?)
}

/// Creates a member, and returns its state.
///
/// # Errors
/// [`StoreError::Taken`]; [`StoreError::Missing`] if there is no such collection; [`StoreError::Full`]
/// if the collection has `most` members; those of SQLite.
pub fn create(
    connection: &Connection,
    collection: i64,
    name: &str,
    new: &NewMember,
    most: u64,
) -> Result<(i64, Tag), StoreError> {
    if is_taken(connection, collection, name)? {
        return Err(StoreError::Taken);
    }
    let sql = "SELECT members FROM collections WHERE id = ?1";
    let count = connection.prepare_cached(sql)?.query_row([collection], |row| row.get::<_, i64>(0));
    if count.optional()?.ok_or(StoreError::Missing)?.unsigned_abs() >= most {
        return Err(StoreError::Full { what: "members of one collection", limit: most });
    }
    let tag = Tag::unique();
    let edited = new.edited.timestamp_micros();
    let sql = "INSERT INTO members
        (collection, name, kind, is_draft, edited, tag, octets, public_octets, public_tag,
            public_edited)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?5)";
    connection.prepare_cached(sql)?.execute(params![
        collection,
        name,
        new.kind,
        new.publication == Publication::Draft,
        edited,
        tag,
        new.octets,
        new.public_octets,
        Tag::unique(),
    ])?;
    let id = connection.last_insert_rowid();
    touch(connection, collection, edited, 1, seen_if(new.publication == Publication::Published))?;
    Ok((id, tag))
}

/// Replaces the entry of a member that is still in this state. Its name and its kind stay.
///
/// # Errors
/// [`StoreError::Changed`], and those of SQLite.
pub fn edit(
    connection: &Connection,
    collection: i64,
    before: &StoredMember,
    new: &NewMember,
) -> Result<Tag, StoreError> {
    let tag = Tag::unique();
    let edited = new.edited.timestamp_micros();
    let (public_tag, public_edited) = match new.seen {
        Seen::Changed => (Tag::unique(), edited),
        Seen::Same => (before.public_tag, before.public_edited.timestamp_micros()),
    };
    let sql = "UPDATE members SET is_draft = ?3, edited = ?4, tag = ?5, octets = ?6,
        public_octets = ?7, public_tag = ?8, public_edited = ?9
        WHERE id = ?1 AND tag = ?2";
    let changed = connection.prepare_cached(sql)?.execute(params![
        before.id,
        before.tag,
        new.publication == Publication::Draft,
        edited,
        tag,
        new.octets,
        new.public_octets,
        public_tag,
        public_edited,
    ])?;
    if changed != 1 {
        return Err(StoreError::Changed);
    }
    let is_published = [before.publication, new.publication].contains(&Publication::Published);
    touch(connection, collection, edited, 0, seen_if(is_published && new.seen == Seen::Changed))?;
    Ok(tag)
}

/// Deletes a member, with its media resource.
///
/// # Errors
/// [`StoreError::Missing`], and those of SQLite.
pub fn delete(
    connection: &Connection,
    collection: i64,
    member: &StoredMember,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM members WHERE id = ?1";
    if connection.prepare_cached(sql)?.execute([member.id])? != 1 {
        return Err(StoreError::Missing);
    }
    let seen = seen_if(member.publication == Publication::Published);
    touch(connection, collection, Utc::now().timestamp_micros(), -1, seen)
}

/// A place in the order of a feed: a member, by the time of its last edit and its name, which say no more than
/// the member itself does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    edited: i64,
    name: String,
}

impl Cursor {
    /// Reads what [`fmt::Display`](std::fmt::Display) writes. `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (edited, name) = text.split_once('-')?;
        let is_number = edited.bytes().all(|octet| octet.is_ascii_digit());
        let edited = edited.parse().ok().filter(|_| is_number)?;
        is_segment(name).then(|| Self { edited, name: name.to_owned() })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.edited, self.name)
    }
}

/// Which page of a feed is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// The newest members.
    Newest,
    /// The members that follow this one in the feed, which are older.
    OlderThan(Cursor),
    /// The members that precede this one in the feed, which are newer: those next to it.
    NewerThan(Cursor),
}

/// A page of a feed.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entries as documents, newest first.
    pub(crate) entries: Vec<Vec<u8>>,
    /// The place of the newest entry, if there are newer ones.
    pub(crate) newer: Option<Cursor>,
    /// The place of the oldest entry, if there are older ones.
    pub(crate) older: Option<Cursor>,
}

/// The query for a page, and the place behind which it begins.
fn page_query(view: View, start: &Start) -> (String, Cursor) {
    // SQLite uses a partial index only where it sees that the condition implies the index's.
    let published = if view == View::Others { "AND is_draft = 0" } else { "" };
    let (edited, column) = match view {
        View::Owner => ("edited", "octets"),
        View::Others => ("public_edited", "coalesce(public_octets, octets)"),
    };
    let newest = || Cursor { edited: i64::MAX, name: String::new() };
    let (place, comparison, order) = match start {
        Start::Newest => (newest(), "<", "DESC"),
        Start::OlderThan(cursor) => (cursor.clone(), "<", "DESC"),
        Start::NewerThan(cursor) => (cursor.clone(), ">", "ASC"),
    };
    let sql = format!(
        "SELECT {edited}, name, {column} FROM members
         WHERE collection = ?1 AND ({edited}, name) {comparison} (?2, ?3) {published}
         ORDER BY {edited} {order}, name {order}"
    );
    (sql, place)
}

/// Reads a page of at most so many entries, and of at most so many octets unless it is one entry.
///
/// # Errors
/// Those of SQLite.
pub fn page(
    connection: &Connection,
    collection: i64,
    view: View,
    start: &Start,
    most_entries: usize,
    most_octets: usize,
) -> Result<Page, StoreError> {
    let (sql, place) = page_query(view, start);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![collection, place.edited, place.name])?;
    let (mut entries, mut places, mut octets) = (Vec::new(), Vec::new(), 0);
    let mut has_more = false;
    while let Some(row) = rows.next()? {
        let entry = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        let is_full = entries.len() >= most_entries || octets + entry.len() > most_octets;
        if is_full && !entries.is_empty() {
            has_more = true;
            break;
        }
        octets += entry.len();
        places.push(Cursor { edited: row.get(0)?, name: row.get(1)? });
        entries.push(entry.to_vec());
    }
    let (first, last) = (places.first().cloned(), places.last().cloned());
    let mut page = match start {
        // Where a page begins behind a member, that member or newer ones precede it.
        Start::Newest => Page { entries, newer: None, older: last },
        Start::OlderThan(_) => Page { entries, newer: first, older: last },
        Start::NewerThan(_) => {
            entries.reverse();
            Page { entries, newer: last, older: first }
        }
    };
    match start {
        Start::Newest | Start::OlderThan(_) if !has_more => page.older = None,
        Start::NewerThan(_) if !has_more => page.newer = None,
        _ => {}
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use crate::store::schema;

    /// A page costs the same however many members a collection has: it begins in an index, and nothing is
    /// sorted.
    #[test]
    fn a_page_is_read_from_an_index_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let connection = schema::for_writing(&folder.path().join("database")).unwrap();
        let place = Cursor { edited: 1, name: "a".to_owned() };
        for (view, index, edited) in [
            (View::Owner, "members_by_edit", "edited"),
            (View::Others, "published_by_edit", "public_edited"),
        ] {
            let places = [Start::OlderThan(place.clone()), Start::NewerThan(place.clone())];
            for start in [Start::Newest].iter().chain(&places) {
                let (sql, _) = page_query(view, start);
                let mut statement =
                    connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
                let plan = statement.query_map((1, 1, "a"), |row| row.get::<_, String>(3)).unwrap();
                let plan: Vec<String> = plan.collect::<Result<_, _>>().unwrap();
                let is_fast = matches!(&plan[..], [only] if only.contains("SEARCH")
                    && only.contains(&format!("USING INDEX {index} (collection=? AND ({edited},name)")));
                assert!(is_fast, "{view:?} {start:?}: {plan:?}");
            }
        }
    }

    #[test]
    fn a_cursor_is_a_number_and_a_name_and_nothing_else() {
        let cursor = Cursor { edited: 12, name: "a-b".to_owned() };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for text in ["", "-", "1", "1-", "-1", "+1-2", "1- 2", "1-A", "99999999999999999999-1"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
