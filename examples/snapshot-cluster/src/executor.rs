//! An executor: it asks the scheduler for tasks, reads ranges of packages, and keeps what stages wrote
//! until others fetch it.

use crate::codec::{LogicalCodec, PhysicalCodec, Terms};
use crate::engine::GuardedEngine;
use crate::error::Error;
use crate::session;
use arrow_flight::flight_service_server::FlightServiceServer;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::extension::SessionConfigExt;
use ballista_core::serde::protobuf::executor_status::Status;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{ExecutorRegistration, ExecutorStatus, HeartBeatParams};
use ballista_core::utils::create_grpc_server;
use ballista_executor::ArrowFlightServerProvider;
use ballista_executor::executor_process::{
    ExecutorProcessConfig, start_executor_process, structure_executor_metadata,
};
use ballista_executor::flight_service::BallistaFlightService;
use datafusion::prelude::SessionConfig;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::server::TcpIncoming;

/// How long an executor waits for its scheduler to start.
const PATIENCE: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_millis(200);

/// How an executor runs.
#[derive(Debug, Clone)]
pub struct ExecutorOptions {
    /// The host and the port of the scheduler.
    pub scheduler: (String, u16),
    /// Where it listens for those who fetch what stages wrote.
    pub listen: SocketAddr,
    /// The host that others reach it at; by default, where it listens or connects from.
    pub advertise: Option<String>,
    /// What it takes from the scheduler, and which URLs it fetches.
    pub terms: Terms,
    /// How many partitions it works on at the same time; with 0, as many as there are processors.
    pub vcores: usize,
    /// The directory in which it keeps what stages wrote; by default, that of temporary files.
    pub directory: Option<PathBuf>,
    /// How often it says that it is alive.
    pub heartbeat: Duration,
}

/// Runs an executor until it fails or is stopped. Calls `ready` with its address as soon as the
/// scheduler could be reached.
///
/// # Errors
/// [`Error::Start`].
pub async fn run(options: ExecutorOptions, ready: impl FnOnce(SocketAddr)) -> Result<(), Error> {
    let failed = |what: &str, error: &dyn std::fmt::Display| Error::Start {
        what: format!("the executor {what}: {error}"),
    };
    let listener = TcpListener::bind(options.listen).await;
    let listener = listener.map_err(|error| failed("cannot listen", &error))?;
    let address = listener.local_addr().map_err(|error| failed("has no address", &error))?;
    let directory = match &options.directory {
        Some(directory) => tempfile::tempdir_in(directory),
        None => tempfile::tempdir(),
    };
    let directory = directory.map_err(|error| failed("has no directory", &error))?;
    reached(&options.scheduler).await?;

    let config = config(&options, address, directory.path(), flight(listener, &options.terms));
    let config = Arc::new(config.map_err(|error| failed("cannot start", &error))?);
    let registration = structure_executor_metadata(&config, vcores(&config));
    ready(address);
    // The directory is removed when this function returns.
    tokio::select! {
        ended = start_executor_process(config) => ended.map_err(|error| failed("stopped", &error)),
        () = heartbeats(&options, registration) => Ok(()),
    }
}

fn config(
    options: &ExecutorOptions,
    address: SocketAddr,
    directory: &std::path::Path,
    flight: Arc<ArrowFlightServerProvider>,
) -> datafusion::error::Result<ExecutorProcessConfig> {
    let terms = options.terms.clone();
    let vcores = match options.vcores {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        vcores => vcores,
    };
    let (host, port) = options.scheduler.clone();
    // An executor that listens on all addresses is reached at the one that it connects from.
    let external_host = options
        .advertise
        .clone()
        .or_else(|| (!address.ip().is_unspecified()).then(|| address.ip().to_string()));
    let (work, runtime_terms) = (directory.to_owned(), terms.clone());
    Ok(ExecutorProcessConfig {
        bind_host: address.ip().to_string(),
        external_host,
        port: address.port(),
        // Tasks are fetched, so that nothing listens for them.
        grpc_port: 0,
        scheduler_host: host,
        scheduler_port: port,
        vcores,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(directory.to_string_lossy().into_owned()),
        grpc_max_decoding_message_size: terms.limits.messages(vcores),
        override_execution_engine: Some(Arc::new(GuardedEngine::new())),
        override_function_registry: Some(Arc::new(session::functions()?)),
        override_runtime_producer: Some(Arc::new(move |_: &SessionConfig| {
            session::runtime(&runtime_terms, Some(&work))
        })),
        override_config_producer: Some(Arc::new(SessionConfig::new_with_ballista)),
        override_logical_codec: Some(Arc::new(LogicalCodec::new(terms.clone()))),
        override_physical_codec: Some(Arc::new(PhysicalCodec::new(terms))),
        override_arrow_flight_service: Some(flight),
        ..ExecutorProcessConfig::default()
    })
}

fn vcores(config: &ExecutorProcessConfig) -> u32 {
    u32::try_from(config.vcores).unwrap_or(u32::MAX)
}

/// Serves what stages wrote, on a port that is open already, so that it may be one that the system
/// chose.
fn flight(listener: TcpListener, terms: &Terms) -> Arc<ArrowFlightServerProvider> {
    let (listener, most) = (Mutex::new(Some(listener)), terms.limits.messages(1) as usize);
    Arc::new(move |directory, _, mut shutdown, config| {
        let listener = listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        tokio::spawn(async move {
            let Some(listener) = listener else {
                return Err(BallistaError::General("the port is served already".to_owned()));
            };
            let service = FlightServiceServer::new(BallistaFlightService::new(directory))
                .max_decoding_message_size(most)
                .max_encoding_message_size(most);
            let server = create_grpc_server(&config).add_service(service);
            let incoming = TcpIncoming::from(listener);
            let served = server.serve_with_incoming_shutdown(incoming, shutdown.recv()).await;
            served.map_err(BallistaError::TonicError)
        })
    })
}

/// Waits until the scheduler takes connections. Ballista's own way to wait never ends.
async fn reached(scheduler: &(String, u16)) -> Result<(), Error> {
    let start = Instant::now();
    loop {
        let (host, port) = (scheduler.0.as_str(), scheduler.1);
        match TcpStream::connect((host, port)).await {
            Ok(_) => return Ok(()),
            Err(_) if start.elapsed() < PATIENCE => tokio::time::sleep(RETRY).await,
            Err(error) => {
                let what = format!("the scheduler at {host}:{port} cannot be reached: {error}");
                return Err(Error::Start { what });
            }
        }
    }
}

/// Says again and again that the executor is alive.
///
/// An executor that fetches its tasks says so by asking for more, which it does only every five seconds
/// while all its cores are busy. A scheduler that notices a loss earlier would take it for lost.
async fn heartbeats(options: &ExecutorOptions, registration: ExecutorRegistration) {
    let (host, port) = &options.scheduler;
    loop {
        tokio::time::sleep(options.heartbeat).await;
        let Ok(client) = SchedulerGrpcClient::connect(format!("http://{host}:{port}")).await else {
            continue;
        };
        let mut client = client;
        loop {
            let alive = HeartBeatParams {
                executor_id: registration.id.clone(),
                metrics: Vec::new(),
                status: Some(ExecutorStatus { status: Some(Status::Active(String::new())) }),
                metadata: Some(registration.clone()),
            };
            // One that is not known yet, or not any more, is known again when it next asks for tasks.
            if let Err(status) = client.heart_beat_from_executor(alive).await {
                log::debug!("a heartbeat was not taken: {status}");
                break;
            }
            tokio::time::sleep(options.heartbeat).await;
        }
    }
}
