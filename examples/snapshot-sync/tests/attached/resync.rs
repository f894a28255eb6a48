//! What was there before, or was lost, when a table is attached again.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};

const REBUILD: &str = "
    PRAGMA foreign_keys = OFF; BEGIN;
    CREATE TABLE new_products (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '', price REAL);
    INSERT INTO new_products SELECT id, coalesce(name, '?'), price FROM products WHERE id > 1;
    DROP TABLE products; ALTER TABLE new_products RENAME TO products; COMMIT;";

/// Takes away what attaching has put into the application's database, but leaves the feed.
const FORGET: &str = "
    DROP TRIGGER snapshot_sync_insert; DROP TRIGGER snapshot_sync_update; DROP TRIGGER snapshot_sync_delete;
    DROP TABLE snapshot_sync_log; DROP TABLE snapshot_sync_attached;";

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
