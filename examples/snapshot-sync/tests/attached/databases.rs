//! Databases, and what happens to them, that an application may have and others do not.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
fn with_recursive_triggers_a_row_that_is_replaced_is_removed_without_a_comparison() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE, n INTEGER);
         INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0), (3, 'c', 0);
         CREATE TRIGGER of_the_application AFTER UPDATE OF n ON t WHEN NEW.n < 5
             BEGIN UPDATE t SET n = NEW.n + 1 WHERE id = NEW.id; END;",
    );
    application.attach(&["--table", "t", "--reconcile", "1h"]);
    application.publish();
    let select = "SELECT id, json_object('id', id, 'code', code, 'n', n) FROM t";
    application.is_copied("t", select);
    application.sql("PRAGMA recursive_triggers = ON; INSERT OR REPLACE INTO t VALUES (3, 'a', 1);");
    application.is_copied("t", select);
    application.sql(
        "PRAGMA recursive_triggers = ON; UPDATE t SET n = 1; REPLACE INTO t VALUES (9, 'b', 0);",
    );
    assert_eq!(
        application.sql("SELECT group_concat(n) FROM (SELECT n FROM t ORDER BY id);"),
        "5,0\n"
    );
    application.is_copied("t", select);
    application.stop();
}

#[test]
fn a_database_that_the_shell_restores_in_its_place_is_compared_and_goes_on() {
    if !is_installed() {
        return;
    }
    for mode in ["wal", "delete"] {
        let mut application = Application::new(&format!("PRAGMA journal_mode = {mode}; {SHOP}"));
        application.attach(&["--table", "products"]);
        application.publish();
        application.is_copied("products", PRODUCTS);
        let backup = application.path("backup.sqlite");
        application.sql(&format!(".backup '{}'", backup.display()));
        application.sql("UPDATE products SET name = 'later'; DELETE FROM products WHERE id = 1;");
        application.is_copied("products", PRODUCTS);
        application.sql(&format!(".restore '{}'", backup.display()));
        application.is_copied("products", PRODUCTS);
        // As many changes as were undone: the log has the same numbers again.
        application.sql("UPDATE products SET name = 'again'; DELETE FROM products WHERE id = 3;");
        application.is_copied("products", PRODUCTS);
        application.stop();
    }
}

#[test]
fn the_rows_of_a_strict_table_are_copied() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(
        "CREATE TABLE t (id ANY PRIMARY KEY, i INT, r REAL, s TEXT NOT NULL, b BLOB, a ANY) STRICT, WITHOUT ROWID;
         INSERT INTO t VALUES (1, 2, 3, '4', x'05', '6'), ('x', NULL, 0.5, '', NULL, 6);",
    );
    application.attach(&["--table", "t"]);
    application.publish();
    let select = "SELECT id, json_object('id', id, 'i', i, 'r', r, 's', s, 'b', iif(b IS NULL, NULL, 'BQ=='), 'a', a) FROM t";
    application.is_copied("t", select);
    application.sql("INSERT INTO t VALUES (2, '7', 8, 9, x'05', 1.0); UPDATE t SET a = id, id = id || 'y' WHERE id = 'x';");
    application.sql("REPLACE INTO t VALUES (1, 1, 1, 'one', NULL, NULL);");
    application.is_copied("t", select);
    // What the table does not accept, the triggers do not change.
    let refused = application.begin("UPDATE t SET i = 'no number';").wait_with_output().unwrap();
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("cannot store TEXT value in INT column")
    );
    application.is_copied("t", select);
    application.stop();
}

#[test]
fn a_database_in_utf_16_is_copied() {
    if !is_installed() {
        return;
    }
    for encoding in ["UTF-16le", "UTF-16be"] {
        let mut application = Application::new(&format!(
            "PRAGMA encoding = '{encoding}'; CREATE TABLE t (k TEXT PRIMARY KEY, v);
             INSERT INTO t VALUES ('a', 'ä€😀'), ('é', x'00ff'), ('😀', 1);"
        ));
        assert_eq!(application.sql("PRAGMA encoding;"), format!("{encoding}\n"));
        application.attach(&["--table", "t"]);
        application.publish();
        let select = "SELECT replace(replace(k, 'é', '%C3%A9'), '😀', '%F0%9F%98%80'),
                          json_object('k', k, 'v', iif(typeof(v) = 'blob', 'AP8=', v)) FROM t";
        application.is_copied("t", select);
        application.sql("UPDATE t SET k = 'é😀' WHERE k = 'é'; UPDATE t SET v = 'ü' WHERE k = '😀'; DELETE FROM t WHERE k = 'a';");
        application.is_copied("t", select);
        application.stop();
    }
}

/// A small file system in memory.
struct Small(tempfile::TempDir);

impl Small {
    /// None, with the reason printed, if this process may mount none.
    fn mounted(octets: u64) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={octets}"), "tmpfs"]).arg(directory.path());
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self(directory)),
            found => {
                eprintln!("SKIPPED: no tmpfs can be mounted here: {found:?}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // The directory is removed by its own drop.
        let unmounted = Command::new("umount").arg("-l").arg(self.path()).status();
        assert!(unmounted.unwrap().success() || std::thread::panicking());
    }
}

#[test]
fn a_disk_that_is_full_stops_neither_program_and_nothing_is_lost() {
    if !is_installed() {
        return;
    }
    let Some(disk) = Small::mounted(32 << 20) else { return };
    let mut application =
        Application::within(disk.path(), &format!("PRAGMA journal_mode = wal; {SHOP}"));
    application.attach(&["--table", "products"]);
    application.publish();
    application.is_copied("products", PRODUCTS);
    let ballast = application.path("ballast");
    let mut file = std::fs::File::create(&ballast).unwrap();
    // It ends when nothing more can be written.
    let _ = std::io::copy(&mut std::io::repeat(b'x'), &mut file);
    let full = file.metadata().unwrap().len();
    file.set_len(full - (1 << 20)).unwrap();
    drop(file);
    // A row takes more room of the publisher and of the replica than of the application.
    let begun = Instant::now();
    while !application.told().contains("cannot be published: it is tried") {
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", application.told());
        let insert = "INSERT INTO products (name) SELECT hex(zeroblob(50000));";
        // Where there is no room for it either, the application is told so.
        drop(application.begin(insert).wait_with_output().unwrap());
    }
    assert!(application.told().contains("full"), "{}", application.told());
    std::fs::remove_file(&ballast).unwrap();
    application.is_copied("products", PRODUCTS);
    application.sql("UPDATE products SET name = 'there is room';");
    application.is_copied("products", PRODUCTS);
    application.stop();
}
