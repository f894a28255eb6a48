//! The record itself: what is done, and what workers have claimed.

use super::fingerprint::Fingerprint;
use super::ranges::Ranges;
use crate::error::{Error, ErrorKind, Mismatch};
use crate::index::SnapshotIndexRef;
use crate::limits::Limits;
use crate::place::Place;
use std::iter::FusedIterator;

/// Records which packages of one index are done, so that a replica can resume after a crash.
///
/// Save it together with the packages' data, in one transaction: then a package is recorded as done
/// exactly if its data was saved. It is saved through serde.
///
/// ```
/// use snapshot_index::{Progress, SnapshotIndexRef};
///
/// let index = SnapshotIndexRef::parse(
///     r#"{"id":"a","started":1435019805885,"completed":1435019872400,"uris":["0","1","2"]}"#,
/// )?;
/// let mut progress = Progress::new(&index);
/// let package = progress.claim().unwrap(); // for this worker; the next one gets another
/// progress.mark_done(package)?;
/// let saved = serde_json::to_string(&progress).unwrap();
///
/// // After a crash:
/// let progress: Progress = serde_json::from_str(&saved).unwrap();
/// let progress = progress.resume(&index)?;
/// assert_eq!(progress.remaining().collect::<Vec<_>>(), [1, 2]);
/// # Ok::<(), snapshot_index::Error>(())
/// ```
///
/// A package is identified by its number, counted from 0. The record stays small, and each method
/// fast, if packages are done roughly in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub(super) id: String,
    pub(super) started: u64,
    /// Whether the index had no `completed`, so that more packages may be added to it.
    pub(super) growing: bool,
    pub(super) packages: usize,
    pub(super) fingerprint: Fingerprint,
    pub(super) done: Ranges,
    pub(super) claimed: Ranges,
}

impl Progress {
    /// Starts a record in which no package is done.
    #[must_use]
    pub fn new(index: &SnapshotIndexRef<'_>) -> Self {
        Self {
            id: index.id().to_owned(),
            started: index.started_millis(),
            growing: index.completed_millis().is_none(),
            packages: index.package_count(),
            fingerprint: Fingerprint::of(index.uris()),
            done: Ranges::default(),
            claimed: Ranges::default(),
        }
    }

    /// Resumes with an index, after checking that the progress belongs to it. Claims are dropped.
    ///
    /// The index must have the same `id`, `started` and `uris` as when the progress was recorded.
    /// The value of `completed` is not compared. If the index had no `completed` then, `uris` may
    /// have more items at its end now.
    ///
    /// # Errors
    ///
    /// [`Mismatch::Snapshot`] or [`Mismatch::Uris`] if the progress belongs to another index. Start
    /// again with [`Progress::new`].
    pub fn resume(self, index: &SnapshotIndexRef<'_>) -> Result<Self, Error> {
        if self.id != index.id() || self.started != index.started_millis() {
            return Err(mismatch(Mismatch::Snapshot, Place::Id, index.id()));
        }
        let packages = index.package_count();
        let may_be = packages == self.packages || self.growing && packages > self.packages;
        if !may_be || self.fingerprint != Fingerprint::of(index.uris().take(self.packages)) {
            return Err(mismatch(Mismatch::Uris, Place::Uris, ""));
        }
        Ok(Self { done: self.done, ..Self::new(index) })
    }

    /// The `id` of the index that the progress belongs to.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How many packages the index has.
    #[must_use]
    pub fn package_count(&self) -> usize {
        self.packages
    }

    /// The first package that is not done, whether it is claimed or not.
    ///
    /// This does not claim the package: a second call gives the same number. Workers use
    /// [`claim`](Self::claim).
    #[must_use]
    pub fn next(&self) -> Option<usize> {
        self.remaining().next()
    }

    /// The packages that are not done, whether they are claimed or not, in order.
    #[must_use]
    pub fn remaining(&self) -> Remaining<'_> {
        Remaining { progress: self, from: 0 }
    }

    /// How many packages are not done.
    #[must_use]
    pub fn remaining_count(&self) -> usize {
        self.packages.saturating_sub(self.done.count())
    }

    /// The packages that are done, in order.
    pub fn completed(&self) -> impl Iterator<Item = usize> {
        self.done.iter().flat_map(|(start, end)| start..end)
    }

    /// How many packages are done.
    #[must_use]
    pub fn completed_count(&self) -> usize {
        self.done.count()
    }

    /// Whether a package is done.
    #[must_use]
    pub fn is_done(&self, number: usize) -> bool {
        self.done.contains(number)
    }

    /// Whether every package that the index had is done.
    ///
    /// If [`is_growing`](Self::is_growing) is true, read the index again and call
    /// [`resume`](Self::resume).
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.remaining_count() == 0
    }

    /// Whether the index had no `completed`, so that more packages may be added to it.
    #[must_use]
    pub fn is_growing(&self) -> bool {
        self.growing
    }

    /// Claims the first package that is neither done nor claimed, for one worker.
    ///
    /// The claim ends with [`mark_done`](Self::mark_done) or [`release`](Self::release). Claims are
    /// not saved.
    pub fn claim(&mut self) -> Option<usize> {
        let mut number = 0;
        loop {
            let not_done = self.done.first_outside(number);
            number = self.claimed.first_outside(not_done);
            if number == not_done {
                break;
            }
        }
        (number < self.packages && self.claimed.insert(number)).then_some(number)
    }

    /// Ends a claim, so that another worker can claim the package. Returns whether there was one.
    pub fn release(&mut self, number: usize) -> bool {
        self.claimed.remove(number)
    }

    /// Records that a package is done. Returns whether it was not done before.
    ///
    /// A package is done when it was read up to its close delimiter, and its data was stored.
    ///
    /// # Errors
    ///
    /// [`Mismatch::Package`] if the index has no package with this number.
    pub fn mark_done(&mut self, number: usize) -> Result<bool, Error> {
        if number >= self.packages {
            return Err(mismatch(Mismatch::Package, Place::Uri(number), &number.to_string()));
        }
        self.claimed.remove(number);
        Ok(self.done.insert(number))
    }
}

fn mismatch(mismatch: Mismatch, place: Place, found: &str) -> Error {
    Error::outside(ErrorKind::Progress(mismatch), &Limits::DEFAULT, place, found.as_bytes())
}

/// Iterates over the packages that are not done, in order.
#[derive(Debug, Clone)]
pub struct Remaining<'p> {
    progress: &'p Progress,
    from: usize,
}

impl Iterator for Remaining<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let number = self.progress.done.first_outside(self.from);
        self.from = number.saturating_add(1);
        (number < self.progress.packages).then_some(number)
    }
}

impl FusedIterator for Remaining<'_> {}
