//! Waiting for the next event (`Prefer: wait`, RFC 7240): what the publisher answers and when, and how
//! the replica uses it, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;
#[path = "support/wire.rs"]
mod wire;

use rusqlite::Connection;
use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::listen::Listening;
use snapshot_sync::publisher::server::{Publisher, START, Waits};
use snapshot_sync::publisher::snapshot::{Opening, Shelf};
use snapshot_sync::publisher::store::{Change, MediaType};
use snapshot_sync::replica::Replica;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::Site;
use support::asked::{Response, ask, get};
use wire::{Way, Wire};

const FEED: &str = "/changes/latest";

/// A site with some events, and the entity tag of its feed.
fn site() -> (Site, String) {
    let site = Site::new(10, 5);
    site.change(2, 10, 7);
    let etag = get(&site, FEED, &[]).header("etag").to_owned();
    (site, etag)
}

/// The same, with other limits on clients that wait.
fn with(waits: Waits) -> (Site, String) {
    let (mut site, etag) = site();
    let publisher = Publisher::new(site.publisher.store().clone(), Shelf::default()).unwrap();
    site.publisher = Arc::new(publisher.waits(waits));
    let listening = Listening::at(([127, 0, 0, 1], 0).into(), site.publisher.clone());
    site.listening = site.runtime.block_on(listening).unwrap();
    (site, etag)
}

fn put(site: &Site, number: u64) {
    site.make(&Change::Put(uri(number), MediaType::JSON, br#"{"a":1}"#.to_vec()));
}

/// The answer to a request that prefers to wait, and how long it took.
fn waited(site: &Site, fields: &[(&str, &str)]) -> (Response, Duration) {
    let began = Instant::now();
    (get(site, FEED, fields), began.elapsed())
}

/// What a client that waits is answered, while this is done after a moment.
fn meanwhile(site: &Site, etag: &str, work: impl FnOnce()) -> (Response, Duration) {
    std::thread::scope(|scope| {
        let client =
            scope.spawn(|| waited(site, &[("prefer", "wait=15, x"), ("if-none-match", etag)]));
        std::thread::sleep(Duration::from_millis(500));
        assert!(!client.is_finished(), "it waits");
        work();
        client.join().unwrap()
    })
}

#[test]
fn rfc7240_4_3_the_answer_comes_with_the_next_event() {
    let (site, etag) = site();
    let (answer, elapsed) = meanwhile(&site, &etag, || put(&site, 1));
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (200, "wait=15"));
    assert_ne!(answer.header("etag"), etag);
    assert!(String::from_utf8_lossy(&answer.body).contains("http-equiv=PUT"));
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[test]
fn rfc7240_4_3_the_answer_is_304_when_the_time_is_over() {
    let (site, etag) = site();
    let (answer, elapsed) = waited(&site, &[("prefer", "wait=1"), ("if-none-match", &etag)]);
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (304, "wait=1"));
    assert!(elapsed >= Duration::from_secs(1), "{elapsed:?}");
    // Without a condition, it is the document.
    let (answer, elapsed) = waited(&site, &[("prefer", "wait=1")]);
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, &*etag));
    assert!(elapsed >= Duration::from_secs(1), "{elapsed:?}");
}

#[test]
fn rfc7240_4_3_who_knows_an_older_document_does_not_wait() {
    let (site, etag) = site();
    put(&site, 1);
    let (answer, elapsed) = waited(&site, &[("prefer", "wait=15"), ("if-none-match", &etag)]);
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (200, "wait=15"));
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[test]
fn rfc7240_2_every_answer_of_the_feed_varies_by_prefer_and_what_is_not_applied_is_not_stated() {
    let (site, etag) = site();
    for preference in [None, Some("return=minimal"), Some("wait=0"), Some("wait=("), Some("wait=1")]
    {
        for status in [200, 304] {
            let condition = if status == 304 { &etag } else { "\"other\"" };
            let mut fields = vec![("if-none-match", condition)];
            fields.extend(preference.map(|preference| ("prefer", preference)));
            let answer = get(&site, FEED, &fields);
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("vary"), "prefer", "{preference:?}");
            assert_eq!(answer.header("cache-control"), "no-cache");
            let applied = preference.filter(|preference| *preference == "wait=1");
            assert_eq!(answer.header("preference-applied"), applied.unwrap_or_default());
        }
    }
    // Other resources do not vary.
    assert_eq!(get(&site, "/timeline", &[("prefer", "wait=15")]).header("vary"), "");
}

#[test]
fn a_time_beyond_the_limit_is_cut_to_it() {
    let (site, etag) = site();
    let long = format!("wait={}", u128::MAX);
    let (answer, elapsed) = waited(&site, &[("prefer", &long), ("if-none-match", &etag)]);
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (304, "wait=20"));
    assert!(elapsed >= Duration::from_secs(20), "{elapsed:?}");
}

