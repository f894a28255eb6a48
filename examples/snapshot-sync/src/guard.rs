//! Which database files are ours: each side opens only files of its own, and changes no other.
//!
//! A file bears an `application_id`, which names its side, and a `user_version`, which is the number
//! of its format. Files of version 0.1 bear neither, and are known by their tables.

use crate::error::Error;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, OpenOptions};
use std::path::Path;

/// The number of the format that this version writes. Files of version 0.1 count as format 1.
const FORMAT: i32 = 2;

/// The side that a database belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Publisher,
    Replica,
}

/// What a path leads to, if its side may open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// No file, or one that contains nothing.
    Nothing,
    /// A file of version 0.1, which must be upgraded.
    Earlier,
    /// A file of this format.
    Current,
}

impl Side {
    /// The `application_id` of the side's files.
    const fn application(self) -> i32 {
        match self {
            Self::Publisher => i32::from_be_bytes(*b"WESP"),
            Self::Replica => i32::from_be_bytes(*b"WESR"),
        }
    }

    /// Whether an open database is of one of the sides.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) fn owns(connection: &Connection) -> Result<bool, Error> {
        let id = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        Ok(Self::by_application(id).is_some())
    }

    fn by_application(id: i32) -> Option<Self> {
        [Self::Publisher, Self::Replica].into_iter().find(|side| side.application() == id)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Publisher => "publisher",
            Self::Replica => "replica",
        }
    }

    /// The tables of a file of version 0.1, in order of their names, and the columns of `entity`.
    fn of_version_0_1(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Publisher => (
                &["clock", "earlier", "entity", "event", "feed", "page"],
                "uri version time etag body",
            ),
            Self::Replica => (
                &["consumed", "entity", "fetched", "position", "progress", "staged"],
                "uri etag body",
            ),
        }
    }

    /// The statements that mark a file as one of this side and format. They belong into the
    /// transaction that creates or upgrades the tables.
    pub(crate) fn stamp(self) -> String {
        format!("PRAGMA application_id = {}; PRAGMA user_version = {FORMAT};", self.application())
    }

    /// Finds out what a path leads to, without writing to it.
    ///
    /// # Errors
    /// [`Error::Foreign`] for a file that is not of this side; [`Error::Database`],
    /// [`Error::File`].
    pub(crate) fn inspect(self, path: &Path) -> Result<Found, Error> {
        if is_nothing(path)? {
            return Ok(Found::Nothing);
        }
        self.look(path).map_err(|error| {
            let code = match &error {
                Error::Database(error) => error.sqlite_error_code(),
                _ => None,
            };
            match code {
                Some(ErrorCode::NotADatabase) => Error::Foreign {
                    path: path.to_owned(),
                    what: "is not an SQLite database".to_owned(),
                },
                _ => unopened(path, File::options().read(true), error),
            }
        })
    }

    fn look(self, path: &Path) -> Result<Found, Error> {
        // What is somebody else's is known from the file itself. It is read in a way that neither
        // makes nor changes a file.
        let opened = |uri: &str, flags| -> Result<Found, Error> {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(uri, flags)?;
            self.judge(&connection, path)
        };
        let uri = format!("file:{}", uri_path(path));
        let itself = opened(&format!("{uri}?immutable=1"), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let is_alone = !has_beside(path, "-wal")? && !has_beside(path, "-journal")?;
        if is_alone || matches!(itself, Err(Error::Foreign { .. })) {
            return itself;
        }
        // A process has the file open, or was killed: what stands in its log counts, and only there
        // the file may be whole. A file that was begun may have to be rolled back.
        match opened(&uri, OpenFlags::SQLITE_OPEN_READ_ONLY) {
            Err(Error::Database(_)) => opened(&uri, OpenFlags::SQLITE_OPEN_READ_WRITE),
            found => found,
        }
    }

    /// Finds out what an open database is.
    ///
    /// # Errors
    /// [`Error::Foreign`], [`Error::Database`].
    pub(crate) fn judge(self, connection: &Connection, path: &Path) -> Result<Found, Error> {
        let pragma =
            |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0));
        let (application, format): (i32, i32) =
            (pragma("application_id")?, pragma("user_version")?);
        let foreign = |what: String| Err(Error::Foreign { path: path.to_owned(), what });
        match Self::by_application(application) {
            Some(side) if side != self => {
                let (its, ours) = (side.name(), self.name());
                foreign(format!("is the database of a {its}: a {ours} needs a file of its own"))
            }
            Some(_) if format > FORMAT => foreign(format!(
                "was written by a newer version of this program (format {format}; this version knows \
                 formats up to {FORMAT}): use that version"
            )),
            Some(_) => Ok(Found::Current),
            None if application != 0 => {
                foreign(self.of_another(path, &format!("application_id {application}")))
            }
            None => self.judge_unmarked(connection, path),
        }
    }

    fn judge_unmarked(self, connection: &Connection, path: &Path) -> Result<Found, Error> {
        let foreign = |what: String| Err(Error::Foreign { path: path.to_owned(), what });
        let column = |sql: &str| -> Result<Vec<String>, Error> {
            let mut select = connection.prepare(sql)?;
            Ok(select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        };
        let tables = column(
            "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )?;
        if tables.is_empty() {
            return Ok(Found::Nothing);
        }
        let columns =
            column("SELECT name FROM pragma_table_info('entity') ORDER BY cid")?.join(" ");
        for side in [Self::Publisher, Self::Replica] {
            let (expected, of_entity) = side.of_version_0_1();
            // Early files of a publisher have no table of pages.
            let is_early = side == Self::Publisher
                && expected.iter().filter(|name| **name != "page").eq(&tables);
            if (tables == expected || is_early) && columns == of_entity {
                if side == self {
                    return Ok(Found::Earlier);
                }
                let (its, ours) = (side.name(), self.name());
                return foreign(format!(
                    "is the database of a {its}: a {ours} needs a file of its own"
                ));
            }
        }
        let tables = tables.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        foreign(self.of_another(path, &format!("it has {tables}")))
    }

    /// What is said of the database of another application, and what to do.
    fn of_another(self, path: &Path, sign: &str) -> String {
        let is = format!("is the SQLite database of another application ({sign})");
        match self {
            Self::Replica => format!("{is}: name another file"),
            Self::Publisher => format!(
                "{is}, of which no table is attached: attach the table that is to be published \
                 (publish attach --database {} --table NAME), or name another file",
                path.display()
            ),
        }
    }
}

/// Whether there is a file with content beside a database: its write-ahead log or rollback journal.
fn has_beside(path: &Path, end: &str) -> Result<bool, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    Ok(!is_nothing(Path::new(&name))?)
}

