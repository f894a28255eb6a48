//! Runs one SQL query over the packages of a snapshot.

#![forbid(unsafe_code)]

use clap::Parser;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::prelude::SessionConfig;
use snapshot_query::command::ends::{self, OnSignal};
use snapshot_query::command::{Outcome, Query, register_functions, report};
use std::process::{Command, ExitCode};
use std::sync::Arc;

/// The engine's batches come and go: as in its own program, they do so in an allocator that keeps memory.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PROGRAM: &str = "snapshot-query";

/// The program that queries clusters.
const CLUSTER: &str = "snapshot-cluster";

/// Queries a snapshot by SQL, as the table `snapshot` with the columns location, content_type,
/// length, content_digest, body, package and offset.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Has a cluster run the query, whose scheduler is at this URL. The program snapshot-cluster, which
    /// must stand beside this one, sends it there.
    #[arg(long, value_name = "URL")]
    cluster: Option<String>,
    #[command(flatten)]
    query: Query,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.cluster.is_some() {
        return on_cluster();
    }
    let query = Arc::new(arguments.query);
    let cleaner = query.clone();
    let ended = ends::run(PROGRAM, run(query), OnSignal::Drop, async move {
        cleaner.discard_incomplete();
    });
    ended.unwrap_or_else(|status| status)
}

/// Runs the query on this machine, and prints its result.
async fn run(query: Arc<Query>) -> ExitCode {
    match outcome(&query).await {
        Ok(outcome) => {
            let status = ends::print(PROGRAM, outcome.printed());
            for note in outcome.notes() {
                ends::tell(PROGRAM, &note);
            }
            status
        }
        Err(error) => {
            ends::tell(PROGRAM, &report(&error));
            ExitCode::FAILURE
        }
    }
}

async fn outcome(query: &Query) -> Result<Outcome, DataFusionError> {
    let mut context = SessionContext::new_with_config(query.configure(SessionConfig::new()));
    register_functions(&mut context)?;
    query.run(&context).await
}

/// Runs the program for clusters, which takes the same arguments.
fn on_cluster() -> ExitCode {
    let beside = std::env::current_exe()
        .map(|own| own.with_file_name(format!("{CLUSTER}{}", std::env::consts::EXE_SUFFIX)));
    let program = match beside {
        Ok(program) if program.is_file() => program,
        _ => {
            let why = format!(
                "--cluster needs the program {CLUSTER} beside this one: build it with cargo build \
                 --release --manifest-path examples/{CLUSTER}/Cargo.toml"
            );
            ends::tell(PROGRAM, &why);
            return ExitCode::FAILURE;
        }
    };
    let mut command = Command::new(&program);
    command.arg("query").args(std::env::args_os().skip(1));
    match instead(&mut command) {
        Ok(status) => status,
        Err(error) => {
            ends::tell(PROGRAM, &format!("{} cannot be started: {error}", program.display()));
            ExitCode::FAILURE
        }
    }
}

/// Runs a program in the place of this one, which has its signals.
#[cfg(unix)]
fn instead(command: &mut Command) -> std::io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

/// Runs a program, and ends as it does.
#[cfg(not(unix))]
fn instead(command: &mut Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}
