//! An application's own table, published: the application is Debian's `sqlite3`, and the copy is
//! compared with its table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what fails by panicking"
)]
#![allow(dead_code, reason = "the support module serves several test programs")]

#[path = "support/application.rs"]
mod application;

use application::{Application, PRODUCTS, SHOP, is_installed};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[test]
fn after_each_kind_of_change_the_copy_equals_the_table() {
    after_each_kind_of_change("wal");
}

#[test]
fn after_each_kind_of_change_the_copy_equals_the_table_with_a_rollback_journal() {
    after_each_kind_of_change("delete");
}

fn after_each_kind_of_change(mode: &str) {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = {mode}; {SHOP}"));
    application.attach(&["--table", "products", "--key", "id"]);
    application.publish();
    application.is_copied("products", PRODUCTS);
    for change in [
        "INSERT INTO products (name, price) VALUES ('lamp', 1), ('shelf', 2);",
        "UPDATE products SET price = price + 0.25;",
        "UPDATE products SET photo = 'xxx' WHERE id = 1; UPDATE products SET photo = CAST(photo AS BLOB);",
        "DELETE FROM products WHERE id = 4;",
        "INSERT OR REPLACE INTO products (id, name) VALUES (1, 'replaced'), (40, 'new');",
        "REPLACE INTO products (id, name) VALUES (40, 'again');",
        "INSERT INTO products (id, name) VALUES (40, 'x'), (41, 'y')
             ON CONFLICT (id) DO UPDATE SET name = excluded.name || '!';",
        "INSERT OR IGNORE INTO products (id, name) VALUES (40, 'ignored'), (42, 'z');",
        "UPDATE products SET id = id + 100 WHERE id > 3;",
        "UPDATE OR REPLACE products SET id = 1 WHERE id = 2;",
        "BEGIN; DELETE FROM products; INSERT INTO products (id) VALUES (7); ROLLBACK;",
        "BEGIN; SAVEPOINT s; DELETE FROM products; ROLLBACK TO s; UPDATE products SET name = 's'; COMMIT;",
        "UPDATE maker SET id = 9 WHERE id = 1;",
        "UPDATE products SET maker = 2; DELETE FROM maker WHERE id = 2;",
        "INSERT INTO products (id, name) VALUES (1, 'a'); DELETE FROM products; INSERT INTO products (id) VALUES (1);",
        "CREATE TRIGGER of_the_application AFTER INSERT ON products
             BEGIN UPDATE products SET price = 5 WHERE id = NEW.id; END;
         INSERT INTO products (id, name) VALUES (50, 'by a trigger');",
        "DELETE FROM products;",
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
             INSERT INTO products (id, name) SELECT n, 'n' || n FROM n;",
        "VACUUM; UPDATE products SET name = 'vacuumed' WHERE id % 100 = 0;",
    ] {
        application.sql(change);
        application.is_copied("products", PRODUCTS);
    }
    application.sql("ALTER TABLE products ADD COLUMN size INTEGER DEFAULT 7;");
    let with_size = PRODUCTS.replace(", 'label'", ", 'size', size, 'label'");
    application.is_copied("products", &with_size);
    application.sql("ALTER TABLE products DROP COLUMN size; DELETE FROM products WHERE id > 5;");
    application.is_copied("products", PRODUCTS);
    application.stop();
}

