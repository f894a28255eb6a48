//! Attaching a table, and taking everything away again.

use super::application::{for_writing, make_as_private};
use super::attachment::Attachment;
use super::follow::Follower;
use super::table::{Table, inspect};
use super::triggers;
use crate::error::Error;
use crate::guard::Side;
use crate::lock;
use crate::publisher::snapshot::remove_snapshots;
use crate::publisher::store::{Entities, NewFeed, Store};
use crate::refusal::Refusal;
use chrono::Utc;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The publisher's own database, beside that of the application.
#[must_use]
pub fn feed_of(database: &Path) -> PathBuf {
    beside(database, "-feed")
}

/// The directory of the snapshots, where no other is named.
#[must_use]
pub fn snapshots_of(database: &Path) -> PathBuf {
    beside(database, "-snapshots")
}

/// The path is the same by whatever link the database is named.
fn beside(database: &Path, end: &str) -> PathBuf {
    let real = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let mut name = real.file_name().unwrap_or_default().to_owned();
    name.push(end);
    real.with_file_name(name)
}

/// Attaches a table: puts the triggers into the application's database, and copies all rows into a
/// new feed. Entities have the table's name as their path, unless another one is given. `on_row` is
/// called for each row.
///
/// If it is interrupted behind the first, the publisher does the rest.
///
/// # Errors
/// [`Error::Table`] if the table cannot be published, or if another attach has left a feed of other options:
/// then nothing was written.
pub fn attach(
    database: &Path,
    attachment: &Attachment,
    entities: Option<Entities>,
    page_events: u64,
    on_row: impl FnMut(),
) -> Result<(), Error> {
    let mut application = for_writing(database)?;
    let table = allowed(database, &application, attachment)?;
    let entities = entities.unwrap_or_else(|| table.name.parse().unwrap_or_default());
    let feed = feed_of(database);
    make_as_private(&feed, database)?;
    let new = NewFeed { page_events, entities };
    let store = Store::open_as(&feed, &new, wall)?;
    let is = store.feed();
    // It may be left of an attach that was interrupted.
    if (is.page_events, &is.entities) != (new.page_events, &new.entities) {
        let (feed, entities) = (feed.display().to_string(), is.entities.to_string());
        let refused = Refusal::LeftOver { feed, entities, page_events: is.page_events };
        return Err(Error::Table { path: database.to_owned(), refused });
    }
    store.begin_copy()?;
    let transaction = writing(&mut application)?;
    // Another process may have attached it since.
    let table = allowed(database, &transaction, attachment)?;
    triggers::create(&transaction, &table, attachment, &store.feed().id)?;
    transaction.commit()?;
    drop(application);
    compare(database, attachment, store, on_row)
}

/// The table of an attachment, in a database in which nothing is attached.
fn allowed(
    database: &Path,
    connection: &Connection,
    attachment: &Attachment,
) -> Result<Table, Error> {
    let refused = |refused| Error::Table { path: database.to_owned(), refused };
    if Side::owns(connection)? {
        return Err(refused(Refusal::Ours));
    }
    if let Some((Attachment { table, .. }, _)) = triggers::attached(connection)? {
        return Err(refused(Refusal::AlreadyAttached { table }));
    }
    let mut exists =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE")?;
    for name in triggers::names() {
        if exists.exists([name])? {
            return Err(refused(Refusal::NameTaken { name: name.to_owned() }));
        }
    }
    inspect(connection, attachment)?.map_err(refused)
}

