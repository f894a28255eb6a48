//! What the programs that query snapshots share: their options, their output, and how they report
//! errors.

mod cell;
pub mod ends;
mod output;
#[cfg(feature = "parquet")]
mod parquet_file;
mod printable;
mod progress;

use crate::columns::BodyType;
use crate::error::Error;
use crate::limits::Limits;
use crate::listing::ManifestState;
use crate::place::uri_of;
use crate::table::{SnapshotTable, TableOptions};
use cell::Form;
use clap::{Args, ValueEnum};
use datafusion::error::DataFusionError;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::context::{SQLOptions, SessionContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::SessionConfig;
use futures_util::TryStreamExt;
use output::Output;
use progress::Progress;
use std::sync::Arc;

pub use printable::escaped;

/// One query, as it stands on a command line.
#[derive(Debug, Clone, Args)]
#[group(id = "one-query")]
pub struct Query {
    /// The index of the snapshot, or the manifest beside its packages: a path, a directory with a
    /// manifest.json, an index.json or a latest.json, or a file, http, https or s3 URI.
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
    /// How many ranges of packages are read at the same time. By default, one machine reads as many
    /// as it has processors, and a cluster 16.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    partitions: Option<u16>,
    /// Prints at most this many rows, and counts the others.
    #[arg(long, default_value_t = 1000)]
    rows: usize,
    /// Writes the rows into this Parquet file instead of printing them.
    #[cfg(feature = "parquet")]
    #[arg(long, value_name = "FILE")]
    parquet: Option<std::path::PathBuf>,
    /// The Parquet file that is being written, until it is complete and has its name.
    #[cfg(feature = "parquet")]
    #[arg(skip)]
    incomplete: parquet_file::Incomplete,
    /// Shows no progress.
    #[arg(long)]
    quiet: bool,
    /// The query, such as "select location, length from snapshot order by length desc limit 5". The
    /// column "offset" is written in double quotes, since OFFSET is a word of SQL.
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

/// What a query gave.
#[derive(Debug)]
pub struct Outcome {
    printed: String,
    plan: Arc<dyn ExecutionPlan>,
    manifest: Option<ManifestState>,
}

impl Outcome {
    /// What to print.
    #[must_use]
    pub fn printed(&self) -> &str {
        &self.printed
    }

    /// The plan that gave the rows, with its metrics.
    #[must_use]
    pub fn plan(&self) -> &Arc<dyn ExecutionPlan> {
        &self.plan
    }

    /// How many violations in packages the query tolerated, as far as this process read them.
    #[must_use]
    pub fn violations(&self) -> u64 {
        progress::violations(&self.plan)
    }

    /// What the user should know beside the result, as far as this process knows it: that a manifest
    /// may not be read, and which violations in packages were tolerated.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let is_forbidden = self.manifest == Some(ManifestState::Forbidden);
        let note = "the manifest may not be read, if there is one";
        let forbidden = is_forbidden.then(|| note.to_owned());
        forbidden.into_iter().chain(progress::report_of_violations(&self.plan)).collect()
    }
}

impl Query {
    /// The configuration of the session, with what the command line says about partitions.
    #[must_use]
    pub fn configure(&self, config: SessionConfig) -> SessionConfig {
        match self.partitions {
            Some(partitions) => config.with_target_partitions(usize::from(partitions)),
            None => config,
        }
    }

    /// Runs the query in a session, on the table `snapshot`.
    ///
    /// # Errors
    /// What the query fails with.
    pub async fn run(&self, context: &SessionContext) -> Result<Outcome, DataFusionError> {
        let body = match self.body {
            Body::Text => BodyType::Text,
            Body::Binary => BodyType::Binary,
        };
        let mut limits = Limits::default();
        limits.body_octets = self.body_octets.unwrap_or(limits.body_octets);
        let options = TableOptions::default().body(body).limits(limits);
        let options = options.content_type(self.content_type.clone());
        let uri = uri_of(&self.from)?;
        let table = SnapshotTable::open(&context.runtime_env(), &uri, options).await?;
        let table = Arc::new(table);
        context.register_table("snapshot", table.clone())?;

        let progress = Progress::of_planning(&table, self.quiet);
        let plan = self.plan(context).await;
        progress.finish();
        let (plan, form) = plan?;
        let progress = Progress::of(&plan, self.quiet);
        let printed = self.read(context, plan.clone(), form).await;
        progress.finish();
        Ok(Outcome { printed: printed?, plan, manifest: table.manifest_state() })
    }

    /// Removes the file that is not complete, if there is one, and each one that the query begins later.
    /// The query fails if it still runs.
    pub fn discard_incomplete(&self) {
        #[cfg(feature = "parquet")]
        self.incomplete.close();
    }

    async fn plan(
        &self,
        context: &SessionContext,
    ) -> Result<(Arc<dyn ExecutionPlan>, Form), DataFusionError> {
        // COPY would write files, and CREATE EXTERNAL TABLE read any: this program asks the snapshot.
        let queries = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false);
        let queries = queries.with_allow_statements(false);
        let frame = context.sql_with_options(&self.sql, queries).await?;
        let form = match frame.logical_plan() {
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => Form::Plans,
            _ => Form::Values,
        };
        Ok((frame.create_physical_plan().await?, form))
    }

    /// Reads all rows of a plan. The result is what to print.
    async fn read(
        &self,
        context: &SessionContext,
        plan: Arc<dyn ExecutionPlan>,
        form: Form,
    ) -> Result<String, DataFusionError> {
        let schema = plan.schema();
        #[cfg(feature = "parquet")]
        let mut output = match &self.parquet {
            Some(path) => Output::parquet(path, &self.incomplete, schema)?,
            None => Output::table(self.rows, schema),
        };
        #[cfg(not(feature = "parquet"))]
        let mut output = Output::table(self.rows, schema);
        let mut batches = execute_stream(plan, context.task_ctx())?;
        while let Some(batch) = batches.try_next().await? {
            output.write(&batch, form)?;
        }
        output.finish()
    }
}

/// Registers the functions that queries of snapshots have beside those of the engine.
///
/// # Errors
/// What the registry refuses them for.
#[cfg_attr(not(feature = "json"), allow(unused_variables))]
pub fn register_functions(registry: &mut dyn FunctionRegistry) -> Result<(), DataFusionError> {
    #[cfg(feature = "json")]
    datafusion_functions_json::register_all(registry)?;
    Ok(())
}

/// Says why a query failed: the causes one by one, and what to do if that is known.
///
/// A message may quote what a server or a package says. Characters that control a terminal, or are not
/// seen, are escaped.
#[must_use]
pub fn report(error: &DataFusionError) -> String {
    match Error::of(error) {
        Some(own) => {
            format!("{}\nTo do: {}.", printable::escaped(&own.with_causes()), own.advice())
        }
        None => printable::escaped(&error.strip_backtrace()),
    }
}
