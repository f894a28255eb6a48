//! Client, scheduler and executor of a cluster that queries snapshots.

#![forbid(unsafe_code)]

mod journal;

use clap::{Args, Parser, Subcommand};
use snapshot_cluster::client::Left;
use snapshot_cluster::codec::Terms;
use snapshot_cluster::error::Error;
use snapshot_cluster::executor::ExecutorOptions;
use snapshot_cluster::limits::Limits;
use snapshot_cluster::scheduler::SchedulerOptions;
use snapshot_cluster::session::Sent;
use snapshot_cluster::{client, executor, scheduler};
use snapshot_query::Allowed;
use snapshot_query::command::Query;
use snapshot_query::command::ends::{self, OnSignal, print, tell};
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

const PROGRAM: &str = "snapshot-cluster";

/// How long an executor that a signal ends waits for its tasks.
const LAST_TASKS: Duration = Duration::from_secs(30);

/// Queries snapshots on many machines.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    program: Program,
}

#[derive(Debug, Subcommand)]
enum Program {
    /// Runs a query on a cluster, and prints its result.
    Query {
        /// The URL of the scheduler, such as http://127.0.0.1:50050.
        #[arg(long, value_name = "URL")]
        cluster: String,
        #[command(flatten)]
        query: Box<Query>,
    },
    /// Plans queries, and gives tasks to executors.
    Scheduler {
        /// Where the scheduler listens. Whoever reaches this address can have the cluster fetch what
        /// --allow-prefix allows.
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:50050")]
        listen: SocketAddr,
        /// After how many seconds of silence an executor counts as lost.
        #[arg(long, value_name = "SECONDS", default_value_t = 30)]
        #[arg(value_parser = clap::value_parser!(u64).range(1..=86_400))]
        executor_timeout: u64,
        #[command(flatten)]
        common: Common,
    },
    /// Reads ranges of packages for a scheduler.
    Executor {
        /// The address of the scheduler.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
        #[arg(value_parser = host_and_port)]
        scheduler: (String, u16),
        /// Where the executor listens for those who fetch its results; a port that the system chooses
        /// by default.
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// The host that others reach this executor at, if it is not the address it listens on.
        #[arg(long, value_name = "HOST")]
        advertise: Option<String>,
        /// How many partitions the executor works on at the same time; as many as there are processors
        /// if it is not stated.
        #[arg(long, default_value_t = 0)]
        #[arg(value_parser = clap::value_parser!(u16).range(0..=1024))]
        vcores: u16,
        /// Where the results of stages are kept; the directory of temporary files if it is not stated.
        #[arg(long, value_name = "DIRECTORY")]
        work_dir: Option<std::path::PathBuf>,
        /// Every how many seconds the executor says that it is alive.
        #[arg(long, value_name = "SECONDS", default_value_t = 5)]
        #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
        heartbeat: u64,
        #[command(flatten)]
        common: Common,
    },
}

/// What the scheduler and the executors have in common.
#[derive(Debug, Args)]
struct Common {
    /// A URL whose objects, and those below it, may be fetched. It may be stated several times. Without
    /// it, nothing is fetched.
    #[arg(long, value_name = "URL")]
    allow_prefix: Vec<String>,
    /// How many MiB a message between the programs may have.
    #[arg(long, value_name = "MIB", default_value_t = 16)]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=1024))]
    message_limit: u16,
    /// Prints what Ballista logs, and not only its warnings.
    #[arg(long)]
    verbose: bool,
}

impl Common {
    fn terms(&self) -> Result<Terms, snapshot_query::Error> {
        journal::start(self.verbose);
        let allowed = Allowed::below(self.allow_prefix.iter().map(String::as_str))?;
        if self.allow_prefix.is_empty() {
            tell(PROGRAM, "nothing can be fetched; allow URLs by --allow-prefix");
        }
        let limits = Limits::default().with_message(usize::from(self.message_limit) << 20);
        Ok(Terms { limits, allowed })
    }
}

fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text.rsplit_once(':').ok_or("a port is missing")?;
    let port = port.parse().map_err(|_| "the port is no number up to 65535")?;
    Ok((host.to_owned(), port))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // An executor says to the scheduler that it ends, and waits for its tasks.
    let on_signal = match arguments.program {
        Program::Executor { .. } => OnSignal::Wait(LAST_TASKS),
        _ => OnSignal::Drop,
    };
    let sent = Sent::default();
    let cluster = match &arguments.program {
        Program::Query { cluster, .. } => Some(cluster.clone()),
        _ => None,
    };
    let leave = leave(cluster, sent.clone());
    let ended = ends::run(PROGRAM, run(arguments.program, sent), on_signal, leave);
    ended.unwrap_or_else(|status| status)
}

async fn run(program: Program, sent: Sent) -> ExitCode {
    let ended = match program {
        Program::Query { cluster, query } => return ask(&cluster, &query, &sent).await,
        Program::Scheduler { listen, executor_timeout, common } => {
            let terms = match common.terms() {
                Ok(terms) => terms,
                Err(error) => return failed(&format!("{error}\nTo do: {}.", error.advice())),
            };
            warn_of(listen);
            let executor_timeout = Duration::from_secs(executor_timeout);
            let options = SchedulerOptions { listen, terms, executor_timeout };
            scheduler::run(options, |at| say(&format!("scheduler at http://{at}"))).await
        }
        Program::Executor { scheduler, listen, advertise, vcores, work_dir, heartbeat, common } => {
            let terms = match common.terms() {
                Ok(terms) => terms,
                Err(error) => return failed(&format!("{error}\nTo do: {}.", error.advice())),
            };
            warn_of(listen);
            let options = ExecutorOptions {
                scheduler,
                listen,
                advertise,
                terms,
                vcores: usize::from(vcores),
                directory: work_dir,
                heartbeat: Duration::from_secs(heartbeat),
            };
            executor::run(options, |at| say(&format!("executor at {at}"))).await
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&told(&error)),
    }
}

async fn ask(cluster: &str, query: &Query, sent: &Sent) -> ExitCode {
    match client::run(cluster, query, sent).await {
        Ok(answer) => {
            let code = print(PROGRAM, &answer.printed);
            let tolerated = match answer.violations {
                Some(0) => return code,
                Some(count) => format!("{count} violations in the packages were tolerated"),
                None => "the scheduler does not say whether violations were tolerated".to_owned(),
            };
            tell(PROGRAM, &tolerated);
            code
        }
        Err(error) => failed(&client::report(&error)),
    }
}

/// Has the scheduler end the query of a client that a signal ends.
async fn leave(cluster: Option<String>, sent: Sent) {
    let Some(cluster) = cluster else { return };
    if client::leave(&cluster, &sent).await == Left::Query {
        tell(PROGRAM, "the scheduler did not say that it ended the query, which may go on");
    }
}

/// Prints where a program listens. It goes on if nobody can read that.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn warn_of(listen: SocketAddr) {
    if !listen.ip().is_loopback() {
        let open = format!("{listen} is open to all who reach it, without authentication");
        tell(PROGRAM, &open);
    }
}

fn told(error: &Error) -> String {
    format!("{error}\nTo do: {}.", error.advice())
}

fn failed(why: &str) -> ExitCode {
    tell(PROGRAM, why);
    ExitCode::FAILURE
}
