//! A proxy of octets before the publisher: it may end a connection that is silent, and may hide a field
//! of requests.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the proxy does to what it passes on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// It ends a connection if no octet of an answer comes for this time.
    Cuts(Duration),
    /// It hides the field Prefer, as if the publisher did not know it.
    Hides,
    /// It answers a request with Prefer itself: 503, with this Retry-After (seconds).
    Refuses(u64),
}

pub(crate) struct Wire {
    address: SocketAddr,
    seen: Arc<Seen>,
}

/// What was requested.
#[derive(Debug, Default)]
struct Seen {
    requests: AtomicUsize,
    /// When the subscription document was requested.
    readings: Mutex<Vec<Instant>>,
}

impl Wire {
    pub(crate) fn new(to: SocketAddr, way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let noted = seen.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(to) else { continue };
                let noted = noted.clone();
                std::thread::spawn(move || pass(&client, &server, way, &noted));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.seen.requests.load(Ordering::Relaxed)
    }

    /// When the subscription document was requested, before each request was passed on.
    pub(crate) fn readings(&self) -> Vec<Instant> {
        self.seen.readings.lock().unwrap().clone()
    }
}

fn pass(client: &TcpStream, server: &TcpStream, way: Way, seen: &Seen) {
    if let Way::Cuts(time) = way {
        server.set_read_timeout(Some(time)).unwrap();
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            copy(client, server, |octets| {
                let text = String::from_utf8_lossy(octets).into_owned();
                seen.requests.fetch_add(text.matches("GET /").count(), Ordering::Relaxed);
                if text.contains("GET /changes/latest ") {
                    seen.readings.lock().unwrap().push(Instant::now());
                }
                match way {
                    Way::Hides => text.replace("prefer:", "x-none:").into_bytes(),
                    Way::Refuses(after) if text.contains("prefer:") => {
                        let answer = format!(
                            "HTTP/1.1 503 x\r\nretry-after: {after}\r\ncontent-length: 0\r\n\r\n"
                        );
                        // The client may be gone.
                        let _ = (&mut &*client).write_all(answer.as_bytes());
                        Vec::new()
                    }
                    Way::Cuts(_) | Way::Refuses(_) => octets.to_vec(),
                }
            });
        });
        copy(server, client, <[u8]>::to_vec);
    });
}

/// Copies until one of the two ends, and ends both.
fn copy(mut from: &TcpStream, mut to: &TcpStream, change: impl Fn(&[u8]) -> Vec<u8>) {
    let mut chunk = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut chunk) {
        if to.write_all(&change(&chunk[..length])).is_err() {
            break;
        }
    }
    // Either may be closed already.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
