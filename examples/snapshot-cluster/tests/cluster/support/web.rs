//! A small web server that holds requests until the test releases them.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
struct Resource {
    content_type: String,
    etag: String,
    octets: Arc<Vec<u8>>,
}

#[derive(Debug, Default)]
struct State {
    resources: HashMap<String, Resource>,
    /// How often each path was asked for.
    asked: HashMap<String, usize>,
    /// Where requests for a path lead after so many others.
    redirects: HashMap<String, (usize, String)>,
    /// What is given instead of a resource after so many requests for it.
    replacements: HashMap<String, (usize, Vec<u8>)>,
    /// The first path whose requests are held.
    holds_from: Option<String>,
    /// The document whose requests are held after so many.
    holds_document: Option<(String, usize)>,
    /// How many requests of tasks for each path are not held.
    holds_after: usize,
    /// How often tasks asked for each path.
    tasks: HashMap<String, usize>,
    held: usize,
    versions: usize,
}

/// A small web server.
#[derive(Debug, Clone)]
pub(crate) struct Web {
    address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Web {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let web = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let own = web.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let web = own.clone();
                // A client that goes away ends the connection, and nothing else.
                std::thread::spawn(move || web.serve(&connection));
            }
        });
        web
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.0.lock().unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Gives a resource, with an entity tag of its own.
    pub(crate) fn put(&self, path: &str, content_type: &str, octets: Vec<u8>) {
        let mut state = self.state();
        state.versions += 1;
        let resource = Resource {
            content_type: content_type.to_owned(),
            etag: format!("\"{}\"", state.versions),
            octets: octets.into(),
        };
        state.resources.insert(path.to_owned(), resource);
    }

    /// Replaces the octets of a resource after so many requests for it.
    pub(crate) fn replace_after(&self, path: &str, requests: usize, octets: Vec<u8>) {
        self.state().replacements.insert(path.to_owned(), (requests, octets));
    }

    /// Redirects requests for a path after so many others.
    pub(crate) fn redirect_after(&self, path: &str, requests: usize, to: String) {
        self.state().redirects.insert(path.to_owned(), (requests, to));
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.state().asked.get(path).copied().unwrap_or_default()
    }

    /// Holds all requests of tasks, which are those for packages that do not begin at the end.
    pub(crate) fn hold(&self) {
        self.hold_from("");
    }

    /// Holds the requests of tasks for each path but so many, which are those of earlier stages.
    pub(crate) fn hold_after(&self, requests: usize) {
        self.state().holds_after = requests;
        self.hold();
    }

    /// Holds all requests for a document but the first so many.
    pub(crate) fn hold_document(&self, path: &str, requests: usize) {
        self.state().holds_document = Some((path.to_owned(), requests));
    }

    /// How often tasks asked for anything.
    pub(crate) fn asked_by_tasks(&self) -> usize {
        self.state().tasks.values().sum()
    }

    /// Holds the requests of tasks for this path and all that come after it in order.
    pub(crate) fn hold_from(&self, path: &str) {
        self.state().holds_from = Some(path.to_owned());
    }

    /// Answers the held requests, and those that come.
    pub(crate) fn release(&self) {
        self.state().holds_from = None;
        self.state().holds_document = None;
        self.state.1.notify_all();
    }

    /// Waits until so many requests are held.
    pub(crate) fn wait_for_held(&self, count: usize) {
        let start = Instant::now();
        let mut state = self.state();
        while state.held < count {
            assert!(start.elapsed() < super::PATIENCE, "only {} requests are held", state.held);
            state = self.state.1.wait_timeout(state, Duration::from_millis(200)).unwrap().0;
        }
    }

    fn serve(&self, connection: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(connection);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let path = line.split(' ').nth(1)?.to_owned();
            let mut fields = HashMap::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).ok()?;
                let Some((name, value)) = line.trim_end().split_once(':') else { break };
                fields.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
            let answer = self.answer(&path, &fields);
            (&*connection).write_all(&answer).ok()?;
        }
    }

    fn answer(&self, path: &str, fields: &HashMap<String, String>) -> Vec<u8> {
        let range = fields.get("range").and_then(|range| range.strip_prefix("bytes="));
        // Planning asks for documents and for the ends of packages; a task may ask for a whole package.
        let is_end = range.is_some_and(|range| range.starts_with('-'));
        let is_task = !is_end && !path.ends_with(".json");
        let mut state = self.state();
        let asked = state.asked.entry(path.to_owned()).or_default();
        *asked += 1;
        let asked = *asked;
        if let Some((after, to)) = state.redirects.get(path)
            && asked > *after
        {
            let head = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
            return head.into_bytes();
        }
        if state.replacements.get(path).is_some_and(|(after, _)| asked > *after) {
            let (_, octets) = state.replacements.remove(path).unwrap();
            drop(state);
            let content_type =
                if path.ends_with("json") { "application/json" } else { super::TYPE };
            self.put(path, content_type, octets);
            state = self.state();
        }
        let is_held = |state: &State| {
            let held = state.holds_document.as_ref();
            held.is_some_and(|(held, after)| held == path && asked > *after)
                || is_task && state.holds_from.as_ref().is_some_and(|from| path >= from.as_str())
        };
        let mut is_late = true;
        if is_task {
            let count = state.tasks.entry(path.to_owned()).or_default();
            *count += 1;
            is_late = *count > state.holds_after;
        }
        if is_late && is_held(&state) {
            state.held += 1;
            self.state.1.notify_all();
            while is_held(&state) {
                state = self.state.1.wait(state).unwrap();
            }
            state.held -= 1;
        }
        let Some(resource) = state.resources.get(path).cloned() else {
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
        };
        drop(state);
        if fields.get("if-match").is_some_and(|tag| *tag != resource.etag) {
            return b"HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n".to_vec();
        }
        given(&resource, range)
    }
}

/// The answer that gives a resource, or a range of it.
fn given(resource: &Resource, range: Option<&str>) -> Vec<u8> {
    let octets = &resource.octets;
    let (start, end) = match range.and_then(|range| range.split_once('-')) {
        None => (0, octets.len()),
        Some(("", last)) => (octets.len().saturating_sub(last.parse().unwrap()), octets.len()),
        Some((start, "")) => (start.parse().unwrap(), octets.len()),
        Some((start, last)) => {
            let last: usize = last.parse().unwrap();
            (start.parse().unwrap(), octets.len().min(last + 1))
        }
    };
    let (status, content_range) = match range {
        None => ("200 OK", String::new()),
        Some(_) => {
            let content_range = format!("bytes {start}-{}/{}", end - 1, octets.len());
            ("206 Partial Content", format!("Content-Range: {content_range}\r\n"))
        }
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nETag: {}\r\n{content_range}Content-Length: {}\r\n\r\n",
        resource.content_type,
        resource.etag,
        end - start,
    );
    let mut answer = head.into_bytes();
    answer.extend_from_slice(&octets[start..end]);
    answer
}
