//! The summary of the tour.

use crate::manage::Managed;
use crate::sync::Outcome;
use comfy_table::{Table, presets};
use indicatif::{HumanBytes, HumanCount};
use snapshot_sync::publisher::snapshot::Opening;
use std::fmt::Display;
use std::time::Duration;

/// Creates a table with two columns: what was done, and the figures.
pub(crate) fn table(outcome: &Outcome, managed: &Managed) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    publishing(&mut table, outcome);
    replicating(&mut table, outcome);
    comparing(&mut table, outcome);
    steps(&mut table, "version links", &outcome.walked.done);
    steps(&mut table, "feed service management", &managed.done);
    timing(&mut table, outcome);
    table
}

fn row(table: &mut Table, what: &str, figures: impl Display) {
    table.add_row([what.to_owned(), figures.to_string()]);
}

fn publishing(table: &mut Table, outcome: &Outcome) {
    let Outcome { entities, versions, opening, snapshot, changes, .. } = outcome;
    let (entities, versions) = (HumanCount(*entities), HumanCount(*versions));
    row(table, "database", format!("{entities} entities in {versions} versions"));
    let opening = match opening {
        Opening::Implied => "implied opening",
        Opening::Delimiter => "opening delimiter",
    };
    let (parts, packages) = (HumanCount(snapshot.entities), HumanCount(snapshot.packages));
    let octets = HumanBytes(snapshot.octets);
    let figures = format!("{parts} parts in {packages} packages, {octets}, {opening}");
    row(table, "snapshot", figures);
    let total = HumanCount(changes.total());
    row(table, "changes after its start", format!("{total} events in the feed"));
    let figures = format!(
        "{} PUT ({} of them additions), {} PATCH, {} POST, {} DELETE",
        HumanCount(changes.replaced + changes.added),
        HumanCount(changes.added),
        HumanCount(changes.patched),
        HumanCount(changes.extended),
        HumanCount(changes.deleted)
    );
    row(table, "  by method", figures);
    row(table, "  to entities already served", HumanCount(changes.after_served));
}

fn replicating(table: &mut Table, outcome: &Outcome) {
    let Outcome { feed, snapshot_alone, .. } = outcome;
    let differs = format!("differs in {} entities", HumanCount(*snapshot_alone));
    row(table, "snapshot alone", differs);
    let figures = format!(
        "{} pages in {} readings, {} not modified (304)",
        HumanCount(feed.documents - feed.documents_not_modified),
        feed.readings,
        feed.documents_not_modified
    );
    row(table, "feed", figures);
    let figures = format!(
        "{} replaced, {} deleted, {} patched, {} fetched",
        HumanCount(feed.replaced),
        HumanCount(feed.deleted),
        HumanCount(feed.patched),
        HumanCount(feed.fetched)
    );
    row(table, "  events consumed", figures);
    let figures = format!(
        "{} not modified (304), {} without a state (such as 404)",
        HumanCount(feed.not_modified),
        HumanCount(feed.ignored)
    );
    row(table, "  conditional GETs of entities", figures);
}

fn comparing(table: &mut Table, outcome: &Outcome) {
    let comparison = &outcome.comparison;
    for (side, summary) in [("publisher", &comparison.publisher), ("replica", &comparison.replica)]
    {
        let count = HumanCount(summary.count);
        row(table, side, format!("{count} entities, sha-256 {}", summary.digest));
    }
    let verdict = match &comparison.first_difference {
        None => "equal, row by row".to_owned(),
        Some(uri) => format!("{} entities differ, the first is {uri}", comparison.differences),
    };
    row(table, "compared", verdict);
}

/// Adds the interactions of a draft, each with its result.
fn steps(table: &mut Table, draft: &str, done: &[(&str, String)]) {
    row(table, draft, format!("{} interactions, each checked", done.len()));
    for (what, result) in done {
        row(table, &format!("  {what}"), result);
    }
}

fn timing(table: &mut Table, outcome: &Outcome) {
    let total: Duration = outcome.times.iter().map(|(_, time)| *time).sum();
    row(table, "time", seconds(total));
    for (what, time) in &outcome.times {
        row(table, &format!("  {what}"), seconds(*time));
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
