//! The snapshots that are kept: the one that is published, and older ones for a while.

use super::write::UNFINISHED;
use super::{Options, Snapshot};
use crate::error::Error;
use crate::publisher::store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tracing::info;

/// The snapshots in a directory, and which of them is published.
#[derive(Debug, Default)]
pub struct Shelf {
    /// The oldest first; the last is published.
    snapshots: RwLock<Vec<Arc<Snapshot>>>,
}

/// What there is under an id.
#[derive(Debug)]
pub enum Found {
    /// A snapshot.
    Snapshot(Arc<Snapshot>),
    /// One that is no longer kept, or could have been.
    Expired,
    /// None.
    Unknown,
}

impl Shelf {
    /// Takes what an earlier run has left in a directory: whole snapshots of this store are served
    /// on, and what was being written is removed.
    ///
    /// # Errors
    /// [`Error::Io`], and [`Error::OtherFeed`] for a snapshot of another store.
    pub fn open(directory: &Path, store: &Store) -> Result<Self, Error> {
        fs::create_dir_all(directory)?;
        let mut snapshots = Vec::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.extension() == Some(OsStr::new(UNFINISHED)) {
                fs::remove_dir_all(&path)?;
            } else if is_snapshot(&path) {
                let snapshot = Snapshot::open(&path)?;
                if snapshot.feed() != store.feed().id {
                    return Err(Error::OtherFeed { path });
                }
                snapshots.push(Arc::new(snapshot));
            }
        }
        snapshots.sort_by_key(|snapshot| snapshot.document().started());
        Ok(Self { snapshots: RwLock::new(snapshots) })
    }

    /// Publishes a snapshot: from now on it is the one that replicas begin with.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        self.snapshots.write().unwrap_or_else(PoisonError::into_inner).push(snapshot);
    }

    /// Writes a snapshot of this moment, and publishes it when it is whole.
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

    /// The snapshot that is published.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Snapshot>> {
        self.snapshots.read().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }

    /// What there is under an id: what is older than the one that is published and not here is
    /// expired.
    #[must_use]
    pub fn find(&self, id: &str) -> Found {
        let snapshots = self.snapshots.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = snapshots.iter().find(|snapshot| snapshot.document().id() == id) {
            return Found::Snapshot(snapshot.clone());
        }
        let current = snapshots.last().map(|snapshot| snapshot.document().started());
        let started = DateTime::parse_from_rfc3339(id).ok().map(DateTime::<Utc>::from);
        match (started, current) {
            (Some(started), Some(current)) if started < current => Found::Expired,
            _ => Found::Unknown,
        }
    }

    /// Removes snapshots that another one took the place of so long ago. What is being sent of
    /// them is sent to its end.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn expire(&self, keep: TimeDelta, now: DateTime<Utc>) -> Result<(), Error> {
        let mut expired = Vec::new();
        {
            let mut snapshots = self.snapshots.write().unwrap_or_else(PoisonError::into_inner);
            let replaced = |snapshot: &Snapshot| snapshot.document().completed();
            while let [_, next, ..] = &snapshots[..]
                && replaced(next).is_some_and(|replaced| now - replaced >= keep)
            {
                expired.push(snapshots.remove(0));
            }
        }
        for snapshot in expired {
            // Under this name it is removed by the next run, where this one does not come to it.
            let path = snapshot.directory.with_extension(UNFINISHED);
            fs::rename(&snapshot.directory, &path)?;
            fs::remove_dir_all(&path)?;
            info!(id = snapshot.document().id(), "a snapshot is no longer kept");
        }
        Ok(())
    }
}

/// Snapshots are in directories whose names are the times they were started at.
fn is_snapshot(path: &Path) -> bool {
    let name = PathBuf::from(path.file_name().unwrap_or_default());
    path.is_dir() && name.to_str().is_some_and(|name| name.parse::<i64>().is_ok())
}
