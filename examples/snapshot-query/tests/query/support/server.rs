//! A web server on the loopback interface that answers as a test wants it.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    fields: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: &'static str,
    fields: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// How many octets of the body are sent before the server says nothing more.
    stalls_after: Option<usize>,
}

/// A server, which ends with the test.
pub(crate) struct Server {
    root: String,
    pub(crate) requests: Arc<Mutex<Vec<Request>>>,
    /// Connections on which nothing more is said.
    _stalled: Arc<Mutex<Vec<TcpStream>>>,
}

impl Request {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Answer {
    pub(crate) fn new(status: &'static str) -> Self {
        Self { status, fields: Vec::new(), body: Vec::new(), stalls_after: None }
    }

    pub(crate) fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    pub(crate) fn body(self, body: &[u8]) -> Self {
        Self { body: body.to_vec(), ..self }
    }

    pub(crate) fn stalls_after(self, octets: usize) -> Self {
        Self { stalls_after: Some(octets), ..self }
    }

    /// The same with another value of a field.
    pub(crate) fn replacing(mut self, name: &'static str, value: &str) -> Self {
        self.fields.retain(|(own, _)| *own != name);
        self.field(name, value)
    }

    /// The same with more octets.
    pub(crate) fn and(mut self, octets: &[u8]) -> Self {
        self.body.extend_from_slice(octets);
        self
    }

    /// What a sound server answers that has these octets.
    pub(crate) fn of(request: &Request, octets: &[u8], etag: &str) -> Self {
        let size = octets.len();
        if request.field("if-match").is_some_and(|expected| expected != etag) {
            return Self::new("412 Precondition Failed");
        }
        let Some(range) = request.field("range").and_then(|range| range.strip_prefix("bytes="))
        else {
            return Self::new("200 OK").field("ETag", etag).body(octets);
        };
        let (first, last) = range.split_once('-').unwrap();
        let range = match first {
            "" => size.saturating_sub(last.parse().unwrap())..size,
            first => first.parse().unwrap()..size.min(last.parse::<usize>().unwrap() + 1),
        };
        if range.is_empty() {
            return Self::new("416 Range Not Satisfiable");
        }
        let stated = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        let answer = Self::new("206 Partial Content").field("Content-Range", stated);
        answer.field("ETag", etag).body(&octets[range])
    }
}

impl Server {
    pub(crate) fn answering(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let (requests, stalled) = (Arc::new(Mutex::default()), Arc::new(Mutex::default()));
        let server = Self { root, requests: requests.clone(), _stalled: stalled.clone() };
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let (answer, requests, stalled) =
                    (answer.clone(), requests.clone(), stalled.clone());
                std::thread::spawn(move || {
                    // A client may go away at any time.
                    let _ = serve(stream, &*answer, &requests, &stalled);
                });
            }
        });
        server
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.path.clone()).collect()
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request) -> Answer,
    requests: &Mutex<Vec<Request>>,
    stalled: &Mutex<Vec<TcpStream>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let line = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let Some(path) = line.split(' ').nth(1) else { return Ok(()) };
    let is_head = line.starts_with("HEAD ");
    let mut fields = Vec::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { break };
        fields.push((name.to_owned(), value.trim().to_owned()));
    }
    let request = Request { path: path.to_owned(), fields };
    requests.lock().unwrap().push(request.clone());
    let Answer { status, fields, body, stalls_after } = answer(&request);
    let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    let is_chunked = fields.iter().any(|(name, _)| *name == "Transfer-Encoding");
    for (name, value) in fields {
        head += &format!("{name}: {value}\r\n");
    }
    if !is_chunked {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())?;
    if !is_head {
        stream.write_all(&body[..stalls_after.unwrap_or(body.len())])?;
    }
    if stalls_after.is_some() {
        stalled.lock().unwrap().push(stream);
    }
    Ok(())
}
