//! The metrics of a replica.

use crate::error::Error;
use crate::metrics::page::{Page, route};
use crate::replica::Replica;
use crate::replica::fetch::Traffic;
use axum::Router;
use change_feed::{EventId, Store};
use chrono::Utc;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The routes of a listener of its own, for metrics alone: of a replica's database, and of what its
/// program has fetched.
pub fn router(database: PathBuf, traffic: Arc<Traffic>) -> Router {
    route(move || {
        let (database, traffic) = (database.clone(), traffic.clone());
        async move { tokio::task::spawn_blocking(move || text(&database, &traffic)).await? }
    })
}

fn text(database: &Path, traffic: &Traffic) -> Result<String, Error> {
    let mut page = Page::new("snapshot_sync_replica");
    let answers = traffic.answers().into_iter();
    let answers = answers.map(|(status, count)| (vec![("status", status.to_string())], count));
    page.counters("answers", "Answers of the publisher, by status", answers);
    page.counter("received_octets", "Octets of bodies that were received", traffic.octets());
    page.counter("retries", "Requests that were repeated after a failure", traffic.retries());
    // The program makes it before it listens.
    let replica = Replica::open_read_only(database)?;
    let (position, aside) = (replica.position()?, replica.aside_count()?);
    page.gauge("set_aside_entities", "Entities that cannot be had at present", aside as f64);
    let is_complete = position.as_ref().is_some_and(|position| {
        position.reading() > 0 && position.stopped().is_none() && aside == 0
    });
    let complete = f64::from(u8::from(is_complete));
    page.gauge(
        "complete",
        "1 if the copy was complete at the last end of the feed, else 0",
        complete,
    );
    let Some(position) = position else { return Ok(page.text()) };
    let age = (Utc::now() - position.start()).as_seconds_f64();
    page.gauge("snapshot_age_seconds", "Time since the replica's snapshot was started", age);
    let consumed = replica.consumed()?;
    if let Some(to_end) = consumed.to_end {
        let lag = (Utc::now() - to_end).as_seconds_f64().max(0.0);
        page.gauge("lag_seconds", "Time since the feed was last consumed to its end", lag);
    }
    let last = position.last().and_then(|last| last.id().parse::<EventId>().ok());
    if let (Some(last), youngest @ 1..) = (last, traffic.youngest()) {
        let lag = youngest.saturating_sub(last.number()) as f64;
        page.gauge(
            "lag_events",
            "Events that the last document of the feed has and the copy lacks",
            lag,
        );
    }
    Ok(page.text())
}
