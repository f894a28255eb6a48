//! The thread that writes to the publisher's database. It commits all waiting changes together.
//!
//! A commit lasts as long as the disk takes to store it. The changes that arrive meanwhile wait,
//! and the next transaction makes all of them: many writers share one wait for the disk.

use super::group::{Expected, Group, Waiting};
use crate::error::Error;
use crate::publisher::clock::Clock;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::warn;

/// The connection that writes, and the clock that dates its changes.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) clock: Clock,
}

/// The writer, and who waits for it.
#[derive(Debug)]
struct Turns {
    writer: Mutex<Writer>,
    /// It is held while waiting for the writer. A thread that needs the writer again and again
    /// waits here for the others, so that each of them has its turn.
    next: Mutex<()>,
}

/// Changes a database by groups: each transaction makes all changes that wait for it.
#[derive(Debug)]
pub(super) struct GroupCommit<T> {
    turns: Arc<Turns>,
    /// These are there until the value is dropped.
    thread: Option<(Sender<Waiting<T>>, JoinHandle<()>)>,
}

impl<T: Send + 'static> GroupCommit<T> {
    /// Starts the thread that writes. It calls `on_commit` after each group of changes.
    ///
    /// # Errors
    /// [`Error::Io`] if there can be no such thread.
    pub(super) fn start(
        writer: Writer,
        on_commit: impl Fn() + Send + 'static,
    ) -> Result<Self, Error> {
        let turns = Arc::new(Turns { writer: Mutex::new(writer), next: Mutex::new(()) });
        let (sender, receiver) = channel();
        let shared = turns.clone();
        let builder = thread::Builder::new().name("writer".to_owned());
        let thread = builder.spawn(move || run(&shared, &receiver, on_commit))?;
        Ok(Self { turns, thread: Some((sender, thread)) })
    }

    /// Makes all changes that wait, and returns the writer; none if it is still in use.
    pub(super) fn end(self) -> Option<Writer> {
        let turns = self.turns.clone();
        drop(self);
        let Turns { writer, .. } = Arc::into_inner(turns)?;
        Some(writer.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the writer, between two transactions.
    pub(super) fn writer(&self) -> MutexGuard<'_, Writer> {
        self.turns.wait()
    }

    /// Makes a change of this size in the next transaction. The result is sent after that is
    /// committed.
    ///
    /// Changes are made in the order of the calls. If a change fails, it is undone alone. A change
    /// whose receiver is dropped before its turn comes is not made.
    pub(super) fn change(
        &self,
        octets: usize,
        make: impl Fn(&Transaction<'_>, i64) -> Result<T, Error> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, Error>> {
        let (result, receiver) = oneshot::channel();
        if let Some((sender, _)) = &self.thread {
            // If the thread has stopped, the receiver learns it: its sender is dropped.
            let _ = sender.send(Waiting { make: Box::new(make), octets, result });
        }
        receiver
    }
}

impl<T> Drop for GroupCommit<T> {
    /// Waits until all changes are made.
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.thread.take() {
            drop(sender);
            // If it panicked, those who waited for it have learned it.
            let _ = thread.join();
        }
    }
}

