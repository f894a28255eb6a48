//! Old events of an attached table are removed.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};
use std::time::{Duration, Instant};

/// Changes all rows, a second long.
fn change(application: &Application, round: u32) {
    for part in 0..4 {
        application.sql(&format!("UPDATE products SET name = 'round {round}.{part}';"));
        std::thread::sleep(Duration::from_millis(250));
    }
}

#[test]
fn old_events_of_an_attached_table_are_removed_and_replicas_go_on() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = wal; {SHOP}"));
    application.attach(&["--table", "products", "--page-events", "5"]);
    let keep = ["--snapshot-every", "1", "--keep", "1", "--keep-events", "2s"];
    application.try_publish_with(&keep).unwrap();
    // A replica that is slower than that needs more snapshots than one an hour.
    let often = ["--snapshot-interval", "1"];
    application.replicate_with(&often);
    application.is_copied("products", PRODUCTS);
    let begun = Instant::now();
    let mut round = 0;
    while !application.answer("GET", "/changes/archive/0").starts_with("http/1.1 410 ") {
        assert!(begun.elapsed() < Duration::from_secs(120), "{}", application.told());
        change(&application, round);
        round += 1;
    }
    application.is_copied("products", PRODUCTS);
    // A replica that was away for longer takes a new snapshot.
    application.kill_replica();
    let oldest = || -> u64 {
        let feed = rusqlite::Connection::open(application.path("app.sqlite-feed")).unwrap();
        feed.query_row("SELECT min(number) FROM event", [], |row| row.get(0)).unwrap()
    };
    let before = oldest();
    while oldest() < before + 20 {
        assert!(begun.elapsed() < Duration::from_secs(240), "{}", application.told());
        change(&application, round);
        round += 1;
    }
    application.sql("DELETE FROM products WHERE id = 2;");
    application.replicate_with(&often);
    application.is_copied("products", PRODUCTS);
    application.stop();
}
