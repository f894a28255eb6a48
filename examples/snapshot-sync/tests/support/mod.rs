//! A publisher on a socket, with the operations that the tests share.

pub(crate) mod asked;
pub(crate) mod prefixed;
pub(crate) mod proxy;
pub(crate) mod relay;

use change_feed::Patience;
use chrono::TimeDelta;
use snapshot_sync::Error;
use snapshot_sync::compare::compare;
use snapshot_sync::origin::Origins;
use snapshot_sync::publisher::clock::Sources;
use snapshot_sync::publisher::generate::Generator;
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::server::{Publisher, START};
use snapshot_sync::publisher::snapshot::{Opening, Options, Shelf, Snapshot};
use snapshot_sync::publisher::store::{Change, Entities, NewFeed, Store};
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::discover::{Feed, discover};
use snapshot_sync::replica::fetch::{self, Answer, Fetcher};
use snapshot_sync::replica::follow::{FeedReport, Follower};
use snapshot_sync::replica::replicate::{self, SnapshotReport};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

pub(crate) struct Site {
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) directory: tempfile::TempDir,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) listening: Listening,
    pub(crate) fetcher: Fetcher,
}

impl Site {
    /// A publisher with this number of entities, and of events in an archive document.
    pub(crate) fn new(entities: u64, page_events: u64) -> Self {
        Self::with_wall(entities, page_events, || chrono::Utc::now().timestamp_millis())
    }

    /// The same, with a wall clock.
    pub(crate) fn with_wall(entities: u64, page_events: u64, wall: fn() -> i64) -> Self {
        Self::with_clocks(entities, page_events, Sources::of(wall))
    }

    /// The same, with all clocks.
    pub(crate) fn with_clocks(entities: u64, page_events: u64, clocks: Sources) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("publisher.sqlite");
        let new = NewFeed { page_events, entities: Entities::default() };
        let store = Store::open_by(&path, &new, clocks).unwrap();
        store.fill(entities, &mut Generator::new(1), || ()).unwrap();
        let publisher = Arc::new(Publisher::new(Arc::new(store), Shelf::default()).unwrap());
        let anywhere = ([127, 0, 0, 1], 0).into();
        let listening = runtime.block_on(Listening::at(anywhere, publisher.clone())).unwrap();
        let fetcher = fetcher(&listening.uri("/"));
        Self { runtime, directory, publisher, listening, fetcher }
    }

    /// Publishes a snapshot in packages of about this number of octets.
    pub(crate) fn publish(&self, opening: Opening, package_octets: u64) -> Arc<Snapshot> {
        let options = Options { opening, package_octets, codings: true };
        let (store, shelf) = (self.publisher.store(), self.publisher.shelf());
        shelf.write(store, self.directory.path(), &options, || ()).unwrap()
    }

    /// Makes this number of generated changes.
    pub(crate) fn change(&self, seed: u64, entities: u64, count: u64) {
        let mut generator = Generator::new(seed);
        for fresh in entities..entities + count {
            self.make(&generator.change(entities, fresh));
        }
    }

    /// Makes one change. It waits for the commit, also on a thread that runs asynchronous tasks: a
    /// proxy of a test makes changes between two answers.
    pub(crate) fn make(&self, change: &Change) {
        tokio::task::block_in_place(|| self.publisher.store().change(change)).unwrap();
    }

    /// The replica's database.
    pub(crate) fn replica(&self) -> Replica {
        Replica::open(&self.directory.path().join("replica.sqlite")).unwrap()
    }

    /// Replicates the snapshot into the replica's database.
    pub(crate) fn replicate(&self) -> Result<(Replica, SnapshotReport), snapshot_sync::Error> {
        let start = self.listening.uri(START);
        self.replicate_from(&start, &self.fetcher)
    }

    /// Replicates a snapshot that another server serves.
    pub(crate) fn replicate_from(
        &self,
        start: &str,
        fetcher: &Fetcher,
    ) -> Result<(Replica, SnapshotReport), snapshot_sync::Error> {
        let options = replicate::Options { patience: patience(), ..replicate::Options::default() };
        self.replicate_within(start, fetcher, &options)
    }

    /// The same, with options.
    pub(crate) fn replicate_within(
        &self,
        start: &str,
        fetcher: &Fetcher,
        options: &replicate::Options,
    ) -> Result<(Replica, SnapshotReport), snapshot_sync::Error> {
        let replicated = replicate::snapshot(fetcher, self.replica(), start, options, |_| ());
        self.runtime.block_on(replicated)
    }

    /// Consumes the feed to its end this number of times.
    pub(crate) fn follow(&self, replica: &mut Replica, feed: &Feed, readings: u32) -> FeedReport {
        let handle = self.runtime.handle().clone();
        let mut follower =
            Follower::new(&handle, &self.fetcher, replica, feed).patience(patience());
        for _ in 0..readings {
            waited(|| follower.read_to_end(|| ())).unwrap();
        }
        follower.report()
    }

    /// The number of entities that differ.
    pub(crate) fn differences(&self, replica: &Replica) -> u64 {
        let publisher = self.publisher.store().reader().unwrap();
        compare(&publisher, &replica.reader().unwrap()).unwrap().differences
    }

    /// What the server answers for a path.
    pub(crate) fn answer(&self, path: &str, etag: Option<&str>) -> Answer {
        self.runtime.block_on(self.fetcher.get(&self.listening.uri(path), etag)).unwrap()
    }
}

/// A fetcher for one origin, with short delays and little patience.
pub(crate) fn fetcher(uri: &str) -> Fetcher {
    let short = Duration::from_millis(20);
    let retries = fetch::Retries { times: 4, first: short, longest: 100 * short };
    let (stall, patience) = (150 * short, 15 * short);
    let options = fetch::Options { retries, stall, patience, ..fetch::Options::default() };
    Fetcher::new(Origins::of(uri).unwrap(), options).unwrap()
}

/// Does this again after each wait that the consuming rules ask for: at most a few seconds in all.
pub(crate) fn waited<T>(mut work: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..5 {
        match work() {
            Err(Error::Wait { until, .. }) => {
                std::thread::sleep((until - chrono::Utc::now()).to_std().unwrap_or_default());
            }
            done => return done,
        }
    }
    work()
}

/// Patience without delays, between attempts and between snapshots.
pub(crate) fn patience() -> Patience {
    Patience::default().first(TimeDelta::zero()).snapshots(TimeDelta::zero())
}

/// The feed at a URI, of a publisher that tells no timeline.
pub(crate) fn feed(fetcher: &Fetcher, uri: &str) -> Feed {
    Feed::at_origin(fetcher, uri).unwrap()
}

/// The feed that is found from a start URI.
pub(crate) fn discovered(site: &Site, fetcher: &Fetcher, start: &str) -> Feed {
    site.runtime.block_on(discover(fetcher, start)).unwrap().feed
}

/// Sends these octets, and returns everything that comes until the connection is closed.
pub(crate) fn sent(address: SocketAddr, octets: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // It may be closed before all of it is taken.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// An error with its sources, as a program prints it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
