//! Publishes a SQLite database as a snapshot and a change event feed over HTTP.

#![forbid(unsafe_code)]

use anyhow::Context;
use chrono::{TimeDelta, Utc};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::listen::{Limits, Listening};
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::server::{Publisher, START, Token};
use snapshot_sync::publisher::snapshot::{Options, Shelf};
use snapshot_sync::publisher::store::{Entities, NewFeed, Store};
use snapshot_sync::shutdown;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::{info, warn};

/// Publishes a database as a snapshot and a change event feed, until it receives SIGTERM or SIGINT.
#[derive(Debug, Clone, Parser)]
#[command(version)]
struct Arguments {
    /// The database; it is created if it does not exist.
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    /// The address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The directory of the snapshots. Those of earlier runs are served again.
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// The size in octets at which a package is full.
    #[arg(long, default_value_t = 3 * 1024 * 1024)]
    package_octets: u64,
    /// Writes no compressed forms (gzip, zstd) beside the packages.
    #[arg(long)]
    no_codings: bool,
    /// The number of seconds between snapshots. Without this option a snapshot is written only if
    /// there is none.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    snapshot_every: Option<u32>,
    /// The number of seconds for which a snapshot is kept after a newer one has replaced it.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    keep: u32,
    /// A file that contains the token that clients must send.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// The limit on simultaneous connections.
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().connections)]
    connections: usize,
    /// The limit on events in an archive document. A database keeps the limit with which it was
    /// created.
    #[arg(long, default_value_t = 1000)]
    page_events: u64,
    /// The path of entities. A database keeps the path with which it was created: this option then
    /// only says which one is expected.
    #[arg(long, value_name = "PATH")]
    entities: Option<Entities>,
    /// The URI of the publisher's root as clients see it, for example behind a proxy. References are
    /// then absolute; without this option they are relative, so that every proxy passes them on.
    #[arg(long, value_name = "URI")]
    base_uri: Option<String>,
    /// Fills a database that was never published with this number of generated entities.
    #[arg(long, value_name = "COUNT")]
    generate: Option<u64>,
    /// Makes this number of generated changes a second to the generated entities.
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
    let store = open(arguments).context(database)?;
    if let Some(count) = arguments.generate {
        fill(&store, count)?;
    }
    let store = Arc::new(store);
    let directory = arguments.store.display().to_string();
    let shelf = Shelf::open(&arguments.store, &store).context(directory)?;
    match shelf.current() {
        Some(snapshot) => {
            info!("snapshot {} of an earlier run is served", snapshot.document().id());
        }
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
        info!("stopping after the answers that have begun");
        anyhow::Ok(listening.stop().await?)
    });
    // An unfinished snapshot is not waited for: the next run removes it.
    runtime.shutdown_background();
    done
}

fn open(arguments: &Arguments) -> anyhow::Result<Store> {
    let entities = arguments.entities.clone().unwrap_or_default();
    let new = NewFeed { page_events: arguments.page_events, entities };
    let store = Store::open_as(&arguments.database, &new, || Utc::now().timestamp_millis())?;
    let is = &store.feed().entities;
    if let Some(expected) = arguments.entities.as_ref().filter(|expected| *expected != is) {
        anyhow::bail!(
            "its entities have the path {is}, and a database keeps its path: omit --entities \
             {expected}, or name a new database"
        );
    }
    Ok(match &arguments.base_uri {
        Some(uri) => store.with_references(References::below(uri)?),
        None => store,
    })
}

fn token(path: &Path) -> anyhow::Result<Token> {
    let token = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    anyhow::ensure!(!token.trim().is_empty(), "{} is empty", path.display());
    Ok(Token::new(&token))
}

fn fill(store: &Store, count: u64) -> anyhow::Result<()> {
    if !store.is_unseen()? {
        info!("the database was published before: no entities are generated");
        return Ok(());
    }
    let bar = bar("entities generated", count);
    store.fill(count, &mut Generator::new(1).below(&store.feed().entities), || bar.inc(1))?;
    bar.finish();
    Ok(())
}

/// Writes a snapshot of the current state, and publishes it.
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

/// Writes new snapshots and removes old ones when they are due.
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
            attempt("a snapshot cannot be written", write).await;
        }
        let publisher = publisher.clone();
        let expire = move || Ok(publisher.shelf().expire(keep, Utc::now())?);
        attempt("an old snapshot cannot be removed", expire).await;
    }
}

/// Does blocking work off the async threads. A failure is logged and does not end the program: the
/// existing snapshots are still served, and the work is tried again, at the earliest after a
/// second.
async fn attempt(failed: &str, work: impl FnOnce() -> anyhow::Result<()> + Send + 'static) {
    let done = tokio::task::spawn_blocking(work).await;
    if let Err(error) = done.map_err(anyhow::Error::from).flatten() {
        warn!("{failed}: {error:#}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Makes generated changes until the process ends, if the options ask for them.
async fn change(arguments: &Arguments, store: Arc<Store>) {
    let (Some(count), Some(pace)) = (arguments.generate, arguments.changes_per_second) else {
        return;
    };
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / pace);
    // A new seed: a later run must not repeat the changes of an earlier one.
    let seed = store.now().unsigned_abs();
    let mut generator = Generator::new(seed).below(&store.feed().entities);
    let mut fresh = count;
    loop {
        ticks.tick().await;
        let change = generator.change(count, fresh);
        fresh += 1;
        let store = store.clone();
        let change = move || Ok(store.change(&change).map(drop)?);
        attempt("a change cannot be made", change).await;
    }
}

fn bar(what: &'static str, count: u64) -> ProgressBar {
    let template = "  {msg:<34} {bar:32} {human_pos:>10} of {human_len} in {elapsed}";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(count).with_message(what).with_style(style)
}
