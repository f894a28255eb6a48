//! Runs one SQL query over the packages of a snapshot.

#![forbid(unsafe_code)]

mod cell;
mod output;
mod progress;

use clap::{Parser, ValueEnum};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::SessionConfig;
use output::Output;
use progress::Progress;
use snapshot_query::{BodyType, Error, Limits, ManifestState, SnapshotTable, TableOptions, uri_of};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// Queries a snapshot by SQL, as the table `snapshot` with the columns location, content_type,
/// length, content_digest, body, package and offset.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The index of the snapshot, or the manifest beside its packages: a path, a directory with a
    /// manifest.json, or a file, http, https or s3 URI.
    #[arg(long, value_name = "INDEX")]
    from: String,
    /// How the column body is typed. With text, a body that is not UTF-8 fails the query.
    #[arg(long, value_enum, default_value_t = Body::Text)]
    body: Body,
    /// The Content-Type of the packages, where neither their store nor a manifest states it.
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Fails the query if it needs a body of more octets. The default is 67108864.
    #[arg(long, value_name = "N")]
    body_octets: Option<u64>,
    /// How many ranges of packages are read at the same time; as many as there are processors if it
    /// is not stated.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    partitions: Option<u16>,
    /// Prints at most this many rows, and counts the others.
    #[arg(long, default_value_t = 1000)]
    rows: usize,
    /// Writes the rows into this Parquet file instead of printing them.
    #[cfg(feature = "parquet")]
    #[arg(long, value_name = "FILE")]
    parquet: Option<std::path::PathBuf>,
    /// Shows no progress.
    #[arg(long)]
    quiet: bool,
    /// The query, such as "select location, length from snapshot order by length desc limit 5".
    sql: String,
}

/// How the column `body` is typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Body {
    /// As text.
    Text,
    /// As octets, which are printed in hexadecimal digits.
    Binary,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("snapshot-query: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        tokio::select! {
            outcome = run(&arguments) => Ok(outcome),
            signal = interrupted() => Err(signal),
        }
    });
    match outcome {
        Ok(Ok(printed)) => print(&printed),
        Ok(Err(error)) => {
            report(&error);
            ExitCode::FAILURE
        }
        Err(signal) => ExitCode::from(128 + signal),
    }
}

/// Waits until the user ends the program by SIGINT or SIGTERM, and gives the number of the signal.
///
/// The query is dropped then, and with it the file that is not complete.
async fn interrupted() -> u8 {
    #[cfg(unix)]
    if let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        return tokio::select! {
            _ = tokio::signal::ctrl_c() => 2,
            _ = terminated.recv() => 15,
        };
    }
    // Without a handler, the signal ends the program anyway.
    let _ = tokio::signal::ctrl_c().await;
    2
}

/// Prints the result. A reader that has seen enough, such as `head`, ends the program quietly.
fn print(printed: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(printed.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("snapshot-query: the result cannot be printed: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the query. The result is what to print.
async fn run(arguments: &Arguments) -> Result<String, DataFusionError> {
    let mut config = SessionConfig::new();
    if let Some(partitions) = arguments.partitions {
        config = config.with_target_partitions(usize::from(partitions));
    }
    let context = context(config)?;
    let body = match arguments.body {
        Body::Text => BodyType::Text,
        Body::Binary => BodyType::Binary,
    };
    let mut limits = Limits::default();
    limits.body_octets = arguments.body_octets.unwrap_or(limits.body_octets);
    let options = TableOptions::default().body(body).limits(limits);
    let options = options.content_type(arguments.content_type.clone());
    let uri = uri_of(&arguments.from)?;
    let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await?;
    if table.manifest_state() == Some(ManifestState::Forbidden) {
        eprintln!("snapshot-query: the manifest beside the index may not be read, if there is one");
    }
    let table = Arc::new(table);
    context.register_table("snapshot", table.clone())?;

    let progress = Progress::of_planning(&table, arguments.quiet);
    let plan = plan(&context, &arguments.sql).await;
    progress.finish();
    let plan = plan?;
    let progress = Progress::of(&plan, arguments.quiet);
    let printed = read(arguments, &context, plan.clone()).await;
    progress.finish();
    let printed = printed?;
    if let Some(report) = progress::report_of_violations(&plan) {
        eprint!("snapshot-query: {report}");
    }
    Ok(printed)
}

async fn plan(
    context: &SessionContext,
    sql: &str,
) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    context.sql(sql).await?.create_physical_plan().await
}

fn context(config: SessionConfig) -> Result<SessionContext, DataFusionError> {
    #[cfg_attr(not(feature = "json"), allow(unused_mut))]
    let mut context = SessionContext::new_with_config(config);
    #[cfg(feature = "json")]
    datafusion_functions_json::register_all(&mut context)?;
    Ok(context)
}

/// Reads all rows of a plan. The result is what to print.
async fn read(
    arguments: &Arguments,
    context: &SessionContext,
    plan: Arc<dyn ExecutionPlan>,
) -> Result<String, DataFusionError> {
    use futures_util::TryStreamExt;

    let schema = plan.schema();
    #[cfg(feature = "parquet")]
    let mut output = match &arguments.parquet {
        Some(path) => Output::parquet(path, schema)?,
        None => Output::table(arguments.rows, schema),
    };
    #[cfg(not(feature = "parquet"))]
    let mut output = Output::table(arguments.rows, schema);
    let mut batches = execute_stream(plan, context.task_ctx())?;
    while let Some(batch) = batches.try_next().await? {
        output.write(&batch)?;
    }
    output.finish()
}

/// Says why the query failed: the causes one by one, and what to do if that is known.
///
/// A message may quote what a server or a package says.
fn report(error: &DataFusionError) {
    let Some(own) = Error::of(error) else {
        eprintln!("snapshot-query: {}", cell::escaped(&error.strip_backtrace()));
        return;
    };
    let mut message = own.to_string();
    let mut cause = std::error::Error::source(own);
    while let Some(error) = cause {
        message.push_str(&format!(": {error}"));
        cause = error.source();
    }
    eprintln!("snapshot-query: {}\nTo do: {}.", cell::escaped(&message), own.advice());
}
