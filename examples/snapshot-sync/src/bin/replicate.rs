//! Replicates what a publisher serves into a SQLite database, and follows its feed.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "the status goes to standard output")]

use anyhow::Context;
use change_feed::{Limits, Patience, Refused, Stop};
use chrono::TimeDelta;
use clap::{Args, Parser, Subcommand};
use http::HeaderValue;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::error::Error;
use snapshot_sync::logs::Format;
use snapshot_sync::origin::Origins;
#[cfg(feature = "metrics")]
use snapshot_sync::publisher::listen::{self, Listening};
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::fetch::{self, Fetcher};
use snapshot_sync::replica::phase::Phase;
use snapshot_sync::replica::replicate::Happening;
use snapshot_sync::replica::replicator::{Options, Outcome, Replicator};
use snapshot_sync::replica::status::Status;
use snapshot_sync::{service, shutdown};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Runtime;
use tracing::{info, warn};

/// Replicates what a publisher serves, and follows its feed until SIGTERM or SIGINT.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    replicate: Option<Replicate>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints what a replica contains, how far it is behind, and what remains to be done.
    Status {
        /// The replica's database.
        #[arg(long, value_name = "FILE")]
        database: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Replicate {
    /// The URI of the publisher's index or feed.
    #[arg(long, value_name = "URI")]
    from: String,
    /// The replica's database; it is created if it does not exist.
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    /// Stops when the feed is consumed to its end. The exit status is 3 if the copy is incomplete
    /// then.
    #[arg(long)]
    once: bool,
    /// The number of seconds between two requests for the feed.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    poll: u64,
    /// The longest time in seconds that the publisher is asked to wait for the next event (Prefer: wait),
    /// at most half of --stall; 0 asks for none. If the publisher waits, --poll does not count.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u16,
    /// The number of packages that are fetched at the same time. While the feed is replayed, twice
    /// as many entities are fetched at the same time.
    #[arg(long, value_name = "COUNT", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    parallel: u8,
    /// The number of times that a failed request is repeated. The delay before each repetition
    /// doubles, from a tenth of a second.
    #[arg(long, value_name = "COUNT", default_value_t = 9)]
    retries: usize,
    /// The number of seconds to wait for the next octet of an answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    stall: u64,
    /// The number of seconds for which a fault must last before the replica believes it: that the
    /// history was cut, or that a document does not exist. With --once, the replica waits at most
    /// twice as long.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    patience: u32,
    /// The shortest time in seconds between two whole snapshots.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    snapshot_interval: u32,
    /// The limit on entities that cannot be had, beyond which the replica stops.
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    set_aside: u64,
    /// The address to serve metrics on, at /metrics; a port alone is one of 127.0.0.1.
    #[cfg(feature = "metrics")]
    #[arg(long, value_name = "ADDR", value_parser = snapshot_sync::metrics::address)]
    metrics: Option<std::net::SocketAddr>,
    /// How logs are written.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    log_format: Format,
    /// Replaces the copy by a snapshot of another timeline or of another feed. Without this option
    /// the exit status is 4 if the publisher has one.
    #[arg(long)]
    replace_other_timeline: bool,
    /// A file that contains the token for the publisher. No other origin receives the token.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A URI of another origin that requests may go to, such as <https://packages.example.org>.
    #[arg(long, value_name = "URI")]
    allow_origin: Vec<String>,
}

/// The exit status of an incomplete copy.
const INCOMPLETE: u8 = 3;
/// The exit status if the publisher has another timeline or another feed.
const OTHER_TIMELINE: u8 = 4;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let format = arguments.replicate.as_ref().map(|it| it.log_format).unwrap_or_default();
    format.begin();
    let done = match (arguments.command, arguments.replicate) {
        (Some(Command::Status { database }), _) => status(&database).map(|()| ExitCode::SUCCESS),
        (None, Some(replicate)) => run(&replicate),
        (None, None) => Err(anyhow::anyhow!("--from and --database are missing")),
    };
    done.unwrap_or_else(|error| {
        format.fail("replicate", &format!("{error:#}"));
        match error.downcast_ref() {
            Some(Error::Stop { stop: Stop::OtherTimeline | Stop::OtherFeed, .. })
            | Some(Error::Refused {
                refused: Refused::OtherTimeline | Refused::OtherFeed, ..
            }) => ExitCode::from(OTHER_TIMELINE),
            _ => ExitCode::FAILURE,
        }
    })
}

fn status(database: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(database.exists(), "{} does not exist", database.display());
    println!("{}", Status::of(&Replica::open_read_only(database)?)?);
    Ok(())
}

