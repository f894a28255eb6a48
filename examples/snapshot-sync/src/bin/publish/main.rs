//! Publishes a SQLite database as a snapshot and a change event feed over HTTP.

#![forbid(unsafe_code)]

mod arguments;
mod attaching;
mod duration;
mod open;
mod prepare;
mod told;
#[cfg(feature = "object-store")]
mod uploading;
mod work;

use anyhow::Context;
use arguments::{Arguments, Program};
use clap::Parser;
use open::named;
use snapshot_sync::publisher::attached::Follower;
use snapshot_sync::publisher::listen::{Bound, Limits, Listening};
use snapshot_sync::publisher::server::{Publisher, START, Token, Waits};
use snapshot_sync::publisher::store::Store;
use snapshot_sync::{service, shutdown};
use std::process::ExitCode;
use std::sync::Arc;
use told::told;
use tracing::{info, warn};

fn main() -> ExitCode {
    let program = Program::parse();
    let format = program.publish.as_ref().map(|it| it.log_format).unwrap_or_default();
    format.begin();
    let done = match (program.command, program.publish) {
        (Some(command), _) => attaching::run(&command),
        (None, Some(arguments)) => run(&arguments),
        (None, None) => Err(anyhow::anyhow!("--database is missing: --help lists all options")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            format.fail("publish", &told(&error));
            status(&error)
        }
    }
}

/// The exit status after an error.
fn status(error: &anyhow::Error) -> ExitCode {
    #[cfg(feature = "object-store")]
    return uploading::status(error);
    #[cfg(not(feature = "object-store"))]
    match error.is::<NoStores>() {
        true => ExitCode::from(2),
        false => ExitCode::FAILURE,
    }
}

/// The program cannot publish into object stores.
#[cfg(not(feature = "object-store"))]
#[derive(Debug, thiserror::Error)]
#[error(
    "--to: this program was built without the feature object-store: install it with --features object-store \
     to publish into a directory, or with --features s3 to publish into a bucket too"
)]
struct NoStores;

/// What can be refused is looked at first: the address, the token and the database. Only then is
/// anything written.
fn run(arguments: &Arguments) -> anyhow::Result<()> {
    #[cfg(feature = "object-store")]
    if let Some(place) = &arguments.to {
        return uploading::run(arguments, &place.parse()?);
    }
    #[cfg(not(feature = "object-store"))]
    anyhow::ensure!(arguments.to.is_none(), NoStores);
    let (limits, waits) = arguments.limits()?;
    let bound = Bound::at(arguments.listen)?;
    #[cfg(feature = "metrics")]
    let metrics = arguments.metrics.map(Bound::at).transpose()?;
    let token = arguments.token_file.as_deref().map(open::token).transpose()?;
    let (store, attachment) = open::open(arguments)?;
    let store = Arc::new(store);
    let follower = attachment.map(|it| Follower::new(&arguments.database, it, store.clone()));
    let runtime = tokio::runtime::Runtime::new()?;
    let listeners = Listeners {
        limits,
        waits,
        bound,
        #[cfg(feature = "metrics")]
        metrics,
    };
    let done = runtime.block_on(publish(arguments, listeners, token, store.clone(), follower));
    // Other work has seen that the store is asked to stop. An unfinished snapshot is not waited for
    // any longer: the next run removes it.
    runtime.shutdown_timeout(work::STOP);
    match Arc::into_inner(store) {
        Some(store) => store.close().with_context(|| named(&arguments.database))?,
        None => warn!("the write-ahead log stays: the next run needs it"),
    }
    done
}

/// The addresses that are taken, and the limits of what is served there.
struct Listeners {
    limits: Limits,
    waits: Waits,
    bound: Bound,
    #[cfg(feature = "metrics")]
    metrics: Option<Bound>,
}

/// Publishes until the process is asked to stop.
async fn publish(
    arguments: &Arguments,
    listeners: Listeners,
    token: Option<Token>,
    store: Arc<Store>,
    mut follower: Option<Follower>,
) -> anyhow::Result<()> {
    let asked = shutdown::Asked::new()?;
    let prepare = {
        let (arguments, store) = (arguments.clone(), store.clone());
        tokio::task::spawn_blocking(move || {
            let shelf = prepare::prepare(&arguments, &store, follower.as_mut())?;
            anyhow::Ok((shelf, follower))
        })
    };
    let Some(prepared) = asked.or(prepare).await else {
        info!("stopping: the next run continues from here");
        store.stop();
        return Ok(());
    };
    let (shelf, follower) = prepared??;
    let distance = follower.as_ref().map(|follower| follower.distance().clone());
    let publisher = Publisher::new(store.clone(), shelf)?.waits(listeners.waits).behind(distance);
    let publisher = Arc::new(match token {
        Some(token) => publisher.token(token),
        None => publisher,
    });
    let Listeners { limits, bound, .. } = listeners;
    let listening = Listening::on(&limits, bound, publisher.clone().routes()).await?;
    #[cfg(feature = "metrics")]
    let _metrics = match listeners.metrics {
        Some(bound) => {
            let routes = snapshot_sync::publisher::metrics::router(publisher.clone());
            let limits = Limits::METRICS;
            let listening = Listening::on(&limits, bound, routes).await?;
            info!("metrics on {}", listening.uri("/metrics"));
            Some(listening)
        }
        None => None,
    };
    info!("publishing on {}", listening.uri(START));
    service::tell(service::State::Ready);
    let work = async {
        tokio::join!(work::change(arguments, store.clone()), work::tend(arguments, publisher))
    };
    let followed = tokio::select! {
        _ = asked.or(work) => Ok(()),
        followed = work::follow(follower) => followed,
    };
    info!("stopping after the answers that have begun");
    service::tell(service::State::Stopping);
    store.stop();
    listening.stop().await?;
    followed
}