#[test]
fn clients_beyond_the_limit_are_answered_at_once_and_a_place_is_free_when_a_client_leaves() {
    let (site, etag) = with(Waits { clients: 1, ..Waits::default() });
    let now = || waited(&site, &[("prefer", "wait=2"), ("if-none-match", &etag)]);
    let mut stream = TcpStream::connect(site.listening.address()).unwrap();
    write!(
        stream,
        "GET {FEED} HTTP/1.1\r\nhost: x\r\nprefer: wait=20\r\nif-none-match: {etag}\r\n\r\n"
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let (answer, elapsed) = now();
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (304, ""));
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    drop(stream);
    std::thread::sleep(Duration::from_millis(500));
    let (answer, elapsed) = now();
    assert_eq!((answer.status.as_u16(), answer.header("preference-applied")), (304, "wait=2"));
    assert!(elapsed >= Duration::from_secs(2), "{elapsed:?}");
}

#[test]
fn a_server_that_stops_answers_those_who_wait_at_once() {
    let (site, etag) = site();
    let request = format!(
        "GET {FEED} HTTP/1.1\r\nhost: x\r\nprefer: wait=20\r\nif-none-match: {etag}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(site.listening.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let began = Instant::now();
    site.runtime.block_on(site.listening.stop()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 304"), "{answer}");
    assert!(!answer.contains("preference-applied"), "it was cut short: {answer}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn an_event_that_another_process_commits_is_seen_while_a_client_waits() {
    let (site, etag) = site();
    let (answer, elapsed) = meanwhile(&site, &etag, || {
        let database = Connection::open(site.directory.path().join("publisher.sqlite")).unwrap();
        let insert = "INSERT INTO event (number, random, time, method, uri, etag, type, body)
                      SELECT number + 1, 7, time, 'PUT', uri, '\"x\"', 'text/plain', x'78'
                      FROM event ORDER BY number DESC LIMIT 1";
        assert_eq!(database.execute(insert, []).unwrap(), 1);
    });
    assert_eq!(answer.status, 200);
    assert!(String::from_utf8_lossy(&answer.body).contains("text/plain"));
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
}

#[test]
fn a_change_that_makes_no_event_ends_no_wait() {
    let (site, etag) = site();
    let fields = [("prefer", "wait=3"), ("if-none-match", etag.as_str())];
    std::thread::scope(|scope| {
        let client = scope.spawn(|| waited(&site, &fields));
        for _ in 0..10 {
            std::thread::sleep(Duration::from_millis(50));
            assert_eq!(ask(&site, "DELETE", &uri(99), &[], "").status, 404);
        }
        let (answer, elapsed) = client.join().unwrap();
        assert_eq!(answer.status, 304);
        assert!(elapsed >= Duration::from_secs(3), "{elapsed:?}");
    });
}

#[test]
fn events_are_gathered_before_a_client_that_waits_is_answered_and_none_is_lost() {
    const GATHER: Duration = Duration::from_millis(400);
    let (site, mut etag) = with(Waits { gather: GATHER, ..Waits::default() });
    std::thread::scope(|scope| {
        let (began, mut answers) = (Instant::now(), 0);
        let writer = scope.spawn(|| {
            for number in 0..100 {
                put(&site, number % 10);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        // The client asks again at once, and knows the document that it was answered with.
        let mut is_last = false;
        while !is_last {
            is_last = writer.is_finished();
            let (answer, _) = waited(&site, &[("prefer", "wait=1"), ("if-none-match", &etag)]);
            if answer.status == 200 {
                answer.header("etag").clone_into(&mut etag);
                answers += 1;
            }
            let most = began.elapsed().as_millis() / GATHER.as_millis();
            assert!(answers <= most, "{answers} answers in {:?}", began.elapsed());
        }
        assert!(answers > 1);
        assert_eq!(get(&site, FEED, &[]).header("etag"), etag, "none is lost");
    });
}

#[test]
fn a_client_that_has_waited_for_as_long_as_events_are_gathered_is_answered_at_once() {
    let gather = Duration::from_secs(3);
    let (site, etag) = with(Waits { gather, ..Waits::default() });
    std::thread::scope(|scope| {
        let client =
            scope.spawn(|| waited(&site, &[("prefer", "wait=20"), ("if-none-match", &etag)]));
        std::thread::sleep(gather + Duration::from_millis(500));
        put(&site, 1);
        let (answer, elapsed) = client.join().unwrap();
        assert_eq!(answer.status, 200);
        assert!(elapsed < 2 * gather, "{elapsed:?}");
    });
}

#[test]
fn events_are_gathered_for_no_longer_than_the_client_waits() {
    let gather = Duration::from_secs(60);
    let (site, etag) = with(Waits { gather, ..Waits::default() });
    put(&site, 1);
    let (answer, elapsed) = waited(&site, &[("prefer", "wait=1"), ("if-none-match", &etag)]);
    assert_eq!(answer.status, 200);
    assert!(elapsed < Duration::from_secs(30), "{elapsed:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn clients_that_wait_take_no_thread_and_all_get_the_next_event() {
    let (site, etag) = site();
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let request = format!(
        "GET {FEED} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nprefer: wait=20\r\n\
         if-none-match: {etag}\r\n\r\n"
    );
    let before = threads();
    let mut clients: Vec<_> = (0..300)
        .map(|_| {
            let mut stream = TcpStream::connect(site.listening.address()).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_secs(1));
    // Other tests of this program run beside it.
    assert!(threads() < before + 100, "{} threads", threads());
    put(&site, 1);
    for client in &mut clients {
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert!(threads() < before + 100, "{} threads", threads());
}

/// A running replica of a site; it is killed in the end.
struct Running {
    child: Child,
    database: PathBuf,
}

impl Running {
    /// Starts it, and waits until it has consumed the feed to its end.
    fn start(site: &Site, from: &str, more: &[&str]) -> Self {
        site.publish(Opening::Implied, 10_000);
        let database = site.directory.path().join("replica.sqlite");
        let mut child = Command::new(env!("CARGO_BIN_EXE_replicate"))
            .args(["--from", from, "--database"])
            .arg(&database)
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("consumed to its end")));
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, database }
    }

    /// How long it takes until the replica has what the publisher has.
    fn lag(&self, site: &Site) -> Duration {
        let began = Instant::now();
        while site.differences(&Replica::open_read_only(&self.database).unwrap()) > 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "it never comes");
            std::thread::sleep(Duration::from_millis(20));
        }
        began.elapsed()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has not ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_replica_has_the_next_event_at_once_where_the_publisher_waits() {
    let (site, _) = site();
    let running = Running::start(&site, &site.listening.uri(START), &["--poll", "60"]);
    for number in 1..=5 {
        std::thread::sleep(Duration::from_millis(300));
        put(&site, number);
        let lag = running.lag(&site);
        assert!(lag < Duration::from_secs(30), "{lag:?}");
    }
}

#[test]
fn a_replica_polls_where_the_publisher_does_not_wait() {
    let (site, _) = site();
    let wire = Wire::new(site.listening.address(), Way::Hides);
    let running = Running::start(&site, &wire.uri(START), &["--poll", "2"]);
    // The first one after this may come at once: whether the publisher waits is seen when it is asked to.
    let first = wire.readings().len();
    let began = Instant::now();
    while wire.readings().len() < first + 4 {
        assert!(began.elapsed() < Duration::from_secs(120), "it polls no more");
        std::thread::sleep(Duration::from_millis(50));
    }
    // However slow the machine is, each comes two seconds after the answer to the one before.
    let readings = wire.readings().split_off(first);
    let gaps: Vec<_> = readings.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| *gap >= Duration::from_secs(2)), "{gaps:?}");
    put(&site, 1);
    assert!(running.lag(&site) < Duration::from_secs(60));
}

#[test]
fn a_replica_falls_back_by_itself_where_a_proxy_cuts_long_requests() {
    let (site, _) = site();
    let wire = Wire::new(site.listening.address(), Way::Cuts(Duration::from_millis(2500)));
    let running = Running::start(&site, &wire.uri(START), &["--poll", "1", "--retries", "0"]);
    let before = wire.requests();
    // 15 and 7 and 3 seconds are cut, 1 second is not.
    std::thread::sleep(Duration::from_secs(16));
    let requests = wire.requests() - before;
    assert!((6..=30).contains(&requests), "{requests} requests");
    put(&site, 1);
    assert!(running.lag(&site) < Duration::from_secs(30));
}

#[test]
fn rfc9110_10_2_3_a_wait_that_is_refused_with_retry_after_is_followed_by_no_request_before() {
    let (site, _) = site();
    let wire = Wire::new(site.listening.address(), Way::Refuses(4));
    let _running = Running::start(&site, &wire.uri(START), &["--poll", "1"]);
    let (before, began) = (wire.requests(), Instant::now());
    std::thread::sleep(Duration::from_secs(15));
    // In each period of four seconds: the request that is refused, and the ordinary one behind it, after
    // which the replica asks again.
    let most = 2 * (2 + usize::try_from(began.elapsed().as_secs()).unwrap() / 4);
    let requests = wire.requests() - before;
    assert!((2..=most).contains(&requests), "{requests} requests");
}
