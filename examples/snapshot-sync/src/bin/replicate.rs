//! Replicates what a publisher serves into a SQLite database, and follows its feed.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "status is asked for to be printed")]

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use snapshot_sync::discover::discover;
use snapshot_sync::error::Error;
use snapshot_sync::fetch::Fetcher;
use snapshot_sync::follow::Follower;
use snapshot_sync::replica::Replica;
use snapshot_sync::{replicate, shutdown};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Runtime;
use tracing::{info, warn};

/// Replicates what a publisher serves, and follows its feed until it is told to stop.
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
    /// Prints what a replica has, and how far it has come.
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
    /// The replica's database; it is made where it does not exist.
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    /// Stops once the feed is consumed to its end.
    #[arg(long)]
    once: bool,
    /// How many seconds to wait before the feed is asked for again.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    poll: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let done = match (&arguments.command, &arguments.replicate) {
        (Some(Command::Status { database }), _) => status(database),
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
    let replica = Replica::open(database)?;
    let entities: u64 =
        replica.reader()?.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
    println!("entities         {entities}");
    match replica.position()? {
        Some(position) => {
            println!("snapshot         whole, started {}", position.start);
            println!("readings of feed {}", position.reading);
            let last = position.last.map_or_else(|| "none".to_owned(), |(id, _)| id);
            println!("last event       {last}");
        }
        None => println!("snapshot         not whole"),
    }
    Ok(())
}

fn run(arguments: &Replicate) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let stop = {
        let _entered = runtime.enter();
        shutdown::Asked::new()?
    };
    let fetcher = Fetcher::new(None)?;
    let database = arguments.database.display().to_string();
    let mut replica = Replica::open(&arguments.database).context(database)?;
    loop {
        if replica.position()?.is_none() {
            let snapshot = replicate::snapshot(&fetcher, replica, &arguments.from, |_| {});
            let Some(done) = runtime.block_on(stop.or(snapshot)) else { return Ok(()) };
            let (filled, report) = done?;
            replica = filled;
            info!(
                packages = report.packages,
                packages_before = report.packages_before,
                entities = report.entities,
                octets = report.octets,
                "the snapshot is whole"
            );
        }
        let Some(start) = runtime.block_on(stop.or(discover(&fetcher, &arguments.from))) else {
            return Ok(());
        };
        match follow(arguments, &runtime, &stop, &fetcher, &mut replica, &start?.feed) {
            Err(Error::HistoryCut) => {
                warn!("the feed's history was cut: beginning again from a snapshot");
                replica.clear()?;
            }
            done => return Ok(done?),
        }
    }
}

/// Consumes the feed to its end, again and again; returns when told to stop.
fn follow(
    arguments: &Replicate,
    runtime: &Runtime,
    stop: &shutdown::Asked,
    fetcher: &Fetcher,
    replica: &mut Replica,
    feed: &str,
) -> Result<(), Error> {
    let mut follower = Follower::new(runtime.handle(), fetcher, replica, feed);
    loop {
        let mut events = 0_u64;
        follower.read_to_end(|| events += 1)?;
        info!(events, "the feed is consumed to its end");
        // The timer is made within the runtime that drives it.
        let wait = async { tokio::time::sleep(Duration::from_secs(arguments.poll)).await };
        if arguments.once || runtime.block_on(stop.or(wait)).is_none() {
            return Ok(());
        }
    }
}
