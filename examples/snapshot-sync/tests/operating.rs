//! The program `publish`, as an operator meets it: how it stops, and what it says.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what fails by panicking")]

use rusqlite::Connection;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::Duration;

/// A command of a publisher with its files in a directory.
fn publish(directory: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_publish"));
    let path = |name: &str| directory.join(name);
    command.arg("--database").arg(path("source.sqlite")).arg("--store").arg(path("packages"));
    command.args(more);
    command
}

/// A publisher on a free port, and the lines that it logs.
struct Publishing {
    child: Child,
    lines: Receiver<String>,
    before: Vec<String>,
    address: String,
}

impl Publishing {
    fn start(directory: &Path, more: &[&str]) -> Self {
        let mut command = publish(directory, &["--listen", "127.0.0.1:0"]);
        let mut child = command.args(more).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        std::thread::spawn(move || stderr.map_while(Result::ok).try_for_each(|it| sender.send(it)));
        let mut before = Vec::new();
        let address = loop {
            let line =
                lines.recv_timeout(Duration::from_secs(60)).expect("it says where it listens");
            let uri = line.split_once("publishing on http://").map(|it| it.1.to_owned());
            before.push(line);
            if let Some(uri) = uri {
                break uri.split('/').next().unwrap().to_owned();
            }
        };
        Self { child, lines, before, address }
    }

    /// Asks it to stop; returns everything that it has logged.
    fn stop(mut self) -> Vec<String> {
        terminate(&self.child);
        assert!(self.child.wait().unwrap().success());
        std::mem::take(&mut self.before).into_iter().chain(self.lines.iter()).collect()
    }
}

impl Drop for Publishing {
    /// A test that fails leaves no publisher behind.
    fn drop(&mut self) {
        // It has ended where the test has stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn terminate(child: &Child) {
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
}

/// What a publisher says that is expected to fail: one line.
fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    let mut lines = told.lines();
    let line = lines.next().unwrap().to_owned();
    assert_eq!(lines.next(), None, "one line: {told}");
    line
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn after_a_clean_stop_no_write_ahead_log_remains() {
    let directory = tempfile::tempdir().unwrap();
    let more = ["--generate", "2000", "--package-octets", "20000", "--changes-per-second", "200"];
    for round in 0..10 {
        let every = ["--snapshot-every", "1"];
        let publishing = Publishing::start(directory.path(), &[&more[..], &every].concat());
        sleep(Duration::from_millis(130 * round));
        // A request that is being answered when it is asked to stop.
        let stream = TcpStream::connect(&publishing.address).unwrap();
        publishing.stop();
        drop(stream);
        let names = names(directory.path());
        assert_eq!(names, ["packages", "source.sqlite", "source.sqlite-lock"], "round {round}");
    }
}

#[test]
fn a_publisher_that_still_fills_its_database_stops_cleanly() {
    let directory = tempfile::tempdir().unwrap();
    let mut command =
        publish(directory.path(), &["--listen", "127.0.0.1:0", "--generate", "5000000"]);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let wal = directory.path().join("source.sqlite-wal");
    while !wal.exists() {
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(300));
    terminate(&child);
    assert!(child.wait().unwrap().success());
    assert!(!wal.exists(), "{:?}", names(directory.path()));
}

#[test]
fn a_port_in_use_is_found_before_anything_is_written_and_names_the_address() {
    let directory = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = publish(directory.path(), &["--listen", &address, "--generate", "10"]);
    let told = refused(&mut command);
    assert!(told.contains(&address), "{told}");
    assert!(told.ends_with("stop that one, or name another address"), "{told}");
    assert_eq!(names(directory.path()), [""; 0]);
}

#[test]
fn each_fault_of_a_file_names_it_and_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("directory")).unwrap();
    fs::write(path("file"), "text").unwrap();
    fs::write(path("empty"), " \n").unwrap();
    fs::create_dir_all(path("damaged/1795790635793")).unwrap();
    let manifest = path("damaged/1795790635793/manifest.json");
    fs::write(&manifest, "{").unwrap();
    let run = |database: PathBuf, store: PathBuf, token: Option<PathBuf>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_publish"));
        command.args(["--listen", "127.0.0.1:0", "--database"]).arg(database);
        command.arg("--store").arg(store);
        if let Some(token) = token {
            command.arg("--token-file").arg(token);
        }
        refused(&mut command)
    };
    let good = || path("good.sqlite");
    for (told, names, ends) in [
        (
            run(path("none/x.sqlite"), path("p"), None),
            path("none"),
            "create it, or name another one",
        ),
        (run(path("directory"), path("p"), None), path("directory"), "name a file"),
        (run(path("file"), path("p"), None), path("file"), "is not an SQLite database"),
        (run(good(), path("file"), None), path("file"), "or remove the file that has its name"),
        (run(good(), path("file/p"), None), path("file/p"), "or remove the file that has its name"),
        (
            run(good(), path("p"), Some(path("none"))),
            path("none"),
            "create it, or name another one",
        ),
        (run(good(), path("p"), Some(path("empty"))), path("empty"), "write the token into it"),
    ] {
        assert!(told.contains(&names.display().to_string()) && told.ends_with(ends), "{told}");
    }
}

