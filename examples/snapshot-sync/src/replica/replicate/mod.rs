//! Replicating a snapshot: its packages in parallel, each into the database once it is whole.

mod download;
mod package;
mod read;
mod spool;
mod storing;
mod transfer;

use crate::consume::Position;
use crate::error::Error;
use crate::replica::Replica;
use crate::replica::discover::{Start, discover};
use crate::replica::fetch::Fetcher;
use crate::replica::phase::Phase;
use package::{Package, Whole};
use snapshot_index::{Limits, Policy, Progress, Reader, Resolver, SnapshotIndex};
pub(crate) use spool::Spool;
use storing::Storing;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::warn;

/// The most packages of a snapshot: a million, whose URIs are held in memory.
const MOST_PACKAGES: u64 = 1 << 20;
/// How many snapshots are tried, where each is gone before it is whole.
const MOST_SNAPSHOTS: u32 = 5;

/// How a snapshot is replicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many packages are got at once: four.
    pub parallel: usize,
    /// The most octets of one package: 64 GiB. Packages are kept as files until they are stored.
    pub package_octets: u64,
    /// The most octets of one entity: 16 MiB. Of each package that is got, a few may be in memory.
    pub entity_octets: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { parallel: 4, package_octets: 64 << 30, entity_octets: 16 << 20 }
    }
}

/// What replicating a snapshot did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotReport {
    /// The snapshot's id.
    pub id: String,
    /// How many packages were stored.
    pub packages: u64,
    /// How many packages an earlier run had stored.
    pub packages_before: u64,
    /// How many entities were stored.
    pub entities: u64,
    /// How many octets of packages were received.
    pub octets: u64,
    /// Where the feed is.
    pub feed: String,
    /// From where on the feed is to be consumed.
    pub position: Position,
}

/// What happens while a snapshot is replicated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// Another phase begins.
    Phase(Phase),
    /// So many more entities are stored.
    Entities(u64),
}

