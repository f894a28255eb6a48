//! The snapshots that are kept: the published one, and older ones for a limited time.

use super::files::Snapshot;
use super::options::Options;
use super::write::UNFINISHED;
use crate::error::Error;
use crate::publisher::store::Store;
use chrono::{DateTime, Utc};
use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};
use tracing::{info, warn};

/// The snapshots in a directory, and which of them is published.
#[derive(Debug, Default)]
pub struct Shelf {
    /// In the order in which they were written; the last is published.
    snapshots: RwLock<Vec<Kept>>,
}

/// A snapshot that is served.
#[derive(Debug)]
struct Kept {
    snapshot: Arc<Snapshot>,
    replaced: Option<Replaced>,
}

/// Since when a newer snapshot has replaced one, by a clock that no one sets.
#[derive(Debug, Clone, Copy)]
struct Replaced {
    /// When this run learned it.
    seen: Instant,
    /// How long before that it was.
    before: Duration,
}

impl Replaced {
    /// When a snapshot of an earlier run has replaced the one before it, as far as the file system
    /// knows. A time in the future counts as now.
    fn earlier(newer: &Snapshot) -> Self {
        let written = newer.written().unwrap_or_else(|_| SystemTime::now());
        let before = SystemTime::now().duration_since(written).unwrap_or_default();
        Self { seen: Instant::now(), before }
    }

    fn elapsed(self, now: Instant) -> Duration {
        now.saturating_duration_since(self.seen) + self.before
    }
}

/// The result of looking for an id.
#[derive(Debug)]
pub enum Found {
    /// A snapshot.
    Snapshot(Arc<Snapshot>),
    /// No snapshot, but an older one may have had this id.
    Expired,
    /// No snapshot, and none can have had this id.
    Unknown,
}

impl Shelf {
    /// Opens the directory of an earlier run. Complete snapshots of this store are served again, and
    /// unfinished ones are removed; so are those of another timeline, which a database had before it
    /// was restored from a backup, and those whose references are of another base URI. A directory that
    /// does not exist is made, for those alone who may read the database.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Index`], and [`Error::OtherFeed`] for a snapshot of another store.
    pub fn open(directory: &Path, store: &Store) -> Result<Self, Error> {
        Self::open_with(directory, store, remove)
    }

    /// Like [`open`](Self::open), beside a publisher that may serve what this one may not publish: such
    /// snapshots are left as they are, and are not on the shelf.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_beside(directory: &Path, store: &Store) -> Result<Self, Error> {
        Self::open_with(directory, store, |_| Ok(()))
    }

    fn open_with(
        directory: &Path,
        store: &Store,
        withdraw: fn(&Path) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        make(directory, store).map_err(Error::of_file(directory))?;
        let mut snapshots = Vec::new();
        for entry in fs::read_dir(directory).map_err(Error::of_file(directory))? {
            let path = entry.map_err(Error::of_file(directory))?.path();
            if path.extension() == Some(OsStr::new(UNFINISHED)) && is_named(path.file_stem()) {
                fs::remove_dir_all(&path).map_err(Error::of_file(&path))?;
            } else if is_snapshot(&path) {
                let snapshot = Snapshot::open(&path)?;
                if snapshot.feed() != store.feed().id {
                    return Err(Error::OtherFeed { path });
                }
                match snapshot.withdrawn(store)? {
                    None => snapshots.push(Arc::new(snapshot)),
                    Some(why) => {
                        warn!(
                            id = snapshot.document().id(),
                            "a snapshot is not published any more: {why}"
                        );
                        withdraw(&path)?;
                    }
                }
            }
        }
        snapshots.sort_by_key(|snapshot| snapshot.sequence());
        let newer = snapshots.iter().skip(1).map(|newer| Some(Replaced::earlier(newer)));
        let replaced: Vec<_> = newer.chain([None]).collect();
        let kept = snapshots.into_iter().zip(replaced);
        let kept = kept.map(|(snapshot, replaced)| Kept { snapshot, replaced });
        Ok(Self { snapshots: RwLock::new(kept.collect()) })
    }

    /// The newest complete snapshot in a directory, which another process may write to at the same time.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Index`].
    pub fn newest(directory: &Path) -> Result<Option<Arc<Snapshot>>, Error> {
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            entries => entries.map_err(Error::of_file(directory))?,
        };
        let mut newest: Option<Snapshot> = None;
        for entry in entries {
            let path = entry.map_err(Error::of_file(directory))?.path();
            if !is_snapshot(&path) {
                continue;
            }
            match Snapshot::open(&path) {
                // The other process has just removed it.
                Err(Error::File { source, .. }) if source.kind() == ErrorKind::NotFound => {}
                opened => {
                    let all = newest.into_iter().chain([opened?]);
                    newest = all.max_by_key(Snapshot::sequence);
                }
            }
        }
        Ok(newest.map(Arc::new))
    }

    /// Publishes a snapshot: from now on replicas begin with it.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        let mut snapshots = self.snapshots.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = snapshots.last_mut() {
            last.replaced = Some(Replaced { seen: Instant::now(), before: Duration::ZERO });
        }
        snapshots.push(Kept { snapshot, replaced: None });
    }

    /// Writes a snapshot of the current state, and publishes it when it is complete.
    ///
    /// # Errors
    /// Those of [`Snapshot::write`].
    pub fn write(
        &self,
        store: &Store,
        directory: &Path,
        options: &Options,
        on_part: impl FnMut(),
    ) -> Result<Arc<Snapshot>, Error> {
        let snapshot = Arc::new(Snapshot::write(store, directory, options, on_part)?);
        self.publish(snapshot.clone());
        Ok(snapshot)
    }

    /// The published snapshot.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Snapshot>> {
        let snapshots = self.snapshots.read().unwrap_or_else(PoisonError::into_inner);
        snapshots.last().map(|last| last.snapshot.clone())
    }

    /// When the oldest snapshot was started that is served, if there is one.
    #[must_use]
    pub fn oldest(&self) -> Option<DateTime<Utc>> {
        let snapshots = self.snapshots.read().unwrap_or_else(PoisonError::into_inner);
        snapshots.iter().map(|kept| kept.snapshot.document().started()).min()
    }

    /// Finds the snapshot with this id. An unknown id that is older than the published snapshot
    /// counts as expired.
    #[must_use]
    pub fn find(&self, id: &str) -> Found {
        let snapshots = self.snapshots.read().unwrap_or_else(PoisonError::into_inner);
        let mut all = snapshots.iter().map(|kept| &kept.snapshot);
        if let Some(snapshot) = all.find(|snapshot| snapshot.document().id() == id) {
            return Found::Snapshot(snapshot.clone());
        }
        let current = snapshots.last().map(|last| last.snapshot.document().started());
        let started = DateTime::parse_from_rfc3339(id).ok().map(DateTime::<Utc>::from);
        match (started, current) {
            (Some(started), Some(current)) if started < current => Found::Expired,
            _ => Found::Unknown,
        }
    }

    /// Removes the snapshots that a newer one has replaced at least `keep` before an instant. Answers
    /// that have begun are sent to their end.
    ///
    /// The time that has elapsed counts, and not what a clock shows: clocks are set.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn expire(&self, keep: Duration, now: Instant) -> Result<(), Error> {
        let mut expired = Vec::new();
        {
            let mut snapshots = self.snapshots.write().unwrap_or_else(PoisonError::into_inner);
            snapshots.retain(|Kept { snapshot, replaced }| {
                let is_expired = replaced.is_some_and(|replaced| replaced.elapsed(now) >= keep);
                if is_expired {
                    expired.push(snapshot.clone());
                }
                !is_expired
            });
        }
        for snapshot in expired {
            remove(&snapshot.directory)?;
            info!(id = snapshot.document().id(), "an old snapshot is removed");
        }
        Ok(())
    }
}

