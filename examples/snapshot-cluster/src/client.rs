//! The client: it has the cluster run a query.

use crate::error::Error;
use crate::session;
use crate::told::{heard, named};
use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::serde::protobuf::operator_metric::Metric;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{GetJobMetricsParams, OperatorMetric};
use datafusion::error::DataFusionError;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::protobuf::LogicalPlanNode;
use snapshot_query::VIOLATIONS;
use snapshot_query::command::Query;
use std::sync::Arc;
use url::Url;

/// What a query gave.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// What to print.
    pub printed: String,
    /// How many violations in packages the executors tolerated; none if the scheduler does not say.
    pub violations: Option<u64>,
}

/// Runs a query on the cluster whose scheduler is at this URL.
///
/// # Errors
/// [`Error::Start`] for a URL that is none of a scheduler, and what the query fails with.
pub async fn run(cluster: &str, query: &Query) -> Result<Answer, DataFusionError> {
    let scheduler = address(cluster)?;
    // Ballista's own error would say this too, but not by a name.
    let reached = SchedulerGrpcClient::connect(scheduler.clone()).await;
    reached.map_err(|error| {
        let cause = std::error::Error::source(&error).map_or(String::new(), |it| format!(": {it}"));
        Error::Start { what: format!("the scheduler at {cluster} cannot be reached{cause}") }
    })?;
    let config = query.configure(session::client_config());
    let context = session::of_client(scheduler.clone(), config)?;
    let outcome = query.run(&context).await?;
    let violations = match job(outcome.plan()) {
        Some(job) => violations(scheduler, job).await,
        // A plan that the client ran itself reads no package.
        None => Some(0),
    };
    Ok(Answer { printed: outcome.printed().to_owned(), violations })
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
    if let Some((message, advice)) = named(error) {
        return format!("{message}\nTo do: {advice}.");
    }
    let text = error.strip_backtrace();
    let report = match heard(&text) {
        Some((message, advice)) => format!("{message}\nTo do: {advice}."),
        None => text,
    };
    // Text of other hosts does not move the cursor.
    report.replace(|character: char| character.is_control() && character != '\n', " ")
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
        assert_eq!(report(&error), "Execution error: a [2Jb");
    }
}
