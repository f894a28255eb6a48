//! Making what is served: the generated entities, and snapshots.

use crate::arguments::Arguments;
use indicatif::{ProgressBar, ProgressStyle};
use snapshot_sync::Error;
use snapshot_sync::publisher::attached::Follower;
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::snapshot::{Options, Shelf, Snapshot};
use snapshot_sync::publisher::store::Store;
use std::path::Path;
use std::sync::Arc;
use tracing::info;

/// Makes everything that is served: what has changed in an attached table, the generated entities, and a
/// snapshot if there is none.
pub(crate) fn prepare(
    arguments: &Arguments,
    store: &Store,
    follower: Option<&mut Follower>,
) -> anyhow::Result<Shelf> {
    let shelf = opened(arguments, store, follower, Shelf::open)?;
    match shelf.current() {
        Some(snapshot) => {
            info!("snapshot {} of an earlier run is served", snapshot.document().id());
        }
        None => drop(write(arguments, store, &shelf)?),
    }
    Ok(shelf)
}

/// Makes what has changed in an attached table, and the generated entities, and opens the snapshots that
/// there are, by one of the shelf's functions.
pub(crate) fn opened(
    arguments: &Arguments,
    store: &Store,
    follower: Option<&mut Follower>,
    open: fn(&Path, &Store) -> Result<Shelf, Error>,
) -> anyhow::Result<Shelf> {
    if let Some(follower) = follower {
        follower.catch_up(|| ())?;
    }
    if let Some(count) = arguments.generate {
        fill(store, count)?;
    }
    Ok(open(&arguments.store(), store)?)
}

fn fill(store: &Store, count: u64) -> anyhow::Result<()> {
    if !store.is_unseen()? {
        info!("the database was published before: no entities are generated");
        return Ok(());
    }
    let bar = bar("entities generated", count);
    store.fill(count, &mut Generator::new(1).below(&store.feed().entities), || bar.inc(1))?;
    bar.finish();
    Ok(())
}

/// Writes a snapshot of the current state, and publishes it.
pub(crate) fn write(
    arguments: &Arguments,
    store: &Store,
    shelf: &Shelf,
) -> anyhow::Result<Arc<Snapshot>> {
    let count = store.reader()?.query_row("SELECT count(*) FROM entity", [], |row| row.get(0))?;
    let bar = bar("entities written into packages", count);
    let (package_octets, codings) = (arguments.package_octets, arguments.codings());
    let options = Options { package_octets, codings, ..Options::default() };
    let snapshot = shelf.write(store, &arguments.store(), &options, || bar.inc(1))?;
    bar.finish();
    info!("snapshot {} has {} packages", snapshot.document().id(), snapshot.packages().len());
    Ok(snapshot)
}

fn bar(what: &'static str, count: u64) -> ProgressBar {
    let template = "  {msg:<34} {bar:32} {human_pos:>10} of {human_len} in {elapsed}";
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(count).with_message(what).with_style(style)
}
