//! Publishing the current state into an object store, once.

use crate::arguments::Arguments;
use crate::open::{self, named};
use crate::prepare::{opened, write};
use crate::told::told;
use crate::work::STOP;
use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::Error as Failed;
use snapshot_sync::publisher::attached::{Attachment, Follower, attachment_of, feed_of};
use snapshot_sync::publisher::reference::References;
use snapshot_sync::publisher::snapshot::{Package, Shelf, Snapshot};
use snapshot_sync::publisher::store::Store;
use snapshot_sync::publisher::upload::{Error, Found, Latest, Options, Place, Target, Turn};
use snapshot_sync::shutdown::Asked;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::{info, warn};

/// The arguments are not those that the program has.
const USAGE: u8 = 2;
/// Another publisher publishes into the directory, or another run the database, at present.
const IN_USE: u8 = 3;
/// The place has the snapshots of another database.
const OTHER_DATABASE: u8 = 4;

/// The exit status after an error.
pub(crate) fn status(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Error>() {
        Some(Error::Place { .. }) => ExitCode::from(USAGE),
        Some(Error::InUse { .. } | Error::Uploading { .. }) => ExitCode::from(IN_USE),
        Some(Error::OtherDatabase { .. }) => ExitCode::from(OTHER_DATABASE),
        _ => ExitCode::FAILURE,
    }
}

/// A database that is open, and what is attached if it is one of an application.
type Opened = (Store, Option<Attachment>);

/// Publishes the current state of the database. If another publisher serves it, no snapshot can be made
/// here, and the newest one of that publisher is published.
pub(crate) fn run(arguments: &Arguments, place: &Place) -> anyhow::Result<()> {
    anyhow::ensure!(
        arguments.database.exists() || arguments.generate.is_some(),
        "{} does not exist: name the database of a publisher or of an application",
        named(&arguments.database)
    );
    // Otherwise the database of another run would seem to be served.
    let _turn = Turn::take(&arguments.database)?;
    let database = opened_unless_served(arguments)?;
    let target = place.open()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(publish(arguments, &target, database));
    // What is not finished is not waited for any longer: the next run begins it again.
    runtime.shutdown_timeout(STOP);
    Ok(writeln!(std::io::stdout(), "{}", place.uri(&done?))?)
}

/// Opens the database, unless another publisher serves it.
fn opened_unless_served(arguments: &Arguments) -> anyhow::Result<Option<Opened>> {
    match open::open(arguments) {
        Err(error) if matches!(error.downcast_ref(), Some(Failed::Served { .. })) => Ok(None),
        opened => Ok(Some(opened?)),
    }
}

/// Publishes the current state, and returns the name of the index. The database is open, and so not
/// available to others, only while a snapshot is written.
async fn publish(
    arguments: &Arguments,
    target: &Target,
    database: Option<Opened>,
) -> anyhow::Result<String> {
    let asked = Asked::new()?;
    let begun = match database {
        None => None,
        Some(database) => match next(arguments, target, &asked, database).await? {
            Next::Current(snapshot) => return upload(target, &snapshot, &asked).await,
            Next::Begun(snapshot) => Some(snapshot),
        },
    };
    let database = match begun {
        None => None,
        Some(begun) => {
            let id = begun.document().id();
            info!("the upload of snapshot {id} is continued first");
            match upload(target, &begun, &asked).await {
                Err(error) if is_of_this_snapshot(&error) => {
                    warn!("snapshot {id} is left as it is: {}", told(&error));
                }
                done => drop(done?),
            }
            opened_unless_served(arguments)?
        }
    };
    let snapshot = match database {
        None => newest(arguments)?,
        Some(database) => {
            let (store, follower) = shared(arguments, database);
            let done = async {
                let shelf = shelf(arguments, &asked, &store, follower).await?;
                current(arguments, &asked, &store, &shelf).await
            };
            let done = done.await;
            close(arguments, store)?;
            done?
        }
    };
    upload(target, &snapshot, &asked).await
}

/// Which snapshot is uploaded next.
enum Next {
    /// That of the current state.
    Current(Arc<Snapshot>),
    /// An older one, of which the store has a part. Without it, runs that are interrupted again and again
    /// while the database changes would never complete one.
    Begun(Arc<Snapshot>),
}

