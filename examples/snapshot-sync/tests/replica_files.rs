//! Whose a database file is: a replica opens its own files only, and upgrades those of version 0.1.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what fails by panicking")]

use rusqlite::Connection;
use snapshot_sync::publisher::store::Store;
use snapshot_sync::replica::Replica;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn replicate(database: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replicate"));
    command.args([
        "--from",
        "http://127.0.0.1:1/",
        "--once",
        "--retries",
        "0",
        "--patience",
        "0",
        "--database",
    ]);
    command.arg(database);
    command
}

fn status(database: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replicate"));
    command.args(["status", "--database"]).arg(database).output().unwrap()
}

/// The files of a directory, each with its octets.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.map(|path| (path.clone(), std::fs::read(path).unwrap_or_default())).collect();
    files.sort();
    files
}

/// Refuses a file with a sentence, for replicating and for reading its status, and leaves the
/// directory as it was.
fn refuses(make: impl Fn(&Path), sentence: &str) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.sqlite");
    make(&path);
    let before = files(directory.path());
    for output in [replicate(&path).output().unwrap(), status(&path)] {
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{told}");
        let path = path.display().to_string();
        assert!(told.contains(&path) && told.contains(sentence), "{told}");
        assert_eq!(files(directory.path()), before, "nothing is written, and no file is made");
    }
}

fn holding(statements: &str) -> impl Fn(&Path) + use<'_> {
    move |path| Connection::open(path).unwrap().execute_batch(statements).unwrap()
}

#[test]
fn a_file_that_is_not_a_replica_is_refused_before_anything_is_written() {
    let customers = "CREATE TABLE entity (name); INSERT INTO entity VALUES ('kept');";
    refuses(holding(customers), "of another application (it has entity)");
    refuses(holding("CREATE TABLE position (x, y);"), "of another application (it has position)");
    refuses(holding("PRAGMA application_id = 7; CREATE TABLE a (b);"), "(application_id 7)");
    refuses(
        |path| drop(Store::with_wall(path, 50, || 1_795_491_261_316).unwrap()),
        "is the database of a publisher",
    );
    refuses(
        |path| {
            drop(Replica::open(path).unwrap());
            Connection::open(path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
        },
        "was written by a newer version of this program (format 99",
    );
    refuses(|path| std::fs::write(path, "some text").unwrap(), "is not an SQLite database");
    refuses(|path| std::fs::create_dir(path).unwrap(), "cannot be used: is a directory");
}

/// What version 0.1 wrote, with this number of entities.
fn of_version_0_1(path: &Path, entities: u64) {
    let made = Connection::open(path).unwrap();
    made.execute_batch(
        "PRAGMA journal_mode = WAL;
         CREATE TABLE progress (document TEXT NOT NULL);
         CREATE TABLE fetched (uri TEXT PRIMARY KEY, reading INTEGER NOT NULL) WITHOUT ROWID;
         CREATE TABLE position (
             start INTEGER NOT NULL, last TEXT, last_self TEXT, reading INTEGER NOT NULL, etag TEXT
         );
         CREATE TABLE consumed (events INTEGER NOT NULL, last INTEGER, to_end INTEGER);
         CREATE TABLE entity (uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL) WITHOUT ROWID;
         CREATE TABLE staged (uri TEXT PRIMARY KEY, etag TEXT, body BLOB NOT NULL) WITHOUT ROWID;
         INSERT INTO consumed VALUES (7, 1000, 2000);
         INSERT INTO position VALUES (1000, '7', 'http://127.0.0.1:1/changes/7', 3, NULL);",
    )
    .unwrap();
    let insert =
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
         INSERT INTO entity SELECT '/entities/variant/' || n, '\"1\"', x'7b7d' FROM number";
    made.execute(insert, [entities]).unwrap();
}

#[test]
fn a_file_of_version_0_1_is_upgraded_killed_at_any_moment() {
    let (mut upgraded, mut moment) = (0, 1_u64);
    // Later and later, until several were upgraded before they were killed.
    while upgraded < 5 {
        moment += 1 + moment / 10;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.sqlite");
        of_version_0_1(&path, 20_000);
        let mut child = replicate(&path).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment));
        // It may have ended before.
        let _ = child.kill();
        child.wait().unwrap();
        let format: i32 = Connection::open(&path)
            .unwrap()
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        upgraded += i32::from(format != 0);
        let replica = Replica::open(&path).unwrap();
        assert_eq!(replica.counts().unwrap(), (20_000, 0), "at {moment}");
        let entity = replica.entity("/entities/variant/20000").unwrap().unwrap();
        assert_eq!(entity.media_type, "application/entity-images+json");
        assert_eq!(replica.position().unwrap().unwrap().reading(), 3);
    }
}

#[test]
fn a_status_upgrades_nothing_and_says_who_does() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.sqlite");
    of_version_0_1(&path, 3);
    let output = status(&path);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains("a replica of version 0.1"), "{told}");
    assert!(!replicate(&path).output().unwrap().status.success(), "there is no publisher");
    let told = String::from_utf8(status(&path).stdout).unwrap();
    assert!(told.contains("entities         3"), "{told}");
}
