//! Runs one SQL query over a file of JSON lines with the engine's own reader, which `measure.py`
//! compares with `snapshot-query`.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "this program prints the result of a query")]

use clap::Parser;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::error::Result;
use datafusion::prelude::{JsonReadOptions, SessionConfig, SessionContext};

// As in `snapshot-query`, so that the two differ in their readers alone.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Queries a file of JSON lines, as the table `snapshot`.
#[derive(Debug, Parser)]
struct Arguments {
    #[arg(long)]
    from: String,
    #[arg(long)]
    partitions: usize,
    sql: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let config = SessionConfig::new().with_target_partitions(arguments.partitions);
    let context = SessionContext::new_with_config(config);
    // It need not look for the types.
    let schema = Schema::new(vec![
        Field::new("id", DataType::Int64, false),
        Field::new("kind", DataType::Utf8, false),
        Field::new("number", DataType::Int64, false),
        Field::new("text", DataType::Utf8, false),
    ]);
    let options = JsonReadOptions::default().schema(&schema).file_extension(".jsonl");
    context.register_json("snapshot", &arguments.from, options).await?;
    let batches = context.sql(&arguments.sql).await?.collect().await?;
    println!("{}", pretty_format_batches(&batches)?);
    Ok(())
}