/// Reads a token into the value of an Authorization field.
fn authorization(path: &Path) -> anyhow::Result<HeaderValue> {
    let named = || path.display().to_string();
    let token = std::fs::read_to_string(path).with_context(named)?;
    let value = HeaderValue::try_from(format!("Bearer {}", token.trim()));
    let mut value = value.with_context(named)?;
    value.set_sensitive(true);
    Ok(value)
}

fn fetcher(arguments: &Replicate) -> anyhow::Result<Fetcher> {
    let origins = arguments
        .allow_origin
        .iter()
        .try_fold(Origins::of(&arguments.from)?, |origins, uri| origins.and(uri))?;
    let mut options = fetch::Options {
        stall: Duration::from_secs(arguments.stall),
        patience: Duration::from_secs(arguments.patience.into()),
        token: arguments.token_file.as_deref().map(authorization).transpose()?,
        ..fetch::Options::default()
    };
    options.retries.times = arguments.retries;
    Ok(Fetcher::new(origins, options)?)
}

/// Replicates until the work is done or a signal asks to stop. Unfinished work is then abandoned:
/// the next run does again what was not committed.
fn run(arguments: &Replicate) -> anyhow::Result<ExitCode> {
    let runtime = Runtime::new()?;
    let fetcher = fetcher(arguments)?;
    let (from, database) = (&arguments.from, &arguments.database);
    #[cfg(feature = "metrics")]
    let traffic = fetcher.traffic().clone();
    let replicator =
        Replicator::new(runtime.handle().clone(), fetcher, from, database, options(arguments));
    let done = runtime.block_on(async {
        let stop = shutdown::Asked::new()?;
        #[cfg(feature = "metrics")]
        let bound = arguments.metrics.map(listen::Bound::at).transpose()?;
        let opening =
            tokio::task::spawn_blocking(move || anyhow::Ok((replicator.open()?, replicator)));
        let Some(opened) = stop.or(opening).await else { return anyhow::Ok(None) };
        let (opened, replicator) = opened??;
        #[cfg(feature = "metrics")]
        let _metrics = match bound {
            Some(bound) => {
                let routes = snapshot_sync::replica::metrics::router(database.clone(), traffic);
                let limits = listen::Limits::METRICS;
                let listening = Listening::on(&limits, bound, routes).await?;
                info!("metrics on {}", listening.uri("/metrics"));
                Some(listening)
            }
            None => None,
        };
        service::tell(service::State::Ready);
        let keeping = tokio::task::spawn_blocking(move || replicator.keep(opened, progress()));
        match stop.or(keeping).await {
            Some(done) => Ok(Some(done??)),
            None => Ok(None),
        }
    });
    // The thread that keeps the copy may still wait, by a timer that must not end before it. Both end
    // with the process.
    std::mem::forget(runtime);
    Ok(match done? {
        Some(Outcome::Complete) => ExitCode::SUCCESS,
        Some(Outcome::Incomplete(count)) => {
            let database = database.display();
            let why = format!(
                "the copy is incomplete: {count} entities cannot be had at present; `replicate status \
                 --database {database}` lists them with the reasons"
            );
            arguments.log_format.fail("replicate", &why);
            ExitCode::from(INCOMPLETE)
        }
        None => {
            service::tell(service::State::Stopping);
            info!("stopping: the next run continues from here");
            if !Replica::checkpoint(database).unwrap_or(false) {
                warn!("the write-ahead log stays: the next run needs it");
            }
            if arguments.once { ExitCode::from(INCOMPLETE) } else { ExitCode::SUCCESS }
        }
    })
}

fn options(arguments: &Replicate) -> Options {
    let over = TimeDelta::seconds(arguments.patience.into());
    Options {
        once: arguments.once,
        poll: Duration::from_secs(arguments.poll),
        wait: Duration::from_secs(arguments.wait.into()),
        parallel: usize::from(arguments.parallel),
        patience: Patience::default()
            .over(over)
            .first(over / 60)
            .longest((over * 2).max(TimeDelta::seconds(1)))
            .snapshots(TimeDelta::seconds(arguments.snapshot_interval.into())),
        limits: Limits::default().set_aside(arguments.set_aside),
        replace_other_timeline: arguments.replace_other_timeline,
    }
}

/// Logs the phases of a snapshot, and draws a bar of its entities.
fn progress() -> impl Fn(Happening) + Clone + Send + 'static {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("  entities {human_pos:>12} in {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    move |happening| match happening {
        Happening::Phase(phase) => {
            info!(%phase);
            match phase {
                Phase::Packages => bar.reset(),
                Phase::Switch => bar.finish(),
                _ => {}
            }
        }
        Happening::Entities(count) => bar.inc(count),
    }
}
