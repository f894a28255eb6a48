//! Publishing what changes in an attached table.

use super::application::{for_reading, identity, rest};
use super::attachment::Attachment;
use super::comparing::{Comparing, Step, compare_part};
use super::distance::Distance;
use super::rows::{Became, Rows, Selects, key_of};
use super::table::{Table, inspect};
use super::triggers::{self, LOG};
use super::watch::{Due, LOOK, READ, Stamp, Watch};
use crate::error::Error;
use crate::publisher::store::{Copying, Standpoint, Store};
use crate::refusal::Refusal;
use chrono::Utc;
use rusqlite::{Connection, OptionalExtension};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};
use tracing::{debug, warn};

/// The most entries of the log that one transaction publishes.
const MOST_ENTRIES: usize = 1000;

/// The octets of memory that it takes to know which keys a transaction has published.
const MOST_KEYS: usize = 1 << 20;

/// Publishes what changes in an attached table.
#[derive(Debug)]
pub struct Follower {
    store: Arc<Store>,
    path: PathBuf,
    attachment: Attachment,
    open: Option<Open>,
    distance: Arc<Distance>,
}

/// The application's database, as it was opened.
#[derive(Debug)]
struct Open {
    connection: Connection,
    identity: (u64, u64),
    seen: Option<Seen>,
}

/// The table, as it was when the schema had a version.
#[derive(Debug)]
struct Seen {
    version: i64,
    table: Table,
    selects: Selects,
    shape: String,
}

impl Follower {
    /// Follows the table that is attached to a database, for its store.
    #[must_use]
    pub fn new(database: &Path, attachment: Attachment, store: Arc<Store>) -> Self {
        let path = database.to_owned();
        Self { store, path, attachment, open: None, distance: Arc::default() }
    }

    /// How far what is published is behind the application's log.
    #[must_use]
    pub fn distance(&self) -> &Arc<Distance> {
        &self.distance
    }

    /// Publishes what has changed until now, and closes the application's database; `on_row` is called
    /// for each row if all are compared.
    ///
    /// # Errors
    /// [`Error::Table`] if the table can be published no more; [`Error::Stopped`] if the store is asked to
    /// stop; [`Error::Database`], [`Error::File`] and those of [`Store::write`].
    pub fn catch_up(&mut self, on_row: impl FnMut()) -> Result<(), Error> {
        self.read(on_row)?;
        self.rest();
        Ok(())
    }

    fn read(&mut self, on_row: impl FnMut()) -> Result<(), Error> {
        loop {
            let began = Instant::now();
            match self.step(None, &mut || ())? {
                Step::More => {}
                Step::Done => {
                    self.distance.note_whole(began);
                    return Ok(());
                }
                Step::Compare => return self.compare(on_row),
            }
        }
    }

    /// Compares all rows with what is published, and publishes the differences. The log is read
    /// before each part of the rows, so that no entity gets an earlier state than it has.
    ///
    /// # Errors
    /// Those of [`catch_up`](Self::catch_up).
    pub fn compare(&mut self, mut on_row: impl FnMut()) -> Result<(), Error> {
        let mut comparing = Comparing::Nothing;
        loop {
            let began = Instant::now();
            match self.step(Some(&mut comparing), &mut on_row)? {
                Step::More => {}
                Step::Compare => comparing = Comparing::Nothing,
                Step::Done => {
                    self.distance.note_whole(began);
                    break;
                }
            }
        }
        self.store.set_compared(Utc::now().timestamp_millis())?;
        self.tell_of_nulls()
    }

    /// Whether it is time to compare all rows, as often as the attachment states. The time of the last
    /// comparison is kept in the feed, so that it holds when the publisher starts again. A time in the
    /// future is one of a clock that was set.
    fn is_due(&self) -> Result<bool, Error> {
        let Some(every) = self.attachment.every() else { return Ok(false) };
        let since = Utc::now().timestamp_millis().saturating_sub(self.store.compared()?);
        Ok(u64::try_from(since).map_or(true, |since| Duration::from_millis(since) >= every))
    }

