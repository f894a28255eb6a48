//! What a page of a list costs with 100,000 services of 1,000 users, and with 1,000 services of 10 users.
//!
//! `cargo run --release -p feed-manager --example scale` prints both times and their ratio.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use feed_manager::server::{self, Limits, Origin, Site};
use feed_manager::store::{Database, StoreError, Token, UserName, users};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Services of each user.
const SERVICES: u64 = 100;
/// Requests to each server.
const REQUESTS: usize = 400;

const COLLECTION: &str = "<collection xmlns='http://www.w3.org/2007/app'>\
    <title xmlns='http://www.w3.org/2005/Atom'>Services</title>\
    <visibility xmlns='urn:feed-manager'>public</visibility></collection>";

const SERVICE: &str = "<entry xmlns='http://www.w3.org/2005/Atom'><title>Rates</title>\
    <summary>Unemployment rates of all states</summary>\
    <link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>\
    <link rel='alternate' href='http://feeds.example/rates'/></entry>";

/// Copies of the first service, and then of the first user.
const FILL: &str = "
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {services} - 1)
    INSERT INTO members (collection, name, kind, is_draft, edited, tag, octets, public_tag, public_edited)
    SELECT collection, 'n' || n, kind, is_draft, edited + n, randomblob(16), octets, randomblob(16), edited + n
    FROM members, numbers;
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {users} - 1)
    INSERT INTO users (name, title, created, has_inbox, tag, modified, public_tag, public_modified)
    SELECT 'u' || n, 'u' || n, created, 1, randomblob(16), modified, randomblob(16), modified FROM users, numbers;
    INSERT INTO collections (user, name, urn, is_bundle, is_public, document, tag, modified, members, public_tag,
        public_modified)
    SELECT users.id, c.name, urn || users.name, is_bundle, is_public,
        CAST(replace(CAST(document AS TEXT), '/u0/', '/' || users.name || '/') AS BLOB),
        randomblob(16), c.modified, {services}, randomblob(16), c.modified
    FROM collections c, users WHERE users.name <> 'u0' AND c.name = 'services';
    INSERT INTO members (collection, name, kind, is_draft, edited, tag, octets, public_tag, public_edited)
    SELECT collections.id, m.name, kind, is_draft, edited, randomblob(16),
        CAST(replace(CAST(m.octets AS TEXT), '/u0/', '/' || users.name || '/') AS BLOB), randomblob(16), edited
    FROM members m, collections JOIN users ON users.id = collections.user
    WHERE users.name <> 'u0' AND collections.name = 'services';
    ANALYZE;";

struct Server {
    origin: String,
    users: u64,
    times: Vec<Duration>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    #[cfg(feature = "tls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build()?;
    let mut servers = Vec::new();
    for users in [10, 1000] {
        servers.push(start(&folder.path().join(format!("{users}")), users, &http).await?);
    }
    for number in 0..REQUESTS {
        // One after the other, so that both have the same machine.
        for server in &mut servers {
            let user = number as u64 * 7919 % server.users;
            let started = Instant::now();
            let page = http.get(format!("{}/u{user}/services", server.origin)).send().await?;
            let page = page.error_for_status()?.bytes().await?;
            server.times.push(started.elapsed());
            if number == 0 {
                println!("a page has {} octets", page.len());
            }
        }
    }
    let mut medians = Vec::new();
    for server in &mut servers {
        server.times.sort();
        let at = |percent: usize| server.times.get(server.times.len() * percent / 100).copied();
        let (p50, p99) = (at(50).unwrap_or_default(), at(99).unwrap_or_default());
        println!("{} services: p50 {p50:?}, p99 {p99:?}", server.users * SERVICES);
        medians.push(p50.as_secs_f64());
    }
    if let [small, large] = medians[..] {
        println!("ratio of the medians: {:.2}", large / small);
    }
    Ok(())
}

async fn start(path: &Path, users: u64, http: &reqwest::Client) -> Result<Server, Failure> {
    let database = Database::open(path)?;
    let token = Token::random()?;
    let stored = token.clone();
    let added = database.write(move |connection| {
        let user = users::add(connection, &UserName::parse("u0")?, "u0")?;
        users::add_token(connection, &user, &stored)
    });
    added.await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let mut limits = Limits::default();
    limits.requests_a_minute = 1_000_000;
    let site = Site::open(database.clone(), &Origin::parse(&origin)?).await?.limits(limits);
    tokio::spawn(server::run(listener, site, std::future::pending()));
    for (path, body) in [("/service", COLLECTION), ("/u0/services", SERVICE)] {
        let post = http.post(format!("{origin}{path}")).bearer_auth(token.secret());
        let post = post.header("content-type", "application/atom+xml;type=entry").body(body);
        post.send().await?.error_for_status()?;
    }
    let (services, count) = (SERVICES.to_string(), users.to_string());
    let filled = database.write(move |connection| {
        let sql = FILL.replace("{services}", &services).replace("{users}", &count);
        connection.execute_batch(&sql).map_err(StoreError::from)
    });
    filled.await?;
    Ok(Server { origin, users, times: Vec::new() })
}
