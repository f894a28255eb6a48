//! The client: it has the cluster run a query.

use crate::error::Error;
use crate::limits::GRPC;
use crate::session::{self, Sent};
use crate::told::{heard, named};
use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::serde::protobuf::job_status::Status;
use ballista_core::serde::protobuf::operator_metric::Metric;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    CancelJobParams, GetJobMetricsParams, GetJobStatusParams, OperatorMetric,
};
use datafusion::error::DataFusionError;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::protobuf::LogicalPlanNode;
use snapshot_query::VIOLATIONS;
use snapshot_query::command::{Query, escaped};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long a client that ends waits for the end of its job, and how often it asks.
const FAREWELL: Duration = Duration::from_millis(1800);
const AGAIN: Duration = Duration::from_millis(100);

/// What a query gave.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// What to print.
    pub printed: String,
    /// How many violations in packages the executors tolerated; none if the scheduler does not say.
    pub violations: Option<u64>,
}

/// What a client that ends leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The cluster does nothing more for it, but for the tasks that run already.
    Nothing,
    /// The scheduler did not say in time that it ended the query.
    Query,
}

/// Runs a query on the cluster whose scheduler is at this URL. A query that is cancelled by [`leave`]
/// does not end: its client does.
///
/// # Errors
/// [`Error::Start`] for a URL that is none of a scheduler, and what the query fails with.
pub async fn run(cluster: &str, query: &Query, sent: &Sent) -> Result<Answer, DataFusionError> {
    let answer = ask(cluster, query, sent).await;
    if answer.is_err() && sent.is_left() {
        // The user, who ended the client, knows why the query failed.
        std::future::pending::<()>().await;
    }
    answer
}

/// Has the scheduler end the query that was sent, if there is one, and waits less than two seconds until
/// it has. The query must go on meanwhile: the scheduler may not have said yet which job it has.
pub async fn leave(cluster: &str, sent: &Sent) -> Left {
    sent.leave();
    let Ok(scheduler) = address(cluster) else { return Left::Nothing };
    match tokio::time::timeout(FAREWELL, cancel(scheduler, sent)).await {
        Ok(Ok(())) => Left::Nothing,
        Ok(Err(_)) | Err(_) => Left::Query,
    }
}

async fn ask(cluster: &str, query: &Query, sent: &Sent) -> Result<Answer, DataFusionError> {
    let scheduler = address(cluster)?;
    // Ballista's own error would say this too, but not by a name.
    let reached = SchedulerGrpcClient::connect(scheduler.clone()).await;
    reached.map_err(|error| {
        let cause = std::error::Error::source(&error).map_or(String::new(), |it| format!(": {it}"));
        Error::Start { what: format!("the scheduler at {cluster} cannot be reached{cause}") }
    })?;
    let config = query.configure(session::client_config());
    let context = session::of_client(scheduler.clone(), config, sent.clone())?;
    let outcome = query.run(&context).await?;
    let violations = match job(outcome.plan()) {
        Some(job) => violations(scheduler, job).await,
        // A plan that the client ran itself reads no package.
        None => Some(0),
    };
    Ok(Answer { printed: outcome.printed().to_owned(), violations })
}

/// Has the scheduler end the job of what was sent, and waits until it has.
///
/// The scheduler takes the request once it has planned the query, and not before.
async fn cancel(scheduler: String, sent: &Sent) -> Result<(), Box<dyn std::error::Error>> {
    let Some(plan) = sent.plan() else { return Ok(()) };
    let client = SchedulerGrpcClient::connect(scheduler).await?;
    let mut client = client.max_decoding_message_size(GRPC);
    loop {
        if let Some(job_id) = job(plan) {
            let state = GetJobStatusParams { job_id: job_id.clone() };
            let state = client.get_job_status(state).await?.into_inner();
            match state.status.and_then(|job| job.status) {
                Some(Status::Running(_)) => {
                    client.cancel_job(CancelJobParams { job_id }).await?;
                }
                // Until it is planned, the scheduler would not take the request.
                Some(Status::Queued(_)) => {}
                Some(Status::Failed(_) | Status::Successful(_)) | None => return Ok(()),
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

/// The job that the scheduler made of a plan.
fn job(plan: &Arc<dyn ExecutionPlan>) -> Option<String> {
    let own = plan.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>();
    let own = own.and_then(DistributedQueryExec::job_id).map(String::from);
    own.or_else(|| plan.children().into_iter().find_map(job))
}

/// Asks the scheduler how many violations the tasks of a job tolerated.
async fn violations(scheduler: String, job_id: String) -> Option<u64> {
    let mut client = SchedulerGrpcClient::connect(scheduler).await.ok()?;
    let stages = client.get_job_metrics(GetJobMetricsParams { job_id }).await.ok()?;
    let counted = |metric: &OperatorMetric| match &metric.metric {
        Some(Metric::Count(count)) if count.name == VIOLATIONS => count.value,
        _ => 0,
    };
    let stages = stages.into_inner().stages;
    let operators = stages.iter().flat_map(|stage| &stage.operators);
    Some(operators.flat_map(|operator| &operator.metrics).map(counted).sum())
}

/// The address of a scheduler, as Ballista wants it.
fn address(cluster: &str) -> Result<String, Error> {
    let refused = || {
        let what = format!("{cluster:?} is no URL of a scheduler, such as http://127.0.0.1:50050");
        Error::Start { what }
    };
    let url = Url::parse(cluster).map_err(|_| refused())?;
    let is_plain = url.scheme() == "http"
        && url.path() == "/"
        && url.query().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) if is_plain => Ok(format!("http://{host}:{port}")),
        _ => Err(refused()),
    }
}

/// Says why a query failed: the message with its name, and what to do if that is known.
#[must_use]
pub fn report(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    let own = named(error);
    let own = own.as_ref().map(|(message, advice)| (message.as_str(), *advice));
    let report = match own.or_else(|| heard(&text)) {
        Some((message, advice)) => format!("{message}\nTo do: {advice}."),
        None => text,
    };
    // Text of other hosts does not move the cursor.
    report.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduler_is_named_by_a_plain_url() {
        assert_eq!(address("http://127.0.0.1:50050").unwrap(), "http://127.0.0.1:50050");
        assert_eq!(address("http://[::1]:1/").unwrap(), "http://[::1]:1");
        for refused in ["127.0.0.1:1", "https://a", "http://a/b", "http://u@a", "http://a?b", ""] {
            assert_eq!(address(refused).unwrap_err().name(), "start", "{refused}");
        }
    }

    #[test]
    fn a_report_has_no_control_characters_of_other_hosts() {
        let error = DataFusionError::Execution("a\u{1b}[2Jb".to_owned());
        assert_eq!(report(&error), "Execution error: a\\u{1b}[2Jb");
    }
}