    /// Publishes changes until the store is asked to stop. A failure that may pass is logged. The
    /// application's database is closed while nothing happens.
    ///
    /// # Errors
    /// [`Error::Table`] if the table can be published no more.
    pub fn run(mut self) -> Result<(), Error> {
        let mut watch = Watch::new(Instant::now());
        while self.store.goes_on().is_ok() {
            let due = watch.look(Stamp::of(&self.path), Instant::now());
            match self.attend(due) {
                Ok(()) => {}
                Err(Error::Stopped(_)) => break,
                Err(error @ Error::Table { .. }) => return Err(error),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    warn!(error, "the changes of the table cannot be published: it is tried again");
                    self.open = None;
                    watch.forget();
                    sleep(READ);
                }
            }
            sleep(LOOK);
        }
        self.rest();
        Ok(())
    }

    /// Does what is due, and compares all rows if it is time.
    fn attend(&mut self, due: Due) -> Result<(), Error> {
        let began = Instant::now();
        match due {
            Due::Nothing => {
                // What was published is everything until the files change.
                self.distance.note_whole(began);
                return Ok(());
            }
            _ if self.is_due()? => self.compare(|| ())?,
            Due::Reading | Due::LastReading => self.read(|| ())?,
            Due::Time => self.distance.note_whole(began),
        }
        if due != Due::Reading {
            self.rest();
        }
        Ok(())
    }

    /// Closes the application's database until it is read again.
    fn rest(&mut self) {
        if let Some(Open { connection, .. }) = self.open.take()
            && let Err(error) = rest(connection)
        {
            // It is closed all the same: what is in the log stays there.
            let error = &error as &dyn std::error::Error;
            warn!(error, "the write-ahead log of the application's database stays");
        }
    }

    /// Publishes a part of what remains, in one transaction of each database.
    fn step(
        &mut self,
        comparing: Option<&mut Comparing>,
        on_row: &mut impl FnMut(),
    ) -> Result<Step, Error> {
        self.store.goes_on()?;
        let Self { store, path, attachment, open, distance } = self;
        let Open { connection, seen, .. } = opened(open, path)?;
        let reading = connection.unchecked_transaction()?;
        let refused = |refused| Error::Table { path: path.clone(), refused };
        let seen = look(&reading, seen, attachment, &store.feed().id)?.map_err(refused)?;
        let entities = &store.feed().entities;
        let Seen { table, selects, .. } = seen;
        let rows = Rows { connection: &reading, table, selects, attachment, entities };
        let Some(last) = last_entry(&reading)? else {
            return Err(refused(Refusal::Rebuilt { table: seen.table.name.clone() }));
        };
        distance.note_last(last.0);
        let (step, number) = store.copy(|copying| {
            let mut at = copying.standpoint()?;
            if at.shape != seen.shape || mark(&reading, at.number)? != Some(at.mark) {
                let (number, mark) = last;
                let shape = seen.shape.clone();
                copying.stand(&Standpoint { number, mark, shape, is_whole: false })?;
                return Ok((Step::Compare, number));
            }
            let mut too_large = 0;
            let mut step = publish_entries(store, &rows, copying, &mut at, &mut too_large)?;
            if step == Step::Done {
                step = match comparing {
                    None if at.is_whole => Step::Done,
                    None => Step::Compare,
                    Some(comparing) => {
                        compare_part(store, &rows, copying, comparing, on_row, &mut too_large)?
                    }
                };
                at.is_whole |= step == Step::Done;
            }
            copying.stand(&at)?;
            if too_large > 0 {
                warn!(
                    rows = too_large,
                    "rows are not published: they have more than 16 MiB, or an id of more than 1,024 \
                     octets"
                );
            }
            if copying.events() > 0 {
                debug!(events = copying.events(), "changes of {} are published", seen.table.name);
            }
            Ok((step, at.number))
        })?;
        distance.note_published(number);
        Ok(step)
    }

    fn tell_of_nulls(&mut self) -> Result<(), Error> {
        let Some(Open { connection, seen: Some(seen), .. }) = &self.open else { return Ok(()) };
        let rows: u64 = connection.query_row(&seen.table.count_null(), [], |row| row.get(0))?;
        if rows > 0 {
            warn!(rows, "rows are not published: their keys contain NULL, which tells none apart");
        }
        Ok(())
    }
}

