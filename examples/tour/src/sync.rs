//! The part of the event-sourcing draft: a database is published, changed, replicated and compared.

use crate::changes::{Allowance, Changer, Changes};
use crate::show::Show;
use crate::versions::{self, Walked};
use snapshot_sync::compare::{Comparison, compare};
use snapshot_sync::origin::Origins;
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::server::{Publisher, START};
use snapshot_sync::publisher::snapshot::{Opening, Options, Shelf, Snapshot};
use snapshot_sync::publisher::store::Store;
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::fetch::{self, Fetcher};
use snapshot_sync::replica::follow::{FeedReport, Follower};
use snapshot_sync::replica::replicate::{self, Happening, SnapshotReport};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// The size of a package in octets, about that of the packages in the draft.
const PACKAGE_OCTETS: u64 = 3 * 1024 * 1024;
/// The number of events in an archive document.
const PAGE_EVENTS: u64 = 1000;

/// The settings of a tour.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) entities: u64,
    pub(crate) opening: Opening,
    pub(crate) keep: bool,
    pub(crate) directory: PathBuf,
}

/// The results of a tour.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) entities: u64,
    pub(crate) versions: u64,
    pub(crate) opening: Opening,
    pub(crate) snapshot: SnapshotReport,
    pub(crate) changes: Changes,
    pub(crate) feed: FeedReport,
    /// The number of entities in which the replica differed from the database before it read the feed.
    pub(crate) snapshot_alone: u64,
    pub(crate) comparison: Comparison,
    pub(crate) walked: Walked,
    pub(crate) times: Vec<(&'static str, Duration)>,
}

impl Outcome {
    /// Whether publisher and replica are equal.
    pub(crate) fn is_equal(&self) -> bool {
        self.comparison.is_equal()
    }
}

/// Publishes a database, replicates it while it changes, and compares the two.
pub(crate) fn run(plan: &Plan, runtime: &Runtime, show: &Show) -> anyhow::Result<Outcome> {
    let mut times = Vec::new();
    let mut began = Instant::now();
    let mut lap = |what| {
        times.push((what, began.elapsed()));
        began = Instant::now();
    };
    let (store, versions) = fill(plan, show)?;
    lap("fill the database");

    let publisher = Arc::new(Publisher::new(store.clone(), Shelf::default())?);
    let anywhere = ([127, 0, 0, 1], 0).into();
    let listening = runtime.block_on(Listening::at(anywhere, publisher.clone()))?;
    let pace = Pace { count: plan.entities.div_ceil(20).max(60) };
    let changer = Changer::start(runtime.handle(), &publisher, plan.entities, pace.in_all());

    let start = listening.uri(START);
    show.say(&format!("Publishing a snapshot on {start} while the database changes."));
    let snapshot = write(plan, show, &store, pace, &changer.allowance())?;
    publisher.publish(snapshot.clone());
    lap("write the packages");

    show.say("Replicating it over HTTP: packages in parallel, each read to its close delimiter.");
    let fetcher = fetcher(plan, &start)?;
    let replica = Replica::open(&plan.directory.join("replica.sqlite"))?;
    let bar = show.bar("entities replicated", plan.entities);
    let (progress, allowance) = (bar.clone(), changer.allowance());
    let options = replicate::Options::default();
    let replicated = replicate::snapshot(&fetcher, replica, &start, &options, move |happening| {
        if let Happening::Entities(entities) = happening {
            allowance.raise(pace.while_read(&snapshot));
            progress.inc(entities);
        }
    });
    let (mut replica, snapshot) = runtime.block_on(replicated)?;
    bar.finish();
    lap("replicate the packages");

    let snapshot_alone = compare(&store.reader()?, &replica.reader()?)?.differences;
    show.say(&format!("By now the snapshot alone differs in {snapshot_alone} entities."));
    lap("compare the snapshot alone");

    show.say("Consuming the event feed: first the window since the snapshot began, then the rest.");
    let bar = show.bar("events consumed", pace.in_all());
    let handle = runtime.handle().clone();
    let mut follower = Follower::new(&handle, &fetcher, &mut replica, &snapshot.feed);
    follower.read_to_end(|| bar.inc(1))?;
    let changes = runtime.block_on(changer.finish())?;
    // One more reading for the events that are younger than the first reading, and one that finds
    // no more.
    follower.read_to_end(|| bar.inc(1))?;
    follower.read_to_end(|| bar.inc(1))?;
    let feed = follower.report();
    bar.finish();
    lap("consume the feed");

    show.say("Comparing the two databases row by row.");
    let comparison = compare(&store.reader()?, &replica.reader()?)?;
    lap("compare the databases");

    let walked = runtime.block_on(versions::run(&store, &listening, show))?;
    lap("walk a history");
    runtime.block_on(listening.stop())?;
    let (entities, opening) = (plan.entities, plan.opening);
    Ok(Outcome {
        entities,
        versions,
        opening,
        snapshot,
        changes,
        feed,
        snapshot_alone,
        comparison,
        walked,
        times,
    })
}

/// The number of changes that are made at each time. A twentieth of the entities is changed while
/// the packages are handled: a third of these while they are written, and two thirds while they are
/// read. Some more are changed while the feed is read.
#[derive(Debug, Clone, Copy)]
struct Pace {
    count: u64,
}

impl Pace {
    fn in_all(self) -> u64 {
        self.count + self.count / 10
    }

    fn while_written(self) -> u64 {
        self.count / 3
    }

    fn while_read(self, snapshot: &Snapshot) -> u64 {
        let (requested, packages) = (snapshot.requested() as u64, snapshot.packages().len() as u64);
        let rest = self.count - self.while_written();
        self.while_written() + rest * requested / packages.max(1)
    }
}

fn fill(plan: &Plan, show: &Show) -> anyhow::Result<(Arc<Store>, u64)> {
    show.say(&format!("Filling a SQLite database with {} entities.", plan.entities));
    let store = Store::open(&plan.directory.join("publisher.sqlite"), PAGE_EVENTS)?;
    let bar = show.bar("entities stored", plan.entities);
    let versions = store.fill(plan.entities, &mut Generator::new(1), || bar.inc(1))?;
    bar.finish();
    Ok((Arc::new(store), versions))
}

fn write(
    plan: &Plan,
    show: &Show,
    store: &Store,
    pace: Pace,
    allowance: &Allowance,
) -> anyhow::Result<Arc<Snapshot>> {
    let packages = plan.directory.join("packages");
    std::fs::create_dir_all(&packages)?;
    let bar = show.bar("entities written into packages", plan.entities);
    // No client of the tour requests the coded forms.
    let options = Options { opening: plan.opening, package_octets: PACKAGE_OCTETS, codings: false };
    let snapshot = Snapshot::write(store, &packages, &options, || {
        // The first part is written, so the point in time of the snapshot is fixed: changes may begin.
        allowance.raise(pace.while_written());
        bar.inc(1);
    })?;
    bar.finish();
    Ok(Arc::new(snapshot))
}

fn fetcher(plan: &Plan, start: &str) -> anyhow::Result<Fetcher> {
    let exchanged = plan.directory.join("exchanged");
    if plan.keep {
        std::fs::create_dir_all(&exchanged)?;
    }
    let keep = plan.keep.then_some(exchanged);
    let options = fetch::Options { keep, ..fetch::Options::default() };
    Ok(Fetcher::new(Origins::of(start)?, options)?)
}
