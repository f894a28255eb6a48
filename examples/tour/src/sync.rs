//! The event-sourcing draft's part: publish, change, replicate, compare.

use crate::changes::{Changer, Changes};
use crate::show::Show;
use anyhow::Context;
use comfy_table::{Table, presets};
use indicatif::HumanBytes;
use snapshot_sync::compare::{Comparison, compare};
use snapshot_sync::fetch::Fetcher;
use snapshot_sync::follow::{FeedReport, Follower};
use snapshot_sync::generate::Generator;
use snapshot_sync::replica::Replica;
use snapshot_sync::replicate::{self, SnapshotReport};
use snapshot_sync::server::{Publisher, START};
use snapshot_sync::snapshot::{Opening, Snapshot};
use snapshot_sync::store::Store;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How large a package is: about as large as the draft's.
const PACKAGE_OCTETS: u64 = 3 * 1024 * 1024;
/// How many events an archive document has.
const PAGE_EVENTS: u64 = 1000;

/// What is to be done.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) entities: u64,
    pub(crate) opening: Opening,
    pub(crate) keep: bool,
    pub(crate) directory: PathBuf,
}

/// What was done.
#[derive(Debug)]
pub(crate) struct Outcome {
    entities: u64,
    versions: u64,
    opening: Opening,
    snapshot: SnapshotReport,
    changes: Changes,
    feed: FeedReport,
    after_snapshot: u64,
    comparison: Comparison,
    times: Vec<(&'static str, Duration)>,
}

/// Publishes a database, replicates it while it changes, and compares both.
pub(crate) fn run(plan: &Plan, runtime: &Runtime, show: &Show) -> anyhow::Result<Outcome> {
    let mut times = Vec::new();
    let mut began = Instant::now();
    let mut lap = |what| {
        times.push((what, began.elapsed()));
        began = Instant::now();
    };

    show.say(&format!("Filling a SQLite database with {} entities.", plan.entities));
    let store = Arc::new(Store::open(&plan.directory.join("publisher.sqlite"))?);
    let bar = show.bar("entities stored", plan.entities);
    let versions = store.fill(plan.entities, &mut Generator::new(1), || bar.inc(1))?;
    bar.finish();
    lap("fill the database");

    let publisher = Arc::new(Publisher::new(store.clone(), PAGE_EVENTS)?);
    let address = serve(&publisher, runtime)?;
    let total = plan.entities.div_ceil(20).max(60);
    let changer = Changer::start(publisher.clone(), plan.entities, total + total / 10);

    show.say(&format!(
        "Publishing a snapshot on http://{address}{START} while {} changes are made to the database.",
        total + total / 10
    ));
    let packages = plan.directory.join("packages");
    std::fs::create_dir_all(&packages)?;
    let bar = show.bar("entities written into packages", plan.entities);
    let snapshot = Snapshot::write(&store, &packages, plan.opening, PACKAGE_OCTETS, || {
        // The changes begin once the snapshot's point is fixed: its first part is being written.
        changer.allow(total / 3);
        bar.inc(1);
    })?;
    bar.finish();
    let snapshot = Arc::new(snapshot);
    publisher.publish(snapshot.clone());
    lap("write the packages");

    show.say("Replicating it over HTTP: packages in parallel, each read to its close delimiter.");
    let exchanged = plan.directory.join("exchanged");
    if plan.keep {
        std::fs::create_dir_all(&exchanged)?;
    }
    let fetcher = Fetcher::new(plan.keep.then_some(exchanged))?;
    let replica = Replica::open(&plan.directory.join("replica.sqlite"))?;
    let bar = show.bar("entities replicated", plan.entities);
    let count = snapshot.packages().len().max(1) as u64;
    let allowing = (snapshot.clone(), Arc::new(changer));
    let (served, changer) = (allowing.0, allowing.1.clone());
    let progress = bar.clone();
    let (mut replica, snapshot_report) = runtime.block_on(replicate::snapshot(
        &fetcher,
        replica,
        &format!("http://{address}{START}"),
        move |entities, _| {
            let requested = served.requested() as u64;
            changer.allow(total / 3 + (total - total / 3) * requested / count);
            progress.inc(entities);
        },
    ))?;
    bar.finish();
    lap("replicate the packages");
    let changer = Arc::into_inner(allowing.1).context("the changes are still being allowed")?;
    changer.allow(total);
    let after_snapshot = compare(&store.reader()?, &replica.reader()?)?.differences;
    show.say(&format!(
        "The snapshot alone differs from the database in {after_snapshot} entities by now."
    ));

    show.say("Consuming the event feed: first the window since the snapshot began, then what is younger.");
    let bar = show.bar("events consumed", total + total / 10);
    let handle = runtime.handle().clone();
    let feed = &snapshot_report.feed;
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, feed);
    follower.read_to_end(|| bar.inc(1))?;
    let changes = changer.finish()?;
    // One reading for what is younger than the first, one to see that nothing is left.
    follower.read_to_end(|| bar.inc(1))?;
    follower.read_to_end(|| bar.inc(1))?;
    let feed_report = follower.report();
    bar.finish();
    lap("consume the feed");