/// Whether there is something at a path. It is not opened for that: closing it would end the locks
/// that SQLite holds on it in this process.
fn is_nothing(path: &Path) -> Result<bool, Error> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            Err(Error::of_file(path)(std::io::ErrorKind::IsADirectory.into()))
        }
        Ok(found) => Ok(found.len() == 0),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(Error::of_file(path)(error)),
    }
}

/// Why SQLite could not use a file: in the system's words, if that does not open it either.
pub(crate) fn unopened(path: &Path, like: &OpenOptions, error: Error) -> Error {
    let code = match &error {
        Error::Database(error) => error.sqlite_error_code(),
        _ => None,
    };
    match code {
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            like.open(path).err().map_or(error, Error::of_file(path))
        }
        _ => error,
    }
}

/// A path within a `file:` URI of SQLite.
pub(crate) fn uri_path(path: &Path) -> String {
    percent_encoding::percent_encode(
        path.as_os_str().as_encoded_bytes(),
        percent_encoding::NON_ALPHANUMERIC,
    )
    .to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;

    /// What each side finds in a file that these statements have made, and whether that changed a
    /// file.
    fn found(statements: &str) -> [Result<Found, String>; 2] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a b?#%.sqlite");
        Connection::open(&path).unwrap().execute_batch(statements).unwrap();
        let files = || {
            let entries = std::fs::read_dir(directory.path()).unwrap().map(Result::unwrap);
            let mut files: Vec<_> =
                entries.map(|it| (it.path(), std::fs::read(it.path()).unwrap())).collect();
            files.sort();
            files
        };
        let before = files();
        let both = [Side::Publisher, Side::Replica]
            .map(|side| side.inspect(&path).map_err(|error| error.to_string()));
        if both.iter().all(Result::is_err) {
            assert_eq!(files(), before, "nothing is written, and no file is made");
        }
        both
    }

    #[test]
    fn what_is_empty_may_be_taken_by_both_sides() {
        assert_eq!(found(""), [Ok(Found::Nothing), Ok(Found::Nothing)]);
        assert_eq!(found("PRAGMA journal_mode = WAL;"), [Ok(Found::Nothing), Ok(Found::Nothing)]);
        assert_eq!(Side::Replica.inspect(Path::new("there/is/none")).unwrap(), Found::Nothing);
    }

    #[test]
    fn a_file_is_opened_by_its_own_side_alone() {
        let [ours, other] = found(&Side::Publisher.stamp());
        assert_eq!(ours, Ok(Found::Current));
        assert!(other.unwrap_err().contains("the database of a publisher: a replica needs"));
        let [other, ours] = found(&Side::Replica.stamp());
        assert_eq!(ours, Ok(Found::Current));
        assert!(other.unwrap_err().contains("the database of a replica: a publisher needs"));
    }

    #[test]
    fn a_file_of_version_0_1_is_known_by_its_tables() {
        let others = "CREATE TABLE staged (a); CREATE TABLE progress (a); CREATE TABLE fetched (a);
                      CREATE TABLE position (a); CREATE TABLE consumed (a);";
        let whole = format!("CREATE TABLE entity (uri, etag, body); {others}");
        let [other, ours] = found(&whole);
        assert_eq!(ours, Ok(Found::Earlier));
        assert!(other.unwrap_err().contains("of a replica"));
        for of_others in [
            format!("CREATE TABLE entity (uri, etag, content); {others}"),
            format!("{whole} CREATE TABLE customer (a);"),
            "CREATE TABLE entity (uri, etag, body);".to_owned(),
        ] {
            for refused in found(&of_others) {
                assert!(refused.unwrap_err().contains("of another application (it has "));
            }
        }
    }

    #[test]
    fn an_early_file_of_a_publisher_has_no_pages() {
        let [ours, other] = found(
            "CREATE TABLE entity (uri, version, time, etag, body); CREATE TABLE earlier (a);
             CREATE TABLE event (a); CREATE TABLE clock (a); CREATE TABLE feed (a);",
        );
        assert_eq!(ours, Ok(Found::Earlier));
        assert!(other.unwrap_err().contains("of a publisher"));
    }

    #[test]
    fn a_file_of_somebody_else_is_refused_with_a_sentence() {
        for refused in found("PRAGMA application_id = 77; CREATE TABLE entity (a);") {
            assert!(refused.unwrap_err().contains("application_id 77"));
        }
        let newer = format!("{} PRAGMA user_version = 3;", Side::Replica.stamp());
        let [_, refused] = found(&newer);
        assert!(refused.unwrap_err().contains("by a newer version of this program (format 3;"));
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("text");
        std::fs::write(&path, "no database, but some longer text").unwrap();
        let refused = Side::Replica.inspect(&path).unwrap_err().to_string();
        assert!(refused.ends_with("text is not an SQLite database"), "{refused}");
        let refused = Side::Replica.inspect(directory.path()).unwrap_err().to_string();
        assert!(refused.ends_with("cannot be used"), "{refused}");
    }

    #[test]
    fn an_upgrade_counts_that_is_in_the_write_ahead_log_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sqlite");
        let writer = Connection::open(&path).unwrap();
        let tables = "CREATE TABLE entity (uri, etag, body); CREATE TABLE staged (a);
                      CREATE TABLE progress (a); CREATE TABLE fetched (a);
                      CREATE TABLE position (a); CREATE TABLE consumed (a);";
        writer.execute_batch(tables).unwrap();
        writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;").unwrap();
        assert_eq!(Side::Replica.inspect(&path).unwrap(), Found::Earlier);
        writer.execute_batch(&Side::Replica.stamp()).unwrap();
        assert_eq!(Side::Replica.inspect(&path).unwrap(), Found::Current);
    }

    /// Copies a database with what is beside it, as a process that is killed now leaves it.
    fn killed(path: &Path, copy: &Path) {
        for end in ["", "-wal", "-journal"] {
            let name = |path: &Path| format!("{}{end}", path.display());
            let _ = std::fs::copy(name(path), name(copy));
        }
    }

    #[test]
    fn a_file_that_is_whole_only_with_its_log_is_opened_with_it() {
        let directory = tempfile::tempdir().unwrap();
        let (path, copy) = (directory.path().join("x.sqlite"), directory.path().join("y.sqlite"));
        let writer = Connection::open(&path).unwrap();
        let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 4000)
                    INSERT INTO filled SELECT 'x' || n, randomblob(500) FROM n;";
        let tables = "CREATE TABLE filled (a TEXT PRIMARY KEY, b BLOB);";
        let begun = format!("PRAGMA journal_mode = WAL; {} {tables} {fill}", Side::Replica.stamp());
        writer.execute_batch(&begun).unwrap();
        writer.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM filled;").unwrap();
        killed(&path, &copy);
        // A checkpoint was interrupted: some pages of the log are in the file, and others are not.
        let octets = std::fs::read(&copy).unwrap();
        let torn = [&octets[..4096], &vec![0; octets.len() - 4096]].concat();
        std::fs::write(&copy, torn).unwrap();
        assert_eq!(Side::Replica.inspect(&copy).unwrap(), Found::Current);
    }

    #[test]
    fn a_file_that_was_begun_with_a_rollback_journal_is_rolled_back() {
        let directory = tempfile::tempdir().unwrap();
        let (path, copy) = (directory.path().join("x.sqlite"), directory.path().join("y.sqlite"));
        let writer = Connection::open(&path).unwrap();
        let begun = "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN;
                     CREATE TABLE one (a); CREATE TABLE two (a); INSERT INTO one VALUES (1);
                     INSERT INTO two SELECT randomblob(90000);";
        writer.execute_batch(begun).unwrap();
        killed(&path, &copy);
        assert!(has_beside(&copy, "-journal").unwrap());
        assert_eq!(Side::Replica.inspect(&copy).unwrap(), Found::Nothing);
    }

    #[test]
    fn what_is_in_the_write_ahead_log_alone_counts() {
        for (statements, is_ours) in
            [("CREATE TABLE customer (a);".to_owned(), false), (Side::Replica.stamp(), true)]
        {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("x.sqlite");
            let writer = Connection::open(&path).unwrap();
            writer
                .execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;")
                .unwrap();
            writer.execute_batch(&statements).unwrap();
            let found = Side::Replica.inspect(&path);
            assert_eq!(found.is_ok_and(|found| found == Found::Current), is_ours);
        }
    }
}