#[test]
fn a_column_is_the_state_with_its_media_type() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(
        "CREATE TABLE \"a \"\"b\" (\"k \"\"k\" TEXT PRIMARY KEY, \"select\" TEXT);
         INSERT INTO \"a \"\"b\" VALUES ('x y', '{\"a\": [1]}');",
    );
    let table = "a \"b";
    application.attach(&[
        "--table",
        table,
        "--body",
        "select",
        "--content-type",
        "application/vnd.x+json",
        "--entities",
        "shop/items",
    ]);
    application.publish();
    application.sql("INSERT INTO \"a \"\"b\" VALUES ('é', 'no JSON'), ('null', NULL), ('5', 17);");
    let select = "SELECT replace(replace(\"k \"\"k\", ' ', '%20'), 'é', '%C3%A9'),
                      iif(json_valid(\"select\"), \"select\", json_quote(\"select\")) FROM \"a \"\"b\"";
    application.is_copied("shop/items", select);
    let copy = rusqlite::Connection::open(application.path("copy.sqlite")).unwrap();
    let types: String = copy
        .query_row("SELECT group_concat(DISTINCT type) FROM entity", [], |row| row.get(0))
        .unwrap();
    assert_eq!(types, "application/vnd.x+json");
    application.stop();
}

#[test]
fn keys_of_every_type_tell_rows_apart() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(
        "CREATE TABLE t (k UNIQUE, v); CREATE TABLE both (a INTEGER, b TEXT COLLATE NOCASE, v, PRIMARY KEY (a, b)) WITHOUT ROWID;",
    );
    application.attach(&["--table", "t", "--key", "k", "--columns", "v"]);
    application.publish();
    application.sql(
        "INSERT INTO t VALUES (1, 'integer'), ('1', 'text'), (x'31', 'blob'), (1.5, 'real'), ('1.5', 'its text'),
             (9e999, 'infinite'), ('a/b', 'slash'), ('a' || char(10) || char(0) || 'b', 'control'), ('', 'empty'),
             ('..', 'dots'), ('~t31', 'like an id'), (x'', 'no octets'), (NULL, 'null'), (NULL, 'null'),
             (CAST(x'ff' AS TEXT), 'no UTF-8'), (-9223372036854775808, 'least'), (2.0, 'an integer');",
    );
    let select = "
        SELECT CASE v WHEN 'text' THEN '~t31' WHEN 'blob' THEN '~x31' WHEN 'its text' THEN '~t312e35'
            WHEN 'infinite' THEN 'inf' WHEN 'slash' THEN '~t612f62' WHEN 'control' THEN '~t610a0062'
            WHEN 'empty' THEN '~t' WHEN 'dots' THEN '~t2e2e' WHEN 'like an id' THEN '~t7e743331'
            WHEN 'no octets' THEN '~x' WHEN 'no UTF-8' THEN '~tff' WHEN 'an integer' THEN '2' ELSE CAST(k AS TEXT) END,
            json_object('v', v) FROM t WHERE k IS NOT NULL";
    application.is_copied("t", select);
    assert!(application.told().contains("their keys contain NULL"), "{}", application.told());
    application.sql("UPDATE t SET v = 'text' WHERE k = '1'; UPDATE t SET k = 7 WHERE k = 'a/b'; DELETE FROM t WHERE k = x'';");
    application.sql("UPDATE t SET v = 'moved' WHERE k = 7; UPDATE t SET k = NULL WHERE k = 2;");
    application.is_copied("t", select);
    application.stop();

    let output = application.run("detach", &[]);
    assert!(output.status.success());
    std::fs::remove_file(application.path("copy.sqlite")).unwrap();
    let told = application.refused("attach", &["--table", "both"]);
    assert!(told.contains("has the collation NOCASE") && told.contains("--reconcile"), "{told}");
    application.attach(&["--table", "both", "--reconcile", "1s"]);
    application.publish();
    application.sql("INSERT INTO both VALUES (1, 'x', 1), (1, 'y,z', 2), (2, 'x', 3); UPDATE both SET b = 'X' WHERE a = 2;");
    let select = "SELECT a || ',' || iif(b = 'y,z', '~t792c7a', b), json_object('a', a, 'b', b, 'v', v) FROM both";
    application.is_copied("both", select);
    application.sql("UPDATE both SET a = a + 10; DELETE FROM both WHERE b = 'y,z'; REPLACE INTO both VALUES (12, 'x', 4);");
    application.is_copied("both", select);
    application.stop();
}

/// Some statements of an application, each on lines of its own: the program leaves out the rest of a line
/// behind one that fails.
fn statements(seed: u64, count: usize) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let statements: String = (0..count).map(|_| statement(&mut random) + "\n").collect();
    statements.replace("; ", ";\n")
}

