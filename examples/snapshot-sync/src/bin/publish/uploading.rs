//! Publishing the current state into an object store, once.

use crate::arguments::Arguments;
use crate::open::{self, named};
use crate::prepare::{opened, write};
use crate::told::told;
use crate::work::STOP;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::Error as Failed;
use snapshot_sync::publisher::attached::Follower;
use snapshot_sync::publisher::snapshot::{Package, Shelf, Snapshot};
use snapshot_sync::publisher::store::Store;
use snapshot_sync::publisher::upload::{Error, Found, Latest, Options, Place, Target};
use snapshot_sync::shutdown::Asked;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tracing::{info, warn};

/// The snapshot that is complete is that of another publisher.
const ANOTHER: u8 = 3;
/// The place has the snapshots of another database.
const OTHER_DATABASE: u8 = 4;

/// The exit status after an error.
pub(crate) fn status(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Error>() {
        Some(Error::PublishedElsewhere { .. } | Error::InUse { .. }) => ExitCode::from(ANOTHER),
        Some(Error::OtherDatabase { .. }) => ExitCode::from(OTHER_DATABASE),
        _ => ExitCode::FAILURE,
    }
}

/// Publishes the current state of the database. If another publisher serves it, no snapshot can be made
/// here, and the newest one of that publisher is published.
pub(crate) fn run(arguments: &Arguments, place: &Place) -> anyhow::Result<()> {
    anyhow::ensure!(
        arguments.database.exists() || arguments.generate.is_some(),
        "{} does not exist: name the database of a publisher or of an application",
        named(&arguments.database)
    );
    let database = match open::open(arguments) {
        Err(error) if matches!(error.downcast_ref(), Some(Failed::Served { .. })) => None,
        opened => Some(opened?),
    };
    let target = place.open()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let index = match database {
        Some((store, attachment)) => {
            let store = Arc::new(store);
            let follower =
                attachment.map(|it| Follower::new(&arguments.database, it, store.clone()));
            let done = runtime.block_on(publish(arguments, &target, &store, follower));
            // Other work has seen that the store is asked to stop.
            runtime.shutdown_timeout(STOP);
            match Arc::into_inner(store) {
                Some(store) => store.close().with_context(|| named(&arguments.database))?,
                None => warn!("the write-ahead log stays: the next run needs it"),
            }
            done?
        }
        None => runtime.block_on(publish_others(arguments, &target))?,
    };
    Ok(writeln!(std::io::stdout(), "{}", place.uri(&index))?)
}

/// Publishes the current state, and returns the name of the index.
async fn publish(
    arguments: &Arguments,
    target: &Target,
    store: &Arc<Store>,
    mut follower: Option<Follower>,
) -> anyhow::Result<String> {
    let asked = Asked::new()?;
    let (on, of) = (arguments.clone(), store.clone());
    let prepare = move || opened(&on, &of, follower.as_mut());
    let shelf = Arc::new(blocking(&asked, store, prepare).await?);
    // A run that is interrupted again and again comes to an end all the same.
    if let Some(begun) = shelf.current()
        && !begun.is_current(store)?
        && target.is_begun(&begun).await?
    {
        let id = begun.document().id();
        info!("the upload of snapshot {id} is continued first");
        match upload(target, &begun, &asked).await {
            Err(error) if is_of_this_snapshot(&error) => {
                warn!("snapshot {id} is left as it is: {}", told(&error));
            }
            done => drop(done?),
        }
    }
    let snapshot = match shelf.current() {
        Some(current) if current.is_current(store)? => current,
        _ => {
            let (on, of, shelf) = (arguments.clone(), store.clone(), shelf.clone());
            blocking(&asked, store, move || write(&on, &of, &shelf)).await?
        }
    };
    shelf.expire(Duration::from_secs(arguments.keep.into()), Instant::now())?;
    upload(target, &snapshot, &asked).await
}

/// Whether an error says nothing about what another snapshot would lead to.
fn is_of_this_snapshot(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref::<Error>(),
        Some(Error::PublishedElsewhere { .. } | Error::Differs { .. } | Error::Snapshot(_))
    )
}

/// Publishes the newest snapshot of the publisher that serves the database.
async fn publish_others(arguments: &Arguments, target: &Target) -> anyhow::Result<String> {
    let asked = Asked::new()?;
    let directory = arguments.store();
    let Some(snapshot) = Shelf::newest(&directory)? else {
        return Err(Error::NoSnapshot { directory }.into());
    };
    let id = snapshot.document().id();
    info!("another publisher serves the database: its newest snapshot {id} is published");
    upload(target, &snapshot, &asked).await
}

/// Does work off the async threads, until the process is asked to stop.
async fn blocking<T: Send + 'static>(
    asked: &Asked,
    store: &Store,
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    match asked.or(spawn_blocking(work)).await {
        Some(done) => done?,
        None => {
            store.stop();
            Err(Error::Stopped.into())
        }
    }
}

async fn upload(target: &Target, snapshot: &Snapshot, asked: &Asked) -> anyhow::Result<String> {
    let octets = snapshot.packages().map(Package::octets).sum();
    let template = "  octets uploaded {bar:32} {binary_bytes} of {binary_total_bytes} in {elapsed}, \
                    {binary_bytes_per_sec}";
    let style = ProgressStyle::with_template(template);
    let bar =
        ProgressBar::new(octets).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let on_octets = |count| bar.inc(count);
    let outcome = target.upload(snapshot, &Options::default(), asked, &on_octets).await?;
    bar.finish();
    let (id, uploaded) = (snapshot.document().id(), outcome.uploaded);
    match outcome.found {
        Found::Nothing => info!("snapshot {id} is published: {uploaded} packages"),
        Found::Part => {
            info!("snapshot {id} is published: {uploaded} packages, and what was there before");
        }
        Found::All => info!("snapshot {id} was published before"),
    }
    if let Latest::Newer { started } = outcome.latest {
        warn!("{} stays as it is: its snapshot was started later ({started})", outcome.start);
    }
    Ok(outcome.index)
}
