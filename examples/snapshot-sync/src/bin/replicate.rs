//! Replicates what a publisher serves into a SQLite database, and follows its feed.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "the status goes to standard output")]

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use http::HeaderValue;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::error::Error;
use snapshot_sync::origin::Origins;
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::discover::{Start, discover};
use snapshot_sync::replica::fetch::{self, Fetcher};
use snapshot_sync::replica::follow::Follower;
use snapshot_sync::replica::phase::Phase;
use snapshot_sync::replica::replicate::{self, Happening};
use snapshot_sync::replica::status::Status;
use snapshot_sync::shutdown;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};
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
    /// Stops when the feed is consumed to its end.
    #[arg(long)]
    once: bool,
    /// The number of seconds between two requests for the feed.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    poll: u64,
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
    patience: u64,
    /// A file that contains the token for the publisher. No other origin receives the token.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A URI that requests may also go to, and to what is below it, such as
    /// <https://packages.example.org/mirror/>.
    #[arg(long, value_name = "URI")]
    allow_origin: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let done = match (arguments.command, arguments.replicate) {
        (Some(Command::Status { database }), _) => status(&database),
        (None, Some(replicate)) => run(replicate),
        (None, None) => Err(anyhow::anyhow!("--from and --database are missing")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replicate: {error:#}");
            ExitCode::FAILURE
        }
    }
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
        patience: Duration::from_secs(arguments.patience),
        token: arguments.token_file.as_deref().map(authorization).transpose()?,
        ..fetch::Options::default()
    };
    options.retries.times = arguments.retries;
    Ok(Fetcher::new(origins, options)?)
}

/// Replicates until the work is done or a signal asks to stop. Unfinished work is then abandoned:
/// the next run does again what was not committed.
fn run(arguments: Replicate) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let fetcher = fetcher(&arguments)?;
    let replication = Replication { arguments, runtime: runtime.handle().clone(), fetcher };
    let done = runtime.block_on(async {
        let stop = shutdown::Asked::new()?;
        tokio::select! {
            done = tokio::task::spawn_blocking(move || replication.run()) => done?,
            () = stop.wait() => {
                info!("stopping: the next run continues from here");
                Ok(())
            }
        }
    });
    runtime.shutdown_background();
    done
}

/// Blocks on the network and the database.
struct Replication {
    arguments: Replicate,
    runtime: Handle,
    fetcher: Fetcher,
}

impl Replication {
    fn run(&self) -> anyhow::Result<()> {
        let _lock = Replica::lock(&self.arguments.database)?;
        loop {
            let asked = match self.try_run() {
                Ok(()) => return Ok(()),
                Err(error) if self.arguments.once => return Err(error),
                // A publisher that cannot be reached may come back.
                Err(error) => {
                    warn!("{error:#}; trying again");
                    match error.downcast_ref() {
                        Some(Error::Later { after, .. }) => *after,
                        _ => Duration::ZERO,
                    }
                }
            };
            std::thread::sleep(asked.max(self.poll()));
        }
    }

    /// Replicates a snapshot if the replica has none, and follows the feed.
    fn try_run(&self) -> anyhow::Result<()> {
        let database = self.arguments.database.display().to_string();
        let mut replica = Replica::open(&self.arguments.database).context(database)?;
        let mut is_cut = false;
        loop {
            if replica.position()?.is_none() {
                replica = self.snapshot(replica)?;
            }
            let start = discover(&self.fetcher, &self.arguments.from);
            match self.follow(&mut replica, self.runtime.block_on(start)?) {
                // If this follows a snapshot of just now, another one would not help.
                Err(Error::HistoryCut) if !is_cut => {
                    is_cut = true;
                    warn!(
                        "the feed no longer contains the last processed event: a snapshot is replicated again"
                    );
                    replica.forget_position()?;
                }
                done => return Ok(done?),
            }
        }
    }

    fn snapshot(&self, replica: Replica) -> anyhow::Result<Replica> {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("  entities {human_pos:>12} in {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let on = move |happening| match happening {
            Happening::Phase(phase) => {
                info!(%phase);
                if phase == Phase::Switch {
                    bar.finish();
                }
            }
            Happening::Entities(count) => bar.inc(count),
        };
        let parallel = usize::from(self.arguments.parallel);
        let options = replicate::Options { parallel, ..replicate::Options::default() };
        let (fetcher, from) = (&self.fetcher, &self.arguments.from);
        let snapshot = replicate::snapshot(fetcher, replica, from, &options, on);
        let (replica, report) = self.runtime.block_on(snapshot)?;
        info!(
            id = report.id,
            packages = report.packages,
            packages_before = report.packages_before,
            entities = report.entities,
            octets = report.octets,
            "the snapshot is complete"
        );
        Ok(replica)
    }

    /// Consumes the feed to its end: once with `--once`, else again and again.
    fn follow(&self, replica: &mut Replica, start: Start) -> Result<(), Error> {
        let is_replay = replica.position()?.is_some_and(|position| position.reading == 0);
        let mut phase = if is_replay { Phase::Replay } else { Phase::Follow };
        let gets = 2 * usize::from(self.arguments.parallel);
        let mut follower = Follower::new(&self.runtime, &self.fetcher, replica, &start.feed)
            .roots(start.roots)
            .parallel(gets);
        loop {
            info!(%phase);
            let mut events = 0_u64;
            follower.read_to_end(|| events += 1)?;
            info!(events, "the feed is consumed to its end");
            phase = Phase::Follow;
            if self.arguments.once {
                return Ok(());
            }
            std::thread::sleep(self.poll());
        }
    }

    fn poll(&self) -> Duration {
        Duration::from_secs(self.arguments.poll)
    }
}
