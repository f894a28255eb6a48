//! Publishes a SQLite database as a snapshot and a change event feed over HTTP.

#![forbid(unsafe_code)]

use anyhow::Context;
use chrono::Utc;
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::Error;
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::listen::{Bound, Limits, Listening};
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

/// How far the database's clock may be ahead of the system's without a warning.
const AHEAD: Duration = Duration::from_secs(60);

/// How long work that cannot be interrupted is waited for at the end.
const STOP: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("publish: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error in one line: what failed, where, why, and what to do.
fn told(error: &anyhow::Error) -> String {
    let advice = error.chain().find_map(|cause| cause.downcast_ref::<Error>()?.advice());
    advice.map_or_else(|| format!("{error:#}"), |advice| format!("{error:#}: {advice}"))
}

/// What can be refused is looked at first: the address, the token and the database. Only then is
/// anything written.
fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let bound = Bound::at(arguments.listen)?;
    let token = arguments.token_file.as_deref().map(token).transpose()?;
    let store = Arc::new(open(arguments)?);
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(publish(arguments, bound, token, store.clone()));
    // Other work has seen that the store is asked to stop. An unfinished snapshot is not waited for
    // any longer: the next run removes it.
    runtime.shutdown_timeout(STOP);
    match Arc::into_inner(store) {
        Some(store) => store.close().with_context(|| named(&arguments.database))?,
        None => warn!("the write-ahead log stays: the next run needs it"),
    }
    done
}

/// Publishes until the process is asked to stop.
async fn publish(
    arguments: &Arguments,
    bound: Bound,
    token: Option<Token>,
    store: Arc<Store>,
) -> anyhow::Result<()> {
    let asked = shutdown::Asked::new()?;
    let prepare = {
        let (arguments, store) = (arguments.clone(), store.clone());
        tokio::task::spawn_blocking(move || prepare(&arguments, &store))
    };
    let Some(shelf) = asked.or(prepare).await else {
        info!("stopping: the next run continues from here");
        store.stop();
        return Ok(());
    };
    let publisher = Publisher::new(store.clone(), shelf??)?;
    let publisher = Arc::new(match token {
        Some(token) => publisher.token(token),
        None => publisher,
    });
    let limits = Limits { connections: arguments.connections, ..Limits::default() };
    let listening = Listening::on(&limits, bound, publisher.clone().router()).await?;
    info!("publishing on {}", listening.uri(START));
    let work = async { tokio::join!(change(arguments, store.clone()), tend(arguments, publisher)) };
    asked.or(work).await;
    info!("stopping after the answers that have begun");
    store.stop();
    Ok(listening.stop().await?)
}

/// Makes everything that is served: the generated entities, and a snapshot if there is none.
fn prepare(arguments: &Arguments, store: &Store) -> anyhow::Result<Shelf> {
    if let Some(count) = arguments.generate {
        fill(store, count)?;
    }
    let shelf = Shelf::open(&arguments.store, store)?;
    match shelf.current() {
        Some(snapshot) => {
            info!("snapshot {} of an earlier run is served", snapshot.document().id());
        }
        None => write(arguments, store, &shelf)?,
    }
    Ok(shelf)
}

/// Warns if the database's clock is far ahead of the system's; returns whether it is.
fn warned_of_clock(store: &Store) -> bool {
    let ahead = store.ahead();
    if ahead > AHEAD {
        warn!(
            seconds = ahead.as_secs(),
            "the database's clock is ahead of the system's: events have its time until the system's clock \
             has caught up; if the system's clock is wrong, set it"
        );
    }
    ahead > AHEAD
}

fn open(arguments: &Arguments) -> anyhow::Result<Store> {
    let entities = arguments.entities.clone().unwrap_or_default();
    let new = NewFeed { page_events: arguments.page_events, entities };
    let store = Store::open_as(&arguments.database, &new, || Utc::now().timestamp_millis());
    let store = store.map_err(|error| match error {
        Error::Database(_) => anyhow::Error::from(error).context(named(&arguments.database)),
        // The others name it.
        error => error.into(),
    })?;
    let is = &store.feed().entities;
    if let Some(expected) = arguments.entities.as_ref().filter(|expected| *expected != is) {
        anyhow::bail!(
            "the entities of {} have the path {is}, and a database keeps its path: omit --entities \
             {expected}, or name a new database",
            named(&arguments.database)
        );
    }
    Ok(match &arguments.base_uri {
        Some(uri) => store.with_references(References::below(uri)?),
        None => store,
    })
}

fn named(path: &Path) -> String {
    path.display().to_string()
}

fn token(path: &Path) -> anyhow::Result<Token> {
    let read = std::fs::read_to_string(path);
    let token = read.map_err(|source| Error::File { path: path.to_owned(), source })?;
    anyhow::ensure!(
        !token.trim().is_empty(),
        "{} is empty: write the token into it",
        path.display()
    );
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

/// Writes new snapshots and removes old ones when they are due, and warns once of a clock that is
/// wrong.
async fn tend(arguments: &Arguments, publisher: Arc<Publisher>) {
    let keep = Duration::from_secs(arguments.keep.into());
    let mut written = Instant::now();
    let mut is_warned = false;
    loop {
        is_warned = is_warned || warned_of_clock(publisher.store());
        tokio::time::sleep(Duration::from_secs(1)).await;
        let every = arguments.snapshot_every.map(|seconds| Duration::from_secs(seconds.into()));
        if every.is_some_and(|every| written.elapsed() >= every) {
            written = Instant::now();
            let (arguments, publisher) = (arguments.clone(), publisher.clone());
            let write = move || write(&arguments, publisher.store(), publisher.shelf());
            attempt("a snapshot cannot be written", write).await;
        }
        let publisher = publisher.clone();
        let expire = move || Ok(publisher.shelf().expire(keep, Instant::now())?);
        attempt("an old snapshot cannot be removed", expire).await;
    }
}

/// Does blocking work off the async threads. A failure is logged and does not end the program: the
/// existing snapshots are still served, and the work is tried again, at the earliest after a
/// second.
async fn attempt(failed: &str, work: impl FnOnce() -> anyhow::Result<()> + Send + 'static) {
    let done = tokio::task::spawn_blocking(work).await;
    if let Err(error) = done.map_err(anyhow::Error::from).flatten() {
        warn!("{failed}: {}", told(&error));
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