#[test]
fn a_second_publisher_of_one_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let publishing = Publishing::start(directory.path(), &[]);
    let told = refused(&mut publish(directory.path(), &["--listen", "127.0.0.1:0"]));
    assert!(
        told.contains("another publisher serves") && told.contains("source.sqlite: stop"),
        "{told}"
    );
    publishing.stop();
}

#[test]
fn a_database_whose_entities_have_another_path_says_so() {
    let directory = tempfile::tempdir().unwrap();
    Publishing::start(directory.path(), &["--entities", "shop/products"]).stop();
    let other = ["--listen", "127.0.0.1:0", "--entities", "entities"];
    let told = refused(&mut publish(directory.path(), &other));
    assert!(told.contains("have the path shop/products, and a database keeps its path"), "{told}");
}

#[test]
fn a_clock_that_is_ahead_is_warned_of_once() {
    let directory = tempfile::tempdir().unwrap();
    let warnings =
        |lines: Vec<String>| lines.iter().filter(|line| line.contains("is ahead of")).count();
    assert_eq!(warnings(Publishing::start(directory.path(), &[]).stop()), 0);
    let database = Connection::open(directory.path().join("source.sqlite")).unwrap();
    database.execute("UPDATE clock SET last = last + 3600000", []).unwrap();
    drop(database);
    let publishing = Publishing::start(directory.path(), &["--snapshot-every", "1"]);
    sleep(Duration::from_millis(2500));
    assert_eq!(warnings(publishing.stop()), 1);
}

#[test]
fn being_at_the_limit_of_connections_is_logged_once() {
    let directory = tempfile::tempdir().unwrap();
    let publishing = Publishing::start(directory.path(), &["--connections", "1"]);
    for _ in 0..5 {
        let open = [(); 3].map(|()| TcpStream::connect(&publishing.address).unwrap());
        sleep(Duration::from_millis(50));
        drop(open);
    }
    let lines = publishing.stop();
    let told = lines.iter().filter(|line| line.contains("all connections are in use"));
    assert_eq!(told.count(), 1, "{lines:?}");
}

#[test]
fn clients_that_wait_must_leave_connections_for_others() {
    let directory = tempfile::tempdir().unwrap();
    let given = ["--listen", "127.0.0.1:0", "--connections", "600", "--waiting-clients"];
    let told = refused(publish(directory.path(), &given).arg("585"));
    assert!(
        told.contains("--waiting-clients 585 would leave too few of 600 connections"),
        "{told}"
    );
    assert!(told.ends_with("give at most 584, or more --connections"), "{told}");
    assert_eq!(names(directory.path()), [""; 0], "nothing is written");
    let fits = ["--connections", "600", "--waiting-clients", "584"];
    Publishing::start(directory.path(), &fits).stop();
    // Where only one is given, the other one fits.
    Publishing::start(directory.path(), &["--connections", "20"]).stop();
}

#[test]
fn the_interval_of_snapshots_counts_from_the_last_one_when_the_publisher_starts_again() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..5 {
        let publishing =
            Publishing::start(directory.path(), &["--generate", "10", "--snapshot-every", "5"]);
        sleep(Duration::from_millis(2500));
        publishing.stop();
    }
    let snapshots = names(&directory.path().join("packages"));
    assert!(snapshots.len() > 1, "{snapshots:?}");
}
