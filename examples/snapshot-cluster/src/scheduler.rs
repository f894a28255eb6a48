//! The scheduler: it plans queries, and gives tasks to the executors that ask for them.

use crate::absence;
use crate::codec::{LogicalCodec, PhysicalCodec, Terms};
use crate::error::Error;
use crate::session;
use crate::submitted::NoPhysicalPlan;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::extension::SessionConfigExt;
use ballista_scheduler::SessionBuilder;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::LogicalPlanNode;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How many seconds Ballista waits longer than we do when no executor is left.
const GRACE: u64 = 10;

/// How a scheduler runs.
#[derive(Debug, Clone)]
pub struct SchedulerOptions {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What it takes from clients, and which URLs it fetches.
    pub terms: Terms,
    /// How long an executor may be silent before it counts as lost, in whole seconds.
    pub executor_timeout: Duration,
}

/// Runs a scheduler until it fails. Calls `ready` with its address as soon as clients can connect.
///
/// Executors ask for tasks, so that they need not listen for any: nobody but the scheduler that an
/// executor was started with can give it one.
///
/// # Errors
/// [`Error::Start`].
pub async fn run(options: SchedulerOptions, ready: impl FnOnce(SocketAddr)) -> Result<(), Error> {
    let failed = |what: &str, error: &dyn std::fmt::Display| Error::Start {
        what: format!("the scheduler {what}: {error}"),
    };
    let listener = TcpListener::bind(options.listen).await;
    let listener = listener.map_err(|error| failed("cannot listen", &error))?;
    let address = listener.local_addr().map_err(|error| failed("has no address", &error))?;

    let terms = options.terms;
    let timeout = options.executor_timeout.as_secs().max(1);
    let mut config = SchedulerConfig::default()
        .with_hostname(address.ip().to_string())
        .with_port(address.port())
        .with_scheduler_policy(TaskSchedulingPolicy::PullStaged)
        // Later than we fail queries without an executor ourselves, by name.
        .with_no_executors_grace_period_seconds(timeout.saturating_add(GRACE))
        // The scheduler wrote these itself, and an executor may ask for several tasks at once.
        .with_grpc_server_max_encoding_message_size(u32::MAX)
        .with_grpc_server_max_decoding_message_size(terms.limits.messages(1));
    config.executor_timeout_seconds = timeout;
    config.expire_dead_executor_interval_seconds = 1;
    config.override_logical_codec = Some(Arc::new(LogicalCodec::new(terms.clone())));
    config.override_physical_codec = Some(Arc::new(PhysicalCodec::new(terms.clone())));

    let builder: SessionBuilder =
        Arc::new(move |config: SessionConfig| session::of_scheduler(config, &terms));
    let producer = Arc::new(SessionConfig::new_with_ballista);
    let cluster = BallistaCluster::new_memory(config.scheduler_endpoint(), builder, producer);
    let scheduler =
        create_scheduler::<LogicalPlanNode, NoPhysicalPlan>(cluster, Arc::new(config)).await;
    let scheduler = scheduler.map_err(|error| failed("cannot start", &error))?;
    ready(address);
    tokio::select! {
        never = absence::watch(scheduler.clone(), Duration::from_secs(timeout)) => match never {},
        served = start_grpc_service_with_listener(listener, scheduler.clone()) => {
            served.map_err(|error| failed("stopped", &error))
        }
    }
}