impl Turns {
    fn wait(&self) -> MutexGuard<'_, Writer> {
        let _next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        // A panic elsewhere leaves at most a transaction that SQLite rolls back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes changes until there can be no more of them.
fn run<T>(turns: &Turns, receiver: &Receiver<Waiting<T>>, on_commit: impl Fn()) {
    let mut expected = Expected::default();
    while let Ok(first) = receiver.recv() {
        let mut group = Group::of(first);
        group.wait(receiver, expected);
        let mut writer = turns.wait();
        group.take(receiver);
        let group = group.into_changes();
        let mut stored_in = Duration::ZERO;
        let results = match group.as_slice() {
            [change] => vec![alone(&mut writer, change)],
            changes => together(&mut writer, changes, &mut stored_in).unwrap_or_else(|error| {
                // None of them is made. The fault may be that of one.
                warn!("changes are made one by one, because their transaction failed: {error}");
                changes.iter().map(|change| alone(&mut writer, change)).collect()
            }),
        };
        drop(writer);
        expected = Expected::after(group.len(), stored_in);
        on_commit();
        for (change, result) in group.into_iter().zip(results) {
            // If nobody waits any more, the change is made all the same.
            let _ = change.result.send(result);
        }
    }
}

/// Makes a change, and makes an error of a panic, which must not end the thread that writes.
fn make<T>(change: &Waiting<T>, transaction: &Transaction<'_>, time: i64) -> Result<T, Error> {
    // What it has written is undone, as after any error.
    catch_unwind(AssertUnwindSafe(|| (change.make)(transaction, time)))
        .unwrap_or(Err(Error::Stopped("a change to the database")))
}

/// Makes a change in a transaction of its own.
fn alone<T>(writer: &mut Writer, change: &Waiting<T>) -> Result<T, Error> {
    let Writer { connection, clock } = writer;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let made = make(change, &transaction, clock.now())?;
    transaction.commit()?;
    Ok(made)
}

/// Makes changes in one transaction, each within a savepoint, so that one that fails is undone alone.
/// It says in how much time the disk stored them.
///
/// # Errors
/// If the database fails, for one change or for all, or cannot commit; then no change is made.
fn together<T>(
    writer: &mut Writer,
    changes: &[Waiting<T>],
    stored_in: &mut Duration,
) -> Result<Vec<Result<T, Error>>, Error> {
    let Writer { connection, clock } = writer;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let execute = |sql| transaction.prepare_cached(sql)?.execute([]);
    let mut results = Vec::with_capacity(changes.len());
    for change in changes {
        execute("SAVEPOINT change")?;
        let made = make(change, &transaction, clock.now());
        if let Err(error @ Error::Database(_)) = made {
            // On a full disk, for example, a change alone may succeed where it fails after others.
            return Err(error);
        }
        if made.is_err() {
            // This fails if SQLite has rolled back all of the transaction.
            execute("ROLLBACK TO change")?;
        }
        execute("RELEASE change")?;
        results.push(made);
    }
    let began = Instant::now();
    transaction.commit()?;
    *stored_in = began.elapsed();
    Ok(results)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::super::group::MOST_OCTETS;
    use super::*;
    use crate::publisher::clock::Sources;
    use rusqlite::OptionalExtension;
    use std::path::{Path, PathBuf};

    type Received = oneshot::Receiver<Result<i64, Error>>;

    /// A database with a table of numbers, that changes insert into.
    fn database() -> (tempfile::TempDir, PathBuf, GroupCommit<i64>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("numbers.sqlite");
        let connection = Connection::open(&path).unwrap();
        let schema = "PRAGMA journal_mode = WAL;
                      CREATE TABLE number (number INTEGER PRIMARY KEY, place INTEGER NOT NULL);
                      CREATE TABLE place (last INTEGER NOT NULL); INSERT INTO place VALUES (0);";
        connection.execute_batch(schema).unwrap();
        let writer = Writer { connection, clock: Clock::new(0, Sources::of(|| 0)) };
        (directory, path, GroupCommit::start(writer, || ()).unwrap())
    }

    /// Inserts a number with the place that it has among all, which is the result.
    fn insert(transaction: &Transaction<'_>, number: i64) -> Result<i64, Error> {
        let place = "UPDATE place SET last = last + 1 RETURNING last";
        let place: i64 = transaction.query_row(place, [], |row| row.get(0))?;
        transaction.execute("INSERT INTO number VALUES (?1, ?2)", [number, place])?;
        Ok(place)
    }

    fn place(path: &Path, number: i64) -> Option<i64> {
        let select = "SELECT place FROM number WHERE number = ?1";
        let reader = Connection::open(path).unwrap();
        reader.query_row(select, [number], |row| row.get(0)).optional().unwrap()
    }

    fn result(received: Received) -> Result<i64, Error> {
        received.blocking_recv().unwrap()
    }

    #[test]
    fn changes_that_wait_share_a_transaction_in_the_order_of_their_calls() {
        let (_directory, path, commits) = database();
        let writer = commits.writer();
        let waiting: Vec<_> = (1..=50)
            .map(|number| {
                let path = path.clone();
                commits.change(1, move |transaction, _| {
                    // What the change before it made is there for the transaction alone.
                    let here = "SELECT count(*) FROM number";
                    let here: i64 = transaction.query_row(here, [], |row| row.get(0))?;
                    assert_eq!((here, place(&path, 1)), (number - 1, None));
                    insert(transaction, number)
                })
            })
            .collect();
        drop(writer);
        let results: Vec<_> = waiting.into_iter().map(|one| result(one).unwrap()).collect();
        assert_eq!(results, (1..=50).collect::<Vec<_>>());
        assert_eq!(place(&path, 50), Some(50));
    }

    #[test]
    fn a_result_is_sent_after_the_change_is_committed() {
        let (_directory, path, commits) = database();
        for number in 1..=20 {
            let more = commits.change(1, move |transaction, _| insert(transaction, -number));
            let made = result(commits.change(1, move |transaction, _| insert(transaction, number)));
            assert_eq!(place(&path, number), Some(made.unwrap()));
            assert_eq!(place(&path, -number), Some(result(more).unwrap()));
        }
    }

    /// Makes three changes in one transaction, of which the second fails in some way.
    fn second_fails(fail: fn(&Transaction<'_>) -> Result<i64, Error>) {
        let (_directory, path, commits) = database();
        let writer = commits.writer();
        let first = commits.change(1, |transaction, _| insert(transaction, 1));
        let second = commits.change(1, move |transaction, _| {
            insert(transaction, 2)?;
            fail(transaction)
        });
        let third = commits.change(1, |transaction, _| insert(transaction, 3));
        drop(writer);
        assert_eq!(result(first).unwrap(), 1);
        assert!(matches!(result(second), Err(Error::NoSnapshot)));
        assert_eq!(result(third).unwrap(), 2, "there is no gap");
        let places = [1, 2, 3].map(|number| place(&path, number));
        assert_eq!(places, [Some(1), None, Some(2)]);
    }

    #[test]
    fn a_change_that_fails_is_undone_alone() {
        second_fails(|_| Err(Error::NoSnapshot));
    }

    #[test]
    fn a_change_that_loses_the_transaction_loses_no_other_change() {
        // SQLite does so by itself where the disk is full.
        second_fails(|transaction| {
            transaction.execute_batch("ROLLBACK")?;
            Err(Error::NoSnapshot)
        });
    }

    #[test]
    fn a_change_that_panics_is_undone_and_the_next_ones_are_made() {
        let (_directory, path, commits) = database();
        let panics: Received = commits.change(1, |transaction, _| {
            insert(transaction, 1)?;
            panic!("a change that panics");
        });
        assert!(matches!(result(panics), Err(Error::Stopped(_))));
        let next = commits.change(1, |transaction, _| insert(transaction, 2));
        assert_eq!(result(next).unwrap(), 1);
        assert_eq!((place(&path, 1), place(&path, 2)), (None, Some(1)));
    }

    #[test]
    fn a_change_that_the_database_refuses_among_others_is_tried_alone() {
        let (_directory, path, commits) = database();
        let writer = commits.writer();
        let twice = [7, 7]
            .map(|number| commits.change(1, move |transaction, _| insert(transaction, number)));
        drop(writer);
        let [first, second] = twice.map(result);
        assert_eq!(first.unwrap(), 1);
        assert!(matches!(second, Err(Error::Database(_))), "the number is there already");
        assert_eq!(place(&path, 7), Some(1));
    }

    #[test]
    fn a_change_that_nobody_waits_for_when_its_turn_comes_is_not_made() {
        let (_directory, path, commits) = database();
        let writer = commits.writer();
        drop(commits.change(1, |transaction, _| insert(transaction, 1)));
        let waited = commits.change(1, |transaction, _| insert(transaction, 2));
        drop(writer);
        assert_eq!(result(waited).unwrap(), 1);
        assert_eq!((place(&path, 1), place(&path, 2)), (None, Some(1)));
    }

    #[test]
    fn a_group_ends_at_its_octets() {
        let (_directory, path, commits) = database();
        let writer = commits.writer();
        let large = [1, 2, 3].map(|number| {
            let path = path.clone();
            commits.change(MOST_OCTETS / 2, move |transaction, _| {
                let committed = place(&path, 1).is_some();
                insert(transaction, number).map(|_| i64::from(committed))
            })
        });
        drop(writer);
        // The third finds that the first two are committed.
        assert_eq!(large.map(|one| result(one).unwrap()), [0, 0, 1]);
    }

    #[test]
    fn changes_that_wait_are_made_before_the_database_is_closed() {
        let (_directory, path, commits) = database();
        let waiting: Vec<_> = (1..=600)
            .map(|number| commits.change(1, move |transaction, _| insert(transaction, number)))
            .collect();
        drop(commits);
        for one in waiting {
            result(one).unwrap();
        }
        assert_eq!(place(&path, 600), Some(600));
    }

    #[test]
    fn who_waits_for_the_writer_has_a_turn_however_many_changes_there_are() {
        let (_directory, _path, commits) = database();
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            for first in [0, 1_000_000] {
                let (commits, stop) = (&commits, &stop);
                scope.spawn(move || {
                    let mut numbers = first..;
                    while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                        let number = numbers.next().unwrap();
                        result(
                            commits.change(1, move |transaction, _| insert(transaction, number)),
                        )
                        .unwrap();
                    }
                });
            }
            for _ in 0..100 {
                drop(commits.writer());
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
