//! The fetcher over real sockets, with a resolver of its own: what it fetches, and what it refuses.

#![cfg(feature = "page")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use feed_manager::fetch::{
    Addresses, Fetched, Fetcher, Limits, Looking, Lookup, Settings, Unfetched, routes,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const PUBLIC: &str = "127.0.0.2";
const PRIVATE: &str = "127.0.0.1";

/// Answers each look-up with the next answer, and then with the last one again and again.
#[derive(Debug, Clone)]
struct Answers(Arc<Mutex<VecDeque<Vec<IpAddr>>>>);

impl Answers {
    fn new(answers: &[&[&str]]) -> Self {
        let parsed = |answer: &&[&str]| answer.iter().map(|one| one.parse().unwrap()).collect();
        Self(Arc::new(Mutex::new(answers.iter().map(parsed).collect())))
    }
}

impl Lookup for Answers {
    fn lookup(&self, _host: &str) -> Looking {
        let mut answers = self.0.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async { answer.ok_or_else(|| io::Error::other("no answer")) })
    }
}

/// A server that answers each request by what it says, and keeps the requests.
struct Peer {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Listens on all addresses, so that a wrong connection would be answered.
    async fn run(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("0.0.0.0", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (requests.clone(), Arc::new(answer));
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let (kept, answer) = (kept.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    while !request.ends_with(b"\r\n\r\n") {
                        let Ok(octet) = socket.read_u8().await else { return };
                        request.push(octet);
                    }
                    let request = String::from_utf8(request).unwrap();
                    let answer = answer(&request);
                    kept.lock().unwrap().push(request);
                    let _ = socket.write_all(&answer).await;
                });
            }
        });
        Self { port, requests }
    }

    fn uri(&self, host: &str) -> String {
        format!("http://{host}:{}/feed", self.port)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn respond(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn redirect(location: &str) -> Vec<u8> {
    respond(&format!("302 Found\r\nLocation: {location}"), b"")
}

fn limits() -> Limits {
    let short = Duration::from_millis(1500);
    Limits::default().octets(100_000).connect(short).read(short).total(short * 2)
}

fn fetcher(answers: &[&[&str]]) -> Fetcher {
    let addresses = Addresses::default().with(PUBLIC.parse().unwrap());
    let settings = Settings::default().addresses(addresses).limits(limits());
    Fetcher::new(settings.lookup(Answers::new(answers))).unwrap()
}

async fn fetch(uri: &str) -> Result<Fetched, Unfetched> {
    fetcher(&[&[PUBLIC]]).fetch(uri).await
}

#[tokio::test]
async fn a_document_is_fetched_without_credentials_cookies_or_referrer() {
    let peer = Peer::run(|_| {
        respond("200 OK\r\nContent-Type: application/atom+xml\r\nSet-Cookie: a=b", b"<feed/>")
    })
    .await;
    let fetcher = fetcher(&[&[PUBLIC]]);
    for _ in 0..2 {
        let fetched = fetcher.fetch(&peer.uri("feeds.example")).await.unwrap();
        assert_eq!(fetched.octets(), b"<feed/>");
        assert_eq!(fetched.content_type(), Some("application/atom+xml"));
        assert_eq!(fetched.uri(), peer.uri("feeds.example"));
    }
    for request in peer.requests() {
        let request = request.to_ascii_lowercase();
        assert!(request.contains("host: feeds.example"));
        for field in ["\r\ncookie:", "\r\nauthorization:", "\r\nreferer:", "\r\norigin:"] {
            assert!(!request.contains(field), "{request}");
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_to_an_address_that_is_not_permitted() {
    let peer = Peer::run(|_| respond("200 OK", b"secret")).await;
    for host in
        [PRIVATE, "localhost", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
    {
        assert!(fetcher(&[&[PRIVATE, "::1"]]).fetch(&peer.uri(host)).await.is_err(), "{host}");
    }
    assert!(fetcher(&[&[PRIVATE]]).fetch(&peer.uri("inside.example")).await.is_err());
    assert_eq!(peer.requests(), [""; 0]);
}

#[tokio::test]
async fn of_several_addresses_only_those_permitted_are_connected_to() {
    let peer = Peer::run(|_| respond("200 OK", b"a")).await;
    let mixed = fetcher(&[&[PRIVATE, "169.254.169.254", PUBLIC]]);
    assert!(mixed.fetch(&peer.uri("mixed.example")).await.is_ok());
}

#[tokio::test]
async fn a_name_that_resolves_differently_the_second_time_gains_nothing() {
    let peer = Peer::run(|request| {
        if request.starts_with("GET /feed") {
            redirect("/second")
        } else {
            respond("200 OK", b"secret")
        }
    })
    .await;
    let rebinding = fetcher(&[&[PUBLIC], &[PRIVATE]]);
    assert!(rebinding.fetch(&peer.uri("rebinding.example")).await.is_err());
    let requests = peer.requests();
    assert_eq!(requests.len(), 1, "the second request was never sent: {requests:?}");
    // The same redirect is followed where the name stays as it is.
    assert_eq!(fetch(&peer.uri("steady.example")).await.unwrap().octets(), b"secret");
}

#[tokio::test]
async fn a_redirect_to_an_address_that_is_not_permitted_is_not_followed() {
    let inside = Peer::run(|_| respond("200 OK", b"secret")).await;
    for target in [
        inside.uri(PRIVATE),
        inside.uri("[::1]"),
        inside.uri("0"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[fd00:ec2::254]/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1:6379/_FLUSHALL".to_owned(),
        format!("http://user:secret@steady.example:{}/", inside.port),
    ] {
        let to = target.clone();
        let peer = Peer::run(move |_| redirect(&to)).await;
        assert!(fetch(&peer.uri("feeds.example")).await.is_err(), "{target}");
    }
    assert_eq!(inside.requests(), [""; 0]);
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let peer = Peer::run(|request| {
        let number = request.split(['/', ' ']).nth(2).unwrap_or_default();
        let number: u32 = number.parse().unwrap_or_default();
        if number == 5 { respond("200 OK", b"a") } else { redirect(&format!("/{}", number + 1)) }
    })
    .await;
    let fetched = fetch(&peer.uri("feeds.example")).await.unwrap();
    assert_eq!(fetched.uri(), format!("http://feeds.example:{}/5", peer.port));
    let endless = Peer::run(|_| redirect("/feed")).await;
    assert!(fetch(&endless.uri("feeds.example")).await.is_err());
    assert_eq!(endless.requests().len(), 6);
}

#[tokio::test]
async fn what_is_too_large_is_refused_as_sent_and_as_decompressed() {
    let gzip = |octets: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    };
    let limit = limits().octets;
    for (coding, body, size) in [
        ("identity", vec![b'a'; limit], Some(limit)),
        ("identity", vec![b'a'; limit + 1], None),
        ("gzip", gzip(&vec![b'a'; limit]), Some(limit)),
        ("gzip", gzip(&vec![b'a'; limit + 1]), None),
        ("gzip", gzip(&vec![b'a'; 1000 * limit]), None),
        ("gzip", gzip(b"cut")[..20].to_vec(), None),
        ("gzip", b"not gzip".to_vec(), None),
        ("gzip, gzip", gzip(&gzip(b"a")), None),
        ("br", b"a".to_vec(), None),
    ] {
        let answer = respond(&format!("200 OK\r\nContent-Encoding: {coding}"), &body);
        let peer = Peer::run(move |_| answer.clone()).await;
        let fetched = fetch(&peer.uri("feeds.example")).await;
        assert_eq!(fetched.ok().map(|fetched| fetched.octets().len()), size, "{coding}");
    }
}

/// A server that sends a piece of a response again and again.
async fn drip(head: &'static str, piece: &'static [u8], pause: Duration) -> u16 {
    let listener = TcpListener::bind((PUBLIC, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let _ = socket.read(&mut [0; 4096]).await;
                let _ = socket.write_all(head.as_bytes()).await;
                while socket.write_all(piece).await.is_ok() {
                    tokio::time::sleep(pause).await;
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn what_is_slow_or_does_not_end_is_given_up() {
    let (slow, at_once) = (Duration::from_millis(100), Duration::ZERO);
    for (head, piece, pause) in [
        ("HTTP/1.1 200 OK\r\n\r\n", &b"a"[..], slow),
        ("HTTP/1.1 200 OK\r\n\r\n", &[b'a'; 8192], at_once),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", slow),
        ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", b"", Duration::from_secs(60)),
        ("HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n", at_once),
        ("HTTP/1.1 200 OK\r\nX: ", b"y", slow),
        ("", b"", Duration::from_secs(60)),
    ] {
        let port = drip(head, piece, pause).await;
        let begin = Instant::now();
        assert!(fetch(&format!("http://feeds.example:{port}/")).await.is_err(), "{head:?}");
        // The limit is 3 seconds; a busy machine is given some more.
        assert!(begin.elapsed() < Duration::from_secs(10), "{head:?}: {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn documents_beyond_those_at_once_wait_for_their_turn() {
    let port = drip("", b"", Duration::from_secs(60)).await;
    let peer = Peer::run(|_| respond("200 OK", b"a")).await;
    let settings = Settings::default()
        .addresses(Addresses::default().with(PUBLIC.parse().unwrap()))
        .lookup(Answers::new(&[&[PUBLIC]]))
        .limits(limits().at_once(1).read(Duration::from_secs(1)));
    let fetcher = Fetcher::new(settings).unwrap();
    let (hung, waiting) = (format!("http://a.example:{port}/"), peer.uri("b.example"));
    let begin = Instant::now();
    let first = tokio::spawn({
        let fetcher = fetcher.clone();
        async move { fetcher.fetch(&hung).await.is_err() }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(fetcher.fetch(&waiting).await.is_ok());
    assert!(begin.elapsed() > Duration::from_millis(800), "it waited: {:?}", begin.elapsed());
    assert!(first.await.unwrap());
}

#[tokio::test]
async fn all_failures_look_alike_to_the_user_of_a_page() {
    let peer = Peer::run(|request| match request.split(' ').nth(1) {
        Some("/feed") => respond("404 Not Found", b"secret"),
        _ => respond("500 Internal Server Error", b"secret"),
    })
    .await;
    let own = TcpListener::bind((PRIVATE, 0)).await.unwrap();
    let address = own.local_addr().unwrap();
    tokio::spawn(axum::serve(own, routes(fetcher(&[&[PUBLIC]]))).into_future());
    let mut answers = Vec::new();
    for uri in [
        peer.uri("feeds.example"),
        peer.uri(PRIVATE),
        format!("http://feeds.example:{}/other", peer.port),
        "http://feeds.example:1/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "javascript:x".to_owned(),
        "not a uri".to_owned(),
    ] {
        for route in ["preview", "find"] {
            let query: String = form_urlencoded::byte_serialize(uri.as_bytes()).collect();
            let asked = format!("http://{address}/fetch/{route}?uri={query}");
            let answer = reqwest::get(asked).await.unwrap();
            let headers = answer.headers().clone();
            assert_eq!(headers["content-type"], "application/problem+json");
            answers.push((answer.status(), answer.text().await.unwrap()));
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].1.contains("the document could not be fetched"));
}

#[tokio::test]
async fn a_page_gets_a_preview_and_the_feeds_of_a_page_as_json() {
    let peer = Peer::run(|request| match request.split(' ').nth(1) {
        Some("/feed") => respond(
            "200 OK\r\nContent-Type: application/atom+xml",
            b"<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><entry><title>B</title></entry></feed>",
        ),
        Some("/rss") => respond("200 OK", b"<rss version='2.0'/>"),
        _ => respond(
            "200 OK\r\nContent-Type: text/html",
            b"<link rel=alternate type='application/atom+xml' href=feed>",
        ),
    })
    .await;
    let own = TcpListener::bind((PRIVATE, 0)).await.unwrap();
    let address = own.local_addr().unwrap();
    tokio::spawn(axum::serve(own, routes(fetcher(&[&[PUBLIC]]))).into_future());
    let ask = async |route: &str, path: &str| {
        let uri = format!("http%3A%2F%2Ffeeds.example%3A{}%2F{path}", peer.port);
        let answer =
            reqwest::get(format!("http://{address}/fetch/{route}?uri={uri}")).await.unwrap();
        let status = answer.status().as_u16();
        let value: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, value)
    };
    let (status, found) = ask("find", "page").await;
    assert_eq!(
        (status, found["candidates"][0]["uri"].as_str()),
        (200, Some(&*peer.uri("feeds.example")))
    );
    let (status, preview) = ask("preview", "feed").await;
    assert_eq!((status, preview["title"].as_str()), (200, Some("A")));
    assert_eq!(preview["entries"][0]["title"], "B");
    let (status, problem) = ask("preview", "rss").await;
    assert_eq!(status, 422);
    assert!(problem["detail"].as_str().unwrap().contains("RSS"), "{problem}");
    let missing = reqwest::get(format!("http://{address}/fetch/preview")).await.unwrap();
    assert_eq!(missing.status(), 400);
}

/// Reading takes longer than fetching, so that a turn ends when the document is read.
#[tokio::test]
async fn a_document_counts_among_those_at_once_until_it_is_read() {
    let peer = Peer::run(|_| respond("200 OK", b"<feed/>")).await;
    let addresses = Addresses::default().with(PUBLIC.parse().unwrap());
    let limits = limits().at_once(1).total(Duration::from_millis(500));
    let settings = Settings::default().addresses(addresses).limits(limits);
    let fetcher = Fetcher::new(settings.lookup(Answers::new(&[&[PUBLIC]]))).unwrap();
    let uri = peer.uri("feeds.example");
    let fetched = fetcher.fetch(&uri).await.unwrap();
    assert!(fetcher.fetch(&uri).await.is_err());
    drop(fetched);
    assert!(fetcher.fetch(&uri).await.is_ok());
}
