//! The files of an application's database and those beside it, while its table is published and after.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};
use std::process::Command;
use std::time::{Duration, Instant};

/// The octets of the application's write-ahead log.
fn log(application: &Application) -> u64 {
    std::fs::metadata(application.path("app.sqlite-wal")).map_or(0, |file| file.len())
}

/// Waits until the application's log is empty.
fn is_emptied(application: &Application) {
    let begun = Instant::now();
    while log(application) > 0 {
        let waited = begun.elapsed();
        assert!(waited < Duration::from_secs(60), "the log has {} octets", log(application));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What a copy of the application's file alone has.
fn copied_alone(application: &Application, select: &str) -> String {
    let alone = application.path("alone.sqlite");
    // By a process of its own: this one would end the locks of its connections when it closes the file.
    let mut copy = Command::new("cp");
    assert!(copy.arg(application.database()).arg(&alone).status().unwrap().success());
    let found = rusqlite::Connection::open(&alone).unwrap();
    found.query_row(select, [], |row| row.get::<_, String>(0)).unwrap()
}

const NAMES: &str = "SELECT group_concat(name, ' ') FROM (SELECT name FROM products ORDER BY id)";

#[test]
fn the_applications_file_is_whole_without_its_log_while_nothing_happens_and_after_the_stop() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = wal; {SHOP}"));
    application.attach(&["--table", "products"]);
    assert_eq!(log(&application), 0, "attaching leaves no log");
    application.publish();
    application.is_copied("products", PRODUCTS);
    for name in ["first", "second"] {
        application.sql(&format!("UPDATE products SET name = '{name}';"));
        application.is_copied("products", PRODUCTS);
        is_emptied(&application);
        assert_eq!(copied_alone(&application, NAMES), [name; 3].join(" "));
    }
    // The application closes its last connection while the publisher has one.
    application.sql("UPDATE products SET name = 'third';");
    application.is_copied("products", PRODUCTS);
    application.sql("UPDATE products SET name = 'fourth';");
    application.stop();
    assert_eq!(log(&application), 0, "stopping leaves no log");
    assert_eq!(copied_alone(&application, NAMES), ["fourth"; 3].join(" "));
}

#[test]
fn the_log_of_an_application_that_stays_open_is_written_into_its_file() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = wal; {SHOP}"));
    application.attach(&["--table", "products"]);
    application.publish();
    let open = rusqlite::Connection::open(application.database()).unwrap();
    open.busy_timeout(Duration::from_secs(20)).unwrap();
    open.execute("UPDATE products SET name = 'open'", []).unwrap();
    application.is_copied("products", PRODUCTS);
    let begun = Instant::now();
    while copied_alone(&application, NAMES) != "open open open" {
        assert!(begun.elapsed() < Duration::from_secs(60), "it stays in the log");
        std::thread::sleep(Duration::from_millis(50));
    }
    application.stop();
    drop(open);
    assert_eq!(log(&application), 0);
}

#[test]
fn the_feed_and_its_snapshots_are_as_private_as_the_database() {
    use std::os::unix::fs::PermissionsExt;
    if !is_installed() {
        return;
    }
    for (mode, of_files, of_directory) in [(0o600, 0o600, 0o700), (0o640, 0o640, 0o750)] {
        let mut application = Application::new(SHOP);
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(application.database(), permissions).unwrap();
        application.attach(&["--table", "products"]);
        application.publish();
        application.is_copied("products", PRODUCTS);
        for (name, expected) in [
            ("app.sqlite-feed", of_files),
            ("app.sqlite-feed-wal", of_files),
            ("app.sqlite-snapshots", of_directory),
        ] {
            let found = std::fs::metadata(application.path(name)).unwrap().permissions().mode();
            assert_eq!(found & 0o777, expected, "{name}: {found:o}");
        }
        application.stop();
    }
}
