//! The metrics of a publisher.

use crate::error::Error;
use crate::metrics::page::{Page, route};
use crate::publisher::server::Publisher;
use crate::publisher::store::pages;
use axum::Router;
use chrono::Utc;
use rusqlite::Connection;
use std::sync::Arc;

/// The routes of a listener of its own, for metrics alone.
pub fn router(publisher: Arc<Publisher>) -> Router {
    route(move || publisher.clone().read(text))
}

fn text(publisher: &Publisher, connection: &Connection) -> Result<String, Error> {
    let mut page = Page::new("snapshot_sync_publisher");
    let answers = publisher.requests().answers();
    let labels = |(route, status): &(String, u16)| {
        vec![("route", route.clone()), ("status", status.to_string())]
    };
    let counts = answers.iter().map(|(key, answers)| (labels(key), answers.count));
    page.counters("requests", "Requests that were answered, by route and status", counts);
    let octets = answers.iter().map(|(key, answers)| (labels(key), answers.octets));
    page.counters("sent_octets", "Octets of answers' bodies, by route and status", octets);
    let waiting = publisher.waiting_clients();
    page.gauge("waiting_clients", "Clients that wait for the next event", waiting as f64);
    if let Some(snapshot) = publisher.shelf().current() {
        let age = (Utc::now() - snapshot.document().started()).as_seconds_f64();
        page.gauge("snapshot_age_seconds", "Time since the latest snapshot was started", age);
    }
    if let Some(distance) = publisher.distance() {
        let changes = "Changes that the application's log had when it was last read, and that are not published";
        page.gauge("unpublished_changes", changes, distance.changes() as f64);
        if let Some(age) = distance.age() {
            let help = "Time since all changes of the application were last known to be published";
            page.gauge("unpublished_seconds", help, age.as_secs_f64());
        }
    }
    let youngest = pages::youngest(connection)?.last;
    page.gauge("last_event_number", "Number of the youngest event", youngest as f64);
    if youngest > 0 {
        let number = |select: &str| connection.query_row(select, [], |row| row.get::<_, i64>(0));
        let oldest = number("SELECT min(number) FROM event")?;
        page.gauge("oldest_event_number", "Number of the oldest event that is kept", oldest as f64);
        let time = number("SELECT time FROM event ORDER BY number DESC LIMIT 1")?;
        let time = time as f64 / 1000.0;
        page.gauge("last_event_timestamp_seconds", "Time of the youngest event", time);
    }
    let octets = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let octets: i64 = connection.query_row(octets, [], |row| row.get(0))?;
    page.gauge(
        "database_octets",
        "Size of the database, without its write-ahead log",
        octets as f64,
    );
    Ok(page.text())
}
