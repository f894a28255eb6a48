//! What the programs tell their operators: metrics, logs, and to systemd that they are ready.

#![cfg(all(feature = "json", feature = "metrics", feature = "systemd"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running program, the lines that it has logged so far, and what it says of its addresses.
struct Running {
    child: Child,
    lines: Vec<String>,
}

impl Running {
    /// Starts it, and waits until it logs a line with this text.
    fn start(command: &mut Command, until: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut all = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut lines = Vec::new();
        for line in all.by_ref() {
            let is_last = line.contains(until);
            lines.push(line);
            if is_last {
                break;
            }
        }
        assert!(lines.last().is_some_and(|line| line.contains(until)), "{lines:#?}");
        std::thread::spawn(move || all.for_each(drop));
        Self { child, lines }
    }

    /// The URI behind a text in its log.
    fn uri(&self, before: &str) -> String {
        let line = self.lines.iter().find(|line| line.contains(before)).expect(before);
        let uri = line.split(before).nth(1).unwrap().trim();
        uri.split('"').next().unwrap().to_owned()
    }

    fn stop(&mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended where the test has stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn publish(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_publish"));
    command.args(["--listen", "127.0.0.1:0", "--generate", "200", "--database"]);
    command.arg(directory.join("publisher.sqlite")).arg("--store").arg(directory.join("packages"));
    command
}

fn replicate(directory: &Path, from: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replicate"));
    command.args(["--from", from, "--poll", "1", "--database"]);
    command.arg(directory.join("replica.sqlite"));
    command
}

/// Sends a request, and returns the answer with its head.
fn ask(uri: &str, method: &str, fields: &str) -> String {
    let (address, path) = uri.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "{method} /{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{fields}\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Reads the text format of OpenMetrics, as far as it is used here: each value by its name and labels.
/// All that is not of the grammar is refused.
fn metrics(uri: &str) -> BTreeMap<String, f64> {
    let answer = ask(uri, "GET", "");
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("application/openmetrics-text; version=1.0.0; charset=utf-8"), "{head}");
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let mut values = BTreeMap::new();
    let mut has_ended = false;
    for line in text.lines() {
        assert!(!has_ended, "nothing follows the end: {line}");
        if line == "# EOF" {
            has_ended = true;
        } else if let Some(line) = line.strip_prefix("# TYPE ") {
            let (name, kind) = line.split_once(' ').unwrap();
            assert!(["counter", "gauge"].contains(&kind), "{line}");
            assert_eq!(types.insert(name, kind), None, "{name} is described once");
        } else if let Some(help) = line.strip_prefix("# HELP ") {
            assert!(help.ends_with('.') && !help.ends_with(".."), "{help}");
        } else {
            let (metric, value) = line.rsplit_once(' ').unwrap();
            let name = metric.split('{').next().unwrap();
            let (name, is_total) = match name.strip_suffix("_total") {
                Some(name) => (name, true),
                None => (name, false),
            };
            let kind = types.get(name).expect("it has a type");
            assert_eq!(*kind == "counter", is_total, "{line}");
            if let Some((_, labels)) = metric.split_once('{') {
                let labels = labels.strip_suffix('}').unwrap();
                for label in labels.split(',') {
                    let (name, value) = label.split_once('=').unwrap();
                    assert!(name.chars().all(|c| c.is_ascii_lowercase()), "{label}");
                    assert!(value.len() >= 2 && value.starts_with('"') && value.ends_with('"'));
                }
            }
            let value: f64 = value.parse().unwrap();
            assert_eq!(values.insert(metric.to_owned(), value), None, "{metric} is there once");
        }
    }
    assert!(has_ended, "{text}");
    values
}

#[test]
fn the_metrics_of_both_programs_tell_what_has_happened() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let mut publishing =
        Running::start(publish(directory).args(["--metrics", "0"]), "publishing on ");
    let publisher_metrics = publishing.uri("metrics on ");
    assert!(publisher_metrics.starts_with("http://127.0.0.1:"), "{publisher_metrics}");
    let from = publishing.uri("publishing on ");
    let mut replica = Running::start(
        replicate(directory, &from).args(["--metrics", "127.0.0.1:0"]),
        "consumed to its end",
    );
    let replica_metrics = replica.uri("metrics on ");

    let entity = from.replace("snapshots/latest", "entities/7");
    let put = "content-type: application/json\r\ncontent-length: 2\r\n";
    for _ in 0..3 {
        let answer = ask(&entity, "PUT", &format!("{put}\r\n{{}}"));
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    }
    assert!(ask(&from.replace("snapshots/latest", "nothing"), "GET", "").contains(" 404 "));

    let of_publisher = |name: &str| format!("snapshot_sync_publisher_{name}");
    let told =
        until(&publisher_metrics, |told| told.get(&of_publisher("waiting_clients")) == Some(&1.0));
    let route = |name: &str, route: &str, status: u16| {
        let key = format!("{}{{route=\"{route}\",status=\"{status}\"}}", of_publisher(name));
        *told.get(&key).unwrap_or_else(|| panic!("{key}: {told:#?}"))
    };
    assert_eq!(route("requests_total", "/entities/{id}", 201), 1.0);
    assert_eq!(route("requests_total", "/entities/{id}", 204), 2.0);
    assert_eq!(route("requests_total", "", 404), 1.0);
    assert!(route("sent_octets_total", "/snapshots/{id}/{number}", 200) > 1000.0);
    assert_eq!(told[&of_publisher("last_event_number")], 3.0);
    assert_eq!(told[&of_publisher("oldest_event_number")], 1.0);
    assert!((0.0..600.0).contains(&told[&of_publisher("snapshot_age_seconds")]));
    assert!(told[&of_publisher("database_octets")] > 1000.0);
    assert!(told[&of_publisher("last_event_timestamp_seconds")] > 1.6e9);

    let of_replica = |name: &str| format!("snapshot_sync_replica_{name}");
    let told = until(&replica_metrics, |told| told.get(&of_replica("lag_events")) == Some(&0.0));
    assert_eq!(told[&of_replica("set_aside_entities")], 0.0);
    assert_eq!(told[&of_replica("complete")], 1.0);
    assert_eq!(told[&of_replica("retries_total")], 0.0);
    assert!((0.0..60.0).contains(&told[&of_replica("lag_seconds")]), "{told:#?}");
    assert!(told[&of_replica("received_octets_total")] > 1000.0);
    assert!(told[&format!("{}{{status=\"200\"}}", of_replica("answers_total"))] > 2.0);
    assert!((0.0..600.0).contains(&told[&of_replica("snapshot_age_seconds")]));

    // Without its publisher, the replica tries again, and its lag grows.
    publishing.stop();
    let told = until(&replica_metrics, |told| told[&of_replica("retries_total")] > 0.0);
    let before = told[&of_replica("lag_seconds")];
    std::thread::sleep(Duration::from_secs(2));
    assert!(metrics(&replica_metrics)[&of_replica("lag_seconds")] >= before + 1.5);
    let absent = ask(&replica_metrics.replace("/metrics", "/"), "GET", "");
    assert!(absent.contains(" 404 ") && absent.contains("The metrics are at /metrics"), "{absent}");
    replica.stop();
}

/// The metrics, once they are as expected.
fn until(uri: &str, is_expected: impl Fn(&BTreeMap<String, f64>) -> bool) -> BTreeMap<String, f64> {
    let began = Instant::now();
    loop {
        let told = metrics(uri);
        if is_expected(&told) {
            return told;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{told:#?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_log_may_have_one_json_object_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let json = ["--log-format", "json"];
    let publishing = Running::start(publish(directory).args(json), "publishing on ");
    let from = publishing.uri("publishing on ");
    let replica = Running::start(replicate(directory, &from).args(json), "consumed to its end");
    for line in publishing.lines.iter().chain(&replica.lines) {
        // Progress bars are drawn on terminals alone.
        let object: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(object["message"].is_string() || object["phase"].is_string(), "{line}");
        assert!(object["timestamp"].is_string() && object["level"].is_string(), "{line}");
    }
    let last: serde_json::Value = serde_json::from_str(replica.lines.last().unwrap()).unwrap();
    assert_eq!(last["events"], 0);
}

#[test]
fn sd_notify_a_program_says_when_it_is_ready_and_when_it_stops() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let socket = |name: &str| {
        let path = directory.join(name);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        (path, socket)
    };
    let said = |socket: &UnixDatagram| {
        let mut octets = [0; 256];
        let length = socket.recv(&mut octets).unwrap();
        String::from_utf8_lossy(&octets[..length]).trim().to_owned()
    };
    let (path, publisher) = socket("publish.socket");
    let mut publishing =
        Running::start(publish(directory).env("NOTIFY_SOCKET", path), "publishing on ");
    assert_eq!(said(&publisher), "READY=1");
    // What it said is true.
    let from = publishing.uri("publishing on ");
    assert!(ask(&from, "GET", "").starts_with("HTTP/1.1 302"));

    let (path, replica) = socket("replicate.socket");
    let mut replicating = Running::start(
        replicate(directory, &from).env("NOTIFY_SOCKET", path),
        "consumed to its end",
    );
    assert_eq!(said(&replica), "READY=1");
    replicating.stop();
    assert_eq!(said(&replica), "STOPPING=1");
    publishing.stop();
    assert_eq!(said(&publisher), "STOPPING=1");
}

#[test]
fn the_error_with_which_a_program_ends_is_in_json_too() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    for name in ["publisher.sqlite", "replica.sqlite"] {
        std::fs::write(directory.join(name), "no database, but some longer text").unwrap();
    }
    let from = "http://127.0.0.1:9/snapshots/latest";
    for mut command in [publish(directory), replicate(directory, from)] {
        let output = command.args(["--log-format", "json"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let lines = String::from_utf8(output.stderr).unwrap();
        let objects = lines.lines().map(|line| serde_json::from_str(line).expect(line));
        let objects: Vec<serde_json::Value> = objects.collect();
        let last = objects.last().unwrap();
        assert_eq!(last["level"], "ERROR");
        let message = last["message"].as_str().unwrap();
        assert!(message.contains("is not an SQLite database"), "{message}");
        let plain = command_line(&command).output().unwrap();
        let told = String::from_utf8(plain.stderr).unwrap();
        assert!(told.starts_with("publish: ") || told.starts_with("replicate: "), "{told}");
    }
}

/// The same command, without its last two arguments.
fn command_line(command: &Command) -> Command {
    let arguments: Vec<_> = command.get_args().collect();
    let mut other = Command::new(command.get_program());
    other.args(&arguments[..arguments.len() - 2]);
    other
}

#[test]
fn sd_notify_a_replica_that_cannot_open_its_database_is_never_ready_and_serves_no_metrics() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    std::fs::write(directory.join("replica.sqlite"), "no database, but some longer text").unwrap();
    let path = directory.join("socket");
    let socket = UnixDatagram::bind(&path).unwrap();
    let mut command = replicate(directory, "http://127.0.0.1:9/snapshots/latest");
    command.args(["--metrics", "0"]).env("NOTIFY_SOCKET", path);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!told.contains("metrics on"), "{told}");
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0; 256]).is_err(), "it has said something");
}