fn statement(random: &mut ChaCha8Rng) -> String {
    let (id, other) = (random.random_range(1..40), random.random_range(1..40));
    let value = random.random_range(0..1000);
    match random.random_range(0..11) {
        0 | 1 => format!(
            "INSERT OR REPLACE INTO products (id, name, price) VALUES ({id}, 'n{value}', {value});"
        ),
        2 => format!("UPDATE products SET price = {value} WHERE id BETWEEN {id} AND {other};"),
        3 => format!("DELETE FROM products WHERE id = {id};"),
        4 => format!("UPDATE OR REPLACE products SET id = {other} WHERE id = {id};"),
        5 => format!("UPDATE OR IGNORE products SET id = {other} WHERE id = {id};"),
        6 => format!(
            "INSERT INTO products (id, name) VALUES ({id}, 'u{value}')
                 ON CONFLICT DO UPDATE SET name = excluded.name, maker = 1;"
        ),
        7 => format!("BEGIN IMMEDIATE; DELETE FROM products WHERE id < {id}; ROLLBACK;"),
        8 => format!(
            "BEGIN IMMEDIATE; INSERT OR IGNORE INTO maker VALUES ({id}, 'm');
                 UPDATE products SET maker = {id} WHERE id = {other}; COMMIT;"
        ),
        9 => format!("DELETE FROM maker WHERE id = {id};"),
        _ => format!(
            "UPDATE products SET photo = 'xxx' WHERE id = {id}; UPDATE products SET photo = CAST(photo AS BLOB);"
        ),
    }
}

#[test]
fn random_statements_of_several_writers_leave_the_copy_equal() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = wal; {SHOP}"));
    application.attach(&["--table", "products"]);
    application.publish();
    for round in 0..4 {
        let writers: Vec<_> =
            (0..3).map(|writer| application.begin(&statements(round * 3 + writer, 120))).collect();
        // The programs may be killed meanwhile.
        if round % 2 == 1 {
            std::thread::sleep(std::time::Duration::from_millis(50 * round));
            application.kill();
            application.publish();
        }
        for writer in writers {
            let output = writer.wait_with_output().unwrap();
            // Some statements violate a constraint, and only that is said.
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                told.lines().all(|line| line.is_empty() || line.contains("constraint failed")),
                "{told}"
            );
        }
        application.is_copied("products", PRODUCTS);
    }
    // What happened while nobody was there is published later.
    application.stop();
    application.begin(&statements(99, 200)).wait_with_output().unwrap();
    application.publish();
    application.is_copied("products", PRODUCTS);
    application.stop();
}

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

const REBUILD: &str = "
    PRAGMA foreign_keys = OFF; BEGIN;
    CREATE TABLE new_products (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', price REAL);
    INSERT INTO new_products SELECT id, coalesce(name, '?'), price FROM products WHERE id > 1;
    DROP TABLE products; ALTER TABLE new_products RENAME TO products; COMMIT;";

#[test]
fn serving_stops_when_the_table_is_rebuilt_until_it_is_attached_again() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products"]);
    application.publish();
    application.is_copied("products", PRODUCTS);
    application.sql(REBUILD);
    let (status, told) = application.ended();
    assert_eq!(status.code(), Some(1), "{told}");
    assert!(
        told.contains("the table products was rebuilt") && told.contains("attach --resync"),
        "{told}"
    );
    let (status, told) = application.try_publish().unwrap_err();
    assert!(status.code() == Some(1) && told.contains("attach --resync"), "{told}");
    application.sql("INSERT INTO products (name) VALUES ('between');");
    application.attach(&["--resync"]);
    application.publish();
    let select = "SELECT id, json_object('id', id, 'name', name, 'price', price) FROM products";
    application.is_copied("products", select);
    application.sql("INSERT INTO products (name) VALUES ('after');");
    application.is_copied("products", select);
    // SQLite itself changes the triggers with the name of a column, and they go on.
    application.sql("ALTER TABLE products RENAME COLUMN id TO number;");
    let select = select.replace("id", "number");
    application.is_copied("products", &select);
    application.sql("UPDATE products SET number = number + 10;");
    application.is_copied("products", &select);
    application.sql("ALTER TABLE products RENAME TO goods;");
    let (_, told) = application.ended();
    assert!(told.contains("the table products was rebuilt or renamed"), "{told}");
    application.attach(&["--resync", "--table", "goods", "--columns", "name"]);
    application.publish();
    let select = "SELECT number, json_object('name', name) FROM goods";
    application.is_copied("products", select);
    application.stop();
}

