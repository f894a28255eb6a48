//! What of a row is an entity's id and its state.

use crate::application::{Application, is_installed};

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
