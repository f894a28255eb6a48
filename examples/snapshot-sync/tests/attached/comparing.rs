//! What no trigger tells is found when all rows are compared.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};

#[test]
fn a_second_unique_needs_reconcile() {
    if !is_installed() {
        return;
    }
    let schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
                  INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');";
    let mut application = Application::new(schema);
    let told = application.refused("attach", &["--table", "t"]);
    assert!(
        told.contains("second UNIQUE (sqlite_autoindex_t_1 code)") && told.contains("--reconcile"),
        "{told}"
    );
    application.attach(&["--table", "t", "--reconcile", "1s"]);
    application.publish();
    let select = "SELECT id, json_object('id', id, 'code', code) FROM t";
    application.is_copied("t", select);
    // This removes the row 1, of which no trigger tells.
    application.sql("INSERT OR REPLACE INTO t VALUES (3, 'a');");
    application.is_copied("t", select);
    application.stop();
}

#[test]
fn what_the_log_does_not_tell_is_found_by_comparing_all_rows() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products", "--keep-changes", "5"]);
    application.publish();
    application.is_copied("products", PRODUCTS);
    application.stop();
    let backup = application.path("backup.sqlite");
    application.sql(&format!("VACUUM INTO '{}';", backup.display()));
    // There are more changes than the log keeps.
    application.sql(
        "WITH RECURSIVE n (n) AS (SELECT 10 UNION ALL SELECT n + 1 FROM n WHERE n < 60)
             INSERT INTO products (id, name) SELECT n, 'n' || n FROM n; DELETE FROM products WHERE id = 1;",
    );
    assert_eq!(application.sql("SELECT count(*) FROM snapshot_sync_log;"), "5\n");
    application.publish();
    application.is_copied("products", PRODUCTS);
    // The application is restored from a backup while it is published, and goes on from there.
    let restored = application.path("restored.sqlite");
    std::fs::copy(&backup, &restored).unwrap();
    std::fs::rename(&restored, application.database()).unwrap();
    application.is_copied("products", PRODUCTS);
    application.sql("UPDATE products SET name = 'restored' WHERE id = 2;");
    application.is_copied("products", PRODUCTS);
    application.stop();
}

#[test]
fn the_time_of_the_last_comparison_holds_when_the_publisher_starts_again() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
         INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');",
    );
    application.attach(&["--table", "t", "--reconcile", "1h"]);
    let path = application.path("app.sqlite-feed");
    let feed = || rusqlite::Connection::open(&path).unwrap();
    let compared = || -> i64 {
        feed().query_row("SELECT compared FROM source", [], |row| row.get(0)).unwrap()
    };
    let first = compared();
    assert!(first > 0);
    // A feed of an earlier build does not have it: then all rows are compared at once.
    feed().execute_batch("ALTER TABLE source DROP COLUMN compared").unwrap();
    application.publish();
    let select = "SELECT id, json_object('id', id, 'code', code) FROM t";
    application.is_copied("t", select);
    let began = std::time::Instant::now();
    while compared() <= first {
        assert!(began.elapsed() < std::time::Duration::from_secs(60), "it never compares");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    application.stop();
    let second = compared();
    // This removes the row 1, of which no trigger tells. The hour has passed in a run before.
    application.sql("INSERT OR REPLACE INTO t VALUES (3, 'a');");
    feed().execute("UPDATE source SET compared = compared - 3600000", []).unwrap();
    application.publish();
    application.is_copied("t", select);
    application.stop();
    assert!(compared() > second);
}

#[test]
fn what_no_trigger_sees_is_found_by_reconcile() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(
        "CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3);
         CREATE TRIGGER of_the_application AFTER UPDATE ON t WHEN NEW.v = 99
             BEGIN SELECT RAISE(IGNORE); END;",
    );
    application.attach(&["--table", "t", "--reconcile", "1s"]);
    application.publish();
    let select = "SELECT k, json_object('k', k, 'v', v) FROM t";
    application.is_copied("t", select);
    // The row a is removed, since its rowid is 1.
    application.sql("REPLACE INTO t (rowid, k, v) VALUES (1, 'd', 4);");
    application.sql("UPDATE t SET v = 99 WHERE k = 'b';");
    application.is_copied("t", select);
    application.stop();
}