#[test]
fn detaching_leaves_the_schema_as_it_was() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    let before = application.schema();
    let files = |application: &Application| {
        let entries = std::fs::read_dir(application.path("")).unwrap();
        let mut names: Vec<_> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let alone = files(&application);
    assert!(application.refused("detach", &[]).contains("no table of it is attached"));
    for _ in 0..2 {
        application.attach(&["--table", "products"]);
        let attached = application.schema();
        assert_ne!(attached, before);
        let told = application.refused("attach", &["--table", "products"]);
        assert!(told.contains("the table products is attached already"), "{told}");
        let told = application.refused("attach", &["--table", "maker"]);
        assert!(told.contains("the table products is attached already"), "{told}");
        assert_eq!(application.schema(), attached);
        application.publish();
        application.is_copied("products", PRODUCTS);
        let told = application.refused("detach", &[]);
        assert!(told.contains("another publisher serves"), "{told}");
        application.stop();
        assert!(application.run("detach", &[]).status.success());
        assert_eq!(application.schema(), before);
        // The copy's own files stay.
        let ours: Vec<_> =
            files(&application).into_iter().filter(|name| !name.starts_with("copy")).collect();
        assert_eq!(ours, alone);
        for name in files(&application).iter().filter(|name| name.starts_with("copy")) {
            let path = application.path(name);
            let removed = std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path));
            removed.unwrap();
        }
    }
}

#[test]
fn what_cannot_be_published_is_refused_by_name_and_left_as_it_is() {
    if !is_installed() {
        return;
    }
    let application = Application::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v, w, UNIQUE (v, w)); CREATE TABLE bare (v);
         CREATE VIEW seen AS SELECT * FROM t; CREATE VIRTUAL TABLE words USING fts5 (text);
         CREATE TABLE near (a TEXT COLLATE NOCASE, b); CREATE UNIQUE INDEX near_a ON near (a COLLATE BINARY);
         CREATE UNIQUE INDEX some ON bare (v) WHERE v > 0;",
    );
    let before = application.schema();
    for (arguments, expected) in [
        ("--table seen", "seen is a view"),
        ("--table words", "words is a virtual table"),
        ("--table words_data", "words_data is a table of a virtual table"),
        ("--table sqlite_schema", "sqlite_schema is a table of SQLite itself"),
        ("--table none", "it has no table none"),
        ("--table bare", "bare has no primary key"),
        ("--table bare --key v", "neither the primary key of the table bare nor"),
        ("--table near --key a", "neither the primary key of the table near nor"),
        ("--table t --key v --reconcile 1h", "neither the primary key of the table t nor"),
        ("--table t --key x", "has no column x"),
        ("--table t --body x --reconcile 1h", "has no column x"),
        ("--table t --content-type json --reconcile 1h", "json is not a media type"),
    ] {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let told = application.refused("attach", &arguments);
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert_eq!(application.schema(), before);
        assert!(!application.path("app.sqlite-feed").exists());
    }
    application.attach(&["--table", "t", "--key", "w,v", "--reconcile", "1h"]);
    let mut of_feed = std::process::Command::new(env!("CARGO_BIN_EXE_publish"));
    of_feed.arg("--database").arg(application.path("app.sqlite-feed"));
    let told = String::from_utf8(of_feed.output().unwrap().stderr).unwrap();
    assert!(told.contains("it is the feed of an attached table"), "{told}");
}

