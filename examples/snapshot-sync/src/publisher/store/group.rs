//! The changes that one transaction makes.
//!
//! After a commit that several writers shared, all of them write again. The first change does not
//! begin alone, but waits a while for the others, who would otherwise wait for its commit.

use crate::error::Error;
use rusqlite::Transaction;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The most changes of one transaction.
const MOST_CHANGES: usize = 256;

/// The octets of changes at which a transaction takes no further one: 16 MiB.
pub(super) const MOST_OCTETS: usize = 16 << 20;

/// A disk that stores a commit in less time is not waited for: it costs less than the waiting.
const WORTH_WAITING: Duration = Duration::from_millis(1);

/// The longest time for which a group waits for further changes.
const LONGEST_WAIT: Duration = Duration::from_millis(10);

/// Makes a change in a transaction, at a time (milliseconds since the Unix epoch).
///
/// It is called again if that transaction cannot be committed.
pub(super) type Make<T> = Box<dyn Fn(&Transaction<'_>, i64) -> Result<T, Error> + Send>;

/// A change that is to be made, and who waits for its result.
pub(super) struct Waiting<T> {
    pub(super) make: Make<T>,
    /// How large the change is.
    pub(super) octets: usize,
    pub(super) result: oneshot::Sender<Result<T, Error>>,
}

/// How many changes a group waits for, and how long.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Expected {
    changes: usize,
    within: Duration,
}

impl Expected {
    /// After a group that the disk stored in some time, as many changes are expected again. A wait
    /// in vain costs half of that time, and none may cost all of it.
    pub(super) fn after(changes: usize, stored_in: Duration) -> Self {
        let within = if stored_in < WORTH_WAITING { Duration::ZERO } else { stored_in / 2 };
        Self { changes, within: within.min(LONGEST_WAIT) }
    }
}

/// The changes of one transaction, up to a number and a size.
pub(super) struct Group<T> {
    changes: Vec<Waiting<T>>,
    octets: usize,
}

impl<T> Group<T> {
    pub(super) fn of(first: Waiting<T>) -> Self {
        let mut group = Self { changes: Vec::new(), octets: 0 };
        group.push(first);
        group
    }

    fn is_full(&self) -> bool {
        self.octets >= MOST_OCTETS || self.changes.len() >= MOST_CHANGES
    }

    /// Adds a change, unless nobody waits for it.
    fn push(&mut self, change: Waiting<T>) {
        if !change.result.is_closed() {
            self.octets += change.octets;
            self.changes.push(change);
        }
    }

    /// Waits until as many are there as are expected, or for as long as these may take.
    pub(super) fn wait(&mut self, receiver: &Receiver<Waiting<T>>, expected: Expected) {
        let until = Instant::now() + expected.within;
        while self.changes.len() < expected.changes && !self.is_full() {
            match receiver.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(change) => self.push(change),
                Err(_) => return,
            }
        }
    }

    /// Takes those that are there.
    pub(super) fn take(&mut self, receiver: &Receiver<Waiting<T>>) {
        while !self.is_full()
            && let Ok(change) = receiver.try_recv()
        {
            self.push(change);
        }
    }

    pub(super) fn into_changes(self) -> Vec<Waiting<T>> {
        self.changes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

    use super::*;
    use std::sync::mpsc::channel;
    use std::thread;

    type Received = oneshot::Receiver<Result<i64, Error>>;

    /// A change, and who waits for it.
    fn waiting() -> (Waiting<i64>, Received) {
        let (result, receiver) = oneshot::channel();
        (Waiting { make: Box::new(|_, _| Ok(0)), octets: 1, result }, receiver)
    }

    #[test]
    fn a_group_waits_for_as_many_changes_as_the_one_before_it_had_and_for_no_more() {
        let (sender, receiver) = channel();
        let (first, _first) = waiting();
        let later = thread::spawn(move || {
            let sent = [(); 4].map(|()| {
                let (change, receiver) = waiting();
                sender.send(change).unwrap();
                receiver
            });
            // The sender lives on, so that the group does not end for want of it.
            (sent, sender)
        });
        let mut group = Group::of(first);
        group.wait(&receiver, Expected { changes: 3, within: Duration::from_secs(3600) });
        assert_eq!(group.changes.len(), 3);
        let _sent = later.join().unwrap();
        group.wait(&receiver, Expected { changes: 3, within: Duration::from_secs(3600) });
        assert_eq!(group.changes.len(), 3, "no further one is expected");
        group.take(&receiver);
        assert_eq!(group.changes.len(), 5, "those that are there are taken");
        group.wait(&receiver, Expected { changes: 6, within: Duration::from_millis(1) });
        assert_eq!(group.changes.len(), 5, "the time is over");
    }

    #[test]
    fn a_change_alone_does_not_wait_for_others() {
        let expected = Expected::after(1, Duration::from_secs(3600));
        let (_sender, receiver) = channel();
        let (first, _first) = waiting();
        let mut group = Group::of(first);
        group.wait(&receiver, Expected { within: Duration::from_secs(3600), ..expected });
        assert_eq!((group.changes.len(), expected.within), (1, LONGEST_WAIT));
        assert_eq!(Expected::after(9, WORTH_WAITING / 2).within, Duration::ZERO);
    }
}