/// Replicates the snapshot that a start URI leads to: that of its index, or of the feed.
///
/// A package counts when it has the length and the digest that were claimed, is read strictly to
/// its close delimiter and committed; which ones do is committed with them. After an error or a
/// crash, the next run on the same snapshot gets the others, and of these what is missing. The
/// entities take the place of those before all at once, when all packages count and the index is
/// still the same. Where the snapshot is gone before, the one that took its place is replicated.
///
/// # Errors
/// Whatever goes wrong in getting, reading or storing.
pub async fn snapshot(
    fetcher: &Fetcher,
    mut replica: Replica,
    start: &str,
    options: &Options,
    mut on: impl FnMut(Happening) + Send + 'static,
) -> Result<(Replica, SnapshotReport), Error> {
    let mut before: Option<String> = None;
    for _ in 0..MOST_SNAPSHOTS {
        on(Happening::Phase(Phase::Index));
        let started = match Started::new(fetcher, &mut replica, start).await {
            // It went between the redirect and the index.
            Err(Error::Gone { .. }) => Started::new(fetcher, &mut replica, start).await?,
            started => started?,
        };
        let id = started.index.id().to_owned();
        let result;
        (replica, on, result) = started.replicate(fetcher, replica, options, on).await?;
        match result {
            Ok(report) => return Ok((replica, report)),
            Err(error @ (Error::Gone { .. } | Error::Changed { .. }))
                if before.as_ref() != Some(&id) =>
            {
                warn!(error = &error as &dyn std::error::Error, "asking for the index again");
                before = Some(id);
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::Missing { uri: start.to_owned(), what: "snapshot that lasts" })
}

/// A snapshot whose index was read.
#[derive(Debug)]
struct Started {
    index: SnapshotIndex,
    /// Where it was found.
    uri: String,
    etag: Option<String>,
    uris: Vec<String>,
    feed: String,
    progress: Progress,
    spool: Spool,
}

impl Started {
    async fn new(fetcher: &Fetcher, replica: &mut Replica, start: &str) -> Result<Self, Error> {
        let Start { index: answer, feed } = discover(fetcher, start).await?;
        if let Some(copy) = fetcher.copy_of("index.json") {
            tokio::fs::write(copy, &answer.body).await?;
        }
        let limits = Limits::default().uris(MOST_PACKAGES);
        let index = Reader::new().limits(limits).read(&answer.body)?.into_owned();
        if index.completed().is_none() {
            let what = "completed: its snapshot is still being written";
            return Err(Error::Missing { uri: answer.uri, what });
        }
        // Which origins are asked is the fetcher's to say.
        let uris = Resolver::new(&answer.uri)?.policy(Policy::Web).resolve(&index)?.into_vec();
        let etag = answer.headers.get(http::header::ETAG).and_then(|etag| etag.to_str().ok());
        let etag = etag.map(str::to_owned);
        let spool = Spool::of(replica.path());
        spool.create()?;
        let progress = begin(replica, &spool, &index)?;
        Ok(Self { index, uri: answer.uri, etag, uris, feed, progress, spool })
    }

    /// Gets and stores all packages that are not done, and lets their entities take the place of
    /// those before; gives the replica back also where that went wrong.
    async fn replicate<F: FnMut(Happening) + Send + 'static>(
        self,
        fetcher: &Fetcher,
        replica: Replica,
        options: &Options,
        mut on: F,
    ) -> Result<(Replica, F, Result<SnapshotReport, Error>), Error> {
        on(Happening::Phase(Phase::Packages));
        let packages_before = self.progress.completed_count() as u64;
        let numbers: Vec<_> = self.progress.remaining().collect();
        let packages = numbers.len() as u64;
        let (sender, received) = mpsc::channel(options.parallel.max(1));
        let storing = Storing::new(replica, self.progress.clone(), self.spool.clone());
        let storing = tokio::task::spawn_blocking(move || storing.run(received, on));
        let got = self.get(fetcher, numbers, options, sender).await;
        // Where the database fails, what gets the packages only finds that it has stopped.
        let (mut replica, mut on, stored) = storing.await?;
        let stored = match stored.and_then(|stored| got.map(|()| stored)) {
            Ok(stored) => stored,
            Err(error) => return Ok((replica, on, Err(error))),
        };
        if let Err(error) = self.is_current(fetcher).await {
            return Ok((replica, on, Err(error)));
        }
        on(Happening::Phase(Phase::Switch));
        let position = Position::after_snapshot(self.index.started());
        replica.switch(&position)?;
        self.spool.clear()?;
        let report = SnapshotReport {
            id: self.index.id().to_owned(),
            packages,
            packages_before,
            entities: stored.entities,
            octets: stored.octets,
            feed: self.feed,
            position,
        };
        Ok((replica, on, Ok(report)))
    }

    /// Gets packages, a few at once; the first error ends them all.
    async fn get(
        &self,
        fetcher: &Fetcher,
        numbers: Vec<usize>,
        options: &Options,
        sender: mpsc::Sender<Whole>,
    ) -> Result<(), Error> {
        let mut numbers = numbers.into_iter();
        let mut getting = JoinSet::new();
        loop {
            while getting.len() < options.parallel.max(1)
                && let Some(number) = numbers.next()
                && let Some(uri) = self.uris.get(number).cloned()
            {
                let (fetcher, spool, sender) =
                    (fetcher.clone(), self.spool.clone(), sender.clone());
                let options = *options;
                getting.spawn(async move {
                    let package = Package { number, uri };
                    package.get(&fetcher, &spool, &options, &sender).await
                });
            }
            match getting.join_next().await {
                Some(got) => got??,
                None => return Ok(()),
            }
        }
    }

    /// Asks once more for the index: a server may have replaced it, and the packages under it,
    /// while they were read.
    async fn is_current(&self, fetcher: &Fetcher) -> Result<(), Error> {
        let answer = fetcher.get(&self.uri, self.etag.as_deref()).await?;
        let is_same =
            || SnapshotIndex::from_slice(&answer.body).is_ok_and(|index| index == self.index);
        match answer.status {
            http::StatusCode::NOT_MODIFIED if self.etag.is_some() => Ok(()),
            http::StatusCode::OK if is_same() => Ok(()),
            // All its packages are at hand: it may be gone.
            http::StatusCode::NOT_FOUND | http::StatusCode::GONE => Ok(()),
            http::StatusCode::OK => Err(Error::Changed { uri: self.uri.clone() }),
            status => Err(Error::Status { uri: self.uri.clone(), status }),
        }
    }
}

/// What is done of this snapshot; where none of it is, what there is of another goes.
fn begin(replica: &mut Replica, spool: &Spool, index: &SnapshotIndex) -> Result<Progress, Error> {
    let saved = replica.progress()?;
    let saved = saved.and_then(|saved| serde_json::from_str::<Progress>(&saved).ok());
    if let Some(progress) = saved.and_then(|saved| saved.resume(index).ok()) {
        return Ok(progress);
    }
    let progress = Progress::new(index);
    spool.clear()?;
    replica.begin_snapshot(&serde_json::to_string(&progress).map_err(Error::Progress)?)?;
    Ok(progress)
}
