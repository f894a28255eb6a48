//! A server before the publisher that may change each answer, as caches and proxies do. The publisher
//! behind it may be another one later. A replica keeps its copy by it.

use super::asked::get;
use super::{Site, fetcher, patience};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use chrono::TimeDelta;
use http::{HeaderMap, StatusCode, header};
use rusqlite::Connection;
use snapshot_sync::Error;
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::server::{Publisher, START};
use snapshot_sync::publisher::snapshot::Shelf;
use snapshot_sync::publisher::store::Store;
use snapshot_sync::replica::Replica;
use snapshot_sync::replica::fetch::Fetcher;
use snapshot_sync::replica::replicator::{Options, Outcome, Replicator};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An answer, complete and without a content coding.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// An answer of this status, with an HTML page as proxies send it.
    pub(crate) fn page(status: u16) -> Self {
        let headers = [(header::CONTENT_TYPE, "text/html".parse().unwrap())];
        let (status, body) = (StatusCode::from_u16(status).unwrap(), b"<p>Hello</p>".to_vec());
        Self { status, headers: headers.into_iter().collect(), body }
    }

    /// What the publisher answers now.
    pub(crate) fn of(site: &Site, path: &str) -> Self {
        let super::asked::Response { status, headers, body } = get(site, path, &[]);
        Self { status, headers, body }
    }
}

type Rule = Box<dyn Fn(&str, Reply) -> Reply + Send + Sync>;

struct Passing {
    to: Mutex<String>,
    client: reqwest::Client,
    rule: Mutex<Rule>,
    log: Mutex<Vec<String>>,
}

pub(crate) struct Relay {
    address: SocketAddr,
    passing: Arc<Passing>,
}

impl Relay {
    /// A relay that changes nothing.
    pub(crate) fn new(site: &Site) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .no_proxy()
            .build()
            .unwrap();
        let to = Mutex::new(site.listening.uri(""));
        let rule: Rule = Box::new(|_, reply| reply);
        let (rule, log) = (Mutex::new(rule), Mutex::default());
        let passing = Arc::new(Passing { to, client, rule, log });
        let routes = Router::new().fallback({
            let passing = passing.clone();
            move |request: Request| async move { passing.pass(request).await }
        });
        let address = site.runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(axum::serve(listener, routes).into_future());
            address
        });
        Self { address, passing }
    }

    /// From now on, each answer is what this makes of the path and the publisher's answer.
    pub(crate) fn answer_by(&self, rule: impl Fn(&str, Reply) -> Reply + Send + Sync + 'static) {
        *self.passing.rule.lock().unwrap() = Box::new(rule);
    }

    /// From now on nothing is changed.
    pub(crate) fn answer_all(&self) {
        self.answer_by(|_, reply| reply);
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn fetcher(&self) -> Fetcher {
        fetcher(&self.uri("/"))
    }

    /// The number of requests so far whose path is one of these.
    pub(crate) fn count(&self, is_counted: impl Fn(&str) -> bool) -> usize {
        self.passing.log.lock().unwrap().iter().filter(|path| is_counted(path)).count()
    }

    /// The number of packages that were requested so far.
    pub(crate) fn packages(&self) -> usize {
        self.count(|path| {
            let last = path.rsplit('/').next().unwrap_or_default();
            path.starts_with("/snapshots/") && last.parse::<u32>().is_ok()
        })
    }

    /// Keeps the copy in the site's replica, until the feed was consumed to its end once.
    pub(crate) fn keep(&self, site: &Site, options: &Options) -> Result<Outcome, Error> {
        let (handle, database) = (site.runtime.handle().clone(), replica_of(site));
        let options = Options { once: true, poll: Duration::from_millis(200), ..options.clone() };
        Replicator::new(handle, self.fetcher(), self.uri(START), database, options).run(|_| ())
    }

    /// The same by the program, with more arguments.
    pub(crate) fn replicate(&self, site: &Site, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_replicate"))
            .args(["--from", &self.uri(START), "--once", "--poll", "1", "--retries", "1"])
            .args(["--patience", "2", "--snapshot-interval", "0", "--database"])
            .arg(replica_of(site))
            .args(more)
            .output()
            .unwrap()
    }
}

impl Passing {
    async fn pass(&self, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        self.log.lock().unwrap().push(path.clone());
        let to = format!("{}{path}", self.to.lock().unwrap());
        // Without conditions and ranges each answer is complete.
        let answer = self.client.get(to).send().await.unwrap();
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        headers.remove(header::TRANSFER_ENCODING);
        let body = answer.bytes().await.unwrap().to_vec();
        let reply = (self.rule.lock().unwrap())(&path, Reply { status, headers, body });
        let mut response = Response::new(Body::from(reply.body.clone()));
        (*response.status_mut(), *response.headers_mut()) = (reply.status, reply.headers);
        response.headers_mut().insert(header::CONTENT_LENGTH, reply.body.len().into());
        response
    }
}

/// Little patience: two attempts within a second or two, and any number of snapshots.
pub(crate) fn options() -> Options {
    let patience = patience().attempts(2).over(TimeDelta::seconds(2));
    Options { patience, ..Options::default() }
}

pub(crate) fn replica_of(site: &Site) -> PathBuf {
    site.directory.path().join("replica.sqlite")
}

/// All that the site's replica contains.
pub(crate) fn rows(site: &Site) -> Vec<(String, String, String, Vec<u8>)> {
    let database = Connection::open(replica_of(site)).unwrap();
    let select = "SELECT uri, coalesce(etag, ''), type, body FROM entity ORDER BY uri";
    let mut select = database.prepare(select).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// The number of entities that differ between the site and its replica.
pub(crate) fn differences(site: &Site) -> u64 {
    site.differences(&Replica::open_read_only(&replica_of(site)).unwrap())
}

/// A copy of the publisher's database, made while it is in use.
pub(crate) fn backup(site: &Site) -> PathBuf {
    let to = site.directory.path().join("backup.sqlite");
    let source = Connection::open(site.directory.path().join("publisher.sqlite")).unwrap();
    source.execute("VACUUM INTO ?1", [to.display().to_string()]).unwrap();
    to
}

/// Stops the publisher, puts a backup in the place of its database, and starts it again.
pub(crate) fn restored(site: Site, relay: &Relay, backup: &Path) -> Site {
    let Site { runtime, directory, publisher, listening, fetcher } = site;
    runtime.block_on(listening.stop()).unwrap();
    // The tasks of its connections end a moment later.
    for _ in 0..500 {
        if Arc::strong_count(&publisher) > 1 {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    drop(Arc::into_inner(publisher).unwrap());
    let path = directory.path().join("publisher.sqlite");
    for end in ["sqlite-wal", "sqlite-shm"] {
        // An operator who puts a backup in place removes what belongs to the old database.
        let _ = std::fs::remove_file(path.with_extension(end));
    }
    std::fs::copy(backup, &path).unwrap();
    let store = Arc::new(Store::open(&path, 5).unwrap());
    let shelf = Shelf::open(directory.path(), &store).unwrap();
    let publisher = Arc::new(Publisher::new(store, shelf).unwrap());
    let anywhere = ([127, 0, 0, 1], 0).into();
    let listening = runtime.block_on(Listening::at(anywhere, publisher.clone())).unwrap();
    *relay.passing.to.lock().unwrap() = listening.uri("");
    Site { runtime, directory, publisher, listening, fetcher }
}
