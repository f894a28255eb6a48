//! Publishes a SQLite database as a snapshot and a change event feed over HTTP.

#![forbid(unsafe_code)]

use anyhow::Context;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::generate::Generator;
use snapshot_sync::listen::Listening;
use snapshot_sync::server::{Publisher, START};
use snapshot_sync::shutdown;
use snapshot_sync::snapshot::{Opening, Snapshot};
use snapshot_sync::store::Store;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// Publishes a database as a snapshot and a change event feed, until it is told to stop.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The database; it is made where it does not exist.
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the snapshot's packages are kept.
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// From how many octets on a package is full.
    #[arg(long, default_value_t = 3 * 1024 * 1024)]
    package_octets: u64,
    /// How many events an archive document of a new database's feed has.
    #[arg(long, default_value_t = 1000)]
    page_events: u64,
    /// Fills an empty database with so many made-up entities.
    #[arg(long, value_name = "COUNT")]
    generate: Option<u64>,
    /// Makes so many made-up changes a second among the generated entities.
    #[arg(long, value_name = "COUNT", requires = "generate", value_parser = clap::value_parser!(u64).range(1..=1000))]
    changes_per_second: Option<u64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("publish: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let database = arguments.database.display().to_string();
    let store = Store::open(&arguments.database, arguments.page_events).context(database)?;
    if let Some(count) = arguments.generate {
        fill(&store, count)?;
    }
    let store = Arc::new(store);
    let snapshot = write(arguments, &store)?;
    let publisher = Arc::new(Publisher::new(store.clone())?);
    publisher.publish(Arc::new(snapshot));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listening = Listening::at(arguments.listen, publisher).await?;
        info!("publishing on {}", listening.uri(START));
        let asked = shutdown::Asked::new()?;
        match (arguments.generate, arguments.changes_per_second) {
            (Some(count), Some(pace)) => tokio::select! {
                result = change(store, count, pace) => result?,
                () = asked.wait() => {}
            },
            _ => asked.wait().await,
        }
        info!("stopping: what is being answered is answered to its end");
        anyhow::Ok(listening.stop().await?)
    })
}

fn fill(store: &Store, count: u64) -> anyhow::Result<()> {
    let filled: u64 =
        store.reader()?.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
    if filled > 0 {
        info!("the database has {filled} entities already: none is made up");
        return Ok(());
    }
    let bar = bar("entities made up", count);
    store.fill(count, &mut Generator::new(1), || bar.inc(1))?;
    bar.finish();
    Ok(())
}

/// Writes the packages of a snapshot of this moment; those of an earlier run are removed first.
fn write(arguments: &Arguments, store: &Store) -> anyhow::Result<Snapshot> {
    let directory = arguments.store.display().to_string();
    std::fs::create_dir_all(&arguments.store).with_context(|| directory.clone())?;
    for entry in std::fs::read_dir(&arguments.store).with_context(|| directory.clone())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "multipart") {
            remove(&path);
        }
    }
    let count = store.reader()?.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
    let bar = bar("entities written into packages", count);
    let snapshot = Snapshot::write(
        store,
        &arguments.store,
        Opening::Implied,
        arguments.package_octets,
        || {
            bar.inc(1);
        },
    )?;
    bar.finish();
    info!("snapshot {} has {} packages", snapshot.document().id(), snapshot.packages().len());
    Ok(snapshot)
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        warn!("{} stays: {error}", path.display());
    }
}

/// Makes changes until the process ends.
async fn change(store: Arc<Store>, count: u64, pace: u64) -> anyhow::Result<()> {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(pace)?);
    // What was changed before goes on from other changes, not from the same.
    let mut generator = Generator::new(store.now().unsigned_abs());
    let mut fresh = count;
    loop {
        ticks.tick().await;
        let change = generator.change(count, fresh);
        fresh += 1;
        let store = store.clone();
        tokio::task::spawn_blocking(move || store.change(&change)).await??;
    }
}

fn bar(what: &'static str, count: u64) -> ProgressBar {
    let template = "  {msg:<34} {bar:32} {human_pos:>10} of {human_len} in {elapsed}";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(count).with_message(what).with_style(style)
}
