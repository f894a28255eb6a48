//! Publishes a SQLite database as a snapshot and a change event feed over HTTP.

#![forbid(unsafe_code)]

use anyhow::Context;
use chrono::{TimeDelta, Utc};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::listen::{Limits, Listening};
use snapshot_sync::publisher::server::{Publisher, START, Token};
use snapshot_sync::publisher::snapshot::{Options, Shelf};
use snapshot_sync::publisher::store::Store;
use snapshot_sync::shutdown;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// Publishes a database as a snapshot and a change event feed, until it is told to stop.
#[derive(Debug, Clone, Parser)]
#[command(version)]
struct Arguments {
    /// The database; it is made where it does not exist.
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where snapshots are kept. What is there of an earlier run is served on.
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// From how many octets on a package is full.
    #[arg(long, default_value_t = 3 * 1024 * 1024)]
    package_octets: u64,
    /// Keeps no gzip and zstd forms beside the packages.
    #[arg(long)]
    no_codings: bool,
    /// After how many seconds another snapshot is written; without it, only where there is none.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    snapshot_every: Option<u32>,
    /// For how many seconds a snapshot is kept after another one took its place.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    keep: u32,
    /// A file with the token that clients must show.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// How many connections there may be at once.
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().connections)]
    connections: usize,
    /// How many events an archive document of a new database's feed has.
    #[arg(long, default_value_t = 1000)]
    page_events: u64,
    /// Fills a database that was never published with so many made-up entities.
    #[arg(long, value_name = "COUNT")]
    generate: Option<u64>,
    /// Makes so many made-up changes a second among the generated entities.
    #[arg(long, value_name = "COUNT", requires = "generate", value_parser = clap::value_parser!(u32).range(1..=1000))]
    changes_per_second: Option<u32>,
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
    let directory = arguments.store.display().to_string();
    let shelf = Shelf::open(&arguments.store, &store).context(directory)?;
    match shelf.current() {
        Some(snapshot) => info!("snapshot {} is served on", snapshot.document().id()),
        None => write(arguments, &store, &shelf)?,
    }
    let publisher = Publisher::new(store.clone(), shelf)?;
    let publisher = Arc::new(match &arguments.token_file {
        Some(path) => publisher.token(token(path)?),
        None => publisher,
    });
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(async {
        let limits = Limits { connections: arguments.connections, ..Limits::default() };
        let listening =
            Listening::within(&limits, arguments.listen, publisher.clone().router()).await?;
        info!("publishing on {}", listening.uri(START));
        let asked = shutdown::Asked::new()?;
        let work = async { tokio::join!(change(arguments, store), tend(arguments, publisher)) };
        asked.or(work).await;
        info!("stopping: what is being answered is answered to its end");
        anyhow::Ok(listening.stop().await?)
    });
    // A snapshot that is being written is not waited for: the next run removes what there is of it.
    runtime.shutdown_background();
    done
}

fn token(path: &Path) -> anyhow::Result<Token> {
    let token = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    anyhow::ensure!(!token.trim().is_empty(), "{} is empty", path.display());
    Ok(Token::new(&token))
}

fn fill(store: &Store, count: u64) -> anyhow::Result<()> {
    if !store.is_unseen()? {
        info!("the database was published before: no entities are made up");
        return Ok(());
    }
    let bar = bar("entities made up", count);
    store.fill(count, &mut Generator::new(1), || bar.inc(1))?;
    bar.finish();
    Ok(())
}

/// Writes a snapshot of this moment, and publishes it.
fn write(arguments: &Arguments, store: &Store, shelf: &Shelf) -> anyhow::Result<()> {
    let count = store.reader()?.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
    let bar = bar("entities written into packages", count);
    let Arguments { package_octets, no_codings, .. } = *arguments;
    let options = Options { package_octets, codings: !no_codings, ..Options::default() };
    let snapshot = shelf.write(store, &arguments.store, &options, || bar.inc(1))?;
    bar.finish();
    info!("snapshot {} has {} packages", snapshot.document().id(), snapshot.packages().len());
    Ok(())
}

/// Writes snapshots and removes old ones, each in its time.
async fn tend(arguments: &Arguments, publisher: Arc<Publisher>) {
    let keep = TimeDelta::seconds(arguments.keep.into());
    let mut written = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let every = arguments.snapshot_every.map(|seconds| Duration::from_secs(seconds.into()));
        if every.is_some_and(|every| written.elapsed() >= every) {
            written = Instant::now();
            let (arguments, publisher) = (arguments.clone(), publisher.clone());
            let write = move || write(&arguments, publisher.store(), publisher.shelf());
            attempt("no snapshot is written", write).await;
        }
        let publisher = publisher.clone();
        let expire = move || Ok(publisher.shelf().expire(keep, Utc::now())?);
        attempt("an old snapshot is not removed", expire).await;
    }
}

/// Works off the async threads. What fails ends nothing: what there is can be served all the same,
/// and the next time may be better, though not at once.
async fn attempt(failed: &str, work: impl FnOnce() -> anyhow::Result<()> + Send + 'static) {
    let done = tokio::task::spawn_blocking(work).await;
    if let Err(error) = done.map_err(anyhow::Error::from).flatten() {
        warn!("{failed}: {error:#}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Makes changes until the process ends, where it is asked to.
async fn change(arguments: &Arguments, store: Arc<Store>) {
    let (Some(count), Some(pace)) = (arguments.generate, arguments.changes_per_second) else {
        return;
    };
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / pace);
    // What was changed before goes on from other changes, not from the same.
    let mut generator = Generator::new(store.now().unsigned_abs());
    let mut fresh = count;
    loop {
        ticks.tick().await;
        let change = generator.change(count, fresh);
        fresh += 1;
        let store = store.clone();
        let change = move || Ok(store.change(&change).map(drop)?);
        attempt("no change is made", change).await;
    }
}

fn bar(what: &'static str, count: u64) -> ProgressBar {
    let template = "  {msg:<34} {bar:32} {human_pos:>10} of {human_len} in {elapsed}";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(count).with_message(what).with_style(style)
}