    show.say("Comparing both databases row by row.");
    let comparison = compare(&store.reader()?, &replica.reader()?)?;
    lap("compare");
    Ok(Outcome {
        entities: plan.entities,
        versions,
        opening: plan.opening,
        snapshot: snapshot_report,
        changes,
        feed: feed_report,
        after_snapshot,
        comparison,
        times,
    })
}

/// Serves on the loopback interface until the program ends.
fn serve(publisher: &Arc<Publisher>, runtime: &Runtime) -> anyhow::Result<std::net::SocketAddr> {
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let router = publisher.clone().router();
    runtime.spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

impl Outcome {
    /// Whether publisher and replica hold the same.
    pub(crate) fn is_equal(&self) -> bool {
        self.comparison.is_equal()
    }

    /// The summary.
    pub(crate) fn table(&self) -> Table {
        let Self { snapshot, changes, feed, comparison, .. } = self;
        let mut table = Table::new();
        table.load_preset(presets::UTF8_BORDERS_ONLY);
        let mut row = |what: &str, figure: String| {
            table.add_row([what.to_owned(), figure]);
        };
        let opening = match self.opening {
            Opening::Implied => "implied opening",
            Opening::Delimiter => "opening delimiter",
        };
        row("database", format!("{} entities in {} versions", self.entities, self.versions));
        row(
            "snapshot",
            format!(
                "{} entities in {} packages of {} in all, {opening}",
                snapshot.entities,
                snapshot.packages,
                HumanBytes(snapshot.octets)
            ),
        );
        row("changes after its start", format!("{} events", changes.total()));
        row(
            "  by method",
            format!(
                "{} PUT ({} additions), {} PATCH, {} DELETE",
                changes.replaced + changes.added,
                changes.added,
                changes.patched,
                changes.deleted
            ),
        );
        row("  to entities already asked for", changes.after_served.to_string());
        row("snapshot alone", format!("differs in {} entities", self.after_snapshot));
        row("feed", format!("{} documents in {} readings", feed.documents, feed.readings));
        row(
            "  events consumed",
            format!(
                "{} replaced, {} patched, {} deleted, {} fetched",
                feed.replaced, feed.patched, feed.deleted, feed.fetched
            ),
        );
        row(
            "  of the fetched",
            format!("{} not modified (304), {} gone (404, 410)", feed.not_modified, feed.gone),
        );
        for (side, summary) in
            [("publisher", &comparison.publisher), ("replica", &comparison.replica)]
        {
            row(side, format!("{} entities, sha-256 {}", summary.count, summary.digest));
        }
        let verdict = match &comparison.first_difference {
            None => "equal, row by row".to_owned(),
            Some(uri) => format!("{} entities differ, the first is {uri}", comparison.differences),
        };
        row("compared", verdict);
        let times =
            self.times.iter().map(|(what, time)| format!("{what} {:.1} s", time.as_secs_f64()));
        row("times", times.collect::<Vec<_>>().join("\n"));
        table
    }
}
