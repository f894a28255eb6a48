//! Replicating a snapshot, from its index to the switch.

use super::options::{Admission, Options};
use super::package::{Package, Whole};
use super::report::{Happening, SnapshotReport};
use super::spool::Spool;
use super::storing::Storing;
use crate::error::Error;
use crate::replica::Replica;
use crate::replica::discover::{Feed, Start, discover};
use crate::replica::fetch::{Fetcher, entity_tag};
use crate::replica::phase::Phase;
use change_feed::{Snapshot, Timeline};
use chrono::Utc;
use snapshot_index::{Limits, Policy, Progress, Reader, Resolver, SnapshotIndex};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::warn;

/// The limit on the packages of a snapshot: about a million. Their URIs are in memory.
const MOST_PACKAGES: u64 = 1 << 20;
/// The number of snapshots that are tried, if each is replaced before it is complete.
const MOST_SNAPSHOTS: u32 = 5;

/// Replicates the snapshot that a start URI leads to. The start URI is that of its index or of the
/// feed.
///
/// A package is done when its length and its digest are as stated, it was read strictly to its
/// close delimiter, and it was committed. The progress is committed together with the packages.
/// After an error or a crash, the next run on the same snapshot fetches only the other packages,
/// and only the missing octets of a package that was interrupted. When all packages are done and
/// the index has not changed, the new entities replace the former ones all at once. If the snapshot
/// is removed before, this one is abandoned and the newer one is replicated.
///
/// `on` is called at each phase, and after each package.
///
/// # Errors
/// Those of fetching, reading and storing.
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
        let started = match Started::new(fetcher, &mut replica, start, options).await {
            // The snapshot was removed between the redirect and the request for its index.
            Err(Error::Gone { .. }) => Started::new(fetcher, &mut replica, start, options).await?,
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
                warn!(error = &error as &dyn std::error::Error, "the index is requested again");
                before = Some(id);
            }
            Err(error) => return Err(error),
        }
    }
    Err(Error::Missing {
        uri: start.to_owned(),
        what: "snapshot that stays until it is replicated",
    })
}

/// A snapshot whose index was read.
#[derive(Debug)]
struct Started {
    index: SnapshotIndex,
    /// Its URI.
    uri: String,
    etag: Option<String>,
    uris: Vec<String>,
    feed: Feed,
    /// What the consuming rules know of it.
    snapshot: Snapshot,
    progress: Progress,
    spool: Spool,
}

impl Started {
    async fn new(
        fetcher: &Fetcher,
        replica: &mut Replica,
        start: &str,
        options: &Options,
    ) -> Result<Self, Error> {
        let Start { index: answer, feed } = discover(fetcher, start).await?;
        if let Some(copy) = fetcher.copy_of("index.json") {
            tokio::fs::write(&copy, &answer.body).await.map_err(Error::of_file(&copy))?;
        }
        let limits = Limits::default().uris(MOST_PACKAGES);
        let refused = |source| Error::IndexAt { uri: answer.uri.clone(), source };
        let index = Reader::new().limits(limits).read(&answer.body).map_err(refused)?.into_owned();
        if index.completed().is_none() {
            let what = "member \"completed\": the snapshot is still being written";
            return Err(Error::Missing { uri: answer.uri, what });
        }
        let told = told(&answer.uri, &index)?;
        let timeline = told.or_else(|| feed.timeline.as_ref().map(|it| it.timeline.clone()));
        let snapshot = Snapshot::new(index.started())
            .with_completed(index.completed())
            .with_timeline(timeline);
        admit(replica, &answer.uri, &snapshot, options)?;
        let resolver = Resolver::new(&answer.uri).map_err(refused)?.policy(Policy::Web);
        let uris = resolver.resolve(&index).map_err(refused)?.into_vec();
        uris.iter().try_for_each(|uri| feed.roots.check(&answer.uri, uri))?;
        let etag = entity_tag(&answer.headers).map(str::to_owned);
        let spool = Spool::of(replica.path());
        spool.create()?;
        let progress = begin(replica, &spool, &index)?;
        Ok(Self { index, uri: answer.uri, etag, uris, feed, snapshot, progress, spool })
    }

    /// Fetches and stores all packages that are not done, and replaces the former entities. It
    /// returns the replica also after an error.
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
        // If the database fails, its error comes first: the fetching side only finds that it
        // stopped.
        let (mut replica, mut on, stored) = storing.await?;
        let stored = match stored.and_then(|stored| got.map(|()| stored)) {
            Ok(stored) => stored,
            Err(error) => return Ok((replica, on, Err(error))),
        };
        if let Err(error) = self.is_current(fetcher).await {
            return Ok((replica, on, Err(error)));
        }
        on(Happening::Phase(Phase::Switch));
        let position = self.snapshot.position(Utc::now());
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

    /// Fetches packages, a few at the same time. The first error ends all.
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
                let (options, roots) = (*options, self.feed.roots.clone());
                getting.spawn(async move {
                    let package = Package { number, uri };
                    package.get(&fetcher, roots, &spool, &options, &sender).await
                });
            }
            match getting.join_next().await {
                Some(got) => got??,
                None => return Ok(()),
            }
        }
    }

    /// Requests the index once more: a server may have replaced the index and its packages while
    /// they were being read.
    async fn is_current(&self, fetcher: &Fetcher) -> Result<(), Error> {
        let answer = fetcher.get(&self.uri, self.etag.as_deref()).await?;
        let is_same =
            || SnapshotIndex::from_slice(&answer.body).is_ok_and(|index| index == self.index);
        match answer.status {
            http::StatusCode::NOT_MODIFIED if self.etag.is_some() => Ok(()),
            http::StatusCode::OK if is_same() => Ok(()),
            // All packages have been read, so the index is no longer needed.
            http::StatusCode::NOT_FOUND | http::StatusCode::GONE => Ok(()),
            http::StatusCode::OK => Err(Error::Changed { uri: self.uri.clone() }),
            status => Err(Error::of_status(&self.uri, status)),
        }
    }
}

/// The progress of this snapshot. If there is none, the remains of another snapshot are removed.
fn begin(replica: &mut Replica, spool: &Spool, index: &SnapshotIndex) -> Result<Progress, Error> {
    let saved = replica.progress()?;
    if let Some(progress) = saved.and_then(|saved| saved.resume(index).ok()) {
        return Ok(progress);
    }
    let progress = Progress::new(index);
    spool.clear()?;
    replica.begin_snapshot(&progress)?;
    Ok(progress)
}

/// The timeline that an index tells, with the last event that its snapshot contains.
fn told(uri: &str, index: &SnapshotIndex) -> Result<Option<Timeline>, Error> {
    let broken = |source| Error::Rules { uri: uri.to_owned(), source };
    let limits = change_feed::Limits::default();
    let member = index.unknown_member("timeline");
    let timeline = member.map(|member| Timeline::from_slice(member.as_bytes(), &limits));
    timeline.transpose().map_err(broken)
}

/// Whether a snapshot may replace the copy.
fn admit(
    replica: &Replica,
    uri: &str,
    snapshot: &Snapshot,
    options: &Options,
) -> Result<(), Error> {
    let Some(position) = replica.position()? else { return Ok(()) };
    let admitted = match options.admission {
        Admission::ByTheRules => snapshot.admit(&position, &options.patience, Utc::now()),
        Admission::AnyTimeline => Ok(()),
        Admission::AnyTimelineWhenDue => snapshot.is_due(&position, &options.patience, Utc::now()),
    };
    admitted.map_err(|refused| Error::Refused { uri: uri.to_owned(), refused })
}