/// Makes the directory of snapshots, if it does not exist. Snapshots contain what the database does, so
/// that only those may read them who may read its file.
fn make(directory: &Path, store: &Store) -> std::io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        fs::create_dir_all(parent)?;
    }
    let mode = fs::metadata(store.path())?.permissions().mode() & 0o666;
    // Who may read may also enter.
    let mode = mode | (mode & 0o444) >> 2;
    DirBuilder::new().mode(mode).create(directory)
}

/// Removes a snapshot's directory.
fn remove(directory: &Path) -> Result<(), Error> {
    // If this run cannot remove a directory with this name, the next run does.
    let path = directory.with_extension(UNFINISHED);
    fs::rename(directory, &path).map_err(Error::of_file(directory))?;
    fs::remove_dir_all(&path).map_err(Error::of_file(&path))
}

/// Removes the snapshots of those feeds from a directory, and what is unfinished; then the directory, if it
/// contains nothing else. A directory that does not exist contains none.
///
/// # Errors
/// [`Error::File`].
pub(crate) fn remove_snapshots(directory: &Path, of: impl Fn(&str) -> bool) -> Result<(), Error> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(Error::of_file(directory))?,
    };
    let mut is_empty = true;
    for entry in entries {
        let path = entry.map_err(Error::of_file(directory))?.path();
        if path.extension() == Some(OsStr::new(UNFINISHED)) && is_named(path.file_stem()) {
            fs::remove_dir_all(&path).map_err(Error::of_file(&path))?;
        } else if is_snapshot(&path) && is_of(&path, &of) {
            remove(&path)?;
        } else {
            is_empty = false;
        }
    }
    match is_empty {
        true => fs::remove_dir(directory).map_err(Error::of_file(directory)),
        false => Ok(()),
    }
}

/// Whether a directory contains a snapshot of those feeds. What cannot be read is somebody else's.
fn is_of(path: &Path, of: impl Fn(&str) -> bool) -> bool {
    match Snapshot::open(path) {
        Ok(snapshot) => of(snapshot.feed()),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            warn!(error, "{} is left as it is: it cannot be read", path.display());
            false
        }
    }
}

/// The directory of a snapshot has the time at which the snapshot was started as its name.
fn is_snapshot(path: &Path) -> bool {
    path.is_dir() && is_named(path.file_name())
}

fn is_named(name: Option<&OsStr>) -> bool {
    name.and_then(OsStr::to_str).is_some_and(|name| name.parse::<i64>().is_ok())
}