/// Makes the triggers of an attached table anew, after the application has rebuilt the table, and
/// compares all rows with what is published. `change` may change what was asked for. If the file of the
/// feed is missing, another feed begins, and the snapshots of the former one are removed.
///
/// # Errors
/// As [`attach`].
pub fn resync(
    database: &Path,
    page_events: u64,
    change: impl FnOnce(&mut Attachment),
    on_row: impl FnMut(),
) -> Result<(), Error> {
    let refused = |refused| Error::Table { path: database.to_owned(), refused };
    let mut application = for_writing(database)?;
    let Some((mut attachment, id)) = triggers::attached(&application)? else {
        return Err(refused(Refusal::NotAttached));
    };
    change(&mut attachment);
    let table = inspect(&application, &attachment)?.map_err(refused)?;
    let entities = table.name.parse().unwrap_or_default();
    let feed = feed_of(database);
    make_as_private(&feed, database)?;
    let store = Store::open_as(&feed, &NewFeed { page_events, entities }, wall)?;
    let is = &store.feed().id;
    if *is != id {
        // Before the new id is stored: if this is interrupted, the next attempt does it.
        remove_snapshots(&snapshots_of(database), |feed| feed != is)?;
    }
    store.begin_copy()?;
    let transaction = writing(&mut application)?;
    let table = inspect(&transaction, &attachment)?.map_err(refused)?;
    triggers::create(&transaction, &table, &attachment, &store.feed().id)?;
    transaction.commit()?;
    drop(application);
    compare(database, &attachment, store, on_row)
}

fn compare(
    database: &Path,
    attachment: &Attachment,
    store: Store,
    on_row: impl FnMut(),
) -> Result<(), Error> {
    let store = Arc::new(store);
    Follower::new(database, attachment.clone(), store.clone()).compare(on_row)?;
    Arc::into_inner(store).map_or(Ok(()), Store::close)
}

fn wall() -> i64 {
    Utc::now().timestamp_millis()
}

fn writing(connection: &mut Connection) -> Result<Transaction<'_>, Error> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// Opens the store of an attached table.
///
/// # Errors
/// [`Error::Table`] if the feed is not that of the table, and those of [`Store::open_as`].
pub fn open(database: &Path) -> Result<(Store, Attachment), Error> {
    let refused = |refused| Error::Table { path: database.to_owned(), refused };
    let connection = super::application::for_reading(database)?;
    let Some((attachment, id)) = triggers::attached(&connection)? else {
        return Err(refused(Refusal::NotAttached));
    };
    let feed = feed_of(database);
    let other = || refused(Refusal::OtherFeed { feed: feed.display().to_string() });
    // A new one would begin a feed that no replica knows.
    if !feed.exists() {
        return Err(other());
    }
    let new = NewFeed { page_events: 1, entities: Entities::default() };
    let store = Store::open_as(&feed, &new, wall)?;
    if store.feed().id != id || !store.is_copy()? {
        return Err(other());
    }
    store.complete_copy()?;
    Ok((store, attachment))
}

/// Takes everything away that [`attach`] has put into the application's database, and removes the
/// feed and its snapshots, from [`snapshots_of`] where no other directory is named.
///
/// # Errors
/// [`Error::Table`] if no table is attached, [`Error::Served`] if a publisher serves it,
/// [`Error::Database`], [`Error::File`].
pub fn detach(database: &Path, snapshots: Option<&Path>) -> Result<(), Error> {
    let mut application = for_writing(database)?;
    let Some((_, id)) = triggers::attached(&application)? else {
        let refused = Refusal::NotAttached;
        return Err(Error::Table { path: database.to_owned(), refused });
    };
    let feed = feed_of(database);
    let Some(locked) = lock::lock(&feed)? else { return Err(Error::Served { path: feed }) };
    let transaction = writing(&mut application)?;
    triggers::remove(&transaction)?;
    transaction.commit()?;
    for end in ["", "-wal", "-shm", "-lock"] {
        let path = beside(&feed, end);
        remove(&path, std::fs::remove_file(&path))?;
    }
    drop(locked);
    let snapshots = snapshots.map_or_else(|| snapshots_of(database), Path::to_owned);
    remove_snapshots(&snapshots, |feed| feed == id)
}

/// What is gone already counts as removed.
fn remove(path: &Path, removed: std::io::Result<()>) -> Result<(), Error> {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::of_file(path)(error))
        }
        _ => Ok(()),
    }
}
