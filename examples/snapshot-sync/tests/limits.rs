//! The limits of the publisher's server, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "the support module serves several test programs")]

mod support;

use snapshot_sync::publisher::generate::uri;
use snapshot_sync::publisher::listen::{Limits, Listening};
use snapshot_sync::publisher::store::{Change, MediaType};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use support::{Site, sent};

fn limited(limits: Limits) -> (Site, SocketAddr) {
    let mut site = Site::new(10, 5);
    let anywhere = ([127, 0, 0, 1], 0).into();
    let listening = Listening::within(&limits, anywhere, site.publisher.clone().routes());
    site.listening = site.runtime.block_on(listening).unwrap();
    let address = site.listening.address();
    (site, address)
}

#[test]
fn a_head_that_is_too_long_or_too_slow_is_not_waited_for() {
    let head_time = Duration::from_millis(300);
    let (_site, address) = limited(Limits { head_octets: 8192, head_time, ..Limits::default() });
    let long = [b"GET / HTTP/1.1\r\nhost: x\r\na: ".as_slice(), &b"x".repeat(20_000)].concat();
    let answer = sent(address, &long);
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = sent(address, b"GET / HTTP/1.1\r\nhost:");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn a_body_that_is_too_long_or_too_slow_is_refused() {
    let answer_time = Duration::from_millis(300);
    let (site, address) = limited(Limits { answer_time, ..Limits::default() });
    let head =
        format!("PUT {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ", uri(1));
    let answer = sent(address, format!("{head}99999999\r\n\r\n").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let answer = sent(address, format!("{head}10\r\n\r\n{{").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let answers = site.publisher.requests().answers();
    let counted = answers.iter().map(|((route, status), it)| (route.as_str(), *status, it.count));
    let counted: Vec<_> = counted.collect();
    assert_eq!(counted, [("/entities/{id}", 408, 1), ("/entities/{id}", 413, 1)]);
}

/// A connection with a request for a long state, of which nothing has been read.
fn stalled(site: &Site) -> TcpStream {
    let state = format!("\"{}\"", "x".repeat((16 << 20) - 2));
    site.make(&Change::Put(uri(77), MediaType::JSON, state.into_bytes()));
    let mut stream = TcpStream::connect(site.listening.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let get = format!("GET {} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", uri(77));
    stream.write_all(get.as_bytes()).unwrap();
    let mut octet = [0];
    assert_eq!(stream.read(&mut octet).unwrap(), 1, "the answer has begun");
    stream
}

/// The number of octets that still come.
fn rest(mut stream: TcpStream) -> usize {
    let mut octets = Vec::new();
    // A connection may be reset before its end.
    let _ = stream.read_to_end(&mut octets);
    octets.len()
}

#[test]
fn an_answer_that_is_not_taken_is_not_held() {
    let stall_time = Duration::from_millis(300);
    let (site, _) = limited(Limits { stall_time, ..Limits::default() });
    let stream = stalled(&site);
    std::thread::sleep(4 * stall_time);
    assert!(rest(stream) < 16 << 20);
    let (site, _) = limited(Limits::default());
    let stream = stalled(&site);
    std::thread::sleep(4 * stall_time);
    assert!(rest(stream) > 16 << 20, "within the time it goes on");
}

#[test]
fn a_server_that_is_stopped_waits_for_an_answer_so_long_and_no_longer() {
    let stop_time = Duration::from_millis(500);
    let (site, _) = limited(Limits { stop_time, ..Limits::default() });
    let _stream = stalled(&site);
    let Site { runtime, listening, .. } = site;
    let asked = Instant::now();
    runtime.block_on(listening.stop()).unwrap();
    let waited = asked.elapsed();
    assert!(stop_time <= waited && waited < 10 * stop_time, "{waited:?}");

    let (site, _) = limited(Limits::default());
    let stream = stalled(&site);
    let Site { runtime, listening, .. } = site;
    let taken = std::thread::spawn(move || rest(stream));
    runtime.block_on(listening.stop()).unwrap();
    assert!(taken.join().unwrap() > 16 << 20, "it is answered to its end");
}

#[test]
fn more_connections_than_there_may_be_wait_for_the_others() {
    let (site, address) = limited(Limits { connections: 1, ..Limits::default() });
    let first = TcpStream::connect(address).unwrap();
    let mut second = TcpStream::connect(address).unwrap();
    second
        .write_all(b"GET /changes/latest HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .unwrap();
    second.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut octet = [0];
    assert!(second.read(&mut octet).is_err(), "the first one is still there");
    drop(first);
    second.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(second.read(&mut octet).unwrap(), 1);
    drop(site);
}

#[test]
fn many_half_sent_requests_make_a_normal_client_wait_no_longer_than_a_head_may_take() {
    let head_time = Duration::from_millis(200);
    let (_site, address) = limited(Limits { connections: 4, head_time, ..Limits::default() });
    let half_sent: Vec<_> = (0..12)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /changes/latest HTTP/1.1\r\nhost:").unwrap();
            stream
        })
        .collect();
    // Four at a time hold a place, and each of them for its time at most.
    let began = Instant::now();
    let answer =
        sent(address, b"GET /changes/latest HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    drop(half_sent);
}
