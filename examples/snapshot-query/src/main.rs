//! Runs one SQL query over the packages of a snapshot.

#![forbid(unsafe_code)]

use clap::Parser;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::prelude::SessionConfig;
use snapshot_query::command::{Query, interrupted, print, register_functions, report};
use std::process::{Command, ExitCode};

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
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("snapshot-query: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = run(&arguments.query) => Ok(outcome),
            signal = interrupted() => Err(signal),
        }
    });
    match outcome {
        Ok(Ok(printed)) => print("snapshot-query", &printed),
        Ok(Err(error)) => {
            eprintln!("snapshot-query: {}", report(&error));
            ExitCode::FAILURE
        }
        Err(signal) => ExitCode::from(128 + signal),
    }
}

/// Runs the query on this machine. The result is what to print.
async fn run(query: &Query) -> Result<String, DataFusionError> {
    let mut context = SessionContext::new_with_config(query.configure(SessionConfig::new()));
    register_functions(&mut context)?;
    let outcome = query.run(&context).await?;
    for note in outcome.notes() {
        eprintln!("snapshot-query: {note}");
    }
    Ok(outcome.printed().to_owned())
}

/// Runs the program for clusters, which takes the same arguments.
fn on_cluster() -> ExitCode {
    let beside = std::env::current_exe()
        .map(|own| own.with_file_name(format!("{CLUSTER}{}", std::env::consts::EXE_SUFFIX)));
    let program = match beside {
        Ok(program) if program.is_file() => program,
        _ => {
            eprintln!(
                "snapshot-query: --cluster needs the program {CLUSTER} beside this one: build it with \
                 cargo build --release --manifest-path examples/{CLUSTER}/Cargo.toml"
            );
            return ExitCode::FAILURE;
        }
    };
    let status = Command::new(&program).arg("query").args(std::env::args_os().skip(1)).status();
    match status {
        Ok(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            ExitCode::from(code.unwrap_or(1))
        }
        Err(error) => {
            eprintln!("snapshot-query: {} cannot be started: {error}", program.display());
            ExitCode::FAILURE
        }
    }
}
