//! A running server with the users ann and bob, and requests to it.

use atom_fsm::atom::{Entry, Feed};
use atom_fsm::{Reader, Tolerance};
use axum::routing::get;
use axum::{Extension, Router};
use feed_manager::server::{self, Limits, Origin, Site, Turn};
use feed_manager::store::{Database, StoreError, Token, UserName, users};
use http::{HeaderMap, Method, StatusCode};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

/// The media type of an entry.
pub(crate) const ENTRY: &str = "application/atom+xml;type=entry";

/// A running server. It stops when its runtime does.
pub(crate) struct Running {
    pub(crate) origin: String,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) http: reqwest::Client,
    pub(crate) database: Database,
    pub(crate) ann: Token,
    pub(crate) bob: Token,
    _folder: TempDir,
}

/// An answer with its whole body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as a feed, which a strict reader reads.
    pub(crate) fn feed(&self) -> Feed<'_> {
        strict().read::<Feed<'_>>(&self.body).unwrap().into_document()
    }

    pub(crate) fn entry(&self) -> Entry<'_> {
        strict().read::<Entry<'_>>(&self.body).unwrap().into_document()
    }
}

/// A reader that tolerates what the server stores, and nothing else.
pub(crate) fn strict() -> Reader {
    let tolerance: Tolerance = atom_fsm::interaction::Server::TOLERANCE;
    Reader::new().tolerance(tolerance)
}

/// A client of HTTP.
pub(crate) fn client() -> reqwest::Client {
    // Another test may have installed it already.
    #[cfg(feature = "tls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Runs a server with the default limits, except that of requests.
pub(crate) async fn run() -> Running {
    run_within(|limits| limits).await
}

/// Runs a server with other limits.
pub(crate) async fn run_within(set: impl FnOnce(Limits) -> Limits) -> Running {
    run_site(set, |site| site).await
}

/// Runs a server with other limits and settings.
pub(crate) async fn run_site(
    set: impl FnOnce(Limits) -> Limits,
    settings: impl FnOnce(Site) -> Site,
) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("database")).unwrap();
    let (ann, bob) = (add(&database, "ann").await, add(&database, "bob").await);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let origin = format!("http://{address}");
    let site = Site::open(database.clone(), &Origin::parse(&origin).unwrap()).await.unwrap();
    let mut limits = Limits::default();
    limits.requests_a_minute = 1_000_000;
    let site = site.limits(set(limits)).open_routes(open()).fetching_routes(fetching());
    tokio::spawn(server::run(listener, settings(site), std::future::pending()));
    let http = client();
    Running { origin, address, http, database, ann, bob, _folder: folder }
}

fn open() -> Router {
    Router::new().route("/open", get(async || "open"))
}

/// A route that would let the server fetch something.
fn fetching() -> Router {
    let fetched = async |headers: HeaderMap| match headers.contains_key("authorization") {
        true => "token",
        false => "no token",
    };
    // It works on when the client has gone.
    let slow = async |Extension(turn): Extension<Turn>| {
        let working = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop(turn);
        });
        working.await.unwrap();
    };
    Router::new().route("/fetch/test", get(fetched)).route("/fetch/slow", get(slow))
}

async fn add(database: &Database, name: &'static str) -> Token {
    let token = Token::random().unwrap();
    let stored = token.clone();
    let added = database.write(move |connection| {
        let user = users::add(connection, &UserName::parse(name)?, name)?;
        users::add_token(connection, &user, &stored)?;
        Ok::<_, StoreError>(())
    });
    added.await.unwrap();
    token
}

impl Running {
    /// Sends a request, with header fields.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&Token>,
        fields: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let uri = match path.starts_with('/') {
            true => format!("{}{path}", self.origin),
            false => path.to_owned(),
        };
        let mut request = self.http.request(method, uri).body(body);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token.secret());
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    /// Gets a resource as ann.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Some(&self.ann), &[], "").await
    }

    /// Opens a connection, and sends the head of a request with some of its body.
    pub(crate) async fn begun(
        &self,
        line: &str,
        token: &Token,
        media_type: &str,
        length: usize,
        begin: &str,
    ) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "{line} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: {media_type}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{begin}",
            self.address,
            token.secret()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // So that the server has the head.
        tokio::time::sleep(Duration::from_millis(300)).await;
        stream
    }

    /// Posts as ann, and returns the path of what was created.
    pub(crate) async fn post(
        &self,
        path: &str,
        media_type: &str,
        slug: &str,
        body: &str,
    ) -> String {
        let fields = [("content-type", media_type), ("slug", slug)];
        let body = body.to_owned();
        let answer = self.send(Method::POST, path, Some(&self.ann), &fields, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.field("location").unwrap().strip_prefix(&self.origin).unwrap().to_owned()
    }
}

/// An `app:collection` with a title and further children.
pub(crate) fn collection(title: &str, more: &str) -> String {
    format!(
        "<collection xmlns='http://www.w3.org/2007/app' xmlns:a='http://www.w3.org/2005/Atom' \
         xmlns:fsm='http://dret.net/fsm/1.0' xmlns:manager='urn:feed-manager'>\
         <a:title>{title}</a:title>{more}</collection>"
    )
}

/// The markup of a collection that everyone may read.
pub(crate) const PUBLIC: &str = "<manager:visibility>public</manager:visibility>";

/// An entry with a title and further children.
pub(crate) fn entry(title: &str, more: &str) -> String {
    format!(
        "<entry xmlns='http://www.w3.org/2005/Atom' xmlns:app='http://www.w3.org/2007/app' \
         xmlns:fsm='http://dret.net/fsm/1.0'><title>{title}</title>{more}</entry>"
    )
}

/// A service entry with further children.
pub(crate) fn service(title: &str, more: &str) -> String {
    let links = "<link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>\
        <link rel='alternate' href='http://feeds.example/rates'/>";
    entry(title, &format!("{links}{more}"))
}

/// The markup of a draft.
pub(crate) const DRAFT: &str = "<app:control><app:draft>yes</app:draft></app:control>";