async fn next(
    arguments: &Arguments,
    target: &Target,
    asked: &Asked,
    database: Opened,
) -> anyhow::Result<Next> {
    let (store, follower) = shared(arguments, database);
    let next = async {
        let shelf = shelf(arguments, asked, &store, follower).await?;
        if let Some(begun) = shelf.current()
            && !begun.is_current(&store)?
            && asked.or(target.is_begun(&begun)).await.unwrap_or(Err(Error::Stopped))?
        {
            return Ok(Next::Begun(begun));
        }
        current(arguments, asked, &store, &shelf).await.map(Next::Current)
    };
    let next = next.await;
    close(arguments, store)?;
    next
}

/// The snapshots on this machine, after what has changed in an attached table was read.
async fn shelf(
    arguments: &Arguments,
    asked: &Asked,
    store: &Arc<Store>,
    mut follower: Option<Follower>,
) -> anyhow::Result<Arc<Shelf>> {
    let (on, of) = (arguments.clone(), store.clone());
    let open = move || opened(&on, &of, follower.as_mut(), Shelf::open_beside);
    Ok(Arc::new(blocking(asked, store, open).await?))
}

/// The snapshot of the current state, which is written if there is none.
async fn current(
    arguments: &Arguments,
    asked: &Asked,
    store: &Arc<Store>,
    shelf: &Arc<Shelf>,
) -> anyhow::Result<Arc<Snapshot>> {
    let snapshot = match shelf.current() {
        Some(current) if current.is_current(store)? => current,
        _ => {
            let (on, of, shelf) = (arguments.clone(), store.clone(), shelf.clone());
            blocking(asked, store, move || write(&on, &of, &shelf)).await?
        }
    };
    shelf.expire(Duration::from_secs(arguments.keep.into()), Instant::now())?;
    Ok(snapshot)
}

fn shared(arguments: &Arguments, database: Opened) -> (Arc<Store>, Option<Follower>) {
    let (store, attachment) = database;
    let store = Arc::new(store);
    let follow = |attachment| Follower::new(&arguments.database, attachment, store.clone());
    let follower = attachment.map(follow);
    (store, follower)
}

fn close(arguments: &Arguments, store: Arc<Store>) -> anyhow::Result<()> {
    match Arc::into_inner(store) {
        Some(store) => store.close().with_context(|| named(&arguments.database)),
        None => {
            warn!("the write-ahead log stays: the next run needs it");
            Ok(())
        }
    }
}

/// Whether an error says nothing about what another snapshot would lead to.
fn is_of_this_snapshot(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<Error>(), Some(Error::Differs { .. } | Error::Snapshot(_)))
}

/// The newest snapshot of the publisher that serves the database.
fn newest(arguments: &Arguments) -> anyhow::Result<Arc<Snapshot>> {
    let directory = arguments.store();
    let Some(snapshot) = Shelf::newest(&directory)? else {
        return Err(Error::NoSnapshot { directory }.into());
    };
    let database = match attachment_of(&arguments.database)? {
        Some(_) => feed_of(&arguments.database),
        None => arguments.database.clone(),
    };
    if snapshot.feed() != Store::feed_id(&database)? {
        return Err(Failed::OtherFeed { path: directory }.into());
    }
    let stated = arguments.base_uri.as_deref().map(References::below).transpose()?;
    if snapshot.base() != stated.as_ref().and_then(References::base) {
        let base = snapshot.base().map(str::to_owned);
        return Err(Error::OtherBase { directory, base }.into());
    }
    let id = snapshot.document().id();
    info!("another publisher serves the database: its newest snapshot {id} is published");
    Ok(snapshot)
}

/// Does work off the async threads, until the process is asked to stop.
async fn blocking<T: Send + 'static>(
    asked: &Asked,
    store: &Store,
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let mut work = spawn_blocking(work);
    match asked.or(&mut work).await {
        Some(done) => done?,
        None => {
            store.stop();
            // It sees that, and then the database can be closed. What it has come to does not matter.
            let _ = timeout(STOP, work).await;
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
