//! The limits on connections and on times, and how the server stops.

use crate::fixture::{ENTRY, entry, run_within};
use crate::media::asked;
use feed_manager::server::{self, Limits, Origin, Site};
use feed_manager::store::{Database, StoreError, UserName, users};
use http::Method;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Reads until the server closes the connection, but not for longer than a time. The second value tells
/// whether the server has closed it.
async fn rest(stream: &mut TcpStream, time: Duration) -> (String, bool) {
    let mut octets = Vec::new();
    let read = tokio::time::timeout(time, stream.read_to_end(&mut octets)).await;
    (String::from_utf8_lossy(&octets).into_owned(), read.is_ok())
}

/// Connections beyond the limit are not refused: they are served when others end.
#[tokio::test]
async fn connections_have_a_limit_and_further_ones_wait() {
    let running = run_within(|mut limits| {
        limits.connections = 2;
        limits
    });
    let running = running.await;
    let request = format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", running.address);
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut begin = [0; 12];
        stream.read_exact(&mut begin).await.unwrap();
        assert_eq!(&begin, b"HTTP/1.1 204");
        open.push(stream);
    }
    let mut third = TcpStream::connect(running.address).await.unwrap();
    third.write_all(request.as_bytes()).await.unwrap();
    let mut begin = [0; 12];
    let waits = tokio::time::timeout(Duration::from_millis(500), third.read_exact(&mut begin));
    assert!(waits.await.is_err(), "a third connection is served");
    drop(open.pop());
    let served = tokio::time::timeout(Duration::from_secs(10), third.read_exact(&mut begin));
    served.await.unwrap().unwrap();
    assert_eq!(&begin, b"HTTP/1.1 204");
}

/// A connection that sends no head, or no second one, does not stay.
#[tokio::test]
async fn rfc9112_9_5_a_connection_that_says_nothing_is_closed() {
    let running = run_within(|mut limits| {
        limits.head_time = Duration::from_millis(300);
        limits
    });
    let running = running.await;
    let request = format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", running.address);
    for begin in ["", "GET /hea", &request] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        stream.write_all(begin.as_bytes()).await.unwrap();
        let (_, is_closed) = rest(&mut stream, Duration::from_secs(8)).await;
        assert!(is_closed, "{begin:?}");
    }
}

/// A media resource has the time of a body too, and a place that is given back.
#[tokio::test]
async fn a_media_resource_that_does_not_come_is_not_waited_for() {
    let running = run_within(|mut limits| {
        limits.body_time = Duration::from_millis(500);
        (limits.media_together, limits.media_of_user) = (1, 1);
        limits
    });
    let running = running.await;
    let png = "image/png";
    for _ in 0..2 {
        let mut stream = running.begun("POST /ann/inbox", &running.ann, png, 1000, "png").await;
        let (answer, _) = rest(&mut stream, Duration::from_secs(8)).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }
    running.post("/ann/inbox", png, "p", "png").await;
}

/// A client that reads nothing for a while loses its connection, long before the time for a response.
#[tokio::test]
async fn a_response_that_nobody_reads_is_ended() {
    const OCTETS: usize = 14 * 1024 * 1024;
    let running = run_within(|mut limits| {
        limits.stall_time = Duration::from_millis(500);
        limits
    });
    let running = running.await;
    let link = running.post("/ann/inbox", "image/png", "p", &"x".repeat(OCTETS)).await;
    let mut unread = asked(&running, &format!("{link}/media")).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let mut read = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(8), unread.read_to_end(&mut read)).await;
    assert!(read.len() < OCTETS, "{}", read.len());
}

/// A server that can be stopped.
struct Stoppable {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

async fn stoppable(set: impl FnOnce(&mut Limits)) -> Stoppable {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("database")).unwrap();
    let ann = database.write(|connection| users::add(connection, &UserName::parse("ann")?, "Ann"));
    let ann = ann.await.unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let origin = Origin::parse(&format!("http://{address}")).unwrap();
    let mut limits = Limits::default();
    set(&mut limits);
    let site = Site::open(database, &origin).await.unwrap().limits(limits).only_user(ann);
    let (stop, stopped) = oneshot::channel();
    let stopped = async {
        let _ = stopped.await;
    };
    let done = tokio::spawn(server::run(listener, site, stopped));
    Stoppable { address, stop, done, _folder: folder }
}

/// Opens a request whose body is not at its end.
async fn open(address: SocketAddr, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (length, (begin, _)) = (body.len(), body.split_at(10));
    let head = format!(
        "POST /ann/inbox HTTP/1.1\r\nHost: {address}\r\nContent-Type: {ENTRY}\r\n\
         Content-Length: {length}\r\n\r\n{begin}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    stream
}

/// A request that has begun is answered, and no other one is taken.
#[tokio::test]
async fn a_server_that_stops_answers_the_requests_that_have_begun() {
    let server = stoppable(|_| ()).await;
    let body = entry("Last", "");
    let mut last = open(server.address, &body).await;
    server.stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!server.done.is_finished());
    assert!(TcpStream::connect(server.address).await.is_err(), "a connection is accepted");
    last.write_all(&body.as_bytes()[10..]).await.unwrap();
    let (answer, is_closed) = rest(&mut last, Duration::from_secs(8)).await;
    assert!(answer.starts_with("HTTP/1.1 201 ") && is_closed, "{answer}");
    server.done.await.unwrap().unwrap();
}

/// A request that does not end is not waited for.
#[tokio::test]
async fn a_server_that_stops_waits_for_a_limited_time() {
    let server = stoppable(|limits| limits.stop_time = Duration::from_millis(500)).await;
    let _stalled = open(server.address, &entry("Never", "")).await;
    let started = Instant::now();
    server.stop.send(()).unwrap();
    server.done.await.unwrap().unwrap();
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_millis(500), "{elapsed:?}");
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

/// Whoever watches the server learns that it answers nobody, rather than waiting too.
#[tokio::test]
async fn a_server_whose_database_does_not_answer_is_not_healthy() {
    let running = run_within(|mut limits| {
        limits.health_time = Duration::from_millis(300);
        limits
    });
    let running = running.await;
    let health = async || running.send(Method::GET, "/health", None, &[], "").await;
    assert_eq!(health().await.status, 204);
    let (ends, ended) = std::sync::mpsc::channel::<()>();
    let ended = Arc::new(Mutex::new(ended));
    let busy = (0..4).map(|_| {
        let (database, ended) = (running.database.clone(), ended.clone());
        tokio::spawn(async move {
            let read = database.read(move |_| {
                let _ = ended.lock().unwrap().recv();
                Ok::<_, StoreError>(())
            });
            read.await.unwrap();
        })
    });
    let busy: Vec<_> = busy.collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    // It is answered although the database is not.
    let sick = health().await;
    assert_eq!(sick.status, 503);
    assert_eq!(sick.field("content-type"), Some("application/problem+json"));
    drop(ends);
    for task in busy {
        task.await.unwrap();
    }
    assert_eq!(health().await.status, 204);
}