#[test]
fn rfc9110_15_5_6_a_row_is_not_written_over_http() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products"]);
    application.try_publish().unwrap();
    for method in ["PUT", "PATCH", "DELETE", "POST"] {
        let answer = application.answer(method, "/products/1");
        assert!(answer.starts_with("http/1.1 405 "), "{answer}");
        assert!(answer.contains("\r\nallow: get, head, version-control\r\n"), "{answer}");
        assert!(answer.contains("which the application changes alone"), "{answer}");
    }
    let answer = application.answer("GET", "/products/1");
    assert!(
        answer.starts_with("http/1.1 200 ") && answer.contains("\"name\":\"chair\""),
        "{answer}"
    );
    let answer = application.answer("GET", "/products/99");
    assert!(
        answer.starts_with("http/1.1 404 ") && answer.contains("no row with this key"),
        "{answer}"
    );
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
fn rfc7240_4_3_a_client_that_waits_is_answered_when_the_application_has_changed_a_row() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products"]);
    application.try_publish().unwrap();
    let first = application.answer("GET", "/changes/latest");
    let etag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let fields = format!("Prefer: wait=15\r\nIf-None-Match: {etag}\r\n");
    std::thread::scope(|scope| {
        let began = std::time::Instant::now();
        let client = scope.spawn(|| application.answer_with("GET", "/changes/latest", &fields));
        std::thread::sleep(std::time::Duration::from_millis(500));
        assert!(!client.is_finished(), "it waits");
        application.sql("UPDATE products SET name = 'stool' WHERE id = 1;");
        let answer = client.join().unwrap();
        assert!(answer.starts_with("http/1.1 200 ") && answer.contains("stool"), "{answer}");
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    });
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

/// Takes away what attaching has put into the application's database, but leaves the feed.
const FORGET: &str = "
    DROP TRIGGER snapshot_sync_insert; DROP TRIGGER snapshot_sync_update; DROP TRIGGER snapshot_sync_delete;
    DROP TABLE snapshot_sync_log; DROP TABLE snapshot_sync_attached;";

#[test]
fn a_feed_that_an_interrupted_attach_has_left_is_used_with_its_own_options_alone() {
    if !is_installed() {
        return;
    }
    let application = Application::new(SHOP);
    let options = ["--table", "products", "--entities", "shop/items", "--page-events", "50"];
    application.attach(&options);
    application.sql(FORGET);
    let before = application.schema();
    for other in [&options[..2], &options[..4], &["--table", "products", "--page-events", "50"][..]]
    {
        let told = application.refused("attach", other);
        assert!(
            told.contains("--entities shop/items --page-events 50, or remove that file"),
            "{told}"
        );
        assert_eq!(application.schema(), before);
    }
    application.attach(&options);
}

#[test]
fn snapshots_of_a_former_feed_are_removed_with_resync_and_those_of_another_directory_with_detach() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products"]);
    application.try_publish().unwrap();
    application.kill();
    let beside = application.path("");
    let names = |name: &str| {
        let entries = std::fs::read_dir(beside.join(name)).unwrap();
        entries.map(|it| it.unwrap().file_name()).collect::<Vec<_>>()
    };
    let former = names("app.sqlite-snapshots");
    assert_eq!(former.len(), 1);
    for end in ["", "-wal", "-shm"] {
        // The second and third may not be there.
        let _ = std::fs::remove_file(application.path(&format!("app.sqlite-feed{end}")));
    }
    application.attach(&["--resync"]);
    application.try_publish().unwrap();
    application.kill();
    let now = names("app.sqlite-snapshots");
    assert!(now.len() == 1 && now != former, "{former:?} {now:?}");

    // The operator has the snapshots elsewhere, and something else stands there too.
    std::fs::rename(application.path("app.sqlite-snapshots"), application.path("kept")).unwrap();
    std::fs::create_dir(application.path("kept/2026")).unwrap();
    let kept = application.path("kept");
    assert!(application.run("detach", &["--store", kept.to_str().unwrap()]).status.success());
    assert_eq!(names("kept"), ["2026"]);
}

#[test]
fn a_log_that_was_dropped_is_made_anew_with_resync() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products"]);
    application.sql("DROP TABLE snapshot_sync_log;");
    let rename = "UPDATE products SET name = 'x' WHERE id = 1;";
    let output = application.begin(rename).wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("no such table: main.snapshot_sync_log"), "{told}");
    application.attach(&["--resync"]);
    application.sql(rename);
    application.publish();
    application.is_copied("products", PRODUCTS);
    application.stop();
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
