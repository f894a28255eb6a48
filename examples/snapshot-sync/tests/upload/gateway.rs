//! A gateway between a publisher and a bucket, which does to each request what a test wants.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// Reading: a list or an object.
    Get,
    /// Testing whether the bucket honours conditions.
    Conditions,
    /// Putting a package as a whole.
    Package,
    /// Beginning to put a package in parts.
    Begin,
    Part,
    Complete,
    Abort,
    Manifest,
    Index,
    Latest,
}

/// A request, as far as tests tell requests apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Request {
    pub(crate) step: Step,
    /// The path and the query.
    pub(crate) target: String,
    /// The condition that it states.
    pub(crate) condition: Option<String>,
}

/// What is done to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Pass,
    /// It does not arrive, and is answered with this status.
    Refuse(u16),
    /// It is done, and answered with this status all the same.
    Deny(u16),
    /// The connection is reset, before or after it is done.
    Reset {
        is_done: bool,
    },
    /// It is done, and answered after this time.
    Slow(Duration),
    /// It does not arrive, and is never answered.
    Silent,
    /// It is done, and the answer has another entity tag.
    OtherTag,
    /// The program is killed.
    Kill(When),
}

/// When a program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// The request does not arrive.
    Before,
    /// Only half of the request leaves the program.
    Half,
    /// The request is done, but not answered.
    After,
    /// The request is on its way, and arrives when a test [delivers](Gateway::deliver) it.
    OnItsWay,
}

type Plan = Box<dyn FnMut(&Request) -> Fate + Send>;

struct State {
    server: String,
    plan: Mutex<Plan>,
    seen: Mutex<Vec<(Request, Fate)>>,
    victim: Mutex<Option<Child>>,
    delayed: Mutex<Vec<Vec<u8>>>,
}

/// A gateway on a port of its own.
pub(crate) struct Gateway {
    pub(crate) uri: String,
    state: Arc<State>,
}

impl Gateway {
    /// A gateway before a server, which passes all requests on at first.
    pub(crate) fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            server: server.to_owned(),
            plan: Mutex::new(Box::new(|_| Fate::Pass)),
            seen: Mutex::default(),
            victim: Mutex::default(),
            delayed: Mutex::default(),
        });
        let shared = state.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let state = shared.clone();
                // The client may have gone, since it was killed.
                thread::spawn(move || client.map(|client| state.serve(client)));
            }
        });
        Self { uri, state }
    }

    /// Decides by a function from now on.
    pub(crate) fn plan(&self, plan: impl FnMut(&Request) -> Fate + Send + 'static) {
        *self.state.plan.lock().unwrap() = Box::new(plan);
    }

    /// Does this to the request for a step with this number, counted from 0 and from now on.
    pub(crate) fn at(&self, step: Step, number: usize, fate: Fate) {
        let mut left = number;
        self.plan(move |request| match request.step == step {
            false => Fate::Pass,
            true if left == 0 => {
                left = usize::MAX;
                fate
            }
            true => {
                left -= 1;
                Fate::Pass
            }
        });
    }

    /// The requests since the last call, and what was done to them.
    pub(crate) fn take(&self) -> Vec<(Request, Fate)> {
        std::mem::take(&mut *self.state.seen.lock().unwrap())
    }

    /// Runs a program to its end, or until it is killed.
    pub(crate) fn run(&self, command: &mut Command) -> ExitStatus {
        *self.state.victim.lock().unwrap() = Some(command.spawn().unwrap());
        loop {
            let mut victim = self.state.victim.lock().unwrap();
            if let Some(status) = victim.as_mut().unwrap().try_wait().unwrap() {
                *victim = None;
                return status;
            }
            drop(victim);
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Delivers the requests that are on their way, and returns how many were.
    pub(crate) fn deliver(&self) -> usize {
        let delayed = std::mem::take(&mut *self.state.delayed.lock().unwrap());
        for request in &delayed {
            self.state.pass(request);
        }
        delayed.len()
    }
}

impl State {
    /// Serves one request. The client makes a new connection for each.
    fn serve(&self, mut client: TcpStream) {
        let Some((mut request, whole)) = head(&mut client) else { return };
        let asked = Request::of(&request);
        let fate = (self.plan.lock().unwrap())(&asked);
        self.seen.lock().unwrap().push((asked, fate));
        let length = match fate {
            // A connection that is closed before all was read is reset.
            Fate::Reset { .. } => whole.saturating_sub(1),
            Fate::Kill(When::Half) => whole / 2,
            _ => whole,
        };
        let mut body = vec![0; length];
        if client.read_exact(&mut body).is_err() {
            return;
        }
        request.extend(body);
        let answer = match fate {
            Fate::Pass | Fate::OtherTag => self.pass(&request),
            Fate::Refuse(status) => answer(status),
            Fate::Deny(status) => {
                self.pass(&request);
                answer(status)
            }
            Fate::Reset { is_done } => {
                let mut last = vec![0; whole - length];
                if !last.is_empty() && client.peek(&mut last).is_err() {
                    return;
                }
                request.extend(last);
                if is_done {
                    self.pass(&request);
                }
                return;
            }
            Fate::Slow(time) => {
                let answer = self.pass(&request);
                thread::sleep(time);
                answer
            }
            Fate::Silent => {
                // Until the client closes the connection.
                let _ = client.read(&mut [0]);
                return;
            }
            Fate::Kill(when) => {
                match when {
                    When::After => drop(self.pass(&request)),
                    When::OnItsWay => self.delayed.lock().unwrap().push(request),
                    When::Before | When::Half => {}
                }
                if let Some(victim) = self.victim.lock().unwrap().as_mut() {
                    // It may have ended before, if this was not its last request.
                    let _ = victim.kill();
                }
                return;
            }
        };
        let answer = match fate {
            Fate::OtherTag => with_other_tag(&answer),
            _ => answer,
        };
        // The client may have gone.
        let _ = client.write_all(&answer);
    }

    /// Passes a request on, and returns the answer.
    fn pass(&self, request: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.server).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }
}

