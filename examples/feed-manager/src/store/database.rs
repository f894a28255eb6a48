//! The database: a thread that writes, and connections that read.

use crate::store::{StoreError, schema};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use tokio::sync::{Semaphore, oneshot};

/// How many requests read at the same time.
const READERS: usize = 4;

/// How many changes wait for the disk together at most.
const MOST_TOGETHER: usize = 64;

/// How many changes may wait for the thread that writes. Further ones wait in their requests.
const MOST_WAITING: usize = 256;

/// Reports to the one who asked for a change, once it is known whether the change was committed.
type Reply = Box<dyn FnOnce(bool) + Send>;
/// Makes a change in the transaction that is open.
type Change = Box<dyn FnOnce(&Connection) -> Reply + Send>;

/// A database that is open. Clones are the same database.
#[derive(Debug, Clone)]
pub struct Database {
    changes: mpsc::SyncSender<Change>,
    readers: Arc<Readers>,
    free_changes: Arc<Semaphore>,
    writer: Arc<JoinHandle<()>>,
    folder: Arc<PathBuf>,
}

#[derive(Debug)]
struct Readers {
    free: Arc<Semaphore>,
    connections: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens a database. A file that does not exist is created.
    ///
    /// # Errors
    /// [`StoreError::Foreign`], [`StoreError::Newer`], and those of SQLite.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = schema::for_writing(path)?;
        let connections: Result<Vec<_>, _> =
            (0..READERS).map(|_| schema::for_reading(path)).collect();
        let free = Arc::new(Semaphore::new(READERS));
        let readers = Readers { free, connections: Mutex::new(connections?) };
        let (changes, waiting) = mpsc::sync_channel(MOST_WAITING);
        let name = "database".to_owned();
        let started = thread::Builder::new().name(name).spawn(move || write_all(&writer, &waiting));
        let writer = Arc::new(started.map_err(|_| StoreError::Stopped)?);
        let free_changes = Arc::new(Semaphore::new(MOST_WAITING));
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = Arc::new(folder.unwrap_or(Path::new(".")).to_owned());
        Ok(Self { changes, readers: Arc::new(readers), free_changes, writer, folder })
    }

    /// The folder of the file, which has room for what is to be stored.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Checks that the database can be read, and that the thread that writes has not ended.
    ///
    /// # Errors
    /// [`StoreError::Stopped`], and those of SQLite.
    pub async fn check(&self) -> Result<(), StoreError> {
        let read = self.read(|connection| {
            let sql = "SELECT count(*) FROM sqlite_schema";
            Ok::<i64, StoreError>(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
        });
        read.await?;
        if self.writer.is_finished() { Err(StoreError::Stopped) } else { Ok(()) }
    }

    /// Reads: calls a function with a connection, on a thread that may block. What the function reads
    /// is of one state of the database.
    ///
    /// # Errors
    /// Those of the function and of the database.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let readers = self.readers.clone();
        let stopped = || E::from(StoreError::Stopped);
        let permit = readers.free.clone().acquire_owned().await;
        let Ok(permit) = permit else { return Err(stopped()) };
        let done = tokio::task::spawn_blocking(move || {
            // The permit stays until the connection is back, even if nobody waits for the answer.
            let _permit = permit;
            let connection = readers.lock().pop();
            let connection = connection.ok_or(StoreError::Stopped)?;
            let result = in_snapshot(&connection, work);
            readers.lock().push(connection);
            result
        });
        done.await.map_err(|_| stopped())?
    }

    /// Changes: calls a function within a transaction, and returns when its changes are on the disk.
    /// When the function fails, it has changed nothing.
    ///
    /// Changes that wait for the disk are committed together, each with its own success or failure.
    ///
    /// # Errors
    /// Those of the function and of the database.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let stopped = || E::from(StoreError::Stopped);
        let permit = self.free_changes.clone().acquire_owned().await;
        let Ok(permit) = permit else { return Err(stopped()) };
        let change: Change = Box::new(move |connection| {
            drop(permit);
            let result = in_savepoint(connection, work);
            Box::new(move |is_committed| {
                let failed = |_| Err(StoreError::Stopped.into());
                let result = if is_committed { result } else { result.and_then(failed) };
                // Whoever asked may have gone away.
                let _ = answer.send(result);
            })
        });
        // The channel has room for each permit, so that this does not block.
        if self.changes.send(change).is_err() {
            return Err(stopped());
        }
        answered.await.map_err(|_| stopped())?
    }
}

impl Readers {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads within one transaction, so that all of it is of one state.
fn in_snapshot<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.execute_batch("BEGIN").map_err(StoreError::from)?;
    let result = caught(connection, work);
    connection.execute_batch("ROLLBACK").map_err(StoreError::from)?;
    result
}

/// Undoes what a function did if it fails, and keeps what the changes before it did.
fn in_savepoint<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    connection.execute_batch("SAVEPOINT change").map_err(StoreError::from)?;
    let result = caught(connection, work);
    let end = match &result {
        Ok(_) => "RELEASE change",
        Err(_) => "ROLLBACK TO change; RELEASE change",
    };
    connection.execute_batch(end).map_err(StoreError::from)?;
    result
}

/// Calls a function, and makes an error of its panic: a panic must cost neither a connection that reads nor
/// the thread that writes. What the function leaves undone in the database, its caller undoes.
fn caught<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(|| work(connection)))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

/// Makes the changes as they come, until no [`Database`] is left that could send one.
fn write_all(connection: &Connection, waiting: &mpsc::Receiver<Change>) {
    while let Ok(first) = waiting.recv() {
        let is_open = connection.execute_batch("BEGIN IMMEDIATE").map_err(log).is_ok();
        let mut replies = Vec::new();
        // Without a transaction each statement would be committed on its own: change nothing then.
        let mut next = Some(first);
        while let Some(change) = next {
            if is_open {
                replies.push(change(connection));
            }
            // When the disk is full or fails, SQLite rolls back all of the transaction at once.
            if is_open && connection.is_autocommit() {
                break;
            }
            next = (replies.len() < MOST_TOGETHER).then(|| waiting.try_recv().ok()).flatten();
        }
        let is_whole = is_open && !connection.is_autocommit();
        let is_committed = is_whole && connection.execute_batch("COMMIT").map_err(log).is_ok();
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK").map_err(log);
        }
        for reply in replies {
            reply(is_committed);
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is used as the function of a map")]
fn log(error: rusqlite::Error) {
    tracing::error!(error = &error as &dyn std::error::Error, "the database failed");
}
