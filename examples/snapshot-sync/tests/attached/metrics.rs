//! How far the publisher is behind the application, as its metrics tell it.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// The changes that are not published, and their age in seconds.
fn distance(application: &Application) -> [f64; 2] {
    let told = application.told();
    let uri = told.split("metrics on http://").nth(1).unwrap().split_whitespace().next().unwrap();
    let (authority, _) = uri.split_once('/').unwrap();
    let mut stream = TcpStream::connect(authority).unwrap();
    let request = "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    ["changes", "seconds"].map(|name| {
        let begin = format!("snapshot_sync_publisher_unpublished_{name} ");
        let line = page.lines().find_map(|line| line.strip_prefix(&begin)).expect(&page);
        line.parse().unwrap()
    })
}

fn until(application: &Application, is_expected: impl Fn([f64; 2]) -> bool) {
    let begun = Instant::now();
    loop {
        let found = distance(application);
        if is_expected(found) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{found:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_metrics_tell_how_many_changes_are_not_published_and_for_how_long() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = wal; {SHOP}"));
    application.attach(&["--table", "products"]);
    application.publish_with(&["--metrics", "0"]);
    application.is_copied("products", PRODUCTS);
    until(&application, |[changes, seconds]| changes == 0.0 && seconds < 2.0);
    // The publisher cannot write.
    let feed = rusqlite::Connection::open(application.path("app.sqlite-feed")).unwrap();
    feed.busy_timeout(Duration::from_secs(20)).unwrap();
    feed.execute_batch("BEGIN IMMEDIATE").unwrap();
    application.sql("UPDATE products SET price = 1; UPDATE products SET price = 2 WHERE id = 1;");
    until(&application, |[changes, seconds]| changes == 4.0 && seconds > 3.0);
    feed.execute_batch("ROLLBACK").unwrap();
    until(&application, |[changes, seconds]| changes == 0.0 && seconds < 2.0);
    application.is_copied("products", PRODUCTS);
    application.stop();
}
