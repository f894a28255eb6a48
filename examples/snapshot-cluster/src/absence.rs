//! Queries that no executor is there for.
//!
//! Ballista fails the queries that run when the last executor is lost. A query that comes while none is
//! there would wait for one without an end, and the user would not learn why.

use crate::error::Error;
use crate::submitted::NoPhysicalPlan;
use crate::told::tell;
use ballista_core::JobId;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion_proto::protobuf::LogicalPlanNode;
use std::collections::HashMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// How often the scheduler looks.
const TICK: Duration = Duration::from_secs(1);

/// How long a query that failed stays known, so that its client learns why: clients ask several times a
/// second.
const KEPT: Duration = Duration::from_secs(10);

/// Fails, by name, each query for which no executor was there for so long.
pub(crate) async fn watch(
    scheduler: SchedulerServer<LogicalPlanNode, NoPhysicalPlan>,
    patience: Duration,
) -> Infallible {
    // The queries that wait, and since when.
    let mut waiting: HashMap<JobId, Instant> = HashMap::new();
    let mut failed: HashMap<JobId, Instant> = HashMap::new();
    loop {
        tokio::time::sleep(TICK).await;
        let over: Vec<_> = failed.extract_if(|_, since| since.elapsed() >= KEPT).collect();
        for (job, _) in over {
            // This is how a scheduler forgets a query before it is done.
            if let Err(error) = scheduler.cancel_job(job).await {
                log::warn!("a query that failed is still known: {error}");
            }
        }
        if scheduler.is_ready() {
            waiting.clear();
            continue;
        }
        let running = scheduler.state.task_manager.get_running_job_cache();
        waiting.retain(|job, _| running.contains_key(job));
        for (job, info) in running.iter() {
            let since = *waiting.entry(job.clone()).or_insert_with(Instant::now);
            if since.elapsed() < patience || failed.contains_key(job) {
                continue;
            }
            let mut graph = info.execution_graph.write().await;
            if matches!(graph.status().status, Some(Status::Running(_))) {
                let error = tell(Error::NoExecutor { seconds: patience.as_secs() }.into());
                log::warn!("query {job} fails: {error}");
                graph.abort_running(error.to_string());
                failed.insert(job.clone(), Instant::now());
            }
        }
    }
}