impl Request {
    fn of(head: &[u8]) -> Self {
        let head = String::from_utf8_lossy(head);
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap().to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let step = match (method, path.rsplit('/').next().unwrap()) {
            ("GET" | "HEAD", _) => Step::Get,
            ("POST", _) if query.contains("uploadId") => Step::Complete,
            ("POST", _) => Step::Begin,
            ("DELETE", _) => Step::Abort,
            ("PUT", _) if query.contains("partNumber") => Step::Part,
            ("PUT", "conditions.json") => Step::Conditions,
            ("PUT", "manifest.json") => Step::Manifest,
            ("PUT", "index.json") => Step::Index,
            ("PUT", "latest.json") => Step::Latest,
            ("PUT", _) => Step::Package,
            (method, _) => panic!("{method}"),
        };
        let lines = head.lines().map(str::to_ascii_lowercase);
        let condition = lines.filter(|it| it.starts_with("if-")).collect::<Vec<_>>().join(", ");
        let condition = Some(condition).filter(|it| !it.is_empty());
        Self { step, target, condition }
    }
}

/// The head of a request, which asks the server to close the connection, and the length of the body.
fn head(client: &mut TcpStream) -> Option<(Vec<u8>, usize)> {
    let (mut head, mut line, mut length) = (Vec::new(), Vec::new(), 0);
    loop {
        // Nothing of the body may be read: see `Fate::Reset`.
        let mut octet = [0];
        // The client may close a connection that it does not use.
        client.read_exact(&mut octet).ok()?;
        line.extend(octet);
        if octet != *b"\n" {
            continue;
        }
        let lower = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == b"\r\n" {
            head.extend(b"Connection: close\r\n\r\n");
            return Some((head, length));
        }
        if !lower.starts_with("connection:") {
            head.extend(&line);
        }
        line.clear();
    }
}

fn answer(status: u16) -> Vec<u8> {
    let code = match status {
        403 => "RequestTimeTooSkewed",
        503 => "SlowDown",
        _ => "InternalError",
    };
    let body = format!("<Error><Code>{code}</Code></Error>");
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Fault\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// An answer with another entity tag in its head.
fn with_other_tag(answer: &[u8]) -> Vec<u8> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let (head, body) = answer.split_at(head);
    let head = String::from_utf8_lossy(head);
    let lines = head.lines().map(|line| match line.to_ascii_lowercase().starts_with("etag:") {
        true => "ETag: \"00000000000000000000000000000000\"",
        false => line,
    });
    let head = lines.collect::<Vec<_>>().join("\r\n");
    [head.as_bytes(), body].concat()
}