/// Opens the database, again if another file has taken its place.
fn opened<'a>(open: &'a mut Option<Open>, path: &Path) -> Result<&'a mut Open, Error> {
    let identity = identity(path)?;
    if open.as_ref().is_some_and(|open| open.identity != identity) {
        *open = None;
    }
    Ok(match open {
        Some(open) => open,
        None => open.insert(Open { connection: for_reading(path)?, identity, seen: None }),
    })
}

/// Looks at the table and the triggers if the schema is not what it was.
fn look<'a>(
    connection: &Connection,
    seen: &'a mut Option<Seen>,
    attachment: &Attachment,
    feed: &str,
) -> Result<Result<&'a Seen, Refusal>, Error> {
    let version = connection.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
    if seen.as_ref().is_some_and(|seen| seen.version != version) {
        *seen = None;
    }
    if let Some(seen) = seen {
        return Ok(Ok(seen));
    }
    let rebuilt = || Refusal::Rebuilt { table: attachment.table.clone() };
    match triggers::attached(connection)? {
        None => return Ok(Err(Refusal::NotAttached)),
        Some((is, of)) if is != *attachment || of != feed => return Ok(Err(rebuilt())),
        Some(_) => {}
    }
    let table = match inspect(connection, attachment)? {
        Ok(table) => table,
        Err(Refusal::NoTable { .. }) => return Ok(Err(rebuilt())),
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !triggers::are_there(connection, &table, attachment)? {
        return Ok(Err(rebuilt()));
    }
    // A table that was rebuilt has another root page, even if its triggers were made anew.
    let root = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    let root: i64 = connection.query_row(root, [&table.name], |row| row.get(0))?;
    let shape = format!("{root} {table:?}");
    let selects = Selects::of(&table);
    Ok(Ok(seen.insert(Seen { version, table, selects, shape })))
}

/// The last entry of the log: its number and its mark.
fn last_entry(connection: &Connection) -> Result<Option<(i64, i64)>, Error> {
    let select = format!("SELECT number, mark FROM {LOG} ORDER BY number DESC LIMIT 1");
    let mut select = connection.prepare_cached(&select)?;
    Ok(select.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// The mark of the entry with a number, if the log has it.
fn mark(connection: &Connection, number: i64) -> Result<Option<i64>, Error> {
    let select = format!("SELECT mark FROM {LOG} WHERE number = ?1");
    Ok(connection.prepare_cached(&select)?.query_row([number], |row| row.get(0)).optional()?)
}

/// Publishes the rows of the next entries of the log, each row once. They all have the state of one
/// moment: no entry of the log is later than it.
fn publish_entries(
    store: &Store,
    rows: &Rows<'_>,
    copying: &mut Copying<'_>,
    at: &mut Standpoint,
    too_large: &mut u64,
) -> Result<Step, Error> {
    let count = rows.table.key.len();
    let columns = triggers::log_columns(rows.table);
    let select = format!(
        "SELECT number, mark, {columns} FROM {LOG} WHERE number > ?1 ORDER BY number LIMIT {MOST_ENTRIES}"
    );
    let mut select = rows.connection.prepare_cached(&select)?;
    let mut entries = select.query([at.number])?;
    let (mut read, mut octets, mut nulls) = (0, 0, 0_u64);
    let mut published = std::collections::HashSet::new();
    while octets < MOST_KEYS
        && !copying.is_full()
        && let Some(entry) = entries.next()?
    {
        store.goes_on()?;
        (at.number, at.mark) = (entry.get(0)?, entry.get(1)?);
        read += 1;
        let Some(key) = key_of(entry, 2, count)? else {
            nulls += 1;
            continue;
        };
        let text = format!("{key:?}");
        octets += text.len();
        if published.insert(text) && rows.publish(copying, &key)? == Became::TooLarge {
            *too_large += 1;
        }
    }
    if nulls > 0 {
        warn!(rows = nulls, "changes are not published: their keys contain NULL");
    }
    let is_end = read < MOST_ENTRIES && octets < MOST_KEYS && !copying.is_full();
    Ok(if is_end { Step::Done } else { Step::More })
}
