//! Replicating a snapshot: its packages in parallel, each streamed into the database.

use crate::consume::Position;
use crate::discover::{Start, discover};
use crate::error::Error;
use crate::fetch::Fetcher;
use crate::package::{self, Read};
use crate::replica::Replica;
use crate::store::Entity;
use snapshot_index::{Progress, SnapshotIndex};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How many packages are read at once.
const PACKAGES_AT_ONCE: usize = 4;
/// How many batches of entities may wait for the database.
const BATCHES_WAITING: usize = 8;
/// How many entities are stored in one transaction.
const TRANSACTION: usize = 10_000;

/// What replicating a snapshot did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotReport {
    /// How many packages were read.
    pub packages: u64,
    /// How many packages an earlier run had stored.
    pub packages_before: u64,
    /// How many entities were read.
    pub entities: u64,
    /// How many octets of packages were read.
    pub octets: u64,
    /// Where the feed is.
    pub feed: String,
    /// From where on the feed is to be consumed.
    pub position: Position,
}

/// Replicates the snapshot that a start URI leads to: that of its index, or of the feed.
///
/// Every length is checked and every package is read to its close delimiter, or it is an error.
/// Which packages are done is stored with what they held: after an error or a crash, the next run
/// on the same snapshot reads the others. For another snapshot, or once this one was replicated,
/// the replica is emptied and begins anew.
///
/// # Errors
/// Whatever goes wrong in getting, reading or storing.
pub async fn snapshot(
    fetcher: &Fetcher,
    mut replica: Replica,
    start: &str,
    mut on_entities: impl FnMut(u64) + Send + 'static,
) -> Result<(Replica, SnapshotReport), Error> {
    let Start { index: answer, feed } = discover(fetcher, start).await?;
    if let Some(copy) = fetcher.copy_of("index.json") {
        tokio::fs::write(copy, &answer.body).await?;
    }
    let index = SnapshotIndex::from_slice(&answer.body)?;
    let uris = index.resolve(&answer.uri)?.into_vec();
    let progress = begin(&mut replica, &index)?;
    let packages_before = progress.completed_count() as u64;
    let packages = progress.remaining_count() as u64;
    let remaining: Vec<_> = progress.remaining().collect();

    let (sender, received) = mpsc::channel(BATCHES_WAITING);
    let storing = tokio::task::spawn_blocking(move || {
        let stored = store(&mut replica, progress, received, &mut on_entities)?;
        Ok::<_, Error>((replica, stored))
    });
    let read = read(fetcher, remaining, &uris, sender).await;
    // Where the database fails, the readers only find that it has stopped.
    let (mut replica, (entities, octets)) = storing.await??;
    read?;
    let position = Position::after_snapshot(index.started());
    replica.set_position(&position)?;
    let report = SnapshotReport { packages, packages_before, entities, octets, feed, position };
    Ok((replica, report))
}

/// What is done of this snapshot; where none of it is, the replica is emptied.
fn begin(replica: &mut Replica, index: &SnapshotIndex) -> Result<Progress, Error> {
    let saved = replica.progress()?;
    let saved = saved.and_then(|saved| serde_json::from_str::<Progress>(&saved).ok());
    if let Some(progress) = saved.and_then(|saved| saved.resume(index).ok())
        && replica.position()?.is_none()
    {
        return Ok(progress);
    }
    replica.clear()?;
    Ok(Progress::new(index))
}

/// Reads packages, a few at once; the first error ends them all.
async fn read(
    fetcher: &Fetcher,
    numbers: Vec<usize>,
    uris: &[String],
    sender: mpsc::Sender<Read>,
) -> Result<(), Error> {
    let mut numbers = numbers.into_iter();
    let mut reading = JoinSet::new();
    loop {
        while reading.len() < PACKAGES_AT_ONCE
            && let Some(number) = numbers.next()
            && let Some(uri) = uris.get(number).cloned()
        {
            let (fetcher, sender) = (fetcher.clone(), sender.clone());
            reading.spawn(async move { package::read(&fetcher, number, &uri, &sender).await });
        }
        match reading.join_next().await {
            Some(read) => read??,
            None => return Ok(()),
        }
    }
}

/// Stores what the readers hand over, and in the same transactions which packages are done; how
/// many entities and octets that were.
fn store(
    replica: &mut Replica,
    mut progress: Progress,
    mut received: mpsc::Receiver<Read>,
    on_entities: &mut impl FnMut(u64),
) -> Result<(u64, u64), Error> {
    let (mut entities, mut octets, mut uncommitted) = (0, 0, 0);
    replica.begin()?;
    while let Some(read) = received.blocking_recv() {
        match read {
            Read::Entities(batch) => {
                for Entity { uri, etag, body } in &batch {
                    let etag = Some(etag.as_str()).filter(|etag| !etag.is_empty());
                    replica.put(uri, etag, body)?;
                }
                entities += batch.len() as u64;
                uncommitted += batch.len();
                on_entities(batch.len() as u64);
            }
            Read::Package { number, octets: read } => {
                octets += read;
                progress.mark_done(number)?;
                replica
                    .set_progress(&serde_json::to_string(&progress).map_err(Error::Progress)?)?;
            }
        }
        if uncommitted >= TRANSACTION {
            replica.commit()?;
            replica.begin()?;
            uncommitted = 0;
        }
    }
    replica.commit()?;
    Ok((entities, octets))
}
