//! The main job in one command: a database published as snapshot and event feed over real HTTP,
//! replicated while it changes, and compared row by row.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "this program prints what it does")]

mod changes;
mod manage;
mod show;
mod summary;
mod sync;
mod versions;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use show::Show;
use std::path::PathBuf;
use std::process::ExitCode;

/// Publishes a database as snapshot and event feed, replicates it over HTTP, and compares both.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The number of entities in the database.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=50_000_000))]
    entities: u64,
    /// How the packages begin: as in the event-sourcing draft, or as in RFC 2046.
    #[arg(long, value_enum, default_value_t = Opening::Implied)]
    opening: Opening,
    /// Keeps the databases and the exchanged documents in this directory.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Prints only the summary.
    #[arg(long)]
    quiet: bool,
}

/// How the packages begin.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Opening {
    /// With the head of the first part, as in the event-sourcing draft.
    Implied,
    /// With a delimiter line, as in RFC 2046.
    Delimiter,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr);
    log.with_max_level(tracing_subscriber::filter::LevelFilter::WARN).init();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("tour: publisher and replica differ");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("tour: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the tour. The result is whether publisher and replica are equal at the end.
fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let scratch = tempfile::tempdir().context("cannot create a temporary directory")?;
    let directory = match &arguments.keep {
        Some(keep) => {
            std::fs::create_dir_all(keep)
                .with_context(|| format!("cannot create {}", keep.display()))?;
            let mut entries = std::fs::read_dir(keep)?;
            anyhow::ensure!(entries.next().is_none(), "{} is not empty", keep.display());
            keep.clone()
        }
        None => scratch.path().to_owned(),
    };
    let show = Show::new(arguments.quiet);
    let plan = sync::Plan {
        entities: arguments.entities,
        opening: match arguments.opening {
            Opening::Implied => snapshot_sync::publisher::snapshot::Opening::Implied,
            Opening::Delimiter => snapshot_sync::publisher::snapshot::Opening::Delimiter,
        },
        keep: arguments.keep.is_some(),
        directory,
    };
    // Every thread keeps some memory of its own, so that few threads need little memory.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(4)
        .enable_all()
        .build()?;
    if arguments.keep.is_none() {
        runtime.spawn(clean_up_when_interrupted(scratch.path().to_owned()));
    }
    let outcome = sync::run(&plan, &runtime, &show)?;
    let managed = runtime.block_on(manage::run(&show))?;
    println!("{}", summary::table(&outcome, &managed));
    if let Some(keep) = &arguments.keep {
        show.say(&format!("The databases and documents are in {}.", keep.display()));
    }
    Ok(outcome.is_equal())
}

/// Removes the databases when the user stops the tour.
async fn clean_up_when_interrupted(scratch: PathBuf) {
    if tokio::signal::ctrl_c().await.is_ok() {
        eprintln!("tour: interrupted");
        // If this fails, there is nothing else to do: the program ends anyway.
        let _ = std::fs::remove_dir_all(scratch);
        std::process::exit(130);
    }
}
