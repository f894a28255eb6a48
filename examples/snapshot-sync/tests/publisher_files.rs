//! Which files a publisher opens, as an operator runs it.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use rusqlite::Connection;
use snapshot_sync::publisher::store::Store;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a publisher that is expected to refuse its database; returns what it says.
fn refused(directory: &Path, database: &Path) -> String {
    let files = || {
        let entries = fs::read_dir(directory).unwrap().map(Result::unwrap);
        let read = |path: PathBuf| (fs::read(&path).ok(), path);
        let mut files: Vec<_> = entries.map(|entry| read(entry.path())).collect();
        files.sort();
        files
    };
    let before = files();
    let output = Command::new(env!("CARGO_BIN_EXE_publish"))
        .args(["--listen", "127.0.0.1:0", "--generate", "10", "--database"])
        .arg(database)
        .arg("--store")
        .arg(directory.join("packages"))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert_eq!(files(), before, "no file is made or changed");
    assert!(told.contains(&database.display().to_string()), "{told}");
    told
}

#[test]
fn a_publisher_refuses_a_file_that_is_not_its_own_before_a_byte_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let path = |name: &str| directory.join(name);
    let sqlite = |name: &str, statements: &str| {
        Connection::open(path(name)).unwrap().execute_batch(statements).unwrap();
    };
    sqlite("shop.sqlite", "CREATE TABLE entity (id INTEGER); INSERT INTO entity VALUES (1);");
    let told = refused(directory, &path("shop.sqlite"));
    let command = format!("publish attach --database {}", path("shop.sqlite").display());
    for part in ["of another application (it has entity)", "no table is attached", &command] {
        assert!(told.contains(part), "{part:?} is missing in: {told}");
    }

    sqlite(
        "copy.sqlite",
        "CREATE TABLE entity (uri, etag, body); CREATE TABLE staged (uri, etag, body);
         CREATE TABLE progress (document); CREATE TABLE fetched (uri, reading);
         CREATE TABLE position (start); CREATE TABLE consumed (events);",
    );
    let told = refused(directory, &path("copy.sqlite"));
    assert!(told.contains("the database of a replica: a publisher needs a file of its own"));

    drop(Store::open(&path("newer.sqlite"), 9).unwrap());
    sqlite("newer.sqlite", "PRAGMA user_version = 3;");
    let told = refused(directory, &path("newer.sqlite"));
    assert!(told.contains("was written by a newer version of this program"), "{told}");

    fs::write(path("notes.txt"), "no database, but some longer text").unwrap();
    let told = refused(directory, &path("notes.txt"));
    assert!(told.contains("is not an SQLite database"), "{told}");
}
