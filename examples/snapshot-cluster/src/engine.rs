//! What executors do with a task: they check what it contains, run it, and tell errors so that the
//! client understands them.

use crate::guard;
use crate::told::tell;
use async_trait::async_trait;
use ballista_core::JobId;
use ballista_core::serde::protobuf::{
    RuntimeStatsReport, ShuffleWritePartition, TaskColumnStats, WindowStateReport,
};
use ballista_executor::execution_engine::{
    DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor,
};
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::prelude::SessionConfig;
use std::fmt;
use std::sync::Arc;

/// Ballista's engine, behind a check of what tasks contain.
pub(crate) struct GuardedEngine {
    inner: DefaultExecutionEngine,
}

impl GuardedEngine {
    pub(crate) fn new() -> Self {
        Self { inner: DefaultExecutionEngine::new() }
    }
}

impl ExecutionEngine for GuardedEngine {
    fn create_query_stage_exec(
        &self,
        job: JobId,
        stage: usize,
        task: usize,
        partitions: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        directory: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        guard::physical(&plan).map_err(|error| tell(error.into()))?;
        let inner = self
            .inner
            .create_query_stage_exec(job, stage, task, partitions, plan, directory, config)?;
        Ok(Arc::new(Telling { inner }))
    }
}

/// A stage whose errors keep their text on the way to the client.
#[derive(Debug)]
struct Telling {
    inner: Arc<dyn QueryStageExecutor>,
}

impl fmt::Display for Telling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl QueryStageExecutor for Telling {
    async fn execute_query_stage(
        &self,
        task: usize,
        context: Arc<TaskContext>,
    ) -> Result<Vec<ShuffleWritePartition>> {
        self.inner.execute_query_stage(task, context).await.map_err(tell)
    }

    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        self.inner.collect_plan_metrics()
    }

    fn collect_runtime_stats_reports(&self) -> Vec<RuntimeStatsReport> {
        self.inner.collect_runtime_stats_reports()
    }

    fn collect_window_state_reports(&self) -> Result<Vec<WindowStateReport>> {
        self.inner.collect_window_state_reports()
    }

    fn collect_column_stats(&self) -> Vec<TaskColumnStats> {
        self.inner.collect_column_stats()
    }
}
